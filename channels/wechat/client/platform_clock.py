"""The platform's time, told from what it sends: this machine's own clock may be wrong. No I/O.

Messages and pushes carry the platform's time in whole seconds, cut off, and so does the head of
every HTTP answer (`Date`, RFC 9110 section 6.6.1). What arrives was sent before, so every such time
is at most the platform's time at its arrival: of many, the one with the least delay is the best.
Between two of them a clock that nobody sets (`time.monotonic`) goes on, so that this machine's
clock may be wrong, and may also be set right, without anything being late or early.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable

from channels.wechat.settings import Account

logger = logging.getLogger(__name__)

# The best time of this and of the last period counts; older ones do not, because also a clock
# that nobody sets may run a little too fast: 50 millionths are 0.06 s in this time.
PERIOD_SECONDS = 600.0
REPORTED_SECONDS = (
    5.0  # a clock that is wrong by more is reported; half a second of it is the cut-off
)


class PlatformClock:
    """The platform's time for one account."""

    def __init__(
        self,
        name: str,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes the clocks of this machine.

        Args:
            name: of the account, for the log.
            clock: gives seconds since 1970, perhaps wrong, and may be set at any time.
            steady: gives seconds since some moment, and is never set.
        """
        self._name = name
        self._clock = clock
        self._steady = steady
        self._since = 0.0
        # The platform's time less the steady one, of this period and the one before.
        self._best: float | None = None
        self._last_best: float | None = None
        self._reported = 0.0

    def __call__(self) -> float:
        """Returns it in seconds since 1970; this machine's, before anything was observed."""
        offset = self._offset
        return self._clock() if offset is None else self._steady() + offset

    @property
    def _offset(self) -> float | None:
        known = [offset for offset in (self._best, self._last_best) if offset is not None]
        return max(known, default=None)

    @property
    def is_measured(self) -> bool:
        """Whether anything was observed."""
        return self._best is not None

    @property
    def skew(self) -> float:
        """How many seconds this machine's clock is fast; negative if it is slow."""
        return self._clock() - self()

    def observe(self, theirs: float) -> None:
        """Takes in a time of the platform's that has just arrived, in seconds since 1970.

        It has to be the platform's for sure: of a push with a right signature, or of an answer.
        """
        now = self._steady()
        if self._best is None or now - self._since >= PERIOD_SECONDS:
            is_next = now - self._since < 2 * PERIOD_SECONDS
            self._last_best = self._best if is_next else None
            self._best, self._since = theirs - now, now
        else:
            self._best = max(self._best, theirs - now)
        self._tell()

    def _tell(self) -> None:
        """Says in the log when the clock is found wrong, differently wrong, or right again."""
        skew = self.skew
        wrong = skew if abs(skew) > REPORTED_SECONDS else 0.0
        if abs(wrong - self._reported) <= REPORTED_SECONDS and bool(wrong) == bool(self._reported):
            return
        self._reported = wrong
        if not wrong:
            logger.info("%s: this machine's clock agrees with the platform's again", self._name)
            return
        logger.warning(
            "%s: this machine's clock is %.0f s %s, compared with the platform's. This is allowed"
            " for, but set it right (NTP): other programs do not.",
            self._name,
            abs(wrong),
            "fast" if wrong > 0 else "slow",
        )


class PlatformClocks:
    """The platforms' times for all accounts.

    Attributes:
        local: this machine's clock, for times that no platform gives or reads.
        steady: one that is never set, for how long something may take.
    """

    def __init__(
        self,
        names: Iterable[str],
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.local = clock
        self.steady = steady
        self._clocks = {name: PlatformClock(name, clock, steady) for name in names}

    def of(self, account: Account) -> PlatformClock:
        """Returns the clock of an account."""
        return self._clocks[account.name]

    def now(self, account: Account) -> float:
        """Returns the platform's time for an account, in seconds since 1970."""
        return self._clocks[account.name]()

    def skew(self) -> float:
        """Returns how many seconds this machine's clock is fast, by the account that says most."""
        return max((clock.skew for clock in self._clocks.values()), key=abs, default=0.0)
