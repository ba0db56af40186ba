"""`make chaos` finds what it looks for, and a short trial of each kind of fault.

What needs nothing but the model and some minutes runs always; the rest is left out unless it is
asked for (`make test ARGS="-m chaos"`).
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bench.chaos import attempts
from bench.chaos.attempts import PRIVATE, Plan, attempt
from bench.chaos.record import HEAD, End, Ledger, Sent, lines, outcome, row
from bench.chaos.targets import Target
from bench.chaos.trial import Trial
from bench.chaos.visitors import Crowd, Visitor, judge
from bench.chaos.writers import Writer
from channels.messages import unavailable
from scripts.cluster.backends import missing
from tests.channels.website.client import Client
from tests.channels.website.small_server import small_server
from tools.wechat_simulator import Clock, FakeWeChat

PATIENT = 120.0  # of a machine that others use as well; `make chaos` says what it was
SHORT = Plan(people=8, pause=5.0, seconds=5.0, settle=5.0, has_disk=False)


@pytest.fixture(autouse=True)
def results_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(attempts, "RESULTS", tmp_path)


def tried(kind: str, *names: str, **more: Any) -> Trial:
    """Returns a short trial of some faults, in which nothing was lost."""
    plan = Plan(**{**vars(SHORT), "only": names, **more})
    trial = asyncio.run(attempt(kind, plan))
    assert trial.problems(PATIENT) == [], "\n".join([*map(row, trial.outcomes), *trial.notes])
    assert len(trial.outcomes) > len(names)
    assert sum(message.end is End.ANSWERED for message in trial.ledger.sent) > SHORT.people
    return trial


@pytest.mark.long
@pytest.mark.timeout(600)
def test_make_run_loses_nothing_amid_some_faults() -> None:
    tried(
        "embedded",
        "kill -9: Rasa",
        "SIGSTOP 2 s: action server",
        "files that cannot grow",
        "started twice",
    )


@pytest.mark.chaos
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "names",
    [
        ("kill -9: action", "kill -9: operator", "kill -9: reader", "kill -9: make run"),
        ("SIGSTOP 2 s: Rasa", "10 times"),
        ("damaged",),
        ("clock",),
    ],
    ids=["kills", "stops and too many", "damaged files", "clocks"],
)
def test_make_run_loses_nothing(names: tuple[str, ...]) -> None:
    tried("embedded", *names)


@pytest.mark.chaos
@pytest.mark.timeout(2400)
@pytest.mark.skipif(bool(missing()), reason=missing())
@pytest.mark.parametrize(
    "names",
    [
        ("kill -9", "nginx reloaded"),
        ("SIGSTOP", "PostgreSQL", "started twice", "10 times", "clock"),
    ],
    ids=["kills", "the rest"],
)
def test_make_cluster_loses_nothing(names: tuple[str, ...]) -> None:
    tried("cluster", *names)


def sent(end: End, at: float, done: float | None, answers: int = 1) -> Sent:
    return Sent("somebody", "website", 3, at, at, done, end, answers)


def trial_of(*messages: Sent) -> Trial:
    trial = Trial(cast(Target, None), cast(FakeWeChat, None), 1)
    trial.ledger.sent += messages
    return trial


def test_what_must_not_be_is_found() -> None:
    assert trial_of(sent(End.ANSWERED, 1, 2), sent(End.REFUSED, 1, 2, 0)).problems() == []
    (stuck,) = trial_of(sent(End.OPEN, 1, None, 0)).problems()
    assert "neither an answer nor a word" in stuck
    (twice,) = trial_of(sent(End.ANSWERED, 1, 2, 2)).problems()
    assert "more than once" in twice
    trial = trial_of()
    trial.outcomes.append(outcome("kill", [sent(End.ANSWERED, 100, 131)], 120, 150))
    assert trial.problems() == ["kill: back only after 11.0 s"]
    assert trial.problems(back_seconds=12) == []


def test_times_count_from_the_end_of_the_fault() -> None:
    messages = [
        sent(End.ANSWERED, 90, 95),  # before its end
        sent(End.ANSWERED, 95, 103),
        sent(End.APOLOGISED, 130, 134),
        sent(End.OPEN, 120, None, 0),
    ]
    found = outcome("kill", messages[:3], 100, 150, "a note")
    assert found.seconds == 4
    assert row(found) == "| kill | 3 | 2 | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 4.0 (a note) |"
    assert row(found).count("|") == HEAD.splitlines()[0].count("|")
    assert outcome("kill", messages, 100, 150).seconds == 30
    assert lines(messages[:2], 100) == []
    (line,) = lines([messages[3]], 100)
    assert line.startswith("somebody: step 3, open, 0 answers sent +20.0")


def test_what_is_being_answered_is_not_stuck_yet() -> None:
    open_ = sent(End.OPEN, 96, None, 0)
    messages = [sent(End.ANSWERED, 50, 60), sent(End.ANSWERED, 97, 99), open_]
    ledger = Ledger(messages)
    assert ledger.between(70, 100) == messages[1:]
    assert ledger.between(70, 100, young=5) == messages[1:2]
    assert ledger.between(70, 102, young=5) == messages[1:]


def test_a_later_answer_counts_more_than_a_word_that_there_is_none() -> None:
    message = sent(End.OPEN, 1, None, 0)
    message.finish(End.OUT_OF_ORDER)
    message.finish(End.ANSWERED)
    message.finish(End.FORGOTTEN)
    assert message.end is End.ANSWERED


def test_answers_are_told_apart() -> None:
    assert judge("第 3 步 / 共 9 步：点", [3]) is End.ANSWERED
    assert judge("第 3 步 / 共 9 步：点", [5, 3]) is End.ANSWERED
    assert judge("第 3 步 / 共 9 步：点", [5]) is End.FORGOTTEN
    assert judge("上次做到这里\n第 3 步 / 共 9 步：点", [1]) is End.ANSWERED
    assert judge("没有正在做的步骤", [5]) is End.FORGOTTEN
    assert judge(unavailable()["text"], [5]) is End.APOLOGISED


def a_crowd() -> Crowd:
    return Crowd(Ledger(), pause=0.1, patience=5.0)


@pytest.fixture
def steps(tmp_path: Path) -> Iterator[str]:
    """Somebody in Rasa's place who says the step that was asked for."""

    async def answer(message: Any) -> None:
        number = next(filter(str.isdigit, message.text or ""), "1")
        text = {"text": f"第 {number} 步 / 共 9 步", "buttons": []}
        await message.output_channel.send_response(message.sender_id, text)

    with small_server(tmp_path, answer, messages_per_minute=0) as url:
        yield url


def visit(url: str, meddle: Any = None) -> Ledger:
    """Has somebody write at the website for a moment; returns what was noted."""
    crowd = a_crowd()
    visitor = Visitor(crowd, "somebody", url, "127.1.0.1")

    async def go() -> None:
        writing = asyncio.create_task(visitor.write())
        end = time.monotonic() + 20
        while len(crowd.ledger.sent) < 5 and time.monotonic() < end:
            await asyncio.sleep(0.05)
        if meddle:
            await asyncio.to_thread(meddle, Client(url, visitor._token))
        crowd.is_over.set()
        await asyncio.wait_for(writing, 30)

    asyncio.run(go())
    return crowd.ledger


def test_a_visitor_who_is_answered_finds_nothing_wrong(steps: str) -> None:
    ledger = visit(steps)
    assert ledger.wrong == []
    assert len(ledger.sent) >= 5
    assert {message.end for message in ledger.sent} == {End.ANSWERED}
    assert {message.answers for message in ledger.sent} == {1}


def test_a_visitor_notices_what_nobody_sent(steps: str, tmp_path: Path) -> None:
    def lose_an_answer(_: Client) -> None:
        with sqlite3.connect(tmp_path / "website.db") as database:
            database.execute("DELETE FROM messages WHERE seq = 2")

    assert any("missing" in wrong for wrong in visit(steps, lose_an_answer).wrong)


def test_a_visitor_hears_that_the_conversation_is_gone(steps: str) -> None:
    ledger = visit(steps, lambda client: client.call("DELETE", "/conversation"))
    assert ledger.wrong == []
    assert {message.end for message in ledger.sent} <= {End.ANSWERED, End.CLOSED}


@pytest.mark.parametrize(
    ("shown", "ends", "answers", "is_wrong"),
    [
        ((3, 5), [End.ANSWERED, End.ANSWERED], [1, 1], False),
        ((3, 3, 5), [End.ANSWERED, End.ANSWERED], [2, 1], True),
        ((5, 3), [End.ANSWERED, End.ANSWERED], [1, 1], True),
        ((5,), [End.OPEN, End.ANSWERED], [0, 1], False),
        ((3, 5, 7), [End.ANSWERED, End.ANSWERED], [1, 1], True),
    ],
    ids=["once", "twice", "out of order", "lost", "not asked for"],
)
def test_what_is_shown_in_wechat_is_compared_with_what_was_asked(
    shown: tuple[int, ...], ends: list[End], answers: list[int], is_wrong: bool
) -> None:
    person = FakeWeChat(Clock()).official_account().person("somebody")
    crowd = a_crowd()
    writer = Writer(crowd, person)
    writer._sent = [Sent("somebody", "official_account", step) for step in (3, 5)]
    for step in shown:
        person.shown("account", "text", f"第 {step} 步 / 共 9 步：点")
    writer._look()
    writer._compare()
    assert [message.end for message in writer._sent] == ends
    assert [message.answers for message in writer._sent] == answers
    assert bool(crowd.ledger.wrong) is is_wrong


def test_faults_come_round_again_until_the_time_is_over() -> None:
    faults: Any = [SimpleNamespace(name="kill -9: Rasa"), SimpleNamespace(name="disk full")]
    assert Plan().rounds(faults) == faults
    assert Plan(only=("disk",)).rounds(faults) == [faults[1]]
    assert len(Plan(seconds=60, settle=30, minutes=6).rounds(faults)) == 4
    assert Plan(only=("nothing",), minutes=5).rounds(faults) == []
    assert PRIVATE.startswith("ZHAOHUI_")
