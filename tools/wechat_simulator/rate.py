"""Calls per minute and per API.

wechat.md: WeCom allows 10k/min per corp and API and blocks for 60 s above it; `stable_token`
allows 10k/min. Tests set smaller numbers by path.
"""

from __future__ import annotations

from collections import defaultdict, deque

from tools.wechat_simulator.clock import Clock
from tools.wechat_simulator.errors import Refusal

MINUTE = 60.0


class Rate:
    """Counts an account's calls.

    Attributes:
        per_minute: The allowed number by path; `default` for the others.
    """

    def __init__(self, clock: Clock, code: int, blocks: bool) -> None:
        self._clock = clock
        self._code = code
        self._blocks = blocks
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._blocked: dict[str, float] = {}
        self.default = 10_000
        self.per_minute: dict[str, int] = {}

    def count(self, path: str) -> None:
        """Counts one call of the path.

        Raises:
            Refusal: More calls in a minute than allowed, or blocked for it.
        """
        now = self._clock.now()
        calls = self._calls[path]
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        if now < self._blocked.get(path, 0.0):
            raise Refusal(self._code)
        if len(calls) >= self.per_minute.get(path, self.default):
            if self._blocks:
                self._blocked[path] = now + MINUTE
            raise Refusal(self._code)
        calls.append(now)
