"""The three platforms: what a send and the other calls look like on each.

Bodies and paths are those of the platforms' pages on customer messages and on WeCom's KF.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import aiohttp

from channels.inbox.store import Store
from channels.wechat.client.api import Api
from channels.wechat.client.http_client import RequestObserver
from channels.wechat.client.kf import Kf
from channels.wechat.protocol.outgoing import Part
from channels.wechat.settings import Account


class Platform(Protocol):
    """What the core asks of every account that may send."""

    api: Api

    async def send(
        self,
        person: str,
        kf: str,
        part: Part,
        msgid: str,
        deadline: float | None = None,
        observer: RequestObserver | None = None,
    ) -> None:
        """Sends one part.

        Args:
            person: the openid, or KF's external_userid.
            kf: the open_kfid through which KF sends; the others do without.
            part: the text, and the buttons where the platform has menus.
            msgid: KF's idempotency key; the others have none.
            deadline: by the steady clock, in seconds; 20 s from now if it is None.
            observer: is told of every try.

        Raises:
            ApiError: if it is not sent, or that is not known. KF: sending the same part under
                the same msgid again is no harm.
            StoreError: if the store does not answer.
        """

    async def close(self) -> None:
        """Stops what is under way for all calls; the HTTP client stays open."""


class _Custom:
    """Official accounts and mini-programs: `message/custom/send`, which has no key."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def send(
        self,
        person: str,
        kf: str,
        part: Part,
        msgid: str,
        deadline: float | None = None,
        observer: RequestObserver | None = None,
    ) -> None:
        """See `Platform`."""
        body = {"touser": person, **self.content(part)}
        end = self.api.until(deadline)
        path = "/cgi-bin/message/custom/send"
        await self.api.call(path, body, end, idempotent=False, observer=observer)

    async def close(self) -> None:
        """See `Platform`."""
        await self.api.close()

    def content(self, part: Part) -> dict[str, Any]:
        """Returns the fields that say what is sent."""
        return {"msgtype": "text", "text": {"content": part.text}}


class OfficialAccount(_Custom):
    """An official account that may send (a verified one)."""

    def content(self, part: Part) -> dict[str, Any]:
        """Returns the fields that say what is sent; a part with items is a menu."""
        if not part.items:
            return super().content(part)
        items = [{"id": id_, "content": title} for id_, title in part.items]
        menu = {"head_content": part.text, "list": items, "tail_content": ""}
        return {"msgtype": "msgmenu", "msgmenu": menu}


class MiniProgram(_Custom):
    """A mini-program's customer service, which knows no menus."""

    def content(self, part: Part) -> dict[str, Any]:
        """Returns the fields that say what is sent.

        Raises:
            ValueError: if the part has items: they belong into the text, as numbered lines.
        """
        if part.items:
            raise ValueError("a mini-program has no menus")
        return super().content(part)


def platform_of(
    account: Account,
    http: aiohttp.ClientSession,
    store: Store,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    observe: Callable[[float], None] | None = None,
    steady: Callable[[], float] | None = None,
) -> OfficialAccount | MiniProgram | Kf:
    """Returns the platform of an account, ready to be asked.

    Args:
        account: with its secret; one without may not send.
        http: the HTTP client, as `http_client.open_session` makes it.
        store: what is shared among all workers.
        clock: gives the time in seconds since 1970.
        sleep: waits for so many seconds.
        observe: is told the platform's time in every answer.
        steady: gives the time in which deadlines are said, and is never set.
    """
    api = Api(account, http, store, clock, sleep, observe, steady)
    if account.kind == "kf":
        return Kf(api)
    return OfficialAccount(api) if account.kind == "official_account" else MiniProgram(api)
