"""Brings a text into the one form that the tokenizer and the featurizers see.

Full width becomes half width, Traditional Simplified, capital letters small; a character that is
repeated for stress stays twice at most; what has no width is dropped. Where each character came
from is kept, so that whatever is found in the new text can be shown in the old one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from nlu.folding import fold

_MAX_REPEATED = 2
_NO_WIDTH = ("Cc", "Cf", "Cs", "Co", "Mn", "Me")
_SKIN_TONES = range(0x1F3FB, 0x1F400)


class Normalized(NamedTuple):
    """A normalised text; `starts[i]` and `ends[i]` say where its i-th character stood before."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def normalize(text: str, variants: Mapping[str, str]) -> Normalized:
    """Returns the normalised text; `variants` gives a character's Simplified form."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    repeated = 0
    for at, folded in enumerate(fold(text, variants)):
        lower = folded.lower()
        character = " " if folded.isspace() else lower if len(lower) == 1 else folded
        if character != " " and _has_no_width(character):
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


def _has_no_width(character: str) -> bool:
    return unicodedata.category(character) in _NO_WIDTH or ord(character) in _SKIN_TONES
