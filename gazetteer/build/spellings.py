"""How the names of places are written in Latin letters: pinyin without tones, in one word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# The shortest spelling that is told as a place anywhere: many shorter ones are also a syllable.
SHORTEST = 5


@dataclass(frozen=True)
class Spelling:
    """One spelling.

    Attributes:
        text: small letters only.
        codes: the places that are spelt so.
        sure: it means a place wherever it stands; another only beside a place or alone.
    """

    text: str
    codes: tuple[str, ...]
    sure: bool


def latin(name: str) -> str:
    """Return a spelling without blanks, hyphens and apostrophes, in small letters."""
    return "".join(character for character in name.lower() if character.isalpha())


def spellings(
    places: Iterable[tuple[str, str, str, list[str]]], polyphones: Mapping[str, str]
) -> list[Spelling]:
    """Return the spellings of places, given as code, level, name and short names.

    `polyphones` are names, or what names begin with, that are spelt otherwise than most words.

    Each place is spelt by its shortest name and by its full one. A province or prefecture is
    sure; of counties, which often sound like other words, only the full name is.
    """
    from pypinyin import lazy_pinyin

    codes: dict[str, list[str]] = defaultdict(list)
    sure: dict[str, bool] = {}
    for code, level, name, short in places:
        if level == "zone":
            continue
        for text in dict.fromkeys((*short[:1], name)):
            begin = next((character for character in polyphones if text.startswith(character)), "")
            syllables = lazy_pinyin(text[len(begin) :], v_to_u=False)
            spelt = latin("".join([polyphones.get(begin, ""), *syllables]))
            if len(text) < 2 or not spelt.isascii():
                continue
            codes[spelt].append(code)
            wide = level in ("province", "prefecture") or len(text) > 2
            sure[spelt] = sure.get(spelt, False) or (wide and len(spelt) >= SHORTEST)
    return [Spelling(code, tuple(codes[code]), sure[code]) for code in sorted(codes)]
