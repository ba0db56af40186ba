"""What the message says of causes: what is out is not asked about, what fits comes next."""

from __future__ import annotations

from typing import Any

import pytest

from content_loader.load import load
from tests.actions.actor import Actor, find_block

CONTENT = load()
FACE = CONTENT.troubles["face_failed"].causes


def title_of(message: dict[str, Any]) -> str:
    return str(find_block(message, "cause")["title"])


def begin(*acts: str) -> tuple[Actor, dict[str, Any]]:
    actor = Actor()
    return actor, actor.send("face_failed", "刷不过", acts=["trouble:face_failed", *acts])


def test_what_the_first_message_rules_out_is_not_asked_about() -> None:
    _, message = begin("rules_out:light", "rules_out:covered")
    assert title_of(message) == FACE[2].title


def test_what_the_first_message_points_to_comes_first_and_the_others_after_it() -> None:
    actor, message = begin("points_to:posture")
    assert title_of(message) == FACE[2].title
    shown = [title_of(actor.send("not_resolved", "还是不行", acts=["failed"])) for _ in range(4)]
    assert shown == [FACE[i].title for i in (3, 4, 0, 1)]


def test_another_cause_than_the_present_one_may_be_ruled_out() -> None:
    actor, _ = begin()
    message = actor.send("out_of_scope", "没戴眼镜", acts=["rules_out:covered"])
    assert FACE[1].title in message["text"]
    assert CONTENT.text("navigate.cause.still", title=FACE[0].title) in message["text"]
    following = actor.send("not_resolved", "不行", acts=["failed"])
    assert title_of(following) == FACE[2].title


def test_a_cause_that_fits_is_gone_to_and_the_present_one_is_confirmed() -> None:
    actor, _ = begin()
    message = actor.send("out_of_scope", "微信是老婆的", acts=["points_to:identity"])
    assert title_of(message) == FACE[3].title
    message = actor.send("out_of_scope", "就是她的", acts=["points_to:identity"])
    assert CONTENT.text("navigate.cause.is_it") in message["text"]


def test_who_has_ruled_out_everything_is_led_on() -> None:
    _, message = begin(*(f"rules_out:{cause.name}" for cause in FACE))
    assert CONTENT.text("navigate.cause.none_left") in message["text"]


def test_two_causes_out_in_one_message_are_both_named() -> None:
    actor, _ = begin()
    acts = ["not_it", "rules_out:light", "rules_out:covered"]
    message = actor.send("deny", "光好 没戴帽子", acts=acts)
    assert FACE[0].title in message["text"] and FACE[1].title in message["text"]
    assert title_of(message) == FACE[2].title


def test_without_a_trouble_nothing_is_made_of_a_cause() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("out_of_scope", "屋里亮", acts=["rules_out:light"])
    assert message["text"]
    assert not find_block(message, "cause")


@pytest.mark.parametrize("name", sorted(CONTENT.troubles))
def test_names_of_causes_are_unique_in_their_trouble(name: str) -> None:
    names = [cause.name for cause in CONTENT.troubles[name].causes if cause.name]
    assert len(names) == len(set(names))


def test_a_long_correction_that_was_not_understood_undoes_nothing() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("out_of_scope", "我说的不是那个东西是别的一样", acts=["correct"])
    assert CONTENT.text("case.misheard") in message["text"]
    assert find_block(actor.send("next_step", "下一步", acts=["next"]), "step")["number"] == 2


def test_a_long_no_to_a_cause_does_not_take_back_what_was_answered_long_before() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了")
    actor.send("affirm", "能收", acts=["yes"])
    actor.send("new_password_not_working", "新密码不对", acts=["trouble:new_password_not_working"])
    message = actor.send("deny", "不是 我还没输呢 我问是不是输这个", acts=["correct", "no"])
    assert not find_block(message, "step")
    assert CONTENT.text("case.misheard") in message["text"]


def test_a_correction_that_only_asks_is_answered_and_changes_nothing() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("out_of_scope", "不是问这个 要多久", acts=["correct", "ask:time"])
    assert CONTENT.practical["time"].text in message["text"]
    assert CONTENT.text("case.corrected") not in message["text"]


def test_yes_but_later_is_a_yes() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了")
    actor.send("deny", "收不到", acts=["no"])
    message = actor.send("affirm", "能 晚上弄", acts=["yes", "fact:face=later"])
    assert find_block(message, "step")["way"] == CONTENT.ways["face"].title
    assert CONTENT.facts["face"]["later"].heard not in message["text"]


def test_a_page_without_the_option_ends_the_way() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("out_of_scope", "只有刷脸", acts=["screen:other_options"])
    assert CONTENT.ways["face"].ask in message["text"]


def test_a_place_in_passing_brings_no_card() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("out_of_scope", "选上海", acts=["place"], entities={"region": "上海"})
    assert CONTENT.text("case.noted_place", place="上海市") in message["text"]
    assert not find_block(message, "bureau")


def test_a_trouble_opened_by_mistake_is_left() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.click("/code_not_received")
    message = actor.send("out_of_scope", "没说收不到", acts=["correct", "reached:login_page"])
    assert find_block(message, "step")["number"] == 3
    actor.click("/code_not_received")
    message = actor.send("out_of_scope", "不是收不到 下一步", acts=["correct", "next"])
    assert find_block(message, "step")["number"] == 4


def test_what_was_asked_but_is_not_known_is_said_to_be_so_then_a_human_offered() -> None:
    actor = Actor()
    message = actor.send("nlu_fallback", "那个会怎样吗", acts=["ask:unknown"])
    assert CONTENT.practical["unknown"].text in message["text"]
    message = actor.send("nlu_fallback", "我问会怎样", acts=["ask:unknown"])
    assert CONTENT.text("navigate.not_caught_again") in message["text"]
    assert CONTENT.buttons["human"]["title"] in [b["title"] for b in message["buttons"]]


def test_another_way_begins_where_the_first_has_led_already() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.send("next_step", "点了忘记密码", acts=["reached:forgot_page"])
    message = actor.click("/recover_by_face")
    assert find_block(message, "step")["number"] == 3
    assert CONTENT.text("navigate.step.reached", step=3) in message["text"]
    assert find_block(actor.click("/recover_by_phone"), "step")["number"] == 4  # where it was left
