"""Somebody in the place of the process that reads pictures: what stands on one is its bytes."""

from __future__ import annotations

import asyncio

from screenshots.reading import NotRead, Reading, Reason, TextLine

HEAD = b"PICTURE "  # of what this reader takes for a picture


def picture(text: str, size: int = 0) -> bytes:
    """Returns a picture with such a text on it, with so many bytes at least."""
    return (HEAD + text.encode()).ljust(size, b"\0")


class Scripted:
    """Reads what `picture` makes.

    Attributes:
        heard: the sizes of the pictures that were read, in their order.
        at_once: how many were being read at the same time at most.
        given_up: how many were given up while they were read.
        calls: what else was asked of it.
    """

    def __init__(self, seconds: float = 0, problem: Reason | None = None) -> None:
        self.seconds = seconds
        self.problem = problem
        self.heard: list[int] = []
        self.calls: list[str] = []
        self.at_once = self.given_up = self._now = 0

    async def start(self) -> None:
        self.calls.append("start")

    async def close(self) -> None:
        self.calls.append("close")

    async def read(self, picture: bytes) -> Reading:
        self.heard.append(len(picture))
        self._now += 1
        self.at_once = max(self.at_once, self._now)
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        finally:
            self._now -= 1
        if self.problem:
            raise NotRead(self.problem)
        if not picture.startswith(HEAD):
            raise NotRead(Reason.NOT_A_PICTURE)
        lines = picture[len(HEAD) :].rstrip(b"\0").decode().splitlines()
        found = (TextLine(line, 0, 20 * n, 400, 20 * n + 18, 1) for n, line in enumerate(lines))
        return Reading(tuple(found), 400, 800)
