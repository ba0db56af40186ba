"""What is not genuine, over HTTP: a bare 403, nothing done, nothing told."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.channels.wechat.bot import Bot
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator.account import Account
from tools.wechat_simulator.envelopes import envelope

NOW = 1_750_000_000.0


def fields(account: Account, **more: Any) -> dict[str, Any]:
    return {
        "ToUserName": account.original_id,
        "FromUserName": "oPersonPersonPersonPerson",
        "CreateTime": int(account.clock.now()),
        "MsgType": "text",
        "Content": "你好",
        "MsgId": 23_000_000_000_000_001,
        **more,
    }


async def post(url: str, body: bytes, query: dict[str, str]) -> tuple[int, bytes]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, params=query) as response,
    ):
        return response.status, await response.read()


@pytest.mark.parametrize("kind", ["plain", "compatible", "safe", "kf"])
def test_nothing_but_what_the_platform_signed_is_let_in(tmp_path: Path, kind: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account: Account = fake.kf() if kind == "kf" else fake.official_account(mode=kind)
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                url = account.urls[0]
                said = fields(account)
                request = envelope(account, said, "oPersonPersonPersonPerson", None)
                query, body = request.query, request.body
                name = "signature" if kind == "plain" else "msg_signature"
                wrong = "0" * 40
                attempts: list[tuple[dict[str, str], bytes]] = [
                    ({}, body),
                    ({**query, name: wrong}, body),
                    ({**query, name: "ü" * 40}, body),
                    ({k: v for k, v in query.items() if k != name}, body),
                    ({k: v for k, v in query.items() if k != "timestamp"}, body),
                    ({**query, "timestamp": "999999999999"}, body),
                    ({**query, "nonce": "x" * 5_000}, body),
                ]
                attempts.append((query, b"x" * 70_000))
                for asked, sent in attempts:
                    assert await post(url, sent, asked) == (403, b""), asked
                    assert await post(url.replace("hall", "nowhere"), sent, asked) == (403, b"")
                unreadable = (b"", b"<xml>", b"\xff\xfe", b"[]")
                for sent in (*unreadable, b"<!DOCTYPE a [<!ENTITY b 'c'>]><xml>&b;</xml>"):
                    # In plain mode, the signature is right, whatever the body.
                    status = 400 if kind == "plain" else 403
                    assert await post(url, sent, query) == (status, b""), sent
                for address in (url.replace("hall", "nowhere"), url + "x"):
                    assert await post(address, body, query) == (403, b"")
                fake.clock.move(400)  # a replay of what was genuine once
                assert await post(url, body, query) == (403, b"")
                assert not bot.heard

    asyncio.run(main())


def test_a_forged_check_of_the_address_learns_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            accounts: list[Account] = [fake.official_account(), fake.kf()]
            for account in accounts:
                async with (
                    Bot(tmp_path, fake, {"hall": account}),
                    aiohttp.ClientSession() as session,
                ):
                    for query in ({}, {"echostr": "abc"}, account.query({"echostr": "abc"})):
                        query = {**query, "signature": "0" * 40, "msg_signature": "0" * 40}
                        async with session.get(account.urls[0], params=query) as response:
                            assert response.status == 403
                            assert await response.read() == b""

    asyncio.run(main())


def test_no_method_and_no_body_tells_whether_an_account_is_there(tmp_path: Path) -> None:
    async def answer(
        session: aiohttp.ClientSession, url: str, method: str, path: str
    ) -> tuple[object, ...]:
        async with session.request(method, f"{url}/webhooks/wechat{path}") as response:
            return response.status, await response.read(), response.headers.get("Allow")

    async def waits(url: str) -> bool:
        """Tells whether the body is waited for."""
        host, port = url.split("/")[2].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        path = url.split(":")[2][len(port) :]
        asked = f"POST {path}?msg_signature=0&timestamp=1&nonce=1 HTTP/1.1"
        writer.write(f"{asked}\r\nHost: x\r\nContent-Length: 9\r\n\r\n".encode())
        try:
            await asyncio.wait_for(reader.readline(), 0.3)
        except asyncio.TimeoutError:
            return True
        finally:
            writer.close()
        return False

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            accounts: dict[str, Account] = {"hall": fake.official_account(), "kf": fake.kf()}
            async with Bot(tmp_path, fake, accounts) as bot, aiohttp.ClientSession() as session:
                bare = (403, b"", None)
                for method in ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"):
                    for path in ("/hall", "/kf", "/nowhere", "/Hall", "/%ff", "/hall?", "/kf/"):
                        assert await answer(session, bot.url, method, path) == bare, (method, path)
                    if method != "GET":
                        assert await answer(session, bot.url, method, "/") == bare, method
                waiting = [
                    await waits(f"{bot.url}/webhooks/wechat/{name}")
                    for name in ("hall", "kf", "nowhere")
                ]
                assert len(set(waiting)) == 1, waiting

    asyncio.run(main())


@pytest.mark.parametrize("path", ["/webhooks/wechat", "/webhooks/wechat/"])
def test_the_channel_says_that_it_is_well(tmp_path: Path, path: str) -> None:
    async def main() -> None:
        async with (
            FakeWeChat(Clock(NOW)) as fake,
            Bot(tmp_path, fake, {"hall": fake.official_account()}) as bot,
            aiohttp.ClientSession() as session,
            session.get(bot.url + path) as response,
        ):
            assert (response.status, await response.json()) == (200, {"status": "ok"})

    asyncio.run(main())


def test_a_genuine_push_within_the_window_is_answered_once_however_often(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                person = account.person()
                person.quota_windows.message()
                said = fields(account, FromUserName=person.id)
                request = envelope(account, said, person.id, None)
                for _ in range(3):
                    answer = await post(account.urls[0], request.body, request.query)
                    assert answer == (200, b"success")
                await person.hears()
                await person.silence()
                assert len(bot.heard) == 1

    asyncio.run(main())


def test_the_previous_key_is_accepted_after_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            new = account.aes_key
            old = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
            monkeypatch.setenv("OLD_AES_KEY", old)
            previous = {"previous_aes_key_variable": "OLD_AES_KEY"}
            async with Bot(tmp_path, fake, {"hall": account}, fields=previous):
                for key in (old, new):
                    account.aes_key = key
                    assert (await account.person().ask("你好")).text == "听到：你好"
                account.aes_key = "x" * 42 + "A"
                push = await account.person().say("你好")
                assert {attempt.status for attempt in push.attempts} == {403}

    asyncio.run(main())
