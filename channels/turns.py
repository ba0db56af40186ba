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
SMOOTHING = 0.05  # the weight of the last message in the mean, once there were many


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
        self._line: dict[object, float] = {}  # since when who waits does, the first one first
        self._running: dict[object, float] = {}  # since when who has a turn has it
        self._seconds = 0.0  # that a turn takes, on average
        self._turns = 0  # that were taken to their end

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Waits for a turn, and has it in the block."""
        loop = asyncio.get_running_loop()
        free = self._free.setdefault(loop, asyncio.Semaphore(self._max_at_once))
        this = object()
        self._line[this] = self._clock()
        try:
            await free.acquire()
        finally:
            del self._line[this]
        self._running[this] = self._clock()
        try:
            yield
        finally:
            seconds = self._clock() - self._running.pop(this)
            self._turns += 1
            self._seconds += max(SMOOTHING, 1 / self._turns) * (seconds - self._seconds)
            free.release()

    def wait(self) -> int:
        """Returns after how many seconds one more may come; 0 while the line is short enough.

        It is not shorter for who comes last than it was for who has waited longest by now. When
        turns suddenly take longer, as on a machine that others use, those that are being taken
        show it before they are over.
        """
        if not self._line:
            return 0
        now = self._clock()
        lasting = sum(now - began for began in self._running.values()) / self._max_at_once
        expected = len(self._line) * max(self._seconds, lasting) / self._max_at_once
        expected = max(expected, now - next(iter(self._line.values())))
        if expected <= MAX_WAIT_SECONDS:
            return 0
        return min(max(math.ceil(expected), MIN_PAUSE_SECONDS), MAX_PAUSE_SECONDS)


TURNS = Turns()  # of this process
