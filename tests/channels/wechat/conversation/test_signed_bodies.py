"""In plain mode, a signed address belongs to the content that came first with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from channels.wechat.conversation.signed_bodies import MARGIN_SECONDS, SignedBodies
from channels.wechat.protocol.crypto import Refused
from tests.channels.inbox.stores import KINDS, Stores, postgres_url
from tests.channels.wechat.bot import Bot
from tests.channels.wechat.test_bot_refusals import NOW, fields, post
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator.account import Account
from tools.wechat_simulator.envelopes import envelope, sealed_query

SIGNATURE = "5ba9" * 10
TOLERANCE = 300


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_url() as url:
        yield url


@pytest.fixture(params=KINDS)
def stores(request: pytest.FixtureRequest, tmp_path: Path, postgres: str) -> Stores:
    return Stores(request.param, tmp_path, postgres)


async def accepted(
    bodies: SignedBodies, timestamp: float, content: bytes, name: str = "hall"
) -> bool:
    try:
        await bodies.check(name, SIGNATURE, str(int(timestamp)), content)
    except Refused as problem:
        assert problem.status == 403
        return False
    return True


def test_only_exact_repeats_are_accepted_also_after_a_restart(stores: Stores) -> None:
    async def run() -> None:
        timestamp = stores.clock.now
        for _ in range(2):  # the second time, after a restart
            async with stores.open() as [store]:
                bodies = SignedBodies(store, lambda _: stores.clock(), TOLERANCE)
                assert await accepted(bodies, timestamp, b"first")
                assert await accepted(bodies, timestamp, b"first")
                for other in (b"second", b"", b"first ", b"First"):
                    assert not await accepted(bodies, timestamp, other)
                assert await accepted(bodies, timestamp, b"second", "another account")

    asyncio.run(run())


def test_of_many_at_once_one_content_is_accepted(stores: Stores) -> None:
    async def run() -> None:
        async with stores.open(3) as workers:
            each = [SignedBodies(worker, lambda _: stores.clock(), TOLERANCE) for worker in workers]
            tries = [
                accepted(each[number % 3], stores.clock.now, b"%d" % (number // 2))
                for number in range(60)
            ]
            assert sum(await asyncio.gather(*tries)) == 2  # one content and its repeat

    asyncio.run(run())


@pytest.mark.parametrize("ahead", [-TOLERANCE, 0, TOLERANCE])
def test_it_is_remembered_as_long_as_the_address_is_accepted(stores: Stores, ahead: int) -> None:
    async def run() -> None:
        async with stores.open() as [store]:
            bodies = SignedBodies(store, lambda _: stores.clock(), TOLERANCE)
            timestamp = stores.clock.now + ahead
            assert await accepted(bodies, timestamp, b"first")
            stores.clock.now = timestamp + TOLERANCE  # the last moment
            assert not await accepted(bodies, timestamp, b"second")
            # A clock that was fast is set right: the address counts as young once more.
            stores.clock.now = timestamp - ahead + TOLERANCE
            assert not await accepted(bodies, timestamp, b"second")
            stores.clock.now += max(ahead, 0) + MARGIN_SECONDS + 1
            assert await store.get(f"signed/hall/{SIGNATURE}") is None
            await store.purge()

    asyncio.run(run())


def test_a_seen_address_carries_no_other_body(tmp_path: Path) -> None:
    """Also not to write as somebody else, or to delete a conversation; also after a restart."""

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account(mode="plain")
            person, victim = account.person(), account.person()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                await victim.ask("你好")
                person.quota_windows.message()
                said = fields(account, FromUserName=person.id)
                seen = envelope(account, said, person.id, None)
                assert (await post(account.urls[0], seen.body, seen.query))[0] == 200
                await person.hears()
                heard = list(bot.heard)
                assert len({conversation_id for conversation_id, _ in heard}) == 2
                await replay(account, seen.query, victim.id)
                assert bot.heard == heard
                assert await kept(bot, heard[0][0])
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                await replay(account, seen.query, victim.id)
                # The platform's own retry is still acknowledged, and not answered again.
                assert (await post(account.urls[0], seen.body, seen.query))[0] == 200
                await person.silence()
                assert not bot.heard
                assert await kept(bot, heard[0][0])

    async def replay(account: Account, query: dict[str, str], victim: str) -> None:
        leaving = {"MsgType": "event", "Event": "unsubscribe", "Content": ""}
        for number, more in enumerate(({"Content": "别的"}, leaving)):
            forged = fields(account, FromUserName=victim, MsgId=7 + number, **more)
            body = envelope(account, forged, victim, None).body
            for asked in (query, query | {"openid": victim}):
                assert await post(account.urls[0], body, asked) == (403, b"")

    async def kept(bot: Bot, conversation_id: str) -> bool:
        return bool(await bot.tracker_store.retrieve(conversation_id))

    asyncio.run(main())


def test_the_address_of_a_check_is_no_address_of_a_push(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account(mode="plain")
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                query = sealed_query(account, {"echostr": "4375120948345356249"})
                async with aiohttp.ClientSession() as session:
                    for _ in range(2):
                        async with session.get(account.urls[0], params=query) as answer:
                            assert await answer.text() == query["echostr"]
                del query["echostr"]
                body = envelope(account, fields(account), "oPersonPersonPersonPerson").body
                assert await post(account.urls[0], body, query) == (403, b"")
                await asyncio.sleep(0.2)
                assert not bot.heard

    asyncio.run(main())


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_the_start_warns_of_plain_mode_only(
    tmp_path: Path, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account(mode=mode)
            async with Bot(tmp_path, fake, {"hall": account}):
                pass

    with caplog.at_level(logging.WARNING, "channels.wechat"):
        asyncio.run(main())
    warnings = [
        record.getMessage() for record in caplog.records if "mode is plain" in record.getMessage()
    ]
    assert len(warnings) == (mode == "plain")
    assert all("accounts.hall.mode" in warning and "safe mode" in warning for warning in warnings)
