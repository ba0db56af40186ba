"""What the channel says to those who ask how it is. No account and no person is named."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from channels.wechat.platform_clock import TOLD_SECONDS, PlatformClocks

POOLED_SECONDS = 48 * 3600.0  # KF ends a conversation by itself after that
_MAX_POOLED = 10_000  # conversations that are remembered


class Health:
    """What is not as it should be in this process, though it serves."""

    def __init__(
        self, clocks: PlatformClocks, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._clocks = clocks
        self._steady = steady
        self._pooled: dict[str, float] = {}

    def pooled(self, talk: str) -> None:
        """Notes that a talk waits in KF's pool, where nobody is expected to take it."""
        self._pooled.pop(talk, None)
        self._pooled[talk] = self._steady()
        for old in list(self._pooled)[:-_MAX_POOLED]:
            del self._pooled[old]

    def freed(self, talk: str) -> None:
        """Notes that it does not any more."""
        self._pooled.pop(talk, None)

    def report(self) -> dict[str, Any]:
        """Returns `status`, and under `warnings` what the operator should look at, if anything.

        `clock_skew` has the seconds that this machine's clock is fast (negative: slow);
        `waiting_in_pool` how many conversations of KF get no answer because of that.
        """
        now = self._steady()
        self._pooled = {it: at for it, at in self._pooled.items() if now - at < POOLED_SECONDS}
        warnings: list[dict[str, Any]] = []
        skew = self._clocks.skew()
        if abs(skew) > TOLD_SECONDS:
            warnings.append({"what": "clock_skew", "seconds": round(skew)})
        if self._pooled:
            warnings.append({"what": "waiting_in_pool", "conversations": len(self._pooled)})
        return {"status": "ok", **({"warnings": warnings} if warnings else {})}
