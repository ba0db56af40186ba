"""A machine whose clock is wrong answers everybody, and says that it is wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.channels.wechat.bot import Bot, echo
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator.customer import Customer
from tools.wechat_simulator.envelopes import envelope

NOW = 1_750_000_000.0
WRONG = [-600.0, -60.0, -30.0, 0.0, 30.0, 60.0, 600.0]


async def health(bot: Bot) -> dict[str, Any]:
    """Returns what the channel says to those who ask how it is."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{bot.url}/webhooks/wechat/") as response,
    ):
        report: dict[str, Any] = await response.json()
        return report


@pytest.mark.parametrize("fast", WRONG)
@pytest.mark.parametrize("kind", ["official_account", "mini_program", "kf"])
def test_nobody_gets_silence(
    tmp_path: Path, kind: str, fast: float, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = getattr(fake, kind)()
            async with Bot(tmp_path, fake, {"hall": account}, fast=fast) as bot:
                person = account.person()
                for i in range(8):
                    assert (await person.ask(f"第{i}句")).text == f"听到：第{i}句"
                    fake.clock.move(7)
                fake.clock.move(47 * 3600)
                assert (await person.ask("还在吗")).text == "听到：还在吗"
                assert not account.failures
                assert not account.refusals
                report = await health(bot)
                if fast:
                    assert report["warnings"] == [{"what": "clock_skew", "seconds": round(fast)}]
                    assert f"{abs(fast):.0f} s {'fast' if fast > 0 else 'slow'}" in caplog.text
                else:
                    assert report == {"status": "ok"}
                    assert "clock" not in caplog.text

    asyncio.run(main())


@pytest.mark.parametrize("fast", WRONG)
def test_who_enters_kf_is_welcomed(tmp_path: Path, fast: float) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}, fast=fast):
                person = account.person()
                await person.enter()
                assert (await person.hears())[0].text == "听到：/greet"

    asyncio.run(main())


@pytest.mark.parametrize("fast", WRONG)
def test_a_small_window_is_used_to_its_end(tmp_path: Path, fast: float) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            hall, program = fake.official_account(), fake.mini_program()
            accounts: dict[str, Any] = {"hall": hall, "program": program}
            async with Bot(tmp_path, fake, accounts, fast=fast):
                follower, visitor = hall.person(), program.person()
                for happens, person in (
                    (follower.follow(), follower),
                    (follower.press("x"), follower),
                    (visitor.enter(), visitor),
                ):
                    await happens
                    assert (await person.hears())[0].text == "听到：/greet"
                assert not hall.refusals
                assert not program.refusals

    asyncio.run(main())


@pytest.mark.parametrize("fast", WRONG)
def test_the_end_of_48_hours_is_the_platforms(tmp_path: Path, fast: float) -> None:
    """What did not fit in is sent with the next word, never outside of the quota window."""

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.kf()
            async with Bot(tmp_path, fake, {"kf": account}, fast=fast):
                person = account.person()
                await person.ask("一")
                account.pusher.hold = True
                await person.say("二")
                fake.clock.move(48 * 3600 - 60)
                await account.pusher.release()
                assert (await person.hears())[0].text == "听到：二"
                await person.say("三")
                fake.clock.move(48 * 3600 + 60)
                await account.pusher.release()
                await person.silence()
                assert set(account.refusals) <= {95007}  # the token of the push has ended

    asyncio.run(main())


@pytest.mark.parametrize("fast", [-600.0, 600.0])
def test_a_clock_that_is_set_while_it_serves_makes_no_silence(tmp_path: Path, fast: float) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            hall, kf = fake.official_account(), fake.kf()
            async with Bot(tmp_path, fake, {"hall": hall, "kf": kf}) as bot:
                for bot.fast in (0.0, fast, 0.0):
                    for person in (hall.person(), kf.person()):
                        await person.ask("一")
                        if isinstance(person, Customer):
                            await kf.person().enter()
                        assert (await person.ask("二")).text == "听到：二"
                assert await health(bot) == {"status": "ok"}

    asyncio.run(main())


@pytest.mark.parametrize("fast", [-600.0, 600.0])
def test_a_platform_that_was_not_reached_at_the_start_is_asked_again(
    tmp_path: Path, fast: float
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            hall, kf = fake.official_account(), fake.kf()
            await fake.go_offline()
            async with Bot(tmp_path, fake, {"hall": hall, "kf": kf}, fast=fast):
                patched = pytest.MonkeyPatch()
                patched.setattr("channels.wechat.app.MEASURE_SECONDS", 0.0)
                await fake.go_online()
                for person in (hall.person(), kf.person()):
                    assert (await person.ask("一")).text == "听到：一"
                patched.undo()
                assert not hall.failures

    asyncio.run(main())


@pytest.mark.parametrize("fast", [-250.0, 250.0])
def test_without_dates_the_times_of_pushes_are_enough(tmp_path: Path, fast: float) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            fake.dated = False
            hall, kf = fake.official_account(), fake.kf()
            async with Bot(tmp_path, fake, {"hall": hall, "kf": kf}, fast=fast) as bot:
                for person in (hall.person(), kf.person()):
                    for text in "一二三四五六":
                        assert (await person.ask(text)).text == f"听到：{text}"
                await kf.person().enter()
                fresh = kf.person()
                await fresh.enter()
                await fresh.hears()
                warnings = (await health(bot))["warnings"]
                assert warnings == [{"what": "clock_skew", "seconds": round(fast)}]

    asyncio.run(main())


@pytest.mark.parametrize("fast", WRONG)
def test_an_old_push_sent_again_is_refused_whatever_our_clock_says(
    tmp_path: Path, fast: float
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}, echo, fast=fast) as bot:
                fields = account.person()._head("text", Content="旧", MsgId=1)
                old = envelope(account, fields)
                fake.clock.move(400)
                async with (
                    aiohttp.ClientSession() as session,
                    session.post(account.urls[0], params=old.query, data=old.body) as response,
                ):
                    assert response.status == 403
                assert not bot.heard

    asyncio.run(main())


def test_a_message_without_a_time_is_answered(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}):
                person = account.person()
                person.quota_windows.message()
                fields = {"FromUserName": person.id, "MsgType": "text", "Content": "你好"}
                push = await account.pusher.push({"ToUserName": "gh_1", **fields}, person)
                assert push.acknowledged
                assert (await person.hears())[0].text == "听到：你好"

    asyncio.run(main())


def test_a_clock_that_jumps_takes_no_time_from_a_send(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account = fake.official_account()
            async with Bot(tmp_path, fake, {"hall": account}) as bot:
                person = account.person()
                await person.ask("一")
                fake.faults.code("/cgi-bin/message/custom/send", -1)  # busy: it is tried again
                await person.say("二")
                await bot.asked(2)
                await asyncio.sleep(0.5)
                bot.fast = 600
                assert (await person.hears())[0].text == "听到：二"
            assert "no time was left" not in caplog.text

    asyncio.run(main())
