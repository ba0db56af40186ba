"""Decides which of the words that the spaCy pipeline found are what they look like.

A word counts when it cuts no token in two and stands where it means that: 余杭 is a place and
和平 (also the word for peace) is one only beside 天津 or in 我在和平这边. The lists are those of
`nlu/entities.yml`, where each is explained. Of overlapping words the longest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

_OFFICIAL = 3  # an official name has at least so many characters


class Word(NamedTuple):
    """A word of the dictionaries in a text: its tag and where it stands."""

    tag: str
    start: int
    end: int


class EntityRules:
    """The rules, read once from the recipe; they keep no state."""

    def __init__(self, recipe: dict[str, Any]) -> None:
        """Takes the content of `nlu/entities.yml`."""
        region = recipe["region"]
        self._tags: dict[str, dict[str, str]] = recipe["tags"]
        self._levels = tuple(region["levels"])
        self._not_before = tuple(region["not_before"])
        self._streets = tuple(region["streets"])
        self._no_street = tuple(region["no_street"])
        self._tails = frozenset(region["tails"])
        self._joins = frozenset(region["joins"])
        self._before = tuple(region["before"])
        self._after = tuple(region["after"])
        self._closes = tuple(region["closes"])
        self._particles = sorted(region["particles"], key=len, reverse=True)
        self._password: dict[str, Any] = recipe["password"]

    def choose(
        self, text: str, words: Sequence[Word], tokens: Iterable[tuple[int, int]]
    ) -> list[Word]:
        """Returns the words that count, none overlapping another, in the order of the text."""
        cuts = self._cuts(text, words, tokens)
        words = [it for it in words if it.start in cuts and it.end in cuts]
        words = [it for it in words if not self._is_other_name(text, it)]
        longest = _without_overlaps(words)
        chosen: list[Word] = []
        for word in longest:
            if self._counts(text, word, chosen, longest):
                chosen.append(word)
        return chosen

    def _is_region(self, word: Word) -> bool:
        return self._tags[word.tag]["entity"] == "region"

    def _cuts(
        self, text: str, words: Sequence[Word], tokens: Iterable[tuple[int, int]]
    ) -> set[int]:
        """Returns where a word may begin or end: between tokens, and between names in one."""
        cuts = {0, len(text)}
        ends: dict[int, list[int]] = {}
        for word in words:
            if self._is_region(word):
                ends.setdefault(word.start, []).append(word.end)
        for start, end in tokens:
            cuts |= {start, end}
            inside = [start]
            for at in inside:
                more = (it for it in ends.get(at, ()) if it < end and it not in inside)
                inside += [it for it in more if self._is_made_of_names(text, it, end, ends)]
            cuts.update(inside)
        return cuts

    def _is_made_of_names(
        self, text: str, start: int, end: int, ends: dict[int, list[int]]
    ) -> bool:
        if start == end or text[start:end] in self._tails:
            return True
        return any(
            it <= end and self._is_made_of_names(text, it, end, ends) for it in ends.get(start, ())
        )

    def _is_other_name(self, text: str, word: Word) -> bool:
        """Tells whether a short name of a place is part of a longer name of something else."""
        if not self._is_region(word):
            return False
        if word.end - word.start >= _OFFICIAL and text[: word.end].endswith(self._levels):
            return False
        rest = text[word.end : word.end + 8]
        if rest.startswith(self._not_before):
            return True
        return rest.startswith(self._streets) and not rest.startswith(self._no_street)

    def _counts(self, text: str, word: Word, chosen: Sequence[Word], words: Sequence[Word]) -> bool:
        needs = self._tags[word.tag].get("needs")
        if needs is None:
            return True
        if needs == "password":
            return self._near_password(text[word.end :])
        if self._alone(text, word, words):
            return True
        if needs == "alone":
            return False
        if self._behind_place(text, word, chosen, needs == "context"):
            return True
        if needs != "context":
            return False
        return self._in_context(text, word) or self._before_place(text, word, words)

    def _near_password(self, rest: str) -> bool:
        rest = rest[: self._password["within"] + 4]
        places = [rest.find(it) for it in self._password["near"] if it in rest]
        if not places:
            return False
        between = rest[: min(places)]
        return not any(it in between for it in self._password["unless"])

    def _alone(self, text: str, word: Word, words: Sequence[Word]) -> bool:
        """Tells whether the message says nothing else."""
        rest = text[: word.start] + " " + text[word.end :]
        if len(words) > 1 or len(rest) > 16:
            return False
        for particle in self._particles:
            rest = rest.replace(particle, " ")
        return not any(it.isalnum() for it in rest)

    def _behind_place(self, text: str, word: Word, chosen: Sequence[Word], any_rest: bool) -> bool:
        """Tells whether a place that counts stands right before this one."""
        before = next((it for it in reversed(chosen) if self._is_region(it)), None)
        if before is None:
            return False
        gap = text[before.end : word.start]
        closed = self._is_closed(text[word.end :])
        return (not gap and (any_rest or closed)) or (gap in self._joins and closed)

    def _before_place(self, text: str, word: Word, words: Sequence[Word]) -> bool:
        """Tells whether a sure place follows with nothing or one character between."""
        sure = (it for it in words if it.start > word.start and self._is_region(it))
        after = next(sure, None)
        if after is None or self._tags[after.tag].get("needs"):
            return False
        gap = text[word.end : after.start]
        return not gap or (len(gap) == 1 and gap.isalnum() and gap in self._joins)

    def _in_context(self, text: str, word: Word) -> bool:
        rest = text[word.end :].lstrip()
        if rest.startswith(self._after):
            return True
        return text[: word.start].rstrip().endswith(self._before) and self._is_closed(rest)

    def _is_closed(self, rest: str) -> bool:
        return not rest[:1].isalnum() or rest.startswith(self._closes)


def _without_overlaps(words: Iterable[Word]) -> list[Word]:
    """Keeps the longest of words that overlap, the first of equally long ones."""
    taken: set[int] = set()
    kept = []
    for word in sorted(words, key=lambda it: (it.start - it.end, it.start)):
        places = range(word.start, word.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(word)
    return sorted(kept, key=lambda it: it.start)
