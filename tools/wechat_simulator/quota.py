"""How much a bot may send to one person, and until when.

Rules (wechat.md, "Limits"; all documented by the platforms):
- official account: a message opens 5 sends in 48 h; a menu click, following or scanning opens
  3 in 1 min. A click in a *menu message* counts as a menu click, not as a message: the page on
  customer messages says so in a special note, and that it opens no quota of a message;
- mini-program: a message opens 5 in 48 h, entering the session 2 in 1 min;
- KF: a message opens 5 in 48 h.

Where a message's quota window and an event's overlap the platform does not say which counts. The
fake is the stricter of both readings: while the event's quota window is the newest it alone decides
(as if it had replaced the other), yet each send is taken off both (as if they were one).
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.wechat_simulator.clock import Clock

HOURS_48 = 48 * 3600.0
MINUTE = 60.0


@dataclass
class QuotaWindow:
    """Some sends until a time; `order` tells which quota window is the newest."""

    left: int
    until: float
    order: int


class QuotaWindows:
    """The quota windows of one person."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order = 0
        self._message: QuotaWindow | None = None
        self._event: QuotaWindow | None = None

    def message(self, left: int = 5, seconds: float = HOURS_48) -> None:
        """The person wrote: a full new quota window."""
        self._message = self._new(left, seconds)

    def event(self, left: int, seconds: float = MINUTE) -> None:
        """The person did something that opens a small quota window."""
        self._event = self._new(left, seconds)

    def close(self) -> None:
        """The person unfollowed: nothing may be sent."""
        self._message = self._event = None

    def _new(self, left: int, seconds: float) -> QuotaWindow:
        self._order += 1
        return QuotaWindow(left, self._clock.now() + seconds, self._order)

    def _live(self) -> list[QuotaWindow]:
        now = self._clock.now()
        return [
            quota_window
            for quota_window in (self._message, self._event)
            if quota_window and now < quota_window.until
        ]

    @property
    def open(self) -> bool:
        """Whether any quota window is open, used up or not."""
        return bool(self._live())

    @property
    def left(self) -> int:
        """How many sends the quota window that counts still has."""
        return (
            max(self._live(), key=lambda quota_window: quota_window.order).left if self.open else 0
        )

    def spend(self) -> None:
        """Takes one send off every open quota window."""
        for quota_window in self._live():
            quota_window.left = max(0, quota_window.left - 1)
