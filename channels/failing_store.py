"""Has a message fail whose conversation cannot be read or kept, so that the person hears of it.

Rasa's own wrapper of tracker stores would answer all the same: with an empty conversation if it
cannot be read, so that somebody in the middle of a guide is asked from the beginning again, and
with what is kept in memory only if it cannot be written, so that the next answer knows nothing of
this one. It also logs the error as it is, which holds what people wrote.
"""

from __future__ import annotations

from collections.abc import Iterable

from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker


def fail_openly() -> None:
    """Puts the functions in the place of Rasa's; a second call changes nothing."""
    FailSafeTrackerStore.retrieve = retrieve
    FailSafeTrackerStore.retrieve_full_tracker = retrieve_full_tracker
    FailSafeTrackerStore.save = save
    FailSafeTrackerStore.keys = keys


async def retrieve(store: FailSafeTrackerStore, sender_id: str) -> DialogueStateTracker | None:
    """Returns a conversation; every error of the store that is wrapped goes on to the caller."""
    return await store._tracker_store.retrieve(sender_id)


async def retrieve_full_tracker(
    store: FailSafeTrackerStore, sender_id: str
) -> DialogueStateTracker | None:
    """Returns all sessions of a conversation; errors as in `retrieve`."""
    return await store._tracker_store.retrieve_full_tracker(sender_id)


async def save(store: FailSafeTrackerStore, tracker: DialogueStateTracker) -> None:
    """Writes the new events of a conversation; errors as in `retrieve`."""
    await store._tracker_store.save(tracker)


async def keys(store: FailSafeTrackerStore) -> Iterable[str]:
    """Returns the ids of all conversations; errors as in `retrieve`."""
    names: Iterable[str] = await store._tracker_store.keys()
    return names
