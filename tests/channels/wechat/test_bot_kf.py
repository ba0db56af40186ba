"""WeCom's customer service against the strict fake: reading, menus, failures, agents."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from channels.wechat.messages import MESSAGES
from tests.channels.wechat.bot import BUTTONS, Answer, Bot, offering
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator.customer import HUMAN

NOW = 1_750_000_000.0
SEND, SYNC = "/cgi-bin/kf/send_msg", "/cgi-bin/kf/sync_msg"


def test_the_address_is_checked_and_a_message_is_read_and_answered(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}):
                check = await account.check_url()
                assert check.passed
                assert check.took < 1
                person = account.person()
                assert (await person.ask("收不到验证码")).text == "听到：收不到验证码"
                assert max(account.pusher.took) < 1
                assert not account.failures
                assert not account.warnings

    asyncio.run(main())


def test_older_messages_are_not_answered_on_a_first_start(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf(page=3)
            person, other = account.person(), account.person()
            for i in range(10):
                await person.say(f"旧{i}")
            fake.clock.move(60)
            account.empty_pages = 2
            async with Bot(tmp_path, fake, {"kf": account}) as bot:
                assert (await other.ask("新的")).text == "听到：新的"
                await person.silence()
                assert len(bot.heard) == 1

    asyncio.run(main())


def test_the_cursor_survives_a_restart_and_a_pause_is_made_up_for(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            person = account.person()
            async with Bot(tmp_path, fake, {"kf": account}):
                await person.ask("一")
            fake.clock.move(3_600)
            await person.say("二")  # nobody is there, the push is lost
            fake.clock.move(3_600)
            async with Bot(tmp_path, fake, {"kf": account}) as bot:
                assert (await person.hears())[0].text == "听到：二"
                await person.silence()
                assert len(bot.heard) == 1

    asyncio.run(main())


def test_everything_is_drained_and_one_sync_runs_at_a_time(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf(page=2)
            async with Bot(tmp_path, fake, {"kf": account}) as bot:
                account.pusher.hold = True
                people = [account.person() for _ in range(11)]
                for person in people:
                    await person.say("你好")
                account.empty_pages = 3
                await account.pusher.release(at_once=True)
                for person in people:
                    await person.hears()
                    await person.silence(0.01)
                assert len(bot.heard) == len(people)
                cursors = [call.fields.get("cursor", "") for call in account.called(SYNC)]
                assert len(cursors) < len(people) * 4

    asyncio.run(main())


def test_a_push_repeated_or_lost_is_answered_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}) as bot:
                person = account.person()
                account.pusher.concurrent = True
                await person.say("你好")
                await person.hears()
                account.pusher.concurrent, account.pusher.lose_answers = False, 2
                await person.say("还在吗")
                await person.hears()
                await person.silence()
                assert len(bot.heard) == 2

    asyncio.run(main())


def test_only_customers_are_answered(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}) as bot:
                person = account.person()
                await person.ask("你好")
                person.change(HUMAN, "zhangsan")
                await account.servicers.say(person, "我是人工")
                await asyncio.sleep(0.2)
                assert len(bot.heard) == 1

    asyncio.run(main())


def test_menus_are_clicked(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}, offering) as bot:
                person = account.person()
                shown = await person.ask("你好")
                assert shown.text == "听到：你好"
                assert shown.titles == [button["title"] for button in BUTTONS]
                await person.click("卡住了")
                await person.hears()
                await person.click("好了，下一步")
                await person.hears()
                assert [text[1] for text in bot.heard[1:]] == ["/stuck_at_step", "/next_step"]

    asyncio.run(main())


def test_a_long_text_has_its_buttons_in_one_message(tmp_path: Path) -> None:
    async def long(message: UserMessage) -> Answer:
        return {"text": "请您照着做。" * 80, "buttons": BUTTONS}

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}, long) as bot:
                person = account.person()
                shown = await person.ask("你好")
                assert "1. 好了，下一步" in shown.text
                await person.ask("1")
                assert bot.heard[-1][1] == "/next_step"

    asyncio.run(main())


def test_who_enters_is_welcomed_in_time_and_at_no_cost(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}, offering) as bot:
                person = account.person()
                await person.enter()
                shown = (await person.hears())[0]
                assert (shown.text, shown.via) == ("听到：/greet", "event")
                assert shown.titles == [button["title"] for button in BUTTONS]
                await person.click("卡住了")
                await person.hears()
                assert bot.heard[-1][1] == "/stuck_at_step"
                await person.enter()  # again: no code, no welcome
                await person.silence()

    asyncio.run(main())


def test_a_welcome_that_is_too_late_is_left(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}):
                person = account.person()
                account.pusher.hold = True
                await person.enter()
                fake.clock.move(25)
                await account.pusher.release()
                await person.silence()
                assert not account.called("/cgi-bin/kf/send_msg_on_event")

    asyncio.run(main())


@pytest.mark.parametrize("kind", [4, 6])
def test_what_did_not_arrive_comes_with_the_next_word(tmp_path: Path, kind: int) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}):
                person = account.person()
                account.fail_next = [kind]
                await person.say("一")
                await person.silence()
                await fake.settle()
                await asyncio.sleep(0.2)
                shown = await person.ask("二")
                assert shown.text == "听到：一\n\n听到：二"

    asyncio.run(main())


def test_a_doubtful_send_is_repeated_under_its_msgid_and_shown_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}):
                person = account.person()
                for text, done in (("一", True), ("二", False)):
                    fake.faults.cut(SEND, carried_out=done)
                    shown = await person.ask(text, within=15)
                    assert shown.text == f"听到：{text}"
                    await person.silence()
                msgids = [call.fields["msgid"] for call in account.called(SEND)]
                assert len(set(msgids)) == 2

    asyncio.run(main())


def test_everything_a_customer_can_send_has_an_answer(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}) as bot:
                person = account.person()
                sendings: list[tuple[Any, str]] = [
                    (person.voice(), MESSAGES["voice"]),
                    (person.image(), "听到：/send_picture"),
                    (person.video(), MESSAGES["video"]),
                    (person.file(), MESSAGES["file"]),
                    (person.link("标题", "https://example.com"), MESSAGES["link"]),
                    (person.card("卡片"), MESSAGES["card"]),
                    (person.business_card(), MESSAGES["card"]),
                    (person.unknown(), MESSAGES["unknown"]),
                    (person.say("[微笑]"), MESSAGES["emoji"]),
                    (person.location(30.2, 120.1, "杭州市余杭区"), "听到：找杭州市余杭区"),
                ]
                for sending, expected in sendings:
                    await sending
                    assert (await person.hears())[0].text.startswith(expected)
                assert len(bot.heard) == 2
                await account.event(person, "something_new", thing=1)
                await person.silence()

    asyncio.run(main())
