"""WeCom's customer service: its calls, as the pages on sending, reading and sessions say."""

from __future__ import annotations

import re
from typing import Any

from channels.inbox.store import KNOWN_KEY_SECONDS
from channels.wechat.client.api import Api, ApiError
from channels.wechat.client.http_client import RequestObserver
from channels.wechat.protocol.outgoing import Part

WELCOME_SECONDS = 20.0  # so long a welcome code lives
SYNC_SECONDS = 60.0
MAX_MESSAGES = 1000  # of one page
_MSGID = re.compile(r"[0-9A-Za-z_-]{1,32}")


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
        observer: RequestObserver | None = None,
    ) -> None:
        """See `Platform`.

        Every msgid is noted before it goes out, so that after a lost answer or a kill the
        platform's refusal to take it again is known for what it is.
        """
        if not _MSGID.fullmatch(msgid):
            raise ValueError("a msgid has 1 to 32 letters, digits, _ and -")
        name = f"tried/{msgid}"
        store = self.api.store
        again = not await store.put_new(name, "", KNOWN_KEY_SECONDS) or store.may_have_known
        body = {"touser": person, "open_kfid": kf, "msgid": msgid, **_content(part)}
        end = self.api.until(deadline)
        try:
            await self.api.call(
                "/cgi-bin/kf/send_msg",
                body,
                end,
                idempotent=True,
                keyed=True,
                again=again,
                observer=observer,
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
            code: `welcome_code` of the event, or what `hand_off` returned.
            part: a text or a menu.
            msgid: what `msg_send_fail` would name.
            deadline: by the steady clock, in seconds; 20 s from now if it is None.

        Raises:
            ApiError: if it is not sent, or that is not known.
        """
        body = {"code": code, **({"msgid": msgid} if msgid else {}), **_content(part)}
        end = self.api.until(deadline, WELCOME_SECONDS)
        await self.api.call("/cgi-bin/kf/send_msg_on_event", body, end, idempotent=True, keyed=True)

    async def sync(
        self,
        kf: str,
        cursor: str,
        token: str = "",
        limit: int = MAX_MESSAGES,
        deadline: float | None = None,
    ) -> dict[str, Any]:
        """Reads one page of what happened.

        Args:
            kf: the open_kfid.
            cursor: of the last page; an empty one begins three days ago.
            token: of the push that said there is something; it lives 10 minutes, and without
                one the platform allows fewer calls.
            limit: how many messages at most, up to 1000.
            deadline: by the steady clock, in seconds; 60 s from now if it is None.

        Returns:
            The answer, in which are sure: `msg_list`, the messages, perhaps none though there are
            more; `next_cursor`, where the next page begins; `has_more`, whether there is one.

        Raises:
            ApiError: if there is none.
        """
        limit = max(1, min(limit, MAX_MESSAGES))
        body: dict[str, Any] = {"cursor": cursor, "limit": limit, "open_kfid": kf}
        if token:
            body["token"] = token
        end = self.api.until(deadline, SYNC_SECONDS)
        answer = await self.api.call("/cgi-bin/kf/sync_msg", body, end, idempotent=True)
        messages, following = answer.get("msg_list"), answer.get("next_cursor")
        messages = messages if isinstance(messages, list) else []
        return {
            **answer,
            "msg_list": [message for message in messages if isinstance(message, dict)],
            "next_cursor": following if isinstance(following, str) and following else cursor,
            "has_more": answer.get("has_more") in (1, "1"),
        }

    async def state(self, kf: str, person: str, deadline: float | None = None) -> int:
        """Returns who has a conversation: 0 nobody yet, 1 us, 2 the queue, 3 a human, 4 ended.

        Raises:
            ApiError: if that is not known.
        """
        body = {"open_kfid": kf, "external_userid": person}
        end = self.api.until(deadline)
        path = "/cgi-bin/kf/service_state/get"
        answer = await self.api.call(path, body, end, idempotent=True)
        state = answer.get("service_state")
        if not isinstance(state, int):
            raise ApiError(None, "the answer holds no state", "ambiguous")
        return state

    async def hand_off(
        self,
        kf: str,
        person: str,
        state: int,
        servicer: str | None = None,
        deadline: float | None = None,
    ) -> str | None:
        """Gives a conversation to somebody else, or takes it.

        Args:
            kf: the open_kfid.
            person: the external_userid.
            state: as `state` returns it: 1 us, 2 the queue, 3 the servicer, 4 the end.
            servicer: the user id of the one who shall serve, for state 3.
            deadline: by the steady clock, in seconds; 20 s from now if it is None.

        Returns:
            A code with which one more word may be said by `send_on_event`; None if there is none,
            also if the first try was carried out and its answer got lost.

        Raises:
            ApiError: if the conversation is not given, or that is not known.
        """
        body: dict[str, Any] = {"open_kfid": kf, "external_userid": person, "service_state": state}
        if servicer:
            body["servicer_userid"] = servicer
        end = self.api.until(deadline)
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


def _content(part: Part) -> dict[str, Any]:
    """Returns the fields of a KF message; a part with items is a menu."""
    if not part.items:
        return {"msgtype": "text", "text": {"content": part.text}}
    items = [{"type": "click", "click": {"id": id_, "content": item}} for id_, item in part.items]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": part.text, "list": items}}
