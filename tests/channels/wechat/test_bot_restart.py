"""A killed worker, a restart, several workers: everything is answered once, in order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage

from channels.wechat import queues
from tests.channels.wechat.bot import Answer, Bot, echo
from tests.channels.wechat.fake import Clock, FakeWeChat
from tests.channels.wechat.stores import redis_server

NOW = 1_750_000_000.0


@pytest.fixture(autouse=True)
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "LEASE_SECONDS", 2.0)
    monkeypatch.setattr(queues, "RENEW_SECONDS", 0.5)
    monkeypatch.setattr(queues, "SWEEP_SECONDS", 0.2)


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
            await person.say("二")
            await asyncio.sleep(0.2)
            await first.kill()
            account.urls = []
            async with Bot(tmp_path, fake, {"hall": account}):
                assert [it.text for it in await person.hears(2)] == ["听到：一", "听到：二"]
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
            await asyncio.sleep(0.3)
            await first.kill()
            account.urls = []
            async with Bot(tmp_path, fake, {"hall": account}) as second:
                assert (await person.hears())[0].text == "听到：一"
                assert not second.heard

    asyncio.run(main())
