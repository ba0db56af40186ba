"""Calls: each refusal and each way to fail, and what is done about it."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from channels.wechat.client.errors import MEANINGS
from tests.channels.wechat.client.stub_api import BODY, PATH, SECRET, bench, call, failure, shown

LISTED_NEVER = [45015, 45047, 45002, 48001, 40164, 60020]
LISTED_NEVER += [95001, 95002, 95004, 95013, 95017, 95018]
BROKEN: list[Any] = ["break", "half", 500, 502, 503, b"<html>busy</html>", b"", b"[]", "redirect"]


def test_a_call_as_the_platform_wants_it(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script[PATH] = [
                {"errcode": 0, "errmsg": "ok", "msgid": "m"},
                {"msgid": "n"},
            ]
            assert (await call(opened))["msgid"] == "m"
            assert (await call(opened))["msgid"] == "n"  # some answers have no errcode
            [first, _] = opened.stub.calls
            assert first.query == {"access_token": "token-1"}
            assert first.raw.decode() == json.dumps(BODY, ensure_ascii=False, separators=(",", ":"))
            assert len(opened.stub.fetches) == 1
            broken = {"text": "half a character: \ud83d"}
            await opened.api.call(PATH, broken, opened.soon, idempotent=False)
            assert opened.stub.calls[-1].body == {"text": "half a character: ?"}

    asyncio.run(run())


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_refused_token_is_renewed_once(tmp_path: Path, code: int) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script[PATH] = [code]
            await call(opened)
            tokens = [call.query["access_token"] for call in opened.stub.calls]
            assert tokens == ["token-1", "token-2"]
            assert len(opened.stub.fetches) == 2
            assert opened.slept == []

    asyncio.run(run())


@pytest.mark.parametrize("code", [40001, 40014, 42001])
@pytest.mark.parametrize("kind", ["official_account", "kf"])
def test_a_lasting_refusal_is_no_loop(
    tmp_path: Path, code: int, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with bench(tmp_path, kind) as opened:
            opened.stub.script[PATH] = [code] * 99
            error = await failure(opened, idempotent=True)
            assert (error.code, error.kind, error.doubtful) == (code, "token", False)
            assert len(opened.stub.calls) == 2
            assert len(opened.stub.fetches) == 2

    asyncio.run(run())
    [record] = caplog.records
    assert f"{PATH} failed: {code}," in record.message


def test_a_token_that_dies_under_a_crowd_is_fetched_once(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            await call(opened)
            opened.stub.good = "token-2"
            await asyncio.gather(*[call(opened) for _ in range(40)])
            assert len(opened.stub.fetches) == 2

    asyncio.run(run())


@pytest.mark.parametrize("code", [-1, 45009, 45011, 45033])
@pytest.mark.parametrize("idempotent", [True, False])
def test_a_busy_platform_is_asked_three_times_more_with_pauses(
    tmp_path: Path, code: int, idempotent: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script[PATH] = [code] * 3
            await call(opened, idempotent=idempotent)
            assert len(opened.stub.calls) == 4
            for pause, wanted in zip(opened.slept, (1, 2, 4), strict=True):
                assert 0.75 * wanted <= pause <= 1.25 * wanted
            assert not caplog.records
            opened.stub.script[PATH] = [code] * 99
            error = await failure(opened, idempotent=idempotent)
            assert (error.code, error.kind, error.doubtful) == (code, "later", False)
            assert len(opened.stub.calls) == 8

    asyncio.run(run())
    assert len(caplog.records) == 1


def test_no_pause_goes_beyond_the_deadline(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script[PATH] = [-1] * 99
            assert (await failure(opened, deadline=opened.clock() + 2.2)).code == -1
            assert len(opened.stub.calls) == 2
            assert len(opened.slept) == 1
            late = await failure(opened, deadline=opened.clock())
            assert (late.code, late.kind) == (None, "unreached")
            assert len(opened.stub.calls) == 2

    asyncio.run(run())


@pytest.mark.parametrize("code", [*LISTED_NEVER, 40003, 43101, 99999, -2])
def test_a_refusal_is_not_repeated_and_told_in_one_clear_line(
    tmp_path: Path, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script[PATH] = [code] * 9
            error = await failure(opened, idempotent=True)
            assert error.code == code
            assert error.kind == ("never" if code in LISTED_NEVER else "unknown")
            assert len(opened.stub.calls) == 1
            assert opened.slept == []

    asyncio.run(run())
    [record] = caplog.records
    assert record.levelno >= logging.WARNING
    assert f"desk1: {PATH} failed: {code}, " in record.message
    assert "\n" not in record.message
    assert not any(name in caplog.text for name in ("token-1", "203.0.113.7", "o-Person", "a1b2"))
    if code in LISTED_NEVER:
        assert MEANINGS[code].name in record.message
        assert MEANINGS[code].advice in record.message


@pytest.mark.parametrize("fault", BROKEN)
def test_what_may_have_arrived_is_not_sent_blindly_again(
    tmp_path: Path, fault: object, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script[PATH] = [fault] * 9
            error = await failure(opened)
            assert (error.code, error.kind, error.doubtful) == (None, "ambiguous", True)
            assert len(opened.stub.calls) == 1
            error = await failure(opened, idempotent=True)
            assert (error.kind, len(opened.stub.calls)) == ("ambiguous", 5)
            opened.stub.script[PATH] = [fault] * 2
            await call(opened, idempotent=True)
            assert len(opened.stub.calls) == 8
            assert {each_call.path for each_call in opened.stub.calls} == {
                PATH
            }  # no redirection is followed

    asyncio.run(run())
    assert len(caplog.records) == 2


def test_a_token_lost_on_its_way_makes_no_call_doubtful(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script["/cgi-bin/stable_token"] = ["break"] * 9
            error = await failure(opened)
            assert (error.kind, error.doubtful) == ("unreached", False)
            assert len(opened.stub.fetches) == 4  # and the call does not try it all again
            assert not opened.stub.calls

    asyncio.run(run())


def test_a_key_that_is_refused_after_a_doubt_says_that_it_arrived(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            opened.stub.script[PATH] = ["break", 95999]
            assert await call(opened, idempotent=True, keyed=True) == {"repeated": True}
            opened.stub.script[PATH] = ["break", -1, 95999]
            assert await call(opened, idempotent=True, keyed=True) == {"repeated": True}
            opened.stub.script[PATH] = [95999]
            assert await call(opened, idempotent=True, keyed=True, again=True) == {"repeated": True}
            opened.stub.script[PATH] = [95999, 95999]
            assert (await failure(opened, idempotent=True, keyed=True)).kind == "unknown"
            opened.stub.script[PATH] = ["break", 95018]  # a listed one speaks for itself
            error = await failure(opened, idempotent=True, keyed=True)
            assert (error.code, error.kind, error.doubtful) == (95018, "never", True)

    asyncio.run(run())


def test_the_token_in_the_address_is_never_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def run() -> None:
        async with bench(tmp_path) as opened:
            await call(opened)
            for fault in [*BROKEN, "hang", 404, 429, 99999, 40001, 45015, -1]:
                opened.stub.script[PATH] = [fault] * 9
                error = await failure(opened, deadline=opened.clock() + 0.3)
                assert "token-" not in shown(error)
                assert SECRET not in shown(error)
            opened.api._http._base_url = "http://127.0.0.1:1"
            assert "token-" not in shown(await failure(opened))
            opened.api._http._base_url = "http://not a host"
            assert "token-" not in shown(await failure(opened))

    asyncio.run(run())
    assert "token-" not in caplog.text
    assert SECRET not in caplog.text
    assert "o-Person" not in caplog.text
