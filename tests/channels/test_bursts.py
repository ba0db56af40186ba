"""Which texts wait for the next, which are read together, and for how long at most."""

from __future__ import annotations

import asyncio
import time

import pytest

from channels import bursts
from channels.bursts import MAX_TEXTS, Waiting, count_joinable, joined, pause_after, settle


@pytest.mark.parametrize(
    "text",
    ["在吗", "密码忘了", "我刚才已经按照您说的去试了，", "等等。。", "[hidden:password]"],
)
def test_what_looks_unfinished_waits(text: str) -> None:
    assert pause_after(text, 0.8) == 0.8


@pytest.mark.parametrize("text", ["在吗？", "没有。", "电子营业执照的密码忘记了怎么办", "OK!\n"])
def test_a_whole_sentence_does_not_wait(text: str) -> None:
    assert pause_after(text, 0.8) == 0


def test_texts_are_joined_in_their_order_and_an_empty_one_adds_nothing() -> None:
    assert joined(["在吗", "", "密码忘了"]) == "在吗\n密码忘了"


def test_a_burst_is_bounded_in_number_and_length() -> None:
    assert count_joinable(["一"] * (MAX_TEXTS + 5), 2_000) == MAX_TEXTS
    texts = ["一" * 40, "二" * 40, "三" * 40]
    assert count_joinable(texts, 81) == 2
    assert len(joined(texts[:2])) == 81
    assert count_joinable(texts, 80) == 1
    assert count_joinable(["一" * 100], 80) == 1  # a single one has been let in already
    assert count_joinable([], 80) == 0


def waits(*seen: Waiting, seconds: float = 0.3, every: float = 0.2) -> float:
    """Returns how long the texts wait that come one after the other, in so many seconds each."""

    async def main() -> float:
        left, news = list(seen), asyncio.Event()

        async def tell() -> None:
            for _ in seen[1:]:
                await asyncio.sleep(every)
                news.set()

        async def read() -> Waiting:
            return left.pop(0) if len(left) > 1 else left[0]

        began = time.monotonic()
        telling = asyncio.create_task(tell())
        await settle(read, news, seconds)
        telling.cancel()
        return time.monotonic() - began

    return asyncio.run(main())


def test_what_has_waited_already_does_not_wait_again() -> None:
    assert 0.25 < waits(Waiting(["在吗"], False, 0)) < 0.6
    assert waits(Waiting(["在吗"], False, 60)) < 0.1
    assert waits(Waiting(["在吗"], False, 0), seconds=0) < 0.1


def test_each_text_that_comes_is_waited_for_anew_and_a_whole_one_ends_the_wait() -> None:
    one, two = Waiting(["在吗"], False, 0), Waiting(["在吗", "我那个"], False, 0)
    assert 0.45 < waits(one, two) < 0.9
    assert waits(one, Waiting(["在吗", "密码忘了怎么办？"], False, 0)) < 0.3
    assert waits(Waiting(["在吗"], True, 0)) < 0.1


def test_the_pauses_of_a_burst_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bursts, "HOLD_SECONDS", 0.5)
    endless = [Waiting(["啊"] * count, False, 0) for count in range(1, 100)]
    assert 0.45 < waits(*endless, every=0.05) < 0.9


def test_a_clock_that_was_set_back_holds_nothing_longer() -> None:
    assert waits(Waiting(["在吗"], False, -3_600)) < 0.6
