"""What WeChat's channel must not forget, behind one small interface.

`SqliteStore` serves one process and keeps everything across a restart; `RedisStore` serves several
workers. Both keep the same promises, and the same tests hold them to it. Names, keys and queues
come from the caller, who hashes in them whatever would tell a person; items and values hold what
is needed to answer, and no longer than that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rasa.shared.exceptions import RasaException

DAY = 86_400.0
# WeChat repeats a push within seconds; KF's `sync_msg` shows 3 days again for an empty cursor.
KNOWN_KEY_SECONDS = 4 * DAY


class StoreError(RasaException):
    """The store cannot be opened, or does not answer.

    What was asked of it may have been done all the same: everything but `put_new` can simply be
    asked again. The message holds no name, key or value, and no address with a password.
    """


@dataclass(frozen=True)
class Job:
    """The item at the head of a queue.

    Attributes:
        key: what makes the item unique in its queue.
        item: as it was added.
    """

    key: str
    item: str


class Store(Protocol):
    """Queues, values, secrets and locks; each call is atomic over all workers.

    Every call raises StoreError if the store does not answer. Times are seconds; what has a time
    is there until the store's clock has moved that far. Workers on several machines need clocks
    that agree (NTP), as the clock tolerance of pushes need them anyway.
    """

    async def open(self) -> None:
        """Makes the store ready; to be awaited before anything else.

        Raises:
            StoreError: if it cannot be used, with a sentence that says why.
        """

    async def close(self) -> None:
        """Lets go of files and connections; the store can be opened again."""

    # Queues: one per conversation, worked off in order by the holder of its lock.

    async def add(self, queue: str, key: str, item: str, order: float) -> bool:
        """Puts an item into a queue, unless its key was seen there in the last 4 days.

        Of several calls with one key, also at once and on several workers, one returns True.
        When it has, the item survives the death of every worker. Items come out by `order`, the
        time of their creation in seconds since 1970, and those of one time as they arrived.

        Returns:
            False if the key was known, and nothing was done.
        """

    async def peek(self, queue: str) -> Job | None:
        """Returns the first item and marks it as begun: it stays first until it is done.

        Returns:
            None if the queue is empty.
        """

    async def behind(self, queue: str, count: int) -> list[Job]:
        """Returns up to so many items behind the one that is begun, in their order.

        None of them is begun by it.
        """

    async def ack(self, queue: str, key: str) -> None:
        """Deletes an item; its key stays known. Nothing happens if there is no such item."""

    async def waiting(self) -> list[str]:
        """Returns the queues that are not empty, in no particular order."""

    # Durable values: they survive a restart.

    async def get(self, name: str) -> str | None:
        """Returns a value; None if there is none, or its time is over."""

    async def put(self, name: str, value: str, seconds: float | None = None) -> None:
        """Sets a value for so long; None for ever."""

    async def put_new(self, name: str, value: str, seconds: float | None = None) -> bool:
        """Sets a value if there is none; tells whether it did. One of several at once does."""

    async def drop(self, name: str) -> None:
        """Deletes a value."""

    # Secrets and results that live a short time: never on the disk of the embedded store.

    async def cache_get(self, name: str) -> str | None:
        """Returns what was kept; None if there is nothing, or its time is over."""

    async def cache_set(self, name: str, value: str, seconds: float) -> None:
        """Keeps a value for so long, apart from the durable ones; a restart may lose it."""

    # Locks: one owner at a time, and never longer than it lives and cares.

    async def lock(self, name: str, seconds: float) -> str | None:
        """Takes a lock that nobody has.

        Returns:
            The owner, which `extend` and `release` want; None if another has it.
        """

    async def extend(self, name: str, owner: str, seconds: float) -> bool:
        """Extends a lock, counted from now.

        Returns:
            False if it has run out or another has it: the work it stood for must stop.
        """

    async def release(self, name: str, owner: str) -> None:
        """Gives a lock back; nothing happens if it is no longer one's own."""

    async def purge(self) -> None:
        """Removes what is over, so that its traces do not stay and the store does not grow."""
