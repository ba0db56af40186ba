"""Messages that come within moments are one thought: read together, answered once, nothing lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from channels.bursts import MAX_TEXTS
from channels.inbox import following
from channels.inbox.store import Store
from channels.messages import unavailable
from channels.wechat.conversation import agents
from channels.wechat.messages import MESSAGES
from tests.channels.inbox.postgres import missing, running_postgres
from tests.channels.wechat.bot import Answer, Bot, echo, offering
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator.kf import Kf
from tools.wechat_simulator.messenger import Messenger
from tools.wechat_simulator.person import Person

NOW = 1_750_000_000.0
THOUGHT = ["在吗", "我那个", "密码忘了", "就是电子执照的"]
ONE = "听到：" + "\n".join(THOUGHT)
OPENED: dict[str, Callable[[FakeWeChat], Messenger | Kf]] = {
    "official_account": lambda fake: fake.official_account(),
    "mini_program": lambda fake: fake.mini_program(),
    "kf": lambda fake: fake.kf(),
}
kinds = pytest.mark.parametrize("kind", OPENED)


@pytest.fixture(autouse=True)
def quick_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.2)


async def say_all(person: Person[Any], texts: list[str]) -> None:
    for text in texts:
        await person.say(text)


def heard(*bots: Bot) -> list[str]:
    return [text for bot in bots for _, text in bot.heard]


@kinds
def test_texts_within_a_pause_are_asked_as_one_and_answered_by_one_send(
    tmp_path: Path, kind: str
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = OPENED[kind](fake)
            async with Bot(tmp_path, fake, {"hall": account}, burst_seconds=0.5) as bot:
                person, other = account.person(), account.person()
                account.pusher.concurrent = True  # each push comes more than once
                await say_all(person, THOUGHT)
                assert (await other.ask("密码忘了怎么办？")).text == "听到：密码忘了怎么办？"
                assert (await person.hears())[0].text == ONE
                await person.silence(0.8)
                assert sorted(heard(bot)) == sorted(["\n".join(THOUGHT), "密码忘了怎么办？"])
                assert person.quota_windows.left == 4
                assert (await person.ask("好的。")).text == "听到：好的。"
                assert not account.failures

    asyncio.run(main())


@kinds
def test_what_comes_while_an_answer_is_on_its_way_is_read_together(
    tmp_path: Path, kind: str
) -> None:
    async def slow(message: UserMessage) -> Answer:
        await asyncio.sleep(0.6 if message.text == THOUGHT[0] else 0)
        return await echo(message)

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = OPENED[kind](fake)
            async with Bot(tmp_path, fake, {"hall": account}, slow) as bot:
                person = account.person()
                await person.say(THOUGHT[0])
                while not bot.heard:
                    await asyncio.sleep(0.01)
                await say_all(person, THOUGHT[1:])
                texts = [reply.text for reply in await person.hears(2)]
                assert texts == ["听到：在吗", "听到：" + "\n".join(THOUGHT[1:])]
                await person.silence()

    asyncio.run(main())


def test_a_click_a_number_and_a_picture_end_a_burst_and_are_not_held_back(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            keys = {"menu_keys": {"A": "/next_step"}}
            bots = Bot(tmp_path, fake, {"hall": account}, offering, keys, burst_seconds=3)
            async with bots as bot:
                person = account.person()
                await person.ask("我要找回电子营业执照的密码")
                ends: list[tuple[Callable[[], Awaitable[Any]], str]] = [
                    (lambda: person.press("A"), "听到：/next_step"),
                    (lambda: person.say("2"), "听到：/stuck_at_step"),
                    (person.image, "听到：/send_picture"),
                ]
                for end, expected in ends:
                    began = time.monotonic()
                    await person.say("在吗")
                    await end()
                    texts = [reply.text for reply in await person.hears(2)]
                    assert time.monotonic() - began < 1.5
                    assert texts[0].startswith("听到：在吗")
                    assert texts[1].startswith(expected)
                fake.clock.move(1)  # else it would be the same click
                began = time.monotonic()
                await person.press("A")
                await person.hears()
                assert time.monotonic() - began < 1
                asked = ["在吗", "/next_step", "在吗", "/stuck_at_step", "在吗", "/send_picture"]
                assert heard(bot)[1:] == [*asked, "/next_step"]

    asyncio.run(main())


def test_a_long_burst_is_cut_and_what_came_out_of_order_is_put_in_order(tmp_path: Path) -> None:
    texts = [f"第{number}" for number in range(MAX_TEXTS + 2)]

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, burst_seconds=1) as bot:
                person = account.person()
                await say_all(person, texts)
                await person.hears(2)
                assert heard(bot) == ["\n".join(texts[:MAX_TEXTS]), "\n".join(texts[MAX_TEXTS:])]
                account.pusher.hold = True
                for text in THOUGHT:
                    await person.say(text)
                    fake.clock.move(1)
                await account.pusher.release([1, 3, 0, 2])
                assert (await person.hears())[0].text == ONE

    asyncio.run(main())


def test_secrets_are_hidden_in_each_part_before_it_is_kept(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, burst_seconds=0.5) as bot:
                person = account.person()
                await say_all(person, ["密码是", "芝麻开门", "登不上去"])
                shown = (await person.hears())[0]
                assert shown.text == "听到：密码是\n[hidden:password]\n登不上去"
                await person.ask("新密码是")
                await person.ask("西瓜开门")
                assert heard(bot)[-1] == "[hidden:password]"
        kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert "芝麻开门".encode() not in kept

    asyncio.run(main())


async def never(_: UserMessage) -> Answer:
    """Does not answer before the kill."""
    await asyncio.sleep(60)
    return {}


@pytest.mark.parametrize("when", ["in the pause", "while Rasa answers", "while it is sent"])
@kinds
def test_a_kill_loses_and_doubles_nothing(tmp_path: Path, kind: str, when: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = OPENED[kind](fake)
            person = account.person()
            if when == "while it is sent" and kind == "kf":
                fake.faults.hang("/cgi-bin/kf/send_msg")
            speaker = never if when == "while Rasa answers" else echo
            seconds = 3 if when == "in the pause" else 0.5
            first = Bot(tmp_path, fake, {"hall": account}, speaker, burst_seconds=seconds)
            await first.__aenter__()
            await say_all(person, THOUGHT)
            if when != "in the pause":
                await asyncio.sleep(0.9)
            await first.kill()
            account.urls = []
            async with Bot(tmp_path, fake, {"hall": account}, burst_seconds=0.5) as second:
                assert (await person.hears())[0].text == ONE
                await person.silence(1)
                assert len(heard(first, second)) == (2 if when == "while Rasa answers" else 1)
                assert set(heard(first, second)) == {"\n".join(THOUGHT)}

    asyncio.run(main())


@pytest.mark.parametrize("done", range(len(THOUGHT)))
def test_a_kill_while_a_burst_is_put_away_answers_nothing_again(
    tmp_path: Path, done: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is out, and only so many of the messages are out of the queue."""
    left = done
    put_away = Store.ack

    async def hang(store: Store, queue: str, key: str) -> None:
        nonlocal left
        if not left:
            await asyncio.sleep(60)
        left -= 1
        await put_away(store, queue, key)

    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.official_account()
            person = account.person()
            monkeypatch.setattr(Store, "ack", hang)
            first = Bot(tmp_path, fake, {"hall": account}, burst_seconds=0.4)
            await first.__aenter__()
            await say_all(person, THOUGHT)
            assert (await person.hears())[0].text == ONE
            await asyncio.sleep(0.2)
            await first.kill()
            monkeypatch.setattr(Store, "ack", put_away)
            account.urls = []
            async with Bot(tmp_path, fake, {"hall": account}) as second:
                await person.silence(1)
                assert not second.heard
                assert (await person.ask("下一句")).text == "听到：下一句"

    asyncio.run(main())


@pytest.mark.skipif(bool(missing()), reason=missing())
@kinds
def test_two_workers_read_one_burst(tmp_path: Path, kind: str) -> None:
    """Pushes go to both in turn; what the other took in is seen in the store."""

    async def main(store: str) -> None:
        async with FakeWeChat(Clock()) as fake:
            account = OPENED[kind](fake)
            workers = [
                Bot(tmp_path, fake, {"hall": account}, store=store, burst_seconds=0.6)
                for _ in range(2)
            ]
            async with workers[0], workers[1]:
                assert len(account.urls) == 2
                people = [account.person() for _ in range(3)]
                await asyncio.gather(*(say_all(person, THOUGHT) for person in people))
                for person in people:
                    assert (await person.hears())[0].text == ONE
                    await person.silence(0.4)
                assert heard(*workers) == ["\n".join(THOUGHT)] * 3

    with running_postgres() as postgres:
        asyncio.run(main(postgres.url))


def test_an_account_that_answers_passively_answers_one_of_the_pushes(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account(verified=False)
            fields = {"verified": False}
            async with Bot(tmp_path, fake, {"hall": account}, fields=fields, burst_seconds=0.6):
                person = account.person()
                sends = [_after(0.1 * i, person.say(text)) for i, text in enumerate(THOUGHT)]
                await asyncio.gather(*sends)
                assert [reply.text for reply in await person.hears()] == [ONE]
                await person.silence()
                assert max(account.pusher.took) < 5
                assert not account.failures

    asyncio.run(main())


def test_an_error_is_one_apology_for_the_whole_burst(tmp_path: Path) -> None:
    async def fail(message: UserMessage) -> Answer:
        raise ValueError(message.text)

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, fail, burst_seconds=0.4):
                person = account.person()
                await say_all(person, THOUGHT)
                assert (await person.hears())[0].text.startswith(unavailable()["text"])
                await person.silence()

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["official_account", "mini_program"])
def test_with_agents_the_push_of_a_text_is_still_handed_over(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to a push hands over: there a text does not wait for more.

    How long a push waits for that is the platform's affair; on a busy machine it takes longer.
    """
    monkeypatch.setattr(agents, "DECISION_SECONDS", 10.0)
    monkeypatch.setattr(agents, "CLAIM_SECONDS", 10.0)

    async def with_agents(message: UserMessage) -> Answer:
        answer = await echo(message)
        if message.text == "在吗":
            await asyncio.sleep(0.3)
        if "人工" in message.text:
            answer["handoff"] = {"reason": "asked", "note": "已试过"}
        return answer

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = OPENED[kind](fake)
            served = {"agents": True}
            settings: dict[str, Any] = {"burst_seconds": 3}
            async with Bot(tmp_path, fake, {"h": account}, with_agents, served, **settings) as bot:
                person = account.person()
                first = asyncio.create_task(person.say("在吗"))
                while not heard(bot):  # it is in work; what comes now is another thought
                    await asyncio.sleep(0.01)
                later = (_after(0.0, person.say("我要")), _after(0.05, person.say("人工")))
                pushes = await asyncio.gather(_after(0.0, first), *later)
                answers = [push.answer.kind for push in pushes]
                assert answers == ["silence", "silence", "handoff"]
                assert heard(bot) == ["在吗", "我要\n人工"]
                texts = [reply.text for reply in await person.hears(2)]
                assert texts[1].startswith(MESSAGES["handoff"])
                assert not account.failures

    asyncio.run(main())


async def _after(seconds: float, coroutine: Awaitable[Any]) -> Any:
    await asyncio.sleep(seconds)
    return await coroutine
