"""Starts again what has stopped by itself, after a pause that grows while it keeps stopping.

What the others wait for meanwhile they say themselves: the channels keep a message and apologise
for it when the action server is away, and the website's window connects again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from scripts.console import shown
from scripts.processes import Program

FIRST_PAUSE_SECONDS = 1.0
MAX_PAUSE_SECONDS = 5.0  # what kept it from starting, as a full disk, may be over: people wait
STEADY_SECONDS = 120.0  # who has run that long did not stop for what stopped it before


@dataclass
class _Watched:
    """A program with what is known of its stops.

    Attributes:
        program: as it runs now.
        pause: before it is started again the next time, in seconds.
        started: when it was, by the monotonic clock.
        due: when it is to be started again; None while it runs.
    """

    program: Program
    pause: float = field(default_factory=lambda: FIRST_PAUSE_SECONDS)
    started: float = field(default_factory=time.monotonic)
    due: float | None = None


class Supervisor:
    """Watches programs that are ready and keeps them running."""

    def __init__(self, programs: list[Program], tell: Callable[[str], None]) -> None:
        """Watches `programs`; what has happened is told in one line each."""
        self._watched = [_Watched(program) for program in programs]
        self._tell = tell

    @property
    def programs(self) -> list[Program]:
        """The programs as they run now."""
        return [watched.program for watched in self._watched]

    def look(self) -> None:
        """Notices who has stopped, and starts those again whose pause is over."""
        now = time.monotonic()
        for watched in self._watched:
            if watched.due is not None:
                if now >= watched.due:
                    watched.program = watched.program.start_again()
                    watched.started, watched.due = now, None
            elif watched.program.exit_code is not None:
                self._has_stopped(watched, now)

    def _has_stopped(self, watched: _Watched, now: float) -> None:
        if now - watched.started >= STEADY_SECONDS:
            watched.pause = FIRST_PAUSE_SECONDS
        program = watched.program
        line = (
            f"{program.name} has stopped (exit code {program.exit_code}) and is started again in"
            f" {watched.pause:.0f} s: the reason stands in {shown(program.log)}."
        )
        program.stop()  # what it has started itself may still hold its port
        program.write_to_log(line)
        self._tell(line)
        watched.due = now + watched.pause
        watched.pause = min(2 * watched.pause, MAX_PAUSE_SECONDS)
