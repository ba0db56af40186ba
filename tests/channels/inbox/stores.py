"""Stores in a file and on a PostgreSQL, for tests."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from channels.inbox.store import Store
from tests.channels.inbox.postgres import missing, running_postgres

# A process that works off what it puts into a queue, and says what it has done.
WORKER = """
import asyncio, sys
from channels.inbox.store import Store

async def run():
    store = Store(sys.argv[1], sys.argv[2], "secret")
    await store.open()
    number = int(sys.argv[3])
    while True:
        job = await store.peek("work")
        if job and await store.get("sent/" + job.key):
            await store.ack("work", job.key)
            print("done", job.key, flush=True)
        elif job:
            await store.put("sent/" + job.key, "1")
            print("sent", job.key, flush=True)
        for _ in range(2):
            number += 1
            await store.add("work", str(number), "x", number)
            print("added", number, flush=True)

asyncio.run(run())
"""
FILE = "file"
POSTGRES = "postgres"
KINDS = (
    FILE,
    pytest.param(POSTGRES, marks=pytest.mark.skipif(bool(missing()), reason=missing())),
)


@contextlib.contextmanager
def postgres_url() -> Iterator[str]:
    """Gives the address of a PostgreSQL that runs until the end; empty if there is none."""
    if missing():
        yield ""
        return
    with running_postgres() as postgres:
        yield postgres.url


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Stores:
    """Makes stores of one kind that see the same data.

    Attributes:
        where: they are, and under which channel.
    """

    def __init__(self, kind: str, folder: Path, url: str = "") -> None:
        self.kind = kind
        self.clock = Clock()
        self.where = str(folder / "wechat.db"), "wechat"
        if kind == POSTGRES:  # each test has tables of its own
            self.where = url, f"c{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"

    def store(self, clock: Callable[[], float] | None = None) -> Store:
        """Makes one that is not open yet."""
        return Store(*self.where, "secret", clock or self.clock)

    @contextlib.asynccontextmanager
    async def open(self, count: int = 1) -> AsyncIterator[list[Store]]:
        """Yields open stores: workers at one PostgreSQL, or the one store of a process."""
        opened = [self.store() for _ in range(count if self.kind == POSTGRES else 1)]
        for store in opened:
            await store.open()
        try:
            yield opened if self.kind == POSTGRES else opened * count
        finally:
            for store in opened:
                await store.close()


async def drain(store: Store, queue: str) -> list[str]:
    """Takes all items out of a queue."""
    items = []
    while job := await store.peek(queue):
        items.append(job.item)
        await store.ack(queue, job.key)
    return items
