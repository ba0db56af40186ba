"""What single turns do that conversations do not show."""

from __future__ import annotations

import pytest

from actions.turn import live_content
from actions.warnings import find_warnings
from content_loader.load import load
from tests.actions.actor import ACTIONS, INTENTS, RULES, Actor, find_block

KINDS = live_content.current().warnings


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
    assert len(INTENTS) == 53
    assert set(INTENTS) | {"nlu_fallback"} == set(RULES)
    assert set(RULES.values()) <= set(ACTIONS)


def test_a_way_is_taken_up_where_it_was_left() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    for _ in range(4):
        actor.send("next_step")
    actor.send("recover_by_face")
    message = actor.send("recover_by_phone")
    assert find_block(message, "step")["number"] == 5


def test_an_edit_that_shortens_a_guide_does_not_break_it() -> None:
    actor = Actor({"guide": {"way": "face", "step": 99}, "pending_question": "step"})
    assert find_block(actor.send("repeat_step"), "step")["number"] == 7


def test_a_diagnosis_that_is_gone_is_dropped() -> None:
    actor = Actor({"diagnosis": {"trouble": "gone", "cause": 0}, "pending_question": "cause"})
    assert actor.send("not_resolved")["text"]


def test_a_failing_action_apologises_and_logs_no_text(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("actions.find_way.find_way", lambda _: 1 / 0)
    actor = Actor({"pending_question": "logged_in"})
    message = actor.send("recover_password", "张三的店密码忘了")
    assert actor.slots["pending_question"] == "logged_in"
    assert message["text"] == live_content.current().chitchat["apology"].text
    assert "ZeroDivisionError" in caplog.text
    assert "张三" not in caplog.text


def test_near_equal_meanings_are_asked_back() -> None:
    ranking = [
        {"name": "code_not_received", "confidence": 0.35},
        {"name": "code_rejected", "confidence": 0.3},
    ]
    message = Actor().send("nlu_fallback", "验证码有毛病", ranking=ranking)
    assert [button["payload"] for button in message["buttons"]][:2] == [
        "/code_not_received",
        "/code_rejected",
    ]


def test_a_guess_is_not_offered() -> None:
    ranking = [{"name": name, "confidence": 0.03} for name in ("thank", "affirm")]
    message = Actor().send("nlu_fallback", "吧啦吧啦", ranking=ranking)
    assert message["text"] == live_content.current().chitchat["cannot_handle"].text


def test_the_second_miss_running_offers_bureau_and_human() -> None:
    actor = Actor()
    actor.send("nlu_fallback", "吧啦")
    message = actor.send("nlu_fallback", "吧啦吧啦")
    payloads = [button["payload"] for button in message["buttons"]]
    assert "/contact_bureau" in payloads
    assert "/human_agent" in payloads


def test_a_hit_between_two_fallbacks_begins_the_count_anew() -> None:
    actor = Actor()
    actor.send("nlu_fallback", "吧啦")
    actor.send("thank")
    assert (
        actor.send("nlu_fallback", "吧啦")["text"]
        == live_content.current().chitchat["cannot_handle"].text
    )


def test_a_place_without_a_known_authority_gets_no_website() -> None:
    message = Actor().send("inform_region", "石河子", {"region": "石河子市"})
    facts = "".join(find_block(message, "bureau")["facts"])
    assert "名称我没有查到" in facts and "官网" not in facts
    assert "12345" in message["text"]
    assert "gov.cn" not in message["text"]


def test_the_same_trouble_again_is_a_no_to_its_cause() -> None:
    actor = Actor()
    actor.send("code_not_received")
    acts = ["trouble:code_not_received"]
    assert (
        find_block(actor.send("code_not_received", "还是收不到", acts=acts), "cause")["number"] == 2
    )


@pytest.mark.parametrize("acts", [["fact:speaker=representative"], ["ack"], ["done"], ["failed"]])
@pytest.mark.parametrize("state", ["cause", "step", "finish", "logged_in", "way"])
def test_no_success_without_the_word_of_the_person(state: str, acts: list[str]) -> None:
    actor = Actor()
    if state == "cause":
        actor.send("face_failed")
    elif state == "way":
        actor.send("recover_password")
    else:
        actor.send("recover_by_phone")
        if state == "finish":
            actor.slots |= {"guide": {"way": "phone", "step": 9}}
            actor.send("next_step")
        elif state == "logged_in":
            actor.send("resolved")
    text = actor.send("affirm", "随便什么话", acts=acts)["text"]
    assert "太好了" not in text
    assert "恭喜" not in text


def test_a_guide_moves_to_where_the_person_is() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    message = actor.send("affirm", "短信都来了", acts=["reached:code_received"])
    assert find_block(message, "step")["number"] == 6
    assert "第 6 步" in message["text"]


def test_what_the_page_says_is_answered_at_the_step_where_it_is_seen() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    acts = ["reached:new_password_page", "screen:same_as_old"]
    message = actor.send("affirm", "填了，说不能跟旧的一样", acts=acts)
    assert actor.slots["guide"]["step"] == 7
    assert message["text"] == live_content.current().screens["same_as_old"].text
    again = actor.send("not_resolved", "还是不让", acts=["failed"])
    assert "照着念给我" in again["text"]


def test_what_is_excluded_is_offered_no_more() -> None:
    actor = Actor()
    actor.send("recover_password")
    message = actor.send("deny", "号早停了", acts=["fact:number=gone"])
    assert "刷脸" in message["text"]
    message = actor.send("deny", "老板眼睛看不见", acts=["fact:face=impossible"])
    assert actor.slots["pending_question"] == "way:liaison"
    payloads = [
        button["payload"]
        for button in actor.send("recover_password", entities={"extent": "all"})["buttons"]
    ]
    assert "/recover_by_phone" not in payloads
    assert "/recover_by_face" not in payloads


def test_a_corrected_fact_opens_the_way_again() -> None:
    actor = Actor()
    actor.send("recover_password")
    actor.send("deny", "号停了", acts=["fact:number=gone"])
    actor.send("deny", "说错了，号还在", acts=["correct", "fact:number=reachable"])
    assert actor.slots["guide"] == {"way": "phone", "step": 1}


def test_two_troubles_are_both_taken_up() -> None:
    actor = Actor()
    acts = ["trouble:code_not_received", "trouble:face_failed"]
    message = actor.send("code_not_received", "短信没有脸也不过", acts=acts)
    assert "收不到验证码" in message["text"]
    assert "刷脸通不过" in message["text"]
    for _ in range(5):
        message = actor.send("not_resolved", acts=["failed"])
    assert find_block(message, "cause")["trouble"] == "刷脸通不过"


def test_a_practical_question_leads_back() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    actor.send("next_step")
    message = actor.send("out_of_scope", "收费不", acts=["ask:cost"])
    assert "不要钱" in message["text"]
    assert message["buttons"][0]["title"] == "回到第 2 步"


def test_the_same_text_is_not_sent_twice_running() -> None:
    actor = Actor()
    first = actor.send("out_of_scope", "收费不", acts=["ask:cost"])["text"]
    second = actor.send("out_of_scope", "真不收费？", acts=["ask:cost"])["text"]
    assert first != second


def test_the_note_for_the_bureau_says_what_was_told() -> None:
    actor = Actor()
    actor.send("recover_password")
    actor.send("deny", "号停了", acts=["fact:number=gone"])
    note = actor.send("human_agent")["handoff"]["note"]
    assert "绑定的手机号用不了了" in note


def test_my_case_is_shown() -> None:
    actor = Actor()
    actor.send("recover_password", "我是法人", acts=["matter", "fact:speaker=representative"])
    assert "本人在办" in actor.send("affirm", "我说过啥", acts=["show_case"])["text"]


def test_waiting_keeps_the_step_open() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    assert "不急" in actor.send("affirm", "等我找找手机", acts=["wait"])["text"]
    assert find_block(actor.send("affirm", "弄好了", acts=["done"]), "step")["number"] == 2


def test_who_wants_a_human_or_is_lost_twice_may_be_handed_over_with_a_note() -> None:
    actor = Actor()
    assert "handoff" not in actor.send("greet")
    wish = actor.send("human_agent")["handoff"]
    assert wish["reason"] == "asked"
    assert wish["note"].startswith(load().text("bureau.note.opening"))
    assert "已试过" not in wish["note"]  # nothing is said that nobody said
    actor = Actor()
    assert "handoff" not in actor.send("nlu_fallback", "呃呃呃")
    assert actor.send("nlu_fallback", "呜呜呜")["handoff"]["reason"] == "cannot_handle"


def test_the_note_for_a_human_is_about_what_was_reported() -> None:
    actor = Actor()
    actor.send("system_error")
    assert (
        f"“{load().troubles['system_error'].title}”" in actor.send("human_agent")["handoff"]["note"]
    )
    actor = Actor()
    actor.send("code_not_received")  # of a way to a new password, which is what is wanted
    note = actor.send("human_agent")["handoff"]["note"]
    assert note.startswith(load().text("bureau.note.opening"))
    actor = Actor()
    actor.send(
        "recover_password", "换了老板", acts=["matter", "fact:new_representative=registered"]
    )
    note = actor.send("human_agent")["handoff"]["note"]
    assert note.startswith(load().text("bureau.note.opening_new"))


def test_the_note_for_a_human_says_what_was_tried() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    actor.send("next_step")
    assert "已试过" in actor.send("human_agent")["handoff"]["note"]


def test_out_of_scope_twice_may_be_handed_over() -> None:
    actor = Actor()
    assert "handoff" not in actor.send("out_of_scope", "今天天气怎么样")
    assert actor.send("out_of_scope", "帮我订机票")["handoff"]["reason"] == "cannot_handle"


def test_a_question_that_was_not_understood_reports_no_success() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    actor.send("go_to_step", "到第九步了", entities={"step_number": "9"})
    answer = actor.send("resolved", "那家里那部还能接着用吗", acts=["ask:unknown", "solved"])
    assert "恭喜" not in answer["text"]


def test_a_success_beside_a_likely_trouble_is_asked_about() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    answer = actor.send(
        "new_password_not_working",
        "密码换完就进了",
        ranking=[{"name": "new_password_not_working", "confidence": 0.7}],
        acts=["solved"],
    )
    assert "恭喜" not in answer["text"]
    assert "新密码不生效" not in answer["text"]


def test_who_says_once_more_that_it_is_solved_is_not_asked_again() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    actor.send("resolved", "登上了", acts=["solved", "reached:logged_in"])
    again = actor.send("resolved", "嗯没问题了")["text"]
    assert load().text("case.thanks") in again
    assert "现在能登录" not in again
    actor.send("recover_by_phone")  # something new has begun
    assert (
        "恭喜" in actor.send("resolved", "也登上了", acts=["solved", "reached:logged_in"])["text"]
    )


def test_what_may_be_a_fraud_has_led_to_the_matter() -> None:
    actor = Actor()
    ranking = [{"name": "scam_concern", "confidence": 0.5}]
    said = "有人打电话催我，密码想不起来了"
    answer = actor.send("scam_concern", said, ranking=ranking, acts=["matter"])
    assert load().text("case.beware") in answer["text"]
    assert load().ways["phone"].ask in answer["text"]
    ranking = [{"name": "scam_concern", "confidence": 0.99}]
    sure = Actor().send("scam_concern", said, ranking=ranking, acts=["matter"])
    assert load().scam.text.strip() in sure["text"]


def test_facts_that_answer_are_no_wait() -> None:
    actor = Actor()
    actor.send("recover_password")
    answer = actor.send("out_of_scope", "号是前台的，她歇着", acts=["wait", "fact:number=gone"])
    assert load().text("case.wait") not in answer["text"]


def test_who_has_to_scan_is_led_on_at_once() -> None:
    actor = Actor()
    answer = actor.send("recover_password", "扫完让输密码", acts=["ask:scan"])["text"]
    assert load().practical["scan"].text in answer
    assert load().ways["phone"].ask in answer


def test_who_receives_the_licence_for_the_first_time_is_not_sent_to_a_lost_password() -> None:
    actor = Actor()
    actor.send("recover_password", "从来没领过", acts=["matter", "fact:received=never"])
    then = load().text("case.new_representative.then")
    said = actor.send("recover_by_face", "刷脸可以", acts=["fact:face=possible", "wish:face"])
    assert then in said["text"]
    opened = actor.send("next_step", "微信里打开了，有登录", acts=["reached:login_page"])
    assert "第 2 步" not in opened["text"]
    set_up = actor.send("next_step", "脸过了", acts=["reached:face_passed"])
    assert find_block(set_up, "step")["number"] == 6


def test_a_sure_trouble_is_not_about_the_page_before_it() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    acts = ["trouble:code_not_received", "screen:option_missing"]
    sure = [{"name": "code_not_received", "confidence": 1.0}]
    answer = actor.send("code_not_received", "没有短信过来", ranking=sure, acts=acts)
    assert load().troubles["code_not_received"].intro in answer["text"]


def test_what_is_reached_amid_the_pages_is_no_success() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    acts = ["solved", "reached:new_password_page", "reached:logged_in"]
    answer = actor.send("next_step", "进去了，哦让弄个新的", acts=acts)
    assert "恭喜" not in answer["text"]
    assert find_block(answer, "step")["number"] == 7


def test_a_trouble_that_is_denied_is_not_taken_up() -> None:
    actor = Actor()
    actor.send("login_failed")
    sure = [{"name": "face_failed", "confidence": 1.0}]
    acts = ["trouble:face_failed", "correct", "trouble:username_forgotten"]
    answer = actor.send("face_failed", "用户名没事，是脸", ranking=sure, acts=acts)
    assert load().troubles["username_forgotten"].title not in answer["text"]
    assert load().troubles["face_failed"].intro in answer["text"]


def test_the_trouble_looked_at_that_is_denied_is_left() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    actor.send("code_not_received")
    acts = ["correct", "trouble:code_not_received"]
    answer = actor.send("code_not_received", "收得到收得到", acts=acts)
    assert load().troubles["code_not_received"].intro not in answer["text"]
    assert find_block(answer, "step")["number"] == 1


def test_what_was_misheard_amid_a_trouble_is_said_more_plainly() -> None:
    actor = Actor()
    actor.send("login_failed")
    answer = actor.send("nlu_fallback", "我是问你说的头一个原因是啥", acts=["correct"])["text"]
    assert load().text("case.misheard") in answer
    assert load().troubles["login_failed"].causes[0].remedy in answer


def test_who_wants_the_bureau_is_not_held_in_a_trouble() -> None:
    actor = Actor()
    actor.send("entry_not_found")
    sure = [{"name": "contact_bureau", "confidence": 1.0}]
    acts = ["upset", "alone", "trouble:entry_not_found"]
    answer = actor.send("contact_bureau", "不找了，市监局怎么联系", ranking=sure, acts=acts)
    assert load().troubles["entry_not_found"].causes[1].title not in answer["text"]
    card = actor.send("inform_region", "余杭", {"region": "余杭"}, acts=["place"])
    assert find_block(card, "bureau")
    assert "接着排查" not in card["text"]


def test_who_has_no_liaison_is_not_asked_about_one() -> None:
    actor = Actor()
    actor.send("recover_password")
    actor.send("deny", "不能", acts=["no"])
    actor.send("deny", "刷不了", acts=["no"])
    acts = ["ask:no_liaison", "fact:liaison=unknown"]
    answer = actor.send("explain_liaison", "我们没有联络员", acts=acts)
    assert load().text("bureau.ask") in answer["text"]


def test_yes_but_it_fails_is_a_trouble() -> None:
    actor = Actor()
    actor.send("recover_password")
    likely = [{"name": "code_not_received", "confidence": 0.65}]
    answer = actor.send("code_not_received", "行是行，没影子", ranking=likely, acts=["yes"])
    assert load().troubles["code_not_received"].intro in answer["text"]


def test_a_new_representative_is_not_asked_for_a_user_name() -> None:
    actor = Actor()
    acts = ["fact:new_representative=yes", "trouble:login_failed"]
    answer = actor.send("login_failed", "我是新老板，进不去", acts=acts)
    assert load().text("case.new_representative.ask") in answer["text"]


def test_a_limit_met_with_the_face_is_no_lock_of_the_password() -> None:
    actor = Actor()
    actor.send("face_failed")
    answer = actor.send("account_locked", "说超次数了", acts=["failed", "screen:locked"])["text"]
    assert load().troubles["face_failed"].says["locked"] in answer


def test_the_note_does_not_say_tried_of_what_was_but_shown() -> None:
    actor = Actor()
    actor.send("recover_by_liaison")
    assert "已试过" not in actor.send("human_agent")["handoff"]["note"]


def test_steps_wanted_for_later_are_those_of_the_way_spoken_of() -> None:
    actor = Actor()
    actor.send("recover_password")
    acts = ["all_at_once", "fact:number=away"]
    answer = actor.send("nlu_fallback", "他回来才有号，步骤先发我", acts=acts)
    assert load().ways["phone"].steps[4].do in answer["text"]


def test_who_is_in_after_a_guide_has_succeeded_whatever_page_is_named_beside() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    actor.send("next_step", "设好了", acts=["reached:new_password_page"])
    likely = [{"name": "resolved", "confidence": 0.9}]
    acts = ["reached:password_set", "reached:logged_in"]
    assert "恭喜" in actor.send("resolved", "设了，进去啦", ranking=likely, acts=acts)["text"]


def test_a_cause_is_left_when_its_way_is_put_off() -> None:
    actor = Actor()
    actor.send("face_failed")
    acts = ["fact:face=later", "points_to:covered"]
    answer = actor.send("deny", "缠着绷带，要拆了才行", acts=acts)["text"]
    assert load().text("navigate.cause.is_it") not in answer
    assert load().ways["phone"].ask in answer


def test_a_trouble_goes_before_the_pages_that_led_to_it() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    likely = [{"name": "code_not_received", "confidence": 0.8}]
    said = "都点了，短信没动静"
    answer = actor.send("code_not_received", said, ranking=likely, acts=["reached:forgot_page"])
    assert load().troubles["code_not_received"].intro in answer["text"]


def test_who_receives_the_licence_and_asks_what_comes_gets_that() -> None:
    actor = Actor()
    actor.send("recover_password", "头一回弄", acts=["matter", "fact:received=never"])
    answer = actor.send("next_step", "下好了，还要弄啥", acts=["ask:next_after"])["text"]
    assert "忘记密码”（或" not in answer
    assert load().text("case.new_representative.claim") in answer


def test_a_trouble_reported_in_anger_at_robots_is_looked_at() -> None:
    actor = Actor()
    sure = [{"name": "account_locked", "confidence": 1.0}]
    acts = ["ask:human", "upset", "trouble:account_locked"]
    answer = actor.send("account_locked", "怎么还是机器，锁了", ranking=sure, acts=acts)["text"]
    assert load().troubles["account_locked"].intro in answer


def test_a_page_without_the_liaison_ends_both_ways_of_theirs() -> None:
    actor = Actor()
    actor.send("recover_by_liaison")
    acts = ["screen:option_missing", "screen:other_options"]
    answer = actor.send("nlu_fallback", "上面就短信和人脸，没联络员", acts=acts)["text"]
    assert load().ways["phone"].ask in answer
    actor.send("deny", "不能", acts=["no"])
    assert load().text("bureau.ask") in actor.send("deny", "也不能", acts=["no"])["text"]


def test_the_bureau_of_a_place_goes_before_what_the_page_lacks() -> None:
    actor = Actor()
    actor.send("recover_by_liaison")
    acts = ["screen:option_missing"]
    answer = actor.send("contact_bureau", "没这项，找窗口，余杭", {"region": "余杭"}, acts=acts)
    assert find_block(answer, "bureau")


def test_papers_amid_a_guide_are_not_needed_for_the_phone() -> None:
    actor = Actor()
    actor.send("recover_by_face")
    content = load()
    first = content.text("bureau.materials.online", needs=content.ways["face"].needs)
    assert first in actor.send("required_materials", "要备啥不", acts=["ask:papers"])["text"]
    again = actor.send("required_materials", "我说去窗口", acts=["ask:papers"])["text"]
    assert content.text("bureau.materials.text").strip() in again
    assert first not in again


def test_the_trouble_that_is_denied_is_left_though_it_is_the_surest_meaning() -> None:
    actor = Actor()
    actor.send("entry_not_found")
    sure = [{"name": "entry_not_found", "confidence": 0.98}]
    acts = ["correct", "trouble:entry_not_found"]
    answer = actor.send("entry_not_found", "入口有了，别找了", ranking=sure, acts=acts)["text"]
    assert load().troubles["entry_not_found"].causes[1].remedy not in answer


def test_success_beside_an_unclear_question_counts_where_the_log_in_is_named() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    actor.slots["guide"] = {"way": "phone", "step": 8}
    likely = [{"name": "resolved", "confidence": 0.7}]
    acts = ["ask:unknown", "solved", "reached:logged_in"]
    said = "进去了，那以前的呢"
    assert "恭喜" in actor.send("resolved", said, ranking=likely, acts=acts)["text"]


def test_a_success_beside_a_question_is_not_taken_for_granted() -> None:
    actor = Actor()
    actor.send("recover_by_phone")
    likely = [{"name": "resolved", "confidence": 0.8}]
    acts = ["ask:report_overdue", "solved"]
    answer = actor.send("resolved", "那好，年报晚了咋办", ranking=likely, acts=acts)["text"]
    assert load().practical["report_overdue"].text in answer
    assert "恭喜" not in answer
    assert load().text("navigate.solved.which") not in answer


def test_who_never_received_the_licence_has_no_number_to_have_forgotten() -> None:
    actor = Actor()
    actor.send("recover_password")
    acts = ["fact:received=never", "fact:number=unknown"]
    answer = actor.send("deny", "没领过，也没绑过", acts=acts)["text"]
    assert load().text("case.new_representative.never") in answer
