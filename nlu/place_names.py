"""Finds names of places that are words of no dictionary: towns, and names in Latin letters.

Thirty thousand towns would change how ordinary sentences are cut, and Latin letters would be cut
out of longer words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

_LONGEST_TOWN = 16
# Letters, with an apostrophe between two syllables (Xi'an); blanks come between runs.
_RUN = re.compile(r"[a-z]+(?:['’][a-z]+)*", re.IGNORECASE | re.ASCII)
_MAX_RUNS = 4  # syllables or words that one name is written in


class LatinName(NamedTuple):
    """A name in Latin letters: where it stands, and whether it is sure wherever it stands."""

    start: int
    end: int
    sure: bool


def read_towns(path: Path) -> frozenset[str]:
    """Reads a file with a name a line.

    Raises:
        OSError: if the file cannot be read.
    """
    return frozenset(path.read_text(encoding="utf-8").split())


def read_spellings(path: Path) -> dict[str, bool]:
    """Reads a file with a spelling and `sure` or `beside` a line; returns whether it is sure.

    Raises:
        OSError: if the file cannot be read.
    """
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    spellings: dict[str, bool] = {}
    for spelling, kind in lines:
        spellings[spelling] = spellings.get(spelling, False) or kind == "sure"
    return spellings


def find_towns(
    text: str, towns: Collection[str], ends: Sequence[str], starts: Collection[int]
) -> Iterator[range]:
    """Yields where the longest names of towns stand that begin at one of `starts`.

    `ends` are what the name of a town may end with.
    """
    for end in sorted(at for word in ends for at in _ends_of(text, word)):
        for start in range(max(0, end - _LONGEST_TOWN), end - 1):
            if start in starts and text[start:end] in towns:
                yield range(start, end)
                break


def _ends_of(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at + len(word)
        at = text.find(word, at + 1)


def find_latin(text: str, spellings: Mapping[str, bool]) -> Iterator[LatinName]:
    """Yields the names in Latin letters, from left to right, the longest first.

    A name may be written in one word, in several, or together with the names behind it.
    """
    runs = list(_RUN.finditer(text))
    at = 0
    while at < len(runs):
        for amount in range(_joined(text, runs, at), 0, -1):
            start, end = runs[at].start(), runs[at + amount - 1].end()
            written = text[start:end]
            spelt = _letters(written)
            if spelt in spellings:
                # An apostrophe makes two syllables of what is one without it.
                sure = spellings[spelt] or (amount == 1 and spelt != written.lower())
                yield LatinName(start, end, sure)
                break
            parts = _split(spelt, spellings) if spelt == written.lower() else ()
            if parts:
                for part, stop in zip(parts, accumulate(map(len, parts)), strict=True):
                    yield LatinName(start + stop - len(part), start + stop, True)
                break
        else:
            amount = 1
        at += amount


def _joined(text: str, runs: list[re.Match[str]], at: int) -> int:
    """Returns how many runs, from one on, have only a blank between them."""
    amount = 1
    while (
        amount < _MAX_RUNS
        and at + amount < len(runs)
        and text[runs[at + amount - 1].end() : runs[at + amount].start()] == " "
    ):
        amount += 1
    return amount


def _letters(written: str) -> str:
    return "".join(filter(str.isalpha, written.lower()))


def _split(spelt: str, spellings: Mapping[str, bool]) -> tuple[str, ...]:
    """Returns a sure name and the names behind it that make up a run; empty if there are none."""
    for end in range(len(spelt) - 1, 3, -1):
        if not spellings.get(spelt[:end]):
            continue
        rest = spelt[end:]
        if rest in spellings:
            return (spelt[:end], rest)
        behind = _split(rest, spellings)
        if behind:
            return (spelt[:end], *behind)
    return ()
