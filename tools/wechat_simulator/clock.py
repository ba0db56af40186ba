"""A clock that tests move, shared by the fake and by the connector under test."""

from __future__ import annotations

import time


class Clock:
    """Seconds since 1970. Calling it is the same as `now()`, so it fits a `Callable[[], float]`.

    Args:
        frozen_at: The time at which the clock stands still until it is moved. Without it, the
            clock runs with real time, ahead of it by what it was moved.
    """

    def __init__(self, frozen_at: float | None = None) -> None:
        self._frozen_at = frozen_at
        self._ahead = 0.0

    def now(self) -> float:
        """Returns the time in seconds since 1970."""
        return (time.time() if self._frozen_at is None else self._frozen_at) + self._ahead

    def __call__(self) -> float:
        """Returns what `now` does: a clock stands where a function is asked for."""
        return self.now()

    def move(self, seconds: float) -> None:
        """Moves the clock forward (or back, if negative) by so many seconds."""
        self._ahead += seconds
