"""Faults of the network and of the platform, and what they leave behind."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from tests.tools.wechat_simulator.small_bot import SEND, Client
from tools.wechat_simulator import FakeWeChat


def test_every_fault_and_whether_it_was_carried_out() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake:
            account = fake.official_account()
            client, person = Client(fake, account), account.person()
            await client.login()
            await person.say("hi")
            fake.faults.cut(SEND)
            fake.faults.cut(SEND, carried_out=True)
            for _ in range(2):
                with pytest.raises(aiohttp.ClientError):
                    await client.text(person.id, "cut")
            assert person.texts == ["cut"]
            fake.faults.status(SEND, 502)
            fake.faults.garbage(SEND, carried_out=True)
            for _ in range(2):
                with pytest.raises(json.JSONDecodeError):
                    await client.text(person.id, "odd")
            assert person.texts == ["cut", "odd"]
            fake.faults.hang(SEND)
            fake.faults.hang(SEND, carried_out=True)
            for _ in range(2):
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(client.text(person.id, "hang"), 0.1)
            assert person.texts == ["cut", "odd", "hang"]
            fake.faults.slow(SEND, 0.2, times=1)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.text(person.id, "slow"), 0.1)
            assert person.texts[-1] == "slow"
            assert await client.text(person.id, "well") == 0
            assert len(account.called(SEND)) == 8

    asyncio.run(main())


def test_codes_in_turn_and_until_cleared() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake:
            account = fake.official_account()
            client, person = Client(fake, account), account.person()
            await person.say("hi")
            fake.faults.code(SEND, -1, times=3)
            fake.faults.code(SEND, 45011)
            codes = [await client.text(person.id, "x") for _ in range(5)]
            assert codes == [-1, -1, -1, 45011, 0]
            answers = [call.answer for call in account.called(SEND)]
            assert [answer and answer["errcode"] for answer in answers] == codes
            fake.faults.code(SEND, 45033, times=100)
            assert await client.text(person.id, "x") == 45033
            fake.faults.clear()
            assert await client.text(person.id, "x") == 0
            assert person.texts == ["x", "x"]

    asyncio.run(main())


def test_offline_means_no_connection_at_all() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake:
            account = fake.official_account()
            client, person = Client(fake, account), account.person()
            await person.say("hi")
            assert await client.text(person.id, "1") == 0
            url = fake.url
            await fake.go_offline()
            with pytest.raises(aiohttp.ClientConnectorError):
                await client.text(person.id, "2")
            await fake.go_online()
            assert fake.url == url
            assert await client.text(person.id, "3") == 0
            assert person.texts == ["1", "3"]

    asyncio.run(main())
