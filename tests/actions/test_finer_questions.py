"""Questions of detail, of a number to be changed, and those of few words that name no matter."""

from __future__ import annotations

import pytest

from content_loader.load import load
from tests.actions.actor import Actor
from tests.actions.situations import at_cause, at_step, sure

CONTENT = load()
ANSWER = CONTENT.practical
CHANGE_NUMBER = ["ask:change_number"]


def wants_another_number(*acts: str) -> Actor:
    """Somebody who asks where a bound number is changed, and is asked back."""
    actor = Actor()
    actor.send("update_contact_info", "绑的号想换成现在的", acts=[*CHANGE_NUMBER, *acts])
    return actor


def test_who_wants_another_number_is_asked_whether_they_are_in_and_no_way() -> None:
    actor = wants_another_number("fact:number=gone")
    assert actor.slots["pending_question"] == "fact:number_change"
    assert actor.slots["facts"]["number"] == "gone"
    message = actor.send("affirm", "还能登", acts=["yes"])
    assert CONTENT.text("case.change.number_on_page") in message["text"]
    message = actor.send("entry_not_found", "没有这一项", acts=["screen:option_missing"])
    assert CONTENT.text("case.change.number_at_bureau") in message["text"]
    assert actor.slots["pending_question"] == "region"


def test_who_wants_another_number_and_is_not_in_recovers_first() -> None:
    actor = wants_another_number()
    message = actor.send("deny", "登不进去", acts=["no"])
    assert CONTENT.text("case.change.number_otherwise") in message["text"]
    assert actor.slots["pending_question"] == "way:phone"


def test_a_success_there_closes_no_case() -> None:
    actor = wants_another_number()
    message = actor.send("resolved", "能登录", acts=["solved"])
    assert "恭喜" not in message["text"]
    assert actor.slots["pending_question"] == "fact:number_page"


def test_amid_a_guide_the_question_is_answered_and_the_guide_goes_on() -> None:
    actor = at_step("phone", 3)
    actor.send("update_contact_info", "号能换吗", acts=CHANGE_NUMBER)
    assert actor.slots["pending_question"] == "return"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("在哪改", "update_contact_info"), ("密码是在哪里改的呢", "change_password")],
)
def test_a_question_of_few_words_is_about_what_was_spoken_of(text: str, expected: str) -> None:
    actor = wants_another_number()
    actor.send("affirm", "能登", acts=["yes"])
    near = ["change_password", "change_number"]
    message = actor.send("nlu_fallback", text, acts=["ask:change_password"], near=near)
    texts = {**ANSWER, **CONTENT.answers}[expected]
    assert texts.again in message["text"] or texts.text in message["text"]


def test_a_vague_question_after_an_answer_gets_the_rest_of_it() -> None:
    actor = at_step("phone", 3)
    actor.send("nlu_fallback", "要多久", acts=["ask:id_expired"])
    message = actor.send("nlu_fallback", "要紧吗", acts=["ask:detail"])
    expected = ANSWER["id_expired"].again or CONTENT.text("navigate.no_more")
    assert expected in message["text"]


def test_a_vague_question_after_a_warning_stays_with_it() -> None:
    actor = Actor()
    actor.send("scam_concern", "有短信让我点链接")
    message = actor.send("nlu_fallback", "要紧吗", acts=["ask:unknown"])
    assert ANSWER["unknown"].text not in message["text"]
    assert ANSWER["gave_away"].text in message["text"]


def test_what_was_filled_in_for_a_fraud_is_no_step_of_a_guide() -> None:
    actor = Actor()
    acts = ["ask:gave_away", "reached:identity_entered"]
    actor.send("scam_concern", "链接点了 身份证也填了", acts=acts)
    assert not actor.slots.get("guide")
    amid = at_step("face", 4)
    amid.send("next_step", "身份证填了", acts=["reached:identity_entered"])
    assert amid.slots["guide"]["step"] == 5


def test_a_detail_is_answered_by_what_is_looked_at() -> None:
    actor = at_cause("face_failed", 1)
    message = actor.send("out_of_scope", "助听器要摘吗", acts=["ask:detail"])
    assert ANSWER["detail"].at["face_failed"] in message["text"]
    actor = at_step("phone", 3)
    message = actor.send("out_of_scope", "要不要打勾", acts=["ask:detail"])
    assert ANSWER["detail"].text in message["text"]


def test_a_word_on_the_page_is_not_taken_for_the_way_that_is_gone() -> None:
    actor = at_step("phone", 3)
    message = actor.send("out_of_scope", "它上面写的那个终端是什么意思", acts=["ask:meaning"])
    assert ANSWER["meaning"].text in message["text"]
    asked = Actor({"pending_question": "way:phone"})
    message = asked.send("out_of_scope", "啥意思", acts=["ask:meaning"])
    assert ANSWER["meaning"].at["phone"] in message["text"]


def test_who_asks_what_comes_next_is_told_what_to_do_now() -> None:
    actor = at_step("liaison", 3)
    message = actor.send("nlu_fallback", "那我要怎么做", acts=["ask:next_after"])
    assert CONTENT.ways["liaison"].steps[2].do in message["text"]


def test_who_says_that_they_are_the_one_themselves_stays_with_the_cause() -> None:
    actor = at_cause("identity_mismatch", 0)
    actor.send("affirm", "我就是本人啊", acts=["fact:speaker=representative"])
    assert actor.slots["diagnosis"]["trouble"] == "identity_mismatch"


def test_how_a_licence_is_received_is_not_said_twice_running() -> None:
    actor = Actor()
    acts = ["fact:new_representative=yes", "fact:new_representative=registered"]
    claim = CONTENT.text("case.new_representative.claim")
    assert claim in actor.send("other_licence_service", "换了法人", acts=acts)["text"]
    message = actor.send("deny", "没领过", acts=["fact:received=never"])
    assert claim not in message["text"]
    assert actor.slots["pending_question"] == "fact:claim"


def test_of_two_causes_in_doubt_only_those_of_the_trouble_looked_at_count() -> None:
    actor = at_cause("face_failed", 0)
    doubt = ["points_to:identity", "points_to:other_person"]
    intent = {"name": "nlu_fallback", "confidence": 0.3}
    actor.say_in_doubt("用的我老公微信", intent, doubt[:1], doubt)
    assert actor.slots["pending_question"] == "cause"
    causes = CONTENT.troubles["face_failed"].causes
    assert causes[actor.slots["diagnosis"]["cause"]].name == "identity"


def test_who_cannot_tell_whether_they_are_in_is_asked_for_a_trial() -> None:
    actor = at_step("phone", 9)
    actor.slots["pending_question"] = "finish"
    by_trial = CONTENT.text("navigate.solved.by_trial")
    assert by_trial in actor.send("affirm", "应该行了吧", acts=["unsure"])["text"]
    message = actor.send("affirm", "差不多了", acts=["unsure"])
    assert by_trial not in message["text"]
    assert CONTENT.text("navigate.solved.question") in message["text"]
    actor.send("login_failed", "没登上", acts=["no"])
    assert actor.slots["diagnosis"]["trouble"] == "new_password_not_working"


def test_a_page_that_says_success_at_the_end_is_not_said_twice() -> None:
    actor = at_step("face", 7)
    actor.slots["pending_question"] = "finish"
    message = actor.send("nlu_fallback", "它说成功", acts=["screen:success"])
    assert CONTENT.text("navigate.solved.by_trial") in message["text"]


def test_why_a_number_is_asked_for_is_said_of_the_number() -> None:
    asked = Actor({"pending_question": "way:phone"})
    unlikely = [{"name": "official_source", "confidence": 0.36}]
    message = asked.send(
        "official_source", "这跟手机号有啥关系", ranking=unlikely, acts=["ask:why"]
    )
    assert ANSWER["why"].at["phone"] in message["text"]


def test_what_is_amid_another_way_is_about_the_bureau_only_if_that_is_likely() -> None:
    actor = at_step("phone", 5)
    answers = [
        actor.send(
            "required_materials",
            text,
            ranking=[{"name": "required_materials", "confidence": confidence}],
            acts=["ask:detail"],
        )["text"]
        for text, confidence in (("要不要加86", 0.6), ("到窗口还要填哪些表", 0.9))
    ]
    assert ANSWER["detail"].at["bureau"] not in answers[0]
    assert ANSWER["detail"].at["bureau"] in answers[1]


def test_a_code_amid_the_way_by_a_liaison_is_theirs() -> None:
    actor = at_step("liaison", 3)
    message = actor.send("scam_concern", "他收到验证码了", acts=["reached:code_received"])
    assert actor.slots["guide"] == {"way": "liaison", "step": 3}
    assert CONTENT.ways["liaison"].steps[2].do in message["text"]
    actor.send("next_step", "他填好了", acts=["reached:code_entered"])
    assert actor.slots["guide"] == {"way": "liaison", "step": 4}


def test_a_login_page_before_any_new_password_is_the_first_one() -> None:
    actor = at_step("phone", 1)
    acts = ["reached:login_page", "screen:login_again"]
    actor.send("system_error", "打开就让我登录", acts=acts)
    assert actor.slots["guide"]["step"] == 3
    later = at_step("phone", 9)
    message = later.send("system_error", "又回到登录了", acts=acts)
    assert CONTENT.screens["login_again"].text in message["text"]


def test_a_log_in_that_has_failed_again_is_none() -> None:
    actor = at_step("phone", 9)
    actor.slots["pending_question"] = "finish"
    acts = ["solved", "failed", "reached:logged_in"]
    assert "恭喜" not in actor.send("resolved", "登上又被踢出来", acts=acts)["text"]


def test_a_question_not_caught_beside_a_page_is_answered_by_the_page() -> None:
    actor = at_step("phone", 6)
    acts = ["ask:unknown", "reached:code_received"]
    message = actor.send("code_rejected", "六位的 填哪", acts=acts)
    assert ANSWER["unknown"].text not in message["text"]
    assert CONTENT.ways["phone"].steps[5].do in message["text"]


def test_who_asks_of_several_licences_begins_no_other_case() -> None:
    actor = at_step("phone", 3)
    acts = ["ask:several_licences", "new_case"]
    message = actor.send("nlu_fallback", "改一家别的会跟着变吗", acts=acts)
    assert CONTENT.text("case.new") not in message["text"]
    assert actor.slots["guide"]["step"] == 3


def test_where_nothing_was_begun_no_other_case_begins() -> None:
    actor = Actor()
    actor.send("recover_password", "三家忘了密码", acts=["matter", "fact:licences=many"])
    message = actor.send(
        "nlu_fallback", "先弄头一家 法人能刷脸", acts=["new_case", "fact:face=possible"]
    )
    assert CONTENT.text("case.new") not in message["text"]
    assert actor.slots["guide"]["way"] == "face"
    message = actor.send("nlu_fallback", "还有一家也忘了", acts=["new_case"])
    assert CONTENT.text("case.new") in message["text"]


def test_who_says_that_they_are_in_begins_no_guide() -> None:
    actor = Actor()
    message = actor.send("nlu_fallback", "刷完直接进去了", acts=["reached:logged_in", "done"])
    assert CONTENT.text("navigate.solved.inside") in message["text"]
    assert not actor.slots.get("guide")


def test_who_has_the_number_is_not_asked_for_a_face_first() -> None:
    actor = at_cause("account_locked", 0)
    acts = ["fact:speaker=representative", "fact:number=reachable"]
    actor.send("affirm", "我本人 手机号也是我的", acts=acts)
    assert actor.slots["guide"]["way"] == "phone"


def test_a_denial_is_of_the_cause_that_it_names() -> None:
    for near, denied in ((["blocked"], "blocked"), (["number_wrong", "blocked"], "number_wrong")):
        actor = at_cause("code_not_received", 0)
        actor.hear("deny", "没得拦截", ["not_it"], near_causes=near)
        causes = CONTENT.troubles["code_not_received"].causes
        out = [causes[number].name for number in actor.slots["ruled_out"]["code_not_received"]]
        assert out == [denied]


def test_a_code_that_came_is_not_refused() -> None:
    actor = at_step("phone", 6)
    actor.send("code_rejected", "码到了", acts=["reached:code_received"])
    assert not actor.slots.get("diagnosis")


def test_causes_with_a_likely_success_are_asked_for_the_outcome() -> None:
    actor = at_cause("username_forgotten", 1)
    acts = ["points_to:credit_code", "rules_out:credit_code"]
    message = actor.send("resolved", "用代码登的 可以了", None, sure("resolved", 0.74), acts)
    done = at_cause("username_forgotten", 1).send("resolved", "弄了", acts=["done"])
    assert message["text"] == done["text"]


def test_who_wants_the_bureau_alone_is_not_led_back_to_the_phone() -> None:
    actor = Actor()
    actor.send("contact_bureau", "直接去局里")
    actor.send("inform_region", "西安雁塔", {"region": "西安雁塔"})
    actor.send("required_materials", "法人没空 我去行吗", acts=["ask:by_whom", "fact:face=later"])
    assert not (actor.slots["pending_question"] or "").startswith("way")
    message = actor.send("out_of_scope", "我是他弟弟", acts=["fact:speaker=family"])
    assert CONTENT.text("case.noted") in message["text"]
    actor.send("affirm", "其实号在我这 能收", acts=["fact:number=reachable"])
    assert actor.slots["guide"]["way"] == "phone"
