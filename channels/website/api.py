"""What a page may ask for: one method a request. Who asks is known by the token alone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from functools import partial
from typing import Any

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from channels.characters import clean
from channels.guard import Guard
from channels.inbox.limits import SharedCounts
from channels.metrics import FEEDBACK
from channels.payloads import GREETING
from channels.pictures import PictureReader, Seen, look_at, unread
from channels.rate import Limit, Rates
from channels.redaction import RECENT, Memory, remember
from channels.refusals import BadRequest, refuse_haste, refuse_in_a_crowd
from channels.turns import TURNS
from channels.website.limits import OpenStreams, RequestLimit
from channels.website.message_handler import MessageHandler
from channels.website.origins import Origins
from channels.website.pictures import Pictures, refuse_unread, size_of
from channels.website.protocol import after, as_text
from channels.website.sessions import NoSession, Sessions, new_conversation_id
from channels.website.settings import Settings
from screenshots.reading import NotRead, Reason
from serving.tenants import tenant_of, title_of

CLIENT_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
BEARER = "Bearer "
SEND_SECONDS = 30.0  # for a page to take one event; beyond, its stream is cut off


class Api:
    """Answers the widget's requests.

    Attributes:
        message_handler: where the conversations are; there from the start of the server on.
        reader: reads pictures; there from the start of the server on, too.
    """

    message_handler: MessageHandler
    reader: PictureReader

    def __init__(self, settings: Settings, origins: Origins) -> None:
        self.settings = settings
        self._origins = origins
        self.rates = Rates()
        self.guard = Guard(settings.limits, self.rates)
        self.sessions = Sessions(settings.secret(), settings.session_hours)
        self.openings = Limit("sessions", settings.sessions_per_minute_per_address)
        limits = settings.requests
        limit = partial(RequestLimit, self.rates)
        self.histories = limit(
            "history", limits.history_per_minute, limits.history_per_minute_per_address
        )
        self.renewals = limit(
            "renewals", limits.renewals_per_minute, limits.renewals_per_minute_per_address
        )
        self.openings_of_streams = limit(
            "streams", limits.streams_per_minute, limits.streams_per_minute_per_address
        )
        self.feedbacks = limit(
            "feedback", limits.feedback_per_minute, limits.feedback_per_minute_per_address
        )
        self.pictures = Pictures(settings, self.rates)
        self.deletions = limit("deletions", 0, limits.deletions_per_minute_per_address)
        self.streams = OpenStreams(limits.streams_per_address, limits.streams_in_total)

    def count_with_others(self, counts: SharedCounts) -> None:
        """Counts from now on together with the other workers."""
        self.rates.shared = self.streams.shared = counts

    async def open_session(self, request: Request) -> HTTPResponse:
        """Issues a token for a new conversation, or for the one of an old token."""
        data = await self._body(request)
        address = self._address(request)
        tenant = self._origins.tenant(request)
        issued = None
        if isinstance(data.get("token"), str):
            with contextlib.suppress(NoSession):
                # Refuses the token of a deleted conversation, and of one with another tenant.
                conversation_id = self._conversation_id(data["token"], request)
                self.renewals.admit(conversation_id, address)
                issued = self.sessions.renew(data["token"])
        if issued is None:
            refuse_haste(self.rates.admit((self.openings, address)))
            conversation_id = new_conversation_id(tenant)
            self.message_handler.records.add_conversation(conversation_id)
            issued = self.sessions.issue(conversation_id)
        token, expires = issued
        opened = {
            "token": token,
            "expires_at": expires,
            "kept_days": self.settings.kept_days,
            "max_picture_bytes": self.pictures.max_bytes if self.pictures.is_on else 0,
        }
        title = title_of(tenant)
        if title:
            opened["title"] = title
        return response.json(opened)

    async def history(self, request: Request) -> HTTPResponse:
        """Tells the conversation so far."""
        conversation_id = self._session(request)
        self.histories.admit(conversation_id, self._address(request))
        messages = self.message_handler.records.messages(conversation_id, after(request))
        last = messages[-1]["seq"] if messages else after(request)
        return response.json({"messages": messages, "last": last}, dumps=json.dumps)

    async def events(self, request: Request) -> None:
        """Tells what happens in a conversation as it happens."""
        conversation_id, start = self._session(request), after(request)
        address = self._address(request)
        self.openings_of_streams.admit(conversation_id, address)
        with self.streams.hold(address):
            stream = await request.respond(
                content_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
            )
            self.message_handler.schedule(conversation_id)
            events = self.message_handler.listen(conversation_id, start)
            try:
                async for event in events:
                    await asyncio.wait_for(stream.send(as_text(event)), SEND_SECONDS)
                await stream.eof()
            except asyncio.TimeoutError:  # the page takes nothing: it holds its place no longer
                request.transport.abort()
            finally:
                await events.aclose()  # type: ignore[attr-defined]

    async def receive(self, request: Request) -> HTTPResponse:
        """Takes in a text, a click, or the wish to be greeted."""
        conversation_id = self._session(request)
        data = await self._body(request)
        id_ = client_id(data.get("id"))
        repeated = self._repeated(conversation_id, id_, request)
        if repeated:
            return repeated
        address = self._address(request)
        self._admit(conversation_id, address)  # before secrets are looked for
        try:
            return self._take(conversation_id, id_, data)
        except (SQLAlchemyError, OSError):  # as a full disk: the widget sends it again and again
            self.guard.take_back(conversation_id, address)
            raise

    def _take(self, conversation_id: str, id_: str, data: dict[str, Any]) -> HTTPResponse:
        rasa_input, shown = self._understand(conversation_id, data)
        seq = self.message_handler.take(conversation_id, id_, rasa_input, shown)
        return response.json({"accepted": True, "id": id_, "seq": seq})

    async def receive_picture(self, request: Request) -> HTTPResponse:
        """Takes in a picture: the body as it is, under the id in the query.

        It is read before it is confirmed, because only what was read is kept. A person
        who leaves before that has sent nothing.
        """
        conversation_id = self._session(request)
        id_ = client_id(request.args.get("id"))
        repeated = self._repeated(conversation_id, id_, request)
        if repeated:
            return repeated
        address = self._address(request)
        self._admit(conversation_id, address)
        if not self.pictures.is_on:
            return self._take_picture(conversation_id, id_, unread(NotRead(Reason.OFF)))
        self.pictures.limit.admit(conversation_id, address)
        size = size_of(request, self.pictures.max_bytes)
        with self.pictures.hold(address, size):
            picture = await self.pictures.receive(request, size)
            async with self.pictures.turn(conversation_id):
                repeated = self._repeated(conversation_id, id_, request)  # it came twice at once
                if repeated:
                    return repeated
                max_characters = self.guard.limits.max_characters
                seen = await look_at(
                    picture, self.reader, max_characters, self._memory(conversation_id)
                )
                refuse_unread(seen)
                return self._take_picture(conversation_id, id_, seen)

    def _admit(self, conversation_id: str, address: str) -> None:
        """Counts one message.

        Raises:
            BadRequest: with 429 and the waiting time when there were too many, or too many others
                wait for an answer.
        """
        refuse_in_a_crowd(TURNS.wait())
        self.guard.admit(conversation_id, address)

    def _take_picture(self, conversation_id: str, id_: str, seen: Seen) -> HTTPResponse:
        if not self.message_handler.records.has_conversation(conversation_id):
            raise NoSession("deleted while the picture was read")
        seq = self.message_handler.take(conversation_id, id_, seen.text, seen.shown, seen.metadata)
        return response.json({"accepted": True, "id": id_, "seq": seq})

    def _repeated(self, conversation_id: str, id_: str, request: Request) -> HTTPResponse | None:
        """Returns the answer to a message that is known already; None if it is new."""
        known = self.message_handler.records.request(conversation_id, id_)
        if not known:
            return None
        self.histories.admit(conversation_id, self._address(request))  # it is as cheap to answer
        self.message_handler.schedule(conversation_id)
        return response.json({"accepted": True, "id": id_, "seq": known.seq, "repeated": True})

    def _memory(self, conversation_id: str) -> Memory:
        return remember(self.message_handler.records.texts_of_person(conversation_id, RECENT))

    def _understand(self, conversation_id: str, data: dict[str, Any]) -> tuple[str, str | None]:
        """Returns what Rasa gets and what shows as the person's message."""
        if "payload" in data:
            payload = data["payload"]
            sound = isinstance(payload, str) and payload == clean(payload)
            title = (
                self.message_handler.records.offered(conversation_id, payload) if sound else None
            )
            if not title:
                raise BadRequest(
                    403, "this conversation has offered no such click", "payload_not_offered"
                )
            return str(payload), title
        if data.get("event") == "open":
            return GREETING, None
        shown, rasa_input = self.guard.typed(data.get("text"), memory=self._memory(conversation_id))
        return rasa_input, shown

    async def delete(self, request: Request) -> HTTPResponse:
        """Deletes a conversation everywhere."""
        conversation_id = self._session(request)
        self.deletions.admit(conversation_id, self._address(request))
        await self.message_handler.forget(conversation_id)
        return response.json({"deleted": True})

    async def feedback(self, request: Request) -> HTTPResponse:
        """Keeps whether an answer was helpful."""
        conversation_id = self._session(request)
        data = await self._body(request)
        seq, helpful = data.get("seq"), data.get("helpful")
        if type(seq) is not int or not 0 < seq < 2**53 or not isinstance(helpful, bool):
            raise BadRequest(400, '"seq" is no number of a message or "helpful" no truth value')
        self.feedbacks.admit(conversation_id, self._address(request))
        word, _ = self.guard.typed(data.get("word", ""), "word")
        if not self.message_handler.records.rate(conversation_id, seq, helpful, word):
            raise BadRequest(404, "there is no such answer", "not_found")
        FEEDBACK.labels("yes" if helpful else "no", tenant_of(conversation_id)).inc()
        await self.message_handler.note_rating(conversation_id, seq, helpful)
        return response.json({"accepted": True})

    def _session(self, request: Request) -> str:
        header = request.headers.get("authorization", "")
        if not header.startswith(BEARER):
            raise NoSession("no token")
        return self._conversation_id(header[len(BEARER) :], request)

    def _conversation_id(self, token: str, request: Request) -> str:
        """Returns the conversation of a token that is used where it was issued.

        Raises:
            NoSession: if there is none, or it is with another tenant than the site's of the page;
                so a site that goes over to another tenant begins anew, with its words.
        """
        conversation_id = self.sessions.read(token)
        of_page = self._origins.tenant(request)
        if "origin" in request.headers and tenant_of(conversation_id) != of_page:
            raise NoSession("with another tenant")
        if not self.message_handler.records.has_conversation(conversation_id):
            raise NoSession("deleted")
        return conversation_id

    def _address(self, request: Request) -> str:
        return self.guard.addresses.counted(request.ip, request.headers)

    async def _body(self, request: Request) -> dict[str, Any]:
        """Reads the body up to the limit; what is beyond is not even received."""
        if int(request.headers.get("content-length", "0")) > self.guard.limits.max_bytes:
            raise self.guard.too_large()
        body = b""
        async for part in request.stream:
            body += part
            if len(body) > self.guard.limits.max_bytes:
                raise self.guard.too_large()
        return self.guard.read(body or b"{}")


def client_id(given: object) -> str:
    """Returns the id that a page has given a message.

    Raises:
        BadRequest: with 400 if it is none.
    """
    if not isinstance(given, str) or not CLIENT_ID.fullmatch(given):
        raise BadRequest(400, '"id" is missing or not of 1 to 64 letters, digits, - and _')
    return given
