"""What may go wrong with a call, set by tests for the next calls of a path.

Each fault is used up by one call, unless `times` says otherwise; several for one path are used in
the order in which they were set.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import inf


@dataclass
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: "hang", "slow", "status", "garbage", "cut", "code", "endless" or "redirect".
        carried_out: Whether the platform does what was asked all the same. Only then is the
            failure ambiguous.
        value: Seconds (slow; between two pieces of an endless body), the HTTP status, or the
            error code.
        to: Where a redirect leads.
    """

    kind: str
    carried_out: bool = False
    value: float = 0
    times: float = 1
    to: str = ""


class Faults:
    """The faults that are waiting, by path (such as "/cgi-bin/kf/send_msg")."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}

    def _add(self, path: str, fault: Fault) -> None:
        self._waiting.setdefault(path, deque()).append(fault)

    def hang(self, path: str, *, times: float = 1, carried_out: bool = False) -> None:
        """The call gets no answer at all."""
        self._add(path, Fault("hang", carried_out, 0, times))

    def slow(self, path: str, seconds: float, *, times: float = inf) -> None:
        """The call is carried out, and its answer comes so many real seconds later."""
        self._add(path, Fault("slow", True, seconds, times))

    def status(
        self, path: str, status: int = 502, *, times: float = 1, carried_out: bool = False
    ) -> None:
        """A gateway answers with a status and HTML."""
        self._add(path, Fault("status", carried_out, status, times))

    def garbage(self, path: str, *, times: float = 1, carried_out: bool = False) -> None:
        """Status 200, but no JSON."""
        self._add(path, Fault("garbage", carried_out, 0, times))

    def cut(self, path: str, *, times: float = 1, carried_out: bool = False) -> None:
        """The connection breaks instead of an answer."""
        self._add(path, Fault("cut", carried_out, 0, times))

    def code(self, path: str, code: int, *, times: float = 1) -> None:
        """The platform refuses with an error code, such as -1, 45009, 45011 or 45033."""
        self._add(path, Fault("code", False, code, times))

    def endless(self, path: str, seconds: float, *, times: float = 1) -> None:
        """The answer begins like a file and never ends: a piece, so many seconds, a piece."""
        self._add(path, Fault("endless", False, seconds, times))

    def redirect(self, path: str, to: str, *, times: float = 1) -> None:
        """The answer leads somewhere else."""
        self._add(path, Fault("redirect", False, 302, times, to))

    def clear(self) -> None:
        """Forgets every fault that is waiting."""
        self._waiting.clear()

    def take(self, path: str) -> Fault | None:
        """Returns the fault for this call, and uses it up."""
        waiting = self._waiting.get(path)
        if not waiting:
            return None
        fault = waiting[0]
        fault.times -= 1
        if fault.times <= 0:
            waiting.popleft()
        return fault
