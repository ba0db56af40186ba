"""WeCom's customer service: the hand-over to a human and the way back."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage

from channels.inbox import following, workers
from channels.wechat.messages import MESSAGES
from tests.channels.wechat.bot import BUREAU, Answer, Bot, echo
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator.customer import BOT, ENDED, HUMAN, QUEUE

NOW = 1_750_000_000.0
HANDOFF = "/cgi-bin/kf/service_state/trans"
NOTE = "已试过：手机号验证。"


async def with_agents(message: UserMessage) -> Answer:
    """Hands over on 人工; shows a bureau on 机关."""
    answer = await echo(message)
    if "人工" in message.text or message.text == "/human_agent":
        answer["handoff"] = {"reason": "asked", "note": NOTE}
    if "机关" in message.text:
        answer["blocks"] = [BUREAU]
    return answer


def test_a_person_is_handed_over_and_the_assistant_is_silent_until_it_is_over(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            agents = {"agents": True}
            async with Bot(tmp_path, fake, {"kf": account}, with_agents, agents) as bot:
                person = account.person()
                shown = await person.ask("我要人工")
                assert shown.text.startswith(MESSAGES["handoff"])
                assert NOTE in shown.text
                await asyncio.sleep(0.2)
                assert person.state == QUEUE
                await person.say("有人吗")
                await person.silence()
                await account.servicers.take(person)
                await account.servicers.say(person, "您好")
                await person.hears()
                await person.say("请帮我看看")
                await person.silence()
                assert len(bot.heard) == 1
                await account.servicers.end(person)
                shown = (await person.hears())[0]
                assert (shown.text, shown.via) == (MESSAGES["handoff_again"], "event")
                assert (await person.ask("谢谢")).text == "听到：谢谢"
                assert not [call for call in account.calls if (call.answer or {}).get("errcode")]

    asyncio.run(main())


def test_a_named_servicer_gets_the_conversation(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            fields = {"agents": True, "servicer": "lisi"}
            async with Bot(tmp_path, fake, {"kf": account}, with_agents, fields):
                person = account.person()
                await person.ask("找人工")
                await asyncio.sleep(0.2)
                assert (person.state, person.servicer) == (HUMAN, "lisi")

    asyncio.run(main())


def test_where_nobody_can_take_over_the_bureau_is_given(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            fields = {"agents": True, "servicer": "nobody"}
            async with Bot(tmp_path, fake, {"kf": account}, with_agents, fields):
                person = account.person()
                await person.say("找人工")
                shown = await person.hears(2)
                assert shown[-1].text == f"{MESSAGES['handoff_failed']}\n\n听到：找人工"
                assert (await person.ask("你好")).text == "听到：你好"

    asyncio.run(main())


def test_a_human_who_takes_the_conversation_unasked_is_noticed(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}, echo, {"agents": True}) as bot:
                person = account.person()
                await person.ask("一")
                person.change(HUMAN, "zhangsan")  # 95018 tells
                await person.say("二")
                await person.silence()
                await person.say("三")
                await person.silence()
                assert [text[1] for text in bot.heard] == ["一", "二"]
                person.change(BOT)
                shown = await person.ask("四")
                assert shown.text == f"{MESSAGES['handoff_again']}\n\n听到：四"

    asyncio.run(main())


def test_a_handoff_that_was_doubtful_is_not_told_to_have_failed(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}, with_agents, {"agents": True}):
                person = account.person()
                fake.faults.cut(HANDOFF, carried_out=True)
                await person.ask("人工")
                await asyncio.sleep(0.5)
                assert person.state == QUEUE
                await person.silence()

    asyncio.run(main())


def test_the_bureau_offers_a_human_where_there_is_one(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}, with_agents, {"agents": True}):
                person = account.person()
                shown = await person.ask("登记机关")
                assert shown.titles == [MESSAGES["handoff_button"]]
                await person.click(MESSAGES["handoff_button"])
                assert (await person.hears())[0].text.startswith(MESSAGES["handoff"])

    asyncio.run(main())


def test_in_the_pool_without_agents_the_log_and_health_say_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A rule of the console's, or somebody's click, puts a conversation there."""

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}) as bot:
                person, other = account.person(), account.person()
                await person.ask("一")
                person.change(QUEUE)
                await person.say("二")
                await person.silence(0.5)
                waiting = [{"what": "waiting_in_pool", "conversations": 1}]
                assert bot.channel._health.report()["warnings"] == waiting
                errors = [
                    record.getMessage() for record in caplog.records if record.levelname == "ERROR"
                ]
                assert len(errors) == 1
                assert "pool" in errors[0]
                assert "agents is false" in errors[0]
                assert "a human serves" not in caplog.text
                assert "docs/wechat.md" in errors[0]
                await person.say("三")  # it is still there: asked before anything else is done
                await person.silence()
                assert [text[1] for text in bot.heard] == ["一", "二"]
                assert caplog.text.count("agents is false") == 2
                assert (await other.ask("四")).text == "听到：四"
                await account.servicers.take(person)
                await account.servicers.end(person)
                await fake.settle()
                await person.hears()
                assert bot.channel._health.report() == {"status": "ok"}
                shown = await person.ask("五")
                assert shown.text == "听到：二\n\n听到：五"

    asyncio.run(main())


def test_out_of_the_pool_again_the_person_is_answered(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}) as bot:
                person = account.person()
                await person.ask("一")
                person.change(QUEUE)
                await person.say("二")
                await person.silence()
                person.change(BOT)
                assert (await person.ask("三")).text == "听到：二\n\n听到：三"
                assert bot.channel._health.report() == {"status": "ok"}

    asyncio.run(main())


@pytest.mark.parametrize(
    ("state", "agents", "said"),
    [
        (HUMAN, False, "a human serves"),
        (HUMAN, True, "a human serves"),
        (QUEUE, True, "waits in the pool"),
    ],
)
def test_the_log_says_who_has_the_conversation(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, state: int, agents: bool, said: str
) -> None:
    caplog.set_level(logging.INFO, "channels")

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}, echo, {"agents": agents}) as bot:
                person = account.person()
                await person.ask("一")
                person.change(state, "zhangsan" if state == HUMAN else "")
                await person.say("二")
                await person.silence(0.5)
                texts = [record.getMessage() for record in caplog.records]
                assert len([text for text in texts if said in text]) == 1
                assert sum("so nothing is said" in text for text in texts) == 1
                levels = {
                    record.levelname for record in caplog.records if said in record.getMessage()
                }
                assert levels == {"INFO" if agents else "WARNING"}
                warnings = bot.channel._health.report().get("warnings")
                served = [{"what": "served_by_human", "conversations": 1}]
                assert warnings == (None if agents else served)

    asyncio.run(main())


@pytest.mark.parametrize("state", [BOT, ENDED])
def test_a_state_that_has_changed_meanwhile_loses_no_answer(
    tmp_path: Path, state: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The send is refused, and when it is asked why, the conversation is ours again or ended."""
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(workers, "PAUSE_SECONDS", 0.3)

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}):
                person = account.person()
                await person.ask("一")
                fake.faults.code("/cgi-bin/kf/send_msg", 95018)
                await person.say("二")
                if state == BOT:
                    assert (await person.hears())[0].text == "听到：二"
                    return
                person.change(ENDED)
                await person.silence(1.0)
                assert (await person.ask("三")).text == "听到：二\n\n听到：三"

    asyncio.run(main())
