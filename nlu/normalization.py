"""Brings a text into the one form that the tokenizer and the featurizers see.

Full width becomes half width, Traditional Simplified, capital letters small; a character that is
repeated for stress stays twice at most; what has no width is dropped. Where each character came
from is kept, so that whatever is found in the new text can be shown in the old one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from nlu.folding import fold

_MAX_REPEATED = 2
_REPEATED = re.compile(r"([^\d])\1{2}", re.DOTALL)
_NO_WIDTH = ("Cc", "Cf", "Cs", "Co", "Mn", "Me")
_SKIN_TONES = range(0x1F3FB, 0x1F400)


class Normalized(NamedTuple):
    """A normalised text; `starts[i]` and `ends[i]` say where its i-th character stood before."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def normalize(text: str, variants: Mapping[str, str]) -> Normalized:
    """Returns the normalised text; `variants` gives a character's Simplified form."""
    folded = fold(text, variants)
    shown = [_shown(character) for character in folded]
    plain = "".join(shown)
    if len(plain) == len(folded) and not _REPEATED.search(plain):  # as most texts are
        return Normalized(plain, range(len(plain)), range(1, len(plain) + 1))
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    repeated = 0
    for at, character in enumerate(shown):
        if not character:
            continue
        same = bool(characters) and characters[-1] == character
        repeated = repeated + 1 if same else 1
        # Digits are never repeated for stress.
        if repeated > _MAX_REPEATED and not character.isdigit():
            ends[-1] = at + 1
            continue
        characters.append(character)
        starts.append(at)
        ends.append(at + 1)
    return Normalized("".join(characters), tuple(starts), tuple(ends))


@lru_cache(maxsize=20_000)
def _shown(character: str) -> str:
    """Returns how a character is shown, empty if it has no width."""
    lower = character.lower()
    shown = " " if character.isspace() else lower if len(lower) == 1 else character
    return "" if shown != " " and _has_no_width(shown) else shown


def _has_no_width(character: str) -> bool:
    return unicodedata.category(character) in _NO_WIDTH or ord(character) in _SKIN_TONES
