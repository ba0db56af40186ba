"""The messages and events of one customer service account, as `sync_msg` reads them.

wechat.md, "sync_msg": the push's Token lives 10 min, an empty cursor replays 3 days, and `has_more`
may be 1 with an empty list. Cursors are opaque; the fake's differ each time, so that nobody
compares them. A cursor of another customer service account is refused (the page says only that it
must be the last answer's).
"""

from __future__ import annotations

import base64
import secrets
from typing import Any

from tools.wechat_simulator.clock import Clock
from tools.wechat_simulator.errors import Refusal

TOKEN_SECONDS = 600.0
DAYS_3 = 3 * 86400.0


class Log:
    """Items in the order in which they happened.

    Attributes:
        items: When each happened, and what `sync_msg` says of it.
    """

    def __init__(self, clock: Clock, open_kfid: str) -> None:
        self._clock = clock
        self._open_kfid = open_kfid
        self._tokens: dict[str, float] = {}
        self.items: list[tuple[float, dict[str, Any]]] = []

    def add(self, item: dict[str, Any]) -> None:
        """Puts an item at the end."""
        self.items.append((self._clock.now(), item))

    def token(self) -> str:
        """Returns a new Token for a push."""
        token = "ENC" + secrets.token_urlsafe(32)
        self._tokens[token] = self._clock.now() + TOKEN_SECONDS
        return token

    def good_token(self, token: str) -> bool:
        """Whether a push gave this Token in the last 10 minutes."""
        return self._clock.now() < self._tokens.get(token, 0.0)

    def read(self, cursor: str, count: int) -> tuple[list[dict[str, Any]], str, bool]:
        """Returns items from the cursor on, the next cursor, and whether there are more."""
        start = self._index(cursor) if cursor else self._oldest()
        end = min(start + count, len(self.items))
        return [item for _, item in self.items[start:end]], self._cursor(end), end < len(self.items)

    def _oldest(self) -> int:
        since = self._clock.now() - DAYS_3
        young = (number for number, (at, _) in enumerate(self.items) if at >= since)
        return next(young, len(self.items))

    def _cursor(self, index: int) -> str:
        said = f"{secrets.token_hex(4)}:{index}:{self._open_kfid[:12]}"
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")

    def _index(self, cursor: str) -> int:
        try:
            said = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
            _, index, open_kfid = said.split(":")
            number = int(index)
        except ValueError:
            raise Refusal(40058) from None
        if open_kfid != self._open_kfid[:12] or not 0 <= number <= len(self.items):
            raise Refusal(40058)
        return number
