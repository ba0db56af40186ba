"""What typed messages do by their dialogue acts, and what they may not do."""

from __future__ import annotations

import pytest

from tests.actions.actor import Actor, find_block

JOY = ("太好了", "恭喜", "过了")


def text_of(message: dict[str, object]) -> str:
    return str(message["text"])


@pytest.mark.parametrize(
    ("intent", "text", "acts"),
    [
        ("affirm", "是啊", []),
        ("affirm", "是啊", ["yes"]),
        ("affirm", "嗯", ["ack"]),
        ("resolved", "拿来了", []),
        ("resolved", "弄好了", ["done"]),
        ("affirm", "我是本人呀", ["fact:speaker=representative"]),
    ],
)
@pytest.mark.parametrize("state", ["cause", "none", "step"])
def test_nothing_but_a_report_is_a_success(
    intent: str, text: str, acts: list[str], state: str
) -> None:
    actor = Actor()
    if state == "cause":
        actor.click("/face_failed")
    elif state == "step":
        actor.click("/recover_by_face")
    assert not any(word in text_of(actor.send(intent, text, acts=acts)) for word in JOY)


@pytest.mark.parametrize("acts", [["worked"], ["solved"]])
def test_a_report_is_a_success(acts: list[str]) -> None:
    actor = Actor()
    actor.click("/face_failed")
    text = text_of(actor.send("resolved", "刷过去了", acts=acts))
    assert "这一关过了" in text and "第 6 步" in text


def test_a_yes_that_is_asked_for_once_more_counts() -> None:
    actor = Actor()
    actor.click("/face_failed")
    actor.send("affirm", "是啊", acts=["yes"])
    assert "这一关过了" in text_of(actor.send("affirm", "行了", acts=["yes"]))


def test_who_says_nothing_of_the_outcome_twice_is_led_to_the_next_cause() -> None:
    actor = Actor()
    actor.click("/face_failed")
    actor.send("affirm", "嗯", acts=["ack"])
    assert find_block(actor.send("affirm", "哦", acts=["ack"]), "cause")["number"] == 2


def test_a_question_asked_twice_is_asked_in_other_words() -> None:
    actor = Actor()
    first = text_of(actor.click("/recover_password"))
    second = text_of(actor.send("out_of_scope", "我是出纳", acts=["fact:speaker=staff"]))
    assert first != second
    assert "再说一遍" not in second


def test_a_practical_question_leaves_the_way_in_question() -> None:
    actor = Actor()
    actor.click("/recover_password")
    message = actor.send("out_of_scope", "要多久", acts=["ask:time"])
    assert [button["title"] for button in message["buttons"]][:2] == ["能", "不能"]
    assert find_block(actor.send("affirm", "能", acts=["yes"]), "step")["number"] == 1


def test_the_time_of_a_lock_has_its_own_answer() -> None:
    actor = Actor()
    anywhere = text_of(actor.send("out_of_scope", "多久", acts=["ask:time"]))
    actor.click("/account_locked")
    assert text_of(actor.send("account_locked", "锁多久", acts=["ask:time"])) != anywhere


def test_the_question_of_the_registration_is_answered() -> None:
    actor = Actor()
    actor.send("phone_changed", "法人换了", acts=["fact:new_representative=yes"])
    assert "换过人的由现任的来" in text_of(actor.send("affirm", "办完了", acts=["yes"]))
    assert actor.slots["pending_question"] == "fact:claim"
    message = actor.send("next_step", "脸刷过了", acts=["reached:face_passed"])
    assert find_block(message, "step")["number"] == 6


def test_somebody_else_away_does_not_keep_the_operator_from_the_face() -> None:
    actor = Actor()
    away = ["matter", "fact:speaker=family", "fact:representative=unreachable"]
    actor.send("recover_password", "我老公跑船，联系不上", acts=away)
    actor.send("phone_changed", "号是他的", acts=["fact:number=away"])
    message = actor.send("affirm", "执照写的我", acts=["fact:speaker=representative"])
    assert message["buttons"][0]["title"] == "能"
    assert "刷脸" in text_of(message)


def test_the_page_tells_better_than_the_person_where_they_are() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    acts = ["reached:code_entered", "screen:code_expired"]
    actor.send("code_rejected", "填了说过期", acts=acts)
    assert actor.slots["guide"]["step"] == 6


def test_a_correction_takes_the_last_cause_up_again() -> None:
    actor = Actor()
    actor.click("/code_not_received")
    actor.send("deny", "没拦截", acts=["not_it"])
    assert find_block(actor.send("deny", "说错了", acts=["correct"]), "cause")["number"] == 1


def test_a_farewell_beside_a_fact_is_a_farewell() -> None:
    actor = Actor()
    actor.click("/recover_by_face")
    message = actor.send("stop", "今天先到这儿", acts=["fact:deadline=today"])
    assert "先到这里" in text_of(message)


@pytest.mark.parametrize(("intent", "acts"), [("goodbye", []), ("goodbye", ["bye"])])
def test_a_goodbye_asks_nothing(intent: str, acts: list[str]) -> None:
    actor = Actor()
    actor.click("/face_failed")
    assert "？" not in text_of(actor.send(intent, "拜拜", acts=acts))


def test_a_way_that_is_tried_now_is_wished_for() -> None:
    actor = Actor()
    actor.click("/recover_password")
    message = actor.send("recover_by_phone", "手机号找回试试", acts=["fact:tried=phone"])
    assert find_block(message, "step")["number"] == 1
    assert not actor.slots["facts"]["tried"]


def test_a_fact_that_is_told_unasked_begins_the_way_it_speaks_for() -> None:
    acts = ["fact:number=reachable", "yes"]
    assert find_block(Actor().send("affirm", "号在，能收", acts=acts), "step")["number"] == 1


@pytest.mark.parametrize(
    ("trouble", "fact", "next_question"),
    [
        # The way that the trouble is about cannot be gone any more.
        ("code_not_received", "number=gone", "way:face"),
        # The number that was forgotten is found.
        ("phone_forgotten", "number=reachable", "step"),
        # Another way is open, and the face has not worked.
        ("face_failed", "number=reachable", "step"),
        # A trouble of no way ends with what is told of a way.
        ("login_failed", "number=gone", "way:face"),
        # It is the representative who writes: their face may do.
        ("code_not_received", "speaker=representative", "way:face"),
    ],
)
def test_a_fact_ends_a_diagnosis_that_it_overtakes(
    trouble: str, fact: str, next_question: str
) -> None:
    actor = Actor()
    actor.click(f"/{trouble}")
    actor.send("out_of_scope", "是这样的", acts=[f"fact:{fact}"])
    assert actor.slots["diagnosis"] is None
    assert actor.slots["pending_question"] == next_question


def test_a_fact_that_changes_nothing_leaves_the_diagnosis() -> None:
    actor = Actor()
    actor.click("/code_not_received")
    actor.send("out_of_scope", "银行的能收到", acts=["fact:number=reachable"])
    assert actor.slots["diagnosis"]["trouble"] == "code_not_received"


def test_a_number_that_turns_up_ends_a_way_round_it() -> None:
    actor = Actor()
    actor.click("/recover_by_liaison")
    actor.send("out_of_scope", "号找到了，能收", acts=["fact:number=reachable"])
    assert actor.slots["guide"] == {"way": "phone", "step": 1}


def test_a_place_reached_ends_a_diagnosis() -> None:
    actor = Actor()
    actor.click("/entry_not_found")
    actor.send("next_step", "看到忘记密码了，点了", acts=["reached:forgot_page"])
    assert actor.slots["diagnosis"] is None
    assert actor.slots["guide"]["step"] == 4


def test_who_tries_a_remedy_at_the_login_is_still_in_the_diagnosis() -> None:
    actor = Actor()
    actor.click("/new_password_not_working")
    actor.send("next_step", "重装了，打开了", acts=["reached:app_open"])
    assert actor.slots["diagnosis"]["trouble"] == "new_password_not_working"


def test_who_is_in_after_a_new_password_is_not_led_back_to_the_beginning() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.send("next_step", "设好了", acts=["reached:password_set"])
    message = actor.send("resolved", "进去了", acts=["reached:login_page"])
    assert actor.slots["pending_question"] == "logged_in"
    assert not any(word in text_of(message) for word in JOY)


def test_a_code_that_came_leads_to_its_step() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.click("/code_not_received")
    assert find_block(actor.send("resolved", "翻到了", acts=["worked"]), "step")["number"] == 6


@pytest.mark.parametrize(("text", "asks"), [("浏阳的", False), ("浏阳的号是我妈的", True)])
def test_nothing_but_places_is_a_place(text: str, asks: bool) -> None:
    actor = Actor()
    actor.click("/recover_password")
    region = {"region": "浏阳"}
    actor.send("inform_region", text, region, acts=["fact:number=other"])
    assert ("number" in (actor.slots.get("facts") or {})) is asks


def test_a_place_outside_that_was_asked_for_is_no_place_of_staying() -> None:
    actor = Actor()
    actor.click("/contact_bureau")
    abroad = {"region": "海外"}
    assert "内地" in text_of(actor.send("out_of_scope", "海外", abroad, acts=["place_other"]))
    actor = Actor()
    actor.click("/contact_bureau")
    away = text_of(actor.send("out_of_scope", "人在海外", abroad, acts=["place_other"]))
    assert "不是人在哪里" in away


def test_of_several_places_the_furthest_counts() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    acts = ["reached:method_chosen", "reached:code_received"]
    assert "第 6 步" in text_of(actor.send("next_step", "选了手机，短信也来了", acts=acts))


def test_who_is_at_the_present_step_and_asks_what_comes_next_goes_on() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.click("/next_step")
    sure = [{"name": "next_step", "confidence": 0.99}]
    acts = ["reached:app_open"]
    assert "第 3 步" in text_of(actor.send("next_step", "点开了，下一步呢", None, sure, acts))


def test_amid_a_case_what_is_beside_it_is_left_aside() -> None:
    actor = Actor()
    assert "我只管" in text_of(actor.send("out_of_scope", "讲个笑话"))
    actor.click("/recover_by_phone")
    text = text_of(actor.send("out_of_scope", "讲个笑话"))
    assert "帮不上忙" in text and "第 1 步" in text
    assert "我只管" not in text


def test_what_is_declined_twice_running_is_declined_in_other_words() -> None:
    actor = Actor()
    first, second = (text_of(actor.send("out_of_scope", text)) for text in ("讲个笑话", "唱首歌"))
    assert first != second
    assert "再说一遍" not in second


def test_a_place_named_amid_a_case_is_where_the_business_is() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    assert "余杭区市场监督管理局" in text_of(
        actor.send("out_of_scope", "余杭的，该找谁", {"region": "余杭"})
    )


def test_who_cannot_log_in_and_wants_a_new_password_is_led_there() -> None:
    actor = Actor()
    acts = ["trouble:login_failed", "matter", "fact:number=reachable"]
    assert "第 1 步 / 共 9 步" in text_of(actor.send("login_failed", "登不上，重设吧", acts=acts))


def test_a_correction_that_names_a_place_shows_its_bureau() -> None:
    actor = Actor()
    actor.click("/contact_bureau")
    acts = ["place", "correct"]
    assert "余杭区市场监督管理局" in text_of(
        actor.send("inform_region", "搞错了，是余杭", {"region": "余杭"}, acts=acts)
    )


def test_a_sentence_without_a_place_is_not_quoted_as_one() -> None:
    actor = Actor()
    actor.click("/contact_bureau")
    text = text_of(actor.send("out_of_scope", "财务姐姐说当初就是她去填的那张表"))
    assert "财务姐姐" not in text


def test_words_about_nothing_here_do_not_move_a_guide() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    sure = [{"name": "out_of_scope", "confidence": 0.99}]
    assert "第 2 步" not in text_of(actor.send("out_of_scope", "greet", None, sure, ["ack"]))
    another = Actor()
    another.click("/recover_by_phone")
    assert "第 2 步" in text_of(another.send("affirm", "嗯", acts=["ack"]))


def test_thanks_after_the_new_password_ask_whether_that_was_the_end() -> None:
    early, late = Actor(), Actor()
    for actor, step in ((early, "2"), (late, "8")):
        actor.click("/recover_by_phone")
        actor.send("go_to_step", None, {"step_number": step})
    assert "现在能登录" not in text_of(early.send("thank", "好嘞谢谢", acts=["done", "thanks"]))
    assert "现在能登录" in text_of(late.send("thank", "进去了谢谢", acts=["done", "thanks"]))


def test_a_way_that_a_trouble_rules_out_is_not_recommended_in_the_same_breath() -> None:
    actor = Actor()
    acts = ["fact:number=other", "trouble:phone_changed"]
    text = text_of(actor.send("phone_changed", "号是会计的，会计跑了", acts=acts))
    assert "号码在别人那里也能用" not in text
    alone = text_of(Actor().send("phone_changed", "号是会计的", acts=["fact:number=other"]))
    assert "号码在别人那里也能用" in alone


def test_a_way_that_was_chosen_on_the_page_is_gone_from_there() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.send("next_step", "点了忘记密码", acts=["reached:forgot_page"])
    likely = [{"name": "recover_by_face", "confidence": 0.8}]
    actor.send("recover_by_face", "选了人脸", ranking=likely, acts=["reached:method_chosen"])
    assert actor.slots["guide"] == {"way": "face", "step": 4}


def test_pages_of_another_way_lead_to_it() -> None:
    actor = Actor()
    acts = ["reached:new_password_page", "reached:face_passed"]
    actor.send("recover_by_face", "脸扫过了在设新密码", acts=acts)
    assert actor.slots["guide"] == {"way": "face", "step": 6}


def test_a_number_in_other_hands_is_asked_about_and_their_own_face_comes_first() -> None:
    actor = Actor()
    actor.click("/recover_password")
    asked = text_of(actor.send("phone_changed", "是我侄子的号", acts=["no", "fact:number=other"]))
    assert "能帮着收一条短信吗" in asked
    assert actor.slots["pending_question"] == "way:phone"
    actor.send("deny", "不能，他不肯", acts=["no"])
    assert actor.slots["pending_question"] == "way:face"
    other = Actor()
    other.click("/recover_password")
    other.send("phone_changed", "是我侄子的号", acts=["fact:number=other"])
    other.send("affirm", "我自己就是经营者", acts=["fact:speaker=representative"])
    assert other.slots["pending_question"] == "way:face"
    helped = Actor()
    helped.click("/recover_password")
    helped.send("phone_changed", "是我侄子的", acts=["fact:number=other", "fact:number=reachable"])
    assert helped.slots["guide"] == {"way": "phone", "step": 1}


def test_who_does_not_know_the_liaison_is_helped_with_that() -> None:
    actor = Actor()
    actor.click("/recover_by_liaison")
    message = actor.send("explain_liaison", "联络员是谁", acts=["fact:liaison=unknown"])
    assert "卡在第 1 步" in text_of(message)


def test_success_at_the_last_step_asks_for_the_log_in() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.send("next_step", "显示重置成功", acts=["reached:reset_success"])
    message = actor.send("resolved", "提示成功", acts=["screen:success", "reached:reset_success"])
    assert actor.slots["pending_question"] == "finish"
    assert not any(word in text_of(message) for word in JOY)


def test_another_trouble_that_does_not_go_away_is_taken_up() -> None:
    actor = Actor()
    actor.click("/code_not_received")
    sure = [{"name": "face_failed", "confidence": 0.99}]
    actor.send("face_failed", "扫了三回都说动作不对", ranking=sure, acts=["failed"])
    assert actor.slots["diagnosis"] == {"trouble": "face_failed", "cause": 0}


def test_a_page_behind_a_trouble_ends_it() -> None:
    actor = Actor()
    actor.click("/code_not_received")
    message = actor.send("next_step", "收到了 填哪", acts=["done", "reached:code_received"])
    assert find_block(message, "step")["number"] == 6
    assert actor.slots["diagnosis"] is None


def test_another_system_stays_the_matter_and_its_success_is_not_ours() -> None:
    actor = Actor()
    actor.send("recover_other_password", "年报的密码忘了", entities={"other_system": "年报"})
    message = actor.send("next_step", "它让填手机号", acts=["reached:method_chosen"])
    assert "年报那边" in text_of(message)
    message = actor.send("nlu_fallback", "还要身份证号")
    assert "gov.cn" in text_of(message)
    entities = {"other_system": "年报"}
    message = actor.send("resolved", "年报进去了", entities=entities, acts=["solved", "thanks"])
    assert "那边弄好了" in text_of(message)
    assert "恭喜" not in text_of(message)


def test_naming_the_licence_leads_back_to_it() -> None:
    actor = Actor()
    actor.send("recover_other_password", "年报的密码忘了", entities={"other_system": "年报"})
    message = actor.send("recover_password", "那电子营业执照的也忘了", acts=["matter"])
    assert "还能收到短信吗" in text_of(message)


def test_a_number_that_works_again_opens_its_way_amid_a_detour() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了")
    actor.send("deny", "号停了", acts=["fact:number=away", "no"])
    actor.send("deny", "刷不了", acts=["fact:face=impossible"])
    actor.send("affirm", "联络员在", acts=["yes"])
    assert actor.slots["guide"]["way"] == "liaison"
    actor.send("recover_by_phone", "号又能收短信了", acts=["fact:number=reachable"])
    assert actor.slots["guide"]["way"] == "phone"


def test_a_page_that_asks_for_a_face_that_cannot_be_shown_ends_the_way() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.send("deny", "他面瘫", acts=["fact:face=impossible"])
    message = actor.send("stuck_at_step", "又要刷脸", acts=["screen:asks_face"])
    assert "页面要先刷脸" in text_of(message)
    assert actor.slots["pending_question"] == "way:liaison"
