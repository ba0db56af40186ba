"""What further players were answered wrongly, each as a kind of its own."""

from __future__ import annotations

from content_loader.load import load
from tests.actions.actor import Actor, find_block
from tests.actions.situations import at_cause, at_step, sure

CONTENT = load()
FACE = CONTENT.troubles["face_failed"]
LOGGED_IN = CONTENT.text("navigate.solved.question")
WAITS = CONTENT.text("case.wait")


def test_who_has_waited_in_vain_has_a_trouble() -> None:
    acts = ["trouble:code_not_received", "wait"]
    message = at_step("phone", 6).send("code_not_received", "没来啊 等了五分钟", acts=acts)
    assert find_block(message, "cause")["title"] == (
        CONTENT.troubles["code_not_received"].causes[0].title
    )


def test_who_wants_another_way_is_not_told_to_wait() -> None:
    acts = ["another_way", "wait"]
    message = at_step("phone", 6).send("nlu_fallback", "还有别的办法没 都十一点了", acts=acts)
    assert CONTENT.ways["face"].ask in message["text"]


def test_who_waits_and_then_reports_waits() -> None:
    acts = ["wait", "trouble:code_not_received"]
    message = at_step("phone", 6).send("nlu_fallback", "我再等等 没来呢", acts=acts)
    assert not find_block(message, "cause")


def test_a_number_that_is_back_leads_to_its_way_though_it_was_known() -> None:
    actor = at_step("face", 1)
    actor.slots["facts"] = {"number": "reachable"}
    acts = ["fact:number=reachable", "resume"]
    message = actor.send("next_step", "继续 卡补好了", acts=acts, ranking=sure("next_step", 0.9))
    assert actor.slots["guide"]["way"] == "phone"
    assert CONTENT.ways["phone"].title in message["text"]


def test_who_wants_no_liaison_is_not_led_to_what_is_filed_of_one() -> None:
    actor = at_step("face", 1)
    acts = ["fact:number=gone", "fact:face=later"]
    actor.send("face_failed", "下午才有空 号停了", acts=acts, ranking=sure("face_failed", 0.4))
    message = actor.send("nlu_fallback", "不用联络员", acts=["drop:liaison"])
    assert CONTENT.ways["application_liaison"].title not in message["text"]
    assert CONTENT.text("triage.later", way=CONTENT.ways["face"].short) in message["text"]


def test_who_wants_another_way_than_the_face_is_not_asked_for_it() -> None:
    actor = at_cause("system_error", 1)
    actor.slots["facts"] = {"number": "gone"}
    ranking = sure("avoid_face", 0.9)
    message = actor.send("avoid_face", "不想刷了 别的路没", acts=["another_way"], ranking=ranking)
    assert CONTENT.ways["face"].ask not in message["text"]


def test_a_page_that_asks_for_the_identity_is_stood_at() -> None:
    actor = at_step("face", 2)
    acts = ["screen:asks_id", "reached:forgot_page"]
    message = actor.send("nlu_fallback", "点了忘记密码 让填姓名", acts=acts)
    assert find_block(message, "step")["number"] == 4


def test_who_insists_that_the_number_is_another_ones_is_asked_whether_it_can_be_had() -> None:
    actor = at_step("phone", 1)
    actor.slots["facts"] = {"number": "other"}
    message = actor.send("phone_changed", "说了号是她的", acts=["correct", "fact:number=other"])
    assert CONTENT.facts["number"]["other"].ask in message["text"]


def test_what_is_missing_beside_a_question_amid_nothing_begins_no_trouble() -> None:
    acts = ["ask:change_number", "screen:option_missing"]
    message = Actor().send("update_contact_info", "号到底在哪改 没看见", acts=acts)
    assert not find_block(message, "cause")


def test_an_error_that_is_read_out_is_the_trouble_that_it_surely_means() -> None:
    actor = at_step("face", 2)
    ranking = sure("device_changed", 0.96)
    message = actor.send("device_changed", "写着用原设备", acts=["screen:error"], ranking=ranking)
    assert find_block(message, "cause")["trouble"] == CONTENT.troubles["device_changed"].title
    actor = at_step("face", 2)
    ranking = sure("device_changed", 0.6)
    message = actor.send("device_changed", "写着用原设备", acts=["screen:error"], ranking=ranking)
    assert not find_block(message, "cause")


def test_who_asks_where_to_go_and_leaves_is_asked_for_the_place() -> None:
    acts = ["ask:address", "leave"]
    message = at_step("face", 1).send("contact_bureau", "明天去 电话多少", acts=acts)
    assert CONTENT.text("bureau.ask") in message["text"]


def test_of_a_cause_that_is_both_the_likelier_counts() -> None:
    actor = at_cause("face_failed", 1)
    acts = ["rules_out:covered", "points_to:covered"]
    message = actor.send("nlu_fallback", "眼镜早摘了", acts=acts)
    assert CONTENT.text("navigate.cause.is_it") not in message["text"]
    actor = at_cause("face_failed", 1)
    message = actor.send("nlu_fallback", "戴着呢 摘掉再刷", acts=acts[::-1])
    assert CONTENT.text("navigate.cause.is_it") in message["text"]


def test_a_known_number_is_no_new_trouble_beside_a_question() -> None:
    actor = at_cause("face_failed", 1)
    actor.slots["facts"] = {"number": "gone"}
    acts = ["fact:number=gone", "ask:papers", "trouble:phone_changed"]
    message = actor.send("required_materials", "号停了讲过了 要带身份证喊", acts=acts)
    assert CONTENT.troubles["phone_changed"].intro not in message["text"]


def test_a_page_of_another_way_is_not_where_a_code_is_refused() -> None:
    actor = at_step("liaison", 3)
    ranking = sure("code_rejected", 0.98)
    acts = ["reached:liaison_verified"]
    message = actor.send("code_rejected", "显示验证通过了", acts=acts, ranking=ranking)
    assert find_block(message, "step")["number"] == 4


def test_a_success_with_a_complaint_is_heard_and_not_rejoiced_at() -> None:
    actor = at_step("phone", 9)
    acts = ["solved_in_part", "reached:logged_in"]
    message = actor.send("login_failed", "能登啊 是平台那边不行", acts=acts)
    assert message["text"] == CONTENT.text("navigate.solved.in_part")
    assert actor.slots["pending_question"] == "trouble"


def test_a_success_with_a_question_gets_its_answer_alone() -> None:
    actor = at_step("phone", 9)
    acts = ["ask:nothing_found", "solved_in_part"]
    message = actor.send("nlu_fallback", "进是进了 里头空的", acts=acts)
    assert message["text"] == CONTENT.practical["nothing_found"].text


def test_a_login_that_fails_after_the_guide_is_one_with_the_new_password() -> None:
    actor = at_step("phone", 9)
    message = actor.send("login_failed", "平台还是不行", ranking=sure("login_failed", 0.85))
    trouble = CONTENT.troubles["new_password_not_working"]
    assert find_block(message, "cause")["trouble"] == trouble.title


def test_the_note_for_the_bureau_calls_no_way_useless_that_nobody_has_asked_about() -> None:
    actor = at_step("face", 1)
    actor.send("phone_changed", "号停了", acts=["fact:number=gone"])
    actor.send("nlu_fallback", "没有联络员", acts=["drop:liaison"])
    message = actor.send("contact_bureau", "杭州余杭", {"region": "杭州余杭"}, acts=["place"])
    note = message["text"]
    assert CONTENT.ways["liaison"].title in note
    assert CONTENT.ways["application_liaison"].title not in note


def test_who_tells_the_case_of_another_firm_after_a_success_is_led_on() -> None:
    actor = Actor()
    actor.slots["facts"] = {"closed": True}
    acts = ["fact:representative=ill", "fact:face=impossible", "fact:number=other"]
    message = actor.send("nlu_fallback", "还有一家老板住院了 号是会计的", acts=acts)
    assert CONTENT.facts["number"]["other"].ask in message["text"]


def test_what_a_page_complains_of_goes_before_what_it_is() -> None:
    actor = at_step("face", 6)
    actor.slots["facts"] = {"new_representative": "registered"}
    acts = ["screen:download_page", "screen:mismatch"]
    message = actor.send("nlu_fallback", "点了下载 说不是法定代表人", acts=acts)
    assert CONTENT.text("case.new_representative.still_former") in message["text"]


def test_who_surely_asks_for_papers_and_tells_a_fact_is_answered() -> None:
    ranking = sure("required_materials", 0.99)
    acts = ["fact:new_representative=registered"]
    message = Actor().send("required_materials", "核准书要带吗", acts=acts, ranking=ranking)
    assert CONTENT.text("bureau.materials.text") in message["text"]


def test_a_number_that_is_gone_hides_no_other_trouble() -> None:
    actor = Actor()
    acts = ["fact:number=gone", "trouble:face_failed"]
    ranking = sure("phone_changed", 0.99)
    message = actor.send("phone_changed", "号换了 脸也刷不过", acts=acts, ranking=ranking)
    assert find_block(message, "cause")["trouble"] == FACE.title


def test_who_is_in_and_speaks_of_something_else_is_congratulated() -> None:
    ranking = sure("device_changed", 0.93)
    acts = ["solved", "reached:logged_in"]
    message = at_step("face", 7).send("device_changed", "进去了", acts=acts, ranking=ranking)
    assert CONTENT.text("navigate.solved.closing") in message["text"]


def test_a_face_page_with_a_cause_is_where_the_face_fails() -> None:
    ranking = sure("face_failed", 0.93)
    acts = ["screen:asks_face", "points_to:posture", "reached:face_page"]
    message = at_step("face", 4).send("face_failed", "刷了 超时", acts=acts, ranking=ranking)
    assert find_block(message, "cause")["title"] == FACE.causes[2].title


def test_a_cause_of_several_troubles_is_the_one_of_the_way_that_is_gone() -> None:
    acts = ["points_to:network"]
    message = at_step("face", 1).send("nlu_fallback", "转半天没信号", acts=acts)
    trouble = CONTENT.troubles["system_error"]
    assert find_block(message, "cause")["trouble"] == trouble.title


def test_what_a_foreigner_brings_is_said_of_them() -> None:
    actor = Actor()
    actor.slots["facts"] = {"representative": "foreign"}
    message = actor.send("out_of_scope", "护照行不行", acts=["ask:papers"])
    assert CONTENT.practical["foreign_rep"].text in message["text"]


def test_a_fact_told_again_after_the_card_shows_no_card() -> None:
    actor = Actor()
    actor.send("contact_bureau", "杭州余杭", {"region": "杭州余杭"}, acts=["place"])
    actor.slots["facts"] = {**actor.slots["facts"], "representative": "foreign"}
    message = actor.send("out_of_scope", "我只有护照", acts=["fact:representative=foreign"])
    assert not find_block(message, "bureau")
    assert message["text"] == CONTENT.text("case.known")


def test_who_forgot_it_and_does_not_know_more_is_led_to_a_way() -> None:
    actor = Actor()
    actor.send("nlu_fallback", "不行")
    ranking = sure("recover_password", 0.99)
    acts = ["matter", "unsure"]
    message = actor.send("recover_password", "找密码 我不知道", acts=acts, ranking=ranking)
    assert CONTENT.ways["phone"].ask in message["text"]


def test_who_asks_whether_the_face_goes_from_abroad_is_led_there() -> None:
    actor = Actor()
    acts = ["fact:representative=abroad", "fact:number=gone"]
    actor.send("phone_changed", "他在越南 号停了", acts=acts)
    ranking = sure("recover_by_face", 0.66)
    acts = ["ask:rep_abroad", "fact:liaison=reachable"]
    message = actor.send("recover_by_face", "就问刷脸行不行", acts=acts, ranking=ranking)
    assert CONTENT.practical["rep_abroad"].text in message["text"]
    assert CONTENT.ways["face"].title in message["text"]


def test_who_reports_at_the_last_step_and_leaves_is_congratulated() -> None:
    acts = ["solved", "leave"]
    ranking = sure("resolved", 0.81)
    message = at_step("liaison", 4).send("resolved", "改好了 能登录", acts=acts, ranking=ranking)
    assert CONTENT.text("navigate.solved.closing") in message["text"]
    message = at_step("liaison", 2).send("resolved", "好了", acts=acts, ranking=ranking)
    assert CONTENT.text("navigate.solved.closing") not in message["text"]
    message = at_step("phone", 9).send("stop", "好了 明天再来", acts=acts)
    assert CONTENT.text("navigate.solved.closing") not in message["text"]


def test_a_face_that_was_tried_is_looked_into() -> None:
    for acts in (["fact:face=possible"], ["fact:tried=face", "fact:face=possible"]):
        actor = Actor()
        actor.slots["pending_question"] = "way:face"
        ranking = sure("face_failed", 0.99)
        message = actor.send("face_failed", "能刷 老是通不过", acts=acts, ranking=ranking)
        assert find_block(message, "cause")["trouble"] == FACE.title
        assert "face" not in (actor.slots.get("facts") or {})


def test_who_is_in_before_the_new_password_has_not_succeeded() -> None:
    acts = ["solved", "reached:logged_in"]
    ranking = sure("code_not_received", 0.93)
    actor = at_step("phone", 6)
    message = actor.send("code_not_received", "进去了 可是码没来", acts=acts, ranking=ranking)
    assert CONTENT.text("navigate.solved.closing") not in message["text"]
    acts = ["reached:code_received", "solved_in_part"]
    message = at_step("phone", 6).send("code_rejected", "码来了 填进去说不对", acts=acts)
    assert CONTENT.text("navigate.solved.in_part") not in message["text"]


def test_what_is_complained_of_beside_a_success_is_answered() -> None:
    acts = ["solved_in_part", "trouble:username_forgotten"]
    message = at_step("phone", 9).send("username_forgotten", "能登 换一台忘了名", acts=acts)
    trouble = CONTENT.troubles["username_forgotten"]
    assert find_block(message, "cause")["trouble"] == trouble.title
    for act in ("thanks", "leave", "bye"):
        actor = at_step("phone", 9)
        message = actor.send("thank", "能登 谢谢 还有个不行", acts=["solved_in_part", act])
        assert message["text"] == CONTENT.text("navigate.solved.in_part")


def test_the_cause_that_fits_is_not_ruled_out() -> None:
    actor = at_cause("face_failed", 1)
    actor.slots["guide"] = {"way": "face", "step": 5}
    ranking = sure("face_failed", 0.8)
    message = actor.send("face_failed", "戴着呢", acts=["points_to:covered"], ranking=ranking)
    assert CONTENT.text("navigate.cause.is_it") in message["text"]


def test_a_login_that_still_fails_moves_the_causes_on() -> None:
    actor = at_step("phone", 9)
    ranking = sure("login_failed", 0.97)
    first = actor.send("login_failed", "登录失败", acts=["trouble:login_failed"], ranking=ranking)
    second = actor.send("login_failed", "还是登录失败", acts=["failed"], ranking=ranking)
    causes = CONTENT.troubles["new_password_not_working"].causes
    assert find_block(first, "cause")["title"] == causes[0].title
    assert find_block(second, "cause")["title"] == causes[1].title


def test_a_success_on_the_page_is_no_complaint() -> None:
    acts = ["screen:asks_face", "screen:success"]
    message = at_step("face", 4).send("nlu_fallback", "核对成功了 让刷脸", acts=acts)
    assert find_block(message, "step")["number"] == 5


def test_a_question_that_is_open_stays_open_after_a_card() -> None:
    actor = Actor()
    actor.send("contact_bureau", "杭州余杭", {"region": "杭州余杭"}, acts=["place"])
    actor.send("recover_password", "密码忘了", acts=["matter"])
    actor.send("phone_changed", "号在会计那", acts=["fact:number=other"])
    actor.send("phone_changed", "说了号在会计那", acts=["fact:number=other"])
    assert actor.slots["pending_question"] == "way:phone"


def test_who_tells_after_the_success_how_it_went_begins_nothing() -> None:
    actor = Actor()
    actor.slots["facts"] = {"closed": True}
    acts = ["fact:face=possible", "fact:number=reachable"]
    message = actor.send("nlu_fallback", "后来老板自己刷的", acts=acts)
    assert not find_block(message, "step")


def test_who_is_at_the_new_password_is_not_sent_back_by_what_a_page_asks() -> None:
    actor = at_step("face", 7)
    acts = ["reached:login_page", "screen:asks_face"]
    actor.send("nlu_fallback", "登录又让刷脸", acts=acts)
    assert actor.slots["guide"]["step"] == 7


def test_who_gets_into_the_app_has_done_a_step() -> None:
    acts = ["solved", "reached:logged_in"]
    actor = at_step("phone", 1)
    message = actor.send("official_source", "搜到一个 进去了", acts=acts)
    assert find_block(message, "step")["number"] == 2
    actor = at_step("phone", 1)
    ranking = sure("resolved", 0.8)
    message = actor.send("resolved", "都弄完了 进去了", acts=acts, ranking=ranking)
    assert CONTENT.text("navigate.solved.closing") in message["text"]
    actor = at_step("phone", 6)
    acts.append("reached:password_confirmed")
    message = actor.send("next_step", "设好 进去了", acts=acts)
    assert CONTENT.text("navigate.solved.closing") in message["text"]


def test_who_asks_whether_the_face_will_be_known_has_not_tried_it() -> None:
    actor = Actor()
    actor.slots["pending_question"] = "way:face"
    acts = ["ask:face_changed", "fact:face=possible"]
    ranking = sure("face_failed", 0.99)
    actor.send("face_failed", "脸晒黑了 认得出来不", acts=acts, ranking=ranking)
    assert actor.slots["facts"]["face"] == "possible"


def test_another_way_than_before_may_be_the_one_asked_about() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    acts = ["fact:number=reachable", "another_way"]
    message = actor.send("nlu_fallback", "有没有不跑的 号没变过", acts=acts)
    assert message["blocks"] and actor.slots["guide"]["way"] == "phone"


def test_a_number_that_works_leads_on_where_the_place_was_asked_for() -> None:
    actor = Actor()
    actor.slots["pending_question"], actor.slots["interrupted"] = "return", "region"
    acts = ["resume", "fact:number=reachable"]
    actor.send("nlu_fallback", "反正号一直在用", acts=acts)
    assert actor.slots["guide"]["way"] == "phone"


def test_who_speaks_against_a_death_is_asked_whose_it_was() -> None:
    for intent, acts in (
        ("deny", ["fact:speaker=family"]),
        ("explain_liaison", ["fact:speaker=family", "correct"]),
    ):
        actor = Actor()
        actor.send("recover_password", "爸去世了", acts=["fact:representative=dead", "matter"])
        ranking = sure(intent, 0.52)
        message = actor.send(intent, "不是不是 法人是我妈 好好的", acts=acts, ranking=ranking)
        assert message["text"] == CONTENT.text("case.who_died")
        acts = ["fact:representative=dead", "correct"]
        message = actor.send("nlu_fallback", "去世的是我爸 不是法人", acts=acts)
        assert CONTENT.ways["phone"].ask in message["text"]
        actor.send("nlu_fallback", "谁过世了啊", acts=["fact:representative=dead"])
        assert "representative" not in actor.slots["facts"]


def test_who_means_the_representative_is_asked_but_once() -> None:
    actor = Actor()
    actor.send("recover_password", "法人去世了", acts=["fact:representative=dead", "matter"])
    actor.send("recover_by_face", "我替他刷行不行啊", acts=["wish:face"])
    assert actor.slots["pending_question"] == "fact:died"
    message = actor.send("nlu_fallback", "要收费吗", acts=["ask:cost"])
    assert CONTENT.text("case.who_died") in message["text"]
    acts = ["fact:representative=dead"]
    message = actor.send("nlu_fallback", "是的 人没了", acts=acts)
    assert CONTENT.text("case.after_death") in message["text"]
    message = actor.send("recover_by_face", "那我替他刷", acts=["wish:face"])
    assert CONTENT.text("case.after_death") in message["text"]


def test_whose_death_it_was_is_answered_in_many_ways() -> None:
    def asked() -> Actor:
        actor = Actor()
        actor.send("recover_password", "爸去世了", acts=["fact:representative=dead", "matter"])
        actor.send("nlu_fallback", "我说的不是这个意思啊", acts=["correct"])
        assert actor.slots["pending_question"] == "fact:died"
        return actor

    acts = ["fact:speaker=representative", "correct"]
    message = asked().send("nlu_fallback", "不是 法人就是我", acts=acts)
    assert CONTENT.chitchat["apology"].text not in message["text"]
    assert CONTENT.text("case.corrected") in message["text"]
    message = asked().send("nlu_fallback", "她在我旁边", acts=["fact:representative=present"])
    assert CONTENT.text("case.who_died") not in message["text"]
    message = asked().send("stop", "先不弄了", acts=["leave"])
    assert CONTENT.text("case.who_died") not in message["text"]
