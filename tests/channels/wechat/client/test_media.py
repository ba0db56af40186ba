"""Where a picture may be fetched from, and a file that is fetched by the API."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from channels.wechat.client import media
from channels.wechat.client.api import ApiError
from channels.wechat.client.errors import TooLarge
from channels.wechat.client.media import PATH, Media, PublicOnly, is_public, picture_url
from channels.wechat.protocol.incoming import Incoming
from channels.wechat.settings import Account
from screenshots.reading import NotRead, Reason
from tests.channels.wechat.client.stub_api import SECRET, Bench, account, bench, shown

UNVERIFIED = Account(
    "hall", "official_account", "wx1", token="", verified=False, api="https://own.test"
)
MEDIA_ID = "Media-Id-of-the-picture"


@pytest.mark.parametrize(
    ("given", "fetched"),
    [
        ("http://mmbiz.qpic.cn/mmbiz_jpg/a%2Fb/0", "https://mmbiz.qpic.cn/mmbiz_jpg/a%2Fb/0"),
        ("https://mmecoa.qpic.cn/a/0?wx_fmt=png", "https://mmecoa.qpic.cn/a/0?wx_fmt=png"),
        ("http://mmsns.qpic.cn:80/a", "https://mmsns.qpic.cn/a"),
        ("HTTPS://MMBIZ.qlogo.cn:443/a#b", "https://mmbiz.qlogo.cn/a"),
        ("http://mmbiz.qpic.cn", "https://mmbiz.qpic.cn/"),
        ("https://own.test/mmbiz_jpg/a-_/0", "https://own.test/mmbiz_jpg/a-_/0"),  # by `api`
        ("https://own.test:443/mmbiz/a", "https://own.test/mmbiz/a"),
        ("http://own.test/mmbiz/a", None),
        ("https://own.test:444/mmbiz/a", None),
        ("https://me@own.test/mmbiz/a", None),
        ("https://own.test/cgi-bin/token", None),
        ("https://own.test/mmbiz/../cgi-bin/token", None),
        ("https://own.test/mmbiz/%2e%2e/cgi-bin/token", None),
        ("https://own.test/mmbiz/a?b=c", None),
        ("https://qpic.cn/a", None),
        ("https://a.mmbiz.qpic.cn/a", None),
        ("https://mmbiz.qpic.cn./a", None),
        ("https://mmbiz.qpic.cn:80/a", None),
        ("https://mmbiz.qpic.cn:x/a", None),
        ("https://mmbiz.qpic.cn\\@localhost/a", None),
        ("//mmbiz.qpic.cn/a", None),
        ("data:image/png;base64,AAAA", None),
        ("", None),
    ],
)
def test_only_the_platforms_hosts_are_asked_and_by_https(given: str, fetched: str | None) -> None:
    url = picture_url(UNVERIFIED, given)
    assert (str(url) if url else None) == fetched


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1"),
        *("::ffff:127.0.0.1", "2002:7f00:1::1", "nonsense"),
    ],
)
def test_private_addresses_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "203.205.254.157", "2402:4e00::1"])
def test_public_addresses_are_known(address: str) -> None:
    assert is_public(address)


class Lying(AbstractResolver):
    """Says of every host that it is at these addresses."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(self, host: str, port: int = 0, *_: Any) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=2, proto=0, flags=0)
            for address in self._addresses
        ]

    async def close(self) -> None: ...


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("203.205.254.157", "10.0.0.1")])
def test_a_name_that_leads_to_a_private_address_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, addresses: tuple[str, ...]
) -> None:
    async def resolve(_: object, host: str, port: int = 0, *more: Any) -> list[ResolveResult]:
        return await Lying(*addresses).resolve(host, port)

    monkeypatch.setattr(ThreadedResolver, "resolve", resolve)

    async def run() -> None:
        with pytest.raises(OSError, match="not public"):
            await PublicOnly().resolve("mmbiz.qpic.cn", 443)
        message = Incoming("o1", "m:1", 1, "image", data={"url": "http://mmbiz.qpic.cn/secret/0"})
        with pytest.raises(NotRead) as caught:
            await Media({}, 1_000).fetch(UNVERIFIED, message)
        assert caught.value.reason is Reason.FAILED
        assert caught.value.__context__ is None

    asyncio.run(run())
    assert "ClientConnectorDNSError" in caplog.text
    assert "secret" not in caplog.text


async def fetch(opened: Bench, max_bytes: int = 1_000, seconds: float = 20) -> bytes:
    return await opened.api.fetch(PATH, {"media_id": MEDIA_ID}, opened.clock() + seconds, max_bytes)


@pytest.mark.parametrize("kind", ["official_account", "mini_program", "kf"])
def test_a_file_is_fetched_with_a_token(tmp_path: Path, kind: str) -> None:
    async def run() -> None:
        async with bench(tmp_path, kind) as opened:
            opened.stub.script[PATH] = [b"\xff\xd8 file", b"{no JSON", b'{"video_url": "x"}', b""]
            assert await fetch(opened) == b"\xff\xd8 file"
            [call] = opened.stub.calls
            assert call.query == {"access_token": opened.stub.token, "media_id": MEDIA_ID}
            assert call.raw == b""
            # What has no errcode is no refusal; whether it is a picture is asked later.
            assert await fetch(opened) == b"{no JSON"
            assert await fetch(opened) == b'{"video_url": "x"}'
            assert await fetch(opened) == b""

    asyncio.run(run())


@pytest.mark.parametrize(
    ("script", "kind", "calls"),
    [
        ([40007], "never", 1),
        ([48001], "never", 1),
        ([40001, 40001], "token", 2),
        ([45009] * 4, "later", 4),
        ([404], "unknown", 1),
        (["redirect"] * 4, "ambiguous", 4),
        (["half"] * 4, "ambiguous", 4),
        ([b'\n {"errcode": "41006"}'], "unknown", 1),
    ],
)
def test_a_refusal_in_the_place_of_a_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, script: list[Any], kind: str, calls: int
) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script[PATH] = list(script)
            with pytest.raises(ApiError) as caught:
                await fetch(opened)
            assert caught.value.kind == kind
            assert len(opened.stub.calls) == calls
            assert {call.path for call in opened.stub.calls} == {PATH}  # no redirect was followed
            for hidden in (SECRET, MEDIA_ID, opened.stub.token, "203.0.113.7"):
                assert hidden not in shown(caught.value) + caplog.text

    asyncio.run(run())


def test_a_file_that_is_too_large_is_not_fetched_again(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script[PATH] = [b"x" * 1_000, b"x" * 1_001, b"x" * 5_000_000]
            assert len(await fetch(opened)) == 1_000
            for _ in range(2):
                with pytest.raises(TooLarge):
                    await fetch(opened)
            assert len(opened.stub.calls) == 3

    asyncio.run(run())


def test_without_time_nothing_is_asked(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            await opened.api.tokens.get(opened.soon)
            with pytest.raises(ApiError, match="no time"):
                await fetch(opened, seconds=0)
            assert not opened.stub.calls

    asyncio.run(run())


def test_a_picture_that_takes_too_long_is_said_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(media, "FETCH_SECONDS", 0.2)

    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script[PATH] = ["hang"] * 9
            platform: Any = type("Platform", (), {"api": opened.api})()
            message = Incoming("o1", "m:1", 1, "image", data={"media_id": MEDIA_ID})
            with pytest.raises(NotRead) as caught:
                await Media({"desk1": platform}, 1_000).fetch(
                    account("official_account", opened.stub.url), message
                )
            assert caught.value.reason is Reason.FAILED

    asyncio.run(run())
    assert "desk1" in caplog.text
    assert MEDIA_ID not in caplog.text
