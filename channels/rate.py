"""How often something may happen."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

MINUTE = 60  # seconds
MAX_KEYS = 10_000  # of one limit; beyond, the key that was counted longest ago is forgotten


@dataclass(frozen=True)
class Limit:
    """So many of something in any minute, for each key on its own.

    Attributes:
        name: of what is counted.
        max_count: how many; 0 for no limit.
    """

    name: str
    max_count: int


class Counts(Protocol):
    """Where is counted what several workers share."""

    def admit(self, asked: Sequence[tuple[Limit, str]]) -> int:
        """Does what `Rates.admit` does."""

    def take_back(self, asked: Sequence[tuple[Limit, str]]) -> None:
        """Does what `Rates.take_back` does."""


class Rates:
    """Counts in this process, or where it is `shared`, with all others."""

    def __init__(self) -> None:
        self.shared: Counts | None = None
        self._own: dict[Limit, RateLimit] = {}

    def admit(self, *asked: tuple[Limit, str]) -> int:
        """Counts one of each, if none is one too many.

        Args:
            asked: limits, each with the key for which it is counted.

        Returns:
            In how many full seconds it may be tried again; 0 if it was counted.
        """
        if self.shared:
            return self.shared.admit(asked)
        limits = [
            (self._own.setdefault(limit, RateLimit(limit.max_count, MINUTE)), key)
            for limit, key in asked
        ]
        wait = max((limit.wait(key) for limit, key in limits), default=0)
        if not wait:
            for limit, key in limits:
                limit.count(key)
        return wait

    def take_back(self, *asked: tuple[Limit, str]) -> None:
        """Counts the last of each no longer: nothing came of it."""
        if self.shared:
            self.shared.take_back(asked)
            return
        for limit, key in asked:
            if limit in self._own:
                self._own[limit].take_back(key)


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
