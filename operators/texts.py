"""The sentences of the pages, from `texts.yml`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parent / "texts.yml"


class Texts(dict[str, Any]):
    """Sentences by name, in groups: in a template `t.log_in.title`; one that is missing fails."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]


def load(path: Path = FILE) -> Texts:
    """Reads the file."""
    return _grouped(yaml.safe_load(path.read_text(encoding="utf-8")))


def fill(text: str, **values: object) -> str:
    """Fills in a sentence's {words}; the template escapes what comes out."""
    return text.format(**values)


def moment(seconds: float) -> str:
    """Returns a time of day of this machine, to the minute."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def _grouped(given: dict[str, Any]) -> Texts:
    return Texts(
        {
            name: _grouped(value) if isinstance(value, dict) else value
            for name, value in given.items()
        }
    )
