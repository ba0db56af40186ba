"""Finds the number of a step inside a span, or in a message that is nothing else."""

from __future__ import annotations

from typing import Any

from serving.numerals import read_number

_LONGEST = 3


class StepNumbers:
    """Decides which numbers are a step's, by the lists under `step_number` of the entity config."""

    def __init__(self, entity_config: dict[str, Any]) -> None:
        """Takes `step_number` of `nlu/entities.yml`."""
        self._closes = tuple(entity_config["closes"])
        self._not_before = tuple(entity_config["not_before"])
        self._not_after = tuple(entity_config["not_after"])
        self._numerals = frozenset(entity_config["number"])
        self._max: int = entity_config["max"]

    def in_span(self, text: str, start: int, end: int, said: bool) -> tuple[int, int] | None:
        """Returns where the number stands that is a step's in `text[start:end]`, else None.

        `said` tells that nothing but a verb stands before it (go to 6): then little may follow.
        """
        first = next((i for i in range(start, end) if text[i] in self._numerals), end)
        last = first
        while last < len(text) and text[last] in self._numerals:
            last += 1
        within = last <= end and text[first - 1 : first] not in self._numerals
        if not within or not self._is_step(text[first:last]):
            return None
        if text.startswith(self._not_before, last):
            return None
        if said:
            rest = text[last:].lstrip()
            more = rest[:1].isalnum() and not rest.startswith(self._closes)
            return None if more or text[first - 1 : first].isascii() else (first, last)
        if first == start and text[:start].rstrip().endswith(self._not_after):
            return None
        return first, last

    def alone(self, text: str) -> tuple[int, int] | None:
        """Returns where the number stands in a message that is a step's number and marks only."""
        first = next((i for i, character in enumerate(text) if character.isalnum()), len(text))
        last = next((i for i in range(len(text), first, -1) if text[i - 1].isalnum()), first)
        return (first, last) if self._is_step(text[first:last]) else None

    def _is_step(self, number: str) -> bool:
        if not 0 < len(number) <= _LONGEST or not self._numerals.issuperset(number):
            return False
        return 0 < (read_number(number) or 0) <= self._max
