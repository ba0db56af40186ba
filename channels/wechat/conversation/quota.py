"""How much may still be sent to a person, counted as the platforms count; no I/O.

The numbers are those of the platforms' pages on customer messages: a message of the person's
opens a quota window of 5 sends in 48 hours; some events open a small one. What is sent beyond is
lost, so the last send of a quota window is kept back for the way to people who help.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

RESERVE = 1  # ordinary sends leave as many to the hand-over to a bureau
MESSAGE, EVENT = "message", "event"
# WeChat gives the time of a message in whole seconds, cut off.
TICK_SECONDS = 1.0
MAX_TIMES = 8  # of sends: more than any quota window allows


@dataclass(frozen=True)
class Allowance:
    """So many sends in so many seconds."""

    sends: int
    seconds: float


BY_MESSAGE = Allowance(5, 48 * 3600.0)
# What opens a small quota window, by the kind of account and the event's name in small letters. A
# click on a menu's link (`view`) opens none; KF's welcome goes by a code of its own and counts
# nowhere.
BY_EVENT: Mapping[str, Mapping[str, Allowance]] = {
    "official_account": dict.fromkeys(
        ("click", "subscribe", "scan", "scancode_push", "scancode_waitmsg"), Allowance(3, 60.0)
    ),
    "mini_program": {"user_enter_tempsession": Allowance(2, 60.0)},
    "kf": {},
}


@dataclass
class QuotaWindow:
    """Sends that are allowed for a time.

    Attributes:
        since: when the person did what opened it, in seconds since 1970.
        until: when it closes.
        left: the sends that remain.
    """

    since: float
    until: float
    left: int


@dataclass
class Ledger:
    """What was opened and spent in the conversation with one person.

    The platforms do not say how a small quota window and the large one go together. So the newest
    one that is open decides how much is left, and a send counts against both: neither reading is
    ever exceeded.

    Attributes:
        quota_windows: by what opened them, MESSAGE or EVENT.
        newest: which of them was opened last.
        sent: how many sends there were in all; a message that comes in notes the number, see
            `opened_by_message`.
        times: when the last of them were, in seconds since 1970.
    """

    quota_windows: dict[str, QuotaWindow] = field(default_factory=dict)
    newest: str = MESSAGE
    sent: int = 0
    times: list[float] = field(default_factory=list)

    def opened_by_message(self, when: float, sent: int | None = None) -> None:
        """The person wrote: a full quota window, whatever was spent before.

        Messages wait for their turn, while earlier ones are answered; the platform counts these
        answers against the quota window that the later message opened. They are known by the number
        of sends when it came in, and by their times.

        Args:
            when: the time of the message, as WeChat gives it, in seconds since 1970.
            sent: `sent` of the ledger when the message came in; None if that is just now.
        """
        self._open(MESSAGE, when, BY_MESSAGE, sent)

    def opened_by_event(
        self, when: float, limit: int, seconds: float = 60.0, sent: int | None = None
    ) -> None:
        """The person did what opens a small quota window; what a message opened stays as it is.

        Args:
            when: the time of the event, in seconds since 1970.
            limit: how many sends it allows, see BY_EVENT.
            seconds: for how long.
            sent: as in `opened_by_message`.
        """
        self._open(EVENT, when, Allowance(limit, seconds), sent)

    def left(self, now: float) -> int:
        """Returns how many sends remain now, the reserve among them."""
        live = self._live(now)
        if self.newest in live:
            return live[self.newest].left
        return max((quota_window.left for quota_window in live.values()), default=0)

    def spend(self, now: float) -> bool:
        """Counts one send; False, and nothing is counted, if none is left."""
        if self.left(now) < 1:
            return False
        for quota_window in self._live(now).values():
            quota_window.left = max(quota_window.left - 1, 0)
        self.sent += 1
        self.times = [*self.times, now][-MAX_TIMES:]
        return True

    def exhausted(self, when: float | None = None) -> None:
        """The platform takes no more (45015, 45047, 95001, 95002), whatever was counted here.

        Args:
            when: it says so of a time, in seconds since 1970; what was opened since is open.
        """
        for quota_window in self.quota_windows.values():
            if when is None or quota_window.since <= when:
                quota_window.left = 0

    def dumps(self) -> str:
        """Returns the ledger as JSON."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def loads(cls, text: str | None) -> Ledger:
        """Returns the ledger in some JSON; a new one if there is none yet."""
        data: dict[str, Any] = json.loads(text) if text else {}
        quota_windows = {
            name: QuotaWindow(**fields) for name, fields in data.pop("quota_windows", {}).items()
        }
        return cls(quota_windows=quota_windows, **data)

    def _open(self, kind: str, when: float, allowance: Allowance, sent: int | None) -> None:
        known = self.quota_windows.get(kind)
        if known and when < known.since:
            return  # came in out of order: a later one has opened this quota window already
        first = self.sent - len(self.times)
        used = sum(
            time >= when + TICK_SECONDS or (sent is not None and first + i >= sent)
            for i, time in enumerate(self.times)
        )
        left = max(allowance.sends - used, 0)
        self.quota_windows[kind] = QuotaWindow(when, when + allowance.seconds, left)
        other = self.quota_windows.get(EVENT if kind == MESSAGE else MESSAGE)
        if other is None or when >= other.since:
            self.newest = kind

    def _live(self, now: float) -> dict[str, QuotaWindow]:
        return {
            name: quota_window
            for name, quota_window in self.quota_windows.items()
            if now < quota_window.until
        }
