"""An account that may only answer passively: within five seconds, or with the next word."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage

from channels.wechat.conversation import passive_replies
from channels.wechat.messages import MESSAGES
from tests.channels.wechat.bot import Answer, Bot, echo, offering
from tools.wechat_simulator import Clock, FakeWeChat

NOW = 1_750_000_000.0
UNVERIFIED = {"verified": False}


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passive_replies, "ANSWER_SECONDS", 0.8)


async def slow(message: UserMessage) -> Answer:
    """Needs longer than a push may wait."""
    if message.text.startswith("慢"):
        await asyncio.sleep(1.2)
    return await echo(message)


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_the_answer_is_that_of_the_push(tmp_path: Path, mode: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account(verified=False, mode=mode)
            async with Bot(tmp_path, fake, {"hall": account}, offering, UNVERIFIED) as bot:
                person = account.person()
                shown = await person.ask("你好")
                assert shown.via == "passive"
                assert shown.text == "听到：你好\n\n1. 好了，下一步\n2. 卡住了\n回复 1、2 即可"
                await person.ask("2")
                assert bot.heard[-1][1] == "/stuck_at_step"
                await person.follow()
                assert (await person.hears())[0].text.startswith("听到：/greet")
                await person.view("https://example.com")
                await person.silence()
                assert not account.calls
                assert not account.failures

    asyncio.run(main())


@pytest.mark.parametrize("poke", ["1", "好", "看答案", "？"])
def test_what_is_not_ready_in_time_comes_with_the_next_word(tmp_path: Path, poke: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account(verified=False)
            async with Bot(tmp_path, fake, {"hall": account}, slow, UNVERIFIED) as bot:
                person = account.person()
                assert (await person.ask("慢")).text == MESSAGES["not_ready"]
                await asyncio.sleep(0.6)
                assert (await person.ask(poke)).text == "听到：慢"
                assert len(bot.heard) == 1
                assert (await person.ask("你好")).text == "听到：你好"

    asyncio.run(main())


def test_a_question_instead_of_a_word_is_answered_too(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account(verified=False)
            async with Bot(tmp_path, fake, {"hall": account}, slow, UNVERIFIED):
                person = account.person()
                await person.ask("慢")
                await asyncio.sleep(0.6)
                shown = await person.ask("那刷脸呢")
                assert shown.text == "听到：慢\n\n听到：那刷脸呢"

    asyncio.run(main())


def test_retries_get_the_same_answer_and_are_asked_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account(verified=False)
            async with Bot(tmp_path, fake, {"hall": account}, slow, UNVERIFIED) as bot:
                person = account.person()
                account.pusher.concurrent = True
                assert (await person.ask("你好")).text == "听到：你好"
                account.pusher.concurrent, account.pusher.lose_answers = False, 2
                push = await person.say("慢一")
                assert (await person.hears())[0].text == MESSAGES["not_ready"]
                assert (
                    len({attempt.answer.text for attempt in push.attempts if attempt.answer}) == 1
                )
                await asyncio.sleep(1)
                assert (await person.ask("1")).text == "听到：慢一"
                assert len(bot.heard) == 2
                assert not account.failures

    asyncio.run(main())


def test_a_long_answer_comes_in_pieces(tmp_path: Path) -> None:
    text = "".join(f"第{i}句话，请您照着做。" for i in range(150))

    async def long(message: UserMessage) -> Answer:
        return {"text": text if message.text == "长" else "好的"}

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account(verified=False)
            async with Bot(tmp_path, fake, {"hall": account}, long, UNVERIFIED):
                person = account.person()
                pieces = [(await person.ask("长")).text]
                while pieces[-1].endswith(MESSAGES["more"]):
                    pieces.append((await person.ask("继续")).text)
                assert len(pieces) > 1
                assert "".join(pieces).replace("\n" + MESSAGES["more"], "") == text
                assert not account.failures

    asyncio.run(main())
