"""The memories of the last persons of a channel that keeps no messages itself."""

from __future__ import annotations

from collections import OrderedDict

from channels.redaction.memory import EMPTY, Memory

MAX_PERSONS = 10_000


class SenderMemory:
    """Memories by person; beyond MAX_PERSONS the one that was silent longest is forgotten."""

    def __init__(self, max_persons: int = MAX_PERSONS) -> None:
        self._max_persons = max_persons
        self._memories: OrderedDict[str, Memory] = OrderedDict()

    def of(self, person: str) -> Memory:
        """Returns what the last messages of a person have announced."""
        return self._memories.get(person, EMPTY)

    def add(self, person: str, text: str) -> None:
        """Takes in one more message, given with its secrets hidden."""
        memory = self.of(person).after(text)
        self._memories.pop(person, None)
        if memory != EMPTY:
            self._memories[person] = memory
        if len(self._memories) > self._max_persons:
            self._memories.popitem(last=False)
