"""Decides which of the words that the spaCy pipeline found are what they look like.

A word counts when it cuts no token in two and stands where it means that: 余杭 is a place and
和平 (also the word for peace) is one only beside 天津 or in 我在和平这边. The lists are those of
`nlu/entities.yml`, where each is explained. Of overlapping words those
count that cover most of the text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

_OFFICIAL = 3  # an official name has at least so many characters
_LONGEST_TAIL = 3
_LONGEST_REST = 16  # what a message may hold beside a name that stands alone


class Word(NamedTuple):
    """A word of the dictionaries in a text: its tag and where it stands."""

    tag: str
    start: int
    end: int


_NOWHERE = Word("", 0, 0)


class EntityRules:
    """The rules, read once from the entity config; they keep no state."""

    def __init__(self, entity_config: dict[str, Any]) -> None:
        """Takes the content of `nlu/entities.yml`."""
        region = entity_config["region"]
        self._tags: dict[str, dict[str, str]] = entity_config["tags"]
        self._levels = tuple(region["levels"])
        self._level_words = tuple(region["level_words"])
        self._not_before = tuple(region["not_before"])
        self._streets = tuple(region["streets"])
        self._no_street = tuple(region["no_street"])
        self._tails = frozenset(region["tails"])
        self._joins = frozenset(region["joins"])
        self._of = region["of"]
        self._before = tuple(region["before"])
        self._after = tuple(region["after"])
        self._closes = tuple(region["closes"])
        self._particles = sorted(region["particles"], key=len, reverse=True)
        self._password: dict[str, Any] = entity_config["password"]

    def choose(
        self,
        text: str,
        words: Sequence[Word],
        tokens: Iterable[tuple[int, int]],
        names: Sequence[Word] = (),
    ) -> list[Word]:
        """Returns the words that count, none overlapping another, in the order of the text.

        `names` are places that are no words of the dictionaries, and may cut a token.
        """
        edges = {edge for name in names for edge in (name.start, name.end)}
        words = sorted(
            [*self._uncut(words, tokens, text, edges), *names],
            key=lambda word: (word.start, word.end),
        )
        begins = {word.start for word in words if self._is_region(word)}
        words = [word for word in words if not self._is_other_name(text, word, begins)]
        covering = _covering(words)
        chosen: list[Word] = []
        for word in covering:
            if self._counts(text, word, chosen, covering):
                chosen.append(word)
        return chosen

    def are_alone(self, text: str, chosen: Sequence[Word]) -> bool:
        """Tells whether the places that count are all that is said, and one is no ordinary word."""
        places = [choice for choice in chosen if self._is_region(choice)]
        rest = "".join(
            text[before.end : after.start]
            for before, after in pairwise([_NOWHERE, *places, Word("", len(text), len(text))])
        )
        sure = any(
            "needs" not in self._tags[place.tag] or text[place.start : place.end].isascii()
            for place in places
        )
        return sure and not any(map(str.isalnum, rest))

    def _is_region(self, word: Word) -> bool:
        return self._tags[word.tag]["entity"] == "region"

    def _uncut(
        self,
        words: Sequence[Word],
        tokens: Iterable[tuple[int, int]],
        text: str,
        edges: set[int],
    ) -> list[Word]:
        """Returns the words that cut no token, and names in a row that cut none together.

        The tokenizer takes two names for one token (昆明官渡区) or cuts them wrongly (信 阳新县).
        """
        tokens = list(tokens)
        starts = {start for start, _ in tokens} | {0} | edges
        ends = {end for _, end in tokens} | {len(text)} | edges
        whole = {word for word in words if word.start in starts and word.end in ends}
        names = [word for word in words if self._is_region(word)]
        leading = self._leading(text, names, ends)
        # From the start of a token on, name by name; `sure` holds where a sure one stands.
        reached, row, sure = set(starts), set(), set()
        for word in sorted(names, key=lambda word: word.start):
            if word.start in reached and word.end in leading:
                reached.add(word.end)
                row.add(word)
                if "needs" not in self._tags[word.tag]:
                    sure |= {word.start, word.end}
        # Ordinary words alone make no names of one token: 安居乐业 is an idiom.
        kept = whole | {cell for cell in row if cell.start in sure or cell.end in sure}
        return sorted(kept, key=lambda word: (word.start, word.end))

    def _leading(self, text: str, names: Sequence[Word], ends: set[int]) -> set[int]:
        """Returns the places in the text from where names, or a tail, lead to a token's end."""
        leading = set(ends)
        for word in names:
            tails = (word.end + n for n in range(1, _LONGEST_TAIL + 1))
            if any(tail in ends and text[word.end : tail] in self._tails for tail in tails):
                leading.add(word.end)
        for word in sorted(names, key=lambda word: word.start, reverse=True):
            if word.end in leading:
                leading.add(word.start)
        return leading

    def _is_other_name(self, text: str, word: Word, begins: set[int]) -> bool:
        """Tells whether a short name of a place is part of a longer name of something else.

        None of that begins where another place does (唐山 before 路南), at one of `begins`.
        """
        if not self._is_region(word) or text[word.end - 1].isascii():  # a number plate
            return False
        if word.end - word.start >= _OFFICIAL and text[: word.end].endswith(self._levels):
            apart = word.end in begins  # 石家庄市 before 长安区, though 市长 is a word
            return not apart and text.startswith(self._level_words, word.end - 1)
        if text.startswith(self._not_before, word.end):
            return True
        street = text.startswith(self._streets, word.end)
        return street and not (word.end in begins or text.startswith(self._no_street, word.end))

    def _counts(self, text: str, word: Word, chosen: Sequence[Word], words: Sequence[Word]) -> bool:
        needs = self._tags[word.tag].get("needs")
        if needs is None:
            return True
        if needs == "password":
            return self._near_password(text[word.end :])
        if needs != "behind" and self._alone(text, word, words):
            return True
        if needs == "alone":
            return False
        if self._behind_place(text, word, chosen, needs == "context"):
            return True
        if needs != "context":
            return False
        return self._in_context(text, self._run(text, word, words)) or self._before_place(
            text, word, words
        )

    def _near_password(self, rest: str) -> bool:
        rest = rest[: self._password["within"] + 4]
        positions = [rest.find(word) for word in self._password["near"] if word in rest]
        if not positions:
            return False
        between = rest[: min(positions)]
        return not any(word in between for word in self._password["unless"])

    def _alone(self, text: str, word: Word, words: Sequence[Word]) -> bool:
        """Tells whether the message says nothing but this and other places in a row with it."""
        run = self._run(text, word, words)
        rest = text[: run.start] + " " + text[run.end :]
        if len(rest) > _LONGEST_REST:
            return False
        for particle in self._particles:
            rest = rest.replace(particle, " ")
        return not any(name.isalnum() for name in rest)

    def _run(self, text: str, word: Word, words: Sequence[Word]) -> Word:
        """Returns the word widened by the places before and behind it, blanks between or not."""
        start, end = word.start, word.end
        for other_word in words:
            if (
                other_word.start >= end
                and not text[end : other_word.start].strip()
                and self._is_region(other_word)
            ):
                end = other_word.end
        for other_word in reversed(words):
            if (
                other_word.end <= start
                and not text[other_word.end : start].strip()
                and self._is_region(other_word)
            ):
                start = other_word.start
        return Word(word.tag, start, end)

    def _behind_place(self, text: str, word: Word, chosen: Sequence[Word], any_rest: bool) -> bool:
        """Tells whether a place that counts stands right before this one."""
        before = next((choice for choice in reversed(chosen) if self._is_region(choice)), None)
        if before is None:
            return False
        gap = text[before.end : word.start]
        if not any_rest and gap == self._of:  # a shop of a town, not the district of that name
            return False
        closed = self._is_closed(text[word.end :])
        return (not gap and (any_rest or closed)) or (gap in self._joins and closed)

    def _before_place(self, text: str, word: Word, words: Sequence[Word]) -> bool:
        """Tells whether a sure place follows with nothing or one character between."""
        sure = (
            other_word
            for other_word in words
            if other_word.start > word.start and self._is_region(other_word)
        )
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


def _covering(words: Sequence[Word]) -> list[Word]:
    """Returns words without overlap that cover the most characters, the fewest such words.

    `words` are in the order of the text.
    """
    # best[i]: what the words from the i-th on can cover, and how.
    best: list[tuple[int, int, Word | None, int]] = [(0, 0, None, 0)] * (len(words) + 1)
    begins = [other_word.start for other_word in words]
    for i in range(len(words) - 1, -1, -1):
        word = words[i]
        after = bisect_left(begins, word.end, i + 1)
        taken = (best[after][0] + word.end - word.start, best[after][1] - 1, word, after)
        best[i] = max(taken, (*best[i + 1][:2], None, i + 1), key=lambda other_word: other_word[:2])
    chosen, i = [], 0
    while i < len(words):
        _, _, found, after = best[i]
        if found:
            chosen.append(found)
        i = after
    return chosen
