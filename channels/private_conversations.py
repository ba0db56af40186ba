"""Conversations in which an editor tries a change: in memory for a while, and nowhere else.

They are in no table, so they are not counted, not listed as not understood, and found by no page.
With a restart of the server they begin anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rasa.shared.core.events import Event

from channels.senders import TRYOUT_PREFIX

KEPT_SECONDS = 3600  # without a message
MAX_CONVERSATIONS = 100
MAX_EVENTS = 2000  # of one; later ones are not kept


@dataclass
class _Kept:
    seen: float
    events: list[Event] = field(default_factory=list)


class PrivateConversations:
    """Their events, by the id of the conversation."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    @staticmethod
    def has(sender_id: str | None) -> bool:
        """Tells whether a conversation is one of these."""
        return bool(sender_id) and str(sender_id).startswith(TRYOUT_PREFIX)

    def events(self, sender_id: str) -> Sequence[Event]:
        """Returns the events of a conversation; none if there is none, or it is too old."""
        self._forget_old()
        kept = self._kept.get(sender_id)
        return list(kept.events) if kept else []

    def add(self, sender_id: str, events: Iterable[Event]) -> None:
        """Keeps what a turn has brought."""
        kept = self._kept.pop(sender_id, None) or _Kept(0.0)
        kept.seen = self._clock()
        kept.events.extend(events)
        del kept.events[MAX_EVENTS:]
        self._kept[sender_id] = kept  # the one that was used last stands last
        self._forget_old()

    def forget(self, sender_id: str) -> None:
        """Deletes a conversation."""
        self._kept.pop(sender_id, None)

    def _forget_old(self) -> None:
        before = self._clock() - KEPT_SECONDS
        names = list(self._kept)
        too_many = len(names) - MAX_CONVERSATIONS
        for number, name in enumerate(names):
            if number < too_many or self._kept[name].seen < before:
                del self._kept[name]
