"""Who types the words of a button has clicked on it."""

from __future__ import annotations

from typing import Any

import pytest

from actions.typed_buttons import PUT, click_typed

BUTTONS = [
    {"title": "好了，下一步", "payload": "/next_step"},
    {"title": "一步步怎么办", "payload": '/recover_password{"extent": "bureau"}'},
    {"title": "坏的", "payload": "next"},
]


def said(*buttons: dict[str, str]) -> dict[str, Any]:
    return {"event": "bot", "text": "……", "data": {"buttons": list(buttons)}}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("好了，下一步", "next_step"),
        ("好了 下一步。", "next_step"),
        ("一步步怎么办", "recover_password"),
        ("好了，下一步？", None),  # a question
        ("好了", None),
        ("，", None),
        ("坏的", None),
        ("/next_step", None),
    ],
)
def test_the_words_of_a_button_are_a_click_on_it(text: str, intent: str | None) -> None:
    events = [said(*BUTTONS), {"event": "slot"}, {"event": "user", "text": text}]
    click = click_typed({"text": text}, events)
    assert (click and click["intent"]["name"]) == intent


def test_a_click_has_what_its_payload_says() -> None:
    click = click_typed({"text": "一步步怎么办"}, [said(*BUTTONS)])
    assert click
    assert click["entities"] == [{"entity": "extent", "value": "bureau"}]
    assert click["text"] == BUTTONS[1]["payload"]


def test_only_what_was_said_last_offers_buttons() -> None:
    events = [said(*BUTTONS), {"event": "user", "text": "嗯"}, said()]
    assert click_typed({"text": "好了，下一步"}, events) is None
    assert click_typed({"text": "好了，下一步"}, []) is None


@pytest.mark.parametrize("of_others", [{PUT: True}, {"metadata": {"picture": {}}}])
def test_what_nobody_typed_is_no_click(of_others: dict[str, Any]) -> None:
    assert click_typed({"text": "好了，下一步", **of_others}, [said(*BUTTONS)]) is None
