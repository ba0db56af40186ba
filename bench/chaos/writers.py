"""People in WeChat, who see what its strict imitation shows them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bench.chaos.record import End, Sent
from bench.chaos.visitors import BEGIN, NO_GUIDE, SHOWN_STEP, STEP, Crowd, judge
from tools.wechat_simulator.person import Person
from tools.wechat_simulator.transcript import Shown

LATE_SECONDS = 5.0  # so long an answer may still come after WeChat has said that there is none
LOOK_SECONDS = 0.05


class Writer:
    """Somebody who writes to an account and waits for the answer before the next message.

    WeChat's answers do not say to what they are one, so each message asks for another step of the
    guide, and the answer shows which.
    """

    def __init__(self, crowd: Crowd, person: Person[Any]) -> None:
        self._crowd = crowd
        self._person = person
        self._sent: list[Sent] = []
        self._seen = 0  # bubbles that are judged already

    async def write(self) -> None:
        """Sends messages until all is over, then looks whether something was said twice."""
        begins = True
        while not self._crowd.is_over.is_set():
            steps = [message.step for message in self._sent]
            message = await self._send(1 if begins else self._crowd.next_step(steps))
            begins = NO_GUIDE in message.said or (begins and message.end is not End.ANSWERED)
            await self._crowd.rest()
        self._look()
        self._compare()

    async def _send(self, step: int) -> Sent:
        self._look()  # what has come since belongs to what was before
        message = Sent(self._person.name, self._person.account.kind, step)
        self._crowd.ledger.sent.append(message)
        self._sent.append(message)
        text = BEGIN if step == 1 else STEP.format(step=step)
        push = asyncio.create_task(self._person.say(text))
        end = message.at + self._crowd.patience
        said = None
        while time.monotonic() < end:
            self._look()
            if push.done() and message.taken is None and push.result().acknowledged:
                message.taken = time.monotonic()
            if message.end is End.OUT_OF_ORDER:
                said = said or time.monotonic()
                if time.monotonic() - said > LATE_SECONDS:
                    break
            elif message.end is not End.OPEN:
                break
            await asyncio.sleep(LOOK_SECONDS)
        await push
        return message

    def _look(self) -> None:
        """Judges what was shown since the last look."""
        bubbles = self._person.seen[self._seen :]
        self._seen += len(bubbles)
        for bubble in bubbles:
            self._see(bubble)

    def _see(self, bubble: Shown) -> None:
        if not self._sent:
            return
        last = self._sent[-1]
        if bubble.by == "platform":
            last.refusals["WeChat's own word"] += 1
            last.finish(End.OUT_OF_ORDER)
            return
        shown = SHOWN_STEP.search(bubble.text)
        if not shown:  # there is at most one whose end is not known: the last
            last.answers += 1
            last.finish(judge(bubble.text, [last.step]), bubble.text)
            return
        # It is to the last message that asked for this step and has no answer, or is one too many.
        asked = [one for one in self._sent[-3:] if one.step in (1, int(shown[1]))]
        open_ = [one for one in asked if one.end is not End.ANSWERED]
        if not asked:
            self._crowd.ledger.wrong.append(f"{self._person.name}: an answer that nobody asked for")
            return
        message = open_[-1] if open_ else asked[-1]
        message.answers += 1
        message.finish(End.ANSWERED)

    def _compare(self) -> None:
        """Compares the steps that were shown with those that were asked for."""
        texts = [bubble.text for bubble in self._person.seen if bubble.by == "account"]
        shown = [int(found[1]) for found in map(SHOWN_STEP.search, texts) if found]
        asked = iter(message.step for message in self._sent)
        # Consumes `asked`: a subsequence. Who begins once more is led to where they were.
        if not all(any(one in (1, step) for one in asked) for step in shown):
            self._crowd.ledger.wrong.append(f"{self._person.name}: not answered once and in order")
            self._crowd.ledger.seen[self._person.name] = [
                f"{bubble.by}: {bubble.text[:60]!r}" for bubble in self._person.transcript.all
            ]
