"""Odd ids, new types, quotes, forwarded chats and placeholders, against the strict fake."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from channels.wechat.messages import MESSAGES
from tests.channels.wechat.bot import Bot, offering
from tools.wechat_simulator import Clock, FakeWeChat

NOW = 1_750_000_000.0
OWN = "刷脸刷不过"


@pytest.mark.parametrize("as_json", [False, True])
def test_a_message_with_an_odd_id_is_answered_once(tmp_path: Path, as_json: bool) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.mini_program(odd_ids=True, format="json" if as_json else "xml")
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                person = account.person()
                account.pusher.lose_answers = 2
                assert (await person.ask("你好")).text == "听到：你好"
                account.pusher.concurrent = True
                assert (await person.ask("你好")).text == "听到：你好"
                await person.silence()
                assert len(bot.heard) == 2
                assert not account.failures

    asyncio.run(main())


@pytest.mark.parametrize("odd", [True, None])
def test_a_message_to_kf_with_an_odd_id_or_none_is_answered_once(
    tmp_path: Path, odd: bool | None
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf(odd_ids=odd)
            async with Bot(tmp_path, fake, {"kf": account}) as bot:
                person = account.person()
                account.pusher.duplicates = 2
                await person.enter()
                assert (await person.hears())[0].text == "听到：/greet"
                assert (await person.ask("你好")).text == "听到：你好"
                await person.silence()
                assert len(bot.heard) == 2

    asyncio.run(main())


@pytest.mark.parametrize("verified", [True, False])
def test_a_new_type_without_an_id_is_answered_once(tmp_path: Path, verified: bool) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account(verified=verified)
            async with Bot(tmp_path, fake, {"hall": account}, fields={"verified": verified}):
                person = account.person()
                account.pusher.lose_answers = 2
                await person.unknown(numbered=False, Depth=3)
                assert (await person.hears())[0].text.startswith(MESSAGES["unknown"])
                await person.silence()
                assert not account.failures

    asyncio.run(main())


@pytest.mark.parametrize("name", ["event_of_tomorrow", "an event: with odd signs/+=", "編號"])
def test_an_unknown_event_is_acknowledged_and_not_answered(tmp_path: Path, name: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                person = account.person()
                push = await person.event(name, Anything="x")
                assert push.acknowledged
                assert len(push.attempts) == 1
                await person.silence()
                assert not bot.heard
                assert not account.failures

    asyncio.run(main())


def test_a_push_of_nobody_is_acknowledged(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                for fields in ({"MsgType": "event", "Event": "x"}, {"MsgType": "text"}, {"A": "b"}):
                    push = await account.pusher.push({"ToUserName": "gh_1", **fields})
                    assert push.acknowledged
                assert not bot.heard

    asyncio.run(main())


def test_a_quote_is_not_asked_and_what_stands_below_it_is(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            hall, kf = fake.official_account(), fake.kf()
            async with Bot(tmp_path, fake, {"hall": hall, "kf": kf}, offering) as bot:
                for person in (hall.person(), kf.person()):
                    await person.quote("收不到验证码怎么办？回复 1、2 即可", OWN)
                    assert (await person.hears())[0].text.startswith(f"听到：{OWN}")
                    await person.quote("收不到验证码怎么办", "")
                    assert (await person.hears())[0].text.startswith(MESSAGES["quote"])
                assert [text[1] for text in bot.heard] == [OWN, OWN]

    asyncio.run(main())


def test_a_number_below_a_quote_is_its_button(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, offering) as bot:
                person = account.person()
                shown = await person.ask("你好")
                await person.quote(shown.text, "2")
                await person.hears()
                assert bot.heard[-1][1] == "/stuck_at_step"

    asyncio.run(main())


def test_a_long_quote_does_not_make_a_message_too_long(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}):
                person = account.person()
                await person.quote("请您照着做。" * 400, OWN)
                assert (await person.hears())[0].text == f"听到：{OWN}"

    asyncio.run(main())


def test_a_forwarded_chat_is_not_asked(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}) as bot:
                person = account.person()
                await person.forward(("甲", "收不到验证码"), ("乙", "我也是"))
                assert (await person.hears())[0].text.startswith(MESSAGES["forwarded"])
                assert not bot.heard

    asyncio.run(main())


def test_a_placeholder_is_not_asked_in_whatever_wording(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                person = account.person()
                for shown, name in (
                    ("[收到不支持的消息类型,暂时无法显示]", "unknown"),
                    ("【收到不支援的訊息類型，暫時無法顯示】", "unknown"),
                    ("[动画表情]", "emoji"),
                ):
                    await person.sticker(shown)
                    assert (await person.hears())[0].text.startswith(MESSAGES[name])
                assert not bot.heard

    asyncio.run(main())
