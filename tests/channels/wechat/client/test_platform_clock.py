"""The platform's time is told from what it sends, however wrong this machine's clock is."""

from __future__ import annotations

import logging
import random

import pytest

from channels.wechat.client.platform_clock import PERIOD_SECONDS, PlatformClock, PlatformClocks
from channels.wechat.conversation.health import Health

NOW = 1_750_000_000.0


class Machine:
    """A machine with a wrong clock, and the platform.

    Attributes:
        now: the true time, which is the platform's.
        fast: how many seconds the machine's clock is ahead.
        drift: how many seconds a second of its steady clock is too long.
    """

    def __init__(self, fast: float = 0.0) -> None:
        self.now = NOW
        self.fast = fast
        self.drift = 0.0
        self.clock = PlatformClock("hall", lambda: self.now + self.fast, self.steady)

    def steady(self) -> float:
        return (self.now - NOW) * (1 + self.drift) + 77.7

    def hear(self, delay: float = 0.0) -> None:
        """Something arrives that the platform sent so many seconds ago."""
        self.clock.observe(float(int(self.now - delay)))


def test_before_anything_is_heard_the_machine_is_believed() -> None:
    machine = Machine(fast=60)
    assert machine.clock() == NOW + 60
    assert not machine.clock.is_measured
    assert machine.clock.skew == 0


@pytest.mark.parametrize("fast", [-86_400.0, -600.0, -60.0, -3.0, 0.0, 3.0, 60.0, 600.0, 86_400.0])
def test_the_skew_is_measured(fast: float) -> None:
    machine = Machine(fast)
    rng = random.Random(1)
    for _ in range(200):
        machine.now += rng.uniform(0, 5)
        machine.hear(rng.choice([0.05, 0.3, 2.0, 12.0]))
    assert machine.clock.is_measured
    assert abs(machine.clock() - machine.now) < 0.6
    assert abs(machine.clock.skew - fast) < 0.6


def test_what_comes_late_or_is_sent_again_does_not_count() -> None:
    machine = Machine()
    machine.hear()
    for delay in (15, 200, 299, 86_400):
        machine.hear(delay)
    assert machine.clock() == NOW
    machine.now += PERIOD_SECONDS + 1
    machine.hear(299)
    assert machine.clock() == machine.now


def test_a_clock_that_is_set_right_makes_nothing_late() -> None:
    machine = Machine(fast=-60)
    machine.hear()
    machine.fast = 0
    machine.now += 1
    assert machine.clock() == machine.now
    assert machine.clock.skew == 0


def test_a_steady_clock_that_drifts_is_followed() -> None:
    machine = Machine()
    machine.drift = 50e-6
    for _ in range(86_400 // 60):
        machine.now += 60
        machine.hear(0.1)
    assert abs(machine.clock() - machine.now) < 1.2
    machine.now += 86_400  # nothing is heard for a day
    machine.hear(0.1)
    assert abs(machine.clock() - machine.now) < 1.2


def test_memory_is_bounded() -> None:
    machine = Machine()
    machine.hear()
    size = len(vars(machine.clock))
    for _ in range(10_000):
        machine.now += 1
        machine.hear()
    assert len(vars(machine.clock)) == size
    assert not [
        value for value in vars(machine.clock).values() if isinstance(value, list | dict | set)
    ]


@pytest.mark.parametrize(("fast", "said"), [(60.0, "60 s fast"), (-600.0, "600 s slow")])
def test_a_wrong_clock_is_told_once_and_when_it_is_right_again(
    caplog: pytest.LogCaptureFixture, fast: float, said: str
) -> None:
    caplog.set_level(logging.INFO)
    machine = Machine(fast)
    for _ in range(9):
        machine.hear()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert said in caplog.text
    assert "hall" in caplog.text
    machine.fast = 1
    machine.hear()
    machine.hear()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_seconds_of_the_way_and_the_cut_off_are_no_wrong_clock(
    caplog: pytest.LogCaptureFixture,
) -> None:
    machine = Machine(2.5)
    machine.now += 0.9
    machine.hear(1)
    assert not caplog.records


def test_health_says_how_wrong_the_clock_is() -> None:
    fast = 0.0
    clocks = PlatformClocks(["a", "b"], lambda: NOW + fast, lambda: 0.0)
    health = Health(clocks)
    assert health.report() == {"status": "ok"}
    clocks._clocks["b"].observe(NOW)
    assert health.report() == {"status": "ok"}
    for fast in (60.0, -600.0):
        warnings = [{"what": "clock_skew", "seconds": int(fast)}]
        assert health.report() == {"status": "ok", "warnings": warnings}


def test_health_counts_who_gets_no_answer_for_two_days_at_most() -> None:
    now = 0.0
    health = Health(PlatformClocks([], lambda: NOW), lambda: now)
    for conversation_id in ("a", "b", "a", "c", "d"):
        health.silenced(conversation_id, "waiting_in_pool")
    health.silenced("d", "served_by_human")
    health.freed("c")
    health.freed("nobody")
    serving = {"what": "served_by_human", "conversations": 1}
    waiting = {"what": "waiting_in_pool", "conversations": 2}
    assert health.report()["warnings"] == [serving, waiting]
    now = 48 * 3600.0
    assert health.report() == {"status": "ok"}
