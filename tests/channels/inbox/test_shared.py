"""What only a store on a PostgreSQL has to stand."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.inbox.database import Postgres as PostgresDatabase
from channels.inbox.limits import SharedCounts
from channels.inbox.store import Store, StoreError
from channels.rate import Limit
from tests.channels.inbox.postgres import Postgres, missing, running_postgres
from tests.channels.inbox.stores import POSTGRES, Stores, drain

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

CUT_OFF = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE application_name LIKE 'zhaohui%'"
)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def stores(tmp_path: Path, postgres: Postgres) -> Stores:
    return Stores(POSTGRES, tmp_path, postgres.url)


def cut_off(postgres: Postgres) -> None:
    """Ends all connections of stores, and returns when they are gone."""
    with postgres.connect() as database:
        database.execute(CUT_OFF)


def test_it_goes_on_after_a_broken_connection(postgres: Postgres, stores: Stores) -> None:
    async def run() -> None:
        async with stores.open() as [store]:
            for i in range(5):
                assert await store.add("q", str(i), "x", i)
                assert await store.lock(str(i))
                cut_off(postgres)
            assert len(await drain(store, "q")) == 5

    asyncio.run(run())


def test_a_lock_ends_with_its_connection_and_nothing_is_written_without_it(
    postgres: Postgres, stores: Stores
) -> None:
    async def run() -> None:
        async with stores.open(2) as [store, other]:
            assert await store.lock("l")
            await store.put("n", "with the lock", holding="l")
            assert not await other.lock("l")
            cut_off(postgres)
            assert await other.lock("l")
            with pytest.raises(StoreError, match="LockLost"):
                await store.put("n", "without", holding="l")
            assert await other.get("n") == "with the lock"
            await store.unlock("l")  # it is not ours any more, and no harm
            assert not await store.lock("l")

    asyncio.run(run())


def test_one_that_is_gone_or_hangs_is_said_in_time(
    postgres: Postgres, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.inbox.store.CALL_SECONDS", 0.5)

    async def run() -> None:
        async with stores.open(2) as [store, other]:
            with postgres.connect() as database:
                database.execute(
                    "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'zhaohui%'"
                )
                backends = [pid for (pid,) in database.fetchall()]
            for pid in backends:
                os.kill(pid, signal.SIGSTOP)
            try:
                begun = asyncio.get_running_loop().time()
                hanging = [store.add("q", str(i), "x", 1) for i in range(50)]
                hanging.append(store.lock("l"))
                results = await asyncio.gather(*hanging, return_exceptions=True)
                assert {type(result) for result in results} == {StoreError}
                assert asyncio.get_running_loop().time() - begun < 2
            finally:
                for pid in backends:
                    os.kill(pid, signal.SIGCONT)
            monkeypatch.setattr("channels.inbox.store.CALL_SECONDS", 10)
            assert await store.get("n") is None  # no answer of an earlier call is taken for it
            assert await other.lock("l")  # nobody has the one that was not waited for
            postgres.stop()
            try:
                with pytest.raises(StoreError, match="OperationalError") as caught:
                    await store.peek("q")
                assert caught.value.__context__ is None
            finally:
                postgres.start()
            assert await store.add("again", "k", "x", 1)

    asyncio.run(run())


def test_one_that_is_not_there_stops_the_start_with_a_reason() -> None:
    store = Store("postgresql://nobody@127.0.0.1:1/none", "wechat", "secret")
    with pytest.raises(StoreError, match=r"The store of wechat, a PostgreSQL.*refused"):
        asyncio.run(store.open())


def test_what_is_cached_cannot_be_read_in_the_database(postgres: Postgres, stores: Stores) -> None:
    async def run() -> None:
        async with stores.open(2) as [store, other]:
            await store.cache_set("token", "s3cret-token", 60)
            assert await other.cache_get("token") == "s3cret-token"
            stranger = Store(*stores.where, "another secret", stores.clock)
            await stranger.open()
            assert await stranger.cache_get("token") is None
            await stranger.close()
            with postgres.connect() as database:
                database.execute(f"SELECT * FROM {stores.where[1]}_cached")
                assert "s3cret" not in repr(database.fetchall())
            stores.clock.now += 60
            await store.purge()
            with postgres.connect() as database:
                database.execute(f"SELECT count(*) FROM {stores.where[1]}_cached")
                assert database.fetchall() == [(0,)]

    asyncio.run(run())


def test_what_is_held_counts_at_all_workers_until_it_is_over(postgres: Postgres) -> None:
    databases = [PostgresDatabase(postgres.url) for _ in range(2)]
    one, other = (SharedCounts(database, "secret") for database in databases)
    assert one.hold("streams", "a", 0, 3)
    assert one.hold("streams", "a", 1, 3)
    assert other.hold("streams", "a", 0, 3)
    assert not other.hold("streams", "a", 1, 3)
    assert not one.hold("streams", "a", 2, 3)
    assert other.hold("streams", "b", 0, 3)  # another address
    one.release("streams", "a", 1)
    assert other.hold("streams", "a", 1, 3)
    assert not one.hold("streams", "a", 1, 3)
    with postgres.connect() as database:  # as if both had been silent for half a minute
        database.execute("UPDATE held SET until = until - 31")
    assert one.hold("streams", "a", 1, 3)
    other.renew("streams", {"a": 2})  # it was not dead
    assert not one.hold("streams", "a", 2, 3)
    one.release("streams", "a", 0)
    other.renew("streams", {})
    other.sweep()
    with postgres.connect() as database:
        database.execute("SELECT count(*) FROM held")
        assert database.fetchall() == [(0,)]
    for each in databases:
        each.close()


def test_what_came_to_nothing_does_not_count_anywhere(postgres: Postgres) -> None:
    databases = [PostgresDatabase(postgres.url) for _ in range(2)]
    one, other = (SharedCounts(database, "what came to nothing") for database in databases)
    asked = [(Limit("messages", 2), "a"), (Limit("at an address", 0), "b")]
    for counts in (one, other, one, other):  # more often than the limit is
        assert counts.admit(asked) == 0
        counts.take_back(asked)
    one.take_back(asked)  # there is none: no harm
    assert other.admit(asked) == one.admit(asked) == 0
    assert one.admit(asked) > 0
    other.take_back(asked)
    assert one.admit(asked) == 0
    for each in databases:
        each.close()
    one.take_back(asked)  # a database that does not answer is no harm either


def test_a_minute_moves_and_is_swept(postgres: Postgres) -> None:
    database = PostgresDatabase(postgres.url)
    counts, limit = SharedCounts(database, "a minute that moves"), Limit("messages", 2)
    assert counts.admit([(limit, "a")]) == 0
    with postgres.connect() as admin:  # as if it had been half a minute ago
        admin.execute("SELECT key, counted FROM rates ORDER BY last DESC LIMIT 1")
        [(key, counted)] = admin.fetchall()
        [[second, _]] = json.loads(counted)
        admin.execute(
            "UPDATE rates SET counted = %s WHERE key = %s", (json.dumps([[second - 30, 1]]), key)
        )
    assert counts.admit([(limit, "a")]) == 0
    assert 25 <= counts.admit([(limit, "a")]) <= 30  # when the first is a minute old
    with postgres.connect() as admin:
        admin.execute("UPDATE rates SET last = last - 61")
        counts.sweep()
        admin.execute("SELECT count(*) FROM rates")
        assert admin.fetchall() == [(0,)]
    assert counts.admit([(limit, "a")]) == 0
    database.close()
