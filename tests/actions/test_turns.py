"""What single turns do that conversations do not show."""

from __future__ import annotations

import pytest

from actions.navigation import read_number
from actions.turn import live_content
from actions.warnings import find_warnings
from tests.actions.actor import ACTIONS, INTENTS, RULES, Actor

KINDS = live_content.current().warnings


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("6", 6),
        ("六", 6),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十一", 21),
        ("１２", 12),
        ("0", 0),
        ("", None),
        ("abc", None),
        ("½", None),
        ("9999", None),
        ("-1", None),
    ],
)
def test_numbers_are_read(text: str, number: int | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("密码是[hidden:password]", ["password"]),
        ("[hidden:code] [hidden:code]", ["code"]),
        ("点 http://yyzz.example.com/a", ["link"]),
        ("www.evil.cn/x 验证", ["link"]),
        ("yyzz-gov.cn/login", ["link"]),
        ("http://scjg.gov.cn.evil.com/", ["link"]),
        ("https://scjgj.beijing.gov.cn/x", []),
        ("gov.cn 才是官方", []),
        ("[hidden:nothing]", []),
        ("第6步", []),
    ],
)
def test_warnings(text: str, warnings: list[str]) -> None:
    assert find_warnings(text, KINDS) == warnings


def test_every_intent_has_a_rule_and_every_rule_an_action() -> None:
    assert len(INTENTS) == 50
    assert set(INTENTS) | {"nlu_fallback"} == set(RULES)
    assert set(RULES.values()) <= set(ACTIONS)


def test_a_way_is_taken_up_where_it_was_left() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    for _ in range(4):
        actor.send("next_step")
    actor.send("recover_by_face")
    message = actor.send("recover_by_phone")
    assert message["card"]["step"] == 5


def test_an_edit_that_shortens_a_guide_does_not_break_it() -> None:
    actor = Actor({"guide": {"way": "face", "step": 99}, "question": "step"})
    assert actor.send("repeat_step")["card"]["step"] == 7


def test_a_diagnosis_that_is_gone_is_dropped() -> None:
    actor = Actor({"diagnosis": {"trouble": "gone", "cause": 0}, "question": "cause"})
    assert actor.send("not_resolved")["text"]


def test_a_failing_action_apologises_and_logs_no_text(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("actions.recover.find_way", lambda _: 1 / 0)
    actor = Actor({"question": "logged_in"})
    message = actor.send("recover_password", "张三的店密码忘了")
    assert actor.slots["question"] == "logged_in"
    assert message["text"] == live_content.current().talk["apology"].text
    assert "ZeroDivisionError" in caplog.text
    assert "张三" not in caplog.text


def test_near_equal_meanings_are_asked_back() -> None:
    ranking = [
        {"name": "code_not_received", "confidence": 0.35},
        {"name": "code_rejected", "confidence": 0.3},
    ]
    message = Actor().send("nlu_fallback", "验证码有毛病", ranking=ranking)
    assert [it["payload"] for it in message["buttons"]][:2] == [
        "/code_not_received",
        "/code_rejected",
    ]


def test_a_guess_is_not_offered() -> None:
    ranking = [{"name": it, "confidence": 0.03} for it in ("thank", "affirm")]
    message = Actor().send("nlu_fallback", "吧啦吧啦", ranking=ranking)
    assert message["text"] == live_content.current().talk["lost"].text


def test_the_second_miss_running_offers_bureau_and_human() -> None:
    actor = Actor()
    actor.send("nlu_fallback", "吧啦")
    message = actor.send("nlu_fallback", "吧啦吧啦")
    payloads = [it["payload"] for it in message["buttons"]]
    assert "/contact_bureau" in payloads
    assert "/human_agent" in payloads


def test_a_hit_between_two_misses_begins_the_count_anew() -> None:
    actor = Actor()
    actor.send("nlu_fallback", "吧啦")
    actor.send("thank")
    assert actor.send("nlu_fallback", "吧啦")["text"] == live_content.current().talk["lost"].text


def test_a_place_without_a_known_authority_gets_no_website() -> None:
    message = Actor().send("inform_region", "石河子", {"region": "石河子市"})
    assert message["card"]["bureau"] is None
    assert message["card"]["website"] is None
    assert "12345" in message["text"]
    assert "gov.cn" not in message["text"]


def test_a_long_story_amid_a_diagnosis_is_not_a_no() -> None:
    actor = Actor()
    actor.send("code_not_received")
    story = "急急急投标今天五点截止执照登不上密码也不知道对不对你们到底管不管啊"
    assert actor.send("login_failed", story)["card"]["trouble"] == "登录不上"
    actor.send("code_not_received")
    assert actor.send("login_failed", "还是登不上")["card"]["number"] == 2


def test_who_wants_a_human_or_is_lost_twice_may_be_handed_over_with_a_note() -> None:
    actor = Actor()
    assert "handover" not in actor.send("greet")
    wish = actor.send("human_agent")["handover"]
    assert wish["reason"] == "asked"
    assert "还没有试过找回的办法" in wish["note"]
    actor = Actor()
    assert "handover" not in actor.send("nlu_fallback", "呃呃呃")
    assert actor.send("nlu_fallback", "呜呜呜")["handover"]["reason"] == "lost"


def test_the_note_for_a_human_says_what_was_tried() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    actor.send("next_step")
    assert "已试过" in actor.send("human_agent")["handover"]["note"]


def test_out_of_scope_twice_may_be_handed_over() -> None:
    actor = Actor()
    assert "handover" not in actor.send("out_of_scope", "今天天气怎么样")
    assert actor.send("out_of_scope", "帮我订机票")["handover"]["reason"] == "lost"
