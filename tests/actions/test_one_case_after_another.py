"""A case that ends and the next one, corrections, moods, and facts that lead elsewhere."""

from __future__ import annotations

from typing import Any

from content_loader.load import load
from tests.actions.actor import Actor, find_block

CONTENT = load()
ASKED_PHONE = CONTENT.ways["phone"].ask
ASKED_FACE = CONTENT.ways["face"].ask


def text_of(message: dict[str, Any]) -> str:
    return str(message["text"])


def sure(intent: str, confidence: float) -> list[dict[str, Any]]:
    return [{"name": intent, "confidence": confidence}]


def test_one_case_ends_well_and_what_is_told_of_the_next_one_leads_on() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send(
        "resolved",
        "弄好了 还有一家 老板换人了",
        acts=["solved", "reached:logged_in", "new_case", "fact:new_representative=yes"],
    )
    text = text_of(message)
    assert text.startswith(CONTENT.text("case.well_and_next"))
    assert message["outcome"] == "solved"
    assert CONTENT.text("case.new_representative.ask") in text
    assert CONTENT.text("navigate.solved.closing") not in text


def test_a_yes_to_the_log_in_and_another_case_is_both() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.send("resolved", "进去了吧", acts=["reached:logged_in"])
    message = actor.send("affirm", "能了 我弟那家也要", acts=["yes", "new_case"])
    assert text_of(message).startswith(CONTENT.text("case.well_and_next"))
    assert ASKED_PHONE in text_of(message)


def test_another_case_alone_is_no_success() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("affirm", "还有一家", acts=["new_case", "yes"])
    assert CONTENT.text("case.well_and_next") not in text_of(message)
    assert CONTENT.text("case.new") in text_of(message)


def test_a_mood_alone_is_answered_with_what_is_the_matter() -> None:
    message = Actor().send("out_of_scope", "真的要哭了", acts=["upset", "off_topic"])
    assert CONTENT.text("navigate.which_trouble") in text_of(message)
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    again = actor.send("complain", "真的要哭了", acts=["upset"])
    assert CONTENT.text("navigate.which_trouble") not in text_of(again)


def test_a_yes_after_a_fact_of_another_way_is_no_answer_to_what_was_asked() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    message = actor.send("affirm", "老板在呢", acts=["fact:representative=present", "yes"])
    assert find_block(message, "step")["way"] == CONTENT.ways["face"].title
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    message = actor.send("affirm", "能 老板也在", acts=["yes", "fact:representative=present"])
    assert find_block(message, "step")["way"] == CONTENT.ways["phone"].title


def test_a_correction_that_stops_the_guide_is_not_waited_for() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    acts = ["fact:number=away", "wait", "correct"]
    message = actor.send("phone_changed", "等下 我看错了 号欠费停了", acts=acts)
    assert CONTENT.text("case.wait_step", step=1) not in text_of(message)
    assert ASKED_FACE in text_of(message)
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("phone_changed", "手机在楼上 等我拿", acts=["fact:number=away", "wait"])
    assert CONTENT.text("case.wait_step", step=1) in text_of(message)


def test_who_corrects_a_code_into_the_password_after_a_scan_is_led_on() -> None:
    actor = Actor()
    actor.send("code_not_received", "那个码", acts=["trouble:code_not_received"])
    message = actor.send(
        "code_not_received", "不是收不到 是扫码要密码", acts=["ask:scan", "correct"]
    )
    assert CONTENT.practical["scan"].text in text_of(message)
    assert ASKED_PHONE in text_of(message)


def test_a_trouble_that_is_denied_ends_with_no_word_of_steps() -> None:
    actor = Actor()
    actor.send("new_password_not_working", "不对", acts=["trouble:new_password_not_working"])
    acts = ["correct", "trouble:new_password_not_working"]
    message = actor.send("new_password_not_working", "不是新密码 是搬家改名", acts=acts)
    assert CONTENT.text("navigate.not_started") not in text_of(message)
    assert ASKED_PHONE in text_of(message)


def test_facts_amid_a_case_are_no_fraud_unless_that_is_likely() -> None:
    for confidence, warns in ((0.6, False), (0.9, True)):
        actor = Actor()
        actor.send("recover_password", "密码忘了", acts=["matter"])
        message = actor.send(
            "scam_concern",
            "我老板的公司 他叫我弄的",
            ranking=sure("scam_concern", confidence),
            acts=["fact:speaker=staff"],
        )
        assert (CONTENT.scam.text in text_of(message)) is warns
    opening = Actor().send(
        "scam_concern",
        "有人说我爸的店要认证",
        ranking=sure("scam_concern", 0.6),
        acts=["fact:speaker=family"],
    )
    assert CONTENT.scam.text in text_of(opening)


def test_another_way_beside_what_comes_next_is_not_the_whole_guide() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    message = actor.send("not_resolved", "那换一条呢", acts=["another_way", "ask:next_after"])
    assert ASKED_FACE in text_of(message)


def test_a_word_that_may_be_a_trouble_is_asked_about() -> None:
    guessed = {"name": "code_not_received", "confidence": 0.58}
    message = Actor().say_alone(guessed, "那个码", ["noise"])
    assert CONTENT.text("case.meant.matter") in text_of(message)
    likely = {"name": "code_not_received", "confidence": 0.8}
    assert find_block(Actor().say_alone(likely, "码没来", ["noise"]), "cause")


def test_what_differs_less_than_the_file_is_noted() -> None:
    actor = Actor()
    actor.send("recover_password", "我爸的店 密码忘了", acts=["matter", "fact:speaker=family"])
    acts = ["correct", "fact:speaker=family"]
    message = actor.send("deny", "不是我爸 是我妈", acts=acts)
    assert CONTENT.text("case.known") in text_of(message)
    assert "我记着" not in CONTENT.text("case.known")


def test_the_death_of_the_representative_leads_to_the_bureau_without_lost_ways() -> None:
    message = Actor().send(
        "recover_password", "他走了", acts=["matter", "fact:representative=dead"]
    )
    assert CONTENT.text("triage.none_left") not in text_of(message)
    assert CONTENT.text("bureau.ask") in text_of(message)


def test_a_change_of_name_or_address_leads_to_the_password_first() -> None:
    message = Actor().send(
        "other_licence_service", "公司改名了 打不开", acts=["fact:changed=yes", "matter"]
    )
    assert CONTENT.facts["changed"]["yes"].heard in text_of(message)
    assert ASKED_PHONE in text_of(message)


def test_who_denies_that_the_representative_changed_is_not_asked_about_it_again() -> None:
    for acts in (
        ["correct"],
        ["correct", "matter"],
        ["correct", "no"],
        ["correct", "ask:see_old"],
        ["correct", "fact:changed=yes"],
        ["correct", "fact:speaker=representative"],
    ):
        actor = Actor()
        acts_before = ["matter", "fact:new_representative=yes"]
        asked = actor.send("recover_password", "换过法人", acts=acts_before)
        assert CONTENT.text("case.new_representative.ask") in text_of(asked)
        message = actor.send("deny", "没换法人 一直是我", acts=acts)
        assert CONTENT.text("case.new_representative.ask") not in text_of(message)
        assert ASKED_PHONE in text_of(message)
        assert "new_representative" not in (actor.slots.get("facts") or {})


def test_a_correction_of_the_registration_itself_is_kept() -> None:
    actor = Actor()
    actor.send("recover_password", "换过法人", acts=["matter", "fact:new_representative=yes"])
    acts = ["correct", "fact:new_representative=pending"]
    message = actor.send("deny", "说错了 还没批", acts=acts)
    assert CONTENT.text("case.new_representative.pending") in text_of(message)


def test_who_answers_what_was_asked_has_not_left() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    acts = ["fact:number=other", "leave"]
    message = actor.send("phone_changed", "老板的手机号 他出差了 明天回", acts=acts)
    assert CONTENT.chitchat["stop"].text not in text_of(message)
    message = actor.send("stop", "不弄了", acts=["leave"])
    assert CONTENT.chitchat["stop"].text in text_of(message)


def test_a_no_to_the_face_is_no_answer_about_the_number() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    ranking = sure("avoid_face", 0.8)
    message = actor.send("avoid_face", "没有人能刷脸", ranking=ranking, acts=["no"])
    assert CONTENT.ways["phone"].ask_again in text_of(message)
    assert actor.slots["obstacles"] == ["face"]


def test_a_fact_after_the_yes_does_not_take_its_place() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter", "fact:number=away"])
    actor.send("deny", "刷不了", acts=["no"])
    acts = ["fact:number=reachable", "yes", "fact:liaison=reachable"]
    message = actor.send("affirm", "号她带着呢 能收", acts=acts)
    assert find_block(message, "step")["way"] == CONTENT.ways["phone"].title


def test_nothing_is_recovered_of_somebody_who_has_died() -> None:
    actor = Actor()
    actor.send("recover_password", "我爸走了", acts=["matter", "fact:representative=dead"])
    heard = actor.send("phone_changed", "他的号还能用", acts=["fact:number=reachable"])
    assert CONTENT.text("case.after_death") in text_of(heard)
    for message in (
        actor.send(
            "recover_by_phone", "那用短信找回不行吗", ranking=sure("recover_by_phone", 0.98)
        ),
        actor.send("recover_by_phone", "那就短信", acts=["wish:phone"]),
        actor.click("/recover_by_face"),
    ):
        assert CONTENT.text("case.after_death") in text_of(message)
        assert not find_block(message, "step")


def test_what_is_known_of_foreign_representatives_is_said_once() -> None:
    acts = ["ask:foreign_rep", "fact:representative=foreign"]
    text = text_of(Actor().send("out_of_scope", "台湾的 没有身份证", acts=acts))
    assert CONTENT.practical["foreign_rep"].text in text
    assert CONTENT.facts["representative"]["foreign"].heard not in text


def test_where_somebody_is_amid_a_question_is_no_place_of_the_business() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    place = [{"entity": "region", "value": "台北", "start": 2, "end": 4}]
    acts = ["fact:representative=abroad"]
    message = actor.send_found("inform_region", "人在台北", place, acts=acts)
    assert CONTENT.text("bureau.outside") not in text_of(message)
    assert CONTENT.facts["representative"]["abroad"].heard in text_of(message)


def test_a_number_in_other_hands_is_no_trouble_at_the_step() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("out_of_scope", "我妈说能收 她不识字", acts=["fact:number=other"])
    text = text_of(message)
    assert CONTENT.facts["number"]["other"].heard in text
    do = CONTENT.ways["phone"].steps[0].do
    assert CONTENT.text("navigate.step.brief", step=1, do=do) in text
    assert CONTENT.text("navigate.step.stuck_which") not in text


def test_of_contrary_facts_the_last_word_counts() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    actor.send("deny", "停了 法人能刷", acts=["fact:number=gone", "fact:face=possible"])
    facts = ["fact:representative=unreachable"]
    away = actor.send("face_failed", "他出门了，联系不上", acts=facts)
    assert CONTENT.ways["liaison"].ask in text_of(away)
    assert "face" not in actor.slots["facts"]  # nobody is absent and ready at once
    back = actor.send("affirm", "他回来了 能刷", acts=["fact:face=possible"])
    assert find_block(back, "step")["way"] == CONTENT.ways["face"].title


def test_a_number_on_a_new_card_is_of_use_though_the_phone_was_stolen() -> None:
    for acts in (
        ["fact:number=reachable", "fact:device=stolen"],
        ["fact:device=stolen", "fact:number=reachable"],
    ):
        message = Actor().send("recover_password", "被偷了 卡补好了", acts=["matter", *acts])
        assert find_block(message, "step")["way"] == CONTENT.ways["phone"].title


def test_a_fact_on_file_that_is_wrong_is_struck() -> None:
    actor = Actor()
    first = ["matter", "fact:speaker=staff", "fact:number=reachable", "fact:device=new"]
    actor.send("recover_password", "密码忘了", acts=first)
    actor.send("repeat_step", "我的情况", acts=["show_case"])
    message = actor.send("deny", "第三条不对", acts=["item:三"])
    title = CONTENT.facts["device"]["new"].title
    assert CONTENT.text("case.struck", fact=title) in text_of(message)
    assert actor.slots["guide"]["step"] == 1
    assert "device" not in actor.slots["facts"]
    later = actor.send("go_to_step", "第三", acts=["item:三"])  # now it is a step again
    assert find_block(later, "step")["number"] == 3


def test_a_wrong_fact_beside_the_right_one_is_corrected() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter", "fact:representative=away"])
    actor.send("repeat_step", "我的情况", acts=["show_case"])
    acts = ["correct", "item:一", "fact:representative=present"]
    actor.send("deny", "第一条不对 法人在的", acts=acts)
    assert actor.slots["facts"]["representative"] == "present"


def test_a_number_that_is_not_listed_strikes_nothing() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter", "fact:speaker=staff"])
    actor.send("repeat_step", "我的情况", acts=["show_case"])
    actor.send("deny", "第九条不对", acts=["item:九"])
    assert actor.slots["facts"]["speaker"] == "staff"


def test_no_beside_a_correction_is_no_report_on_the_step() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("deny", "不对 我说的号是我自己的 绑的不是这个", acts=["correct", "no"])
    assert CONTENT.text("navigate.step.stuck_which") not in text_of(message)


def test_a_yes_to_the_face_is_none_to_the_number() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    message = actor.send("affirm", "我能刷", acts=["yes", "fact:face=possible"])
    assert find_block(message, "step")["way"] == CONTENT.ways["face"].title
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter"])
    acts = ["yes", "fact:number=reachable", "fact:face=possible"]
    message = actor.send("affirm", "能收 脸也能刷", acts=acts)
    assert find_block(message, "step")["way"] == CONTENT.ways["phone"].title


def test_a_mood_is_no_report_of_success() -> None:
    actor = Actor()
    actor.send("device_changed", "手机丢了", acts=["trouble:device_changed"])
    actor.send("affirm", "嗯", acts=["yes"])
    message = actor.send("out_of_scope", "你快点", acts=["hurry", "yes"])
    assert CONTENT.text("navigate.solved.trouble") not in text_of(message)


def test_of_two_words_on_the_change_the_exact_one_counts() -> None:
    acts = ["fact:new_representative=yes", "fact:new_representative=registered"]
    message = Actor().send("other_licence_service", "我是新法人 变更过了", acts=acts)
    assert CONTENT.text("case.new_representative.ask") not in text_of(message)


def test_who_says_again_that_it_is_registered_is_heard() -> None:
    actor = Actor()
    actor.send("recover_password", "换过法人", acts=["matter", "fact:new_representative=yes"])
    acts = ["fact:new_representative=registered", "yes", "correct"]
    message = actor.send("other_licence_service", "办完了 不是说过了么", acts=acts)
    assert not find_block(message, "step")
    assert CONTENT.text("case.new_representative.claim").strip() in text_of(message)


def test_an_expired_card_puts_the_face_off() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter", "fact:number=gone"])
    ranking = sure("face_failed", 0.8)
    acts = ["ask:id_expired"]
    message = actor.send("face_failed", "身份证过期 刷不成", ranking=ranking, acts=acts)
    assert CONTENT.ways["liaison"].ask in text_of(message)


def test_a_question_about_an_expired_card_is_no_account_of_the_face() -> None:
    actor = Actor()
    actor.send("recover_password", "密码忘了", acts=["matter", "fact:number=gone"])
    actor.send("out_of_scope", "过期的证刷脸认不认", acts=["ask:id_expired"])
    assert "face" not in (actor.slots.get("facts") or {})
