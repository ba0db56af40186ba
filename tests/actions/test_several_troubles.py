"""Troubles beside something else: a fact that says why, or another trouble."""

from __future__ import annotations

from typing import Any

from content_loader.load import load
from tests.actions.actor import Actor, find_block

CONTENT = load()
CODE, FACE = CONTENT.troubles["code_not_received"], CONTENT.troubles["face_failed"]


def both() -> tuple[Actor, dict[str, Any]]:
    actor = Actor()
    acts = ["trouble:code_not_received", "trouble:face_failed"]
    return actor, actor.send("code_not_received", "短信收不到 刷脸也过不去", acts=acts)


def begin(trouble: str, *acts: str) -> tuple[Actor, dict[str, Any]]:
    actor = Actor()
    return actor, actor.send(trouble, "不行", acts=[f"trouble:{trouble}", *acts])


def test_where_a_fact_says_why_no_cause_is_looked_for() -> None:
    _, message = begin("code_not_received", "fact:number=away")
    assert CONTENT.facts["number"]["away"].heard in message["text"]
    assert CODE.intro not in message["text"]
    assert CONTENT.ways["face"].ask in message["text"]
    _, message = begin("face_failed", "fact:face=later")
    assert CONTENT.facts["face"]["later"].heard in message["text"]
    assert not find_block(message, "cause")


def test_a_fact_about_another_way_leaves_the_trouble() -> None:
    _, message = begin("face_failed", "fact:number=gone")
    assert find_block(message, "cause")["trouble"] == FACE.title


def test_a_way_that_was_said_to_fail_is_not_asked_about_when_the_other_falls_out() -> None:
    actor, message = both()
    assert find_block(message, "cause")["trouble"] == CODE.title
    message = actor.send("out_of_scope", "号早停了", acts=["fact:number=gone"])
    assert find_block(message, "cause")["trouble"] == FACE.title
    assert CONTENT.ways["face"].ask not in message["text"]


def test_when_one_way_works_the_trouble_with_the_other_is_let_be() -> None:
    actor, _ = both()
    message = actor.send("out_of_scope", "来了", acts=["worked"])
    assert find_block(message, "step")["number"] == 6
    assert not actor.slots.get("waiting")


def test_a_trouble_left_for_another_one_comes_back_when_that_is_not_solved() -> None:
    actor, _ = begin("code_not_received")
    actor.send("out_of_scope", "号没错", acts=["not_it"])
    message = actor.send("face_failed", "刷脸也不行", acts=["trouble:face_failed"])
    assert find_block(message, "cause")["trouble"] == FACE.title
    for _ in FACE.causes:
        message = actor.send("not_resolved", "还是不行", acts=["failed"])
    cause = find_block(message, "cause")
    assert (cause["trouble"], cause["number"]) == (CODE.title, 2)


def test_two_troubles_named_again_are_not_lost() -> None:
    actor, _ = both()
    acts = ["trouble:code_not_received", "trouble:face_failed"]
    actor.send("code_not_received", "都不行啊", acts=acts)
    open_ones = {actor.slots["diagnosis"]["trouble"], *actor.slots["waiting"]}
    assert open_ones == {"code_not_received", "face_failed"}


def test_another_way_is_none_that_is_known_not_to_go() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.slots["facts"] = {"face": "later"}
    message = actor.send("avoid_face", "刷脸也不行 还有啥", acts=["wish:face", "another_way"])
    assert find_block(message, "step").get("way") != CONTENT.ways["face"].title


def test_the_scan_asks_for_the_password_of_the_licence() -> None:
    actor, _ = begin("new_password_not_working")
    acts = ["ask:scan", "points_to:other_system"]
    message = actor.send("recover_other_password", "扫码要密码 不对", acts=acts)
    assert CONTENT.practical["scan"].text in message["text"]
    assert CONTENT.text("navigate.cause.is_it") not in message["text"]


def test_a_cause_that_nobody_can_tell_is_left() -> None:
    actor, _ = begin("code_not_received", *(f"rules_out:{cause.name}" for cause in CODE.causes[:4]))
    message = actor.send("out_of_scope", "不晓得绑没绑", acts=["unsure", "points_to:not_bound"])
    assert CONTENT.text("navigate.cause.none_left") in message["text"]


def test_who_scolds_reports_no_fraud() -> None:
    acts = ["upset", "ask:is_scam", "trouble:code_not_received"]
    message = Actor().send("code_not_received", "骗人的系统 不来码", acts=acts)
    assert CONTENT.scam.text not in message["text"]
    assert find_block(message, "cause")["trouble"] == CODE.title


def test_a_cause_that_is_a_fact_is_asked_as_one() -> None:
    actor, _ = begin("identity_mismatch")
    actor.send("deny", "没填错", acts=["not_it"])
    message = actor.send("deny", "是本人", acts=["not_it"])
    causes = CONTENT.troubles["identity_mismatch"].causes
    assert causes[2].ask and causes[2].ask in message["text"]
    assert CONTENT.text("navigate.cause.question") not in message["text"]
    titles = [CONTENT.buttons[name]["title"] for name in ("is_cause", "is_not_cause")]
    assert [button["title"] for button in message["buttons"]][:2] == titles
    message = actor.click(message["buttons"][1]["payload"])
    assert find_block(message, "cause")["title"] == causes[3].title
    message = actor.click("/affirm")
    assert CONTENT.text("navigate.cause.is_it") in message["text"]


def test_looks_that_have_changed_are_no_trouble_to_look_into() -> None:
    acts = ["trouble:face_failed", "ask:face_changed"]
    message = Actor().send("face_failed", "留了胡子 刷不过", acts=acts)
    assert CONTENT.practical["face_changed"].text in message["text"]
    assert not find_block(message, "cause")
    assert CONTENT.ways["phone"].ask in message["text"]


def test_a_fact_where_the_way_back_was_offered_takes_it() -> None:
    actor, _ = begin("face_failed")
    actor.send("out_of_scope", "要钱吗", acts=["ask:cost"])
    message = actor.send("out_of_scope", "用的苹果", acts=["fact:platform=iphone"])
    assert CONTENT.text("navigate.cause.still", title=FACE.causes[0].title) in message["text"]


def test_who_is_upset_where_the_way_back_was_offered_is_led_on() -> None:
    actor, _ = begin("face_failed")
    actor.send("out_of_scope", "要钱吗", acts=["ask:cost"])
    message = actor.send("complain", "烦死了", acts=["upset"])
    assert CONTENT.text("navigate.cause.still", title=FACE.causes[0].title) in message["text"]
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.send("out_of_scope", "要钱吗", acts=["ask:cost"])
    message = actor.send("complain", "烦死了", acts=["upset"])
    assert CONTENT.ways["phone"].steps[0].do in message["text"]


def test_a_remedy_that_was_no_use_leads_on_even_after_a_digression() -> None:
    actor, _ = begin("system_error")
    actor.send("out_of_scope", "要钱吗", acts=["ask:cost"])
    acts = ["screen:blank", "rules_out:network"]
    message = actor.send("system_error", "换了网 又是白的", acts=acts)
    causes = CONTENT.troubles["system_error"].causes
    assert find_block(message, "cause")["title"] == causes[1].title
    assert CONTENT.screens["blank"].text not in message["text"]


def test_who_has_done_what_leads_to_the_present_step_is_still_there() -> None:
    actor = Actor({"guide": {"way": "phone", "step": 6}, "pending_question": "step"})
    acts = ["done", "reached:number_entered"]
    actor.send("out_of_scope", "发了 弄好了", acts=acts)
    assert actor.slots["guide"]["step"] == 6


def test_a_new_password_after_a_trouble_may_be_the_end() -> None:
    actor, _ = begin("face_failed")
    acts = ["solved", "reached:password_set"]
    message = actor.send("resolved", "密码也设好了", acts=acts)
    assert CONTENT.text("navigate.solved.question") in message["text"]


def test_where_the_bureau_is_left_nobody_is_led_into_a_way() -> None:
    actor, _ = begin("username_forgotten")
    actor.send("not_resolved", "不行", acts=["failed"])
    actor.send("not_resolved", "也不行", acts=["failed"])
    message = actor.send("out_of_scope", "那咋办", acts=["just_tell"])
    assert not find_block(message, "step")
    assert actor.slots["pending_question"] == "region"


def test_what_comes_next_amid_a_trouble_is_no_guide() -> None:
    actor, _ = begin("system_error")
    message = actor.send("out_of_scope", "那接下来我该怎么办才好", acts=["ask:next_after"])
    assert CONTENT.troubles["system_error"].causes[1].title in message["text"]
    assert CONTENT.ways["phone"].steps[1].do not in message["text"]


def test_a_forgotten_number_is_looked_into_though_it_is_a_fact_too() -> None:
    _, message = begin("phone_forgotten", "fact:number=unknown")
    assert (
        find_block(message, "cause")["title"] == CONTENT.troubles["phone_forgotten"].causes[0].title
    )


def test_what_the_page_says_beside_a_trouble_is_but_how_it_shows() -> None:
    _, message = begin("login_failed", "screen:error")
    assert find_block(message, "cause")["trouble"] == CONTENT.troubles["login_failed"].title
    message = Actor().send(
        "system_error", "弹框报错", acts=["screen:error", "trouble:login_failed"]
    )
    assert find_block(message, "cause")["trouble"] == CONTENT.troubles["system_error"].title


def test_a_trouble_begins_with_what_its_page_says() -> None:
    actor, message = begin("face_failed", "screen:locked")
    assert FACE.says["locked"] in message["text"]
    assert not find_block(message, "cause")
    message = actor.send("not_resolved", "还是不行", acts=["failed"])
    assert find_block(message, "cause")["trouble"] == FACE.title


def test_an_error_that_is_read_out_is_not_asked_for() -> None:
    actor, _ = begin("system_error")
    message = actor.send("system_error", "不是网 写的异常", acts=["screen:error", "not_it"])
    assert CONTENT.screens["error"].text not in message["text"]
    assert find_block(message, "cause")["number"] == 2


def test_what_only_the_bureau_can_put_right_is_not_waited_for() -> None:
    actor, _ = begin("code_not_received", *(f"rules_out:{cause.name}" for cause in CODE.causes[:4]))
    message = actor.send("out_of_scope", "是没绑", acts=["points_to:not_bound"])
    assert CODE.last in message["text"]
    assert CONTENT.ways["face"].ask in message["text"]
    assert CONTENT.text("navigate.cause.none_left") not in message["text"]


def test_a_representative_who_has_changed_is_a_case_of_its_own() -> None:
    actor, _ = begin("identity_mismatch", "rules_out:typo", "rules_out:other_person")
    message = actor.send("affirm", "换过", acts=["yes"])
    assert CONTENT.text("case.new_representative.ask") in message["text"]
    assert actor.slots["facts"]["new_representative"] == "yes"


def test_why_is_answered_of_the_trouble_that_is_looked_at() -> None:
    actor, _ = begin("face_failed")
    message = actor.send("face_failed", "为啥老不过", acts=["ask:why"])
    assert CONTENT.practical["why"].at["face_failed"] in message["text"]


def asked(way: str) -> Actor:
    return Actor({"pending_question": f"way:{way}"})


def test_causes_told_where_a_way_is_asked_about_are_no_answer_to_it() -> None:
    actor = asked("phone")
    acts = ["not_it", "rules_out:number_wrong", "rules_out:blocked"]
    message = actor.send("out_of_scope", "号没错 拦截没有", acts=acts)
    assert find_block(message, "cause")["title"] == CODE.causes[2].title
    message = asked("phone").send("affirm", "能 没拦截", acts=["yes", "rules_out:blocked"])
    assert find_block(message, "step")["way"] == CONTENT.ways["phone"].title


def test_who_does_not_know_how_is_not_led_away_from_a_way() -> None:
    actor = asked("face")
    message = actor.send("stuck_at_step", "不会弄", acts=["stuck"])
    assert CONTENT.text("triage.by_hand") in message["text"]
    assert actor.slots["pending_question"] == "way:face"
    actor.send("stuck_at_step", "还是不会", acts=["stuck"])
    assert actor.slots["pending_question"] != "way:face"
