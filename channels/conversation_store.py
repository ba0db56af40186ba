"""Conversations in SQL without the secrets that people typed.

Rasa builds the event of a message from the text as it came; this store hands out trackers that
hide secrets in that event before it is kept, sent to the action server, or published. It is the
net under every channel, also under `rasa shell`, which no channel of ours serves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import func
from sqlalchemy.engine import make_url

from channels.private_files import make_private
from channels.redaction import RECENT, Memory, redact, remember
from serving.protection import protect_process

BATCH = 100  # talks that are looked at, and deleted if they are old, in one go

# The settings that say where the database is; see `SQLTrackerStore.get_db_url`.
_ADDRESS = ("dialect", "host", "port", "db", "username", "password", "login_db", "query")


class RedactingTracker(DialogueStateTracker):
    """A tracker that takes in what people wrote only with its secrets hidden."""

    _redacts = True

    @classmethod
    def from_kept(
        cls, sender_id: str, events: Iterable[Event], slots: Iterable[Slot]
    ) -> RedactingTracker:
        """Returns a tracker with events that were kept: there the secrets are hidden already."""
        tracker = cls(sender_id, slots)
        tracker._redacts = False
        for event in events:
            tracker.update(event)
        tracker._redacts = True
        return tracker

    def update(self, event: Event, domain: Domain | None = None) -> None:
        """Takes in an event; see `DialogueStateTracker.update`."""
        if self._redacts and isinstance(event, UserUttered) and event.text:
            _hide_secrets(event, self._memory())
        super().update(event, domain)

    def _memory(self) -> Memory:
        """Returns what the last messages of the person have announced."""
        texts: list[str] = []
        for event in reversed(self.events):
            if isinstance(event, UserUttered) and event.text:
                texts.append(event.text)
                if len(texts) == RECENT:
                    break
        return remember(reversed(texts))


class RedactingSQLTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store with trackers that hide secrets; same settings.

    A SQLite file is made such that only its owner may read it, however Rasa was started. The
    store is loaded by every server of Rasa's, also where no channel of ours is, as in
    `rasa shell`; so it also has the requests of its process checked.
    """

    def __init__(self, domain: Domain | None = None, **settings: Any) -> None:
        protect_process()
        given = {name: settings[name] for name in _ADDRESS if name in settings}
        url = make_url(self.get_db_url(**given))
        if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
            make_private(Path(url.database))
        super().__init__(domain, **settings)

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """Returns an empty tracker for a conversation."""
        return RedactingTracker(
            sender_id, self.domain.slots, max_event_history=self.max_event_history
        )

    async def delete(self, sender_id: str) -> None:
        """Deletes everything about a conversation; it is gone when this returns."""
        await asyncio.to_thread(self._delete, sender_id)

    async def delete_outdated(self, prefix: str, before: float) -> None:
        """Deletes the conversations whose id begins so and whose last event is before a time."""
        last: str | None = prefix
        while last is not None:  # between two batches, what people say meanwhile is kept
            last = await asyncio.to_thread(self._delete_batch, prefix, before, last)

    def _delete(self, sender_id: str) -> None:
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete(
                synchronize_session=False
            )
            session.commit()

    def _delete_batch(self, prefix: str, before: float, after: str) -> str | None:
        """Goes through the conversations after one; returns the last of them, None without any."""
        event = self.SQLEvent
        with self.session_scope() as session:
            talks = (
                session.query(event.sender_id, func.max(event.timestamp) < before)
                .filter(event.sender_id > after)
                .filter(event.sender_id.startswith(prefix, autoescape=True))
                .group_by(event.sender_id)
                .order_by(event.sender_id)
                .limit(BATCH)
                .all()
            )
            old = [name for name, is_old in talks if is_old]
            if old:
                fresh = session.query(event.sender_id).filter(
                    event.sender_id.in_(old), event.timestamp >= before
                )  # somebody may have written just now
                session.query(event).filter(
                    event.sender_id.in_(old), event.sender_id.not_in(fresh)
                ).delete(synchronize_session=False)
                session.commit()
            return talks[-1][0] if talks else None

    async def _retrieve(
        self, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> DialogueStateTracker | None:
        tracker = await super()._retrieve(sender_id, fetch_events_from_all_sessions)
        if tracker is None:
            return None
        return RedactingTracker.from_kept(sender_id, tracker.events, self.domain.slots)


async def forget_talk(store: TrackerStore, sender_id: str) -> None:
    """Deletes a conversation from the store that Rasa wraps one or more times.

    Raises:
        TypeError: if the store is not ours and cannot delete.
    """
    await _ours(store).delete(sender_id)


async def forget_outdated(store: TrackerStore, prefix: str, before: float) -> None:
    """Deletes the conversations whose id begins so and whose last event is before a time.

    Raises:
        TypeError: if the store is not ours and cannot delete.
    """
    await _ours(store).delete_outdated(prefix, before)


def _ours(store: TrackerStore) -> RedactingSQLTrackerStore:
    """Returns the store of ours that Rasa wraps one or more times."""
    while hasattr(store, "_tracker_store"):
        store = store._tracker_store
    if not isinstance(store, RedactingSQLTrackerStore):
        raise TypeError(f"{type(store).__name__} cannot delete: use RedactingSQLTrackerStore")
    return store


def _hide_secrets(event: UserUttered, memory: Memory) -> None:
    text = redact(event.text, memory)
    if text == event.text:
        return
    event.text = text
    # Values and offsets found in the old text would give it away or point to the wrong place.
    kept: list[dict[str, Any]] = [it for it in event.entities if str(it.get("value")) in text]
    event.entities = kept
    event.parse_data = {
        "text": text,
        "intent": event.intent,
        "intent_ranking": event.parse_data.get("intent_ranking", []),
        "entities": kept,
    }
