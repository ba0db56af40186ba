"""The fake under many people at once, with workers that die and answers that get lost."""

from __future__ import annotations

import asyncio
from collections import Counter

from tests.tools.wechat_simulator.small_bot import SmallBot
from tools.wechat_simulator import FakeWeChat
from tools.wechat_simulator.codec import read_xml


def test_a_hundred_people() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake, SmallBot() as one, SmallBot() as two:
            dead = "http://127.0.0.1:1/"
            account = fake.official_account(mode="plain", urls=[one.url, dead, two.url])
            account.pusher.patience = 1.0
            account.pusher.lose_answers = 10
            people = [account.person(str(number)) for number in range(100)]
            pushes = await asyncio.gather(*(person.say("hi") for person in people))
            answered = Counter(push.acknowledged for push in pushes)
            assert answered[True] >= 75  # three attempts at a dead worker are a failure
            assert sum(len(person.texts) for person in people) == answered[False]
            got = {read_xml(body)["MsgId"] for _, body in one.got + two.got}
            assert answered[True] <= len(got) <= 100

    asyncio.run(main())
