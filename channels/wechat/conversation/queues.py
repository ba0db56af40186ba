"""Works off WeChat's queues: one for each conversation, and one for each account of KF's."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from channels.error_log import log_error
from channels.inbox.following import follow_others, look_again
from channels.inbox.store import LEFT, Job, Store, StoreError
from channels.inbox.workers import Postponed, Workers

logger = logging.getLogger(__name__)

CLOSE_SECONDS = 5.0  # at the end of the server, for what is in work
# An item is tried again so long after its message was written, when the platform failed in one of
# these ways (`ApiError.kind`).
PATIENCE_SECONDS = 600.0
WORTH_A_WAIT = ("later", "unreached", "ambiguous")


class Queues:
    """The queues that this process works on.

    Args:
        store: where they are.
        work: does what an item of a queue wants.
    """

    def __init__(self, store: Store, work: Callable[[str, Job], Awaitable[None]]) -> None:
        self._store = store
        self._work = work
        self._workers = Workers("wechat", store, self._work_off)
        self.schedule = self._workers.schedule
        self.news = self._workers.news
        self._looking: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[None] | None = None

    async def add(self, queue: str, key: str, item: str, order: float) -> bool:
        """Puts an item into a queue and has it worked on; False if its key is known already."""
        fresh = await self._store.add(queue, key, item, order)
        if fresh:
            self.schedule(queue)
        return fresh

    def open(self) -> None:
        """Begins to look after queues that nobody works on: after a start, or another's death.

        Of several workers, it also hears what the others take in.
        """
        look = self._workers.schedule_unfinished
        if self._store.is_shared:
            looking = follow_others(lambda: self._store.listen(self._hear), look)
        else:
            looking = look_again(look)
        self._looking = asyncio.get_running_loop().create_task(looking)

    async def close(self, patience: float = CLOSE_SECONDS) -> None:
        """Stops after what is in work; what takes longer, and all else, stays in the store.

        Args:
            patience: how long it waits, in seconds.
        """
        if self._looking:
            self._looking.cancel()
        await self._workers.close(patience)
        with contextlib.suppress(StoreError):  # else they find it when they look next
            await self._store.leave()

    def _hear(self, queue: str) -> None:
        """Takes note of what another worker has taken in, or that it has left."""
        if queue == LEFT:
            self._leaving = asyncio.get_running_loop().create_task(self._look())
        elif self._workers.is_at_work(queue):  # else the other one works on it itself
            self.schedule(queue)

    async def _look(self) -> None:
        with contextlib.suppress(StoreError):  # it is looked again in a moment
            await self._workers.schedule_unfinished()

    async def _work_off(self, queue: str) -> None:
        while not self._workers.is_closed and (job := await self._store.peek(queue)):
            try:
                await self._work(queue, job)
            except (Postponed, StoreError):  # without the store, nothing is left out
                raise
            except Exception as error:  # an error of ours must not stop the queue for ever
                log_error(logger, error, "one message is left out")
            await self._store.ack(queue, job.key)
