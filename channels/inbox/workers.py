"""Has conversations worked on: each by one task, of one worker at a time, over all processes.

Who works on a conversation has its lock, and looks once more after it has let go. So a worker that
finds a lock taken may leave: what it has brought is seen. What a killed worker leaves is found by
those who look for it from time to time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from channels.metrics import IN_WORK

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0


class Postponed(Exception):
    """The entry in work cannot be finished now; it stays first and is tried again."""


class Held(Protocol):
    """Where the conversations are."""

    async def has_open(self, conversation_id: str) -> bool:
        """Tells whether anything waits in a conversation."""

    async def unfinished(self) -> Sequence[str]:
        """Returns the conversations in which anything waits."""

    async def lock(self, name: str) -> bool:
        """Tells whether this worker, which did not have it, now has a lock."""

    async def unlock(self, name: str) -> None:
        """Gives a lock back, if it is not lost."""


class Workers:
    """The conversations that this process works on.

    Args:
        channel: whose they are, for the figures.
        held: where they are.
        work: works off what waits in a conversation; raises Postponed if it is to be tried again.
        left: is called with a conversation on which this process works no longer.
    """

    def __init__(
        self,
        channel: str,
        held: Held,
        work: Callable[[str], Awaitable[None]],
        left: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._held = held
        self._work = work
        self._on_left = left
        self._tasks: dict[str, asyncio.Task[bool]] = {}
        self._again: set[str] = set()
        self._news: dict[str, asyncio.Event] = {}
        self._paused: dict[str, float] = {}
        self.is_closed = False
        IN_WORK.labels(channel).set_function(lambda: len(self._tasks))

    def schedule(self, conversation_id: str) -> None:
        """Has a conversation worked on."""
        if self.is_closed:
            return
        self.news(conversation_id).set()
        if conversation_id in self._tasks:
            self._again.add(conversation_id)
            return
        task = asyncio.get_running_loop().create_task(self._serve(conversation_id))
        self._tasks[conversation_id] = task
        task.add_done_callback(lambda finished: self._left(conversation_id, finished))

    def news(self, conversation_id: str) -> asyncio.Event:
        """Returns what is set when something comes into a conversation that is worked on here."""
        return self._news.setdefault(conversation_id, asyncio.Event())

    async def schedule_unfinished(self) -> None:
        """Has everything worked on that waits: after a start, or another worker's death."""
        for conversation_id in await self._held.unfinished():
            if not self._is_paused(conversation_id):
                self.schedule(conversation_id)

    def is_at_work(self, conversation_id: str) -> bool:
        """Tells whether this process works on a conversation, or looks whether it has to."""
        return conversation_id in self._tasks

    def cancel(self, conversation_id: str) -> None:
        """Stops what is done in a conversation."""
        self._tasks[conversation_id].cancel()

    async def stop(self, conversation_id: str) -> None:
        """Stops what is done in a conversation, and returns when nothing is done any more."""
        task = self._tasks.get(conversation_id)
        if task:
            task.cancel()
            await asyncio.wait([task])

    async def close(self, patience: float) -> None:
        """Stops after what is in work; what takes longer, and all else, stays as it is.

        Args:
            patience: how long it waits, in seconds.
        """
        self.is_closed = True
        if self._tasks and patience:
            await asyncio.wait(self._tasks.values(), timeout=patience)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, conversation_id: str) -> bool:
        """Works on a conversation as long as anything waits; tells whether it did."""
        has_worked = False
        while not self.is_closed and await self._held.has_open(conversation_id):
            if not await self._held.lock(conversation_id):
                break
            has_worked = True
            try:
                await self._work(conversation_id)
            except Postponed:
                self._paused[conversation_id] = time.monotonic() + PAUSE_SECONDS
                break
            finally:
                with contextlib.suppress(Exception):  # it is lost, or is found to be so
                    await self._held.unlock(conversation_id)
            self._paused.pop(conversation_id, None)
        return has_worked

    def _is_paused(self, conversation_id: str) -> bool:
        return self._paused.get(conversation_id, 0) > time.monotonic()

    def _left(self, conversation_id: str, task: asyncio.Task[bool]) -> None:
        self._tasks.pop(conversation_id)
        self._news.pop(conversation_id, None)
        came_meanwhile = conversation_id in self._again
        self._again.discard(conversation_id)
        if task.cancelled():
            return
        if task.exception():
            logger.error("Work on a conversation fails: %s", type(task.exception()).__name__)
        elif came_meanwhile and not self._is_paused(conversation_id):
            self.schedule(conversation_id)
        if task.exception() or task.result():
            self._on_left(conversation_id)
