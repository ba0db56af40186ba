"""How often a page may ask for what is no message, and how many streams may be open.

The numbers are far above what people cause. A person with three tabs, each of which asks for the
history every 2.5 s because a proxy holds streams back, and one of which awaits answers all the time
and asks every second, and again every 4 s, asks 123 times a minute; an office of thirty such people
behind one address asks 3,690 times. What is refused gets a 429 with the seconds to wait, which the
widget keeps to.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from channels.bounds import PerMinute
from channels.inbox.limits import SharedCounts
from channels.rate import Limit, Rates
from channels.refusals import BadRequest

STREAMS = "streams"
STREAM_WAIT_SECONDS = 60  # until a page that was refused a stream asks for one again


@dataclass(frozen=True)
class RequestLimits:
    """What the operator decides; 0 stands for no limit everywhere.

    Attributes:
        history_per_minute: of one session, messages included that are sent once more.
        history_per_minute_per_address: of all sessions at one address.
        renewals_per_minute: sessions that go on: one for each page with an open window.
        renewals_per_minute_per_address: the same of all sessions at one address.
        streams_per_minute: streams that one session opens: one for all tabs of a browser. Each
            lasts five minutes, and a new one is opened when a tab comes to the front.
        streams_per_minute_per_address: the same of all sessions at one address.
        feedback_per_minute: of one session.
        feedback_per_minute_per_address: of all sessions at one address.
        deletions_per_minute_per_address: as many as sessions may be opened.
        streams_per_address: open at once: thirty people with three tabs, and a third more.
        streams_in_total: open at once, at one worker. Each takes a file descriptor, of which a
            process often has 1,024; pages without a stream ask for the history instead.
    """

    history_per_minute: PerMinute = 240
    history_per_minute_per_address: PerMinute = 4_800
    renewals_per_minute: PerMinute = 60
    renewals_per_minute_per_address: PerMinute = 600
    streams_per_minute: PerMinute = 60
    streams_per_minute_per_address: PerMinute = 600
    feedback_per_minute: PerMinute = 30
    feedback_per_minute_per_address: PerMinute = 300
    deletions_per_minute_per_address: PerMinute = 60
    streams_per_address: PerMinute = 120
    streams_in_total: PerMinute = 500


class RequestLimit:
    """One kind of request: so many a minute of one session, and of all at one address.

    Args:
        rates: counts.
        name: of the kind.
        per_session, per_address: how many; 0 for no limit.
        code: of the refusal.
    """

    def __init__(
        self,
        rates: Rates,
        name: str,
        per_session: int,
        per_address: int,
        code: str = "too_many_requests",
    ) -> None:
        self._rates = rates
        self._code = code
        self._per_session = Limit(name, per_session)
        self._per_address = Limit(f"{name} at an address", per_address)

    def admit(self, session: str, address: str) -> None:
        """Counts one request; one that is refused does not count.

        Raises:
            BadRequest: with 429 and the seconds to wait when there were too many.
        """
        wait = self._rates.admit((self._per_session, session), (self._per_address, address))
        if wait:
            raise BadRequest(429, f"too many requests: wait {wait} s", self._code, wait)


class OpenStreams:
    """The streams that are open, counted at each address and, of this process, in total.

    Attributes:
        shared: where those of an address at other workers are known, if there are any.
    """

    def __init__(self, per_address: int, in_total: int) -> None:
        self.shared: SharedCounts | None = None
        self._per_address = per_address
        self._in_total = in_total
        self._open: Counter[str] = Counter()

    @contextlib.contextmanager
    def hold(self, address: str) -> Iterator[None]:
        """Counts one stream until the end of the block.

        Raises:
            BadRequest: with 429 and the seconds to wait when there are too many.
        """
        if not self._admits(address):
            raise BadRequest(
                429, "too many streams are open", "too_many_streams", STREAM_WAIT_SECONDS
            )
        self._open[address] += 1
        try:
            yield
        finally:
            self._open[address] -= 1
            if self.shared and self._per_address:
                self.shared.release(STREAMS, address, self._open[address])
            if not self._open[address]:
                del self._open[address]

    def renew(self) -> None:
        """Has the other workers know for some time more what is open here."""
        if self.shared:
            self.shared.renew(STREAMS, self._open if self._per_address else {})
            self.shared.sweep()

    def _admits(self, address: str) -> bool:
        if 0 < self._in_total <= sum(self._open.values()):
            return False
        own = self._open.get(address, 0)
        if not self._per_address:
            return True
        if self.shared:
            return self.shared.hold(STREAMS, address, own, self._per_address)
        return own < self._per_address
