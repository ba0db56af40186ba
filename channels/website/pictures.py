"""Pictures of a page: how many, how large, how many at once; read in turn, and never kept.

Their bytes are in memory only, from the first that comes until the picture is read.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from weakref import WeakValueDictionary

from sanic.request import Request

from channels.pictures import METADATA, Seen
from channels.rate import Rates
from channels.refusals import BadRequest
from channels.website.limits import RequestLimit
from channels.website.settings import Settings
from screenshots.reading import Reason

# A picture of a phone, scaled down by the widget, has some 300 KB: room for two hundred.
MAX_BYTES_AT_ONCE = 64 * 1024 * 1024
MAX_BYTES_AT_ONCE_PER_ADDRESS = MAX_BYTES_AT_ONCE // 2
BUSY_SECONDS = 5  # until one who was refused for want of room may try again


class Pictures:
    """What is asked before a picture is taken in, and who waits for whom."""

    def __init__(self, settings: Settings, rates: Rates) -> None:
        limits = settings.pictures
        self.is_on = limits.pictures_per_minute > 0
        self.max_bytes = limits.max_picture_bytes
        self.limit = RequestLimit(
            rates,
            "pictures",
            limits.pictures_per_minute,
            limits.pictures_per_minute_per_address,
            "too_many_pictures",
        )
        self._held: Counter[str] = Counter()  # bytes in memory, by address
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @contextlib.contextmanager
    def hold(self, address: str, size: int) -> Iterator[None]:
        """Counts the bytes of a picture as held in memory until the end of the block.

        Raises:
            BadRequest: with 503 and the seconds to wait when there is no room for them.
        """
        total = sum(self._held.values())
        if (
            total + size > MAX_BYTES_AT_ONCE
            or self._held.get(address, 0) + size > MAX_BYTES_AT_ONCE_PER_ADDRESS
        ):
            raise busy()
        self._held[address] += size
        try:
            yield
        finally:
            self._held[address] -= size
            if not self._held[address]:
                del self._held[address]

    async def receive(self, request: Request, size: int) -> bytes:
        """Reads the body of a request, of which its head tells the size."""
        body = bytearray()
        async for part in request.stream:
            body += part
        if len(body) != size:
            raise BadRequest(400, "the body is not as long as its head says")
        return bytes(body)

    def turn(self, session: str) -> asyncio.Lock:
        """Returns what lets one picture of a session be read at a time."""
        return self._turns.setdefault(session, asyncio.Lock())


def size_of(request: Request, max_bytes: int) -> int:
    """Returns how many bytes the body of a request has.

    Raises:
        BadRequest: with 413 if there are too many, with 400 if there are none.
    """
    size = int(request.headers.get("content-length", "0"))
    if size > max_bytes:
        raise BadRequest(413, f"the picture has more than {max_bytes} bytes", "picture_too_large")
    if not size:
        raise BadRequest(400, "the body is empty: it has to be the picture")
    return size


def refuse_unread(seen: Seen) -> None:
    """Raises a BadRequest with 503 if too many pictures wait already: it is worth another try."""
    if seen.metadata[METADATA]["reason"] == Reason.BUSY.value:
        raise busy()


def busy() -> BadRequest:
    """Returns the refusal of a picture for which there is no room."""
    return BadRequest(503, "too many pictures wait", "pictures_busy", BUSY_SECONDS)
