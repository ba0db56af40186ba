"""After a case has ended well, what is told begins no new search."""

from __future__ import annotations

from typing import Any

import pytest

from content_loader.load import load
from tests.actions.actor import Actor, find_block

CONTENT = load()
ASKED_PHONE = CONTENT.ways["phone"].ask


def sure(intent: str, confidence: float) -> list[dict[str, Any]]:
    return [{"name": intent, "confidence": confidence}]


def solved() -> Actor:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.click("/resolved")
    actor.click("/affirm")
    assert actor.slots["facts"] == {"closed": True}
    return actor


@pytest.mark.parametrize(
    ("intent", "text", "acts"),
    [
        ("phone_changed", "旧卡下月要注销了", ["fact:number=gone"]),
        ("resolved", "我都弄好了 不刷脸了", ["drop:face", "done"]),
        ("resolved", "我改好了 讲完咧", ["reached:reset_success"]),
        ("login_failed", "人在国外 密码都有了", ["fact:representative=abroad", "matter"]),
    ],
)
def test_what_is_told_after_the_end_begins_nothing(intent: str, text: str, acts: list[str]) -> None:
    message = solved().send(intent, text, acts=acts, ranking=sure(intent, 0.6))
    assert not find_block(message, "step")
    assert ASKED_PHONE not in message["text"]


def test_a_question_after_the_end_is_answered_and_nothing_is_asked() -> None:
    acts = ["fact:number=gone", "ask:time"]
    ranking = sure("update_contact_info", 0.6)
    message = solved().send("update_contact_info", "号要换了 要多久", ranking=ranking, acts=acts)
    assert CONTENT.practical["time"].text in message["text"]
    assert ASKED_PHONE not in message["text"]


def test_who_surely_has_forgotten_it_again_is_led_on() -> None:
    message = solved().send(
        "recover_password", "又忘了密码", None, sure("recover_password", 0.99), ["matter"]
    )
    assert ASKED_PHONE in message["text"]


def test_a_way_that_is_wanted_is_begun() -> None:
    message = solved().send("recover_by_face", "再走一遍刷脸", acts=["wish:face"])
    assert find_block(message, "step")["way"] == CONTENT.ways["face"].title


def test_an_answer_beside_the_success_is_not_given_again_after_it() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.send("go_to_step", "第9步", {"step_number": "9"}, acts=["go_to:9"])
    acts = ["solved", "reached:logged_in", "ask:change_number"]
    actor.send("resolved", "进去了 要换号怎么办", acts=acts)
    message = actor.send("update_contact_info", "先改还是后改", acts=["ask:change_number"])
    assert CONTENT.answers["update_contact_info"].text not in message["text"]
    assert CONTENT.answers["update_contact_info"].again in message["text"]


def test_who_is_not_understood_after_the_end_is_offered_people() -> None:
    actor = solved()
    acts, ranking = ["fact:number=gone"], sure("phone_changed", 0.6)
    for text in ("旧卡要注销了", "我说旧卡"):
        actor.send("phone_changed", text, ranking=ranking, acts=acts)
    message = actor.send("phone_changed", "旧卡啊", ranking=ranking, acts=acts)
    assert CONTENT.text("navigate.not_caught_again") in message["text"]


def test_what_fails_after_the_end_is_taken_up() -> None:
    message = solved().send("face_failed", "没好 要刷脸", acts=["trouble:face_failed"])
    assert find_block(message, "cause")


def test_in_and_on_before_a_password_was_set_is_no_success() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.click("/next_step")
    asked = actor.send("out_of_scope", "登录进去了", acts=["reached:logged_in"])
    assert CONTENT.text("navigate.solved.inside") in asked["text"]
    acts, ranking = ["solved", "reached:logged_in"], sure("next_step", 0.6)
    message = actor.send("next_step", "他登上了 下一步", ranking=ranking, acts=acts)
    assert find_block(message, "step")["number"] == 3


def test_what_happened_to_the_phone_after_the_end_gets_its_word() -> None:
    acts = ["fact:device=stolen"]
    ranking = sure("device_changed", 0.6)
    message = solved().send("device_changed", "手机刚被扒了", ranking=ranking, acts=acts)
    assert CONTENT.facts["device"]["stolen"].heard in message["text"]


def test_a_fraud_after_the_end_is_no_thanks() -> None:
    actor = solved()
    actor.send("scam_concern", "有人让我付钱", acts=["ask:is_scam"])
    message = actor.send("affirm", "点了 卡号也填了", ranking=sure("affirm", 0.6), acts=["done"])
    assert CONTENT.text("case.thanks") not in message["text"]


def test_a_page_of_another_guide_after_the_end_begins_it() -> None:
    acts = ["reached:code_received"]
    message = solved().send("next_step", "短信来了", ranking=sure("next_step", 0.6), acts=acts)
    assert find_block(message, "step")["number"] == 6


def test_a_fraud_beside_in_and_on_is_warned_of() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.click("/next_step")
    actor.send("out_of_scope", "登录进去了", acts=["reached:logged_in"])
    acts, ranking = ["ask:is_scam", "solved", "reached:logged_in"], sure("next_step", 0.6)
    message = actor.send("next_step", "登上了 下一步 有人要码", ranking=ranking, acts=acts)
    assert find_block(message, "warning")
