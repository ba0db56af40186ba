"""Workers that share a PostgreSQL: whichever a push comes to, a person meets one assistant."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import async_timeout
import pytest
from rasa.core.channels.channel import UserMessage

from channels import bursts
from channels.inbox import following
from channels.wechat.messages import MESSAGES
from tests.channels.inbox.postgres import Postgres, missing, running_postgres
from tests.channels.inbox.test_shared import cut_off
from tests.channels.wechat.bot import Answer, Bot, Speaker, echo, offering
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator.messenger import OfficialAccount

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

WORKERS = 3
NOW = 1_750_000_000.0
TABLES = ("inbox", "kept", "cached")


@pytest.fixture(autouse=True)
def quick_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.2)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres(server: Postgres) -> Iterator[Postgres]:
    yield server
    with server.connect() as database:
        for name in TABLES:
            database.execute(f"DROP TABLE IF EXISTS wechat_{name}")


async def start(
    stack: AsyncExitStack,
    folder: Path,
    postgres: Postgres,
    fake: FakeWeChat,
    account: OfficialAccount,
    speaker: Speaker = echo,
    **settings: Any,
) -> list[Bot]:
    """Starts workers that are there until the end of the stack."""
    bots = []
    for _ in range(WORKERS):
        bot = Bot(folder, fake, {"hall": account}, speaker, store=postgres.url, **settings)
        bots.append(await stack.enter_async_context(bot))
    assert len(account.urls) == WORKERS
    return bots


def at(account: OfficialAccount, bots: list[Bot], number: int) -> None:
    """Leads the next pushes to one worker."""
    account.urls = [f"{bots[number].url}/webhooks/wechat/hall"]


async def asked_first(bots: list[Bot]) -> Bot:
    """Returns the first worker whose Rasa was asked."""
    async with async_timeout.timeout(30):
        while True:
            for bot in bots:
                if bot.heard:
                    return bot
            await asyncio.sleep(0.005)


def test_the_retries_of_a_push_at_three_workers_are_one_message(
    tmp_path: Path, postgres: Postgres
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake, AsyncExitStack() as stack:
            account = fake.official_account()
            bots = await start(stack, tmp_path, postgres, fake, account)
            person = account.person()
            account.pusher.lose_answers = 2  # so the push comes three times, to each in turn
            await person.say("你好")
            assert (await person.hears())[0].text == "听到：你好"
            await person.silence(1)
            assert [text for bot in bots for _, text in bot.heard] == ["你好"]
            assert account.tokens.max_at_once <= 1

    asyncio.run(main())


def test_a_conversation_may_go_to_any_worker_at_any_time(
    tmp_path: Path, postgres: Postgres
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake, AsyncExitStack() as stack:
            account = fake.official_account()
            bots = await start(stack, tmp_path, postgres, fake, account, offering)
            person = account.person()
            at(account, bots, 0)
            await person.ask("你好")
            at(account, bots, 1)
            await person.ask("1")  # what another has offered
            at(account, bots, 2)
            await person.ask("1")  # a number once
            heard = [text for bot in bots for _, text in bot.heard]  # by the one that had the lock
            assert sorted(heard) == ["/next_step", "/next_step", "你好"]
            at(account, bots, 0)
            await person.unfollow()
            name = f"conversation/{(bots[0].heard + bots[1].heard + bots[2].heard)[0][0]}"
            async with async_timeout.timeout(20):
                while await bots[1].store.get(name):
                    await asyncio.sleep(0.05)

    asyncio.run(main())


def test_what_comes_to_another_worker_joins_the_burst_at_once(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pause(text: str, _: float) -> float:
        return 0.0 if text.endswith("？") else 60.0

    monkeypatch.setattr(bursts, "pause_after", pause)
    monkeypatch.setattr(bursts, "HOLD_SECONDS", 60.0)

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake, AsyncExitStack() as stack:
            account = fake.official_account()
            bots = await start(stack, tmp_path, postgres, fake, account, burst_seconds=3)
            person = account.person()
            for number, text in enumerate(("在吗", "我那个", "密码忘了怎么办？")):
                at(account, bots, number)
                await person.say(text)
            heard = (await person.hears(within=20))[0].text
            assert heard == "听到：在吗\n我那个\n密码忘了怎么办？"
            assert sum(len(bot.heard) for bot in bots) == 1

    asyncio.run(main())


def test_what_a_worker_leaves_at_its_end_is_taken_up_at_once(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LOOK_SECONDS", 60.0)
    asked: list[str] = []

    async def first_never(message: UserMessage) -> Answer:
        asked.append(message.text or "")
        if len(asked) == 1:
            await asyncio.sleep(60)
        return await echo(message)

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake, AsyncExitStack() as stack:
            account = fake.official_account()
            bots = await start(stack, tmp_path, postgres, fake, account, first_never)
            person = account.person()
            at(account, bots, 0)
            await person.say("你好")
            bot = await asked_first(bots)  # any of them: all are told of what was kept
            assert bot.channel.application
            await bot.channel.application.queues.close(0)
            assert (await person.hears(within=20))[0].text == "听到：你好"
            assert sum(len(other.heard) for other in bots if other is not bot) == 1

    asyncio.run(main())


def test_one_person_may_write_as_often_however_many_workers_there_are(
    tmp_path: Path, postgres: Postgres
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake, AsyncExitStack() as stack:
            account = fake.official_account()
            bots = await start(stack, tmp_path, postgres, fake, account, messages_per_minute=3)
            person = account.person()
            for number in range(3):
                at(account, bots, number)
                assert (await person.ask(f"第{number}句")).text == f"听到：第{number}句"
            await person.say("太快了")
            assert MESSAGES["too_fast"] in (await person.hears())[0].text
            assert sum(len(bot.heard) for bot in bots) == 3

    asyncio.run(main())


def test_who_has_lost_the_database_meanwhile_sends_nothing_twice(
    tmp_path: Path, postgres: Postgres
) -> None:
    asked = asyncio.Event()

    async def slow(message: UserMessage) -> Answer:
        asked.set()
        await asyncio.sleep(1)
        return await echo(message)

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake, AsyncExitStack() as stack:
            account = fake.official_account()
            bots = await start(stack, tmp_path, postgres, fake, account, slow)
            person = account.person()
            await person.say("你好")
            await asked.wait()
            await asyncio.get_running_loop().run_in_executor(None, cut_off, postgres)
            assert (await person.hears(within=30))[0].text == "听到：你好"
            await person.silence(3)
            assert (await person.ask("还在吗")).text == "听到：还在吗"
            assert not account.failures
            assert sum(len(bot.heard) for bot in bots) >= 2

    asyncio.run(main())
