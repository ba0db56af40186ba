"""Pushes: their modes and formats, retries and everything that goes wrong on the way."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from tests.tools.wechat_simulator.small_bot import SmallBot
from tools.wechat_simulator import Clock, FakeWeChat, OfficialAccount, running
from tools.wechat_simulator.codec import read_xml, write_json, write_xml
from tools.wechat_simulator.crypto import decrypt, encrypt, signature


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
@pytest.mark.parametrize("written", ["xml", "json"])
def test_modes_and_formats(mode: str, written: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1e9)) as fake, SmallBot() as bot:
            account = fake.mini_program(mode=mode, format=written, urls=[bot.url])
            person = account.person()
            push = await person.say("你好")
            assert push.acknowledged
            (query, body) = bot.got[0]
            signed_with = (account.token, query["timestamp"], query["nonce"])
            assert query["timestamp"] == "1000000000"
            assert query["signature"] == signature(*signed_with)
            assert query["openid"] == person.id
            outer = json.loads(body) if written == "json" else read_xml(body)
            assert ("Content" in outer) == (mode != "safe")
            assert ("Encrypt" in outer) == (mode != "plain")
            assert ("encrypt_type" in query) == (mode != "plain")
            if mode != "plain":
                assert query["encrypt_type"] == "aes"
                assert query["msg_signature"] == signature(*signed_with, outer["Encrypt"])
                inner = decrypt(account.aes_key, account.id, outer["Encrypt"])
                outer = json.loads(inner) if written == "json" else read_xml(inner)
            assert outer["Content"] == "你好"
            assert outer["ToUserName"].startswith("gh_")
            assert outer["FromUserName"] == person.id
            assert outer["MsgType"] == "text"
            assert isinstance(outer["MsgId"], int if written == "json" else str)

    asyncio.run(main())


def test_url_check() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake, SmallBot() as bot:
            account, corp = fake.official_account(urls=[bot.url]), fake.kf(urls=[bot.url])
            bot.reply = lambda query, _: query["echostr"].encode()
            assert (await account.check_url()).passed
            check = await corp.check_url()
            assert (check.passed, check.why) == (False, "not the text that was sent")
            bot.reply = lambda query, _: decrypt(corp.aes_key, corp.id, query["echostr"])
            assert (await corp.check_url()).passed
            bot.reply = lambda query, _: decrypt(corp.aes_key, corp.id, query["echostr"]) + b"\n"
            assert not (await corp.check_url()).passed
            bot.status = 403
            assert (await account.check_url()).why == "status"
            assert not (await account.check_url("http://127.0.0.1:1/")).passed

    asyncio.run(main())


def test_three_attempts_with_the_same_message() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake, SmallBot() as bot:
            account = fake.official_account(mode="plain", urls=[bot.url])
            account.pusher.patience = 0.05
            bot.delays = [1.0, 1.0]
            person = account.person()
            push = await person.say("hi")
            assert [attempt.outcome for attempt in push.attempts] == ["late", "late", "answered"]
            assert push.acknowledged
            assert len({read_xml(body)["MsgId"] for _, body in bot.got}) == 1
            assert len({query["nonce"] for query, _ in bot.got}) == 3
            assert len(account.pusher.took) == 1
            account.pusher.fresh = False
            bot.delays = [1.0]
            await person.say("again")
            assert bot.got[3] == bot.got[4]
            bot.delays = [1.0, 1.0, 1.0]
            push = await person.say("and again")
            assert not push.acknowledged
            assert person.texts == ["该公众号提供的服务出现故障，请稍后再试"]
            assert [failure.why for failure in account.failures] == ["no answer in time"]

    asyncio.run(main())


def test_retries_keep_their_distance_when_nobody_listens() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake, SmallBot() as bot:
            account = fake.official_account(urls=["http://127.0.0.1:1/"])
            account.pusher.patience = 0.1
            started = time.monotonic()
            push = await account.person().say("hi")
            assert [attempt.outcome for attempt in push.attempts] == ["broken"] * 3
            assert time.monotonic() - started >= 0.19
            account.urls = [bot.url]
            bot.status = 500
            push = await account.person().say("hi")
            assert [attempt.outcome for attempt in push.attempts] == ["status"] * 3

    asyncio.run(main())


def test_lost_answers_duplicates_concurrent_attempts_and_several_workers() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake, SmallBot() as one, SmallBot() as two:
            account = fake.official_account(mode="plain", urls=[one.url, two.url])
            person = account.person()
            account.pusher.lose_answers = 1
            push = await person.say("hi")
            assert [attempt.outcome for attempt in push.attempts] == ["lost", "answered"]
            assert len(one.got) == len(two.got) == 1
            account.pusher.duplicates = 2
            await person.say("hi")
            assert len(one.got) + len(two.got) == 5
            account.pusher.duplicates = 0
            account.pusher.concurrent = True
            one.delays, two.delays = [0.1], [0.1]
            started = time.monotonic()
            push = await person.say("hi")
            assert time.monotonic() - started < 0.3
            assert len(push.attempts) == 3
            assert push.acknowledged
            assert len(account.pusher.took) == 8

    asyncio.run(main())


def test_out_of_order() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake, SmallBot() as bot:
            account = fake.official_account(mode="plain", urls=[bot.url])
            account.pusher.hold = True
            person = account.person()
            for text in "abc":
                await person.say(text)
            assert bot.got == []
            await account.pusher.release([2, 0, 1, 0])
            assert [read_xml(body)["Content"] for _, body in bot.got] == list("caba")
            await person.say("d")
            assert len(bot.got) == 5

    asyncio.run(main())


def reply(account: OfficialAccount, body: bytes, **fields: object) -> dict[str, object]:
    """Returns a passive answer to a plain push."""
    got = read_xml(body)
    swapped = {"ToUserName": got["FromUserName"], "FromUserName": got["ToUserName"]}
    return {**swapped, "CreateTime": 1, "MsgType": "text", "Content": "好的", **fields}


def sealed(account: OfficialAccount, inner: bytes) -> dict[str, object]:
    """Returns an encrypted passive answer."""
    encrypted = encrypt(account.aes_key, account.id, inner)
    signed = signature(account.token, "1", "2", encrypted)
    return {"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": 1, "Nonce": "2"}


def test_passive_texts_are_shown_and_odd_ones_are_failures() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake, SmallBot() as bot:
            account = fake.official_account(mode="compatible", urls=[bot.url])
            person = account.person()

            async def answered(answer: bytes) -> str:
                bot.reply = answer
                await person.say("hi")
                return person.texts[-1] if person.texts else ""

            async def judged(**fields: object) -> str:
                bot.reply = lambda _, body: write_xml(reply(account, body, **fields))
                await person.say("hi")
                return person.texts[-1]

            assert await answered(b"") == ""
            assert await answered(b"success") == ""
            assert await judged() == "好的"
            assert person.seen[-1].via == "passive"
            broken = account.broken
            for odd in (b"ok", b'"success"', b"<xml/>", b"{}", b"\xff", b"<xml><a></xml>"):
                assert await answered(odd) == broken
            assert await judged(Content="x" * 2048) == "x" * 2048
            for wrong in (
                {"Content": "x" * 2049},
                {"Content": ""},
                {"CreateTime": "now"},
                {"MsgType": "menu"},
                {"ToUserName": account.original_id},
                {"FromUserName": person.id},
            ):
                assert await judged(**wrong) == broken
                assert account.failures[-1].why.startswith("odd: ")
            bot.reply = lambda _, body: write_json(reply(account, body))
            await person.say("hi")
            assert person.texts[-1] == broken
            inner = write_xml(reply(account, bot.got[-1][1]))
            assert await answered(write_xml(sealed(account, inner))) == "好的"
            assert await answered(write_xml(sealed(account, b"success"))) == broken
            assert await answered(write_xml({**sealed(account, inner), "Nonce": "3"})) == broken
            unsigned = {**sealed(account, inner)}
            del unsigned["MsgSignature"]
            assert await answered(write_xml(unsigned)) == broken
            assert account.failures[-1].why == "odd: no MsgSignature"
            timeless = sealed(account, inner)
            signed = signature(account.token, "now", "2", str(timeless["Encrypt"]))
            timeless |= {"TimeStamp": "now", "MsgSignature": signed}
            assert await answered(write_xml(timeless)) == broken
            foreign = {**sealed(account, inner)}
            foreign["Encrypt"] = encrypt(account.aes_key, "wx0", inner)
            assert await answered(write_xml(foreign)) == broken
            account.mode = "safe"
            assert await answered(inner) == broken
            assert await answered(write_xml(sealed(account, inner))) == "好的"
            account.mode = "plain"
            assert await answered(write_xml(sealed(account, inner))) == broken
            assert await answered(inner) == "好的"
            assert len(account.failures) == person.texts.count(broken)

    asyncio.run(main())


def test_mini_program_takes_no_passive_text_and_json_only_in_json_mode() -> None:
    async def main() -> None:
        async with FakeWeChat() as fake, SmallBot() as bot:
            account = fake.mini_program(mode="plain", format="json", urls=[bot.url])
            person = account.person()

            def handoff(body: bytes) -> dict[str, object]:
                got = json.loads(body)
                swapped = {"ToUserName": got["FromUserName"], "FromUserName": got["ToUserName"]}
                return {**swapped, "CreateTime": 1, "MsgType": "transfer_customer_service"}

            bot.reply = lambda _, body: write_xml(handoff(body))
            await person.say("hi")
            assert person.texts == [account.broken]
            bot.reply = lambda _, body: write_json(
                {**handoff(body), "MsgType": "text", "Content": "x"}
            )
            await person.say("hi")
            assert person.texts == [account.broken] * 2
            assert account.agents.waiting == {}
            bot.reply = lambda _, body: write_json(handoff(body))
            await person.say("hi")
            assert list(account.agents.waiting) == [person.id]

    asyncio.run(main())


def test_in_a_thread_of_its_own() -> None:
    with running(FakeWeChat()) as fake:
        account = fake.official_account(urls=["http://127.0.0.1:1/"])
        account.pusher.patience = 0.02
        person = account.person("Wang")
        fake.do(person.say("hi"))
        assert fake.do(person.hears())[0].by == "platform"
        with pytest.raises(AssertionError, match="0 of 1 came"):
            fake.do(person.hears(within=0.05))
        fake.do(person.silence(0.05))
