"""Where somebody stands as they say it: at no step, at the end already, with a way out, leaving."""

from __future__ import annotations

import pytest

from content_loader.load import load
from tests.actions.actor import Actor, find_block
from tests.actions.situations import at_step, sure

CONTENT = load()
CHEER = "恭喜"
IN = "reached:logged_in"


@pytest.mark.parametrize(
    ("intent", "acts"),
    [
        ("go_to_step", ["correct", "go_to:六"]),
        ("go_to_step", ["upset", "go_to:6"]),
    ],
)
def test_the_present_step_is_not_repeated_for_who_only_speaks_of_it(
    intent: str, acts: list[str]
) -> None:
    message = at_step("face", 6).send(intent, "不在第六步 我是让那号卡住了", acts=acts)
    assert CONTENT.text("navigate.step.not_here", step=6) in message["text"]
    assert not find_block(message, "step")


def test_the_present_step_is_not_repeated_behind_what_was_asked_of_it() -> None:
    said = "第六步的密码要几位"
    message = at_step("face", 6).send("nlu_fallback", said, acts=["ask:length", "go_to:六"])
    assert message["text"] == CONTENT.practical["length"].text
    assert not find_block(message, "step")


def test_who_wants_the_present_step_gets_it() -> None:
    message = at_step("face", 6).send("go_to_step", "第六步再说一遍", acts=["go_to:六"])
    assert find_block(message, "step")


def test_a_no_goes_before_the_number_that_works_and_is_another_one() -> None:
    acts = ["fact:number=reachable", "no"]
    said = "收不到 那是他的号 我自己的一直没换"
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    message = actor.send(
        "code_not_received", said, acts=acts, ranking=sure("code_not_received", 0.7)
    )
    assert not find_block(message, "step")
    assert actor.slots["pending_question"] == "way:face"


def test_a_number_that_is_gone_is_heard_beside_what_is_forgotten() -> None:
    said = "密码不知道 号码估计也是他的 他不接电话"
    for confidence, kind in ((0.9, "way:face"), (0.4, "way:phone")):
        actor = Actor()
        actor.send(
            "phone_changed", said, acts=["matter"], ranking=sure("phone_changed", confidence)
        )
        assert actor.slots["pending_question"] == kind


def test_a_liaison_who_can_be_reached_need_not_be_found() -> None:
    by_fact, by_answer = Actor(), Actor()
    for actor in (by_fact, by_answer):
        for _ in range(3):
            actor.send("recover_password", "密码忘了", acts=["matter"])
            if actor.slots["pending_question"] != "way:liaison":
                actor.send("deny", "不能", acts=["no"])
        assert actor.slots["pending_question"] == "way:liaison"
    by_fact.send("explain_liaison", "联络员是我媳妇 在家呢", acts=["fact:liaison=reachable"])
    by_answer.send("affirm", "能", acts=["yes"])
    for actor in (by_fact, by_answer):
        assert actor.slots["guide"] == {"way": "liaison", "step": 2}


def test_all_steps_at_once_are_sent_again_to_who_wants_them_again() -> None:
    actor = at_step("face", 1)
    for said in ("把步骤列个单子", "我要全部步骤一次发出来"):
        message = actor.send("nlu_fallback", said, acts=["all_at_once"])
    assert CONTENT.text("navigate.once_more") in message["text"]
    assert CONTENT.text("navigate.not_caught") not in message["text"]


def test_who_leaves_with_what_was_answered_is_let_go() -> None:
    actor = at_step("face", 1)
    actor.send("nlu_fallback", "ca锁顶不顶用", acts=["ask:usb_key"])
    message = actor.send("stop", "客服说ca锁可以 先不弄了", acts=["ask:usb_key", "leave"])
    assert message["text"] == CONTENT.chitchat["stop"].text


def test_who_is_in_and_has_set_the_new_password_is_congratulated_whatever_came_before() -> None:
    acts = ["solved", IN, "reached:code_entered", "reached:password_set"]
    said = "填了 过了 新密码也设了 能进了"
    for intent, is_glad in (("resolved", True), ("next_step", False)):
        ranking = sure(intent, 0.69)
        message = at_step("phone", 6).send(intent, said, acts=acts, ranking=ranking)
        assert (CHEER in message["text"]) == is_glad


def test_thanks_behind_the_new_password_are_asked_whether_they_are_in() -> None:
    actor = at_step("phone", 8)
    acts = ["reached:password_confirmed", "thanks"]
    actor.send("resolved", "早就点了确定了 谢了", acts=acts, ranking=sure("resolved", 0.66))
    assert actor.slots["pending_question"] == "logged_in"


def test_a_new_password_that_was_set_ahead_is_to_be_tried() -> None:
    actor = at_step("phone", 5)
    message = actor.send("next_step", "密码也设完了", acts=["reached:password_set"])
    assert message["text"] == CONTENT.text("navigate.step.set_ahead")
    assert CHEER in actor.send("affirm", "能", acts=["yes"])["text"]
    actor = at_step("phone", 7)
    actor.send("next_step", "设好了", acts=["reached:password_set"])
    assert actor.slots["guide"] == {"way": "phone", "step": 8}


def test_who_has_the_number_and_will_not_help_is_no_face_that_is_not_wanted() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    actor.send("nlu_fallback", "号在他媳妇手里", acts=["fact:number=other"])
    actor.send("scam_concern", "她不肯 说怕被骗", acts=["fact:face=unwilling"])
    assert "face" not in actor.slots["facts"]
    assert actor.slots["pending_question"] == "way:face"


@pytest.mark.parametrize(
    ("intent", "asks_nothing", "is_let_go"),
    [("out_of_scope", False, False), ("out_of_scope", True, True), ("stop", False, True)],
)
def test_who_rather_asks_something_is_not_let_go(
    intent: str, asks_nothing: bool, is_let_go: bool
) -> None:
    said = "那我去医院找老板自己刷行吧"
    message = at_step("face", 1).send(
        intent, said, acts=["leave"], near=["time"], asks_nothing=asks_nothing
    )
    assert (CONTENT.chitchat["stop"].text in message["text"]) == is_let_go


def test_who_gives_something_up_and_says_what_it_is_after_all_has_not_left() -> None:
    actor = Actor()
    acts = ["matter", "correct", "leave"]
    actor.send("recover_password", "算了不改了 我其实是忘了 用找回吧", acts=acts)
    assert actor.slots["pending_question"] == "way:phone"
