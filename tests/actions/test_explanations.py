"""A question is answered by where the person is, and who goes on asking gets something else."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from content_loader.load import load
from tests.actions.actor import Actor

CONTENT = load()
SURE = [{"name": "official_source", "confidence": 0.99}]
YUHANG = "330110"  # a district of Hangzhou


def ask(actor: Actor, topic: str, intent: str = "out_of_scope", **fields: Any) -> str:
    """Asks a question in words that are nobody's; returns the answer."""
    return str(actor.send(intent, "问一下这个", acts=[f"ask:{topic}"], **fields)["text"])


@pytest.mark.parametrize("way", ["phone", "face", "liaison", "bureau"])
def test_who_may_do_it_is_answered_by_the_way(way: str) -> None:
    actor = Actor()
    actor.slots["guide"] = {"way": way, "step": 1}
    answer = ask(actor, "by_whom")
    assert CONTENT.practical["by_whom"].at[way] in answer
    assert CONTENT.practical["by_whom"].text not in answer


def test_the_way_that_is_asked_about_counts_as_well() -> None:
    actor = Actor()
    actor.send("recover_password")
    assert CONTENT.practical["by_whom"].at["phone"] in ask(actor, "by_whom")


def test_of_the_bureau_the_answer_is_the_bureaus() -> None:
    actor = Actor()
    actor.click("/recover_by_face")
    about_bureau = [{"name": "contact_bureau", "confidence": 0.9}]
    answer = ask(actor, "time", "contact_bureau", ranking=about_bureau)
    assert CONTENT.practical["time"].at["bureau"] in answer


def test_somebody_whose_phone_is_gone_is_answered_for_that() -> None:
    actor = Actor()
    actor.slots["facts"] = {"device": "stolen"}
    assert CONTENT.practical["old_device"].at["device_gone"] in ask(actor, "old_device")


def test_who_asks_on_gets_the_finer_answer_then_the_general_one_then_no_more() -> None:
    actor = Actor()
    actor.click("/recover_by_face")
    explanation = CONTENT.practical["by_whom"]
    texts = [ask(actor, "by_whom") for _ in range(5)]
    for number, said in enumerate((explanation.at["face"], explanation.again, explanation.text)):
        assert said in texts[number]
    assert CONTENT.text("navigate.no_more") in texts[3]
    assert CONTENT.text("navigate.not_caught_again") in texts[4]
    assert len(set(texts)) == 5
    assert CONTENT.text("navigate.once_more") not in "".join(texts)


def test_in_the_meantime_something_else_and_the_first_answer_is_there_again() -> None:
    actor = Actor()
    first = ask(actor, "length")
    actor.send("greet", "你好")
    assert ask(actor, "length") == first


def test_who_wants_it_once_more_gets_it_once_more() -> None:
    actor = Actor()
    first = ask(actor, "length")
    again = actor.send("repeat_step", "再说一遍几位", acts=["again", "ask:length"])["text"]
    assert first in again


def test_where_all_is_said_what_may_be_asked_instead_is_answered() -> None:
    actor = Actor()
    actor.slots["explained"] = ["carrier"]
    assert CONTENT.practical["carrier"].again == ""
    answer = ask(actor, "carrier", near=["carrier", "char_kinds", "length"])
    assert answer == CONTENT.practical["char_kinds"].text


def test_a_correction_after_an_answer_takes_the_next_likely_question() -> None:
    actor = Actor()
    actor.click("/recover_by_face")
    ask(actor, "papers", "required_materials", near=["papers", "in_hand"])
    answer = actor.send("out_of_scope", "不是问这个", acts=["correct"])["text"]
    assert CONTENT.practical["in_hand"].at["face"] in answer
    assert actor.slots["guide"] == {"way": "face", "step": 1}


def test_a_correction_after_an_answer_with_nothing_near_asks_for_other_words() -> None:
    actor = Actor()
    actor.send("recover_password")
    actor.send("deny", "不能", acts=["no"])
    ask(actor, "cost")
    answer = actor.send("out_of_scope", "不是问这个", acts=["correct", "upset"])["text"]
    assert CONTENT.text("navigate.missed") in answer
    assert actor.slots["obstacles"] == ["phone"]  # what was answered before stays


def test_what_was_asked_is_not_asked_after_every_answer() -> None:
    actor = Actor()
    asked = CONTENT.ways["phone"].ask_again
    actor.send("recover_password")
    assert asked in ask(actor, "cost")
    assert asked not in ask(actor, "time")
    assert actor.slots["pending_question"] == "way:phone"
    assert actor.buttons[0]["payload"] == "/affirm"


def test_an_intent_with_an_answer_of_its_own_is_not_taken_for_a_fraud() -> None:
    actor = Actor()
    acts = ["ask:is_scam", "alone"]
    answer = actor.send("official_source", "是官方的吗你们", ranking=SURE, acts=acts)["text"]
    assert answer == CONTENT.answers["official_source"].text


def test_answers_of_intents_are_not_repeated_either() -> None:
    actor = Actor()
    first = actor.send("official_source", "是官方的吗")["text"]
    again = actor.send("official_source", "是不是官方的呀")["text"]
    assert first == CONTENT.answers["official_source"].text
    assert again == CONTENT.answers["official_source"].again


def test_papers_are_listed_once_running() -> None:
    actor = Actor()
    first = actor.send("required_materials", "带啥")["text"]
    again = actor.send("required_materials", "到底带啥")["text"]
    assert CONTENT.text("bureau.materials.text").strip() in first
    assert again == CONTENT.text("bureau.materials.more")
    third = actor.send("required_materials", "公章要不要")["text"]
    assert CONTENT.text("navigate.no_more") in third


def test_the_name_of_the_bureau_is_said_once_running() -> None:
    actor = Actor()
    actor.slots["place"] = YUHANG
    bureau = "余杭区市场监督管理局"
    assert bureau in ask(actor, "hours")
    assert bureau not in ask(actor, "address")


def test_a_province_is_not_where_one_goes() -> None:
    finer = CONTENT.text("bureau.finer")
    for region, is_wide in (("江西省", True), ("赣州市", True), ("赣州市章贡区", False)):
        text = Actor().send("inform_region", region, {"region": region})["text"]
        assert (finer in text) is is_wide


def test_a_wrong_place_is_put_right_and_nothing_else() -> None:
    actor = Actor()
    actor.send("recover_password")
    actor.send("deny", "不能", acts=["no"])
    actor.send("affirm", "能", acts=["yes"])
    actor.send("inform_region", "江苏的", {"region": "江苏"}, acts=["place"])
    acts = ["correct", "place"]
    answer = actor.send("out_of_scope", "说错了，是安徽", {"region": "安徽"}, acts=acts)["text"]
    assert CONTENT.text("case.noted_place", place="安徽省") in answer
    assert CONTENT.ways["face"].ask_again not in answer
    assert actor.slots["guide"] == {"way": "face", "step": 1}


def test_who_gives_a_way_up_for_the_bureau_is_asked_for_the_place() -> None:
    actor = Actor()
    actor.send("recover_password")
    wanted = [{"name": "contact_bureau", "confidence": 0.82}]
    acts = ["fact:liaison=unknown", "unsure"]
    answer = actor.send("contact_bureau", "不知道是谁，去窗口吧", ranking=wanted, acts=acts)["text"]
    assert CONTENT.text("bureau.ask") in answer
    assert actor.slots["facts"]["liaison"] == "unknown"


def test_papers_are_those_of_the_way_that_is_asked_about() -> None:
    actor = Actor()
    actor.send("recover_password")
    online = CONTENT.text("bureau.materials.online", needs=CONTENT.ways["phone"].needs)
    assert online in actor.send("required_materials", "要身份证不")["text"]


def test_papers_for_receiving_the_licence_are_no_papers_for_the_window() -> None:
    actor = Actor()
    actor.slots["pending_question"] = "fact:claim"
    online = CONTENT.text("bureau.materials.online", needs=CONTENT.ways["face"].needs)
    assert online in actor.send("required_materials", "那要带什么")["text"]


def test_after_words_on_a_bureau_the_question_is_about_the_bureau() -> None:
    actor = Actor()
    actor.slots["place"] = YUHANG
    actor.click("/recover_by_face")
    ask(actor, "hours")
    assert CONTENT.practical["by_whom"].at["bureau"] in ask(actor, "by_whom")


def test_what_is_nothing_at_all_is_not_declined() -> None:
    answer = Actor().send("out_of_scope", "。", acts=["noise"])["text"]
    assert CONTENT.chitchat["out_of_scope"].text not in answer


def test_who_has_given_something_away_is_never_helped_in_the_same_words_running() -> None:
    actor = Actor()
    texts = [ask(actor, "gave_away") for _ in range(5)]
    assert all(text != before for before, text in pairwise(texts))


def test_who_is_where_answers_what_was_asked_and_shows_no_bureau() -> None:
    actor = Actor()
    actor.send("recover_password")
    found = [
        {"entity": "region", "value": "济南", "start": 2, "end": 4},
        {"entity": "region", "value": "菏泽", "start": 7, "end": 9},
    ]
    sure = [{"name": "inform_region", "confidence": 0.98}]
    acts = ["fact:representative=away"]
    answer = actor.send_found("inform_region", "她在济南 俺在菏泽", found, sure, acts)["text"]
    assert "市场监督管理局" not in answer
    assert CONTENT.ways["phone"].ask_again in answer


def test_after_its_card_a_question_is_about_the_bureau() -> None:
    actor = Actor()
    actor.slots["guide"] = {"way": "liaison", "step": 3}
    actor.send("inform_region", "东莞", {"region": "东莞"})
    assert CONTENT.practical["by_whom"].at["bureau"] in ask(actor, "by_whom")


@pytest.mark.parametrize("acts", [[], ["no"]])
def test_who_has_done_nothing_of_what_was_warned_of_is_reassured(acts: list[str]) -> None:
    actor = Actor()
    actor.send("scam_concern", "短信叫我点链接")
    assert actor.send("deny", "没点", acts=acts)["text"] == CONTENT.text("case.unharmed")
    assert actor.send("scam_concern", "真的没事吧")["text"] != CONTENT.text("case.unharmed")


def test_a_correction_of_what_the_page_says_leaves_no_guide() -> None:
    actor = Actor()
    actor.send("recover_password")
    actor.send("affirm", "能", acts=["yes"])
    acts = ["correct", "screen:asks_id"]
    answer = actor.send("out_of_scope", "不是，页面要身份证", acts=acts)["text"]
    assert CONTENT.ways["phone"].ask_again not in answer
    assert actor.slots["guide"]["way"] == "phone"


def test_who_names_the_way_with_the_matter_goes_it() -> None:
    actor = Actor()
    actor.send("recover_password")
    ranking = [{"name": "recover_by_face", "confidence": 0.96}]
    actor.send("recover_by_face", "密码忘了 刷脸", ranking=ranking, acts=["matter"])
    assert actor.slots["guide"] == {"way": "face", "step": 1}


def test_a_card_in_between_leaves_what_was_answered_answered() -> None:
    actor = Actor()
    first = ask(actor, "hours")
    actor.send("inform_region", "东莞", {"region": "东莞"}, acts=["place"])
    assert first.split("\n")[0] not in ask(actor, "hours")
