"""Hands pictures to the processes that read them, in turn, and starts those anew when they end.

A picture may hold anything, so it is decoded and read in a process (`worker`) that can do nothing
else. What happens to that process costs the one picture it had; the next has a new one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import os
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
MAX_PAUSE_SECONDS = 30  # between two starts of a process that keeps ending

COMMAND = (sys.executable, "-m", "screenshots.worker")
_ROOT = Path(__file__).resolve().parent.parent
# All that the processes know of the server's environment.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_MAX_ANSWER_BYTES = 2**20
_NUMBERS = 11  # of a line: its place, its score, two colours


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
        self._command = (*command, str(os.getpid()))
        self._is_off = False
        self._tasks: list[asyncio.Task[None]] = []
        self._jobs: deque[_Job] = deque()
        self._has_jobs = asyncio.Condition()
        self._is_ready = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Returns how many pictures wait that no process has begun to read."""
        return sum(not job.result.done() for job in self._jobs)

    async def start(self) -> None:
        """Starts the processes, unless they are, and waits until one can read or none will."""
        self._open()
        await self._is_ready.wait()

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
            self._is_ready = asyncio.Event()
            self._tasks = [asyncio.create_task(self._serve()) for _ in range(self.workers)]

    async def _serve(self) -> None:
        """Keeps one process, and gives it one picture after the other."""
        pause = 0.0
        while not self._is_off:
            worker = _Worker(self._command)
            try:
                await worker.start()
                self._is_ready.set()
                while True:
                    job = await self._next_job()
                    if worker.has_ended:  # while it had nothing to do: not this picture's fault
                        self._jobs.appendleft(job)
                        raise _Ended
                    await self._hand(job, worker)
                    pause = 0.0
                    if worker.resident_bytes > self.max_resident_bytes:
                        break
            except _Off as problem:
                self._switch_off(problem)
            except (_Ended, OSError) as problem:
                logger.warning("A process that reads pictures ended: %s", type(problem).__name__)
                await worker.end()
                await asyncio.sleep(pause)
                pause = min(MAX_PAUSE_SECONDS, 2 * pause + 0.5)
            finally:
                await worker.end()

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
            reading = await asyncio.wait_for(worker.read(job.picture), self.max_seconds)
        except NotRead as problem:
            job.fail(problem.reason)
        except asyncio.TimeoutError:
            job.fail(Reason.FAILED)
            raise _TookTooLong from None
        except BaseException:
            job.fail(Reason.FAILED)
            raise
        else:
            job.succeed(reading)

    def _switch_off(self, problem: _Off) -> None:
        if not self._is_off:
            self._is_off = True
            logger.warning("Pictures are not read: the packages cannot be loaded (%s).", problem)
        self._is_ready.set()
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


class _TookTooLong(_Ended):
    """The process did not answer in time."""


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
        self.resident_bytes = 0
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    @property
    def has_ended(self) -> bool:
        """Tells whether it ended after its last answer."""
        process = self._process
        if process is None or process.returncode is not None:
            return True
        return bool(process.stdout and process.stdout.at_eof())

    async def start(self) -> None:
        """Returns when it is ready; raises _Off or _Ended."""
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT,
            env=_ENVIRONMENT,
            limit=_MAX_ANSWER_BYTES,
        )
        try:
            answer = await asyncio.wait_for(self._answer(), MAX_START_SECONDS)
        except asyncio.TimeoutError:
            raise _TookTooLong from None
        if isinstance(answer.get("off"), str):
            raise _Off(answer["off"][:80])
        if answer.get("ready") is not True:
            raise _Ended

    async def read(self, picture: bytes) -> Reading:
        """Returns the lines on a picture; raises NotRead or _Ended."""
        assert self._process and self._process.stdin
        try:
            self._process.stdin.write(LENGTH.pack(len(picture)))
            self._process.stdin.write(picture)
            await self._process.stdin.drain()
        except OSError:
            raise _Ended from None
        return self._parsed(await self._answer())

    async def end(self) -> None:
        """Kills it, unless it has ended, and lets go of its pipes."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin and process.stdout
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.stdin.close()
        with contextlib.suppress(OSError):
            await process.stdin.wait_closed()
        while await process.stdout.read(2**16):  # to its end, which lets go of the pipe
            pass
        await process.wait()

    async def _answer(self) -> dict[str, Any]:
        assert self._process and self._process.stdout
        try:
            answer = json.loads(await self._process.stdout.readline())
        except (OSError, ValueError, RecursionError):  # nothing, too much, or no JSON
            raise _Ended from None
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
