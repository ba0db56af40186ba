"""The sentences of `messages.yml`, beside this file, that people see in WeChat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from channels.messages import UNAVAILABLE

MESSAGES: dict[str, Any] = YAML(typ="safe").load(
    (Path(__file__).parent / "messages.yml").read_text(encoding="utf-8")
) | {"unavailable": UNAVAILABLE["text"]}
BUTTONS: list[dict[str, str]] = UNAVAILABLE["buttons"]  # under all these sentences
PAYLOAD_OF_AGENTS = "/human_agent"
_ENDING = re.compile(r"[\s.!~\u3002\uff01\uff5e]+\Z")


def say(name: str, **values: object) -> str:
    """Returns the sentence `name` with its values filled in."""
    text: str = MESSAGES[name]
    return text.format(**values) if values else text


def numbers_hint(count: int) -> str:
    """Returns the line that says which numbers may be typed."""
    numbers = MESSAGES["number_separator"].join(str(number) for number in range(1, count + 1))
    return say("number_hint", numbers=numbers)


def is_one_of(text: str, names: Sequence[str]) -> bool:
    """Tells whether a text is one of the words, whatever its case and the signs at its end."""
    plain = text.strip().casefold()
    stripped = _ENDING.sub("", plain)
    return bool(plain) and (plain in names or stripped in names)
