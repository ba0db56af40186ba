"""What is told in one breath with something else: where they are, that they are in, who it is."""

from __future__ import annotations

import pytest

from content_loader.load import load
from tests.actions.actor import Actor, find_block
from tests.actions.situations import at_step, sure

CONTENT = load()
INSIDE = CONTENT.text("navigate.solved.inside")
CHEER = "恭喜"
IN = "reached:logged_in"


def test_who_is_in_and_names_the_page_before_is_asked_whether_all_is_well() -> None:
    acts = [IN, "reached:face_passed", "done"]
    message = at_step("face", 3).send("nlu_fallback", "脸过了 自己设的 登进去了", acts=acts)
    assert INSIDE in message["text"]


def test_a_face_that_led_straight_in_is_asked_about_and_no_new_password_is_wanted() -> None:
    for acts in (["reached:face_passed", IN], [IN, "reached:face_passed", "solved"]):
        message = at_step("face", 2).send("face_failed", "刷了脸 进去了 没要密码", acts=acts)
        assert message["text"] == INSIDE


def test_who_is_asked_whether_they_are_in_and_says_so_is_in() -> None:
    actor = at_step("face", 2)
    acts = ["reached:face_passed", IN]
    actor.send("face_failed", "刷了脸 进去了 没要密码", acts=acts)
    assert actor.slots["pending_question"] == "logged_in"
    assert CHEER in actor.send("affirm", "是啊", acts=["yes"])["text"]


def test_who_is_in_behind_the_new_password_is_in() -> None:
    acts = [IN, "reached:password_confirmed", "done"]
    ranking = sure("resolved", 0.46)
    message = at_step("phone", 8).send("resolved", "提交过了 也进去了", acts=acts, ranking=ranking)
    assert CHEER in message["text"]


def test_who_is_in_before_a_new_password_and_asks_is_not_congratulated() -> None:
    acts = ["ask:login_by_code", IN, "solved"]
    said = "登录成功了 是不是就不用密码了"
    message = at_step("phone", 2).send("resolved", said, acts=acts, ranking=sure("resolved", 0.53))
    assert CONTENT.practical["login_by_code"].text in message["text"]
    assert CHEER not in message["text"]
    assert INSIDE in message["text"]


def test_a_grumpy_yes_is_one() -> None:
    actor = at_step("face", 7)
    actor.slots["pending_question"] = "logged_in"
    acts = ["upset", "yes", "done"]
    message = actor.send("ask_capabilities", "能 早就能 问几遍了", acts=acts)
    assert CHEER in message["text"]


def test_a_password_that_is_asked_for_again_is_what_the_guide_is_for() -> None:
    actor = at_step("phone", 1)
    actor.slots["pending_question"] = "logged_in"
    ranking = sure("recover_password", 0.63)
    said = "登录了 点出示还是要密码"
    message = actor.send("recover_password", said, acts=[IN, "done"], ranking=ranking)
    assert CONTENT.practical["scan"].text in message["text"]
    assert actor.slots["guide"]["way"] == "phone"


def test_who_does_not_know_whether_they_are_in_keeps_the_way() -> None:
    actor = at_step("phone", 3)
    actor.slots["pending_question"] = "logged_in"
    actor.send("nlu_fallback", "不晓得", acts=["unsure"])
    assert actor.slots["guide"] == {"way": "phone", "step": 3}
    assert actor.slots["pending_question"] == "step"


@pytest.mark.parametrize(
    "acts",
    [
        ["ask:scan", "solved_in_part", IN],
        ["ask:scan", "solved"],
    ],
)
def test_a_new_password_that_a_scan_refuses_is_looked_into(acts: list[str]) -> None:
    ranking = sure("new_password_not_working", 0.4)
    said = "进去了 税务的码还说密码错"
    message = at_step("face", 7).send("new_password_not_working", said, acts=acts, ranking=ranking)
    assert find_block(message, "cause")
    assert CONTENT.practical["scan"].text not in message["text"]


def test_what_was_the_licences_password_a_moment_ago_is_not_another_ones_now() -> None:
    actor = at_step("face", 7)
    actor.send("nlu_fallback", "扫码要的哪个密码", acts=["ask:scan"])
    acts = ["ask:other_password", "solved_in_part", IN]
    message = actor.send("out_of_scope", "我能登 就税务那边不行", acts=acts)
    assert find_block(message, "cause")


def test_who_says_that_they_do_not_stop_goes_on() -> None:
    acts = ["correct", "fact:face=possible", "fact:number=gone", "leave"]
    message = Actor().send("phone_changed", "没说不弄 老板能刷脸", acts=acts)
    assert "先到这里" not in message["text"]
    assert find_block(message, "step")["way"] == CONTENT.ways["face"].title


def test_going_on_with_what_is_known_begins_it() -> None:
    actor = Actor()
    actor.slots["facts"] = {"number": "gone"}
    assert CONTENT.ways["face"].ask in actor.send("next_step", "那继续", acts=["resume"])["text"]


def test_who_asks_for_nothing_but_an_answer_is_not_asked_about_the_way_again() -> None:
    actor = Actor()
    first = actor.send("recover_password", "密码忘了", acts=["matter"])
    assert CONTENT.ways["phone"].ask in first["text"]
    message = actor.send("nlu_fallback", "不找回 就问扫完填啥", acts=["ask:scan", "correct"])
    assert message["text"].strip() == CONTENT.practical["scan"].text
    again = actor.send("affirm", "哦好的", acts=["ack"])
    assert not find_block(again, "step")
    assert CONTENT.ways["phone"].ask in again["text"]


def test_why_the_place_is_asked_for_is_said() -> None:
    actor = Actor()
    actor.slots["pending_question"] = "region"
    message = actor.send("explain_verification", "为什么要知道我哪里的", acts=["ask:why"])
    assert CONTENT.practical["why_region"].text in message["text"]


def test_a_scolding_that_ends_well_is_no_fraud() -> None:
    acts = ["ask:is_scam", "solved", IN]
    said = "登上去了 看来你不是骗子"
    ranking = sure("scam_concern", 0.51)
    message = at_step("phone", 9).send("scam_concern", said, acts=acts, ranking=ranking)
    assert CHEER in message["text"]
    assert "110" not in message["text"]


def test_the_number_is_asked_for_on_the_page_of_another_way() -> None:
    acts = ["screen:asks_number", "reached:method_chosen"]
    message = at_step("face", 4).send("phone_changed", "叫我填号码 号码换了", acts=acts)
    assert CONTENT.ways["face"].steps[3].says["asks_number"] in message["text"]


def test_a_way_that_a_page_does_not_support_is_left() -> None:
    actor = at_step("face", 3)
    message = actor.send("face_failed", "写着该地区暂不支持", acts=["screen:not_supported"])
    assert CONTENT.screens["not_supported"].text in message["text"]
    assert not actor.slots["guide"]


def test_a_licence_to_download_behind_the_face_is_where_the_password_is_set() -> None:
    actor = at_step("face", 2)
    acts = ["screen:download_page", "reached:face_passed"]
    message = actor.send("nlu_fallback", "脸过完列出执照 要点下载", acts=acts)
    assert CONTENT.screens["download_page"].text in message["text"]
    assert actor.slots["guide"]["step"] == 6


def test_where_no_licence_is_found_no_page_is_reached() -> None:
    acts = ["ask:nothing_found", "reached:new_password_page"]
    message = at_step("face", 5).send("nlu_fallback", "我都没有执照 列表是空的", acts=acts)
    assert CONTENT.practical["nothing_found"].text in message["text"]
    assert CONTENT.ways["face"].steps[5].do not in message["text"]


def test_who_receives_anew_does_so_by_themselves_after_the_bureau_was_called() -> None:
    actor = Actor()
    actor.slots["guide"] = {"way": "bureau", "step": 2}
    actor.slots["facts"] = {"new_representative": "registered"}
    acts = ["resume", "reached:new_password_page"]
    message = actor.send("next_step", "今天列表里有了 要我设密码", acts=acts)
    assert CONTENT.ways["bureau"].steps[4].do not in message["text"]
    assert CONTENT.ways["face"].steps[5].do in message["text"]


def test_who_is_in_by_the_bureau_is_asked_whether_all_is_well() -> None:
    actor = Actor()
    actor.slots["guide"] = {"way": "bureau", "step": 4}
    actor.slots["facts"] = {"new_representative": "registered"}
    message = actor.send("nlu_fallback", "窗口帮我弄好了 进去了", acts=[IN, "done"])
    assert not find_block(message, "step")


def test_who_has_called_while_receiving_begins_no_guide_by_face() -> None:
    actor = Actor()
    actor.slots["facts"] = {"new_representative": "registered"}
    actor.slots["pending_question"] = "fact:claim"
    message = actor.send("nlu_fallback", "12345 打过了 让我找大厅", acts=["reached:called"])
    assert find_block(message, "step")["way"] == CONTENT.ways["bureau"].title


def test_who_is_abroad_may_do_the_face_there() -> None:
    actor = Actor()
    acts = ["fact:number=away", "fact:representative=abroad"]
    message = actor.send("phone_forgotten", "号在他那 他在德国", acts=acts)
    asked = CONTENT.facts["representative"]["abroad"].ask
    assert asked and asked in message["text"]


def test_the_representative_abroad_is_asked_for_their_own_face() -> None:
    acts = ["fact:speaker=representative", "fact:representative=abroad", "fact:number=gone"]
    message = Actor().send("phone_changed", "我是法人 人在德国 号停了", acts=acts)
    assert CONTENT.facts["representative"]["abroad"].ask not in message["text"]
    assert "刷脸" in message["text"]


def test_a_trouble_that_nothing_but_a_near_intent_tells_is_none() -> None:
    acts = ["reached:face_page", "reached:identity_entered"]
    ranking = sure("face_failed", 0.8)
    said = "填好了 让眨眼 眨了 绿勾勾"
    message = at_step("face", 3).send("face_failed", said, acts=acts, ranking=ranking)
    assert not find_block(message, "cause")


def test_what_is_there_after_all_is_found() -> None:
    actor = at_step("phone", 3)
    actor.send("entry_not_found", "没有忘记密码", acts=["screen:option_missing"])
    ranking = sure("next_step", 0.98)
    actor.send("next_step", "我说有的 就在下面", acts=["correct"], ranking=ranking)
    assert actor.slots["guide"]["step"] == 4


def test_who_has_received_the_licence_after_all_is_asked_for_a_way() -> None:
    actor = Actor()
    acts = ["fact:speaker=family", "fact:received=never", "matter"]
    actor.send("recover_password", "帮我妈问的 从来没设过", acts=acts)
    message = actor.send("nlu_fallback", "不对 领过的 能看到执照", acts=["correct", IN])
    assert CONTENT.ways["phone"].ask in message["text"]
    assert "received" not in actor.slots["facts"]


def test_what_is_well_after_a_complaint_of_the_page_may_be_but_that() -> None:
    actor = at_step("phone", 9)
    actor.send("nlu_fallback", "确定是灰的", acts=["screen:no_reaction"])
    ranking = sure("next_step", 0.69)
    message = actor.send("next_step", "挡住了 点了", acts=["solved", IN], ranking=ranking)
    assert INSIDE in message["text"]
    assert CHEER not in message["text"]


def test_the_password_of_the_platform_is_another() -> None:
    acts = ["fact:platform=alipay"]
    ranking = sure("recover_other_password", 0.99)
    found = {"other_system": "支付宝"}
    message = at_step("face", 2).send(
        "recover_other_password", "支付宝密码他不记得", found, ranking, acts
    )
    assert CONTENT.ways["face"].steps[1].do not in message["text"]
    assert "支付宝" in message["text"]


def test_a_page_that_does_not_support_another_way_leaves_the_running_one() -> None:
    actor = at_step("phone", 4)
    message = actor.send("face_failed", "刷脸那项写着不支持", acts=["screen:not_supported"])
    assert actor.slots["guide"] == {"way": "phone", "step": 4}
    assert CONTENT.ways["phone"].steps[3].do in message["text"]


def test_a_way_that_is_asked_about_and_not_supported_is_not_asked_about_again() -> None:
    actor = Actor()
    actor.slots["pending_question"] = "way:face"
    message = actor.send("face_failed", "写着不支持刷脸", acts=["screen:not_supported"])
    assert CONTENT.ways["face"].ask_again not in message["text"]
    assert CONTENT.ways["face"].ask not in message["text"]


def test_a_denial_while_receiving_leaves_what_is_known() -> None:
    actor = Actor()
    acts = ["fact:received=never", "matter"]
    actor.send("recover_password", "从来没领过", acts=acts)
    actor.send("nlu_fallback", "不对 我用的是支付宝", acts=["correct", "fact:platform=alipay"])
    assert actor.slots["facts"]["received"] == "never"


def test_the_end_that_was_asked_about_is_answered_beside_a_question() -> None:
    actor = at_step("phone", 3)
    actor.slots["pending_question"] = "logged_in"
    acts = ["ask:next_time", "solved", IN]
    message = actor.send(
        "resolved", "能登录了 再忘了咋办", acts=acts, ranking=sure("resolved", 0.7)
    )
    assert CHEER in message["text"]


def test_a_no_to_the_log_in_is_one() -> None:
    actor = at_step("phone", 1)
    actor.slots["pending_question"] = "logged_in"
    ranking = sure("recover_password", 0.9)
    said = "不能 不知道密码"
    message = actor.send("recover_password", said, acts=["matter", "no"], ranking=ranking)
    assert CONTENT.practical["scan"].text not in message["text"]
    assert CONTENT.ways["face"].ask in message["text"]


def test_a_question_on_scans_is_no_trouble() -> None:
    ranking = sure("new_password_not_working", 0.51)
    said = "以后扫码也输新的吗"
    acts = ["ask:scan"]
    message = at_step("face", 7).send("new_password_not_working", said, acts=acts, ranking=ranking)
    assert CONTENT.practical["scan"].text in message["text"]
    assert not find_block(message, "cause")


def test_who_sets_the_new_password_is_not_in_by_it() -> None:
    acts = [IN, "reached:new_password_page"]
    ranking = sure("resolved", 0.4)
    message = at_step("phone", 7).send("resolved", "进到设密码了", acts=acts, ranking=ranking)
    assert CHEER not in message["text"]


def test_a_code_that_is_waited_for_after_the_number_is_a_trouble() -> None:
    ranking = sure("code_not_received", 0.85)
    acts = ["reached:number_entered"]
    said = "号填了 等半天"
    message = at_step("phone", 5).send("code_not_received", said, acts=acts, ranking=ranking)
    assert find_block(message, "cause")


def test_who_is_in_by_a_way_that_was_left_is_asked_whether_all_is_well() -> None:
    actor = at_step("face", 3)
    actor.slots["guide"] = None
    actor.slots["attempts"] = {"face": 3}
    actor.slots["pending_question"] = "way:liaison"
    message = actor.send("face_failed", "刷了脸 进去了 没要密码", acts=[IN])
    assert INSIDE in message["text"]


@pytest.mark.parametrize(("confidence", "way"), [(0.61, "face"), (0.99, "phone")])
def test_who_meant_another_question_keeps_the_way_unless_they_surely_want_another(
    confidence: float, way: str
) -> None:
    actor = at_step("face", 1)
    actor.send("explain_verification", "要不要把那个码也准备着", acts=["ask:in_hand"])
    assert actor.slots["pending_question"] == "return"
    ranking = sure("recover_by_phone", confidence)
    said = "我说的是手机验证码 不是身份证"
    actor.send("recover_by_phone", said, ranking=ranking, acts=["correct", "wish:phone"])
    assert actor.slots["guide"]["way"] == way


def test_what_is_missing_before_the_choice_says_nothing_of_the_way() -> None:
    actor = at_step("face", 2)
    acts = ["screen:option_missing", "screen:other_options"]
    actor.send("entry_not_found", "没看到忘记 就一个脸", acts=acts)
    assert actor.slots["guide"] == {"way": "face", "step": 2}


def test_a_new_password_that_is_set_may_be_the_whole() -> None:
    ranking = sure("resolved", 0.7)
    said = "下好了 牌子出来了 密码也设了"
    acts = ["reached:password_set"]
    message = at_step("phone", 7).send("resolved", said, acts=acts, ranking=ranking)
    assert CONTENT.ways["phone"].steps[7].do not in message["text"]


def test_a_liaison_who_can_be_called_has_not_gone() -> None:
    actor = Actor()
    actor.slots["pending_question"] = "way:liaison"
    acts = ["fact:liaison=reachable", "fact:liaison=gone"]
    actor.send("explain_liaison", "小刘上个月辞了 电话打得通", acts=acts)
    assert actor.slots["facts"]["liaison"] == "reachable"


def test_who_receives_and_is_in_without_a_licence_has_not_received_it() -> None:
    actor = Actor()
    actor.slots["facts"] = {"new_representative": "registered"}
    actor.slots["pending_question"] = "fact:claim"
    actor.send("nlu_fallback", "列表是空的", acts=["ask:nothing_found"])
    acts = ["wish:bureau", "solved", IN]
    message = actor.send("required_materials", "能登录就是没有 我去大厅", acts=acts)
    assert CHEER not in message["text"]
    assert CONTENT.ways["bureau"].title in message["text"]


def test_how_it_is_received_is_not_said_again_for_the_same_fact() -> None:
    actor = Actor()
    acts = ["fact:new_representative=registered", "matter"]
    actor.send("recover_password", "法人换成我了 密码是前任的", acts=acts)
    acts = ["fact:new_representative=registered"]
    message = actor.send("nlu_fallback", "变更是上周办完的", acts=acts)
    assert CONTENT.text("case.new_representative.claim") not in message["text"]
    assert message["text"].strip()


def test_who_has_left_with_the_number_is_not_taken_for_dead() -> None:
    acts = ["fact:number=other", "fact:representative=dead", "trouble:phone_changed"]
    ranking = sure("phone_changed", 0.99)
    said = "号是前财务的 人已经走了"
    message = Actor().send("phone_changed", said, acts=acts, ranking=ranking)
    assert CONTENT.facts["representative"]["dead"].heard not in message["text"]


def test_pages_named_with_the_next_case_are_of_the_one_before() -> None:
    acts = [IN, "fact:number=gone", "new_case", "reached:method_chosen", "reached:code_received"]
    actor = at_step("phone", 4)
    message = actor.send("phone_changed", "改好了 能看到了 下一家 号注销了", acts=acts)
    assert CONTENT.text("case.well_and_next") in message["text"]
    assert not actor.slots["guide"]


def test_a_new_password_that_does_not_work_is_not_forgotten() -> None:
    ranking = sure("new_password_not_working", 0.88)
    said = "我就刚设的那个啊"
    message = at_step("face", 7).send("new_password_not_working", said, None, ranking, ["matter"])
    assert find_block(message, "cause")
