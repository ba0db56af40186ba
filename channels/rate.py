"""How often something may happen."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

MANY_KEYS = 10_000  # beyond, what has run out is swept up


class RateLimit:
    """At most `most` of something in any `seconds`, for each key on its own."""

    def __init__(
        self, most: int, seconds: float = 60, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most = most
        self.seconds = seconds
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def wait(self, key: str) -> int:
        """Returns in how many full seconds the next one is allowed; 0 for now."""
        times = self._times.get(key)
        if not self.most or not times:
            return 0
        now = self._clock()
        while times and times[0] <= now - self.seconds:
            times.popleft()
        if not times:
            del self._times[key]
            return 0
        return math.ceil(times[0] + self.seconds - now) if len(times) >= self.most else 0

    def count(self, key: str) -> None:
        """Counts one."""
        if not self.most:
            return
        now = self._clock()
        if len(self._times) >= MANY_KEYS and key not in self._times:
            begin = now - self.seconds
            for it in [it for it, times in self._times.items() if not times or times[-1] <= begin]:
                del self._times[it]
        self._times.setdefault(key, deque(maxlen=self.most)).append(now)
