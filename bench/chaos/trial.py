"""People write while one fault after the other befalls what is tried."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.chaos.faults import Fault
from bench.chaos.record import HEAD, End, Ledger, Outcome, lines, outcome, row, tries
from bench.chaos.targets import Target
from bench.chaos.visitors import Crowd, Visitor
from bench.chaos.writers import Writer
from scripts.console import Failure
from tools.wechat_simulator import FakeWeChat
from tools.wechat_simulator.account import Account

WEBSITE_SHARE = 0.6  # of the people
START_SECONDS = 8.0  # over which they begin
SETTLE_SECONDS = 30.0
YOUNG_SECONDS = 5.0  # a message is being answered
BACK_SECONDS = 10.0  # within which all that waits has to have its end
PATIENCE_SECONDS = 150.0


@dataclass
class Trial:
    """What is tried, by whom, and what came of it.

    Attributes:
        target: that runs.
        fake: WeChat, whose accounts lead to the target.
        people: how many write.
        pause: of each between two messages, in seconds on average.
        settle: how long after a fault nothing else goes wrong, in seconds.
        tell: is called with each line of the report.
        ledger: of all messages.
        outcomes: of the faults.
        notes: each message that did not end with one answer, for who looks for the reason.
    """

    target: Target
    fake: FakeWeChat
    people: int
    pause: float = 15.0
    settle: float = SETTLE_SECONDS
    tell: Callable[[str], None] = print
    ledger: Ledger = field(default_factory=Ledger)
    outcomes: list[Outcome] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    async def run(self, faults: Sequence[Fault]) -> None:
        """Has people write, and everything go wrong in turn; returns when all are answered."""
        crowd = Crowd(self.ledger, self.pause, PATIENCE_SECONDS)
        tasks = [asyncio.create_task(one) for one in self._people(crowd)]
        self.tell(HEAD)
        try:
            await self._rest(tasks, START_SECONDS + self.settle / 2)
            self._note("none", time.monotonic() - self.settle / 2, time.monotonic())
            for fault in faults:
                await self._befall(fault, tasks)
        finally:
            crowd.is_over.set()
        for problem in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(problem, BaseException):
                self.ledger.wrong.append(f"{type(problem).__name__}: {problem}")

    def problems(self, back_seconds: float = BACK_SECONDS) -> list[str]:
        """Returns what must not be, in sentences.

        Args:
            back_seconds: within which all that waits has to have its end after a fault.
        """
        found = list(dict.fromkeys(self.ledger.wrong))
        stuck = self.ledger.open()
        if stuck:
            channels = ", ".join(sorted({message.channel for message in stuck}))
            found.append(f"{len(stuck)} messages have neither an answer nor a word ({channels})")
        twice = [message for message in self.ledger.sent if message.answers > 1]
        if twice:
            found.append(f"{len(twice)} messages were answered more than once")
        for one in self.outcomes:
            if one.seconds > back_seconds:
                found.append(f"{one.fault}: back only after {one.seconds:.1f} s")
        return found

    def summary(self) -> str:
        """Returns what all of it was together."""
        ends = {end: sum(one.end is end for one in self.ledger.sent) for end in End}
        words = ", ".join(f"{count} {end.value}" for end, count in ends.items() if count)
        return f"{len(self.ledger.sent)} messages: {words}. Single tries: {tries(self.outcomes)}."

    def _people(self, crowd: Crowd) -> list[Any]:
        visitors = round(self.people * WEBSITE_SHARE)
        found: list[Any] = [self._visitor(crowd, number).write() for number in range(visitors)]
        for number in range(self.people - visitors):
            account: Account = self.fake.accounts[number % len(self.fake.accounts)]
            person = account.person(f"{account.kind} {number}")  # type: ignore[attr-defined]
            found.append(Writer(crowd, person).write())
        return [_later(one, START_SECONDS * n / len(found)) for n, one in enumerate(found)]

    def _visitor(self, crowd: Crowd, number: int, waits: bool = True) -> Visitor:
        address = f"127.1.{number // 250}.{number % 250 + 1}"
        target = self.target
        name = f"visitor {number}"
        return Visitor(crowd, name, target.url, address, waits, target.context)

    async def _befall(self, fault: Fault, tasks: Sequence[asyncio.Task[Any]]) -> None:
        began = time.monotonic()
        flood = Crowd(self.ledger, self.pause, PATIENCE_SECONDS)
        more = [
            asyncio.create_task(self._visitor(flood, 1000 + number, waits=False).write())
            for number in range((fault.load - 1) * self.people)
        ]
        try:
            note = await asyncio.to_thread(fault.run)
        except (Failure, OSError, KeyError) as error:
            note = f"{type(error).__name__}: {error}"
            self.ledger.wrong.append(f"{fault.name}: {note}")
        over = time.monotonic()
        flood.is_over.set()
        await self._rest(tasks, self.settle)
        end = over + PATIENCE_SECONDS
        while any(one.at < over for one in self.ledger.open()) and time.monotonic() < end:
            await asyncio.sleep(0.2)
        self._note(fault.name, began, over, note)
        await asyncio.gather(*more, return_exceptions=True)

    def _note(self, name: str, began: float, over: float, note: str = "") -> None:
        now = time.monotonic()
        messages = self.ledger.between(began, now, YOUNG_SECONDS)
        found = outcome(name, messages, over, now, note)
        self.outcomes.append(found)
        self.notes += [f"\n{name}", *lines(messages, over)]
        self.tell(row(found))

    async def _rest(self, tasks: Sequence[asyncio.Task[Any]], seconds: float) -> None:
        await asyncio.sleep(seconds)
        for task in tasks:
            if task.done() and task.exception():
                raise Failure(f"somebody has stopped writing: {task.exception()!r}")


async def _later(work: Any, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await work
