from __future__ import annotations

import time
from typing import Any

import pytest

from channels.bounds import BadSettings, read_settings
from channels.characters import clean
from channels.guard import Guard, Limits
from channels.rate import MAX_KEYS, RateLimit
from channels.refusals import BadRequest


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_control_characters_are_taken_out() -> None:
    assert clean("a\x00b\u202ec\u200bd\ud800e\nf\t") == "abcde\nf\t"


def test_every_end_of_a_line_is_a_plain_one() -> None:
    assert clean("a\u2028b\u2029c\r\nd") == "a\nb\nc\nd"


@pytest.mark.parametrize(
    ("text", "shown", "words"),
    [
        ("收不到", "收不到", "收不到"),
        ("/restart", "/restart", "restart"),
        (" \n//x", " \n//x", "x"),
        ("/", "/", ""),
        ("\u200b/back", "/back", "back"),
        ("/482913", "/[hidden:code]", "[hidden:code]"),
        ("和/或", "和/或", "和/或"),
    ],
)
def test_typed_text_shows_as_it_is_and_is_no_command(text: str, shown: str, words: str) -> None:
    assert Guard().typed(text) == (shown, words)


def test_a_rate_counts_in_a_window_that_moves() -> None:
    clock = Clock()
    limit = RateLimit(2, 60, clock)
    limit.count("a")
    clock.now += 20
    limit.count("a")
    assert limit.wait("a") == 40
    assert limit.wait("b") == 0
    clock.now += 39.5
    assert limit.wait("a") == 1
    clock.now += 0.5
    assert limit.wait("a") == 0


def test_no_limit_is_no_limit_and_old_keys_are_swept_up() -> None:
    free = RateLimit(0)
    for _ in range(100):
        free.count("a")
    assert free.wait("a") == 0
    clock = Clock()
    limit = RateLimit(1, 60, clock)
    for number in range(10_000):
        limit.count(str(number))
    clock.now += 61
    limit.count("new")
    assert len(limit._times) == 1


def test_a_key_that_waited_is_swept_up_too() -> None:
    clock = Clock()
    limit = RateLimit(1, 60, clock)
    for number in range(10_000):
        limit.count(str(number))
    clock.now += 61
    assert limit.wait("0") == 0
    limit.count("new")
    limit.count("newer")
    assert limit.wait("newer") == 60


def test_many_keys_take_bounded_memory_and_little_time() -> None:
    limit = RateLimit(2, 60, Clock())  # nothing runs out
    started = time.perf_counter()
    for number in range(200_000):
        limit.wait(str(number))
        limit.count(str(number))
    assert time.perf_counter() - started < 5
    assert len(limit._times) == MAX_KEYS
    # The newest are remembered, and one that is used stays.
    limit.count("199999")
    assert limit.wait("199999") == 60
    for number in range(MAX_KEYS - 1):
        limit.count(f"other {number}")
    assert limit.wait("199999") == 60


def test_times_that_have_run_out_are_let_go() -> None:
    clock = Clock()
    limit = RateLimit(1_000, 60, clock)
    for number in range(500):
        for _ in range(20):
            limit.count(str(number))
        clock.now += 1
    assert sum(len(times) for times in limit._times.values()) <= 60 * 20


def test_session_and_address_are_both_limited_and_a_refusal_counts_for_neither() -> None:
    guard = Guard(Limits(messages_per_minute=1, messages_per_minute_per_address=2))
    guard.admit("a", "x")
    for _ in range(3):
        with pytest.raises(BadRequest) as refusal:
            guard.admit("a", "x")
        assert refusal.value.status == 429
        assert refusal.value.retry_after == 60
    guard.admit("b", "x")
    with pytest.raises(BadRequest):
        guard.admit("c", "x")
    guard.admit("c", "y")


def test_limits_come_from_the_settings() -> None:
    limits = read_settings(
        Limits, {"messages_per_minute": 3, "trusted_proxies": ["::1"], "x": 1}, ""
    )
    assert limits == Limits(messages_per_minute=3, trusted_proxies=("::1",))
    assert read_settings(Limits, None, "") == Limits()
    empty = {"trusted_proxies": None, "address_header": None, "messages_per_minute": 0}
    assert read_settings(Limits, empty, "") == Limits(messages_per_minute=0)


NUMBERS = (
    *("max_characters", "max_bytes"),
    *("messages_per_minute", "messages_per_minute_per_address"),
)
NO_WHOLE_NUMBERS: tuple[object, ...] = (
    "15",
    None,
    True,
    False,
    -1,
    1.5,
    15.0,
    float("inf"),
    float("nan"),
    [],
    10**9,
)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        *[(name, value, "a whole number from") for name in NUMBERS for value in NO_WHOLE_NUMBERS],
        ("max_characters", 0, "from 1 to 1,000,000"),
        ("max_bytes", 0, "from 1,024 to 16,777,216"),
        ("messages_per_minute", -1, "from 0 to 100,000"),
        *[
            ("trusted_proxies", other_value, "a list like")
            for other_value in ("10.0.0.0/8", {"a": 1}, 5, True)
        ],
        *[
            ("trusted_proxies", [other_value], "10.0.0.0/8")
            for other_value in ("nonsense", "10.0.0.0/99", "", 2130706433, True, None)
        ],
        *[
            ("address_header", other_value, "X-Forwarded-For")
            for other_value in ("", "X Forwarded", "X-Real-IP:", 5, True, ["X-Real-IP"])
        ],
    ],
)
def test_what_is_no_limit_is_refused_with_its_name_and_what_is_allowed(
    name: str, value: Any, allowed: str
) -> None:
    with pytest.raises(BadSettings) as refused:
        read_settings(Limits, {name: value}, "credentials.yml, here")
    assert str(refused.value).startswith("credentials.yml, here: ")
    assert name in str(refused.value)
    assert allowed in str(refused.value)
