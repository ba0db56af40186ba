"""What became of each message that somebody sent, and what is wrong with it. No I/O."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

LATE_SECONDS = 5.0  # an answer for which somebody waits so long behind a fault is told


class End(Enum):
    """How a message ended for the person who sent it."""

    OPEN = "open"
    ANSWERED = "answered"
    APOLOGISED = "apologised"  # the assistant says that it has no answer just now
    OUT_OF_ORDER = "platform"  # WeChat itself says that the service is out of order
    REFUSED = "refused"  # not taken, with words that say so
    FORGOTTEN = "forgotten"  # answered, but what was reached before is not known any more
    CLOSED = "closed"  # the conversation is said to have ended


KIND_WORDS = {End.APOLOGISED, End.OUT_OF_ORDER, End.REFUSED}


@dataclass
class Sent:
    """One message.

    Attributes:
        person: who sent it.
        channel: by which.
        step: of the guide, that the answer has to show.
        at: when it was sent, by the monotonic clock in seconds.
        taken: when it was confirmed; None while it is not.
        done: when its answer, or a word that there is none, was seen.
        end: which of these.
        answers: how many there were.
        refusals: of single tries, by what was answered: a status, or "no connection".
        said: the beginning of what was said, if it was not what was asked for.
    """

    person: str
    channel: str
    step: int
    at: float = field(default_factory=time.monotonic)
    taken: float | None = None
    done: float | None = None
    end: End = End.OPEN
    answers: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    said: str = ""

    def finish(self, end: End, said: str = "") -> None:
        """Notes how it ended; the first end stays, unless an answer comes after all."""
        if self.end is End.OPEN or (self.end in KIND_WORDS and end is End.ANSWERED):
            self.end = end
            self.said = said[:60].replace("\n", " ") if end is End.FORGOTTEN else ""
            self.done = self.done or time.monotonic()


@dataclass
class Ledger:
    """All messages of all people, and what was wrong beyond single ones.

    Attributes:
        sent: in the order of sending.
        wrong: sentences about what must not be.
        seen: what those were shown who were not answered once and in order.
    """

    sent: list[Sent] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seen: dict[str, list[str]] = field(default_factory=dict)

    def open(self) -> list[Sent]:
        """Returns the messages whose end is not known."""
        return [message for message in self.sent if message.end is End.OPEN]

    def between(self, begin: float, end: float, young: float = 0.0) -> list[Sent]:
        """Returns the messages that were sent in a time, or were open at its beginning.

        Args:
            begin: by the monotonic clock, as `end`.
            end: until when.
            young: open messages that were sent so many seconds before the end are left out: they
                are being answered.
        """
        return [
            message
            for message in self.sent
            if (message.done or end) >= begin
            and message.at < (end if message.done else end - young)
        ]


@dataclass(frozen=True)
class Outcome:
    """What people met during one fault and after it.

    Attributes:
        fault: its name.
        messages: that were sent meanwhile or had to wait for its end.
        ends: how they ended.
        refusals: of single tries, which people made again.
        seconds: from the fault's end until the last message that waited then had its end.
        twice: messages with more than one answer.
        note: what else is to be said.
    """

    fault: str
    messages: int
    ends: Counter[End]
    refusals: Counter[str]
    seconds: float
    twice: int
    note: str = ""


def outcome(
    fault: str, messages: Sequence[Sent], over: float, settled: float, note: str = ""
) -> Outcome:
    """Returns what people met.

    Args:
        fault: its name.
        messages: that were sent or open during the fault or until it had settled.
        over: when the fault ended, by the monotonic clock.
        settled: when one looked.
        note: what else is to be said.
    """
    waits = [
        (settled if message.done is None else message.done) - max(over, message.at)
        for message in messages
        if message.done is None or message.done >= over
    ]
    refusals: Counter[str] = Counter()
    for message in messages:
        refusals.update(message.refusals)
    return Outcome(
        fault,
        len(messages),
        Counter(message.end for message in messages),
        refusals,
        max(waits, default=0.0),
        sum(message.answers > 1 for message in messages),
        note,
    )


HEAD = (
    "| fault | messages | answered | apology | WeChat's own word | refused | closed | forgotten"
    " | twice | stuck | back after, s |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def row(found: Outcome) -> str:
    """Returns a line of the table."""
    ends = [
        found.ends[end]
        for end in (
            End.ANSWERED,
            End.APOLOGISED,
            End.OUT_OF_ORDER,
            End.REFUSED,
            End.CLOSED,
            End.FORGOTTEN,
        )
    ]
    cells = [found.fault, found.messages, *ends, found.twice, found.ends[End.OPEN]]
    note = f" ({found.note})" if found.note else ""
    return f"| {' | '.join(map(str, cells))} | {found.seconds:.1f}{note} |"


def tries(found: Iterable[Outcome]) -> str:
    """Returns how often single tries were refused, by what was answered."""
    counts: Counter[str] = Counter()
    for one in found:
        counts.update(one.refusals)
    return ", ".join(f"{count} × {what}" for what, count in counts.most_common()) or "none"


def lines(messages: Iterable[Sent], over: float) -> list[str]:
    """Returns a line for each message that did not end with one answer, or only late.

    Args:
        messages: to look at.
        over: when the fault ended; the times in the lines are counted from there, in seconds.
    """
    found = []
    for one in messages:
        waited = (one.done or one.at) - max(over, one.at)
        if one.end is End.ANSWERED and one.answers == 1 and waited < LATE_SECONDS:
            continue
        times = [
            f"{word} {moment - over:+.1f}"
            for word, moment in (("sent", one.at), ("taken", one.taken), ("end", one.done))
            if moment is not None
        ]
        tries_ = ", ".join(f"{count} x {what}" for what, count in one.refusals.items())
        what = f"{one.person}: step {one.step}, {one.end.value}, {one.answers} answers"
        found.append(" ".join([what, *times, f"[{tries_}]", one.said]))
    return found
