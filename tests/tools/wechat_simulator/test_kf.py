"""KF: sending, its limits, and the welcome."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.tools.wechat_simulator.small_bot import Client
from tools.wechat_simulator import Clock, Customer, FakeWeChat, Kf

SYNC = "/cgi-bin/kf/sync_msg"
SEND = "/cgi-bin/kf/send_msg"
ON_EVENT = "/cgi-bin/kf/send_msg_on_event"
HOURS_48 = 48 * 3600


class KfClient(Client):
    """A client of the KF interfaces."""

    def __init__(self, fake: FakeWeChat, account: Kf) -> None:
        super().__init__(fake, account)
        self.corp = account

    async def sync(self, **fields: Any) -> dict[str, Any]:
        """Reads; the account is the first one."""
        return await self.call(SYNC, **{"open_kfid": self.corp.open_kfids[0], **fields})

    async def send(self, to: Customer, words: str = "x", /, **more: Any) -> int:
        """Sends a text (or what `more` says)."""
        fields = {"open_kfid": to.open_kfid, "touser": to.id, "msgtype": "text"}
        return await self.code(SEND, **{**fields, "text": {"content": words}, **more})

    async def on_event(self, code: str, **more: Any) -> int:
        """Sends a text by a code."""
        fields = {"code": code, "msgtype": "text", "text": {"content": "code"}}
        return await self.code(ON_EVENT, **{**fields, **more})


def click(key: str = "a", title: str = "A") -> dict[str, Any]:
    """Returns a line of a menu."""
    return {"type": "click", "click": {"id": key, "content": title}}


def menu(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Returns a menu message."""
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": "请选", "list": list(lines), **more}}


def test_five_messages_in_48_hours() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.kf()
            client, person = KfClient(fake, account), account.person()
            assert await client.send(person) == 95013  # has not written: the session has not begun
            await person.say("hi")
            assert [await client.send(person, str(n)) for n in range(6)] == [0] * 5 + [95001]
            assert person.texts == list("01234")
            await person.say("hi")
            assert await client.send(person) == 0
            fake.clock.move(HOURS_48)
            client.token = ""
            assert await client.send(person) == 95002
            assert await client.send(person, open_kfid="wk0") == 95004
            assert await client.send(person, touser="wm0") == 40096

    asyncio.run(main())


def test_errcode_0_is_not_delivery() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.kf(late_failures=True, tokenless_per_minute=100)
            client, person = KfClient(fake, account), account.person()
            await person.say("hi")
            account.fail_next = [13]
            assert await client.send(person, msgid="m0") == 0
            for number in range(1, 6):
                assert await client.send(person, str(number), msgid=f"m{number}") == 0
            person.refuses = True
            await person.say("hi")
            assert await client.send(person, msgid="m6") == 0
            fake.clock.move(HOURS_48)
            client.token = ""
            assert await client.send(person, msgid="m7") == 0
            await fake.settle()
            got = await client.sync()
            events = [item["event"] for item in got["msg_list"] if item["origin"] == 4]
            failed = [(event["fail_msgid"], event["fail_type"]) for event in events]
            assert failed == [("m0", 13), ("m5", 6), ("m6", 10), ("m7", 4)]
            assert events[0]["event_type"] == "msg_send_fail"
            assert events[0]["external_userid"] == person.id
            assert person.texts == list("1234")
            assert all(
                "external_userid" not in item for item in got["msg_list"] if item["origin"] == 4
            )

    asyncio.run(main())


def test_msgid_is_an_idempotency_key() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.kf()
            client, person = KfClient(fake, account), account.person()
            assert await client.send(person, msgid="m1") == 95013  # refused: not used up
            await person.say("hi")
            assert await client.send(person, msgid="m1") == 0
            assert await client.send(person, msgid="m1") == 40058
            account.repeated_msgid = 95999
            assert await client.send(person, msgid="m1") == 95999
            assert await client.send(person, msgid="a" * 32) == 0
            for wrong in ("a" * 33, "a.b", "好", " a", 7, "a\n"):
                assert await client.send(person, msgid=wrong) == 40058, wrong
            assert len(person.texts) == 2
            assert (await client.call(SEND, touser="x"))["errcode"] == 95004

    asyncio.run(main())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (menu(click("a" * 64, "b" * 128)), 0),
        (menu(*[click(str(number)) for number in range(10)]), 0),
        (menu(click(), head_content="x" * 1024, tail_content="x" * 1024), 0),
        (menu({"type": "view", "view": {"url": "https://a.b", "content": "网页"}}), 0),
        (menu(*[click(str(number)) for number in range(11)]), 95008),
        (menu(click("a" * 65)), 40058),
        (menu(click("")), 40058),
        (menu(click("a", "b" * 129)), 40058),
        (menu(click("a", "")), 40058),
        (menu(click(), head_content="x" * 1025), 45002),
        (menu(click(), tail_content="x" * 1025), 45002),
        (menu({"type": "press", "press": {}}), 95009),
        (menu({"type": "click"}), 44004),
        (menu(), 40035),
        (menu(click(), head_content=7), 40035),
        ({"text": {"content": "好" * 682 + "ab"}}, 0),
        ({"text": {"content": "好" * 683}}, 45002),
        ({"text": {"content": ""}}, 44004),
        ({"text": "x"}, 44004),
        ({"msgtype": "hologram"}, 40008),
    ],
)
def test_bodies(fields: dict[str, Any], code: int) -> None:
    async def main() -> None:
        async with FakeWeChat() as fake:
            account = fake.kf()
            client, person = KfClient(fake, account), account.person()
            await person.say("hi")
            assert await client.send(person, **fields) == code
            assert len(person.texts) == (code == 0)

    asyncio.run(main())


def test_a_click_comes_back_as_text_with_menu_id() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.kf()
            client, person = KfClient(fake, account), account.person()
            await person.say("hi")
            assert await client.send(person, **menu(click("a", "甲"), click("b", "乙"))) == 0
            assert await client.send(person, **menu(click("c", "甲"))) == 0
            assert [reply.titles for reply in await person.hears(2)] == [["甲", "乙"], ["甲"]]
            await person.click("甲")  # of the newest menu
            await person.click("乙")
            items = (await client.sync())["msg_list"][1:]
            assert [item["text"] for item in items] == [
                {"content": "甲", "menu_id": "c"},
                {"content": "乙", "menu_id": "b"},
            ]
            assert person.quota_windows.left == 5
            with pytest.raises(AssertionError, match="no menu has 丙"):
                await person.click("丙")

    asyncio.run(main())


def test_welcome_once_within_20_seconds() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.kf(tokenless_per_minute=100)
            client, person = KfClient(fake, account), account.person()

            async def entered() -> str:
                await person.enter("door")
                event = (await client.sync())["msg_list"][-1]["event"]
                assert (event["event_type"], event["scene"]) == ("enter_session", "door")
                return str(event.get("welcome_code", ""))

            code = await entered()
            fake.clock.move(20)
            assert await client.on_event(code) == 40029
            code = await entered()
            assert person.state == 4
            fake.clock.move(19)
            assert await client.on_event(code, msgtype="image", image={}) == 40008
            assert await client.on_event(code, **menu(click())) == 0
            assert person.seen[-1].via == "event"
            assert await client.on_event(code) == 40029
            assert await client.on_event("made up") == 40029
            assert await entered() == ""
            fake.clock.move(HOURS_48)
            client.token = ""
            await person.say("hi")
            assert person.quota_windows.left == 5  # the welcome did not count
            assert await entered() == ""
            fake.clock.move(HOURS_48)
            client.token = ""
            account.native_welcome = True
            assert await entered() == ""
            account.native_welcome = False
            assert await entered() != ""

    asyncio.run(main())
