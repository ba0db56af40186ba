"""What people on their way through a guide say of how far they are, and of what it does to them."""

from __future__ import annotations

from typing import Any

import pytest

from content_loader.load import load
from tests.actions.actor import Actor, find_block

CONTENT = load()
CLOSING = CONTENT.text("navigate.solved.closing")


def at(way: str, number: int) -> Actor:
    """Returns somebody to whom a step of a way was just shown."""
    actor = Actor()
    actor.send(f"recover_by_{way}")
    if number > 1:
        actor.click(f'/go_to_step{{"step_number":"{number}"}}')
    return actor


def step_of(actor: Actor) -> int:
    return int((actor.slots["guide"] or {})["step"])


def sure(name: str) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": 1.0}]


@pytest.mark.parametrize(
    ("way", "present", "act", "expected"),
    [
        ("phone", 1, "done_to:2", 3),
        ("phone", 4, "done_to:4", 5),
        ("phone", 3, "done_to:2", 3),  # that led to where they are
        ("phone", 6, "done_to:2", 3),  # they are behind
        ("phone", 1, "done_to:一二", 3),
        ("phone", 1, "done_to:12", 3),
        ("phone", 5, "done_to", 5),  # the steps before
        ("face", 2, "done_to:五", 6),
    ],
)
def test_who_says_which_steps_are_done_is_at_the_next(
    way: str, present: int, act: str, expected: int
) -> None:
    actor = at(way, present)
    message = actor.send("go_to_step", "前面的好了", acts=[act])
    assert step_of(actor) == expected
    assert f"第 {expected} 步" in message["text"]


def test_the_steps_that_are_named_count_more_than_other_numbers() -> None:
    actor = at("phone", 1)
    found = [{"entity": "step_number", "value": value} for value in ("一", "二")]
    actor.send_found("go_to_step", "第一步第二步好了，等了60秒", found, acts=["done_to:60"])
    assert step_of(actor) == 3


def test_after_the_last_step_the_outcome_is_asked() -> None:
    message = at("phone", 8).send("next_step", "九步都走完了", acts=["done_to:九"])
    assert CONTENT.ways["phone"].finish in message["text"]


def test_a_trouble_behind_the_steps_done_is_answered_there() -> None:
    actor = at("phone", 1)
    acts = ["done_to:5", "trouble:code_not_received"]
    message = actor.send("code_not_received", "前五步好了，码不来", acts=acts)
    assert CONTENT.troubles["code_not_received"].intro in message["text"]
    assert step_of(actor) == 6


def test_a_page_says_more_than_a_number() -> None:
    actor = at("phone", 1)
    actor.send("next_step", "第一步好了，到登录页了", acts=["done_to:1", "reached:login_page"])
    assert step_of(actor) == 3


def test_steps_done_without_a_guide_break_nothing() -> None:
    assert Actor().send("next_step", "第一步好了", acts=["done_to:1"])["buttons"]


@pytest.mark.parametrize(
    ("way", "present", "acts", "intent", "expected"),
    [
        ("face", 5, ["reached:face_passed"], "face_failed", 6),
        ("phone", 6, ["reached:code_entered"], "code_rejected", 7),
        ("phone", 5, ["reached:code_received"], "code_not_received", 6),
    ],
)
def test_what_lies_beyond_a_trouble_is_not_that_trouble(
    way: str, present: int, acts: list[str], intent: str, expected: int
) -> None:
    actor = at(way, present)
    actor.send(intent, "人脸，通过", ranking=sure(intent), acts=acts)
    assert not actor.slots.get("diagnosis")
    assert step_of(actor) == expected


def test_a_setback_that_the_acts_know_of_too_is_no_progress() -> None:
    actor = at("face", 5)
    acts = ["reached:face_passed", "failed"]
    actor.send("face_failed", "刷了，没过", ranking=sure("face_failed"), acts=acts)
    assert step_of(actor) == 5


def test_going_on_after_a_step_was_shown_is_the_next_step() -> None:
    actor = at("phone", 6)
    actor.send("next_step", "接着", acts=["resume"])
    assert step_of(actor) == 7


def test_who_is_back_gets_the_step_in_short_and_is_understood() -> None:
    actor = at("phone", 5)
    message = actor.send("resolved", "回来了", acts=["resume"])
    do = CONTENT.ways["phone"].steps[4].do
    assert CONTENT.text("navigate.step.brief", step=5, do=do) == message["text"].strip()


def test_a_word_after_being_left_time_does_not_go_on() -> None:
    actor = at("phone", 6)
    actor.send("out_of_scope", "等等", acts=["wait"])
    message = actor.send("affirm", "嗯", acts=["ack"])
    assert step_of(actor) == 6
    assert message["text"].strip() == CONTENT.text("case.still_waiting")
    actor.send("affirm", "嗯", acts=["ack"])  # later, it is one
    assert step_of(actor) == 7


def test_a_call_amid_a_guide_is_answered_in_short() -> None:
    message = at("phone", 5).send("greet", "在吗")
    assert CONTENT.text("case.here") in message["text"]
    assert CONTENT.chitchat["greet"].text not in message["text"]


def test_a_number_of_somebody_else_is_no_reason_to_be_stuck() -> None:
    actor = at("phone", 5)
    message = actor.send("nlu_fallback", "号是老板的", acts=["fact:number=other"])
    assert "卡在" not in message["text"]
    assert actor.slots["pending_question"] == "step"


def test_somebody_else_has_done_it_and_how_much_is_asked() -> None:
    actor = at("phone", 4)
    acts = ["fact:speaker=family"]
    message = actor.send("resolved", "我爸自己弄好了", ranking=sure("resolved"), acts=acts)
    assert CONTENT.text("navigate.solved.which") in message["text"]


class TestSuccessWithSomethingBeside:
    @pytest.mark.parametrize("question", ["finish", "logged_in"])
    def test_the_answer_to_the_end_comes_before_what_is_asked(self, question: str) -> None:
        actor = at("phone", 9)
        actor.slots["pending_question"] = question
        acts = ["solved", "ask:scan"]
        text = actor.send("out_of_scope", "好了，税务扫码也用它？", acts=acts)["text"]
        assert text.index(CLOSING[:10]) < text.index(CONTENT.practical["scan"].text[:10])
        assert not actor.slots.get("guide")

    def test_amid_a_guide_a_success_beside_a_question_is_none(self) -> None:
        acts = ["solved", "ask:cost"]
        text = at("phone", 4).send("out_of_scope", "好了要钱吗", acts=acts)["text"]
        assert CLOSING[:10] not in text


class TestFirstTime:
    def test_who_uses_it_for_the_first_time_amid_a_guide_is_asked(self) -> None:
        actor = at("phone", 2)
        message = actor.send("nlu_fallback", "我第一次用", acts=["ask:first_time"])
        assert CONTENT.practical["first_time"].text in message["text"]
        assert CONTENT.text("case.new_representative.received_before") in message["text"]
        assert CONTENT.text("navigate.return.step", step=2) not in message["text"]

    @pytest.mark.parametrize("act", ["yes", "done"])
    def test_it_was_received_before(self, act: str) -> None:
        actor = at("phone", 2)
        actor.send("nlu_fallback", "我第一次用", acts=["ask:first_time"])
        assert find_block(actor.send("affirm", "领过", acts=[act]), "step")["number"] == 2

    def test_it_never_was(self) -> None:
        actor = at("phone", 2)
        actor.send("nlu_fallback", "我第一次用", acts=["ask:first_time"])
        message = actor.send("deny", "没领过", acts=["no"])
        assert CONTENT.text("case.new_representative.claim").strip() in message["text"]
        assert not actor.slots.get("guide")

    def test_who_does_not_know_hears_how_to_find_out(self) -> None:
        actor = at("phone", 2)
        actor.send("nlu_fallback", "我第一次用", acts=["ask:first_time"])
        message = actor.send("nlu_fallback", "不知道", acts=["unsure"])
        assert CONTENT.text("case.new_representative.received_unsure") in message["text"]
        assert actor.slots["pending_question"] == "fact:received"

    def test_who_says_that_it_never_was_hears_how_once(self) -> None:
        acts = ["ask:first_time", "fact:received=never"]
        text = Actor().send("nlu_fallback", "没领过，头一回", acts=acts)["text"]
        assert CONTENT.practical["first_time"].text not in text
        assert CONTENT.text("case.new_representative.claim").strip() in text

    def test_a_page_to_download_is_right_there_and_the_joy_is_about_receiving(self) -> None:
        actor = Actor()
        actor.send("nlu_fallback", "没领过", acts=["fact:received=never"])
        actor.send("next_step", "脸过了", acts=["reached:face_passed"])
        message = actor.send("nlu_fallback", "让下载", acts=["screen:download_page"])
        assert message["text"].strip() == CONTENT.text("case.new_representative.download")
        acts = ["solved", "reached:logged_in"]
        text = actor.send("resolved", "领好了，看到执照了", acts=acts)["text"]
        assert CONTENT.text("navigate.solved.received")[:10] in text
        assert CLOSING[:10] not in text


@pytest.mark.parametrize(
    ("way", "number"),
    [(name, i) for name, way in CONTENT.ways.items() for i in range(1, len(way.steps) + 1)],
)
def test_every_step_on_a_page_knows_what_to_do_where_an_option_is_missing(
    way: str, number: int
) -> None:
    step = CONTENT.ways[way].steps[number - 1]
    is_off_page = way == "bureau" or (way.endswith("liaison") and number < 2 + (way == "liaison"))
    assert is_off_page or "option_missing" in step.says or (way, number) == ("face", 1)


@pytest.mark.parametrize("name", ["captcha", "number_shown", "asks_scan"])
def test_what_stands_in_the_way_of_a_step_is_answered_there(name: str) -> None:
    actor = at("phone", 5)
    message = actor.send("nlu_fallback", "让我拖滑块", acts=[f"screen:{name}"])
    assert message["text"].strip() == CONTENT.screens[name].text
    assert actor.slots["pending_question"] == "step"


def test_a_choice_that_is_named_again_is_made() -> None:
    actor = at("face", 3)
    first = actor.send("nlu_fallback", "有手机和人脸", acts=["screen:other_options"])
    assert CONTENT.ways["face"].steps[2].says["other_options"] in first["text"]
    actor.send("recover_by_face", "人脸", acts=["screen:other_options"])
    assert step_of(actor) == 4


def test_all_at_once_of_the_way_that_is_wished() -> None:
    message = Actor().send("recover_by_face", "刷脸的步骤全发我", acts=["all_at_once", "wish:face"])
    items = [step.do for step in CONTENT.ways["face"].steps]
    assert find_block(message, "list")["items"] == items


def test_a_page_without_a_liaison_leads_to_another_way() -> None:
    actor = at("liaison", 3)
    acts = ["ask:no_liaison", "screen:option_missing", "screen:other_options"]
    message = actor.send("explain_liaison", "没有联络员的，只有手机", acts=acts)
    assert CONTENT.ways["phone"].ask in message["text"]
    assert not actor.slots.get("diagnosis")


@pytest.mark.parametrize(("number", "is_on_page"), [(2, True), (3, True), (6, False)])
def test_where_something_is_means_the_page_of_the_step(number: int, is_on_page: bool) -> None:
    message = at("phone", number).send("nlu_fallback", "在哪里点", acts=["ask:where_on_phone"])
    where = CONTENT.ways["phone"].steps[number - 1].if_not
    assert (where in message["text"]) is is_on_page
    assert (CONTENT.practical["where_on_phone"].text in message["text"]) is not is_on_page


class TestChangeOfAKnownPassword:
    def asked(self) -> Actor:
        actor = Actor()
        text = actor.send("change_password", "记得密码，想改一个")["text"]
        assert CONTENT.text("case.change.change_found") in text
        return actor

    @pytest.mark.parametrize("acts", [["yes"], ["done"], ["next"], ["screen:asks_old_password"]])
    def test_who_has_found_the_place_is_led_on(self, acts: list[str]) -> None:
        actor = self.asked()
        text = actor.send("affirm", "找到了", acts=acts)["text"]
        assert text.strip() == CONTENT.text("case.change.change_then")
        closing = actor.send("affirm", "能登了", acts=["solved", "reached:logged_in"])["text"]
        assert CLOSING[:10] in closing

    @pytest.mark.parametrize("acts", [["no"], ["stuck"], ["screen:option_missing"]])
    def test_who_has_not_sets_a_new_one(self, acts: list[str]) -> None:
        text = self.asked().send("deny", "没有", acts=acts)["text"]
        assert CONTENT.text("case.change.change_otherwise") in text
        assert CONTENT.ways["phone"].ask in text

    def test_amid_a_guide_it_is_but_a_question(self) -> None:
        text = at("phone", 4).send("change_password", "以后想改在哪改")["text"]
        assert CONTENT.text("case.change.change_found") not in text


def test_who_denies_to_be_at_the_step_is_asked_where_they_are() -> None:
    actor = at("phone", 6)
    message = actor.send("go_to_step", "没到第6步", acts=["correct", "go_to:6"])
    assert message["text"] == CONTENT.text("navigate.step.not_here", step=6)
    actor = at("phone", 4)
    actor.send("go_to_step", "不对，我到第6步了", acts=["correct", "go_to:6"])
    assert step_of(actor) == 6


def test_a_code_that_the_owner_told_amid_the_guide_is_no_fraud() -> None:
    actor = at("phone", 4)
    acts = ["ask:gave_away", "reached:code_entered"]
    text = actor.send("scam_concern", "老板把验证码报给我了 我填了", acts=acts)["text"]
    assert CONTENT.practical["gave_away"].text not in text
    assert CONTENT.practical["code_to_other"].text in text
    assert step_of(actor) == 7


def test_a_denied_alarm_is_not_repeated() -> None:
    actor = at("phone", 4)
    actor.send("scam_concern", "有人让我给他转钱", acts=["ask:is_scam"])
    text = actor.send("scam_concern", "谁被骗了", acts=["correct", "ask:is_scam"])["text"]
    alarms = (CONTENT.practical[name].text for name in ("gave_away", "is_scam_again"))
    assert not any(alarm in text for alarm in (*alarms, CONTENT.scam.text))


def test_whether_we_are_official_is_no_alarm() -> None:
    name, acts = "official_source", ["ask:is_scam"]
    text = Actor().send(name, "你们真是政府的吗", ranking=sure(name), acts=acts)["text"]
    assert text.startswith(CONTENT.answers[name].text[:20])


def test_where_to_fill_in_the_code_that_came_is_the_step() -> None:
    actor = Actor()
    actor.send("code_not_received")
    acts = ["reached:code_received", "worked", "ask:next_after"]
    message = actor.send("code_rejected", "来了 往哪填", acts=acts)
    assert CONTENT.ways["phone"].steps[5].do in message["text"]


def test_a_place_amid_causes_that_lead_nowhere_is_the_bureaus() -> None:
    actor = Actor()
    actor.send("face_failed")
    found = {"region": "宜州"}
    message = actor.send("contact_bureau", "不是 我在宜州 去哪里", found, acts=["correct", "no"])
    assert find_block(message, "bureau")


@pytest.mark.parametrize(("way", "number"), [("liaison", 3), ("application_liaison", 4)])
def test_data_that_do_not_match_are_the_liaisons(way: str, number: int) -> None:
    actor = at(way, number)
    text = actor.send("identity_mismatch", "说信息不符", acts=["screen:mismatch"])["text"]
    assert CONTENT.ways[way].steps[number - 1].says["mismatch"] in text


def test_what_is_surely_a_trouble_opens_it_beside_a_question() -> None:
    name, acts = "new_password_not_working", ["ask:effect_elsewhere"]
    text = Actor().send(name, "改完还是提示密码错误", ranking=sure(name), acts=acts)["text"]
    assert CONTENT.troubles[name].causes[0].title in text
    doubtful = [{"name": name, "confidence": 0.8}]
    text = Actor().send(name, "改完要多久", ranking=doubtful, acts=acts)["text"]
    assert CONTENT.troubles[name].causes[0].title not in text


def test_in_without_a_password_is_no_end_where_the_link_is_missed() -> None:
    name = "entry_not_found"
    actor = at("face", 2)
    acts = ["reached:logged_in"]
    text = actor.send(name, "自己就登进去了 没看到忘记密码", ranking=sure(name), acts=acts)["text"]
    assert CONTENT.ways["face"].steps[1].says["option_missing"] in text
    assert step_of(actor) == 2


def test_a_face_that_turns_out_to_be_the_former_ones() -> None:
    actor = at("face", 5)
    message = actor.send(
        "other_licence_service", "变更没办下来", acts=["fact:new_representative=pending"]
    )
    assert CONTENT.text("case.new_representative.former") in message["text"]
    assert CONTENT.ways["face"].steps[4].do not in message["text"]
    assert step_of(actor) == 5


def test_who_gives_thanks_and_goes_on_is_led_on() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("thank", "谢谢 验证码来了", acts=["thanks", "reached:code_received"])
    assert find_block(message, "step")["number"] == 6


def test_who_wonders_why_it_begins_at_a_later_step_sees_all_of_them() -> None:
    actor = Actor()
    actor.send("recover_by_liaison", "我就是联络员", acts=["fact:liaison=self", "wish:liaison"])
    message = actor.send("go_to_step", "怎么从第3步开始 前面两步呢", acts=["go_to:3"])
    assert len(find_block(message, "list")["items"]) == len(CONTENT.ways["liaison"].steps)


def test_who_is_the_liaison_need_not_find_them_however_often_it_is_said() -> None:
    actor = Actor()
    actor.send("recover_by_liaison", "我就是联络员", acts=["fact:liaison=self", "wish:liaison"])
    actor.send("go_to_step", "第一步", acts=["go_to:1"])
    message = actor.send("explain_liaison", "我说了联络员是我", acts=["fact:liaison=self"])
    assert find_block(message, "step")["number"] == 3


def test_an_option_missing_on_a_page_further_on_is_looked_for_there() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    actor.click("/next_step")
    actor.send("entry_not_found", "没有登录", acts=["screen:option_missing"])
    acts = ["screen:option_missing", "reached:login_page"]
    message = actor.send("entry_not_found", "有登录 进去了 没忘记密码", acts=acts)
    assert not find_block(message, "cause")
    assert CONTENT.ways["phone"].steps[2].says["option_missing"] in message["text"]


def test_the_present_step_named_in_many_words_is_shown() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = actor.send("go_to_step", "再看看第1步怎么做", acts=["go_to:1"])
    assert find_block(message, "step")["number"] == 1


def test_who_leaves_with_thanks_is_not_led_on() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    acts = ["reached:app_open", "leave", "thanks"]
    message = actor.send("thank", "打开了 晚上再弄 多谢", acts=acts)
    assert not find_block(message, "step")


def test_a_step_that_is_put_right_is_the_last_one_named() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    found = [{"entity": "step_number", "value": number} for number in ("3", "5")]
    ranking = [{"name": "go_to_step", "confidence": 0.9}]
    message = actor.send_found("go_to_step", "不是第3步 是第5步", found, ranking, ["correct"])
    assert find_block(message, "step")["number"] == 5
