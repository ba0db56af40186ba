"""What each platform is sent, and KF's other calls."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from channels.wechat.client.api import ApiError
from channels.wechat.client.kf import Kf
from channels.wechat.client.platforms import MiniProgram, OfficialAccount, Platform, platform_of
from channels.wechat.protocol.outgoing import Part
from tests.channels.wechat.client.stub_api import Bench, account, bench

SEND, KF_SEND = "/cgi-bin/message/custom/send", "/cgi-bin/kf/send_msg"
WELCOME, SYNC = "/cgi-bin/kf/send_msg_on_event", "/cgi-bin/kf/sync_msg"
STATE, TRANS = "/cgi-bin/kf/service_state/get", "/cgi-bin/kf/service_state/trans"
TEXT = Part("您好\n\n第二段")
MENU = Part("选哪一个？", (("b1", "忘了密码"), ("b2", "换手机号")))


def open_platform(opened: Bench) -> Any:
    """Returns the platform of a bench's account, anew as after a restart."""
    return platform_of(opened.account, opened.http, opened.store, opened.clock, opened.sleep)


def bodies(opened: Bench, path: str) -> list[Any]:
    return [call.body for call in opened.stub.calls if call.path == path]


def test_an_account_has_the_platform_of_its_kind(tmp_path: Path) -> None:
    async def run(kind: str, wanted: type[Platform]) -> None:
        async with bench(tmp_path, kind) as opened:
            platform: Platform = open_platform(opened)
            assert type(platform) is wanted
            assert platform.api.account.name == account().name
            await platform.close()

    asyncio.run(run("official_account", OfficialAccount))
    asyncio.run(run("mini_program", MiniProgram))
    asyncio.run(run("kf", Kf))


@pytest.mark.parametrize("kind", ["official_account", "mini_program"])
def test_a_text_of_the_two_older_platforms(tmp_path: Path, kind: str) -> None:
    async def run() -> None:
        async with bench(tmp_path, kind) as opened:
            await open_platform(opened).send("o1", "", TEXT, "m1")
            assert bodies(opened, SEND) == [
                {"touser": "o1", "msgtype": "text", "text": {"content": "您好\n\n第二段"}}
            ]

    asyncio.run(run())


def test_a_menu_of_an_official_account(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            await open_platform(opened).send("o1", "", MENU, "m1", opened.soon)
            [body] = bodies(opened, SEND)
            assert body["msgtype"] == "msgmenu"
            assert body["msgmenu"] == {
                "head_content": "选哪一个？",
                "list": [
                    {"id": "b1", "content": "忘了密码"},
                    {"id": "b2", "content": "换手机号"},
                ],
                "tail_content": "",
            }

    asyncio.run(run())


def test_a_mini_program_has_no_menu(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path, "mini_program") as opened:
            with pytest.raises(ValueError, match="no menus"):
                await open_platform(opened).send("o1", "", MENU, "m1")
            assert not opened.stub.calls

    asyncio.run(run())


def test_a_doubtful_send_without_a_key_is_not_repeated(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path) as opened:
            opened.stub.script[SEND] = ["break"]
            with pytest.raises(ApiError) as caught:
                await open_platform(opened).send("o1", "", TEXT, "m1")
            assert caught.value.doubtful
            assert len(opened.stub.calls) == 1

    asyncio.run(run())


def test_what_kf_is_sent(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            kf = open_platform(opened)
            await kf.send("wm1", "wk1", TEXT, "m1")
            await kf.send("wm1", "wk1", MENU, "m2")
            shared = {"touser": "wm1", "open_kfid": "wk1"}
            items = [
                {"type": "click", "click": {"id": "b1", "content": "忘了密码"}},
                {"type": "click", "click": {"id": "b2", "content": "换手机号"}},
            ]
            assert bodies(opened, KF_SEND) == [
                {**shared, "msgid": "m1", "msgtype": "text", "text": {"content": TEXT.text}},
                {
                    **shared,
                    "msgid": "m2",
                    "msgtype": "msgmenu",
                    "msgmenu": {"head_content": "选哪一个？", "list": items},
                },
            ]

    asyncio.run(run())


@pytest.mark.parametrize("msgid", ["", "x" * 33, "a b", "a\n", "密"])
def test_a_key_that_kf_does_not_take_is_an_error_of_ours(tmp_path: Path, msgid: str) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            with pytest.raises(ValueError, match="msgid"):
                await open_platform(opened).send("wm1", "wk1", TEXT, msgid)

    asyncio.run(run())


@pytest.mark.parametrize("fault", ["break", "half", 502, b"<html>"])
def test_kf_is_sent_the_same_key_after_a_doubt(tmp_path: Path, fault: object) -> None:
    """The first try arrived: the platform refuses its key, and that is as good as a yes."""

    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            opened.stub.script[KF_SEND] = [fault, 40058]
            await open_platform(opened).send("wm1", "wk1", TEXT, "m1")
            assert [body["msgid"] for body in bodies(opened, KF_SEND)] == ["m1", "m1"]

    asyncio.run(run())


def test_kf_knows_its_key_again_after_a_restart(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            opened.stub.script[KF_SEND] = ["break"] * 4
            with pytest.raises(ApiError) as caught:
                await open_platform(opened).send("wm1", "wk1", TEXT, "m1")
            assert caught.value.kind == "ambiguous"
            opened.stub.script[KF_SEND] = [40058]
            await open_platform(opened).send("wm1", "wk1", TEXT, "m1")
            # Killed between the answer and the note about it: sent again, refused, and done.
            await open_platform(opened).send("wm1", "wk1", TEXT, "m2")
            opened.stub.script[KF_SEND] = [40058]
            await open_platform(opened).send("wm1", "wk1", TEXT, "m2")

    asyncio.run(run())


@pytest.mark.parametrize("first", [40058, 95013, -1])
def test_a_first_refusal_of_kf_is_no_arrival(tmp_path: Path, first: int) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            for code in (first, 40058):
                opened.stub.script[KF_SEND] = [code] * (4 if code == -1 else 1)
                with pytest.raises(ApiError) as caught:
                    await open_platform(opened).send("wm1", "wk1", TEXT, "m1")
                assert caught.value.code == code
            await open_platform(opened).send("wm1", "wk1", TEXT, "m1")

    asyncio.run(run())


def test_a_welcome_by_its_code(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            kf = open_platform(opened)
            await kf.send_on_event("code1", MENU)
            opened.stub.script[WELCOME] = ["break", 40029]
            await kf.send_on_event("code2", TEXT, "m2")
            first, second, third = bodies(opened, WELCOME)
            assert (first["code"], first["msgtype"]) == ("code1", "msgmenu")
            assert "msgid" not in first
            assert second == third
            assert second["msgid"] == "m2"
            opened.stub.script[WELCOME] = [40029]
            with pytest.raises(ApiError):
                await kf.send_on_event("code3", TEXT)
            opened.stub.script[WELCOME] = [-1] * 99
            begun = opened.clock()
            with pytest.raises(ApiError):
                await kf.send_on_event("code4", TEXT)
            assert opened.clock() - begun <= 20

    asyncio.run(run())


def test_reading_pages(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            kf = open_platform(opened)
            opened.stub.script[SYNC] = [
                500,  # reading twice is no harm
                {"errcode": 0, "next_cursor": "c1", "has_more": 1, "msg_list": []},
                {"errcode": 0, "next_cursor": "c2", "has_more": 0, "msg_list": [{"a": 1}, "odd"]},
                {"errcode": 0},
            ]
            assert (await kf.sync("wk1", "", "t1")) == {
                "errcode": 0,
                "msg_list": [],
                "next_cursor": "c1",
                "has_more": True,
            }
            page = await kf.sync("wk1", "c1", limit=5000)
            assert (page["msg_list"], page["next_cursor"]) == ([{"a": 1}], "c2")
            assert page["has_more"] is False
            page = await kf.sync("wk1", "c2")
            assert (page["msg_list"], page["next_cursor"], page["has_more"]) == ([], "c2", False)
            first, _, third, _ = bodies(opened, SYNC)
            assert first == {"cursor": "", "token": "t1", "limit": 1000, "open_kfid": "wk1"}
            assert third == {"cursor": "c1", "limit": 1000, "open_kfid": "wk1"}

    asyncio.run(run())


def test_states_of_a_conversation(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            kf = open_platform(opened)
            opened.stub.script[STATE] = [{"errcode": 0, "service_state": 3, "servicer_userid": "u"}]
            assert await kf.state("wk1", "wm1") == 3
            assert bodies(opened, STATE) == [{"open_kfid": "wk1", "external_userid": "wm1"}]
            opened.stub.script[STATE] = [{"errcode": 0}]
            with pytest.raises(ApiError):
                await kf.state("wk1", "wm1")

    asyncio.run(run())


def test_giving_a_conversation_to_somebody(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            kf = open_platform(opened)
            opened.stub.script[TRANS] = [{"errcode": 0, "msg_code": "mc"}, {"errcode": 0}]
            assert await kf.hand_off("wk1", "wm1", 2) == "mc"
            assert await kf.hand_off("wk1", "wm1", 3, "zhang") is None
            shared = {"open_kfid": "wk1", "external_userid": "wm1"}
            assert bodies(opened, TRANS) == [
                {**shared, "service_state": 2},
                {**shared, "service_state": 3, "servicer_userid": "zhang"},
            ]

    asyncio.run(run())


def test_a_lost_answer_about_giving_is_asked_after(tmp_path: Path) -> None:
    async def run() -> None:
        async with bench(tmp_path, "kf") as opened:
            kf = open_platform(opened)
            opened.stub.script[TRANS] = ["break", 95016]
            opened.stub.script[STATE] = [{"errcode": 0, "service_state": 2}]
            assert await kf.hand_off("wk1", "wm1", 2) is None
            opened.stub.script[TRANS] = ["break", 95016]
            opened.stub.script[STATE] = [{"errcode": 0, "service_state": 1}]
            with pytest.raises(ApiError) as caught:
                await kf.hand_off("wk1", "wm1", 2)
            assert caught.value.code == 95016
            opened.stub.calls.clear()
            opened.stub.script[TRANS] = [95014]
            with pytest.raises(ApiError):
                await kf.hand_off("wk1", "wm1", 3, "nobody")
            assert not bodies(opened, STATE)

    asyncio.run(run())
