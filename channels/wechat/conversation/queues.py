"""Works off queues: each in its order, each by one worker at a time, over all processes.

A queue is held by a lock in the store. Its holder is the only one to work on it; when a
process dies, its locks run out and another goes on with the item that was in work.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable

from channels.error_log import log_error
from channels.metrics import IN_WORK
from channels.wechat.store.base import Job, Store, StoreError

logger = logging.getLogger(__name__)

LOCK_SECONDS = 10.0
EXTEND_SECONDS = 3.0
SWEEP_SECONDS = 2.0
PAUSE_SECONDS = 5.0
CLOSE_SECONDS = 5.0  # at the end of the server, for what is in work
# An item is tried again so long after its message was written, when the platform failed in one of
# these ways (`ApiError.kind`).
PATIENCE_SECONDS = 600.0
WORTH_A_WAIT = ("later", "unreached", "ambiguous")


class Postponed(Exception):
    """The item in work cannot be finished now; it stays first in its queue and is tried again."""


class Queues:
    """The queues that this process works on."""

    def __init__(self, store: Store, work: Callable[[str, Job], Awaitable[None]]) -> None:
        self._store = store
        self._work = work
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._news: dict[str, asyncio.Event] = {}
        self._paused: dict[str, float] = {}
        self._sweeping: asyncio.Task[None] | None = None
        self._closed = False
        IN_WORK.labels("wechat").set_function(lambda: len(self._tasks))

    async def add(self, queue: str, key: str, item: str, order: float) -> bool:
        """Puts an item into a queue and has it worked on; False if its key is known already."""
        fresh = await self._store.add(queue, key, item, order)
        if fresh:
            self.schedule(queue)
        return fresh

    def schedule(self, queue: str) -> None:
        """Has a queue worked off."""
        if self._closed:
            return
        self.news(queue).set()
        if queue in self._tasks:
            self._again.add(queue)
            return
        task = asyncio.get_running_loop().create_task(self._serve(queue))
        self._tasks[queue] = task
        task.add_done_callback(lambda finished: self._left(queue, finished))

    def news(self, queue: str) -> asyncio.Event:
        """Returns what is set when something comes into a queue that is worked on here."""
        return self._news.setdefault(queue, asyncio.Event())

    def open(self) -> None:
        """Begins to look after queues that nobody works on: after a start, or another's death."""
        self._sweeping = asyncio.get_running_loop().create_task(self._sweep())

    async def close(self, patience: float = CLOSE_SECONDS) -> None:
        """Stops after what is in work; what takes longer, and all else, stays in the store.

        Args:
            patience: how long it waits, in seconds.
        """
        self._closed = True
        if self._sweeping:
            self._sweeping.cancel()
        if self._tasks and patience:
            await asyncio.wait(self._tasks.values(), timeout=patience)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _sweep(self) -> None:
        while True:
            try:
                for queue in await self._store.waiting():
                    if self._paused.get(queue, 0) <= time.monotonic():
                        self.schedule(queue)
            except Exception as error:  # the store may be back in a moment
                logger.error("WeChat's store does not answer: %s", type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _serve(self, queue: str) -> None:
        lock = f"queue/{queue}"
        while not self._closed and await self._store.peek(queue):
            owner = await self._store.lock(lock, LOCK_SECONDS)
            if owner is None:  # its holder looks once more after it has let go
                return
            task = asyncio.current_task()
            assert task
            extender = asyncio.create_task(self._extend(lock, owner, task))
            try:
                while not self._closed and (job := await self._store.peek(queue)):
                    await self._do(queue, job)
                    await self._store.ack(queue, job.key)
            except Postponed:
                self._paused[queue] = time.monotonic() + PAUSE_SECONDS
                return
            finally:
                extender.cancel()
                with contextlib.suppress(Exception):
                    await asyncio.shield(self._store.release(lock, owner))
            self._paused.pop(queue, None)

    async def _do(self, queue: str, job: Job) -> None:
        try:
            await self._work(queue, job)
        except (Postponed, StoreError):  # without the store, nothing is left out
            raise
        except Exception as error:  # an error of ours must not stop the queue for ever
            log_error(logger, error, "one message is left out")

    async def _extend(self, lock: str, owner: str, worker: asyncio.Task[None]) -> None:
        """Extends the lock; stops the worker if another has it, so that not both answer."""
        while True:
            await asyncio.sleep(EXTEND_SECONDS)
            try:
                held = await self._store.extend(lock, owner, LOCK_SECONDS)
            except Exception:  # without the store, one cannot know
                held = False
            if not held:
                logger.warning("A queue of WeChat's was taken over by another worker")
                worker.cancel()
                return

    def _left(self, queue: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(queue, None)
        self._news.pop(queue, None)
        if not task.cancelled() and task.exception():
            logger.error("A queue of WeChat's stops: %s", type(task.exception()).__name__)
        elif queue in self._again and self._paused.get(queue, 0) <= time.monotonic():
            self.schedule(queue)
        self._again.discard(queue)
