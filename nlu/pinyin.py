"""How a text sounds: toneless pinyin, with sounds that people mix up made one.

zh ch sh count as z c s, n as l at the beginning, h as f before u, ang eng ing as an en in: the
pairs that input methods offer as fuzzy pinyin, after the dialects that do not tell them apart.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT, RE_HANS
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.seg.simpleseg import seg

_FUZZY = (
    (re.compile(r"^([zcs])h"), r"\1"),
    (re.compile(r"^n(?=.)"), "l"),
    (re.compile(r"^hu(?=.)"), "fu"),
    (re.compile(r"(?<=[aei])ng$"), "n"),
)
_SPELT = re.compile(r"[a-z]+")


@lru_cache(maxsize=4096)
def fuzzy(syllable: str) -> str:
    """Returns the one spelling of all syllables that sound alike."""
    for pattern, instead in _FUZZY:
        syllable = pattern.sub(instead, syllable)
    return syllable


def syllables(text: str) -> list[str]:
    """Returns a syllable for each Chinese character, and what spelt pinyin is made of.

    A run of small letters that is pinyin is cut into its syllables, so that `yanzhengma` sounds
    like the word it stands for; other letters and signs stand alone. Blanks are left out.
    """
    found: list[str] = []
    for part in seg(text):
        found += _sounds(part) if RE_HANS.match(part) else map(fuzzy, _alone(part))
    return found


@lru_cache(maxsize=8192)
def _sounds(phrase: str) -> tuple[str, ...]:
    """Returns how a phrase of pypinyin's dictionary, or a character, sounds.

    Remembered, as pypinyin takes each sound's spelling apart anew every time.
    """
    return tuple(map(fuzzy, lazy_pinyin(phrase)))


def _alone(other: str) -> list[str]:
    """Returns the parts of a stretch that pypinyin knows no sound for."""
    parts: list[str] = []
    at = 0
    for match in _SPELT.finditer(other):
        parts += other[at : match.start()]
        parts += _spelt_syllables(match[0]) or list(match[0])
        at = match.end()
    return [part for part in (*parts, *other[at:]) if part.isalnum()]


@lru_cache(maxsize=4096)
def _spelt_syllables(letters: str) -> list[str] | None:
    """Returns the fewest pinyin syllables that make up the letters, or None."""
    if len(letters) > 60:
        return None
    best: list[list[str] | None] = [[]] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is None or letters[start:end] not in _syllable_set():
                continue
            now = best[end]
            if now is None or len(before) + 1 < len(now):
                best[end] = [*before, letters[start:end]]
    return best[-1]


@lru_cache(maxsize=1)
def _syllable_set() -> frozenset[str]:
    """Returns every toneless syllable of two letters and more that some character has."""
    spelt = {one for all_of_one in PINYIN_DICT.values() for one in all_of_one.split(",")}
    plain = {to_normal(spelling) for spelling in spelt}
    return frozenset(
        candidate
        for candidate in plain
        if len(candidate) > 1 and candidate.isascii() and candidate.isalpha()
    )
