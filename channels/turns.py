"""How many messages Rasa works on at once, and how long one more would have to wait.

A process answers some dozens of messages a second, however many are asked of it. More of them at
once make all of them late, and the server answers nothing in time any more, not even that it is
busy. So a few are worked on at a time; the others wait in line, in the order in which they came;
and while the line is too long, the channels tell who comes that it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
import weakref
from collections.abc import AsyncIterator, Callable

MAX_AT_ONCE = 4  # enough to keep a processor busy while some of them wait for the action server
MAX_WAIT_SECONDS = 8.0  # a longer wait in a chat is taken for no answer
MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 5, 60  # until one may come again
SMOOTHING = 0.05  # the weight of the last message in the mean


class Turns:
    """The turns of all channels of a process."""

    def __init__(
        self, max_at_once: int = MAX_AT_ONCE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Nobody waits yet.

        Args:
            max_at_once: how many messages are worked on at a time.
            clock: in seconds, for how long messages take.
        """
        self._max_at_once = max_at_once
        self._clock = clock
        self._free: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]
        self._free = weakref.WeakKeyDictionary()
        self._waiting = 0
        self._seconds = 0.0  # that a turn takes, on average

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Waits for a turn, and has it in the block."""
        loop = asyncio.get_running_loop()
        free = self._free.setdefault(loop, asyncio.Semaphore(self._max_at_once))
        self._waiting += 1
        try:
            await free.acquire()
        finally:
            self._waiting -= 1
        began = self._clock()
        try:
            yield
        finally:
            self._seconds += SMOOTHING * (self._clock() - began - self._seconds)
            free.release()

    def wait(self) -> int:
        """Returns after how many seconds one more may come; 0 while the line is short enough."""
        expected = self._waiting * self._seconds / self._max_at_once
        if expected <= MAX_WAIT_SECONDS:
            return 0
        return min(max(math.ceil(expected), MIN_PAUSE_SECONDS), MAX_PAUSE_SECONDS)


TURNS = Turns()  # of this process
