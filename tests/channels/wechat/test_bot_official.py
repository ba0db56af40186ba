"""The official account against the strict fake: answers, order, quota, buttons, everything sent."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from channels.messages import unavailable
from channels.wechat.messages import MESSAGES
from tests.channels.wechat.bot import BUREAU, BUTTONS, Answer, Bot, echo, offering
from tools.wechat_simulator import Clock, FakeWeChat

NOW = 1_750_000_000.0


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_a_message_is_answered_in_every_mode(tmp_path: Path, mode: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account(mode=mode)
            async with Bot(tmp_path, fake, {"hall": account}):
                assert (await account.check_url()).passed
                person = account.person()
                assert (await person.ask("收不到验证码")).text == "听到：收不到验证码"
                assert max(account.pusher.took) < 1
                assert not account.failures
                assert not account.warnings

    asyncio.run(main())


def test_retries_also_at_once_are_answered_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                pusher = account.pusher
                for lost, at_once, copies in ((2, False, 0), (0, True, 0), (0, False, 2)):
                    pusher.lose_answers = lost
                    pusher.concurrent, pusher.duplicates = at_once, copies
                    person = account.person()
                    await person.say("你好")
                    await person.hears()
                    await person.silence()
                    await person.follow()
                    await person.hears()
                    await person.silence()
                assert len(bot.heard) == 6

    asyncio.run(main())


def test_messages_of_one_person_are_answered_in_their_order(tmp_path: Path) -> None:
    async def slow(message: UserMessage) -> Answer:
        await asyncio.sleep(1.5 if message.text == "一" else 0.0)
        return await echo(message)

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, slow) as bot:
                person, other = account.person(), account.person()
                await person.say("一")
                await bot.asked()
                for text in "二三":
                    await person.say(text)
                await other.say("别人")
                await other.hears(within=1.2)  # does not wait for the first
                texts = [reply.text for reply in await person.hears(2)]
                assert texts == ["听到：一", "听到：二\n三"]  # read together: see test_bot_bursts

    asyncio.run(main())


def test_what_comes_out_of_order_while_one_is_answered_is_put_in_order(tmp_path: Path) -> None:
    async def slow(message: UserMessage) -> Answer:
        await asyncio.sleep(0.2)
        return await echo(message)

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, slow) as bot:
                person = account.person()
                await person.say("零")
                await bot.asked()
                account.pusher.hold = True
                for text in "一二三":
                    await person.say(text)
                    fake.clock.move(1)
                await account.pusher.release([2, 0, 1])
                texts = [reply.text for reply in await person.hears(2)]
                assert texts == ["听到：零", "听到：一\n二\n三"]

    asyncio.run(main())


def test_buttons_are_numbered_lines_and_a_number_is_its_button_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, offering) as bot:
                person = account.person()
                shown = await person.ask("你好")
                assert shown.text == "听到：你好\n\n1. 好了，下一步\n2. 卡住了\n回复 1、2 即可"
                await person.ask("2")
                assert bot.heard[-1][1] == "/stuck_at_step"
                shown = await person.ask("３")
                assert shown.text.startswith("没有第 3 个选项")
                await person.ask("1")  # the list still counts
                assert [text[1] for text in bot.heard] == ["你好", "/stuck_at_step", "/next_step"]

    asyncio.run(main())


def test_menus_are_clicked_where_they_are_allowed(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, offering, {"menus": True}) as bot:
                person = account.person()
                shown = await person.ask("你好")
                assert shown.titles == [button["title"] for button in BUTTONS]
                await person.click("卡住了")
                await person.hears()
                await person.say("1")  # in a menu to click, nothing is numbered
                await person.hears()
                assert [text[1] for text in bot.heard] == ["你好", "/stuck_at_step", "1"]

    asyncio.run(main())


@pytest.mark.parametrize("text", ["/restart", "//next_step", " /greet", '/inform_region{"a":"b"}'])
def test_typed_text_never_runs_an_intent(tmp_path: Path, text: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                await account.person().ask(text)
                assert not bot.heard[0][1].startswith("/")

    asyncio.run(main())


def test_four_of_five_sends_are_used_and_the_fifth_is_for_the_bureau(tmp_path: Path) -> None:
    long = "".join(f"第{i}句话，请您照着做。" for i in range(900))

    async def speaker(message: UserMessage) -> Answer:
        if message.text == "找市监局":
            return {"text": "登记机关", "blocks": [BUREAU]}
        return {"text": long if message.text == "长" else f"听到：{message.text}"}

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, speaker):
                person = account.person()
                await person.say("长")
                first = [reply.text for reply in await person.hears(4)]
                await person.silence()
                assert person.quota_windows.left == 1
                assert first[-1].endswith(MESSAGES["more"])
                assert all(len(message.encode()) < 2048 for message in first)
                fake.clock.move(10)
                await person.say("然后呢")
                rest = [reply.text for reply in await person.hears(4)]
                said = "".join([*first, *rest]).replace(MESSAGES["more"], "").replace("\n", "")
                assert (long + "听到：然后呢").startswith(said)
                assert not [call for call in account.calls if (call.answer or {}).get("errcode")]

    asyncio.run(main())


def test_the_bureau_uses_the_last_send_of_a_window(tmp_path: Path) -> None:
    async def speaker(message: UserMessage) -> Answer:
        blocks = [BUREAU] if "机关" in message.text else []
        return {"text": f"听到：{message.text}", "blocks": blocks}

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            keys = {"menu_keys": {"A": "随便", "B": "登记机关"}}
            async with Bot(tmp_path, fake, {"hall": account}, speaker, keys):
                person = account.person()
                await person.press("A")
                await person.hears()
                fake.clock.move(1)
                person.quota_windows.event(1)  # as if two sends had been used elsewhere
                account_left = person.quota_windows.left
                assert account_left == 1
                await person.press("B")
                assert (await person.hears())[0].text == "听到：登记机关"

    asyncio.run(main())


def test_everything_a_person_can_send_has_an_answer(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                person = account.person()
                for sending, expected in (
                    (person.voice("收不到验证码"), "听到：收不到验证码"),
                    (person.voice(""), MESSAGES["voice"]),
                    (person.voice(None), MESSAGES["voice"]),
                    (person.image(), "听到：/send_picture"),
                    (person.video(), MESSAGES["video"]),
                    (person.video("shortvideo"), MESSAGES["video"]),
                    (person.link("标题", "https://example.com"), MESSAGES["link"]),
                    (person.card("卡片"), MESSAGES["card"]),
                    (person.say("[微笑]"), MESSAGES["emoji"]),
                    (person.say("😀😀"), MESSAGES["emoji"]),
                    (person.sticker(), MESSAGES["unknown"]),
                    (person.unknown(), MESSAGES["unknown"]),
                    (person.location(30.2, 120.1, ""), MESSAGES["location_unnamed"]),
                    (
                        person.location(30.2, 120.1, "浙江省杭州市余杭区文一西路"),
                        "听到：找浙江省杭州市余杭区文一西路的登记机关",
                    ),
                    (person.say("长" * 2_500), MESSAGES["too_long"]),
                ):
                    await sending
                    assert (await person.hears())[0].text.startswith(expected)
                assert len(bot.heard) == 3
                assert not account.failures

    asyncio.run(main())


def test_events(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            keys = {"menu_keys": {"HELP": "找人工"}}
            async with Bot(tmp_path, fake, {"hall": account}, echo, keys) as bot:
                person = account.person()
                await person.follow("7")
                await person.hears()
                await person.press("HELP")
                await person.hears()
                await person.press("OTHER")
                await person.hears()
                await person.view("https://example.com")
                await person.event("TEMPLATESENDJOBFINISH", Status="success")
                await person.event("something_new")
                await person.scan("7")  # in the middle of the conversation
                await person.silence()
                assert [text[1] for text in bot.heard] == ["/greet", "找人工", "/greet"]
                conversation_id = bot.heard[0][0]
                await person.unfollow()
                await asyncio.sleep(0.2)
                assert await bot.tracker_store.retrieve(conversation_id) is None
                assert not account.failures

    asyncio.run(main())


def test_what_is_kept_and_logged_holds_no_secret_and_no_person(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(message: UserMessage) -> Answer:
        raise ValueError(message.text)

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, broken) as bot:
                person = account.person()
                shown = await person.ask("密码是Abc12345，验证码 482913，电话13800138000")
                assert shown.text.startswith(unavailable()["text"])
                await person.follow()
                await person.hears()
                await asyncio.sleep(0.2)
                await bot.store.purge()
                secrets = ["Abc12345", "482913", "13800138000", person.id]
                secrets += [account.secret, account.token, account.aes_key]
                kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
                assert not [secret for secret in secrets if secret.encode() in kept]
                assert not [secret for secret in secrets if secret in caplog.text]

    asyncio.run(main())


def test_who_writes_too_fast_is_told_once_a_minute(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            limit: dict[str, Any] = {"messages_per_minute": 3}
            async with Bot(tmp_path, fake, {"hall": account}, **limit) as bot:
                person = account.person()
                for i in range(6):
                    await person.say(f"第{i}条")
                    await asyncio.sleep(0.05)
                shown = await person.hears(4)
                await person.silence()
                assert len(bot.heard) == 3
                assert shown[-1].text.startswith(MESSAGES["too_fast"])
                assert (await account.person().ask("别人")).text == "听到：别人"

    asyncio.run(main())


def test_a_secret_that_was_announced_is_hidden_before_it_is_kept(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                person = account.person()
                assert (await person.ask("密码是")).text == "听到：密码是"
                assert (await person.ask("芝麻开门")).text == "听到：[hidden:password]"
                assert [text for _, text in bot.heard] == ["密码是", "[hidden:password]"]
        kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert "芝麻开门".encode() not in kept

    asyncio.run(main())
