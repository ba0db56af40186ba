"""What only the store in Redis has to stand."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import redis  # type: ignore[import-untyped, unused-ignore]

from channels.wechat.store.base import StoreError
from channels.wechat.store.redis import RedisStore
from tests.channels.wechat.store.stores import Stores, drain, redis_server


def test_redis_goes_on_after_a_broken_connection_and_a_lost_script() -> None:
    with redis_server() as url:

        async def run() -> None:
            store = RedisStore(url)
            await store.open()
            admin = redis.Redis.from_url(url)
            for i in range(5):
                assert await store.add("q", str(i), "x", i)
                assert await store.lock(str(i), 10)
                admin.client_kill_filter(_type="normal")
                admin.script_flush()
            admin.close()
            assert len(await drain(store, "q")) == 5
            await store.close()

        asyncio.run(run())


def test_a_repeated_call_of_ones_own_is_no_second_one(tmp_path: Path) -> None:
    """The answer got lost, the client asks again: it has added, and has the lock."""

    async def run(url: str) -> None:
        async with Stores("redis", tmp_path, url).open() as [store]:
            assert isinstance(store, RedisStore)
            call = store._call

            async def twice(what: object) -> object:
                await call(what)  # type: ignore[arg-type]
                return await call(what)  # type: ignore[arg-type]

            store._call = twice  # type: ignore[method-assign, assignment]
            assert await store.add("q", "k", "x", 1)
            assert await store.lock("l", 10)
            assert await store.put_new("n", "x")
            store._call = call  # type: ignore[method-assign]
            assert not await store.add("q", "k", "x", 1)
            assert await store.lock("l", 10) is None
            assert await drain(store, "q") == ["x"]

    with redis_server() as url:
        asyncio.run(run(url))


def test_a_redis_that_is_gone_or_hangs_is_told_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.wechat.store.redis.CALL_SECONDS", 0.3)

    async def run() -> None:
        with redis_server() as url:
            store = RedisStore(url)
            await store.open()
            admin = redis.Redis.from_url(url)
            admin.execute_command("CLIENT", "PAUSE", "1500", "ALL")
            begun = asyncio.get_running_loop().time()
            hanging = [store.add("q", str(i), "x", 1) for i in range(50)]
            results = await asyncio.gather(*hanging, return_exceptions=True)
            assert {type(result) for result in results} == {StoreError}
            assert asyncio.get_running_loop().time() - begun < 1
            await asyncio.sleep(1.5)
            assert await store.get("n") is None  # no answer of an earlier call is taken for it
            admin.close()
        with pytest.raises(StoreError, match="ConnectionError") as caught:
            await store.peek("q")
        assert caught.value.__context__ is None
        await store.close()

    asyncio.run(run())


def test_a_password_of_redis_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(url: str) -> StoreError:
        with pytest.raises(StoreError) as caught:
            await RedisStore(url).open()
        return caught.value

    with redis_server("--requirepass", "right-0ne") as url:
        for bad in (
            f"{url}?password=s3cret",
            "redis://u:s3cret@127.0.0.1:1/0",
            "http://u:s3cret@host",
            "redis://u:s3cret@host:port/0",
        ):
            error = asyncio.run(fail(bad))
            assert "s3cret" not in f"{error!r} {error.__cause__!r} {error.__context__!r}"
    assert "s3cret" not in caplog.text


def test_a_redis_that_may_lose_data_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    async def run(url: str) -> None:
        store = RedisStore(url)
        await store.open()
        await store.close()

    with redis_server("--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru") as url:
        asyncio.run(run(url))
    assert "appendonly no" in caplog.text
    assert "allkeys-lru" in caplog.text
    caplog.clear()
    with redis_server("--appendonly", "yes") as url:
        asyncio.run(run(url))
    assert caplog.text == ""
