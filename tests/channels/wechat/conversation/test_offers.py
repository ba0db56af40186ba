"""What a click or a typed number means."""

from __future__ import annotations

import pytest

from channels.wechat.conversation.offers import MAX_OFFERS, Offers

BUTTONS = [
    {"title": "下一步", "payload": "/next_step"},
    {"title": "卡住了", "payload": "/stuck_at_step"},
]


def numbered() -> Offers:
    offers = Offers()
    offers.offer(BUTTONS)
    offers.numbered = BUTTONS
    return offers


@pytest.mark.parametrize("text", ["2", " 2 ", "２", "2.", "2、", "②", "2）", "2。"])
def test_a_number_means_its_button_once(text: str) -> None:
    offers = numbered()
    assert offers.typed(text) == "/stuck_at_step"
    assert offers.typed(text) is None


@pytest.mark.parametrize("text", ["0", "3", "22", "2号", "第2步", "1 2", "", "二百", "-1", "²"])
def test_anything_else_means_no_button_and_uses_none_up(text: str) -> None:
    offers = numbered()
    assert offers.typed(text) is None
    assert offers.typed("1") == "/next_step"


def test_without_a_numbered_list_a_number_is_a_number() -> None:
    offers = Offers()
    offers.offer(BUTTONS)
    assert offers.typed("1") is None


def test_only_what_was_offered_is_clicked_also_later() -> None:
    offers = Offers()
    (first, title), _ = offers.offer(BUTTONS)
    assert title == "下一步"
    offers.offer([{"title": "停", "payload": "/stop"}])
    assert offers.clicked(first) == "/next_step"
    assert offers.clicked("/stop") is None
    assert offers.clicked("99-1") is None


def test_offers_do_not_grow_for_ever() -> None:
    offers = Offers()
    first = offers.offer(BUTTONS)[0][0]
    for _ in range(MAX_OFFERS):
        offers.offer(BUTTONS)
    assert len(offers.payloads) == MAX_OFFERS
    assert offers.clicked(first) is None


def test_the_words_on_one_of_the_latest_buttons_mean_it() -> None:
    offers = Offers()
    offers.offer(BUTTONS)
    assert offers.typed(" 卡住了 ") == "/stuck_at_step"
    assert offers.typed("卡住") is None
    offers.offer([{"title": "停", "payload": "/stop"}])
    assert offers.typed("卡住了") is None
