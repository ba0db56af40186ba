"""Official account and mini-program: sending, quotas, menus, events and agents."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from tests.tools.wechat_simulator.small_bot import SEND, Client, SmallBot
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator.codec import read_xml, write_xml

TYPING = "/cgi-bin/message/custom/typing"
BUSINESS_TYPING = "/cgi-bin/message/custom/business/typing"
HOURS_48 = 48 * 3600


def menu(*lines: tuple[str, str], head: str = "请选择", tail: str = "谢谢") -> dict[str, Any]:
    """Returns a menu message of (id, title)."""
    items = [{"id": key, "content": title} for key, title in lines]
    inside = {"head_content": head, "list": items, "tail_content": tail}
    return {"msgtype": "msgmenu", "msgmenu": inside}


def test_five_answers_in_48_hours_after_a_message() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            for account in (fake.official_account(), fake.mini_program()):
                client, person = Client(fake, account), account.person()
                assert await client.text(person.id, "x") == 45015
                await person.say("hi")
                codes = [await client.text(person.id, str(n)) for n in range(6)]
                assert codes == [0] * 5 + [45047]
                assert person.texts == list("01234")
                await person.say("more")
                assert await client.text(person.id, "x") == 0
                fake.clock.move(HOURS_48 - 1)
                client.token = ""
                assert await client.text(person.id, "x") == 0
                fake.clock.move(1)
                assert await client.text(person.id, "x") == 45015

    asyncio.run(main())


def test_small_windows_after_events() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account, mini = fake.official_account(), fake.mini_program()
            client = Client(fake, account)
            for name in ("follow", "scan", "press"):
                person = account.person()
                await getattr(person, name)("key")
                codes = [await client.text(person.id, "x") for _ in range(4)]
                assert codes == [0, 0, 0, 45047], name
                fake.clock.move(60)
                assert await client.text(person.id, "x") == 45015
            person = account.person()
            await person.view("https://example.com")
            assert await client.text(person.id, "x") == 45015
            client, customer = Client(fake, mini), mini.person()
            await customer.enter()
            assert [await client.text(customer.id, "x") for _ in range(3)] == [0, 0, 45047]
            fake.clock.move(60)
            assert await client.text(customer.id, "x") == 45015

    asyncio.run(main())


def test_an_event_counts_beside_a_message_by_the_stricter_reading() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.official_account()
            client, person = Client(fake, account), account.person()
            await person.say("hi")
            assert await client.text(person.id, "1") == 0
            await person.press("help")
            assert [await client.text(person.id, "x") for _ in range(4)] == [0, 0, 0, 45047]
            fake.clock.move(61)
            assert [await client.text(person.id, "x") for _ in range(2)] == [0, 45047]

    asyncio.run(main())


def test_menus_and_clicks() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake, SmallBot() as bot:
            account = fake.official_account(mode="plain", urls=[bot.url])
            client, person = Client(fake, account), account.person()
            await person.say("hi")
            fields = menu(("101", "满意"), ("x1", "不满意"))
            assert await client.code(SEND, touser=person.id, **fields) == 0
            (shown,) = await person.hears()
            assert (shown.kind, shown.text) == ("menu", "请选择\n谢谢")
            assert shown.titles == ["满意", "不满意"]
            await person.click("满意")
            got = read_xml(bot.got[-1][1])
            assert (got["MsgType"], got["Content"]) == ("text", "满意")
            assert got["bizmsgmenuid"] == "101"
            assert person.quota_windows.left == 3  # a click in a menu is no message
            await person.click("不满意")
            assert "bizmsgmenuid" not in read_xml(bot.got[-1][1])
            account.menu_ids = "any"
            await person.click("不满意")
            assert read_xml(bot.got[-1][1])["bizmsgmenuid"] == "x1"
            account.menus_allowed = False
            assert await client.code(SEND, touser=person.id, **fields) == 40200
            mini = fake.mini_program()
            customer = mini.person()
            await customer.say("hi")
            assert await Client(fake, mini).code(SEND, touser=customer.id, **fields) == 40008

    asyncio.run(main())


def test_bodies_that_are_refused() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.official_account()
            client, person = Client(fake, account), account.person()
            await person.say("hi")
            to = person.id
            assert await client.text("oUnknown", "x") == 40003
            assert await client.text(to, "") == 44004
            assert await client.text(to, "好" * 683) == 45002
            assert await client.text(to, "好" * 682 + "ab") == 0
            assert await client.code(SEND, touser=to, msgtype="hologram") == 40008
            assert await client.code(SEND, touser=to, msgtype="text") == 44004
            assert await client.code(SEND, touser=to, msgtype="text", text={"content": 1}) == 40035
            for wrong in (
                menu(),
                {"msgtype": "msgmenu", "msgmenu": {"list": ["x"]}},
                menu(("1", "")),
                menu(("", "x")),
                menu(("1", "a"), head="x" * 2048),
            ):
                assert await client.code(SEND, touser=to, **wrong) in (40035, 40058, 45002), wrong
            assert (await client.post(SEND, b""))["errcode"] == 44002
            assert (await client.post(SEND, b"{'a': 1}"))["errcode"] == 47001
            assert (await client.post(SEND, '{"a": "好"}'.encode("gbk")))["errcode"] == 47001
            assert (await client.get(SEND, access_token=client.token))["errcode"] == 43002
            account.verified = False
            assert await client.text(to, "x") == 48001
            assert person.quota_windows.left == 4

    asyncio.run(main())


def test_escapes_are_shown_to_people_as_they_stand() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake:
            account = fake.official_account()
            client, person = Client(fake, account), account.person()
            await person.say("hi")
            await client.login()
            head = b'{"touser":"' + person.id.encode()
            body = head + rb'","msgtype":"text","text":{"content":"\u4f60\n"}}'
            assert (await client.post(SEND, body))["errcode"] == 0
            assert person.texts == ["\\u4f60\n"]
            assert [call.escaped for call in account.called(SEND)] == [True]
            assert account.called(SEND)[0].body == body

    asyncio.run(main())


def test_typing() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account, mini = fake.official_account(), fake.mini_program()
            client, person = Client(fake, account), account.person()
            asked = {"touser": person.id, "command": "Typing"}
            assert await client.code(TYPING, **asked) == 45080
            await person.say("hi")
            assert await client.code(TYPING, touser=person.id, command="typing") == 45072
            assert await client.code(TYPING, **asked) == 0
            assert await client.code(TYPING, **asked) == 45081
            assert await client.text(person.id, "x") == 0  # which ends the typing
            assert await client.code(TYPING, **asked) == 0
            fake.clock.move(31)
            assert await client.code(TYPING, **asked) == 45080
            assert await client.code(BUSINESS_TYPING, **asked) == 40200
            other, customer = Client(fake, mini), mini.person()
            await customer.say("hi")
            asked["touser"] = customer.id
            assert await other.code(TYPING, **asked) == 40200
            assert await other.code(BUSINESS_TYPING, **asked) == 0

    asyncio.run(main())


def test_everything_a_person_can_send() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake, SmallBot() as bot:
            account = fake.official_account(mode="plain", urls=[bot.url])
            person = account.person()
            await person.voice("找回密码")
            await person.voice("")
            await person.voice()
            await person.image()
            await person.video()
            await person.location(31.2, 121.5, "上海市静安区")
            await person.link("标题", "https://example.com")
            await person.card("小程序")
            await person.sticker()
            await person.unknown()
            await person.follow("door")
            await person.unfollow()
            got = [read_xml(body) for _, body in bot.got]
            assert [message.get("Recognition") for message in got[:3]] == ["找回密码", "", None]
            kinds = "voice voice voice image video location link miniprogrampage text hologram"
            assert [message["MsgType"] for message in got] == [*kinds.split(), "event", "event"]
            assert (got[5]["Location_X"], got[5]["Label"]) == ("31.2", "上海市静安区")
            assert (got[-2]["Event"], got[-2]["EventKey"]) == ("subscribe", "qrscene_door")
            assert "MsgId" not in got[-2]
            client = Client(fake, account)
            assert await client.text(person.id, "bye") == 45015  # unfollowed
            bot.reply = b"nonsense"
            await account.person().unfollow()
            assert len(account.failures) == 1

    asyncio.run(main())


def test_agents_of_an_official_account() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake, SmallBot() as bot:
            account = fake.official_account(mode="plain", urls=[bot.url])
            client, person = Client(fake, account), account.person()

            def handoff(_: object, body: bytes) -> bytes:
                got = read_xml(body)
                if got["MsgType"] == "event":
                    return b"success"
                swapped = {"ToUserName": got["FromUserName"], "FromUserName": got["ToUserName"]}
                kind = "transfer_customer_service"
                return write_xml({**swapped, "CreateTime": 1, "MsgType": kind})

            bot.reply = handoff
            await person.say("人工")
            assert list(account.agents.waiting) == [person.id]
            await person.say("有人吗")  # in the queue messages still reach the bot
            assert len(bot.got) == 2
            await account.agents.take(person)
            event = read_xml(bot.got[-1][1])
            assert (event["Event"], event["KfAccount"]) == ("kf_create_session", "kf1@bureau")
            assert account.agents.waiting == {}
            await person.say("你好")
            await account.agents.say(person, "我是客服")
            assert len(bot.got) == 3
            assert (person.seen[-1].by, person.texts[-1]) == ("human", "我是客服")
            assert account.warnings == []
            assert await client.text(person.id, "x") == 0
            assert len(account.warnings) == 1
            await account.agents.end(person)
            assert read_xml(bot.got[-1][1])["Event"] == "kf_close_session"
            bot.reply = b"success"
            await person.say("还在吗")
            assert len(bot.got) == 5
            await account.agents.take(person)
            fake.clock.move(1800)
            await person.say("喂")
            assert len(bot.got) == 7

    asyncio.run(main())


def test_every_answer_is_dated_by_the_platforms_clock() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1_445_412_480.0)) as fake, aiohttp.ClientSession() as session:
            for path in ("/", "/cgi-bin/stable_token", SEND):
                async with session.get(fake.url + path) as response:
                    assert response.headers["Date"] == "Wed, 21 Oct 2015 07:28:00 GMT"

    asyncio.run(main())


def test_odd_ids_are_unique_texts() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake, SmallBot() as bot:
            account = fake.official_account(urls=[bot.url], mode="plain", odd_ids=True)
            person = account.person()
            for _ in range(3):
                await person.say("x")
            await person.unknown(numbered=False)
            ids = [read_xml(body).get("MsgId") for _, body in bot.got]
            assert len(set(ids[:3])) == 3
            assert all(
                "/" in id_ and "+" in id_ and id_.endswith("==") for id_ in map(str, ids[:3])
            )
            assert ids[3] is None

    asyncio.run(main())
