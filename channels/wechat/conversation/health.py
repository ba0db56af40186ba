"""What the channel says to those who ask how it is. No account and no person is named."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Literal

from channels.wechat.client.platform_clock import REPORTED_SECONDS, PlatformClocks

Silence = Literal["waiting_in_pool", "served_by_human"]
SILENT_SECONDS = 48 * 3600.0  # KF ends a conversation by itself after that
_MAX_SILENT = 10_000  # conversations that are remembered


class Health:
    """What is not as it should be in this process, though it serves."""

    def __init__(
        self, clocks: PlatformClocks, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._clocks = clocks
        self._steady = steady
        self._silent: dict[str, tuple[Silence, float]] = {}

    def silenced(self, conversation_id: str, why: Silence) -> None:
        """Notes that KF lets us say nothing, though no human was asked to take the conversation."""
        self._silent.pop(conversation_id, None)
        self._silent[conversation_id] = why, self._steady()
        for old in list(self._silent)[:-_MAX_SILENT]:
            del self._silent[old]

    def freed(self, conversation_id: str) -> None:
        """Notes that this is over."""
        self._silent.pop(conversation_id, None)

    def report(self) -> dict[str, Any]:
        """Returns `status`, and under `warnings` what the operator should look at, if anything.

        `clock_skew` has the seconds that this machine's clock is fast (negative: slow);
        `waiting_in_pool` and `served_by_human` how many conversations of KF get no answer from us
        because of that, at accounts with `agents: false`.
        """
        now = self._steady()
        self._silent = {
            conversation_id: (why, at)
            for conversation_id, (why, at) in self._silent.items()
            if now - at < SILENT_SECONDS
        }
        warnings: list[dict[str, Any]] = []
        skew = self._clocks.skew()
        if abs(skew) > REPORTED_SECONDS:
            warnings.append({"what": "clock_skew", "seconds": round(skew)})
        counts = Counter(why for why, _ in self._silent.values())
        warnings += [{"what": why, "conversations": counts[why]} for why in sorted(counts)]
        return {"status": "ok", **({"warnings": warnings} if warnings else {})}
