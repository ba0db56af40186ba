"""Pictures: fetched in all three kinds, read once, answered in order; and nothing of them kept."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from channels.inbox import following
from channels.wechat.client import media
from channels.wechat.conversation import passive_replies
from channels.wechat.messages import MESSAGES
from screenshots.reading import Reason
from tests.channels.wechat.bot import Answer, Bot, echo
from tests.channels.wechat.picture_reader import ScriptedReader, first_line, picture
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator import media as fake_media
from tools.wechat_simulator.account import Account
from tools.wechat_simulator.customer import QUEUE
from tools.wechat_simulator.media import GET, PICTURES

NOW = 1_750_000_000.0
KINDS = ("official_account", "xml", "json", "kf", "unverified")
UNVERIFIED = {"verified": False}
ERROR = "账号或密码错误"
HEARD = f"听到：{ERROR}"
COMMAND = "听到：/send_picture"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.pictures.understand", first_line)
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.2)


def opened(fake: FakeWeChat, kind: str) -> Any:
    if kind == "kf":
        return fake.kf()
    if kind in ("xml", "json"):
        return fake.mini_program(format=kind)
    return fake.official_account(verified=kind != "unverified")


def fields_of(kind: str) -> dict[str, Any]:
    return UNVERIFIED if kind == "unverified" else {}


def way(kind: str) -> str:
    """Returns the path by which the pictures of a kind of account are fetched."""
    return PICTURES if kind == "unverified" else GET


def fetches(account: Account) -> int:
    return len(account.called(GET))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_fetched_read_and_answered(tmp_path: Path, kind: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account, reader = opened(fake, kind), ScriptedReader()
            async with Bot(
                tmp_path, fake, {"hall": account}, fields=fields_of(kind), reader=reader
            ) as bot:
                person = account.person()
                sent = picture(f"{ERROR}\n请重新输入")
                await person.image(sent, "text/plain")  # the type is not believed
                assert (await person.hears())[0].text == HEARD
                assert reader.got == [sent]
                assert bot.seen == [
                    {
                        "kind": "error",
                        "sentence": ERROR,
                        "page": "",
                        "means": "",
                        "reason": "",
                        "hidden": False,
                    }
                ]
                assert fetches(account) == (kind != "unverified")
                assert "start" in reader.calls
                assert not account.failures
                for headers in account.media.viewers:  # of a PicUrl
                    assert not {"Cookie", "Authorization", "Referer"} & set(headers)
                assert len(account.media.viewers) == (kind == "unverified")
            assert "close" in reader.calls

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["official_account", "kf", "unverified"])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("expired", "failed"),
        ("endless and slow", "failed"),
        ("endless and fast", "too_large"),
        ("hang", "failed"),
        ("cut", "failed"),
        ("status", "failed"),
        ("redirect", "failed"),
        ("nine megabytes", "too_large"),
        ("html", "not_a_picture"),
        ("nothing", "not_a_picture"),
    ],
)
def test_what_cannot_be_had_is_told_kindly_and_the_next_is_answered(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    name: str,
    reason: str,
) -> None:
    caplog.set_level(logging.DEBUG, "channels")
    slow = name in ("endless and slow", "hang", "cut", "status", "redirect")
    monkeypatch.setattr(media, "FETCH_SECONDS", 0.5 if slow else 5)
    if name == "expired":
        monkeypatch.setattr(fake_media, "DAYS_3", 0.0)
    sent = {
        "nine megabytes": picture(ERROR, 9 * 1024 * 1024),
        "html": b"<html><body>",
        "nothing": b"",
    }.get(name, picture(ERROR))

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account, reader, path = opened(fake, kind), ScriptedReader(), way(kind)
            faults = fake.faults
            kept = account.media.add(picture("别处"))
            {
                "endless and slow": lambda: faults.endless(path, 0.05, times=9),
                "endless and fast": lambda: faults.endless(path, 0),
                "hang": lambda: faults.hang(path, times=9),
                "cut": lambda: faults.cut(path, times=9),
                "status": lambda: faults.status(path, times=9),
                "redirect": lambda: faults.redirect(path, account.media.url(kept), times=9),
            }.get(name, faults.clear)()
            async with Bot(
                tmp_path,
                fake,
                {"hall": account},
                fields=fields_of(kind),
                reader=reader,
                max_picture_bytes=1_000_000 if name == "endless and fast" else 8_388_608,
            ) as bot:
                person = account.person()
                await person.image(sent)
                assert (await person.hears())[0].text == COMMAND
                assert [message["reason"] for message in bot.seen] == [reason]
                assert reader.got == ([sent] if reason == "not_a_picture" else [])
                assert (
                    not account.media.viewers
                    or reason == "not_a_picture"
                    or name == ("nine megabytes")
                )
                fake.faults.clear()
                monkeypatch.setattr(fake_media, "DAYS_3", 3 * 86400.0)
                await person.image(picture(ERROR))
                assert (await person.hears())[0].text == HEARD
                assert not account.failures

    asyncio.run(main())
    assert fake_media.GET in caplog.text or "picture" in caplog.text or reason == "not_a_picture"
    assert "access_token" not in caplog.text
    assert "media_id" not in caplog.text
    assert "http://" not in caplog.text.replace("http://127.0.0.1:%s", "")


@pytest.mark.parametrize("kind", ["official_account", "json", "kf"])
@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_refused_token_is_renewed_once(tmp_path: Path, kind: str, code: int) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = opened(fake, kind)
            async with Bot(tmp_path, fake, {"hall": account}, reader=ScriptedReader()) as bot:
                person = account.person()
                await person.ask("你好")
                await account_is_quiet(account)
                fake.faults.code(GET, code)
                account.tokens.kill(code)
                await person.image(picture(ERROR))
                assert (await person.hears())[0].text == HEARD
                assert fetches(account) == 2
                assert len(bot.seen) == 1

    asyncio.run(main())


async def account_is_quiet(account: Account) -> None:
    """Waits until no call is without its answer."""
    while any(call.answer is None for call in account.calls):
        await asyncio.sleep(0.01)


def test_wrong_tokens_for_ever_end_in_words(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = opened(fake, "official_account")
            async with Bot(tmp_path, fake, {"hall": account}, reader=ScriptedReader()) as bot:
                person = account.person()
                fake.faults.code(GET, 40001, times=99)
                await person.image(picture(ERROR))
                assert (await person.hears())[0].text == COMMAND
                assert bot.seen[0]["reason"] == "failed"
                assert fetches(account) == 2

    asyncio.run(main())


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/1",
        "https://example.com/mmbiz.qpic.cn/1",
        "https://mmbiz.qpic.cn.example.com/1",
        "https://mmbiz.qpic.cn@example.com/1",
        "https://you:secret@mmbiz.qpic.cn/1",
        "https://mmbiz.qpic.cn:8443/1",
        "file:///etc/passwd",
        "ftp://mmbiz.qpic.cn/1",
        "http://[::1",
    ],
)
def test_no_other_host_is_asked_for_a_picture(tmp_path: Path, url: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account, reader = opened(fake, "unverified"), ScriptedReader()
            async with Bot(
                tmp_path, fake, {"hall": account}, fields=UNVERIFIED, reader=reader
            ) as bot:
                person = account.person()
                await person.image(picture(ERROR), url=url)
                assert (await person.hears())[0].text.startswith(MESSAGES["image"])
                assert not bot.heard
                assert not reader.got

    asyncio.run(main())


def test_a_verified_account_does_not_look_at_the_address(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = opened(fake, "official_account")
            async with Bot(tmp_path, fake, {"hall": account}, reader=ScriptedReader()):
                person = account.person()
                await person.image(picture(ERROR), url="http://localhost/1")
                assert (await person.hears())[0].text == HEARD
                assert not account.media.viewers

    asyncio.run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_a_repeated_push_is_read_once(tmp_path: Path, kind: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account, reader = opened(fake, kind), ScriptedReader(seconds=0.2)
            async with Bot(
                tmp_path, fake, {"hall": account}, fields=fields_of(kind), reader=reader
            ):
                person = account.person()
                account.pusher.lose_answers = 2
                await person.image(picture(ERROR))
                assert (await person.hears())[0].text == HEARD
                account.pusher.concurrent = True
                await person.image(picture("第二张"))
                assert (await person.hears())[0].text == "听到：第二张"
                await person.silence()
                assert len(reader.got) == 2

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["official_account", "json", "kf"])
def test_texts_before_and_behind_keep_their_order(tmp_path: Path, kind: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account, reader = opened(fake, kind), ScriptedReader(seconds=0.3)
            async with Bot(tmp_path, fake, {"hall": account}, reader=reader) as bot:
                person = account.person()
                await person.say("在吗")
                await person.image(picture(ERROR))
                await person.say("怎么办")
                texts = [reply.text for reply in await person.hears(3)]
                assert texts == ["听到：在吗", HEARD, "听到：怎么办"]
                assert [text for _, text in bot.heard] == ["在吗", ERROR, "怎么办"]

    asyncio.run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_in_work_is_read_again_after_a_kill(tmp_path: Path, kind: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account, stuck = opened(fake, kind), ScriptedReader(seconds=60)
            account.pusher.patience, account.pusher.attempts = 1.0, 1
            person = account.person()
            first = Bot(tmp_path, fake, {"hall": account}, fields=fields_of(kind), reader=stuck)
            await first.__aenter__()
            pushing = asyncio.create_task(person.image(picture(ERROR)))
            while not stuck.got:
                await asyncio.sleep(0.01)
            await first.kill()
            account.urls = []
            await pushing
            reader = ScriptedReader()
            async with Bot(
                tmp_path, fake, {"hall": account}, fields=fields_of(kind), reader=reader
            ) as second:
                if kind == "unverified":  # it has only the next push to answer
                    while not second.heard:
                        await asyncio.sleep(0.01)
                    await person.say("1")
                    texts = [reply.text for reply in await person.hears()]
                    texts = [text for text in texts if text.startswith("听到")] or [
                        reply.text for reply in await person.hears()
                    ]
                else:
                    texts = [reply.text for reply in await person.hears()]
                assert texts == [HEARD]
                assert len(reader.got) == len(second.seen) == 1
                assert not first.heard
                await person.silence()

    asyncio.run(main())


def test_a_picture_that_rasa_has_answered_is_not_fetched_again_after_a_kill(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock()) as fake:
            account = fake.kf()
            person = account.person()
            fake.faults.hang("/cgi-bin/kf/send_msg")
            first = Bot(tmp_path, fake, {"hall": account}, reader=ScriptedReader())
            await first.__aenter__()
            await person.image(picture(ERROR))
            while not account.called("/cgi-bin/kf/send_msg"):
                await asyncio.sleep(0.01)
            await first.kill()
            account.urls = []
            reader = ScriptedReader()
            async with Bot(tmp_path, fake, {"hall": account}, reader=reader) as second:
                assert (await person.hears())[0].text == HEARD
                assert not second.heard
                assert not reader.got
                assert fetches(account) == 1

    asyncio.run(main())


def test_a_picture_that_is_not_read_in_time_comes_with_the_next_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passive_replies, "ANSWER_SECONDS", 0.5)

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account, reader = opened(fake, "unverified"), ScriptedReader(seconds=1)
            async with Bot(
                tmp_path, fake, {"hall": account}, fields=UNVERIFIED, reader=reader
            ) as bot:
                person = account.person()
                await person.image(picture(ERROR))
                assert (await person.hears())[0].text == MESSAGES["not_ready"]
                await bot.asked()
                assert (await person.ask("看答案")).text == HEARD
                assert len(reader.got) == 1

    asyncio.run(main())


def kept(folder: Path) -> bytes:
    """Returns all that is in the databases."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.db*")))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_secret_on_a_picture_is_kept_or_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = ("Qwe78901", "110101199003078515", "13812345678")
    lines = f"密码是{secrets[0]}\n身份证号{secrets[1]}\n手机号{secrets[2]}"

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account, reader = opened(fake, kind), ScriptedReader()
            async with Bot(
                tmp_path, fake, {"hall": account}, fields=fields_of(kind), reader=reader
            ) as bot:
                person = account.person()
                push = await person.image(picture(lines))
                assert (await person.hears())[0].text == "听到：密码是[hidden:password]"
                assert bot.seen[0]["hidden"] is True
                [conversation_id] = {text for text, _ in bot.heard}
                tracker = await bot.tracker_store.retrieve_full_tracker(conversation_id)
                assert tracker
                logged = repr([event.as_dict() for event in tracker.events])
                assert "[hidden:password]" in logged
                assert not [secret for secret in secrets if secret in logged]
                if kind != "kf":  # where the picture was is forgotten when it is answered
                    while await bot.store.peek(conversation_id):
                        await asyncio.sleep(0.01)
                    await bot.store.purge()  # else what was overwritten is in the journal
                    assert push.fields["MediaId"].encode() not in kept(tmp_path)
            for secret in secrets:
                assert secret.encode() not in kept(tmp_path)
                assert secret not in caplog.text

    asyncio.run(main())


def test_what_was_announced_before_is_hidden_on_the_picture_and_the_other_way_round(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = opened(fake, "official_account")
            async with Bot(tmp_path, fake, {"hall": account}, reader=ScriptedReader()):
                person = account.person()
                await person.ask("我的密码是")
                await person.image(picture("平平安安"))
                assert (await person.hears())[0].text == "听到：[hidden:password]"
                other = account.person()
                await other.image(picture("我的密码是"))
                await other.hears()
                assert (await other.ask("平平安安")).text == "听到：[hidden:password]"

    asyncio.run(main())


def test_too_many_pictures_are_refused_kindly_once_a_minute(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account, reader = opened(fake, "kf"), ScriptedReader()
            async with Bot(tmp_path, fake, {"hall": account}, reader=reader, pictures_per_minute=2):
                person, other = account.person(), account.person()
                for number in range(4):
                    await person.image(picture(f"{number}号"))
                texts = [reply.text for reply in await person.hears(3)]
                assert texts[:2] == ["听到：0号", "听到：1号"]
                assert texts[2].startswith(MESSAGES["pictures_too_fast"])
                await person.silence()
                assert len(reader.got) == fetches(account) == 2
                await other.image(picture(ERROR))
                assert (await other.hears())[0].text == HEARD
                assert (await person.ask("你好")).text == "听到：你好"

    asyncio.run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_where_pictures_are_off_none_is_fetched(tmp_path: Path, kind: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account, reader = opened(fake, kind), ScriptedReader()
            async with Bot(
                tmp_path,
                fake,
                {"hall": account},
                fields=fields_of(kind),
                reader=reader,
                pictures_per_minute=0,
            ) as bot:
                person = account.person()
                await person.image(picture(ERROR))
                assert (await person.hears())[0].text.startswith(MESSAGES["image"])
                assert not bot.heard
                assert not reader.got
                assert "start" not in reader.calls
                assert not fetches(account)
                assert not account.media.viewers

    asyncio.run(main())


@pytest.mark.parametrize("problem", list(Reason))
def test_why_a_picture_is_not_read_reaches_rasa(tmp_path: Path, problem: Reason) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account, reader = opened(fake, "official_account"), ScriptedReader(problem=problem)
            async with Bot(tmp_path, fake, {"hall": account}, reader=reader) as bot:
                person = account.person()
                await person.image(picture(ERROR))
                assert (await person.hears())[0].text == COMMAND
                assert (bot.seen[0]["kind"], bot.seen[0]["reason"]) == ("unread", problem.value)

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["official_account", "json", "kf"])
def test_agents_get_the_picture_and_nobody_else(tmp_path: Path, kind: str) -> None:
    async def to_agents(message: UserMessage) -> Answer:
        answer = await echo(message)
        if message.text == "人工":
            answer["handoff"] = {"reason": "asked", "note": "记录"}
        return answer

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account, reader = opened(fake, kind), ScriptedReader()
            async with Bot(
                tmp_path, fake, {"hall": account}, to_agents, {"agents": True}, reader=reader
            ):
                person = account.person()
                await person.say("人工")
                await person.hears()
                if kind == "kf":
                    while person.state != QUEUE:
                        await asyncio.sleep(0.01)
                    await account.servicers.take(person)
                else:
                    await account.agents.take(person)
                await person.image(picture(ERROR))
                await person.silence(0.5)
                assert not reader.got
                assert not fetches(account)

    asyncio.run(main())
