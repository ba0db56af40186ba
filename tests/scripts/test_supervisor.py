"""The pause before a program is started again: it grows, has an end, and is forgotten."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from scripts import supervisor
from scripts.processes import Program
from scripts.supervisor import Supervisor

SECONDS = 10


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(supervisor, "MAX_PAUSE_SECONDS", 0.2)


def look_until(watching: Supervisor, lines: list[str], amount: int) -> None:
    deadline = time.monotonic() + SECONDS
    while len(lines) < amount and time.monotonic() < deadline:
        watching.look()
        time.sleep(0.01)
    assert len(lines) == amount


def program(tmp_path: Path, code: str) -> Program:
    return Program("It", [sys.executable, "-S", "-c", code], tmp_path / "it.log")


def test_who_keeps_stopping_waits_longer_but_not_for_ever(tmp_path: Path) -> None:
    lines: list[str] = []
    watching = Supervisor([program(tmp_path, "print('why'); raise SystemExit(3)")], lines.append)
    begun = time.monotonic()
    look_until(watching, lines, 4)
    assert time.monotonic() - begun >= 0.1 + 0.2 + 0.2  # the fourth stop comes after three pauses
    assert all("It has stopped (exit code 3)" in line for line in lines)
    assert (tmp_path / "it.log").read_text("utf-8").count("why") == 4
    for running in watching.programs:
        running.stop()


def test_who_ran_steadily_is_started_again_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STEADY_SECONDS", 0.0)
    monkeypatch.setattr(supervisor, "MAX_PAUSE_SECONDS", 60.0)
    lines: list[str] = []
    watching = Supervisor([program(tmp_path, "")], lines.append)
    begun = time.monotonic()
    look_until(watching, lines, 6)
    assert time.monotonic() - begun < 0.1 * 2**5  # with pauses that double it would be more
    for running in watching.programs:
        running.stop()
