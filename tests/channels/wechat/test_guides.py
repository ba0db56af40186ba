"""Whole guides and hand-offs over every kind of account, with the really trained assistant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from channels.wechat.words import WORDS
from tests.channels.wechat.fake import FakeWeChat, Shown, running
from tests.channels.wechat.fake.account import Account
from tests.channels.wechat.whole import whole_assistant

KINDS = ("official", "menus", "mini", "kf", "unverified")


@dataclass
class World:
    """All accounts with one assistant behind them."""

    fake: FakeWeChat
    accounts: dict[str, Account]
    folder: Path
    logs: list[Path]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("wechat")
    with running(FakeWeChat()) as fake:
        plain: dict[str, tuple[Account, dict[str, Any]]] = {
            "official": (fake.official_account(), {}),
            "menus": (fake.official_account(mode="compatible"), {"menus": True}),
            "mini": (fake.mini_program(format="json"), {}),
            "kf": (fake.kf(), {}),
            "unverified": (
                fake.official_account(mode="plain", verified=False),
                {"verified": False},
            ),
            "official-agents": (fake.official_account(), {"agents": True}),
            "kf-agents": (fake.kf(), {"agents": True}),
        }
        with whole_assistant(folder, fake, plain) as servers:
            accounts = {name: account for name, (account, _) in plain.items()}
            logs = [servers.log("rasa"), servers.log("actions")]
            yield World(fake, accounts, folder, logs)


class Talk:
    """One person's talk, every turn of which is looked at."""

    def __init__(self, world: World, name: str) -> None:
        self.account = world.accounts[name]
        self.person: Any = self.account.person()  # type: ignore[attr-defined]
        self._do = world.fake.do
        self._buttons: list[str] = []

    def say(self, text: str) -> str:
        """Says a text; returns the one message that comes."""
        return self._turn(self.person.say(text))

    def does(self, doing: Any) -> str:
        """Does something else, such as sending a picture."""
        return self._turn(doing)

    def arrives(self) -> str:
        """Follows or enters the account; returns the greeting."""
        follows = self.account.kind == "official_account"
        return self._turn(self.person.follow() if follows else self.person.enter())

    def choose(self, title: str) -> str:
        """Clicks a button, or types its number where there are only numbers."""
        if self.person.seen[-1].items:
            return self._turn(self.person.click(title))
        assert title in self._buttons, (title, self._buttons)
        return self.say(str(self._buttons.index(title) + 1))

    @property
    def offered(self) -> list[str]:
        """The titles of the buttons of the last answer."""
        return self._buttons

    def _turn(self, doing: Any) -> str:
        self._do(self.person.silence(0.05))  # the last turn was one message, and no more
        push = self._do(doing)
        shown: Shown = self._do(self.person.hears(within=15))[0]
        assert shown.by == "account"
        assert len(shown.text.encode()) <= 2048
        assert push.acknowledged
        assert push.attempts[-1].took < (4.9 if shown.via == "passive" else 1)
        assert not self.account.failures
        assert not self.account.warnings
        assert not [it for it in self.account.calls if (it.answer or {}).get("errcode")]
        assert not any(it.escaped for it in self.account.calls)
        lines = shown.text.splitlines()
        numbered = [it.partition(". ") for it in lines if it[:1].isdigit()]
        self._buttons = shown.titles or [title for number, dot, title in numbered if dot]
        return shown.text


@pytest.mark.parametrize("name", KINDS)
def test_who_comes_in_is_greeted(world: World, name: str) -> None:
    talk = Talk(world, name)
    assert talk.arrives().startswith("您好！")
    assert "可能的原因 1 / 5" in talk.choose("收不到验证码")


@pytest.mark.parametrize("name", KINDS)
def test_a_guide_from_its_first_step_to_its_end(world: World, name: str) -> None:
    talk = Talk(world, name)
    text = talk.say("用手机验证码找回")
    for step in range(1, 9):
        assert f"第 {step} 步 / 共 9 步" in text
        if step == 3:
            assert "回到第 3 步" in talk.say("密码有什么要求") + "".join(talk._buttons)
            assert "第 3 步 / 共 9 步" in talk.choose("回到第 3 步")
        text = talk.choose("好了，下一步")
    assert "第 9 步 / 共 9 步" in text
    assert "能登录" in talk.choose("好了，下一步")
    assert talk.choose("能登录了")


@pytest.mark.parametrize("name", KINDS)
def test_the_cause_of_a_failure_is_found(world: World, name: str) -> None:
    talk = Talk(world, name)
    assert "可能的原因 1 / 5" in talk.say("收不到验证码")
    assert "可能的原因 2 / 5" in talk.choose("没用，下一个")
    assert talk.choose("行了，解决了")


@pytest.mark.parametrize("name", KINDS)
def test_a_trouble_in_the_middle_of_a_guide_leads_back_to_it(world: World, name: str) -> None:
    talk = Talk(world, name)
    talk.say("用手机验证码找回")
    assert "第 6 步 / 共 9 步" in talk.say("第6步怎么弄")
    assert "可能的原因 1 / 5" in talk.choose("收不到验证码")
    text = talk.choose("全部原因")
    assert text.count("\n· ") == 5
    assert "第 6 步 / 共 9 步" in talk.choose("行了，解决了")


@pytest.mark.parametrize("name", KINDS)
def test_the_bureau_of_a_place_named_or_shown_on_the_map(world: World, name: str) -> None:
    talk = Talk(world, name)
    assert "哪个省、市、区县" in talk.say("联系市监局")
    assert "杭州市余杭区市场监督管理局" in talk.say("我在杭州余杭")
    if name != "mini":  # whose people can send no place
        place = talk.person.location(30.1, 120.1, "浙江省宁波市海曙区中山西路")
        assert "宁波市海曙区市场监督管理局" in talk.does(place)


@pytest.mark.parametrize("name", KINDS)
def test_where_there_are_no_agents_it_is_said_and_the_bureau_given(world: World, name: str) -> None:
    talk = Talk(world, name)
    talk.say("我在杭州余杭，市监局怎么联系")
    text = talk.say("转人工")
    assert "没有人工客服" in text
    assert "杭州市余杭区市场监督管理局" in text


@pytest.mark.parametrize("name", ["official-agents", "kf-agents"])
def test_a_human_takes_over_with_a_note_and_gives_back(world: World, name: str) -> None:
    talk = Talk(world, name)
    talk.say("用手机验证码找回")
    talk.choose("好了，下一步")
    text = talk.say("转人工")
    assert text.startswith(WORDS["handoff"])
    assert "手机验证码找回（停在第 2 步" in text
    account: Any = world.accounts[name]
    agents = account.agents if name.startswith("official") else account.servicers
    for _ in range(100):  # KF's is asked for after the words are out
        waiting = agents.waiting if name.startswith("official") else agents.waiting()
        if talk.person.id in waiting or talk.person in waiting:
            break
        world.fake.do(talk.person.silence(0.05))
    world.fake.do(agents.take(talk.person))
    world.fake.do(agents.say(talk.person, "您好，我来帮您"))
    world.fake.do(talk.person.hears())
    world.fake.do(talk.person.say("密码忘了"))
    world.fake.do(talk.person.silence())
    text = talk.does(agents.end(talk.person))
    assert text.startswith(WORDS["handoff_again"])
    assert "第 2 步 / 共 9 步" in talk.say("继续")


@pytest.mark.parametrize("name", ["official-agents", "kf-agents"])
def test_two_messages_that_nobody_understands_go_to_a_human(world: World, name: str) -> None:
    talk = Talk(world, name)
    assert not talk.say("帮我订一张机票").startswith(WORDS["handoff_lost"])
    assert talk.say("周杰伦的歌给我放一首").startswith(WORDS["handoff_lost"])


@pytest.mark.parametrize("name", KINDS)
def test_who_is_not_understood_twice_is_shown_the_bureau(world: World, name: str) -> None:
    talk = Talk(world, name)
    for text in ("帮我订一张机票", "周杰伦的歌给我放一首"):
        assert "帮不上忙" in talk.say(text)
        assert "联系当地市监局" in talk.offered
    assert "哪个省、市、区县" in talk.choose("联系当地市监局")


@pytest.mark.parametrize("name", ["official-agents", "kf-agents"])
def test_a_human_is_a_button_of_the_bureau(world: World, name: str) -> None:
    talk = Talk(world, name)
    assert "杭州市余杭区市场监督管理局" in talk.say("我在杭州余杭，市监局怎么联系")
    assert talk.choose(WORDS["handoff_button"]).startswith(WORDS["handoff"])


@pytest.mark.parametrize("name", KINDS)
def test_a_secret_is_warned_of_and_nowhere_kept(world: World, name: str) -> None:
    talk = Talk(world, name)
    assert "不要把密码发给" in talk.say("我的密码是Qwe78901怎么登不上")
    files = [*world.folder.glob("*.db*"), *world.logs]
    assert not [it for it in files if b"Qwe78901" in it.read_bytes()]


@pytest.mark.parametrize("name", KINDS)
def test_pictures_and_voices_are_answered(world: World, name: str) -> None:
    talk = Talk(world, name)
    said = talk.does(talk.person.image())  # a white dot
    assert said
    assert not said.startswith(WORDS["unavailable"])
    if name == "kf":  # which recognizes nothing
        assert talk.does(talk.person.voice()).startswith(WORDS["voice"])
    if name in ("official", "menus", "unverified"):
        assert talk.does(talk.person.voice("")).startswith(WORDS["voice"])
        assert "可能的原因 1 / 5" in talk.does(talk.person.voice("收不到验证码"))


def test_a_picture_in_the_middle_of_a_guide_loses_no_step(world: World) -> None:
    talk = Talk(world, "official")
    talk.say("用手机验证码找回")
    talk.choose("好了，下一步")
    talk.does(talk.person.image())
    assert "第 2 步 / 共 9 步" in talk.choose("回到第 2 步")
    assert "第 3 步 / 共 9 步" in talk.choose("好了，下一步")


@pytest.mark.parametrize("asked", ["看全部办法", "怎样保管密码"])
def test_a_number_stands_before_one_line_only(world: World, asked: str) -> None:
    talk = Talk(world, "official")
    text = talk.say(asked)
    assert len([it for it in text.splitlines() if it.startswith("1. ")]) == 1


def test_the_words_on_a_button_may_be_typed(world: World) -> None:
    talk = Talk(world, "official")
    talk.say("我在杭州余杭，市监局怎么联系")
    assert "一步步怎么办" in talk.offered
    assert "共 5 步" in talk.say("一步步怎么办")


def test_a_number_that_is_not_offered_does_not_leave_the_step(world: World) -> None:
    talk = Talk(world, "official")
    talk.say("用手机验证码找回")
    assert talk.say("9").startswith("没有第 9 个选项")
    assert "第 2 步 / 共 9 步" in talk.choose("好了，下一步")


def test_no_human_is_offered_where_there_are_none(world: World) -> None:
    talk = Talk(world, "official")
    talk.say("帮我订一张机票")
    talk.say("周杰伦的歌给我放一首")
    assert "找人工" not in talk.offered


@pytest.mark.parametrize("name", ["official-agents", "kf-agents"])
def test_there_are_four_buttons_at_most(world: World, name: str) -> None:
    talk = Talk(world, name)
    talk.say("我在杭州余杭，市监局怎么联系")
    assert len(talk.offered) <= 4
