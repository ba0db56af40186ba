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

ONE = chr(0x4E00)  # the number, a single stroke
MIN_FUZZY = 4  # characters of a sign of which one may be read wrongly


class Words:
    """Signs of one kind."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)
        self._exact = re.compile("|".join(map(re.escape, self.words)) or "(?!)")
        self._long = [(word, _letters(word)) for word in self.words if len(word) >= MIN_FUZZY]

    def are_in(self, text: str) -> bool:
        """Tells whether a bare text holds one, a long one also with one character wrong."""
        if self._exact.search(text):
            return True
        if len(text) < MIN_FUZZY:
            return False
        letters = _letters(text)
        return any(
            len(word_letters - letters) == 1 and _nearly(word, text)
            for word, word_letters in self._long
        )

    def count(self, text: str) -> int:
        """Returns how many of them stand in a text as they are."""
        return sum(word in text for word in self.words) if self._exact.search(text) else 0


@dataclass(frozen=True)
class PageSigns:
    """What stands on a page of the procedure: signs with points, and how many are needed."""

    min_points: int
    signs: tuple[tuple[Words, int], ...]
    own: bool = False
    without: Words = field(default_factory=lambda: Words(()))
    strangers: int = 0


class Signs:
    """All signs; texts are compared as `bare` makes them."""

    def __init__(self, screens: Mapping[str, Any]) -> None:
        self.status = _pattern(screens["status"])
        self.clock = re.compile(screens["clock"])
        self.chrome = _pattern(screens["chrome"])
        self.hints = _pattern(screens["hints"])
        self.sure = _words(screens["errors"]["sure"])
        self.likely = _words(screens["errors"]["likely"])
        self.matter = _words(screens["matter"])
        self.general = _words(screens["general"])
        self.own = _words(screens["own"])
        self.own_strong = _words(screens["own_strong"])
        self.foreign = _words(screens["foreign"])
        self.known = _words(screens["known"])
        messages = screens["messages"]
        self.layout = _words(messages["layout"])
        self.moment = re.compile(messages["moment"])
        self.opening = re.compile(messages["opening"])
        self.message_matter = _words(messages["matter"])
        self.suspicious = _words(messages["suspicious"])
        self.strangers = _words(messages["strangers"])
        self.ends = frozenset(screens["ends"])
        self.pauses = frozenset(screens["pauses"])
        self.leads = frozenset(screens["leads"])
        self.icon = re.compile(screens["icon"])
        self.quoted = re.compile(screens["quoted"])
        self.asides = re.compile(screens["asides"])
        self.stroke = re.compile(screens["stroke"])
        #: all that stands on the pages of the procedure
        self.of_pages = _words(
            [
                sign
                for page in screens["pages"].values()
                for signs in page["signs"]
                for sign in signs.split("|")
            ]
        )
        self.pages = {
            name: PageSigns(
                page["min_points"],
                tuple((_words(signs.split("|")), worth) for signs, worth in page["signs"].items()),
                bool(page.get("own")),
                _words(page.get("without", ())),
                int(page.get("strangers", 0)),
            )
            for name, page in screens["pages"].items()
        }


def with_strokes(text: str) -> str:
    """Returns a text as it was read with the number one where it was taken for a dash."""
    return SIGNS.stroke.sub(ONE, text)


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
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


SIGNS = Signs(
    YAML(typ="safe").load(Path(__file__).with_name("screens.yml").read_text(encoding="utf-8"))
)
