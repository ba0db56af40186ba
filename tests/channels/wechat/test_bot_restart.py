"""A killed worker, a restart, several workers: everything is answered once, in order."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage

from channels.inbox import following, workers
from tests.channels.wechat.bot import Answer, Bot, echo
from tools.wechat_simulator import Clock, FakeWeChat

NOW = 1_750_000_000.0


@pytest.fixture(autouse=True)
def quick_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.2)


def test_what_was_taken_in_before_a_kill_is_answered_after_it(tmp_path: Path) -> None:
    async def never(message: UserMessage) -> Answer:
        await asyncio.sleep(60)
        return await echo(message)

    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.official_account()
            person = account.person()
            first = Bot(tmp_path, fake, {"hall": account}, never)
            await first.__aenter__()
            await person.say("一")
            await first.asked()
            await person.say("二")
            await first.kill()
            account.urls = []
            async with Bot(tmp_path, fake, {"hall": account}):
                assert [reply.text for reply in await person.hears(2)] == ["听到：一", "听到：二"]
                await person.silence()

    asyncio.run(main())


def test_an_answer_that_rasa_gave_before_a_kill_is_not_asked_for_again(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.kf()
            person = account.person()
            fake.faults.hang("/cgi-bin/kf/send_msg")
            first = Bot(tmp_path, fake, {"hall": account})
            await first.__aenter__()
            await person.say("一")
            await first.asked()
            await asyncio.sleep(0.5)
            await first.kill()
            account.urls = []
            async with Bot(tmp_path, fake, {"hall": account}) as second:
                assert (await person.hears())[0].text == "听到：一"
                assert not second.heard

    asyncio.run(main())


def test_what_a_damaged_store_has_lost_is_read_again_from_kf_and_answered_once(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.kf()
            person = account.person()
            async with Bot(tmp_path, fake, {"hall": account}):
                for number in range(7):  # more than KF lets be sent to one message
                    assert (await person.ask(f"第{number}句")).text == f"听到：第{number}句"
            await person.say("三")  # while nobody serves
            path = tmp_path / "wechat.db"
            path.write_bytes(os.urandom(path.stat().st_size))
            # All of it at once is no haste of the person's.
            async with Bot(tmp_path, fake, {"hall": account}, messages_per_minute=3) as second:
                assert (await person.hears())[0].text == "听到：三"
                await person.silence(1)
                assert [text for _, text in second.heard] == ["三"]
            assert not list(tmp_path.glob("*.new"))

    asyncio.run(main())


def test_the_end_of_the_server_waits_for_the_message_in_work(tmp_path: Path) -> None:
    async def slow(message: UserMessage) -> Answer:
        await asyncio.sleep(0.5)
        return await echo(message)

    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.official_account()
            person = account.person()
            async with Bot(tmp_path, fake, {"hall": account}, slow) as bot:
                await person.say("一")
                await bot.asked()
                await person.say("二")
            assert [reply.text for reply in await person.hears()] == ["听到：一"]
            async with Bot(tmp_path, fake, {"hall": account}):
                assert [reply.text for reply in await person.hears()] == ["听到：二"]
                await person.silence()

    asyncio.run(main())


def test_a_platform_that_does_not_answer_is_tried_again_and_the_order_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "PAUSE_SECONDS", 0.3)

    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                person = account.person()
                await person.ask("零")
                await fake.go_offline()
                await person.say("一")
                await bot.asked(2)
                await person.say("二")
                await asyncio.sleep(1)
                await fake.go_online()
                shown = await person.hears(2, within=30)
                assert [text.text for text in shown] == ["听到：一", "听到：二"]
                await person.silence()

    asyncio.run(main())


def test_a_send_in_doubt_is_not_repeated_by_an_official_account(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}):
                person = account.person()
                fake.faults.cut("/cgi-bin/message/custom/send", carried_out=True)
                assert (await person.ask("一")).text == "听到：一"
                await person.silence(1)
                assert (await person.ask("二")).text == "听到：二"

    asyncio.run(main())
