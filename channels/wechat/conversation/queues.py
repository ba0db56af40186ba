"""Works off WeChat's queues: one for each conversation, and one for each account of KF's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from channels.error_log import log_error
from channels.inbox.store import Job, Store, StoreError
from channels.inbox.workers import Postponed, Workers

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
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
        self._sweeping: asyncio.Task[None] | None = None

    async def add(self, queue: str, key: str, item: str, order: float) -> bool:
        """Puts an item into a queue and has it worked on; False if its key is known already."""
        fresh = await self._store.add(queue, key, item, order)
        if fresh:
            self.schedule(queue)
        return fresh

    def open(self) -> None:
        """Begins to look after queues that nobody works on: after a start, or another's death."""
        self._sweeping = asyncio.get_running_loop().create_task(self._sweep())

    async def close(self, patience: float = CLOSE_SECONDS) -> None:
        """Stops after what is in work; what takes longer, and all else, stays in the store.

        Args:
            patience: how long it waits, in seconds.
        """
        if self._sweeping:
            self._sweeping.cancel()
        await self._workers.close(patience)

    async def _sweep(self) -> None:
        while True:
            try:
                await self._workers.schedule_unfinished()
            except Exception as error:  # the store may be back in a moment
                logger.error("WeChat's store does not answer: %s", type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _work_off(self, queue: str) -> None:
        while not self._workers.is_closed and (job := await self._store.peek(queue)):
            try:
                await self._work(queue, job)
            except (Postponed, StoreError):  # without the store, nothing is left out
                raise
            except Exception as error:  # an error of ours must not stop the queue for ever
                log_error(logger, error, "one message is left out")
            await self._store.ack(queue, job.key)
