"""What a page may ask for: one method a request. Who asks is known by the token alone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from typing import Any

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.guard import BadRequest, Guard, clean, refuse_haste
from channels.rate import RateLimit
from channels.redaction import RECENT, remember
from channels.website.desk import Desk
from channels.website.limits import OpenStreams, RequestLimit
from channels.website.sessions import NoSession, Sessions, new_talk
from channels.website.settings import Settings
from channels.website.wire import after, as_text

CLIENT_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
GREETING = "/greet"
BEARER = "Bearer "
SEND_SECONDS = 30.0  # for a page to take one event; beyond, its stream is cut off


class Api:
    """Answers the window's requests.

    Attributes:
        desk: where the talks are; there from the start of the server on.
    """

    desk: Desk

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.guard = Guard(settings.limits)
        self.sessions = Sessions(settings.secret(), settings.session_hours)
        self.openings = RateLimit(settings.sessions_per_minute_per_address)
        most = settings.requests
        self.histories = RequestLimit(most.history_per_minute, most.history_per_minute_per_address)
        self.renewals = RequestLimit(most.renewals_per_minute, most.renewals_per_minute_per_address)
        self.openings_of_streams = RequestLimit(
            most.streams_per_minute, most.streams_per_minute_per_address
        )
        self.feedbacks = RequestLimit(
            most.feedback_per_minute, most.feedback_per_minute_per_address
        )
        self.deletions = RequestLimit(0, most.deletions_per_minute_per_address)
        self.streams = OpenStreams(most.streams_per_address, most.streams_in_total)

    async def open_session(self, request: Request) -> HTTPResponse:
        """Issues a token for a new talk, or for the one of an old token."""
        data = await self._body(request)
        address = self._address(request)
        issued = None
        if isinstance(data.get("token"), str):
            with contextlib.suppress(NoSession):
                talk = self._talk(data["token"])  # refuses the token of a deleted talk
                self.renewals.admit(talk, address)
                issued = self.sessions.renew(data["token"])
        if issued is None:
            refuse_haste(self.openings.wait(address))
            self.openings.count(address)
            talk = new_talk()
            self.desk.records.add_talk(talk)
            issued = self.sessions.issue(talk)
        token, expires = issued
        kept = self.settings.kept_days
        return response.json({"token": token, "expires_at": expires, "kept_days": kept})

    async def history(self, request: Request) -> HTTPResponse:
        """Tells the talk so far."""
        talk = self._session(request)
        self.histories.admit(talk, self._address(request))
        messages = self.desk.records.messages(talk, after(request))
        last = messages[-1]["seq"] if messages else after(request)
        return response.json({"messages": messages, "last": last}, dumps=json.dumps)

    async def events(self, request: Request) -> None:
        """Tells what happens in a talk as it happens."""
        talk, start = self._session(request), after(request)
        address = self._address(request)
        self.openings_of_streams.admit(talk, address)
        with self.streams.hold(address):
            stream = await request.respond(
                content_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
            )
            self.desk.wake(talk)
            events = self.desk.listen(talk, start)
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
        talk = self._session(request)
        data = await self._body(request)
        id_ = data.get("id")
        if not isinstance(id_, str) or not CLIENT_ID.fullmatch(id_):
            raise BadRequest(400, '"id" is missing or not of 1 to 64 letters, digits, - and _')
        known = self.desk.records.request(talk, id_)
        if known:
            self.histories.admit(talk, self._address(request))  # it is as cheap to answer
            self.desk.wake(talk)
            return response.json({"accepted": True, "id": id_, "seq": known.seq, "repeated": True})
        self.guard.admit(talk, self._address(request))  # before its secrets are looked for
        words, shown = self._understand(talk, data)
        if words == GREETING and shown is None and self.desk.records.has_requests(talk):
            return response.json({"accepted": True, "id": id_, "seq": None})
        taken = self.desk.take(talk, id_, words, shown)
        return response.json({"accepted": True, "id": id_, "seq": taken.seq})

    def _understand(self, talk: str, data: dict[str, Any]) -> tuple[str, str | None]:
        """Returns what Rasa gets and what shows as the person's message."""
        if "payload" in data:
            payload = data["payload"]
            sound = isinstance(payload, str) and payload == clean(payload)
            title = self.desk.records.offered(talk, payload) if sound else None
            if not title:
                raise BadRequest(403, "this talk has offered no such click", "payload_not_offered")
            return str(payload), title
        if data.get("event") == "open":
            return GREETING, None
        memory = remember(self.desk.records.texts_of_person(talk, RECENT))
        shown, words = self.guard.typed(data.get("text"), memory=memory)
        return words, shown

    async def delete(self, request: Request) -> HTTPResponse:
        """Deletes a talk everywhere."""
        talk = self._session(request)
        self.deletions.admit(talk, self._address(request))
        await self.desk.forget(talk)
        return response.json({"deleted": True})

    async def feedback(self, request: Request) -> HTTPResponse:
        """Keeps whether an answer was helpful."""
        talk = self._session(request)
        data = await self._body(request)
        seq, helpful = data.get("seq"), data.get("helpful")
        if type(seq) is not int or not 0 < seq < 2**53 or not isinstance(helpful, bool):
            raise BadRequest(400, '"seq" is no number of a message or "helpful" no truth value')
        self.feedbacks.admit(talk, self._address(request))
        word, _ = self.guard.typed(data.get("word", ""), "word")
        if not self.desk.records.rate(talk, seq, helpful, word):
            raise BadRequest(404, "there is no such answer", "not_found")
        return response.json({"accepted": True})

    def _session(self, request: Request) -> str:
        header = request.headers.get("authorization", "")
        if not header.startswith(BEARER):
            raise NoSession("no token")
        return self._talk(header[len(BEARER) :])

    def _talk(self, token: str) -> str:
        talk = self.sessions.read(token)
        if not self.desk.records.has_talk(talk):
            raise NoSession("deleted")
        return talk

    def _address(self, request: Request) -> str:
        return self.guard.address(request.ip, request.headers)

    async def _body(self, request: Request) -> dict[str, Any]:
        """Reads the body up to the limit; what is beyond is not even received."""
        if int(request.headers.get("content-length", "0")) > self.guard.limits.most_bytes:
            raise self.guard.too_large()
        body = b""
        async for part in request.stream:
            body += part
            if len(body) > self.guard.limits.most_bytes:
                raise self.guard.too_large()
        return self.guard.read(body or b"{}")
