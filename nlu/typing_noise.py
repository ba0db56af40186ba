"""Puts the errors of typing and speaking into a line, by rules that are written down.

The rules are in `nlu/noise.yml`. Characters of the same sound come from the training lines
themselves, frequent ones first, as an input method offers them. What happens to a line depends
on the seed and the line alone, so that a training can be repeated.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import jieba
from opencc import OpenCC
from pypinyin import lazy_pinyin

from nlu.pinyin import fuzzy

_MIN_SEEN = 3  # a rarer character is rather a mistake itself
_MARKED_STRETCH = 12  # longer lines than this are cut into words around one place only


def is_chinese(character: str) -> bool:
    """Tells whether a character is a Chinese one of everyday writing."""
    return 0x4E00 <= ord(character) <= 0x9FFF


class TypingNoise:
    """The generator; `rules` is the content of `nlu/noise.yml`."""

    def __init__(self, rules: Mapping[str, Any], lines: Iterable[str], seed: int) -> None:
        """Learns which characters of the same sound `lines` hold."""
        self._rules = rules
        self._seed = seed
        seen = Counter(character for line in lines for character in line if is_chinese(character))
        self._alike: dict[str, list[str]] = defaultdict(list)
        self._weights: dict[str, list[int]] = defaultdict(list)
        for character, times in sorted(seen.items()):
            if times >= _MIN_SEEN:
                self._alike[_sound(character)].append(character)
                self._weights[_sound(character)].append(times)

    def corrupt(self, line: str) -> str:
        """Returns the line with one kind of noise in it; may return it unchanged."""
        # The seed's text keeps the same line the same, in whatever order lines come.
        rng = random.Random(f"{self._seed}:{line}")  # noqa: S311
        kind = _draw(rng, self._rules["shares"])
        corrupted: str = getattr(self, f"_{kind}")(line, rng)
        return corrupted if corrupted.strip() else line

    def _typing(self, line: str, rng: random.Random) -> str:
        positions = [at for at, character in enumerate(line) if is_chinese(character)]
        if not positions:
            return line
        min_share, max_share = self._rules["amount"]
        amount = round(len(positions) * rng.uniform(min_share, max_share))
        amount = min(max(1, amount), self._rules["max"], len(positions))
        characters = list(line)
        for at in rng.sample(positions, amount):
            kind = _draw(rng, self._rules["typing"])
            if kind == "same_sound":
                characters[at] = self._same_sound(line[at], rng)
            elif kind == "dropped" and len(positions) > 3:
                characters[at] = ""
            elif kind == "doubled":
                characters[at] *= 2
            elif kind == "swapped" and at + 1 < len(line):
                characters[at], characters[at + 1] = characters[at + 1], characters[at]
            elif kind in ("pinyin", "initials"):
                start, end = _word_around(line, at)
                spelt = lazy_pinyin("".join(line[start:end]))
                characters[start:end] = [""] * (end - start)
                characters[start] = "".join(
                    spelling[:1] if kind == "initials" else spelling for spelling in spelt
                )
        return "".join(characters)

    def _same_sound(self, character: str, rng: random.Random) -> str:
        sound = _sound(character)
        others = [
            (other_character, weight)
            for other_character, weight in zip(
                self._alike[sound], self._weights[sound], strict=True
            )
            if other_character != character
        ]
        if not others:
            return character
        names, weights = zip(*others, strict=True)
        # The root keeps the rare ones in: which one an input method offers first differs.
        return str(rng.choices(names, [weight**0.5 for weight in weights])[0])

    def _speech(self, line: str, rng: random.Random) -> str:
        words = []
        for word in jieba.lcut(_without_marks(line, "")):
            said = self._rules["dialect"].get(word)
            words.append(rng.choice(said) if said and rng.random() < 0.6 else word)
        if rng.random() < 0.5:
            words.insert(0, rng.choice(self._rules["fillers"]))
        if len(words) > 6 and rng.random() < 0.4:
            words.insert(rng.randrange(2, len(words)), rng.choice(self._rules["fillers"]))
        if rng.random() < 0.3:
            words.append(rng.choice(self._rules["endings"]))
        return "".join(words)

    def _traditional(self, line: str, rng: random.Random) -> str:
        return str(_converter(rng.choice(self._rules["traditional"])).convert(line))

    def _marks(self, line: str, rng: random.Random) -> str:
        return _without_marks(line, rng.choice(["", " "]))


def _draw(rng: random.Random, shares: Mapping[str, float]) -> str:
    return rng.choices(list(shares), list(shares.values()))[0]


def _without_marks(line: str, instead: str) -> str:
    return "".join(
        character if character.isalnum() or character.isspace() or character in "[]_:" else instead
        for character in line
    )


def _word_around(line: str, at: int) -> tuple[int, int]:
    """Returns start and end of the Chinese word that holds a place."""
    begin = max(0, at - _MARKED_STRETCH)
    for _, start, end in jieba.tokenize(line[begin : at + _MARKED_STRETCH]):
        if begin + start <= at < begin + end:
            return begin + start, begin + end
    return at, at + 1


@lru_cache(maxsize=8192)
def _sound(character: str) -> str:
    return fuzzy(lazy_pinyin(character)[0])


@lru_cache(maxsize=8)
def _converter(name: str) -> OpenCC:
    return OpenCC(name)
