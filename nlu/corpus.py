"""Counts the n-grams of many lines at once: an n-gram is a number there, not a text.

Text by text, the n-grams of all training lines would take a fifth of a training.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

BEGIN, END, BETWEEN = "\x02", "\x03", " "


class Corpus:
    """Lines of units, of which n-grams are made; a line without units has none."""

    def __init__(self, lines: Iterable[Sequence[str]]) -> None:
        """Takes the units of each line."""
        numbers: dict[str, int] = {BEGIN: 0, END: 1}
        found: list[Array] = []
        for units in lines:
            bounded = [BEGIN, *units, END] if units else ()
            found.append(
                np.array([numbers.setdefault(unit, len(numbers)) for unit in bounded], np.int32)
            )
        self._units = list(numbers)
        self._lengths = np.array([len(line) for line in found], np.int64)
        self._numbers = np.concatenate(found) if found else np.empty(0, np.int32)

    def __len__(self) -> int:
        """Returns the number of lines."""
        return len(self._lengths)

    def count_lines(self, length: int) -> dict[str, int]:
        """Returns in how many lines each n-gram of a length is."""
        lines, which, keys = self._ngrams(length)
        together = np.unique(which * len(self) + lines) // max(1, len(self))
        amounts = np.bincount(together, minlength=len(keys))
        return dict(zip(self._texts(keys, length), amounts.tolist(), strict=True))

    def times(self, length: int, columns: Mapping[str, int]) -> tuple[Array, Array, Array]:
        """Returns how often the n-grams of a length that have a column are in each line.

        These are, side by side, numbers of lines, columns, and times.
        """
        lines, which, keys = self._ngrams(length)
        known = np.array([columns.get(text, -1) for text in self._texts(keys, length)], np.int64)
        column = known[which] if len(keys) else np.empty(0, np.int64)
        there = column >= 0
        width = max(1, len(columns))
        together, times = np.unique(lines[there] * width + column[there], return_counts=True)
        return together // width, together % width, times

    def _ngrams(self, length: int) -> tuple[Array, Array, Array]:
        """Returns the line of each n-gram, which of the different ones it is, and these.

        The different ones are numbers, in which the first unit weighs most.

        Raises:
            OverflowError: if there are too many different units to number the n-grams.
        """
        if len(self._units) ** length >= 2**63:
            raise OverflowError(f"{len(self._units)} units are too many for {length} in a row")
        amounts = np.maximum(self._lengths - length + 1, 0)
        lines = np.repeat(np.arange(len(self)), amounts)
        starts = np.cumsum(self._lengths) - self._lengths
        within = np.arange(len(lines)) - np.repeat(np.cumsum(amounts) - amounts, amounts)
        at = np.repeat(starts, amounts) + within
        keys = np.zeros(len(at), np.int64)
        for offset in range(length):
            keys *= len(self._units)
            keys += self._numbers[at + offset]
        different, which = np.unique(keys, return_inverse=True)
        return lines, which, different

    def _texts(self, keys: Array, length: int) -> list[str]:
        """Returns the n-grams of some numbers."""
        parts = []
        for _ in range(length):
            keys, numbers = np.divmod(keys, len(self._units))
            parts.append([self._units[number] for number in numbers.tolist()])
        return [BETWEEN.join(units) for units in zip(*reversed(parts), strict=True)]
