"""How a text sounds: toneless pinyin, with sounds that people mix up made one.

zh ch sh count as z c s, n as l at the beginning, h as f before u, ang eng ing as an en in: the
pairs that input methods offer as fuzzy pinyin, after the dialects that do not tell them apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex  # type: ignore[import-untyped]
from marisa_trie import BytesTrie

_FUZZY = (
    (re.compile(r"^([zcs])h"), r"\1"),
    (re.compile(r"^n(?=.)"), "l"),
    (re.compile(r"^hu(?=.)"), "fu"),
    (re.compile(r"(?<=[aei])ng$"), "n"),
)
_SPELT = re.compile(r"[a-z]+")
_MAX_LETTERS = 60  # of what may be spelt pinyin
_STRETCH = regex.compile(r"(?P<chinese>\p{Han}+)|\P{Han}+")
_PHRASES = "phrases.marisa"
_SPELLINGS = "spellings.json"


@lru_cache(maxsize=4096)
def fuzzy(syllable: str) -> str:
    """Returns the one spelling of all syllables that sound alike."""
    for pattern, instead in _FUZZY:
        syllable = pattern.sub(instead, syllable)
    return syllable


class Pronunciation:
    """How each character and phrase of pypinyin's dictionaries sounds, in 2 MB instead of 50."""

    def __init__(self, phrases: Any, spellings: frozenset[str]) -> None:
        """Takes the dictionaries.

        Args:
            phrases: a trie that gives, for a phrase or a character, its fuzzy syllables as bytes
                with blanks between them.
            spellings: every toneless syllable of two letters and more that some character has.
        """
        self._phrases = phrases
        self._spellings = spellings

    @classmethod
    def from_pypinyin(cls) -> Pronunciation:
        """Returns what pypinyin's dictionaries say."""
        from pypinyin import lazy_pinyin  # 50 MB, which nothing needs after a training
        from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
        from pypinyin.contrib.tone_convert import to_normal

        texts = {*PHRASES_DICT, *map(chr, PINYIN_DICT)}
        sounds = ((text, " ".join(map(fuzzy, lazy_pinyin(text))).encode()) for text in texts)
        marked = {one for all_of_one in PINYIN_DICT.values() for one in all_of_one.split(",")}
        plain = {to_normal(spelling) for spelling in marked}
        spellings = (one for one in plain if len(one) > 1 and one.isascii() and one.isalpha())
        return cls(BytesTrie(sounds), frozenset(spellings))

    @classmethod
    def load(cls, folder: Path) -> Pronunciation | None:
        """Returns what `save` wrote into a folder, or None if it holds nothing of the kind."""
        if not (folder / _PHRASES).exists():
            return None
        phrases = BytesTrie()
        phrases.load(str(folder / _PHRASES))
        spellings = json.loads((folder / _SPELLINGS).read_text(encoding="utf-8"))
        return cls(phrases, frozenset(spellings))

    def save(self, folder: Path) -> None:
        """Writes the dictionaries down."""
        self._phrases.save(str(folder / _PHRASES))
        text = json.dumps(sorted(self._spellings))
        (folder / _SPELLINGS).write_text(text, encoding="utf-8")

    def syllables(self, text: str) -> list[str]:
        """Returns a syllable for each Chinese character, and what spelt pinyin is made of.

        A run of small letters that is pinyin is cut into its syllables, so that `yanzhengma`
        sounds like the word it stands for; other letters and signs stand alone. Blanks are left
        out.
        """
        found: list[str] = []
        for match in _STRETCH.finditer(text):
            if match["chinese"]:
                found += self._sounds(match[0])
            else:
                found += map(fuzzy, self._others(match[0]))
        return found

    def _sounds(self, chinese: str) -> Iterator[str]:
        """Yields how a text sounds: always the longest phrase, then what follows it.

        As in pypinyin, the rest stands alone where it is but the beginning of a phrase.
        """
        while chinese:
            known = max(self._phrases.prefixes(chinese), key=len, default="")
            is_begun = len(known) < 2 and next(self._phrases.iterkeys(chinese), None)
            for part in chinese if is_begun else [known or chinese[0]]:
                yield from self._phrases.get(part, [part.encode()])[0].decode().split(" ")
            chinese = "" if is_begun else chinese[len(known) or 1 :]

    def _others(self, text: str) -> list[str]:
        """Returns the parts of a stretch without a Chinese character."""
        parts: list[str] = []
        at = 0
        for match in _SPELT.finditer(text):
            parts += text[at : match.start()]
            parts += self._spelt_syllables(match[0]) or list(match[0])
            at = match.end()
        return [part for part in (*parts, *text[at:]) if part.isalnum()]

    def _spelt_syllables(self, letters: str) -> list[str] | None:
        """Returns the fewest pinyin syllables that make up the letters, or None."""
        if len(letters) > _MAX_LETTERS:
            return None
        best: list[list[str] | None] = [[]] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - 6), end):
                before = best[start]
                if before is None or letters[start:end] not in self._spellings:
                    continue
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = [*before, letters[start:end]]
        return best[-1]
