"""Which content came first with a signature that does not cover it.

In plain mode, `signature` covers `timestamp` and `nonce` only: the address of one genuine push,
seen in a log or on the way, could be sent again with any other body until its time is over. So the
first content that comes with a signature is remembered, as a hash, and only exact repeats of it are
accepted, as the platform's own retries are. The memory is in the store: it survives a restart, is
shared by all workers, and ends with the time of the request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from channels.inbox.store import Store
from channels.wechat.protocol.crypto import Refused

# A request is refused for its time a little before its record is gone, though the platform's time
# is known to some seconds only.
MARGIN_SECONDS = 10.0


class SignedBodies:
    """The first content of every signed address of the accounts in plain mode.

    There is one record of some 200 bytes for each address that was rightly signed, for the time
    in which it is accepted at most: an attacker who has seen one address cannot make a second
    record.
    """

    def __init__(self, store: Store, now: Callable[[str], float], tolerance_seconds: float) -> None:
        """Takes where to remember, and for how long.

        Args:
            store: shared by all workers.
            now: gives the platform's time for the name of an account, in seconds since 1970.
            tolerance_seconds: how far a request's time may be from the clock's, before and after.
        """
        self._store = store
        self._now = now
        self._tolerance = tolerance_seconds

    async def check(self, account: str, signature: str, timestamp: str, content: bytes) -> None:
        """Accepts the first content of a signed address, and exact repeats of it.

        Of several different contents at once, also on several workers, one is accepted.

        Args:
            account: the account's name.
            signature: of the request, known to be right. It names the record, because timestamp
                and nonce do not: the signature is made of both without a sign between them.
            timestamp: of the request, in seconds since 1970, known to be near the platform's.
            content: what the signature does not cover.

        Raises:
            Refused: with 403, if another content came first.
            StoreError: if the store does not answer; the platform then sends the request again.
        """
        name = f"signed/{account}/{signature}"
        digest = hashlib.sha256(content).hexdigest()
        left = int(timestamp) + self._tolerance - self._now(account)
        # No shorter than the tolerance: the clock may have been fast until now.
        seconds = max(left, self._tolerance) + MARGIN_SECONDS
        if await self._store.put_new(name, digest, seconds):
            return
        if await self._store.get(name) != digest:
            raise Refused(403, "the signature came with another content before")
