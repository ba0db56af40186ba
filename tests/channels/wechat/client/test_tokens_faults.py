"""Access tokens when the platform, another worker or the network fails."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from channels.wechat.client.api import Api, NoToken
from tests.channels.wechat.client.stub_api import (
    CORP,
    SECRET,
    STABLE,
    account,
    another_worker,
    bench,
    refused,
    shown,
)


@pytest.mark.parametrize("fault", ["hang", 500, 40125, "break"])
def test_a_good_token_is_used_while_the_next_is_not_to_be_had(
    tmp_path: Path, fault: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.wechat.client.tokens.PATIENCE_SECONDS", 0.2)

    async def run() -> None:
        async with bench(tmp_path) as opened:
            assert await opened.api.tokens.get(opened.soon) == "token-1"
            opened.clock.now += 7000
            opened.stub.script[STABLE] = [fault] * 50
            begun = asyncio.get_running_loop().time()
            for _ in range(20):
                assert await opened.api.tokens.get(opened.soon) == "token-1"
            assert asyncio.get_running_loop().time() - begun < 1
            assert len(opened.stub.fetches) <= 5
            opened.clock.now += 200
            assert (await refused(opened, opened.clock() + 0.2)).kind in (
                "unreached",
                "never",
                "unknown",
            )

    asyncio.run(run())


@pytest.mark.parametrize("kind", ["official_account", "kf"])
@pytest.mark.parametrize("code", [40001, 40013, 40125, 40164, 60020])
def test_a_refused_secret_is_asked_for_once_and_told_once(
    tmp_path: Path, kind: str, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with bench(tmp_path, kind) as opened:
            opened.stub.script[CORP] = opened.stub.script[STABLE] = [code] * 99
            crowd = [opened.api.tokens.get(opened.soon) for _ in range(20)]
            for error in await asyncio.gather(*crowd, return_exceptions=True):
                assert isinstance(error, NoToken)
                assert error.code == code
                assert error.kind in ("never", "unknown")
                assert not error.doubtful
                assert SECRET not in shown(error)
            assert len(opened.stub.fetches) == 1

    asyncio.run(run())
    [record] = caplog.records
    assert "desk1" in record.message
    assert str(code) in record.message
    assert not any(secret in caplog.text for secret in (SECRET, "203.0.113.7", "o-Person", "a1b2"))


@pytest.mark.parametrize("fault", [-1, 45009, 500, "break", "half", b"<html>", {"errcode": 0}])
def test_a_fetch_is_tried_again_with_pauses(tmp_path: Path, fault: object) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            opened.stub.script[CORP] = [fault] * 2
            assert await opened.api.tokens.get(opened.soon) == "token-1"
            assert len(opened.slept) == 2
            opened.stub.script[CORP] = [fault] * 99
            opened.stub.fetches.clear()
            with pytest.raises(NoToken) as caught:
                await opened.api.tokens.renew("token-1", opened.soon)
            assert caught.value.kind in ("later", "unreached")
            assert len(opened.stub.fetches) <= 4

    asyncio.run(run())


@pytest.mark.parametrize("life", [0, -5, "7200", None, True, float("nan")])
def test_an_odd_life_is_no_token(tmp_path: Path, life: object) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.life = life
            assert (await refused(opened)).kind == "unreached"
            opened.stub.life = 7200
            opened.stub.script[STABLE] = [{"access_token": 5, "expires_in": 7200}] * 4
            assert (await refused(opened)).kind == "unreached"

    asyncio.run(run())


def test_a_hanging_server_keeps_nobody_beyond_the_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("channels.wechat.client.tokens.ASK_SECONDS", 0.3)

    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            opened.stub.script[CORP] = ["hang"] * 99
            begun = asyncio.get_running_loop().time()
            error = await refused(opened, opened.clock() + 0.1)
            assert asyncio.get_running_loop().time() - begun < 0.3
            assert error.kind == "unreached"
            assert (await refused(opened)).kind == "unreached"
            assert asyncio.get_running_loop().time() - begun < 3

    asyncio.run(run())
    assert SECRET not in caplog.text


def test_the_secret_in_the_address_is_never_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            for fault in ("break", "half", "redirect", 500, 404, b"no json", b"[1]", 40001, 99999):
                opened.stub.script[CORP] = [fault] * 9
                assert SECRET not in shown(await refused(opened))
            opened.account = account("kf", "http://127.0.0.1:1")
            opened.api = Api(opened.account, opened.http, opened.store, opened.clock, opened.sleep)
            assert SECRET not in shown(await refused(opened))

    asyncio.run(run())
    assert SECRET not in caplog.text


def test_a_caller_that_leaves_does_not_stop_the_fetch_for_others(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.fetch_seconds = 0.3
            first = asyncio.create_task(opened.api.tokens.get(opened.soon))
            await asyncio.sleep(0.1)
            second = asyncio.create_task(opened.api.tokens.get(opened.soon))
            first.cancel()
            assert await second == "token-1"
            assert len(opened.stub.fetches) == 1

    asyncio.run(run())


def test_a_worker_that_never_ends_is_no_loop(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            assert await opened.store.lock(opened.api.tokens._name)
            assert (await refused(opened)).kind == "unreached"
            assert not opened.stub.fetches
            assert opened.clock.now - 1_700_000_000 < 20

    asyncio.run(run())


def test_a_failed_fetch_frees_the_way(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script[STABLE] = [40164]
            await refused(opened)
            assert await another_worker(opened).get(opened.soon) == "token-1"

    asyncio.run(run())


@pytest.mark.parametrize("kept", ["no json", "[]", '{"token": "of another version"}'])
def test_what_cannot_be_read_is_fetched_anew(tmp_path: Path, kept: str) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            await opened.store.cache_set(opened.api.tokens._name, kept, 60)
            assert await opened.api.tokens.get(opened.soon) == "token-1"

    asyncio.run(run())
