"""The signs by which screens are told apart, read from `screens.yml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

MIN_FUZZY = 4  # characters of a sign of which one may be read wrongly


@dataclass(frozen=True)
class PlaceSigns:
    """What stands on the page of a place: signs with points, and the least of points."""

    least: int
    signs: tuple[tuple[tuple[str, ...], int], ...]
    own: bool = False
    without: tuple[str, ...] = ()
    strangers: int = 0


class Signs:
    """All signs; texts are compared as `bare` makes them."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.status = _pattern(told["status"])
        self.chrome = _pattern(told["chrome"])
        self.hints = _pattern(told["hints"])
        self.sure = _words(told["errors"]["sure"])
        self.likely = _words(told["errors"]["likely"])
        self.matter = _words(told["matter"])
        self.general = _words(told["general"])
        self.own = _words(told["own"])
        self.own_strong = _words(told["own_strong"])
        self.foreign = _words(told["foreign"])
        self.known = _words(told["known"])
        messages = told["messages"]
        self.layout = _words(messages["layout"])
        self.moment = re.compile(messages["moment"])
        self.opening = re.compile(messages["opening"])
        self.message_matter = _words(messages["matter"])
        self.suspicious = _words(messages["suspicious"])
        self.ends = frozenset(told["ends"])
        self.join = str(told["join"])
        self.places = {
            name: PlaceSigns(
                place["least"],
                tuple((_words(signs.split("|")), worth) for signs, worth in place["signs"].items()),
                bool(place.get("own")),
                _words(place.get("without", ())),
                int(place.get("strangers", 0)),
            )
            for name, place in told["places"].items()
        }


def bare(text: str) -> str:
    """Returns a text in half-width forms, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def holds_any(signs: Sequence[str], text: str) -> bool:
    """Tells whether a bare text holds one of the signs."""
    return any(holds(sign, text) for sign in signs)


@cache
def _letters(sign: str) -> frozenset[str]:
    return frozenset(sign)


def holds(sign: str, text: str) -> bool:
    """Tells whether a bare text holds a sign, a long one also with one character wrong."""
    if sign in text:
        return True
    size = len(sign)
    if size < MIN_FUZZY or len(text) < size or len(_letters(sign) - set(text)) != 1:
        return False
    return any(
        sum(a != b for a, b in zip(sign, text[at : at + size], strict=True)) <= 1
        for at in range(len(text) - size + 1)
    )


def _words(words: Sequence[Any]) -> tuple[str, ...]:
    return tuple(bare(str(word)) for word in words)


def _pattern(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{it})" for it in patterns))


SIGNS = Signs(
    YAML(typ="safe").load(Path(__file__).with_name("screens.yml").read_text(encoding="utf-8"))
)
