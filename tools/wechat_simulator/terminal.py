"""One person's chat in a terminal: what each line typed does, and what the person is shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

from tools.wechat_simulator.commands import Commands, Impossible
from tools.wechat_simulator.kf import Kf
from tools.wechat_simulator.messenger import Messenger
from tools.wechat_simulator.server import FakeWeChat
from tools.wechat_simulator.stdin import Lines
from tools.wechat_simulator.traffic import Tap
from tools.wechat_simulator.transcript import Shown

POLL_SECONDS = 0.05
ANSWER_SECONDS = 20.0
QUIET_SECONDS = 0.5  # after which, in a pipe, the answer counts as complete
PROMPT = "> "
NAMES = {"account": "assistant", "human": "human", "platform": "WeChat"}
WAYS = {"passive": " (passive answer)", "event": " (by a code, at no cost)"}
Watch = Callable[[], None]


class Terminal:
    """The chat.

    Args:
        fake: The platforms, running in a thread of their own.
        account: The account that is written to.
        tap: The traffic of the account.
        agents: Whether people serve behind the account.
        lines: What the person does.
    """

    def __init__(
        self, fake: FakeWeChat, account: Kf | Messenger, tap: Tap, agents: bool, lines: Lines
    ) -> None:
        self._fake = fake
        self._account = account
        self._tap = tap
        self._lines = lines
        self._commands = Commands(account, tap, agents)
        self._person = self._commands.person
        self._situation = self._commands.situation()
        self._shown = self._failures = self._warnings = self._handoffs = 0
        self._prompted = False

    def run(self, watch: Watch) -> None:
        """Does line after line until there are no more.

        Args:
            watch: Is called again and again, and raises when all is to end.
        """
        try:
            while True:
                watch()
                self._look()
                self._prompt()
                line = self._lines.next(POLL_SECONDS)
                if line is None:
                    continue
                self._prompted = False
                if line:
                    self._do(line, watch)
        except EOFError:
            if self._lines.typed:
                print(flush=True)

    def _do(self, line: str, watch: Watch) -> None:
        if not self._lines.typed:
            print(f"{PROMPT}{line}", flush=True)
        before, served = len(self._person.seen), self._commands.is_served()
        try:
            work, answered = self._commands.meant(line)
        except Impossible as why:
            self._note(str(why))
            return
        if work is None:
            return
        self._tap.start_anew()
        done = self._carry_out(work, watch)
        if not self._lines.typed:
            self._wait(before, answered and done and not served, watch)

    def _carry_out(self, work: Coroutine[Any, Any, Any], watch: Watch) -> bool:
        """Lets the fake do it, and shows meanwhile what there is to see; False if it cannot."""
        problems: list[str] = []

        def do() -> None:
            try:
                self._fake.do(work)
            except AssertionError as error:  # the platform does not offer it
                problems.append(f"not possible: {error}")

        thread = threading.Thread(target=do, daemon=True)
        thread.start()
        while thread.is_alive():
            watch()
            thread.join(POLL_SECONDS)
            self._look()
        for problem in problems:
            self._note(problem)
        return not problems

    def _wait(self, before: int, answered: bool, watch: Watch) -> None:
        """Waits for the answer if one is due, and until nothing more comes."""
        end = time.monotonic() + ANSWER_SECONDS
        while answered and len(self._person.seen) == before and not self._commands.is_served():
            if time.monotonic() > end:
                self._note(f"no answer within {ANSWER_SECONDS:.0f} s")
                break
            watch()
            time.sleep(POLL_SECONDS)
        since, count = time.monotonic(), self._happened()
        while time.monotonic() < since + QUIET_SECONDS:
            watch()
            time.sleep(POLL_SECONDS)
            if self._happened() != count:
                since, count = time.monotonic(), self._happened()
        self._look()

    def _happened(self) -> int:
        account = self._account
        return len(self._person.seen) + len(account.calls) + len(account.pusher.pushes)

    def _look(self) -> None:
        """Shows what is new."""
        for shown in self._person.seen[self._shown :]:
            self._shown += 1
            self._print(*bubble(shown))
        pushes = self._account.pusher.pushes
        handoffs = sum(bool(push.answer and push.answer.kind == "handoff") for push in pushes)
        if handoffs > self._handoffs:
            self._handoffs = handoffs
            self._note("the message was answered with transfer_customer_service")
        situation = self._commands.situation()
        if situation != self._situation:
            self._situation = situation
            self._note(situation)
        for failure in self._account.failures[self._failures :]:
            self._failures += 1
            self._print(f"!! the platform takes it for broken: {failure.why}")
        for warning in self._account.warnings[self._warnings :]:
            self._warnings += 1
            self._print(f"!! works, but should not be: {warning.why}")

    def _note(self, text: str) -> None:
        self._print(f"-- {text}")

    def _print(self, *lines: str) -> None:
        if self._prompted:  # it stands in the way
            print("\r\033[K", end="")
            self._prompted = False
        print("\n".join(lines), flush=True)

    def _prompt(self) -> None:
        if self._lines.typed and not self._prompted:
            print(PROMPT, end="", flush=True)
            self._prompted = True


def bubble(shown: Shown) -> list[str]:
    """Returns one bubble of the chat as lines."""
    kind = "" if shown.kind in ("text", "menu") else f" [{shown.kind}]"
    lines = [f"{NAMES[shown.by]}{WAYS.get(shown.via, '')}:{kind}"]
    lines += [f"  {line}".rstrip() for line in shown.text.splitlines()]
    return [*lines, *(f"  [{i}] {item.title}" for i, item in enumerate(shown.items, 1))]
