"""Whole guides and hand-offs over every kind of account, with the really trained assistant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from channels.messages import unavailable
from channels.wechat.messages import MESSAGES
from tests.channels.wechat.whole import whole_assistant
from tools.wechat_simulator import FakeWeChat, Shown, running
from tools.wechat_simulator.account import Account

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


class Conversation:
    """One person's conversation, every turn of which is looked at."""

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
        assert push.attempts[-1].took < 4.9  # WeChat waits 5 s
        assert not self.account.failures
        assert not self.account.warnings
        assert not [call for call in self.account.calls if (call.answer or {}).get("errcode")]
        assert not any(call.escaped for call in self.account.calls)
        lines = shown.text.splitlines()
        numbered = [line.partition(". ") for line in lines if line[:1].isdigit()]
        self._buttons = shown.titles or [title for number, dot, title in numbered if dot]
        return shown.text


@pytest.mark.parametrize("name", KINDS)
def test_who_comes_in_is_greeted(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    assert conversation.arrives().startswith("您好！")
    assert "可能的原因 1 / 5" in conversation.choose("收不到验证码")


@pytest.mark.parametrize("name", KINDS)
def test_a_guide_from_its_first_step_to_its_end(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    text = conversation.say("用手机验证码找回")
    for step in range(1, 9):
        assert f"第 {step} 步 / 共 9 步" in text
        if step == 3:
            assert "回到第 3 步" in conversation.say("密码有什么要求") + "".join(
                conversation._buttons
            )
            assert "第 3 步 / 共 9 步" in conversation.choose("回到第 3 步")
        text = conversation.choose("好了，下一步")
    assert "第 9 步 / 共 9 步" in text
    assert "能登录" in conversation.choose("好了，下一步")
    assert conversation.choose("能登录了")


@pytest.mark.parametrize("name", KINDS)
def test_the_cause_of_a_failure_is_found(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    assert "可能的原因 1 / 5" in conversation.say("收不到验证码")
    assert "可能的原因 2 / 5" in conversation.choose("没用，下一个")
    assert conversation.choose("行了，解决了")


@pytest.mark.parametrize("name", KINDS)
def test_a_trouble_in_the_middle_of_a_guide_leads_back_to_it(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    conversation.say("用手机验证码找回")
    assert "第 6 步 / 共 9 步" in conversation.say("第6步怎么弄")
    assert "可能的原因 1 / 5" in conversation.choose("收不到验证码")
    text = conversation.choose("全部原因")
    assert text.count("\n· ") == 5
    assert "第 6 步 / 共 9 步" in conversation.choose("行了，解决了")


@pytest.mark.parametrize("name", KINDS)
def test_the_bureau_of_a_place_named_or_shown_on_the_map(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    assert "哪个省、市、区县" in conversation.say("联系市监局")
    assert "杭州市余杭区市场监督管理局" in conversation.say("我在杭州余杭")
    if name != "mini":  # whose people can send no place
        place = conversation.person.location(30.1, 120.1, "浙江省宁波市海曙区中山西路")
        assert "宁波市海曙区市场监督管理局" in conversation.does(place)


@pytest.mark.parametrize("name", KINDS)
def test_where_there_are_no_agents_it_is_said_and_the_bureau_given(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    conversation.say("我在杭州余杭，市监局怎么联系")
    text = conversation.say("转人工")
    assert "没有人工客服" in text
    assert "杭州市余杭区市场监督管理局" in text


@pytest.mark.parametrize("name", ["official-agents", "kf-agents"])
def test_a_human_takes_over_with_a_note_and_gives_back(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    conversation.say("用手机验证码找回")
    conversation.choose("好了，下一步")
    text = conversation.say("转人工")
    assert text.startswith(MESSAGES["handoff"])
    assert "手机验证码找回（停在第 2 步" in text
    account: Any = world.accounts[name]
    agents = account.agents if name.startswith("official") else account.servicers
    for _ in range(100):  # KF's is asked for after the words are out
        waiting = agents.waiting if name.startswith("official") else agents.waiting()
        if conversation.person.id in waiting or conversation.person in waiting:
            break
        world.fake.do(conversation.person.silence(0.05))
    world.fake.do(agents.take(conversation.person))
    world.fake.do(agents.say(conversation.person, "您好，我来帮您"))
    world.fake.do(conversation.person.hears())
    world.fake.do(conversation.person.say("密码忘了"))
    world.fake.do(conversation.person.silence())
    text = conversation.does(agents.end(conversation.person))
    assert text.startswith(MESSAGES["handoff_again"])
    assert "第 2 步 / 共 9 步" in conversation.say("继续")


@pytest.mark.parametrize("name", ["official-agents", "kf-agents"])
def test_two_messages_that_nobody_understands_go_to_a_human(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    assert not conversation.say("帮我订一张机票").startswith(MESSAGES["handoff_cannot_handle"])
    assert conversation.say("周杰伦的歌给我放一首").startswith(MESSAGES["handoff_cannot_handle"])


@pytest.mark.parametrize("name", KINDS)
def test_who_is_not_understood_twice_is_shown_the_bureau(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    for text in ("帮我订一张机票", "周杰伦的歌给我放一首"):
        assert "帮不上忙" in conversation.say(text)
        assert "联系当地市监局" in conversation.offered
    assert "哪个省、市、区县" in conversation.choose("联系当地市监局")


@pytest.mark.parametrize("name", ["official-agents", "kf-agents"])
def test_a_human_is_a_button_of_the_bureau(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    assert "杭州市余杭区市场监督管理局" in conversation.say("我在杭州余杭，市监局怎么联系")
    assert conversation.choose(MESSAGES["handoff_button"]).startswith(MESSAGES["handoff"])


@pytest.mark.parametrize("name", KINDS)
def test_a_secret_is_warned_of_and_nowhere_kept(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    assert "不要把密码发给" in conversation.say("我的密码是Qwe78901怎么登不上")
    files = [*world.folder.glob("*.db*"), *world.logs]
    assert not [file for file in files if b"Qwe78901" in file.read_bytes()]


@pytest.mark.parametrize("name", KINDS)
def test_pictures_and_voices_are_answered(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    said = conversation.does(conversation.person.image())  # a white dot
    assert said
    assert not said.startswith(unavailable()["text"])
    if name == "kf":  # which recognizes nothing
        assert conversation.does(conversation.person.voice()).startswith(MESSAGES["voice"])
    if name in ("official", "menus", "unverified"):
        assert conversation.does(conversation.person.voice("")).startswith(MESSAGES["voice"])
        assert "可能的原因 1 / 5" in conversation.does(conversation.person.voice("收不到验证码"))


def test_a_picture_in_the_middle_of_a_guide_loses_no_step(world: World) -> None:
    conversation = Conversation(world, "official")
    conversation.say("用手机验证码找回")
    conversation.choose("好了，下一步")
    conversation.does(conversation.person.image())
    assert "第 2 步 / 共 9 步" in conversation.choose("回到第 2 步")
    assert "第 3 步 / 共 9 步" in conversation.choose("好了，下一步")


@pytest.mark.parametrize("asked", ["看全部办法", "怎样保管密码"])
def test_a_number_stands_before_one_line_only(world: World, asked: str) -> None:
    conversation = Conversation(world, "official")
    text = conversation.say(asked)
    assert len([line for line in text.splitlines() if line.startswith("1. ")]) == 1


def test_the_words_on_a_button_may_be_typed(world: World) -> None:
    conversation = Conversation(world, "official")
    conversation.say("我在杭州余杭，市监局怎么联系")
    assert "一步步怎么办" in conversation.offered
    assert "共 5 步" in conversation.say("一步步怎么办")


def test_a_number_that_is_not_offered_does_not_leave_the_step(world: World) -> None:
    conversation = Conversation(world, "official")
    conversation.say("用手机验证码找回")
    assert conversation.say("9").startswith("没有第 9 个选项")
    assert "第 2 步 / 共 9 步" in conversation.choose("好了，下一步")


def test_no_human_is_offered_where_there_are_none(world: World) -> None:
    conversation = Conversation(world, "official")
    conversation.say("帮我订一张机票")
    conversation.say("周杰伦的歌给我放一首")
    assert "找人工" not in conversation.offered


@pytest.mark.parametrize("name", ["official-agents", "kf-agents"])
def test_there_are_four_buttons_at_most(world: World, name: str) -> None:
    conversation = Conversation(world, name)
    conversation.say("我在杭州余杭，市监局怎么联系")
    assert len(conversation.offered) <= 4
