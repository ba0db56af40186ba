"""The signs by which screens are told apart, read from `screens.yml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

MIN_FUZZY = 4  # characters of a sign of which one may be read wrongly


class Words:
    """Signs of one kind."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)
        self._exact = re.compile("|".join(map(re.escape, self.words)) or "(?!)")
        self._long = [(it, _letters(it)) for it in self.words if len(it) >= MIN_FUZZY]

    def are_in(self, text: str) -> bool:
        """Tells whether a bare text holds one, a long one also with one character wrong."""
        if self._exact.search(text):
            return True
        if len(text) < MIN_FUZZY:
            return False
        letters = _letters(text)
        return any(len(its - letters) == 1 and _nearly(it, text) for it, its in self._long)

    def count(self, text: str) -> int:
        """Returns how many of them stand in a text as they are."""
        return sum(word in text for word in self.words) if self._exact.search(text) else 0


@dataclass(frozen=True)
class PlaceSigns:
    """What stands on the page of a place: signs with points, and the least of points."""

    least: int
    signs: tuple[tuple[Words, int], ...]
    own: bool = False
    without: Words = field(default_factory=lambda: Words(()))
    strangers: int = 0


class Signs:
    """All signs; texts are compared as `bare` makes them."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.status = _pattern(told["status"])
        self.clock = re.compile(told["clock"])
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
        #: all that stands on the pages of the procedure
        self.of_places = _words(
            [
                sign
                for place in told["places"].values()
                for signs in place["signs"]
                for sign in signs.split("|")
            ]
        )
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


@lru_cache(maxsize=4096)
def _letters(text: str) -> frozenset[str]:
    return frozenset(text)


def _nearly(sign: str, text: str) -> bool:
    """Tells whether a text holds a sign with at most one character wrong."""
    size = len(sign)
    return any(
        sum(a != b for a, b in zip(sign, text[at : at + size], strict=True)) <= 1
        for at in range(len(text) - size + 1)
    )


def _words(words: Sequence[Any]) -> Words:
    return Words(bare(str(word)) for word in words)


def _pattern(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{it})" for it in patterns))


SIGNS = Signs(
    YAML(typ="safe").load(Path(__file__).with_name("screens.yml").read_text(encoding="utf-8"))
)
