"""What is but guessed is asked back, and nothing follows from it before it is meant."""

from __future__ import annotations

from typing import Any

from content_loader.load import load
from tests.actions.actor import Actor, find_block

CONTENT = load()
OTHER, AWAY = "fact:number=other", "fact:number=away"


def say(actor: Actor, text: str, acts: list[str], in_doubt: list[str]) -> dict[str, Any]:
    intent = {"name": "out_of_scope", "confidence": 0.4}
    return actor.say_in_doubt(text, intent, acts, in_doubt)


def asked() -> Actor:
    actor = Actor()
    actor.click("/recover_password")
    return actor


def titles(message: dict[str, Any]) -> list[str]:
    return [button["title"] for button in message["buttons"]]


def test_one_meaning_is_asked_and_a_yes_takes_it() -> None:
    actor = asked()
    message = say(actor, "书记的", [OTHER], [OTHER])
    fact = CONTENT.facts["number"]["other"]
    assert message["text"] == CONTENT.text("case.meant.one", meaning=fact.title)
    assert "number" not in actor.slots.get("facts", {})
    answer = actor.send("affirm", "对")
    assert fact.heard in answer["text"]
    assert actor.slots["facts"]["number"] == "other"
    assert actor.slots["pending_question"] == "way:phone"


def test_of_two_meanings_the_second_may_be_clicked_or_counted() -> None:
    for is_clicked in (True, False):
        actor = asked()
        message = say(actor, "老板在开会", ["wait"], [OTHER, AWAY])
        first, second = (CONTENT.facts["number"][name].title for name in ("other", "away"))
        assert titles(message)[:2] == [first, second]
        if is_clicked:
            actor.click(message["buttons"][1]["payload"])
        else:
            actor.send("out_of_scope", "后面那个", acts=["item:last"])
        assert actor.slots["facts"]["number"] == "away"


def test_a_mere_yes_to_two_meanings_takes_neither() -> None:
    actor = asked()
    say(actor, "老板在开会", ["wait"], [OTHER, AWAY])
    actor.send("affirm", "对")
    assert not actor.slots.get("facts", {}).get("number")
    assert str(actor.slots["pending_question"]).startswith("meant:")


def test_who_means_neither_is_asked_for_other_words_and_nothing_is_lost() -> None:
    actor = asked()
    say(actor, "老板在开会", ["wait"], [OTHER, AWAY])
    message = actor.send("deny", "都不是")
    assert CONTENT.chitchat["which_then"].text in message["text"]
    assert actor.slots["pending_question"] == "way:phone"
    actor.send("affirm", "能收", acts=["yes"])
    assert actor.slots["guide"] == {"way": "phone", "step": 1}


def test_other_words_answer_what_was_asked_before() -> None:
    actor = asked()
    say(actor, "书记的", [AWAY], [AWAY])
    message = actor.send("out_of_scope", "号在他手里", acts=[OTHER])
    assert CONTENT.facts["number"]["other"].heard in message["text"]
    assert actor.slots["pending_question"] == "way:phone"


def test_who_is_not_understood_twice_running_is_not_asked_a_third_guess() -> None:
    actor = asked()
    say(actor, "书记的", [AWAY], [AWAY])
    message = say(actor, "就书记那个", [OTHER], [OTHER])
    assert CONTENT.chitchat["cannot_handle"].text in message["text"]
    assert actor.slots["pending_question"] == "way:phone"


def test_an_old_button_of_a_meaning_says_yes_to_nothing_else() -> None:
    actor = asked()
    message = say(actor, "书记的", [OTHER], [OTHER])
    payload = message["buttons"][0]["payload"]
    actor.click("/recover_by_phone")
    actor.slots["pending_question"], actor.slots["guide"] = "finish", {"way": "phone", "step": 9}
    answer = actor.click(payload)
    assert not find_block(answer, "bureau")
    assert CONTENT.text("navigate.solved.closing") not in answer["text"]


def test_a_guess_amid_a_guide_comes_back_to_its_step() -> None:
    actor = Actor()
    actor.click("/recover_by_phone")
    message = say(actor, "绿了", ["screen:success"], ["screen:success", "reached:face_passed"])
    assert CONTENT.text("case.meant.screen.success") in message["text"]
    assert actor.slots["guide"] == {"way": "phone", "step": 1}
    actor.send("out_of_scope", "我说页面打开了", acts=["reached:app_open"])
    assert actor.slots["guide"] == {"way": "phone", "step": 2}


def test_two_facts_that_come_to_the_same_are_not_asked_about() -> None:
    actor = asked()
    message = say(
        actor, "替他弄", ["fact:speaker=staff"], ["fact:speaker=staff", "fact:speaker=other"]
    )
    assert actor.slots["pending_question"] == "way:phone"
    assert CONTENT.facts["speaker"]["staff"].title not in message["text"]
