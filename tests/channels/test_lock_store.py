"""Rasa's lock: one message of a conversation at a time, in turn, in one process and in several."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import EndpointConfig

from channels import conversation_store, lock_store
from channels.bounds import BadSettings
from channels.inbox.database import Postgres as Records
from channels.lock_store import WaitingLockStore
from tests.channels.inbox.postgres import Postgres, missing, running_postgres

needs_postgresql = pytest.mark.skipif(bool(missing()), reason=missing())
PROMPTLY = 0.5  # seconds; Rasa's own stores take up to one


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


def shared(postgres: Postgres) -> WaitingLockStore:
    return WaitingLockStore(EndpointConfig(postgres.url))


async def hold(store: WaitingLockStore, name: str, seconds: float, order: list[str]) -> None:
    async with store.lock("one"):
        order.append(f"{name} begins")
        await asyncio.sleep(seconds)
        order.append(f"{name} ends")


def test_rasa_makes_the_store_that_endpoints_name() -> None:
    endpoint = EndpointConfig.from_dict({"type": "channels.lock_store.WaitingLockStore"})
    assert isinstance(LockStore.create(endpoint), WaitingLockStore)


def test_several_workers_need_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANIC_WORKERS", "2")
    with pytest.raises(BadSettings, match="lock_store: url is missing"):
        WaitingLockStore()


def test_messages_of_one_process_go_in_turn_and_at_once() -> None:
    async def go() -> tuple[list[str], float]:
        store, order = WaitingLockStore(), list[str]()
        began = time.monotonic()
        await asyncio.gather(*(hold(store, str(number), 0.02, order) for number in range(5)))
        return order, time.monotonic() - began

    order, seconds = asyncio.run(go())
    assert order == [f"{number} {what}" for number in range(5) for what in ("begins", "ends")]
    assert seconds < PROMPTLY


def test_who_gives_up_or_fails_holds_up_nobody() -> None:
    async def go() -> None:
        store = WaitingLockStore()
        with pytest.raises(ZeroDivisionError):
            async with store.lock("one"):
                raise ZeroDivisionError
        async with store.lock("one"):
            waiting = asyncio.create_task(hold(store, "cancelled", 0, []))
            await asyncio.sleep(0.01)
            waiting.cancel()
            async with store.lock("another"):
                pass
            with pytest.raises(LockError):
                async with store.lock("one", 0.05):
                    pass
        async with store.lock("one", 0.05):
            pass

    asyncio.run(go())


@needs_postgresql
def test_the_next_process_goes_on_at_once(postgres: Postgres) -> None:
    async def go() -> tuple[list[str], float]:
        order: list[str] = []
        first, second = shared(postgres), shared(postgres)
        holder = asyncio.create_task(hold(first, "first", 0.3, order))
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await hold(second, "second", 0, order)
        await holder
        return order, time.monotonic() - began

    order, seconds = asyncio.run(go())
    assert order == ["first begins", "first ends", "second begins", "second ends"]
    assert seconds < 0.25 + PROMPTLY


@needs_postgresql
def test_many_processes_are_never_at_one_conversation_together(postgres: Postgres) -> None:
    async def go() -> int:
        inside = count = 0

        async def strive(store: WaitingLockStore) -> None:
            nonlocal inside, count
            for _ in range(25):
                async with store.lock("one"):
                    inside += 1
                    assert inside == 1
                    await asyncio.sleep(0.001)
                    inside -= 1
                    count += 1

        await asyncio.gather(*(strive(shared(postgres)) for _ in range(4)))
        return count

    assert asyncio.run(go()) == 100


@needs_postgresql
def test_what_a_killed_process_held_is_free(postgres: Postgres) -> None:
    async def go() -> float:
        killed, other = shared(postgres), shared(postgres)
        holder = asyncio.create_task(hold(killed, "killed", 30, []))
        await asyncio.sleep(0.05)
        with pytest.raises(LockError):
            async with other.lock("one", 0.1):
                pass
        with psycopg2.connect(postgres.url) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            )
        began = time.monotonic()
        async with other.lock("one", 10):
            taken = time.monotonic() - began
        holder.cancel()
        await asyncio.gather(holder, return_exceptions=True)
        return taken

    assert asyncio.run(go()) < 2


@needs_postgresql
def test_after_the_database_was_away_locks_are_given_again(postgres: Postgres) -> None:
    async def go() -> None:
        store = shared(postgres)
        async with store.lock("one"):
            postgres.stop()
            await asyncio.sleep(0.05)
        with pytest.raises(LockError, match="away"):
            async with store.lock("one"):
                pass
        postgres.start()
        async with store.lock("one"):
            pass

    asyncio.run(go())


@needs_postgresql
def test_the_website_locks_the_same_names_apart(postgres: Postgres) -> None:
    async def go() -> None:
        records = Records(postgres.url)
        assert records.lock("one")
        async with shared(postgres).lock("one", 1):
            pass
        records.close()

    asyncio.run(go())


@needs_postgresql
@pytest.mark.parametrize("connect", [lock_store._CONNECT, conversation_store._CONNECT])
def test_postgresql_is_asked_to_notice_a_machine_that_is_gone(
    postgres: Postgres, connect: dict[str, Any]
) -> None:
    """Else it would keep the locks of a connection that a cut network has ended, for hours.

    Over the socket of this test it does without; it still has to know the settings.
    """
    with contextlib.closing(psycopg2.connect(postgres.url, **connect)) as connection:
        asked = connection.info.dsn_parameters["options"]
    for name in ("tcp_keepalives_idle=10", "tcp_keepalives_interval=5", "tcp_keepalives_count=2"):
        assert f"-c {name}" in asked
