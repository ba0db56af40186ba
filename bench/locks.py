"""Measures the locks that keep a conversation's messages apart; prints the table of decision 23.

    python -m bench.locks

Rasa's own stores and ours, each twice on a real Redis or PostgreSQL of this machine, as two
processes have them: what a lock costs that nobody else wants, how long the second of two messages
waits after the first is done, and how often two processes had the same conversation at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import redis  # type: ignore[import-untyped, unused-ignore]
import redis.asyncio  # type: ignore[import-untyped, unused-ignore]
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from rasa.utils.endpoints import EndpointConfig

from channels.lock_store import WaitingLockStore
from scripts.cluster import backends
from scripts.cluster.settings import Files, Ports
from scripts.processes import Program, stop_all
from scripts.readiness import LOCAL, is_free

ROUNDS = 20
FREE_ROUNDS = 500
HELD_SECONDS = 0.1
STRIFE_SECONDS = 10
STRIFE_LOOK = 0.002  # seconds between two looks, so that many rounds fit in


class RedisLocks(LockStore):
    """The lock of redis-py, which looks ten times a second."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._redis = redis.asyncio.Redis(port=port)

    @contextlib.asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 60, wait_time_in_seconds: float = 0.1
    ) -> AsyncIterator[None]:
        """Has a conversation to oneself in the block."""
        lock = self._redis.lock(conversation_id, lock_lifetime, sleep=wait_time_in_seconds)
        async with lock:
            yield


async def uncontended(store: LockStore) -> float:
    """Returns the milliseconds to take and to give back a lock that nobody wants."""
    began = time.perf_counter()
    for number in range(FREE_ROUNDS):
        async with store.lock(f"free-{number}"):
            pass
    return (time.perf_counter() - began) / FREE_ROUNDS * 1000


async def waited(first: LockStore, second: LockStore) -> list[float]:
    """Returns the milliseconds from the end of one message to the begin of the next."""

    async def hold(name: str, is_held: asyncio.Event, seconds: float) -> float:
        async with first.lock(name):
            is_held.set()
            await asyncio.sleep(seconds)
            return time.perf_counter()

    times = []
    for number in range(ROUNDS):
        name, is_held = f"held-{number}", asyncio.Event()
        holder = asyncio.create_task(hold(name, is_held, HELD_SECONDS + number / 1000))
        await is_held.wait()
        async with second.lock(name):
            times.append((time.perf_counter() - await holder) * 1000)
    return times


def strive(make: Callable[[], LockStore], port: int) -> None:
    """Takes one lock again and again, and counts when it was not alone."""

    async def go() -> None:
        store, count = make(), redis.Redis(port=port)
        end = time.monotonic() + STRIFE_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(Exception):
                async with store.lock("strife", 60, STRIFE_LOOK):
                    if count.incr("inside") > 1:
                        count.incr("together")
                    await asyncio.sleep(0.001)
                    count.decr("inside")
                    count.incr("rounds")

    asyncio.run(go())


def together(make: Callable[[], LockStore], port: int) -> str:
    """Returns how often two processes had the lock at once, of how many times."""
    count = redis.Redis(port=port)
    count.flushall()
    context = multiprocessing.get_context("fork")
    rivals = [context.Process(target=strive, args=(make, port)) for _ in range(2)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join(STRIFE_SECONDS + 2)
    stuck = sum(rival.is_alive() for rival in rivals)
    for rival in rivals:
        rival.kill()
        rival.join()
    both, rounds = (int(count.get(name) or 0) for name in ("together", "rounds"))
    return f"{both} of {rounds:,}, {stuck} stuck in the end"


@contextlib.contextmanager
def servers() -> Iterator[tuple[int, int]]:
    """Gives the ports of a PostgreSQL and a Redis that run until the end of the block."""
    ports = Ports.choose(0, 0, 0)
    redis_port = ports.actions_proxy  # no nginx runs here
    with tempfile.TemporaryDirectory(prefix="zhaohui-locks-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user
        files = Files(folder)
        files.secrets.mkdir(mode=0o700)
        files.write_secrets()
        backends.prepare_postgresql(folder / "postgresql", files.password(backends.ADMIN))
        commands = {
            "postgresql": backends.postgresql_command(folder / "postgresql", ports.postgresql),
            "redis": _redis_command(folder / "redis", redis_port),
        }
        programs = [
            Program(name, order, folder / f"{name}.log") for name, order in commands.items()
        ]
        try:
            for port in (ports.postgresql, redis_port):
                backends.wait_for(lambda port=port: not is_free(port), "a server")  # type: ignore[misc]
            time.sleep(1)
            backends.make_database(ports.postgresql, files.secrets / "pgpass")
            os.environ["PGPASSFILE"] = str(files.secrets / "pgpass")
            yield ports.postgresql, redis_port
        finally:
            stop_all(programs)


def _redis_command(folder: Path, port: int) -> list[str]:
    folder.mkdir(mode=0o700, exist_ok=True)
    command = [backends.program("redis-server"), "--port", str(port), "--bind", LOCAL]
    return [*command, "--dir", str(folder), "--appendonly", "yes", "--daemonize", "no"]


def main() -> int:
    """Measures and prints."""
    print("| lock | alone, ms | the next waits, ms: median | longest | two at once |")
    print("|---|---|---|---|---|")
    with servers() as (port, redis_port):
        url = f"postgresql://{backends.USER}@{LOCAL}:{port}/{backends.USER}"
        alone = InMemoryLockStore()
        waiting = WaitingLockStore()
        stores: dict[str, tuple[Callable[[], Any], bool]] = {
            "Rasa's in memory, one process": (lambda: alone, False),
            "Rasa's in Redis": (lambda: RedisLockStore(LOCAL, redis_port), True),
            "redis-py's": (lambda: RedisLocks(redis_port), True),
            "ours, one process": (lambda: waiting, False),
            "ours on PostgreSQL": (lambda: WaitingLockStore(EndpointConfig(url)), True),
        }
        for name, (make, is_shared) in stores.items():

            async def measure(make: Callable[[], Any] = make) -> tuple[float, list[float]]:
                first, second = make(), make()
                return await uncontended(first), await waited(first, second)

            cost, times = asyncio.run(measure())
            both = together(make, redis_port) if is_shared else ""
            middle, longest = statistics.median(times), max(times)
            print(f"| {name} | {cost:.2f} | {middle:.1f} | {longest:.1f} | {both} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
