"""Access tokens: one fetch for all, in time, once after a refusal, never in a loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.wechat.client.api import Api
from channels.wechat.client.http_client import open_session
from channels.wechat.client.tokens import AccessTokens
from tests.channels.inbox.stores import KINDS, Stores, postgres_url
from tests.channels.wechat.client.stub_api import (
    CORP,
    SECRET,
    STABLE,
    StubApi,
    account,
    another_worker,
    bench,
)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_url() as url:
        yield url


def test_how_each_platform_is_asked(tmp_path: Path) -> None:
    async def run(kind: str) -> None:
        async with bench(tmp_path, kind) as opened:
            assert await opened.api.tokens.get(opened.soon) == "token-1"
            [fetch] = opened.stub.fetches
            if kind == "kf":
                assert fetch.path == CORP
                assert fetch.query == {"corpid": "wx0000000000000001", "corpsecret": SECRET}
                assert fetch.raw == b""
            else:
                assert fetch.path == STABLE
                assert fetch.query == {}
                assert fetch.body == {
                    "grant_type": "client_credential",
                    "appid": "wx0000000000000001",
                    "secret": SECRET,
                    "force_refresh": False,
                }

    for kind in ("official_account", "mini_program", "kf"):
        asyncio.run(run(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_one_fetch_at_a_time_over_all_workers(kind: str, tmp_path: Path, postgres: str) -> None:
    """A crowd on two workers at once, at the start and again when the token is refused."""
    stores = Stores(kind, tmp_path, postgres)
    stub = StubApi()
    stub.fetch_seconds = 0.2

    async def run() -> None:
        async with stores.open(2) as opened, stub.serve(), open_session() as http:
            clock = stores.clock
            workers = [Api(account("kf", stub.url), http, store, clock).tokens for store in opened]
            soon = clock() + 20
            crowd = [worker.get(soon) for worker in workers for _ in range(50)]
            assert set(await asyncio.gather(*crowd)) == {"token-1"}
            assert len(stub.fetches) == 1
            crowd = [worker.renew("token-1", soon) for worker in workers for _ in range(50)]
            assert set(await asyncio.gather(*crowd)) == {"token-2"}
            assert len(stub.fetches) == 2
            assert stub.max_fetches == 1
            assert await workers[0].get(soon) == "token-2"

    asyncio.run(run())


def test_a_token_is_renewed_before_it_ends(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            assert await opened.api.tokens.get(opened.soon) == "token-1"
            opened.clock.now += 7200 - 301
            assert await another_worker(opened).get(opened.soon) == "token-1"
            opened.clock.now += 2
            assert await opened.api.tokens.get(opened.soon) == "token-2"
            opened.clock.now += 10_000  # nobody came for a long time
            assert await opened.api.tokens.get(opened.soon) == "token-3"
            assert all(not call.body["force_refresh"] for call in opened.stub.fetches)

    asyncio.run(run())


def test_a_short_life_is_not_renewed_at_every_call(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.life = 240
            assert await opened.api.tokens.get(opened.soon) == "token-1"
            opened.clock.now += 159
            assert await opened.api.tokens.get(opened.soon) == "token-1"
            opened.clock.now += 2
            assert await opened.api.tokens.get(opened.soon) == "token-2"

    asyncio.run(run())


def test_a_token_somebody_has_renewed_is_taken_without_a_fetch(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            bad = await opened.api.tokens.get(opened.soon)
            other = another_worker(opened)
            assert await other.renew(bad, opened.soon) == "token-2"
            assert await opened.api.tokens.renew(bad, opened.soon) == "token-2"
            assert await other.renew(bad, opened.soon) == "token-2"
            assert len(opened.stub.fetches) == 2

    asyncio.run(run())


def test_a_new_one_is_forced_only_when_the_refused_one_is_given_again(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            assert await opened.api.tokens.get(opened.soon) == "token-1"
            assert await opened.api.tokens.renew("token-1", opened.soon) == "token-2"
            opened.stub.script[STABLE] = ["same"]
            assert await opened.api.tokens.renew("token-2", opened.soon) == "token-3"
            forced = [call.body["force_refresh"] for call in opened.stub.fetches]
            assert forced == [False, False, False, True]

    asyncio.run(run())


def test_force_stays_far_from_the_limit_of_a_day(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A token that is refused for ever: a call each minute of a day forces 8 of the 20 allowed."""

    async def run() -> None:
        async with bench(tmp_path) as opened:
            token = await opened.api.tokens.get(opened.soon)
            for _ in range(24 * 60):
                opened.stub.script[STABLE] = ["same", "ok"]
                token = await another_worker(opened).renew(token, opened.soon)
                opened.clock.now += 59
            forced = [call for call in opened.stub.fetches if call.body["force_refresh"]]
            assert len(forced) == 8
            opened.clock.now += 3600
            opened.stub.script[STABLE] = ["same", "ok"]
            assert await opened.api.tokens.renew(token, opened.soon) != token

    asyncio.run(run())
    assert "none is forced now" in caplog.text


def test_not_twice_a_minute(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            token = await opened.api.tokens.get(opened.soon)
            for seconds, new in ((0, "token-2"), (59, "token-2"), (2, "token-3")):
                opened.clock.now += seconds
                opened.stub.script[STABLE] = ["same", "ok"]
                token = await opened.api.tokens.renew(token, opened.soon)
                opened.stub.script[STABLE].clear()
                assert token == new

    asyncio.run(run())


def test_kf_has_no_force(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            await opened.api.tokens.get(opened.soon)
            opened.stub.script[CORP] = ["same"]
            assert await opened.api.tokens.renew("token-1", opened.soon) == "token-1"
            assert len(opened.stub.fetches) == 2

    asyncio.run(run())


def test_another_secret_has_tokens_of_its_own(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            await opened.api.tokens.get(opened.soon)
            other = account("kf", opened.stub.url)
            object.__setattr__(other, "secret", "changed")
            tokens = AccessTokens(other, opened.api._http, opened.store, opened.clock, opened.sleep)
            assert await tokens.get(opened.soon) == "token-2"
            for name in (tokens._name, opened.api.tokens._name):
                assert SECRET not in name
                assert json.loads(await opened.store.cache_get(name) or "")["value"]

    asyncio.run(run())
