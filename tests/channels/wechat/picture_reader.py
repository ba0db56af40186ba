"""Somebody in the place of the process that reads pictures: what stands on one is its bytes."""

from __future__ import annotations

import asyncio

from screenshots.reading import NotRead, Reading, Reason, TextLine
from screenshots.screen import Screen, ScreenKind

HEAD = b"\xff\xd8\xff"  # of what this reader takes for a picture


def picture(text: str, size: int = 0) -> bytes:
    """Returns a picture with such a text on it, with so many bytes at least."""
    return (HEAD + text.encode()).ljust(size, b"\0")


def first_line(reading: Reading) -> Screen:
    """Takes the first line for an error, in the place of `screenshots.screen.understand`."""
    text = reading.lines[0].text if reading.lines else ""
    return Screen(ScreenKind.ERROR if text else ScreenKind.EMPTY, text)


class ScriptedReader:
    """Reads what `picture` makes.

    Attributes:
        seconds: how long it takes for one.
        problem: why it reads none.
        got: the pictures that it was given.
        calls: what else was asked of it.
    """

    def __init__(self, seconds: float = 0, problem: Reason | None = None) -> None:
        self.seconds = seconds
        self.problem = problem
        self.got: list[bytes] = []
        self.calls: list[str] = []

    async def start(self) -> None:
        self.calls.append("start")

    async def close(self) -> None:
        self.calls.append("close")

    async def read(self, picture: bytes) -> Reading:
        self.got.append(picture)
        await asyncio.sleep(self.seconds)
        if self.problem:
            raise NotRead(self.problem)
        if not picture.startswith(HEAD):
            raise NotRead(Reason.NOT_A_PICTURE)
        lines = picture[len(HEAD) :].rstrip(b"\0").decode().splitlines()
        found = (TextLine(line, 0, 20 * n, 400, 20 * n + 18, 1) for n, line in enumerate(lines))
        return Reading(tuple(found), 400, 800)
