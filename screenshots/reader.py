"""Hands pictures to the processes that read them, in turn, and starts those anew when they end.

A picture may hold anything, so it is decoded and read in a process (`worker`) that can do nothing
else. What happens to that process costs the one picture it had; the next has a new one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from screenshots.kinds import kind_of
from screenshots.reading import NotRead, Reading, Reason, TextLine
from screenshots.worker import LENGTH, MAX_PICTURE_BYTES

logger = logging.getLogger(__name__)

MAX_WORKERS = 2  # each takes 250 to 400 MB and one core
MAX_WAITING = 20  # pictures; the last of them waits ten seconds on two cores
MAX_SECONDS = 20  # for one picture; a long screenshot takes five, more on a busy machine
MAX_SECONDS_IN_ALL = 45  # with the wait
MAX_START_SECONDS = 60
MAX_RESIDENT_BYTES = 700 * 2**20  # a process that has grown beyond is replaced
MIN_PAUSE_SECONDS = 0.5  # between two starts of a process that keeps ending; it grows
MAX_PAUSE_SECONDS = 10

COMMAND = (sys.executable, "-m", "screenshots.worker")
_ROOT = Path(__file__).resolve().parent.parent
# All that the processes know of the server's environment.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_MAX_ANSWER_BYTES = 2**20
_NUMBERS = 11  # of a line: its location, its score, two colours


class Reader:
    """Reads pictures in processes of its own; one for all channels of the server's process."""

    def __init__(
        self,
        workers: int | None = None,
        max_waiting: int = MAX_WAITING,
        max_seconds: float = MAX_SECONDS,
        max_resident_bytes: int = MAX_RESIDENT_BYTES,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.workers = workers or min(MAX_WORKERS, os.cpu_count() or 1)
        self.max_waiting = max_waiting
        self.max_seconds = max_seconds
        self.max_resident_bytes = max_resident_bytes
        self._command = command
        self._is_off = False
        self._tasks: list[asyncio.Task[None]] = []
        self._jobs: deque[_Job] = deque()
        self._has_jobs = asyncio.Condition()
        self._is_started = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Returns how many pictures wait that no process has begun to read."""
        return sum(not job.result.done() for job in self._jobs)

    async def start(self) -> None:
        """Starts the processes, unless they are, and waits until one can read or none will."""
        self._open()
        await self._is_started.wait()

    async def read(self, picture: bytes) -> Reading:
        """Returns the lines on a picture; it waits for those that came before.

        Raises:
            NotRead: if it cannot be read; the reason says why.
        """
        if self._is_off:
            raise NotRead(Reason.OFF)
        kind_of(picture)
        if len(picture) > MAX_PICTURE_BYTES:
            raise NotRead(Reason.TOO_LARGE)
        if self.waiting >= self.max_waiting:
            raise NotRead(Reason.BUSY)
        self._open()
        job = _Job(picture)
        async with self._has_jobs:
            self._jobs.append(job)
            self._has_jobs.notify()
        try:
            return await asyncio.wait_for(job.result, MAX_SECONDS_IN_ALL)
        except asyncio.TimeoutError:
            raise NotRead(Reason.FAILED) from None

    async def close(self) -> None:
        """Ends the processes; who still waits is told that it failed."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._refuse_all(Reason.FAILED)

    def _open(self) -> None:
        if not self._tasks and not self._is_off:
            # Anew each time: they belong to the event loop that runs now.
            self._has_jobs = asyncio.Condition()
            self._is_started = asyncio.Event()
            self._tasks = [asyncio.create_task(self._serve()) for _ in range(self.workers)]

    async def _serve(self) -> None:
        """Keeps one process after the other; pauses between those that end without a reading."""
        pause = 0.0
        while not self._is_off:
            has_started = False
            pause = min(MAX_PAUSE_SECONDS, 2 * pause + MIN_PAUSE_SECONDS)
            try:
                worker = _Worker(self._command)
                try:
                    await worker.start()
                    has_started = True
                    self._is_started.set()
                    await self._feed(worker)
                finally:
                    pause = 0.0 if worker.resident_bytes else pause
                    await worker.end()
            except _Off as problem:
                self._switch_off(problem)
            except Exception as problem:
                name = type(problem).__name__.strip("_")
                logger.warning("A process that reads pictures ended early (%s).", name)
                if not has_started:  # the next will hardly start either, so nobody waits for it
                    self._is_started.set()
                    self._refuse_all(Reason.FAILED)
                await asyncio.sleep(pause)

    async def _feed(self, worker: _Worker) -> None:
        """Gives a process one picture after the other, until it has grown too large."""
        while worker.resident_bytes <= self.max_resident_bytes:
            job = await self._next_job()
            if worker.has_ended:  # while it had nothing to do: not this picture's fault
                self._jobs.appendleft(job)
                raise _Ended
            await self._hand(job, worker)

    async def _next_job(self) -> _Job:
        while True:
            async with self._has_jobs:
                await self._has_jobs.wait_for(lambda: self._jobs)
                job = self._jobs.popleft()
            if not job.result.done():  # who asked may have gone
                return job

    async def _hand(self, job: _Job, worker: _Worker) -> None:
        """Sets the result of a job; raises _Ended if the process did not outlive it."""
        try:
            job.succeed(await worker.read(job.picture, self.max_seconds))
        except NotRead as problem:
            job.fail(problem.reason)
        except BaseException:
            job.fail(Reason.FAILED)
            raise

    def _switch_off(self, problem: _Off) -> None:
        if not self._is_off:
            self._is_off = True
            logger.warning("Pictures are not read: the packages cannot be loaded (%s).", problem)
        self._is_started.set()
        self._refuse_all(Reason.OFF)

    def _refuse_all(self, reason: Reason) -> None:
        while self._jobs:
            self._jobs.popleft().fail(reason)


_shared: Reader | None = None


def shared_reader() -> Reader:
    """Returns the reader of this server's process."""
    global _shared
    if _shared is None:
        _shared = Reader()
    return _shared


class _Ended(Exception):
    """The process ended, or said what it never says."""


class _Off(Exception):
    """The process says that it cannot load what it needs."""


class _Job:
    """A picture that waits, and what becomes of it."""

    def __init__(self, picture: bytes) -> None:
        self.picture = picture
        self.result: asyncio.Future[Reading] = asyncio.get_running_loop().create_future()

    def succeed(self, reading: Reading) -> None:
        if not self.result.done():
            self.result.set_result(reading)

    def fail(self, reason: Reason) -> None:
        if not self.result.done():
            self.result.set_exception(NotRead(reason))


class _Worker:
    """One process that reads pictures.

    Attributes:
        resident_bytes: how much memory it had after the last picture.
    """

    def __init__(self, command: Sequence[str]) -> None:
        """Starts it; a few milliseconds, in the thread of the event loop that its end hangs on."""
        self.resident_bytes = 0
        self._socket, theirs = socket.socketpair()
        self._writer: asyncio.StreamWriter | None = None
        try:
            self._process = subprocess.Popen(
                [*command, str(os.getpid())],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env=_ENVIRONMENT,
            )
        except BaseException:
            self._socket.close()
            raise
        finally:
            theirs.close()

    @property
    def has_ended(self) -> bool:
        """Tells whether it ended after its last answer."""
        return self._process.poll() is not None or self._reader.at_eof()

    async def start(self) -> None:
        """Returns when it is ready; raises _Off or _Ended."""
        self._reader, self._writer = await asyncio.open_connection(
            sock=self._socket, limit=_MAX_ANSWER_BYTES
        )
        answer = await self._answer(MAX_START_SECONDS)
        if isinstance(answer.get("off"), str):
            raise _Off(answer["off"][:80])
        if answer.get("ready") is not True:
            raise _Ended

    async def read(self, picture: bytes, max_seconds: float) -> Reading:
        """Returns the lines on a picture; raises NotRead or _Ended."""
        assert self._writer
        self._writer.write(LENGTH.pack(len(picture)) + picture)
        return self._parsed(await self._answer(max_seconds))

    async def end(self) -> None:
        """Kills it, unless it has ended, and lets go of what belongs to it."""
        self._process.kill()
        (self._writer or self._socket).close()
        await asyncio.to_thread(self._process.wait)  # goes on also if this is cancelled

    async def _answer(self, max_seconds: float) -> dict[str, Any]:
        """Returns what it says; when the time is over it is killed, and has said nothing."""
        timer = asyncio.get_running_loop().call_later(max_seconds, self._process.kill)
        try:
            answer = json.loads(await self._reader.readline())
        except (OSError, ValueError, RecursionError):  # nothing, too much, or no JSON
            raise _Ended from None
        finally:
            timer.cancel()
        if not isinstance(answer, dict):
            raise _Ended
        return answer

    def _parsed(self, answer: dict[str, Any]) -> Reading:
        """Returns a reading; what a broken-in process may say is believed in its form alone."""
        try:
            self.resident_bytes = int(answer["memory"])
            if "reason" in answer:
                raise NotRead(Reason(answer["reason"]))
            width, height = (int(side) for side in answer["reading"]["size"])
            lines = tuple(_line(text, *numbers) for text, *numbers in answer["reading"]["lines"])
        except (KeyError, TypeError, ValueError, OverflowError):
            raise _Ended from None
        return Reading(lines, width, height)


def _line(text: object, *values: object) -> TextLine:
    if not isinstance(text, str) or len(values) != _NUMBERS:
        raise TypeError
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    if not all(map(math.isfinite, numbers)):
        raise ValueError
    left, top, right, bottom, score, *colours = numbers
    ink_red, ink_green, ink_blue, paper_red, paper_green, paper_blue = map(int, colours)
    ink, paper = (ink_red, ink_green, ink_blue), (paper_red, paper_green, paper_blue)
    return TextLine(text, left, top, right, bottom, score, ink, paper)
