"""The sentences of the pages, from `texts.yml`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from serving.placeholders import PLACEHOLDER

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


def fill(text: str, /, **values: object) -> str:
    """Fills in a sentence's {words}; the template escapes what comes out."""
    return text.format(**values)


def short(text: str, length: int = 120) -> str:
    """Returns a text on one line, cut if it is longer than so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def readable(text: str, names: Mapping[str, str]) -> str:
    """Returns a text with the names of what was hidden in it, in the place of what stands there."""
    return PLACEHOLDER.sub(lambda found: names.get(found[1], found[0]), text)


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
