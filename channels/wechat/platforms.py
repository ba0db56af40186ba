"""The three platforms: what a send and the other calls look like on each.

Bodies and paths are those of the platforms' pages on customer messages and on WeCom's KF.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import aiohttp

from channels.wechat.api import Api, ApiError
from channels.wechat.exchange import Witness
from channels.wechat.outgoing import Part
from channels.wechat.settings import Account
from channels.wechat.store import KEEP_SECONDS, Store

CALL_SECONDS = 20.0  # for a call, with every try, if the caller says nothing
WELCOME_SECONDS = 20.0  # so long a welcome code lives
SYNC_SECONDS = 60.0
MOST_MESSAGES = 1000  # of one page
_MSGID = re.compile(r"[0-9A-Za-z_-]{1,32}")


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
        witness: Witness | None = None,
    ) -> None:
        """Sends one part.

        Args:
            person: the openid, or KF's external_userid.
            kf: the open_kfid through which KF sends; the others do without.
            part: the text, and the buttons where the platform has menus.
            msgid: KF's idempotency key; the others have none.
            deadline: in seconds since 1970; 20 s from now if it is None.
            witness: is told of every try.

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
        witness: Witness | None = None,
    ) -> None:
        """See `Platform`."""
        body = {"touser": person, **self.content(part)}
        end = _deadline(self.api, deadline, CALL_SECONDS)
        path = "/cgi-bin/message/custom/send"
        await self.api.call(path, body, end, idempotent=False, witness=witness)

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


class Kf:
    """WeCom's customer service; one corp's, with all its KF accounts (open_kfid)."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def send(
        self,
        person: str,
        kf: str,
        part: Part,
        msgid: str,
        deadline: float | None = None,
        witness: Witness | None = None,
    ) -> None:
        """See `Platform`.

        Every msgid is noted before it goes out, so that after a lost answer or a kill the
        platform's refusal to take it again is known for what it is.
        """
        if not _MSGID.fullmatch(msgid):
            raise ValueError("a msgid has 1 to 32 letters, digits, _ and -")
        name = f"tried/{msgid}"
        again = not await self.api.store.put_new(name, "", KEEP_SECONDS)
        body = {"touser": person, "open_kfid": kf, "msgid": msgid, **_content(part)}
        end = _deadline(self.api, deadline, CALL_SECONDS)
        try:
            await self.api.call(
                "/cgi-bin/kf/send_msg",
                body,
                end,
                idempotent=True,
                keyed=True,
                again=again,
                witness=witness,
            )
            return
        except ApiError as error:
            failure = error
        if not failure.doubtful and not again:
            await self.api.store.drop(name)
        raise failure

    async def send_on_event(
        self, code: str, part: Part, msgid: str = "", deadline: float | None = None
    ) -> None:
        """Sends a part by the code of an event: the welcome of `enter_session`, within 20 s.

        A code works once, so it is a key itself. It takes nothing from the person's five.

        Args:
            code: `welcome_code` of the event, or what `transfer` returned.
            part: a text or a menu.
            msgid: what `msg_send_fail` would name.
            deadline: in seconds since 1970; 20 s from now if it is None.

        Raises:
            ApiError: if it is not sent, or that is not known.
        """
        body = {"code": code, **({"msgid": msgid} if msgid else {}), **_content(part)}
        end = _deadline(self.api, deadline, WELCOME_SECONDS)
        await self.api.call("/cgi-bin/kf/send_msg_on_event", body, end, idempotent=True, keyed=True)

    async def sync(
        self,
        kf: str,
        cursor: str,
        token: str = "",
        limit: int = MOST_MESSAGES,
        deadline: float | None = None,
    ) -> dict[str, Any]:
        """Reads one page of what happened.

        Args:
            kf: the open_kfid.
            cursor: of the last page; an empty one begins three days ago.
            token: of the push that said there is something; it lives 10 minutes, and without
                one the platform allows fewer calls.
            limit: how many messages at most, up to 1000.
            deadline: in seconds since 1970; 60 s from now if it is None.

        Returns:
            The answer, in which are sure: `msg_list`, the messages, perhaps none though there are
            more; `next_cursor`, where the next page begins; `has_more`, whether there is one.

        Raises:
            ApiError: if there is none.
        """
        limit = max(1, min(limit, MOST_MESSAGES))
        body: dict[str, Any] = {"cursor": cursor, "limit": limit, "open_kfid": kf}
        if token:
            body["token"] = token
        end = _deadline(self.api, deadline, SYNC_SECONDS)
        answer = await self.api.call("/cgi-bin/kf/sync_msg", body, end, idempotent=True)
        messages, following = answer.get("msg_list"), answer.get("next_cursor")
        messages = messages if isinstance(messages, list) else []
        return {
            **answer,
            "msg_list": [it for it in messages if isinstance(it, dict)],
            "next_cursor": following if isinstance(following, str) and following else cursor,
            "has_more": answer.get("has_more") in (1, "1"),
        }

    async def state(self, kf: str, person: str, deadline: float | None = None) -> int:
        """Returns who has a talk: 0 nobody yet, 1 us, 2 the queue, 3 a human, 4 it is ended.

        Raises:
            ApiError: if that is not known.
        """
        body = {"open_kfid": kf, "external_userid": person}
        end = _deadline(self.api, deadline, CALL_SECONDS)
        path = "/cgi-bin/kf/service_state/get"
        answer = await self.api.call(path, body, end, idempotent=True)
        state = answer.get("service_state")
        if not isinstance(state, int):
            raise ApiError(None, "the answer holds no state", "ambiguous")
        return state

    async def transfer(
        self,
        kf: str,
        person: str,
        state: int,
        servicer: str | None = None,
        deadline: float | None = None,
    ) -> str | None:
        """Gives a talk to somebody else, or takes it.

        Args:
            kf: the open_kfid.
            person: the external_userid.
            state: as `state` returns it: 1 us, 2 the queue, 3 the servicer, 4 the end.
            servicer: the user id of the one who shall serve, for state 3.
            deadline: in seconds since 1970; 20 s from now if it is None.

        Returns:
            A code with which one more word may be said by `send_on_event`; None if there is none,
            also if the first try was carried out and its answer got lost.

        Raises:
            ApiError: if the talk is not given, or that is not known.
        """
        body: dict[str, Any] = {"open_kfid": kf, "external_userid": person, "service_state": state}
        if servicer:
            body["servicer_userid"] = servicer
        end = _deadline(self.api, deadline, CALL_SECONDS)
        path = "/cgi-bin/kf/service_state/trans"
        try:
            answer = await self.api.call(path, body, end, idempotent=True)
        except ApiError as error:
            failure = error
        else:
            code = answer.get("msg_code")
            return code if isinstance(code, str) and code else None
        if failure.doubtful and await self.state(kf, person, end) == state:
            return None
        raise failure

    async def close(self) -> None:
        """See `Platform`."""
        await self.api.close()


def platform_of(
    account: Account,
    http: aiohttp.ClientSession,
    store: Store,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> OfficialAccount | MiniProgram | Kf:
    """Returns the platform of an account, ready to be asked.

    Args:
        account: with its secret; one without may not send.
        http: the HTTP client, as `exchange.open_session` makes it.
        store: what is shared among all workers.
        clock: gives the time in seconds since 1970.
        sleep: waits for so many seconds.
    """
    api = Api(account, http, store, clock, sleep)
    if account.kind == "kf":
        return Kf(api)
    return OfficialAccount(api) if account.kind == "official_account" else MiniProgram(api)


def _content(part: Part) -> dict[str, Any]:
    """Returns the fields of a KF message; a part with items is a menu."""
    if not part.items:
        return {"msgtype": "text", "text": {"content": part.text}}
    items = [{"type": "click", "click": {"id": id_, "content": it}} for id_, it in part.items]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": part.text, "list": items}}


def _deadline(api: Api, deadline: float | None, seconds: float) -> float:
    return api.clock() + seconds if deadline is None else deadline
