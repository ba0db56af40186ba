"""One request and its answer, however odd the other side is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from channels.wechat.client.api import Api, ApiError
from channels.wechat.client.http_client import read_answer
from tests.channels.wechat.client.stub_api import PATH, StubApi, account, bench, call, failure


def test_a_hanging_platform_ends_at_the_deadline(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            await call(opened)
            opened.stub.script[PATH] = ["hang"] * 9
            for idempotent in (False, True):
                begun = asyncio.get_running_loop().time()
                error = await failure(opened, idempotent=idempotent, deadline=opened.clock() + 0.3)
                assert (error.kind, error.doubtful) == ("ambiguous", True)
                assert asyncio.get_running_loop().time() - begun < 1
            assert len(opened.stub.calls) == 3

    asyncio.run(run())
    assert "TimeoutError" in caplog.text


def test_a_platform_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as other_opened:
            await call(other_opened)
            stub, slept = StubApi(), other_opened.slept
            async with stub.serve():
                port = int(stub.url.rsplit(":", 1)[1])
            other_opened.account = account("official_account", stub.url)
            other_opened.api = Api(
                other_opened.account,
                other_opened.http,
                other_opened.store,
                other_opened.clock,
                other_opened.sleep,
            )
            error = await failure(other_opened)
            assert (error.code, error.kind, error.doubtful) == (None, "unreached", False)
            assert len(slept) == 3
            opened = []

            async def open_then(seconds: float) -> None:
                opened.append(seconds)
                if len(opened) == 2:
                    await serving.__aenter__()

            serving = stub.serve(port)
            other_opened.api = Api(
                other_opened.account,
                other_opened.http,
                other_opened.store,
                other_opened.clock,
                open_then,
            )
            await call(other_opened)  # though it is not idempotent: nothing had been sent
            assert len(stub.calls) == 1
            await serving.__aexit__(None, None, None)

    asyncio.run(run())


def test_a_silent_port_is_not_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection, and never answers the greeting of TLS: nothing was sent."""

    async def run() -> None:
        async with bench(tmp_path) as opened:
            await call(opened)
            server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            opened.api._http._base_url = f"https://127.0.0.1:{port}"
            error = await failure(opened, deadline=opened.clock() + 0.4)
            assert (error.kind, error.doubtful) == ("unreached", False)
            server.close()

    asyncio.run(run())


def test_a_huge_answer_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.wechat.client.http_client.MAX_BYTES", 100_000)

    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script[PATH] = [{"errcode": 0, "x": "x" * 99_000}, {"x": "x" * 5_000_000}]
            await call(opened)
            error = await failure(opened)
            assert error.kind == "ambiguous"
            assert "too large" in str(error)
            await call(opened)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (b'{"errcode": 0, "a": 1}', {"errcode": 0, "a": 1}),
        (b'{"a": 1}', {"a": 1}),
        (b'{"errcode": "0"}', {"errcode": "0"}),
        (b'{"errcode": null}', {"errcode": None}),
        (b'{"errcode": "45015"}', 45015),
        (b'{"errcode": 45015}', 45015),
        (b'{"errcode": "busy"}', None),
        (b'{"errcode": [1]}', None),
        (b'{"errcode": NaN}', None),
        (b'{"errcode": Infinity}', None),
        (b'{"errcode": 1' + b"0" * 5000 + b"}", None),
        (b"[" * 100_000, None),
        (b'"text"', None),
        (b"null", None),
        (b"\xff\xfe", None),
        ('{"text": "坏\x01字符"}'.encode(), {"text": "坏\x01字符"}),
        (b'{"text": "\xe5\x9d"}', {"text": "\ufffd"}),
    ],
)
def test_odd_answers(content: bytes, outcome: object) -> None:
    """One odd character in somebody's text does not keep a page of messages from us."""
    found = read_answer(content)
    if isinstance(found, ApiError):
        assert found.code == outcome
        assert found.kind == ("never" if outcome else "ambiguous")
    else:
        assert found == outcome


def test_a_plain_client_will_do(tmp_path: Path) -> None:
    """Without our tracing, only a connection that was refused is known not to be made."""

    async def run() -> None:
        async with bench(tmp_path) as opened, aiohttp.ClientSession() as http:
            opened.api = Api(opened.account, http, opened.store, opened.clock, opened.sleep)
            await call(opened)
            opened.stub.script[PATH] = ["break"]
            assert (await failure(opened)).kind == "ambiguous"
            opened.api._http._base_url = "http://127.0.0.1:1"
            assert (await failure(opened)).kind == "unreached"

    asyncio.run(run())
