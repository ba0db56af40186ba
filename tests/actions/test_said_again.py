"""What is said again, or is denied in the same breath: nothing known is asked twice."""

from __future__ import annotations

from typing import Any

from content_loader.load import load
from tests.actions.actor import Actor, find_block

CONTENT = load()
ABSENT = CONTENT.facts["representative"]["away"]
ASKS_LIAISON = CONTENT.ways["liaison"].ask
LOGGED_IN = CONTENT.text("navigate.solved.question")
INSIDE = CONTENT.text("navigate.solved.inside")


def sure(intent: str, confidence: float) -> list[dict[str, Any]]:
    return [{"name": intent, "confidence": confidence}]


def at_face() -> Actor:
    """Returns who is asked whether the face can be done."""
    actor = Actor()
    actor.send("recover_password", "密码忘了 号停了", acts=["matter", "fact:number=gone"])
    return actor


def at_nothing() -> dict[str, Any]:
    """Returns what is said to who is upset twice, and has said nothing else."""
    actor = Actor()
    actor.send("complain", "什么破东西", acts=["upset"])
    return actor.send("complain", "烦死了", acts=["upset"])


def at_step(way: str) -> Actor:
    actor = Actor()
    actor.click(f"/recover_by_{way}")
    return actor


def test_an_absent_representative_may_do_it_where_they_are() -> None:
    actor = at_face()
    message = actor.send("out_of_scope", "他出差了", acts=["fact:representative=away"])
    assert ABSENT.heard in message["text"]
    assert ABSENT.ask in message["text"]
    done = actor.send("affirm", "能", acts=["yes"])
    assert find_block(done, "step")["way"] == CONTENT.ways["face"].title


def test_an_absence_amid_the_guide_is_asked_about_and_said_again_ends_it() -> None:
    actor = at_step("face")
    acts = ["fact:representative=away"]
    assert ABSENT.ask in actor.send("out_of_scope", "他出差了", acts=acts)["text"]
    actor.send("affirm", "能", acts=["yes"])
    message = actor.send("face_failed", "他在飞机上啊 怎么刷", acts=acts)
    assert not find_block(message, "step")
    assert CONTENT.ways["phone"].ask in message["text"]


def test_who_says_again_why_a_way_is_out_is_led_to_the_next() -> None:
    for intent, acts in (
        ("code_not_received", ["no", "fact:number=away"]),
        ("phone_changed", ["fact:number=away"]),
    ):
        actor = Actor()
        actor.slots["facts"] = {"number": "away"}
        actor.slots["pending_question"] = "way:phone"
        message = actor.send(intent, "收不到 停机的", acts=acts)
        assert CONTENT.text("navigate.not_caught") not in message["text"]
        assert CONTENT.ways["face"].ask in message["text"]


def test_a_refusal_that_only_the_intent_hears_is_a_no() -> None:
    actor = Actor()
    actor.send("recover_password", "号是他的 密码忘了", acts=["matter", "fact:number=other"])
    ranking = sure("deny", 0.4)
    message = actor.send("deny", "手机在他那 他不会帮我", None, ranking, ["fact:number=other"])
    assert CONTENT.facts["number"]["other"].ask not in message["text"]
    assert CONTENT.ways["face"].ask in message["text"]


def test_a_way_that_was_tried_and_fails_is_not_begun() -> None:
    acts = ["screen:error", "trouble:face_failed", "wish:face"]
    message = Actor().send("face_failed", "刷脸在这边试了 说不是本人", acts=acts)
    assert not find_block(message, "step")
    assert find_block(message, "cause")["trouble"] == CONTENT.troubles["face_failed"].title


def test_a_named_cause_goes_before_what_the_page_asks_for() -> None:
    acts = ["screen:asks_id", "trouble:face_failed", "points_to:light", "reached:method_chosen"]
    message = at_step("face").send("face_failed", "要身份证 填了 刷了 说光线不足", acts=acts)
    assert find_block(message, "cause")["title"] == CONTENT.troubles["face_failed"].causes[0].title


def test_who_says_what_the_page_says_has_not_left() -> None:
    acts = ["screen:locked", "rules_out:username_wrong", "leave"]
    message = Actor().send("account_locked", "显示锁定 明天再说还是咋的", acts=acts)
    assert CONTENT.troubles["account_locked"].intro in message["text"]


def test_a_success_with_a_new_password_that_does_not_work_is_asked_about() -> None:
    acts = ["solved", "reached:logged_in", "reached:reset_success"]
    for confidence in (0.7, 0.99):
        ranking = sure("new_password_not_working", confidence)
        actor = at_step("phone")
        text = "成功了 可是登进去还要刷脸"
        message = actor.send("new_password_not_working", text, None, ranking, acts)
        assert message["text"] == INSIDE


def test_thanks_of_who_surely_reports_the_end_are_asked_about() -> None:
    actor = at_step("phone")
    actor.slots["guide"] = {"way": "phone", "step": 8}
    ranking = sure("resolved", 0.97)
    message = actor.send("resolved", "老板改好登录了 谢谢", None, ranking, ["thanks"])
    assert LOGGED_IN in message["text"]


def test_where_all_that_is_left_has_to_wait_the_bureau_is_named() -> None:
    actor = Actor()
    actor.slots["facts"] = {"number": "away", "face": "impossible"}
    actor.slots["obstacles"] = ["application_liaison"]
    actor.slots["pending_question"] = "way:liaison"
    message = actor.send("deny", "不在了", acts=["no"])
    later = CONTENT.text("triage.later", way=CONTENT.ways["phone"].short)
    assert later in message["text"]
    assert CONTENT.text("bureau.ask") in message["text"]
    assert CONTENT.ways["phone"].ask not in message["text"]


def test_who_is_upset_again_with_nothing_open_is_led_to_the_bureau() -> None:
    actor = at_face()
    asked = actor.send("complain", "答非所问", acts=["upset"])
    assert CONTENT.text("bureau.ask") not in asked["text"]
    assert CONTENT.text("case.no_detours") not in at_nothing()["text"]
    actor.send("avoid_face", "他不肯刷", acts=["fact:face=unwilling"])
    message = actor.send("nlu_fallback", "我该去哪里", acts=["upset"])
    assert CONTENT.text("case.no_detours") in message["text"]
    assert CONTENT.text("bureau.ask") in message["text"]


def test_of_two_steps_that_are_named_the_last_is_meant() -> None:
    actor = at_step("phone")
    found = [
        {"entity": "step_number", "value": value, "start": start, "end": start + 3}
        for value, start in (("6", 0), ("2", 12))
    ]
    text = "第6步是验证码 我还没到 从第2步说"
    message = actor.send_found("go_to_step", text, found, acts=["go_to:6"])
    assert find_block(message, "step")["number"] == 2


def test_a_question_that_was_not_caught_is_answered_by_what_it_is_likely_to_be() -> None:
    answer = CONTENT.answers["password_safety"]
    ranking = sure("password_safety", 0.6)
    message = Actor().send("password_safety", "要不要告诉我儿子", None, ranking, ["ask:unknown"])
    assert message["text"].startswith(CONTENT.text("navigate.perhaps"))
    assert answer.text in message["text"]
    unlikely = Actor().send("password_safety", "啥", None, sure("chitchat", 0.3), ["ask:unknown"])
    assert CONTENT.text("navigate.perhaps") not in unlikely["text"]


def test_what_came_with_the_answer_is_not_asked_back() -> None:
    acts = ["ask:unknown", "fact:representative=away", "unsure"]
    message = at_face().send("nlu_fallback", "不知道她会不会刷 我不在她身边", acts=acts)
    assert CONTENT.practical["unknown"].text not in message["text"]
    assert ABSENT.ask in message["text"]


def test_a_correction_by_a_fact_of_another_way_leaves_the_guide() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    actor.send("affirm", "能收", acts=["yes", "fact:number=reachable"])
    acts = ["fact:representative=present", "correct", "fact:speaker=family"]
    ranking = sure("identity_mismatch", 0.3)
    actor.send("identity_mismatch", "不是转发 他爸在旁边填的", None, ranking, acts)
    assert actor.slots["guide"]["way"] == "phone"


def test_a_trouble_that_cannot_have_been_met_yet_is_but_asked_about() -> None:
    acts = ["ask:pause_later", "trouble:code_rejected"]
    ranking = sure("password_rules", 0.58)
    message = at_step("phone").send("password_rules", "先停着行不 码有时限吗", None, ranking, acts)
    assert not find_block(message, "cause")
    assert CONTENT.practical["pause_later"].text in message["text"]


def test_a_place_amid_a_guide_with_a_setback_is_answered_with_its_bureau() -> None:
    found = {"region": "朝阳"}
    acts = ["place", "stuck"]
    message = at_step("phone").send("explain_liaison", "告诉我窗口 北京朝阳的", found, acts=acts)
    assert not find_block(message, "step")
    assert CONTENT.text("navigate.step.stuck_again") not in message["text"]


def test_an_answer_goes_before_what_is_waited_for() -> None:
    actor = Actor()
    actor.send("recover_password", "号是她的 密码忘了", acts=["matter", "fact:number=other"])
    message = actor.send("affirm", "能吧 我问问她 她说可以", acts=["yes", "wait"])
    assert find_block(message, "step")["way"] == CONTENT.ways["phone"].title


def test_a_message_that_tries_the_number_is_no_code() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    unsure = actor.send("affirm", "应该能", acts=["unsure"])
    assert CONTENT.ways["phone"].unsure in unsure["text"]
    acts = ["yes", "fact:number=reachable", "reached:code_received"]
    message = actor.send("next_step", "收到了", acts=acts)
    assert find_block(message, "step")["number"] == 1


def test_a_face_that_is_not_the_representatives_is_asked_about_first() -> None:
    acts = ["fact:new_representative=yes", "trouble:face_failed"]
    actor = Actor()
    message = actor.send("face_failed", "换了法人 新法人刷脸说不是法人", acts=acts)
    assert not find_block(message, "cause")
    asked = CONTENT.text("case.new_representative.ask")
    assert asked in message["text"]
    again = actor.send("identity_mismatch", "页面说 您不是该企业法人", acts=["screen:mismatch"])
    assert asked in again["text"]
    actor.send("affirm", "办完了", acts=["yes", "fact:new_representative=registered"])
    mismatch = actor.send("identity_mismatch", "还是老厂长的名字", acts=["screen:mismatch"])
    assert CONTENT.text("case.new_representative.still_former") in mismatch["text"]


def test_that_the_change_is_pending_ends_the_search_for_causes() -> None:
    actor = Actor()
    actor.send("face_failed", "刷不过", acts=["trouble:face_failed"])
    message = actor.send("out_of_scope", "变更还没批", acts=["fact:new_representative=pending"])
    assert CONTENT.text("case.new_representative.pending") in message["text"]
    assert not actor.slots.get("diagnosis")


def test_a_place_for_the_bureau_is_answered_beside_what_is_known() -> None:
    actor = Actor()
    actor.send("phone_changed", "号注销了 刷脸不过", acts=["fact:number=gone"])
    actor.send("face_failed", "刷不过", acts=["trouble:face_failed"])
    acts = ["place", "wish:bureau", "fact:number=gone"]
    found = {"region": "鹿城区"}
    message = actor.send(
        "contact_bureau", "我去窗口 温州鹿城", found, sure("contact_bureau", 1), acts
    )
    assert find_block(message, "bureau")


def test_a_question_on_the_representative_abroad_is_one_of_the_bureau_where_that_is_spoken_of() -> (
    None
):
    ranking = sure("required_materials", 0.9)
    message = Actor().send("required_materials", "授权要公证吗", None, ranking, ["ask:rep_abroad"])
    assert CONTENT.practical["rep_abroad"].at["bureau"] in message["text"]


def test_a_denial_at_the_first_step_is_one_of_the_answer_before() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    actor.send("affirm", "能收吗", acts=["yes", "fact:number=reachable"])
    text = "不对。我说不能收短信。手机不在我这里"
    message = actor.send("deny", text, acts=["correct", "no"])
    assert not find_block(message, "step")
    assert CONTENT.ways["face"].ask in message["text"]


def test_a_trouble_beside_a_question_begins_nothing_after_the_end() -> None:
    actor = at_step("phone")
    actor.click("/resolved")
    actor.click("/affirm")
    acts = ["fact:number=reachable", "ask:change_number", "trouble:phone_changed"]
    ranking = sure("update_contact_info", 0.9)
    message = actor.send("update_contact_info", "手机号还是老号 在哪改", None, ranking, acts)
    assert not find_block(message, "step")


def test_who_waits_to_see_whether_it_works_has_reported_nothing() -> None:
    for acts in (["yes", "wait"], ["wait", "worked"], ["worked", "wait"]):
        actor = at_step("phone")
        actor.slots["pending_question"] = "logged_in"
        message = actor.send("out_of_scope", "可以，等我试一下", acts=acts)
        assert CONTENT.text("navigate.solved.closing") not in message["text"]


def test_the_answer_on_the_registration_counts_beside_a_trouble() -> None:
    for acts, known in (
        (["yes", "trouble:face_failed"], "registered"),
        (["yes", "screen:mismatch"], "registered"),
        (["no", "trouble:login_failed"], "pending"),
    ):
        actor = Actor()
        actor.send("out_of_scope", "换了法人", acts=["fact:new_representative=yes"])
        message = actor.send("face_failed", "刷脸通不过", acts=acts)
        assert actor.slots["facts"]["new_representative"] == known
        assert CONTENT.text("case.new_representative.ask") not in message["text"]


def test_a_representative_is_with_themselves_wherever_they_are() -> None:
    actor = Actor()
    acts = ["fact:speaker=representative", "wish:face"]
    actor.send("recover_by_face", "我是法人 要刷脸", acts=acts)
    message = actor.send("out_of_scope", "我人在外地", acts=["fact:representative=away"])
    assert ABSENT.heard not in message["text"]
    assert actor.slots["guide"]["way"] == "face"


def test_an_absence_that_is_but_mentioned_again_leaves_the_guide() -> None:
    actor = at_face()
    actor.send("out_of_scope", "他出差了", acts=["fact:representative=away"])
    actor.send("affirm", "能", acts=["yes"])
    actor.send("out_of_scope", "他在外地自己用手机弄", acts=["fact:representative=away"])
    assert actor.slots["guide"]["way"] == "face"


def test_who_was_ready_and_is_absent_is_not_led_on_at_once() -> None:
    actor = at_face()
    actor.send("out_of_scope", "他能刷", acts=["fact:face=possible"])
    actor.slots["guide"] = None
    actor.slots["pending_question"] = "way:face"
    actor.slots["facts"] = {**actor.slots["facts"], "representative": "away"}
    acts = ["no", "fact:representative=away"]
    message = actor.send("out_of_scope", "不方便，他不在身边", acts=acts)
    assert not find_block(message, "step")


def test_a_death_is_heard_in_the_guide_to_the_bureau() -> None:
    actor = Actor()
    actor.send("contact_bureau", "怎么去窗口", acts=["wish:bureau"])
    message = actor.send("out_of_scope", "法人去世了", acts=["fact:representative=dead"])
    assert CONTENT.facts["representative"]["dead"].heard in message["text"]


def test_of_no_change_nothing_is_said_where_it_is_received_first() -> None:
    actor = Actor()
    actor.send("out_of_scope", "没领过", acts=["fact:received=never"])
    message = actor.send("identity_mismatch", "信息不一致", acts=["screen:mismatch"])
    assert CONTENT.text("case.new_representative.still_former") not in message["text"]
