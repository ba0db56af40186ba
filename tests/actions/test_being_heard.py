"""Who is not understood, is in fear, or tells something amid a step, is not told the same again."""

from __future__ import annotations

from typing import Any

from content_loader.load import load
from tests.actions.actor import Actor, find_block

CONTENT = load()


def text_of(message: dict[str, Any]) -> str:
    return str(message["text"])


def titles(message: dict[str, Any]) -> list[str]:
    return [button["title"] for button in message["buttons"]]


def test_the_same_step_to_other_words_admits_that_nothing_was_understood() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    texts = []
    for times in range(6):
        message = actor.send("out_of_scope", "说了" * times, acts=["fact:number=reachable"])
        texts.append(text_of(message))
        if times == 2:
            assert find_block(message, "step")["number"] == 1  # in full before that is admitted
        if times == 4:
            assert {"找人工", "联系当地市监局"} <= set(titles(message))
    assert CONTENT.text("navigate.not_caught") == texts[3]
    assert CONTENT.text("navigate.not_caught_again") == texts[4]
    assert texts[5].endswith(texts[1])  # the third time it is said again


def test_the_same_answer_to_another_question_is_given_in_other_words() -> None:
    actor = Actor()
    length = CONTENT.practical["length"]
    assert text_of(actor.send("out_of_scope", "要几位", acts=["ask:length"])) == length.text
    assert text_of(actor.send("out_of_scope", "最多几位", acts=["ask:length"])) == length.again


def test_who_asks_for_it_again_gets_it_again() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.send("repeat_step", "再说一遍", acts=["again"])
    message = actor.send("repeat_step", "再说一遍", acts=["again"])
    assert text_of(message).startswith(CONTENT.text("navigate.once_more"))
    assert find_block(message, "step")["number"] == 1


def test_two_thanks_are_two_thanks() -> None:
    actor = Actor()
    first = actor.send("thank", "谢谢", acts=["thanks"])
    assert text_of(actor.send("thank", "多谢", acts=["thanks"])) == text_of(first)


def test_after_the_warning_a_victim_is_told_what_to_do_at_once() -> None:
    actor = Actor()
    warned = actor.send("scam_concern", "有短信让我点链接")
    assert CONTENT.scam.text in text_of(warned)
    helped = actor.send("scam_concern", "我卡号都填了")
    assert CONTENT.practical["gave_away"].text in text_of(helped)
    # Whatever the words, while the case is about nothing else; then in short, never twice running.
    short = [CONTENT.practical[name].text for name in ("is_scam_again", "gave_away_again")]
    before = ""
    for intent, acts in (
        ("scam_concern", []),
        ("out_of_scope", []),
        ("out_of_scope", ["off_topic"]),
        ("scam_concern", ["ask:is_scam"]),
    ):
        text = text_of(actor.send(intent, "打110是吧", acts=acts))
        assert any(sentence in text for sentence in short)
        assert text != before
        before = text


def test_who_is_not_understood_after_a_warning_is_helped_all_the_same() -> None:
    actor = Actor()
    actor.send("scam_concern", "有短信让我点链接")
    message = actor.send("nlu_fallback", "怎么办啊")
    assert CONTENT.practical["gave_away"].text in text_of(message)


def test_two_questions_with_one_answer_are_answered_once() -> None:
    actor = Actor()
    acts = ["ask:rules", "ask:meaning"]
    text = text_of(actor.send("password_rules", "符号是啥", acts=acts))
    assert text.count(CONTENT.answers["password_rules"].text) == 1


def test_the_password_after_a_scan_is_not_that_of_the_other_system() -> None:
    actor = Actor()
    acts = ["ask:scan", "ask:other_password"]
    text = text_of(actor.send("recover_other_password", "税务扫码要输密码", acts=acts))
    assert CONTENT.practical["scan"].text in text
    assert not any(system.text in text for system in CONTENT.systems)


def test_once_the_recovery_has_begun_the_fraud_is_no_longer_the_case() -> None:
    actor = Actor()
    actor.send("scam_concern", "有短信让我点链接")
    actor.click("/recover_by_phone")
    message = actor.send("out_of_scope", "今天下雨吗", acts=["off_topic"])
    assert CONTENT.practical["gave_away"].text not in text_of(message)


def test_a_fact_told_amid_a_step_is_noted_and_the_step_said_in_short() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("out_of_scope", "我用的支付宝", acts=["fact:platform=alipay"])
    do = CONTENT.ways["phone"].steps[0].do
    assert text_of(message) == CONTENT.text("case.noted_step", step=1, do=do)
    assert titles(message)[0] == "好了，下一步"
    assert find_block(actor.send("affirm", "好了", acts=["done"]), "step")["number"] == 2


def test_who_is_the_liaison_does_not_look_for_the_liaison() -> None:
    actor = Actor()
    actor.click("/recover_by_liaison")
    message = actor.send("explain_liaison", "联络员就是我", acts=["fact:liaison=self"])
    assert find_block(message, "step")["number"] == 3
    fresh = Actor()
    fresh.send("explain_liaison", "联络员是我自己", acts=["fact:liaison=self"])
    assert find_block(fresh.click("/recover_by_liaison"), "step")["number"] == 3


def test_a_wish_that_only_the_intent_tells_is_heard_beside_facts() -> None:
    actor = Actor()
    actor.click("/recover_by_face")
    ranking = [{"name": "recover_by_phone", "confidence": 0.85}]
    acts = ["fact:number=reachable"]
    message = actor.send("recover_by_phone", "用手机号吧", ranking=ranking, acts=acts)
    assert find_block(message, "step")["way"] == CONTENT.ways["phone"].title


def test_a_way_that_the_facts_rule_out_is_no_wish() -> None:
    actor = Actor()
    ranking = [{"name": "recover_by_phone", "confidence": 0.85}]
    acts = ["fact:number=gone"]
    message = actor.send("recover_by_phone", "号早停了", ranking=ranking, acts=acts)
    assert find_block(message, "step").get("way") != CONTENT.ways["phone"].title


def test_success_with_thanks_is_the_end_also_amid_a_guide() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    # "好了 谢谢" at the first step may be the step alone.
    early = actor.send("resolved", "好了 谢谢", acts=["solved", "thanks"])
    assert not find_block(early, "step") and "恭喜" not in text_of(early)
    actor.click('/go_to_step{"step_number":"7"}')
    late = actor.send("resolved", "弄好了 谢谢", acts=["solved", "thanks"])
    assert late["blocks"][-1]["tone"] == "success"


def test_a_second_trouble_is_not_lost_when_the_first_is_solved() -> None:
    actor = Actor()
    acts = ["trouble:code_not_received", "trouble:login_failed"]
    actor.send("code_not_received", "收不到码 也登不上", acts=acts)
    message = actor.send("resolved", "第一样好了", acts=["solved", "reached:logged_in"])
    assert not any("tone" in block for block in message["blocks"])


def test_facts_told_one_after_the_other_are_all_heard() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    for fact in ("platform=alipay", "speaker=staff", "platform=iphone"):
        text = text_of(actor.send("out_of_scope", "说一件事", acts=[f"fact:{fact}"]))
        assert CONTENT.text("navigate.not_caught") not in text


def test_a_person_is_called_again_if_one_is_asked_for_again() -> None:
    actor = Actor()
    first = actor.send("human_agent", "人工", acts=["ask:human"])
    assert text_of(actor.send("human_agent", "人工！", acts=["ask:human"])) == text_of(first)


def test_a_warning_holds_for_one_message() -> None:
    actor = Actor()
    actor.send("scam_concern", "有短信让我点链接")
    actor.click("/recover_password")
    message = actor.send("out_of_scope", "今天好热", acts=["off_topic"])
    assert CONTENT.practical["gave_away"].text not in text_of(message)


def test_a_way_that_has_to_wait_is_not_gone_on_with() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("phone_changed", "号暂时收不到", acts=["fact:number=away"])
    assert CONTENT.text("case.noted_step", step=1) not in text_of(message)
    assert CONTENT.ways["face"].ask in text_of(message)  # what may be gone now is asked about


def test_the_liaison_may_go_back_and_tell_other_things() -> None:
    actor = Actor()
    actor.click("/recover_by_liaison")
    actor.send("explain_liaison", "联络员就是我", acts=["fact:liaison=self"])
    actor.send("previous_step", "上一步", acts=["back"])
    message = actor.send("out_of_scope", "苹果手机", acts=["fact:platform=iphone"])
    assert find_block(message, "step").get("number") != 3


def test_who_is_in_and_says_goodbye_is_congratulated() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    acts = ["solved", "reached:logged_in", "bye"]
    actor.send("resolved", "改好了 登进去了 拜", acts=acts)
    assert not actor.slots.get("guide")


def test_who_wants_and_refuses_the_same_way_is_taken_at_the_surer_word() -> None:
    actor = Actor()
    actor.click("/face_failed")
    actor.send("contact_bureau", "不想跑窗口", acts=["drop:bureau", "wish:bureau"])
    assert (actor.slots.get("guide") or {}).get("way") != "bureau"


def test_how_long_is_told_of_the_trouble_that_is_named() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    sure = [{"name": "account_locked", "confidence": 1.0}]
    message = actor.send("account_locked", "锁多久啊", ranking=sure, acts=["ask:time"])
    assert CONTENT.practical["time"].at["account_locked"] in text_of(message)


def test_a_word_of_another_cause_amid_a_trouble_brings_no_menu() -> None:
    actor = Actor()
    actor.click("/face_failed")
    message = actor.send("out_of_scope", "我去更新下", acts=["points_to:reinstall"])
    assert "找回密码" not in titles(message)
    assert actor.slots["diagnosis"]["trouble"] == "face_failed"


def test_who_got_in_at_the_entry_is_not_at_the_end() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.click("/next_step")
    actor.send("entry_not_found", "找不到小程序", acts=["trouble:entry_not_found"])
    acts = ["solved", "reached:logged_in"]
    message = actor.send("resolved", "看到了 点进去了", acts=acts)
    assert find_block(message, "step").get("number") in (1, 2, 3)


def test_a_new_representative_is_not_led_by_the_old_number() -> None:
    actor = Actor()
    facts = ["fact:new_representative=yes"]
    actor.send("out_of_scope", "法人换人了", acts=facts)
    actor.send("recover_by_phone", "他手机能收短信", acts=["fact:number=reachable"])
    assert not actor.slots.get("guide")
    assert actor.slots["pending_question"] == "fact:registration"


def test_who_names_a_relative_is_not_taken_for_the_representative() -> None:
    actor = Actor()
    acts = ["fact:speaker=representative", "fact:speaker=family"]
    actor.send("out_of_scope", "执照上是我妈的名字", acts=acts)
    assert actor.slots["facts"]["speaker"] == "family"


def test_papers_of_somebody_who_has_died_are_not_asked_for() -> None:
    actor = Actor()
    actor.send("out_of_scope", "经营者是我公公，人没了", acts=["fact:representative=dead"])
    message = actor.send("required_materials", "要带啥", acts=["ask:papers"])
    assert CONTENT.text("bureau.materials.dead") in text_of(message)
    assert CONTENT.text("bureau.materials.text") not in text_of(message)


def test_the_way_back_is_asked_about_once_and_offered_again() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    question = CONTENT.text("navigate.return.step", step=1)
    assert question in text_of(actor.send("password_rules", "要几位", acts=["ask:length"]))
    message = actor.send("password_rules", "收钱不", acts=["ask:cost"])
    assert question not in text_of(message)
    assert titles(message)[0] == "回到第 1 步"
    step = actor.send("affirm", "好", acts=["yes"])
    assert find_block(step, "step")["number"] == 1


def test_who_picks_a_way_on_a_page_goes_on_from_that_page() -> None:
    actor = Actor()
    acts = ["reached:forgot_page", "wish:face"]
    message = actor.send("recover_by_face", "点了忘记密码，有两个，我选刷脸", acts=acts)
    block = find_block(message, "step")
    assert actor.slots["guide"]["way"] == "face"
    assert block["number"] > 1
    acts = ["reached:new_password_page", "wish:face"]
    message = actor.send("recover_by_face", "刷脸完了，到设密码了", acts=acts)
    assert find_block(message, "step")["number"] > block["number"]


def test_a_number_that_is_gone_is_said_to_be_out_once() -> None:
    acts = ["fact:number=gone", "trouble:phone_changed"]
    text = text_of(Actor().send("phone_changed", "号停了 打不开执照", acts=acts))
    assert CONTENT.troubles["phone_changed"].intro in text
    assert CONTENT.facts["number"]["gone"].heard not in text
