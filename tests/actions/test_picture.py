"""What is answered to a picture, by what was read on it and what was going on."""

from __future__ import annotations

from typing import Any

import pytest

from actions.turn import live_content
from tests.actions.actor import Actor, find_block

CONTENT = live_content.current()
OLD = "新密码不能与旧密码相同"


def at_step(number: int, way: str = "phone") -> Actor:
    return Actor({"guide": {"way": way, "step": number}, "pending_question": "step"})


def titles(message: dict[str, Any]) -> list[str]:
    return [button["title"] for button in message["buttons"]]


def kept(actor: Actor) -> dict[str, Any]:
    return {name: value for name, value in actor.slots.items() if value}


def test_an_error_is_said_and_asked_about_first() -> None:
    message = Actor().send_picture("error", "验证码错误", "code_rejected")
    assert message["text"] == "我看到图上写着：“验证码错误”，是这个问题吗？"
    assert titles(message) == ["是这个问题", "不是"]


@pytest.mark.parametrize("acts", [[], ["yes"], ["ack"]])
def test_a_yes_leads_where_the_typed_sentence_leads(acts: list[str]) -> None:
    typed = Actor().send("code_rejected", "验证码错误")
    actor = Actor()
    actor.send_picture("error", "验证码错误", "code_rejected")
    assert actor.send("affirm", acts=acts) == typed


def test_a_yes_is_answered_at_the_step_that_was_open() -> None:
    typed, acts = at_step(7), ["screen:same_as_old"]
    expected = typed.send("new_password_not_working", OLD, acts=acts)
    actor = at_step(7)
    actor.send_picture("error", OLD, "new_password_not_working", acts=acts)
    assert actor.send("affirm") == expected
    assert kept(actor) == kept(typed)
    assert expected["text"] == CONTENT.screens["same_as_old"].text


def test_what_stands_on_a_picture_is_no_answer_and_no_fact() -> None:
    actor = at_step(7)
    acts = ["worked", "fact:number=gone", "trouble:system_error"]
    actor.send_picture("error", "系统繁忙", "system_error", acts=acts)
    assert actor.slots["guide"]["step"] == 7
    assert "facts" not in actor.slots
    actor.send("affirm")
    assert "facts" not in actor.slots
    assert actor.slots["diagnosis"]["trouble"] == "system_error"


@pytest.mark.parametrize("acts", [[], ["no"], ["not_it"]])
def test_a_no_asks_for_words_and_keeps_the_step_open(acts: list[str]) -> None:
    actor = at_step(6)
    actor.send_picture("error", "验证码错误", "code_rejected")
    message = actor.send("deny", "不是", acts=acts)
    assert message["text"] == CONTENT.text("picture.not_it")
    assert "验证码填了不对" in titles(message)
    assert actor.slots["pending_question"] == "step"


def test_other_words_than_yes_and_no_are_answered() -> None:
    actor = at_step(6)
    actor.send_picture("error", "验证码错误", "code_rejected")
    message = actor.send("out_of_scope", "收费不", acts=["ask:cost"])
    assert "不要钱" in message["text"]
    assert titles(message)[0] == "回到第 6 步"


def test_going_on_is_an_answer_to_the_step_before() -> None:
    actor = at_step(6)
    actor.send_picture("error", "验证码错误", "code_rejected")
    assert find_block(actor.send("next_step", "好了下一步", acts=["next"]), "step")["number"] == 7


def test_an_unknown_sentence_is_said_and_asked_for_in_words() -> None:
    actor = at_step(5)
    message = actor.send_picture("error", "授权令牌未生效", "nlu_fallback")
    assert "授权令牌未生效" in message["text"]
    assert "一句话" in message["text"]
    assert titles(message)[:2] == ["收不到验证码", "忘了注册的手机号"]
    assert actor.slots["pending_question"] == "step"


def test_a_picture_after_a_picture_keeps_what_was_open_before_both() -> None:
    actor = at_step(6)
    actor.send_picture("error", "验证码错误", "code_rejected")
    actor.send_picture("error", "系统繁忙", "system_error")
    actor.send("deny")
    assert actor.slots["pending_question"] == "step"


def test_a_page_says_its_step_and_leads_there() -> None:
    actor = at_step(5)
    message = actor.send_picture("page", "找回密码", page="new_password_page")
    assert "您在第 7 步 / 共 9 步：设置新密码" in message["text"]
    assert "官方" not in message["text"]
    assert len(message["buttons"]) == 2
    assert actor.slots["guide"]["step"] == 5
    assert find_block(actor.send("affirm"), "step")["number"] == 7


@pytest.mark.parametrize(
    ("page", "way", "step"), [("new_password_page", "phone", 7), ("face_page", "face", 5)]
)
def test_a_page_without_a_guide_begins_the_way_that_fits(page: str, way: str, step: int) -> None:
    actor = Actor()
    message = actor.send_picture("page", "", page=page)
    assert CONTENT.ways[way].title in message["text"]
    assert find_block(actor.send("affirm"), "step")["number"] == step
    assert actor.slots["guide"]["way"] == way


@pytest.mark.parametrize("page", [*CONTENT.texts, "nowhere", ""])
def test_every_page_is_answered(page: str) -> None:
    name = page.rpartition(".")[2]
    for actor in (Actor(), at_step(3), at_step(6, "face"), at_step(2, "bureau")):
        message = actor.send_picture("page", "某页", page=name)
        assert message["text"]
        assert "抱歉，我这边出了点问题" not in message["text"]
        for answer in ("affirm", "deny"):
            again = Actor(dict(actor.slots)).send(answer)
            assert again["buttons"], (name, answer)
            assert "抱歉，我这边出了点问题" not in again["text"]


def test_a_fraud_is_warned_of_at_once_with_its_telltale() -> None:
    actor = at_step(4)
    text = "【市监局】您的营业执照即将失效。请点击 yyzz-renzheng.com/a?b=1 填写银行卡号更新，谢谢"
    message = actor.send_picture("message", text, "scam_concern", acts=["ask:is_scam"])
    assert message["text"].startswith("图上这一句就很可疑：“请点击")
    assert "yyzz" not in message["text"]
    assert "银行卡号" in message["text"]
    assert CONTENT.scam.text in message["text"]
    assert "回到第 4 步" in titles(message)


def test_a_message_with_a_strange_link_is_a_fraud_whatever_it_reads_like() -> None:
    text = "您的执照有新通知 http://a.example.com/x"
    assert CONTENT.scam.text in Actor().send_picture("message", text, "nlu_fallback")["text"]


def test_who_asks_for_the_code_is_a_fraud() -> None:
    text = "把收到的验证码发我，我帮你重置"
    assert CONTENT.scam.text in Actor().send_picture("message", text, "recover_by_phone")["text"]


def test_the_message_with_the_code_is_the_step_of_the_code() -> None:
    text = "【电子营业执照】验证码[hidden:code]，5分钟内有效，请勿告知他人"
    acts = ["ask:is_scam"]
    message = Actor().send_picture("message", text, "code_rejected", acts=acts, hidden=True)
    assert "第 6 步 / 共 9 步" in message["text"]
    assert "可疑" not in message["text"]


def test_words_of_a_trouble_help_where_a_sentence_is_not_understood() -> None:
    actor = Actor()
    message = actor.send_picture("error", "请摘下口罩后重试", "out_of_scope", acts=["wait"])
    assert "是这个问题吗" in message["text"]
    assert find_block(actor.send("affirm"), "cause")["trouble"] == "刷脸通不过"


def test_another_message_is_asked_about() -> None:
    message = Actor().send_picture("message", "收不到验证码怎么办", "code_not_received")
    assert message["text"].endswith("您想问的是它吗？")


@pytest.mark.parametrize("kind", ["other", "empty"])
def test_nothing_of_the_matter_keeps_the_step(kind: str) -> None:
    actor = at_step(4)
    message = actor.send_picture(kind)
    assert CONTENT.text(f"picture.{kind}") in message["text"]
    assert titles(message)[0] == "回到第 4 步"
    assert find_block(actor.send("affirm"), "step")["number"] == 4


@pytest.mark.parametrize(
    "reason",
    [*(text.rpartition(".")[2] for text in CONTENT.texts if ".unread." in text), "new", ""],
)
def test_every_reason_has_its_words(reason: str) -> None:
    known = CONTENT.texts.get(f"picture.unread.{reason}", CONTENT.text("picture.unread.failed"))
    assert known in Actor().send_picture("unread", reason=reason)["text"]


def test_a_secret_on_it_is_warned_of_and_its_mark_is_not_shown() -> None:
    text = "手机号[hidden:phone]未绑定，编号[hidden:whatever]"
    message = Actor().send_picture("error", text, "phone_forgotten", hidden=True)
    assert find_block(message, "warning")["text"] == CONTENT.text("picture.hidden")
    assert "hidden:" not in message["text"]
    assert "手机号（手机号已遮住）未绑定，编号（已遮住）" in message["text"]


def test_a_long_sentence_is_said_shortly() -> None:
    message = Actor().send_picture("error", "长" * 300, "system_error")
    assert len(message["text"]) < 100


def test_who_asks_whether_pictures_can_be_sent_is_told() -> None:
    message = Actor().send("send_picture", "能看截图吗")
    assert CONTENT.text("picture.invite") in message["text"]


def test_a_broken_question_is_survived() -> None:
    for slot in ("picture", "picture:{", "picture:[]", 'picture:{"page":"x","way":"y"}'):
        for intent in ("affirm", "deny", "repeat_step"):
            assert (
                Actor({"pending_question": slot}).send(intent)["text"]
                != CONTENT.chitchat["apology"].text
            )


@pytest.mark.parametrize("fields", [{}, {"kind": None}, {"kind": "film", "sentence": 5}])
def test_strange_metadata_are_survived(fields: dict[str, Any]) -> None:
    kind = fields.pop("kind", "strange")
    assert Actor().send_picture(kind, **fields)["text"] != CONTENT.chitchat["apology"].text


@pytest.mark.parametrize(
    ("sentence", "intent", "leads_to"),
    [
        ("身份证号位数不够，请补全18位", "password_rules", "trouble:identity_mismatch"),
        ("和上面输入的不同，请重新填写", "phone_changed", "screen:not_equal"),
        ("不可与最近三次的密码重复", "password_rules", "screen:same_as_old"),
        ("电子执照模块升级中，请明早再来", "other_licence_service", "trouble:system_error"),
        ("504 Gateway Time-out", "nlu_fallback", "trouble:system_error"),
    ],
)
def test_a_known_error_leads_where_it_is_known_to_whatever_it_reads_like(
    sentence: str, intent: str, leads_to: str
) -> None:
    kind, _, name = leads_to.partition(":")
    actor = Actor()
    message = actor.send_picture("error", sentence, intent)
    assert titles(message) == ["是这个问题", "不是"]
    answer = actor.send("affirm")
    if kind == "trouble":
        assert actor.slots["diagnosis"]["trouble"] == name
    else:
        assert answer["text"].startswith(CONTENT.screens[name].text)


@pytest.mark.parametrize(
    ("means", "trouble"),
    [
        ("device_changed", "device_changed"),  # what was learnt goes before the words
        ("screen:locked", "account_locked"),
        ("", "face_failed"),
        ("unheard_of", "face_failed"),
        ("screen:unheard_of", "face_failed"),
    ],
)
def test_an_error_leads_where_its_meaning_was_learnt_to(means: str, trouble: str) -> None:
    actor = Actor()
    actor.send_picture("error", "已在另一台设备下载，刷脸后迁移", "nlu_fallback", means=means)
    actor.send("affirm")
    assert actor.slots["diagnosis"]["trouble"] == trouble


@pytest.mark.parametrize("acts", [["ask:is_scam"], ["trouble:system_error", "ask:human"]])
def test_an_error_whose_meaning_was_learnt_asks_nothing_else(acts: list[str]) -> None:
    actor, sentence = Actor(), "您的请求疑似攻击，请联系技术人员"
    actor.send_picture("error", sentence, "system_error", acts=acts, means="system_error")
    assert find_block(actor.send("affirm"), "cause")["trouble"]
    assert actor.slots["diagnosis"]["trouble"] == "system_error"


def test_a_message_is_no_known_error() -> None:
    actor = Actor()
    actor.send_picture("message", "系统升级，验证码发我", "scam_concern")
    assert "diagnosis" not in actor.slots
