"""KF: pushes without content, and reading with cursors."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.tools.wechat_simulator.small_bot import SmallBot
from tests.tools.wechat_simulator.test_kf import SYNC, KfClient
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator.codec import read_xml
from tools.wechat_simulator.crypto import decrypt, signature


def test_a_push_has_a_token_and_no_content() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake, SmallBot() as bot:
            account = fake.kf(urls=[bot.url])
            client, person = KfClient(fake, account), account.person()
            push = await person.say("你好")
            assert push.acknowledged
            query, body = bot.got[0]
            assert set(query) == {"msg_signature", "timestamp", "nonce"}
            outer = read_xml(body)
            assert set(outer) == {"ToUserName", "Encrypt", "AgentID"}
            signed = signature(account.token, query["timestamp"], query["nonce"], outer["Encrypt"])
            assert query["msg_signature"] == signed
            inner = read_xml(decrypt(account.aes_key, account.id, outer["Encrypt"]))
            assert inner["Event"] == "kf_msg_or_event"
            assert inner["OpenKfId"] == person.open_kfid
            assert "Content" not in inner
            got = await client.sync(token=inner["Token"])
            (item,) = got["msg_list"]
            assert item["origin"] == 3
            assert item["external_userid"] == person.id
            assert item["text"] == {"content": "你好"}
            assert item["send_time"] == 1_000_000_000
            assert (await client.sync(token="ENCx"))["errcode"] == 95007
            fake.clock.move(600)
            assert (await client.sync(token=inner["Token"]))["errcode"] == 95007
            bot.reply = b"<xml/>"
            await person.say("x")
            assert len(account.failures) == 1
            assert person.texts == []

    asyncio.run(main())


def test_cursors_pages_and_limits() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.kf(open_kfids=["wkOne", "wkTwo"], tokenless_per_minute=100)
            client, person = KfClient(fake, account), account.person()
            other = account.person(open_kfid="wkTwo")
            await person.say("old")
            fake.clock.move(3 * 86400 + 1)
            client.token = ""
            for text in "abcde":
                await person.say(text)
            await other.say("elsewhere")

            def texts(answer: dict[str, Any]) -> list[str]:
                return [item["text"]["content"] for item in answer["msg_list"]]

            got = await client.sync(limit=2)
            assert (texts(got), got["has_more"]) == (["a", "b"], 1)  # not the one of 3 days ago
            account.empty_pages = 1
            got = await client.sync(limit=2, cursor=got["next_cursor"])
            assert (texts(got), got["has_more"]) == ([], 1)
            account.page = 1
            got = await client.sync(limit=2, cursor=got["next_cursor"])
            assert (texts(got), got["has_more"]) == (["c"], 1)
            account.page = 1000
            got = await client.sync(cursor=got["next_cursor"])
            assert (texts(got), got["has_more"]) == (["d", "e"], 0)
            last = got["next_cursor"]
            got = await client.sync(cursor=last)
            assert (texts(got), got["has_more"]) == ([], 0)
            assert got["next_cursor"] != last
            assert texts(await client.sync()) == list("abcde")  # an empty cursor replays
            assert texts(await client.sync(open_kfid="wkTwo")) == ["elsewhere"]
            assert (await client.sync(cursor=last, open_kfid="wkTwo"))["errcode"] == 40058
            assert (await client.sync(cursor="made up"))["errcode"] == 40058
            assert (await client.sync(limit=1001))["errcode"] == 40058
            assert (await client.sync(limit="9"))["errcode"] == 40035
            assert (await client.sync(open_kfid="wkThree"))["errcode"] == 95004
            assert (await client.call(SYNC))["errcode"] == 95004
            account.tokenless_per_minute = 1
            assert (await client.sync())["errcode"] == 45009
            fake.clock.move(60)
            assert (await client.sync())["errcode"] == 0
            account.api_enabled = False
            assert (await client.sync())["errcode"] == 95017
            assert (await client.post(SYNC, b"{"))["errcode"] == 40035

    asyncio.run(main())


def test_everything_a_person_can_send() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake:
            account = fake.kf()
            client, person = KfClient(fake, account), account.person()
            await person.voice()
            await person.image()
            await person.video()
            await person.file()
            await person.location(31.2, 121.5, "上海市静安区")
            await person.link("标题", "https://example.com")
            await person.card("小程序")
            await person.business_card()
            await person.unknown(anything=1)
            items = (await client.sync())["msg_list"]
            kinds = "voice image video file location link miniprogram business_card hologram"
            assert [item["msgtype"] for item in items] == kinds.split()
            assert all(item["msgtype"] in item for item in items)
            assert items[4]["location"]["name"] == "上海市静安区"

    asyncio.run(main())
