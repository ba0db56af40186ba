"""The ledger never allows more than any reading of the platforms' rules, and wastes nothing."""

from __future__ import annotations

import random

import pytest

from channels.wechat.conversation.quota import BY_EVENT, BY_MESSAGE, RESERVE, Ledger
from tools.wechat_simulator.clock import Clock
from tools.wechat_simulator.quota import QuotaWindows

NOW = 1_700_000_000.0
HOURS_48 = 48 * 3600


def spend_all(ledger: Ledger, now: float) -> int:
    """Returns how many sends a ledger allows at one moment."""
    count = 0
    while ledger.spend(now):
        count += 1
    return count


def test_nothing_is_allowed_before_the_person_did_something() -> None:
    ledger = Ledger()
    assert ledger.left(NOW) == 0
    assert not ledger.spend(NOW)
    assert ledger.sent == 0


def test_a_message_opens_five_in_48_hours() -> None:
    ledger = Ledger()
    ledger.opened_by_message(NOW)
    assert ledger.left(NOW + HOURS_48 - 1) == 5
    assert ledger.left(NOW + HOURS_48) == 0
    assert [ledger.spend(NOW) for _ in range(6)] == [True] * 5 + [False]
    assert ledger.left(NOW) == 0
    ledger.opened_by_message(NOW + 10)
    assert ledger.left(NOW + 10) == 5
    assert ledger.left(NOW + HOURS_48 + 9) == 5


def test_the_reserve_is_one() -> None:
    assert RESERVE == 1


@pytest.mark.parametrize(
    ("kind", "event", "sends"),
    [
        ("official_account", "click", 3),
        ("official_account", "subscribe", 3),
        ("official_account", "scan", 3),
        ("official_account", "view", None),
        ("official_account", "unsubscribe", None),
        ("mini_program", "user_enter_tempsession", 2),
        ("kf", "enter_session", None),
    ],
)
def test_what_an_event_opens(kind: str, event: str, sends: int | None) -> None:
    allowance = BY_EVENT[kind].get(event)
    assert (allowance and allowance.sends) == sends
    if allowance:
        ledger = Ledger()
        ledger.opened_by_event(NOW, allowance.sends, allowance.seconds)
        assert ledger.left(NOW + 59) == sends
        assert ledger.left(NOW + 60) == 0


def test_an_event_leaves_the_window_of_a_message_as_it_is() -> None:
    ledger = Ledger()
    ledger.opened_by_message(NOW)
    ledger.spend(NOW)
    ledger.opened_by_event(NOW + 10, 3)
    assert ledger.left(NOW + 10) == 3
    assert ledger.spend(NOW + 10)
    assert ledger.left(NOW + 10) == 2
    assert ledger.left(NOW + 70) == 3  # 5, less one before and one within the minute


def test_an_event_allows_its_own_when_the_window_of_a_message_is_spent() -> None:
    ledger = Ledger()
    ledger.opened_by_message(NOW)
    assert spend_all(ledger, NOW) == 5
    ledger.opened_by_event(NOW + 10, 3)
    assert spend_all(ledger, NOW + 10) == 3
    assert ledger.left(NOW + 70) == 0


def test_a_message_after_an_event_opens_a_full_window() -> None:
    ledger = Ledger()
    ledger.opened_by_event(NOW, 2)
    assert spend_all(ledger, NOW) == 2
    ledger.opened_by_message(NOW + 5)
    assert ledger.left(NOW + 5) == 5


def test_a_refusal_ends_what_was_counted_until_the_next_word() -> None:
    ledger = Ledger()
    ledger.opened_by_message(NOW)
    ledger.opened_by_event(NOW, 3)
    ledger.exhausted()
    assert ledger.left(NOW) == ledger.left(NOW + 100) == 0
    ledger.opened_by_message(NOW + 200)
    assert ledger.left(NOW + 200) == 5


@pytest.mark.parametrize("noted", [True, False])
def test_answers_to_earlier_messages_count_against_the_last_one(noted: bool) -> None:
    """Six messages come at once; the platform takes 5 sends after the last of them."""
    ledger = Ledger()
    came = [(NOW + i / 10, ledger.sent if noted else None) for i in range(6)]
    sent = 0
    for i, (when, number) in enumerate(came):
        ledger.opened_by_message(when, number)
        sent += ledger.spend(NOW + 2 + i)
    assert sent == 5
    assert ledger.left(NOW + 10) == 0


def test_answers_at_the_same_moment_are_told_apart_by_their_number() -> None:
    ledger = Ledger()
    ledger.opened_by_message(NOW, ledger.sent)
    assert ledger.spend(NOW)
    noted = ledger.sent  # the next message comes in here, the clock stands still
    assert ledger.spend(NOW)
    ledger.opened_by_message(NOW, noted)
    assert ledger.left(NOW) == 4


def test_a_message_out_of_order_opens_nothing_anew() -> None:
    ledger = Ledger()
    ledger.opened_by_message(NOW + 10)
    ledger.spend(NOW + 11)
    ledger.opened_by_message(NOW)
    assert ledger.left(NOW + 11) == 4
    ledger.opened_by_event(NOW, 3)  # older than the message: it is not the newest quota window
    assert ledger.left(NOW + 11) == 4


def test_the_ledger_survives_as_text() -> None:
    ledger = Ledger.loads(None)
    assert ledger == Ledger() == Ledger.loads("")
    ledger.opened_by_message(NOW)
    ledger.opened_by_event(NOW + 1, 3)
    ledger.spend(NOW + 2.5)
    assert Ledger.loads(ledger.dumps()) == ledger
    assert Ledger.loads(Ledger().dumps()) == Ledger()
    for i in range(40):
        ledger.opened_by_message(NOW + i)
        ledger.spend(NOW + i)
    assert len(ledger.dumps()) < 500


def test_it_agrees_with_a_platform_over_long_conversations() -> None:
    """Random conversations: never one send too many, and none too few."""
    rng = random.Random(7)
    for _ in range(200):
        clock, ledger = Clock(frozen_at=NOW), Ledger()
        quota_windows = QuotaWindows(clock)
        for _ in range(60):
            act = rng.choice(["message", "event", "wait", "wait long", "send", "send", "send"])
            if act == "message":
                quota_windows.message()
                ledger.opened_by_message(clock())
            elif act == "event":
                quota_windows.event(3)
                ledger.opened_by_event(clock(), 3)
            elif act == "send":
                allowed = quota_windows.left > 0
                assert ledger.spend(clock()) == allowed
                if allowed:
                    quota_windows.spend()
            else:
                clock.move(rng.choice([1, 30]) if act == "wait" else BY_MESSAGE.seconds / 3)
            assert ledger.left(clock()) == quota_windows.left
