"""Access tokens: what the fake refuses, and when tokens end."""

from __future__ import annotations

import asyncio
import json

from tests.tools.wechat_simulator.small_bot import SEND, STABLE, Client
from tools.wechat_simulator import Clock, FakeWeChat

SYNC = "/cgi-bin/kf/sync_msg"
PLAIN = "/cgi-bin/token"


def test_stable_token_is_the_same_until_its_last_five_minutes() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.official_account()
            client = Client(fake, account)
            first = await client.stable()
            assert first["expires_in"] == 7200
            assert "errcode" not in first
            fake.clock.move(6800)
            assert await client.stable() == {**first, "expires_in": 400}
            fake.clock.move(150)
            second = await client.stable()
            assert second["access_token"] != first["access_token"]
            client.token = first["access_token"]
            assert await client.text("nobody", "x") == 40003  # the old one still works
            fake.clock.move(250)
            assert await client.text("nobody", "x") == 42001
            assert account.tokens.fetches == {"stable": 3}

    asyncio.run(main())


def test_forced_refresh_ends_the_old_token_and_is_limited() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            client = Client(fake, fake.official_account())
            first = await client.stable()
            second = await client.stable(force_refresh=True)
            assert second["access_token"] != first["access_token"]
            client.token = first["access_token"]
            assert await client.text("nobody", "x") == 40001
            third = await client.stable(force_refresh=True)  # within 30 s nothing changes
            assert third["access_token"] == second["access_token"]
            for _ in range(19):
                fake.clock.move(31)
                assert "access_token" in await client.stable(force_refresh=True)
            fake.clock.move(31)
            assert (await client.stable(force_refresh=True))["errcode"] == 45009
            assert "access_token" in await client.stable()
            fake.clock.move(86400)
            assert "access_token" in await client.stable(force_refresh=True)

    asyncio.run(main())


def test_plain_token_ends_the_one_before_after_five_minutes() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.mini_program()
            client = Client(fake, account)
            asked = {
                "grant_type": "client_credential",
                "appid": account.id,
                "secret": account.secret,
            }
            first = (await client.get(PLAIN, **asked))["access_token"]
            second = (await client.get(PLAIN, **asked))["access_token"]
            client.token = first
            assert await client.text("nobody", "x") == 40003
            fake.clock.move(301)
            assert await client.text("nobody", "x") == 40001
            client.token = second
            assert await client.text("nobody", "x") == 40003
            account.tokens.plain_a_day = 2
            assert (await client.get(PLAIN, **asked))["errcode"] == 45009
            fake.clock.move(86400)
            assert "access_token" in await client.get(PLAIN, **asked)
            assert account.refusals == {40003: 2, 40001: 1, 45009: 1}

    asyncio.run(main())


def test_a_corrupted_token_is_given_out_until_it_is_forced() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.official_account()
            client = Client(fake, account)
            first = (await client.login())["access_token"]
            account.tokens.corrupt(40014)
            assert await client.text("nobody", "x") == 40014
            assert (await client.login())["access_token"] == first
            assert (await client.login(force_refresh=True))["access_token"] != first
            assert await client.text("nobody", "x") == 40003

    asyncio.run(main())


def test_wrong_credentials() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake:
            account, corp = fake.official_account(), fake.kf()
            client = Client(fake, account)
            assert (await client.stable(appid="wx0"))["errcode"] == 40013
            assert (await client.stable(secret="x"))["errcode"] == 40125
            assert (await client.stable(secret=""))["errcode"] == 41004
            assert (await client.stable(appid=""))["errcode"] == 41002
            assert (await client.stable(grant_type="x"))["errcode"] == 40002
            assert (await client.stable(force_refresh="true"))["errcode"] == 47001
            assert (await client.post(STABLE, b"{", ""))["errcode"] == 47001
            query = {"grant_type": "client_credential", "appid": account.id}
            assert (await client.get(STABLE, **query))["errcode"] == 43002
            gettoken = "/cgi-bin/gettoken"
            wrong = await client.get(gettoken, corpid=corp.id, corpsecret="x")
            assert wrong["errcode"] == 40001
            wrong = await client.get(gettoken, corpid=account.id, corpsecret=corp.secret)
            assert wrong["errcode"] == 40013

    asyncio.run(main())


def test_corp_token_stays_the_same_and_may_die_early() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account = fake.kf()
            client = Client(fake, account)
            first = await client.login()
            assert first["errcode"] == 0
            assert (await client.login())["access_token"] == first["access_token"]
            assert await client.code(SYNC, open_kfid=account.open_kfids[0]) == 0
            account.tokens.kill(42001)
            assert await client.code(SYNC, open_kfid=account.open_kfids[0]) == 42001
            assert (await client.login())["access_token"] != first["access_token"]
            assert await client.code(SYNC, open_kfid=account.open_kfids[0]) == 0
            fake.clock.move(7200)
            assert await client.code(SYNC, open_kfid=account.open_kfids[0]) == 42001

    asyncio.run(main())


def test_missing_unknown_and_foreign_tokens() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake:
            account, corp = fake.official_account(), fake.kf()
            client, other = Client(fake, account), Client(fake, corp)
            await client.login()
            await other.login()
            body = json.dumps({"touser": "x"}).encode()
            assert (await client.post(SEND, body, ""))["errcode"] == 41001
            assert (await client.post(SEND, body, "made-up"))["errcode"] == 40001
            assert (await client.post(SYNC, body, "made-up"))["errcode"] == 40014
            assert (await client.post(SYNC, body, client.token))["errcode"] == 40014
            assert (await client.post(SEND, body, other.token))["errcode"] == 40001
            assert len(fake.strays) == 5

    asyncio.run(main())


def test_addresses_and_rates() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            account, corp = fake.official_account(), fake.kf()
            client, other = Client(fake, account), Client(fake, corp)
            await client.login()
            await other.login()
            account.ip_allowed = corp.ip_allowed = False
            assert (await client.stable())["errcode"] == 40164
            assert await client.text("x", "x") == 40164
            assert await other.code(SYNC, open_kfid=corp.open_kfids[0]) == 60020
            account.ip_allowed = corp.ip_allowed = True
            account.rate.per_minute[STABLE] = 2
            assert [(await client.stable()).get("errcode") for _ in range(3)] == [
                None,
                45011,
                45011,
            ]
            fake.clock.move(61)
            assert (await client.stable()).get("errcode") is None
            corp.rate.per_minute[SYNC] = 1
            codes = [await other.code(SYNC, open_kfid=corp.open_kfids[0]) for _ in range(2)]
            assert codes == [0, 45009]
            fake.clock.move(59)  # blocked for a minute from then on
            assert await other.code(SYNC, open_kfid=corp.open_kfids[0]) == 45009
            fake.clock.move(2)
            assert await other.code(SYNC, open_kfid=corp.open_kfids[0]) == 0

    asyncio.run(main())


def test_wecom_blocks_for_a_minute_from_the_call_too_many() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake:
            corp = fake.kf(tokenless_per_minute=100)
            client = Client(fake, corp)
            corp.rate.per_minute[SYNC] = 1
            asked = {"open_kfid": corp.open_kfids[0]}
            assert await client.code(SYNC, **asked) == 0
            fake.clock.move(40)
            assert await client.code(SYNC, **asked) == 45009
            fake.clock.move(59)  # a minute without a call has passed long ago
            assert await client.code(SYNC, **asked) == 45009
            fake.clock.move(1)
            assert await client.code(SYNC, **asked) == 0

    asyncio.run(main())


def test_concurrent_fetches_are_counted() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake:
            account = fake.official_account()
            fake.faults.slow(STABLE, 0.1)
            client = Client(fake, account)
            await asyncio.gather(*(client.stable() for _ in range(3)))
            assert account.tokens.max_at_once == 3
            assert account.tokens.at_once == 0
            assert account.tokens.fetches["stable"] == 3

    asyncio.run(main())
