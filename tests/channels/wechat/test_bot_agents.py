"""Official accounts and mini-programs: the hand-over to a human, and the way back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage

from channels.wechat.conversation import agents
from channels.wechat.conversation.agents import SERVED_SECONDS
from channels.wechat.messages import MESSAGES
from tests.channels.wechat.bot import Answer, Bot
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator.messenger import Messenger

NOW = 1_750_000_000.0
NOTE = "已试过：手机号验证。"
AGENTS = {"agents": True}
unhurried = pytest.mark.usefixtures("patient_platform")


@pytest.fixture
def patient_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform that waits for longer than a second: a busy machine decides late."""
    for name in ("DECISION_SECONDS", "CLAIM_SECONDS"):
        monkeypatch.setattr(agents, name, 10.0)


async def with_agents(message: UserMessage) -> Answer:
    """Hands over on 人工, after two misses on 听不懂."""
    answer: Answer = {"text": f"听到：{message.text}"}
    for word, reason in (("人工", "asked"), ("听不懂", "cannot_handle")):
        if word in message.text:
            answer["handoff"] = {"reason": reason, "note": NOTE}
    return answer


def opened(fake: FakeWeChat, kind: str) -> Messenger:
    if kind == "official_account":
        return fake.official_account()
    return fake.mini_program(format=kind)


@pytest.mark.parametrize("kind", ["official_account", "xml", "json"])
def test_a_person_is_handed_over_with_a_note_and_greeted_again(tmp_path: Path, kind: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = opened(fake, kind)
            async with Bot(tmp_path, fake, {"hall": account}, with_agents, AGENTS) as bot:
                person = account.person()
                push = await person.say("我要人工")
                assert push.answer
                assert push.answer.kind == "handoff"
                assert push.attempts[0].took < 1
                shown = (await person.hears())[0]
                opening = MESSAGES["handoff"] + MESSAGES["handoff_leave"]
                assert shown.text == f"{opening}\n\n可以把这段话发给客服：\n{NOTE}"
                push = await person.say("有人吗")  # nobody has come yet
                assert push.answer
                assert push.answer.kind == "handoff"
                await account.agents.take(person)
                await account.agents.say(person, "您好")
                await person.hears()
                await person.say("密码忘了")
                await person.silence()
                await account.agents.end(person)
                if kind == "official_account":
                    shown = (await person.hears())[0]
                    assert shown.text.startswith(MESSAGES["handoff_again"])
                    assert (await person.ask("谢谢")).text == "听到：谢谢"
                assert [text[1] for text in bot.heard][:1] == ["我要人工"]
                assert not account.failures
                assert not account.warnings

    asyncio.run(main())


def test_after_half_an_hour_the_assistant_is_back(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.mini_program()
            async with Bot(tmp_path, fake, {"hall": account}, with_agents, AGENTS):
                person = account.person()
                await person.ask("人工")
                fake.clock.move(SERVED_SECONDS + 1)
                shown = await person.ask("你好")
                assert shown.text == f"{MESSAGES['handoff_back']}\n\n听到：你好"

    asyncio.run(main())


def test_a_decision_that_comes_late_takes_the_next_word(tmp_path: Path) -> None:
    async def slow(message: UserMessage) -> Answer:
        await asyncio.sleep(1.0)
        return await with_agents(message)

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, slow, AGENTS) as bot:
                person = account.person()
                await person.ask("你好")  # the first message of all loads what the next ones use
                push = await person.say("人工")
                assert push.answer
                assert push.answer.kind == "silence"
                assert push.attempts[0].took < 1
                shown = (await person.hears())[0]
                assert shown.text.startswith(MESSAGES["handoff_next_word"])
                push = await person.say("好")
                assert push.answer
                assert push.answer.kind == "handoff"
                assert len(bot.heard) == 2

    asyncio.run(main())


def test_who_does_not_want_to_wait_comes_back(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, with_agents, AGENTS):
                person = account.person()
                await person.ask("人工")
                assert (await person.ask("返回")).text.startswith(MESSAGES["left_queue"])
                assert (await person.ask("你好")).text == "听到：你好"

    asyncio.run(main())


def test_who_was_not_understood_twice_is_handed_over_without_asking(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, with_agents, AGENTS):
                person = account.person()
                assert (await person.ask("听不懂")).text.startswith(
                    MESSAGES["handoff_cannot_handle"]
                )

    asyncio.run(main())


def test_where_there_are_no_agents_the_assistant_answers_itself(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, with_agents):
                person = account.person()
                push = await person.say("人工")
                assert push.answer
                assert push.answer.kind == "silence"
                assert (await person.hears())[0].text == "听到：人工"

    asyncio.run(main())


@unhurried
def test_a_retry_of_the_push_is_handed_over_too(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, with_agents, AGENTS) as bot:
                person = account.person()
                account.pusher.lose_answers = 2
                push = await person.say("人工")
                assert push.answer
                assert push.answer.kind == "handoff"
                await person.hears()
                await person.silence()
                assert len(bot.heard) == 1

    asyncio.run(main())


@unhurried
def test_a_message_that_comes_while_the_conversation_is_handed_over_goes_along(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        is_asked = asyncio.Event()

        async def slow(message: UserMessage) -> Answer:
            is_asked.set()
            await asyncio.sleep(0.4)
            return await with_agents(message)

        async with FakeWeChat(Clock()) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, slow, AGENTS):
                person = account.person()
                saying = [asyncio.create_task(person.say("人工"))]
                await asyncio.wait_for(is_asked.wait(), 10)  # alone: it is no burst with the next
                saying.append(asyncio.create_task(person.say("执照丢了")))
                kinds = [(await word).answer for word in saying]
                assert [kind.kind for kind in kinds if kind] == ["handoff", "handoff"]

    asyncio.run(main())


def test_an_end_that_overtakes_its_beginning_is_the_end(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, with_agents, AGENTS):
                person = account.person()
                await person.ask("你好")
                await person.say("人工")
                await person.hears()
                account.pusher.hold = True
                await account.agents.take(person)
                fake.clock.move(20)
                await account.agents.end(person)
                await account.pusher.release([1, 0])
                assert (await person.hears())[0].text.startswith(MESSAGES["handoff_again"])
                assert (await person.ask("谢谢")).text.endswith("听到：谢谢")

    asyncio.run(main())


def test_a_late_copy_of_the_wish_does_not_bring_the_human_back(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, with_agents, AGENTS):
                person = account.person()
                first = await person.say("人工")
                await person.hears()
                await person.ask("返回")
                await account.pusher._deliver(first)
                push = await person.say("密码忘了")
                assert push.answer
                assert push.answer.kind == "silence"

    asyncio.run(main())
