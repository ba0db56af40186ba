"""How often something may happen."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MAX_KEYS = 10_000  # of one limit; beyond, the key that was counted longest ago is forgotten


class RateLimit:
    """At most `max_count` of something in any `seconds`, for each key on its own.

    What it remembers is bounded: the times of the last `seconds` only, and of `MAX_KEYS` keys.
    With more keys than that at once the oldest begin anew, so that nobody is refused because many
    others write. Each call takes the same short time, however many keys there are.
    """

    def __init__(
        self, max_count: int, seconds: float = 60, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.max_count = max_count
        self.seconds = seconds
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()  # by when each last counted

    def wait(self, key: str) -> int:
        """Returns in how many full seconds the next one is allowed; 0 for now."""
        times = self._times.get(key)
        if not self.max_count or not times:
            return 0
        now = self._clock()
        while times and times[0] <= now - self.seconds:
            times.popleft()
        if not times:
            del self._times[key]
            return 0
        return math.ceil(times[0] + self.seconds - now) if len(times) >= self.max_count else 0

    def count(self, key: str) -> None:
        """Counts one."""
        if not self.max_count:
            return
        now = self._clock()
        self._times.setdefault(key, deque(maxlen=self.max_count)).append(now)
        self._times.move_to_end(key)
        while True:
            oldest, times = next(iter(self._times.items()))
            if times[-1] > now - self.seconds and len(self._times) <= MAX_KEYS:
                return
            del self._times[oldest]

    def take_back(self, key: str) -> None:
        """Counts the last one no longer: nothing came of it."""
        times = self._times.get(key)
        if times:
            times.pop()
            if not times:
                del self._times[key]
