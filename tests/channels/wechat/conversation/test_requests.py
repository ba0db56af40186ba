"""What a message or an event asks of the assistant."""

from __future__ import annotations

from typing import Any

import pytest

from channels.wechat.conversation.offers import Offers
from channels.wechat.conversation.requests import WORDLESS, Request, rasa_input_of_event, request_of
from channels.wechat.messages import MESSAGES
from channels.wechat.protocol.incoming import Incoming


def sent(kind: Any, **fields: Any) -> Incoming:
    return Incoming("person", "m:1", 0.0, kind, **fields)


@pytest.mark.parametrize(
    ("incoming", "rasa_input"),
    [
        (sent("text", text="收不到验证码"), "收不到验证码"),
        (sent("voice", text="收不到验证码"), "收不到验证码"),
        (sent("click", text="随便", click="9-9"), "随便"),
        (sent("location", text="杭州市西湖区文三路"), "找杭州市西湖区文三路的登记机关"),
    ],
)
def test_words_are_asked(incoming: Incoming, rasa_input: str) -> None:
    assert request_of(incoming, Offers()) == Request(ask=rasa_input)


def test_a_click_asks_what_was_offered() -> None:
    offers = Offers()
    ids = offers.offer([{"title": "下一步", "payload": "/next_step"}])
    click = sent("click", text="下一步", click=ids[0][0])
    assert request_of(click, offers) == Request(ask="/next_step")


@pytest.mark.parametrize("kind", WORDLESS)
def test_what_holds_no_text_has_a_sentence_of_its_own(kind: str) -> None:
    request = request_of(sent(kind), Offers())
    assert request == Request(say=kind)
    assert MESSAGES[kind]


def test_a_nameless_place_and_a_text_too_long_have_sentences() -> None:
    for request in (
        request_of(sent("location"), Offers()),
        request_of(sent("unknown", data={"too_long": True}), Offers()),
    ):
        assert request.say in ("location_unnamed", "too_long")
        assert MESSAGES[request.say]


@pytest.mark.parametrize(
    ("event", "fields", "in_conversation", "rasa_input"),
    [
        ("subscribe", {}, True, "/greet"),
        ("scan", {}, False, "/greet"),
        ("scan", {}, True, ""),
        ("user_enter_tempsession", {}, False, "/greet"),
        ("user_enter_tempsession", {}, True, ""),
        ("enter_session", {"data": {"welcome_code": "c"}}, False, "/greet"),
        ("enter_session", {}, False, ""),
        ("click", {"key": "HELP"}, True, "找人工"),
        ("click", {"key": "OTHER"}, True, "/greet"),
        ("view", {}, False, ""),
        ("location", {}, False, ""),
        ("templatesendjobfinish", {}, False, ""),
        ("something_new", {}, False, ""),
    ],
)
def test_events(event: str, fields: dict[str, Any], in_conversation: bool, rasa_input: str) -> None:
    incoming = sent("event", event=event, **fields)
    assert rasa_input_of_event(incoming, {"HELP": "找人工"}, in_conversation) == rasa_input
