"""Reads what people wrote to KF: a push only schedules the sync, `kf/sync_msg` has the messages.

Each customer service account (open_kfid) is a queue of its own, so one sync runs at a time over
all processes. The cursor is kept after the messages of its page are, so that a kill repeats a page
at worst, and what is known already is not taken in twice.

If a damaged store was begun anew, the cursor and what is known are lost. Then all is read again
that may have had no answer: Rasa knows what it was asked, and KF takes no answer twice.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from channels.inbox.store import Store, StoreError
from channels.inbox.workers import Postponed
from channels.wechat.client.api import ApiError
from channels.wechat.client.kf import Kf
from channels.wechat.client.platform_clock import PlatformClocks
from channels.wechat.conversation.queues import PATIENCE_SECONDS, WORTH_A_WAIT, Queues
from channels.wechat.protocol.incoming import CUSTOMER, SYSTEM, Incoming, from_sync
from channels.wechat.settings import Account

logger = logging.getLogger(__name__)

PREFIX = "sync-"  # of the queues
TOKEN_SECONDS = 600.0  # how long the token of a push may be used
ANSWERED_SECONDS = 48 * 3600.0  # an older message can be answered no more
MAX_PAGES = 1_000  # of one sync; more is taken for an error of the platform's
PAUSE_SECONDS = 0.2
AGAIN_SECONDS = 3.0  # so often while the store does not answer
LOOK_SECONDS = 120.0  # so often it is looked without a push; without a token KF allows few calls
BAD_MSG_TOKEN = 95007  # the token of the push is not valid (any more)


class KfSync:
    """Reads the customer service accounts of all companies."""

    def __init__(
        self,
        store: Store,
        queues: Queues,
        take: Callable[[Account, Incoming, bool], Awaitable[bool]],
        clocks: PlatformClocks,
    ) -> None:
        self._store = store
        self._queues = queues
        self._take = take
        self._clocks = clocks
        self._clock = clocks.local
        # A push has told of messages, and the store did not keep that: they are looked for.
        self.missed = False
        # When accounts were first served, by this machine's clock: the platform's was not known.
        self._unmeasured: dict[str, float] = {}

    async def start(self, account: Account) -> None:
        """Notes when an account was first served, and reads what came while nobody did."""
        clock, ours = self._clocks.of(account), self._clock()
        name = f"born/{account.name}"
        is_first = await self._store.put_new(name, str(int(clock())), None)
        born = float(await self._store.get(name) or 0)
        if self._store.lost_at is not None:
            # What came earlier was answered or given up while the store was whole.
            may_be_open = self._store.lost_at - clock.skew - PATIENCE_SECONDS
            born = may_be_open if is_first else max(born, may_be_open)
        elif is_first and not clock.is_measured:
            self._unmeasured[account.name] = ours
        await self._store.put_lasting(name, str(int(born)))
        if kfids := await self._kfids(account):
            await self._store.put_lasting(f"kfids/{account.name}", json.dumps(kfids))
        await self.look(account, f"start:{self._clock()}")

    async def look(self, account: Account, turn: str = "") -> None:
        """Reads what no push, or only a failed reading, has told of; one worker does it."""
        turn = turn or f"look:{int(self._clock() // LOOK_SECONDS)}"
        for open_kfid in await self._kfids(account):
            await self.schedule(account, {"OpenKfId": open_kfid}, turn)

    async def schedule(self, account: Account, fields: Mapping[str, Any], key: str) -> None:
        """Has an account read, because of a push `kf_msg_or_event`."""
        open_kfid, token = str(fields.get("OpenKfId") or ""), str(fields.get("Token") or "")
        if not open_kfid:
            return
        now = self._clock()
        item = {"account": account.name, "sync": open_kfid, "token": token, "at": now}
        queue = f"{PREFIX}{account.name}-{open_kfid}"
        try:
            await self._queues.add(queue, key, json.dumps(item), now)
        except StoreError:
            self.missed = True
            raise

    async def read(self, account: Account, platform: Kf, item: Mapping[str, Any]) -> None:
        """Reads all that is new.

        Raises:
            Postponed: if KF does not answer now.
        """
        open_kfid = str(item["sync"])
        await self._remember(account, open_kfid)
        name = f"cursor/{account.name}/{open_kfid}"
        token = item["token"] if self._clock() - item["at"] < TOKEN_SECONDS else ""
        for _ in range(MAX_PAGES):
            cursor = await self._store.get(name) or ""
            page = await self._page(account, platform, open_kfid, cursor, token, item["at"])
            if page is None:
                return
            await self._correct_start(account)
            for message in page["msg_list"]:
                await self._take_one(account, open_kfid, from_sync(message))
            if page["next_cursor"]:
                await self._store.put(name, page["next_cursor"], None)
            if not page["has_more"]:
                return
            if page["next_cursor"] == cursor:  # there is more, but not yet: it is asked again
                await asyncio.sleep(PAUSE_SECONDS)
        logger.error("%s: sync_msg does not come to an end", account.name)

    async def _page(
        self,
        account: Account,
        platform: Kf,
        open_kfid: str,
        cursor: str,
        token: str,
        since: float,
    ) -> dict[str, Any] | None:
        try:
            try:
                return await platform.sync(open_kfid, cursor, token)
            except ApiError as error:
                if error.kind != "unknown" or not (token or cursor):
                    raise
                # The token may be over, or the cursor; what is known is not taken in again.
                again = cursor if error.code == BAD_MSG_TOKEN else ""
                return await platform.sync(open_kfid, again, "")
        except ApiError as error:
            if error.kind in WORTH_A_WAIT and self._clock() - since < PATIENCE_SECONDS:
                raise Postponed from None
            logger.error("%s: messages were not read: %s", account.name, error)
            return None

    async def _correct_start(self, account: Account) -> None:
        """Writes down when an account was first served by the platform's clock, once it is known.

        Else a clock that was fast at the start would make new messages look like old ones.
        """
        clock = self._clocks.of(account)
        if clock.is_measured and account.name in self._unmeasured:
            first = self._unmeasured.pop(account.name) - clock.skew
            await self._store.put_lasting(f"born/{account.name}", str(int(first)))

    async def _take_one(self, account: Account, open_kfid: str, incoming: Incoming) -> None:
        """Takes in what a customer sent or an event; not what a human of the bureau's wrote."""
        born = float(await self._store.get(f"born/{account.name}") or 0)
        wanted = SYSTEM if incoming.kind == "event" else CUSTOMER
        if incoming.origin != wanted or not incoming.person:
            return
        is_new = incoming.created >= born
        if is_new and self._clocks.now(account) - incoming.created < ANSWERED_SECONDS:
            taken = replace(incoming, kf=open_kfid)
            await self._take(account, taken, self._store.may_have_known)

    async def _remember(self, account: Account, open_kfid: str) -> None:
        """Notes a customer service account, so that it is read also without a push."""
        name = f"kfids/{account.name}"
        if open_kfid in await self._kfids(account):
            return
        while not await self._store.lock(name):
            await asyncio.sleep(PAUSE_SECONDS)
        try:
            known = await self._kfids(account)
            if open_kfid not in known:
                await self._store.put_lasting(name, json.dumps([*known, open_kfid]))
        finally:
            await self._store.unlock(name)

    async def _kfids(self, account: Account) -> list[str]:
        return list(json.loads(await self._store.get(f"kfids/{account.name}") or "[]"))
