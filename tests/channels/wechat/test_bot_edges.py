"""Where answers could get lost, doubled or misread: each was found by a review, and fixed."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from channels.inbox import following, workers
from channels.inbox.store import StoreError
from channels.turns import TURNS
from channels.wechat import app as application
from channels.wechat.conversation import kf_sync
from channels.wechat.messages import MESSAGES
from tests.channels.wechat.bot import BUTTONS, Answer, Bot, echo, offering
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator.customer import BOT, HUMAN

NOW = 1_750_000_000.0
SEND = "/cgi-bin/message/custom/send"
LONG = "".join(f"第{i}句话，请您照着做。" for i in range(420))


async def longer(message: UserMessage) -> Answer:
    """Needs more sends than there are, its buttons at the end, on 长."""
    return {"text": LONG, "buttons": BUTTONS} if message.text == "长" else await echo(message)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(workers, "PAUSE_SECONDS", 0.3)


@pytest.mark.parametrize("fault", ["busy", "token"])
def test_a_refused_send_is_made_after_a_restart(tmp_path: Path, fault: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.official_account()
            person = account.person()
            async with Bot(tmp_path, fake, {"hall": account}):
                await person.ask("零")
                if fault == "busy":
                    fake.faults.code(SEND, 45011, times=9)
                else:
                    fake.faults.code(SEND, 42001)
                    fake.faults.hang("/cgi-bin/stable_token")
                await person.say("一")
                await asyncio.sleep(0.5)
            fake.faults.clear()
            account.urls = []
            async with Bot(tmp_path, fake, {"hall": account}):
                assert [reply.text for reply in await person.hears()] == ["听到：一"]
                await person.silence()

    asyncio.run(main())


def test_a_number_means_no_button_that_nobody_has_seen(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, longer) as bot:
                person = account.person()
                await person.say("长")
                shown = await person.hears(4)
                assert "回复 1" not in "".join(text.text for text in shown)
                await person.say("1")
                rest = await person.hears()
                assert bot.heard[-1][1] != "/next_step"
                assert "1. 好了，下一步" not in rest[0].text  # overtaken

    asyncio.run(main())


def test_who_asks_for_the_rest_gets_the_rest_and_nothing_else(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, longer) as bot:
                person = account.person()
                await person.say("长")
                shown = await person.hears(4)
                while shown[-1].text.endswith(MESSAGES["more"]) or "第419句" not in shown[-1].text:
                    await person.say("继续")
                    shown += await person.hears()
                    await asyncio.sleep(0.2)
                    shown += person.seen[len(shown) :]
                    person.transcript.forget()
                assert len(bot.heard) == 1

    asyncio.run(main())


def test_nothing_of_what_was_said_stays_in_the_store(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}):
                person = account.person()
                await person.ask("我家住在幸福路")
                await asyncio.sleep(0.3)
                with sqlite3.connect(tmp_path / "wechat.db") as kept:
                    values = [row for (row,) in kept.execute("SELECT value FROM wechat_kept")]
                    items = [row for (row,) in kept.execute("SELECT content FROM wechat_inbox")]
                assert values
                assert not [value for value in values if "幸福路" in value]
                assert items
                assert not any(items)

    asyncio.run(main())


def test_a_menu_of_a_forgotten_conversation_runs_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, offering, {"menus": True}) as bot:
                person = account.person()
                await person.ask("你好")
                await person.unfollow()
                await person.follow()
                await person.hears()
                old = next(message for message in person.seen if message.items).items[0]
                await person._clicks(old)
                await person.hears()
                assert bot.heard[-1][1] == old.title

    asyncio.run(main())


@pytest.mark.parametrize("text", ["/", "  ", "///"])
def test_a_message_without_words_is_not_asked(tmp_path: Path, text: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                assert (await account.person().ask(text)).text.startswith(MESSAGES["empty"])
                assert not bot.heard

    asyncio.run(main())


def test_every_kf_account_is_known_after_a_restart(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            account.open_kfids += ["wkB" * 10, "wkC" * 10, "wkD" * 10]
            people = [account.person(open_kfid=kfid) for kfid in account.open_kfids]
            async with Bot(tmp_path, fake, {"kf": account}):
                await asyncio.gather(*(person.say("一") for person in people))
                for person in people:
                    await person.hears()
            fake.clock.move(60)
            for person in people:
                await person.say("二")
            fake.clock.move(60)
            async with Bot(tmp_path, fake, {"kf": account}):
                for person in people:
                    assert (await person.hears())[0].text == "听到：二"

    asyncio.run(main())


def test_what_could_not_be_read_is_read_without_another_push(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kf_sync, "LOOK_SECONDS", 1.0)
    monkeypatch.setattr(application, "LOOK_SECONDS", 1.0)

    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.kf(tokenless_per_minute=60)
            async with Bot(tmp_path, fake, {"kf": account}):
                person = account.person()
                await person.ask("一")
                fake.faults.code("/cgi-bin/kf/sync_msg", 60020)
                await person.say("二")
                assert (await person.hears())[0].text == "听到：二"

    asyncio.run(main())


def test_what_kf_told_while_the_store_was_away_is_read_soon_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "AGAIN_SECONDS", 0.2)

    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.kf(tokenless_per_minute=60)
            account.pusher.patience = 0.3
            async with Bot(tmp_path, fake, {"kf": account}) as bot:
                person = account.person()
                await person.ask("一")
                add = bot.store.add

                async def away(*_: Any) -> bool:
                    raise StoreError("away")

                bot.store.add = away
                push = await person.say("二")
                assert len(push.attempts) == 3
                assert not push.acknowledged
                bot.store.add = add
                assert (await person.hears())[0].text == "听到：二"
                await person.silence()

    asyncio.run(main())


def test_who_comes_while_too_many_wait_is_answered_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                person = account.person()
                await person.ask("一")
                monkeypatch.setattr(TURNS, "wait", lambda: 7)
                for _ in range(2):  # each of them, not once a minute
                    assert (await person.ask("二")).text.startswith(MESSAGES["busy"])
                monkeypatch.undo()
                assert (await person.ask("三")).text == "听到：三"
                assert [text for _, text in bot.heard] == ["一", "三"]

    asyncio.run(main())


def test_kf_items_that_no_customer_wrote_are_not_answered(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}) as bot:
                person = account.person()
                await person.ask("一")
                await account.happened(person, 4, "text", text={"content": "系统的话"})
                await account.event(person, "")
                await person.silence()
                assert len(bot.heard) == 1

    asyncio.run(main())


def test_a_welcome_takes_nothing_along_that_waits(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}):
                person = account.person()
                account.fail_next = [4]
                await person.say("你好")
                await fake.settle()
                await asyncio.sleep(0.3)
                fake.clock.move(49 * 3600)
                await person.enter()
                assert (await person.hears())[0].text == "听到：/greet"
                assert (await person.ask("在吗")).text == "听到：你好\n\n听到：在吗"

    asyncio.run(main())


def test_whether_a_human_serves_is_asked_until_it_is_known(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}):
                person = account.person()
                await person.ask("零")
                person.change(HUMAN, "zhangsan")
                await person.say("一")  # 95018: silent
                await person.silence(0.5)
                person.change(BOT)
                fake.faults.status("/cgi-bin/kf/service_state/get", times=5)
                await person.say("二")
                assert (await person.hears(within=30))[0].text.endswith("听到：二")

    asyncio.run(main())
