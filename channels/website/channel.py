"""The website's input channel: its routes under /webhooks/website.

The wire format is described in `README.md`, "The website". Who asks is known by the token in the
header `Authorization` alone; no cookie, so it works in a private window and on another origin.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from ruamel.yaml import YAML
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse

from channels.answers import answers_in
from channels.conversation_store import forget_talk
from channels.guard import BadRequest, Guard, RateLimit, refuse_haste
from channels.website.desk import Desk
from channels.website.origins import Origins
from channels.website.pages import Pages
from channels.website.records import Records
from channels.website.sessions import NoSession, Sessions, new_talk
from channels.website.settings import ROOT, Settings

WORDS = YAML(typ="safe").load((Path(__file__).parent / "words.yml").read_text(encoding="utf-8"))
CLIENT_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
GREETING = "/greet"
PURGE_SECONDS = 3600
BEARER = "Bearer "

Handler = Callable[[Request], Awaitable[BaseHTTPResponse | None]]


class WebsiteChannel(InputChannel):
    """The chat window's server side."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.guard = Guard(settings.limits)
        self.sessions = Sessions(settings.secret(), settings.session_hours)
        self.origins = Origins(settings.allowed_origins)
        self.openings = RateLimit(settings.sessions_per_minute_per_address)
        self.feedbacks = RateLimit(settings.limits.messages_per_minute)
        self.pages = Pages(ROOT / settings.window)
        self.desk: Desk  # from the start of the server on
        self._purging: asyncio.Task[None] | None = None

    @classmethod
    def name(cls) -> str:
        """Returns the part of the address that is the channel's."""
        return "website"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebsiteChannel:
        """Makes the channel with the settings in `credentials.yml`."""
        return cls(Settings.from_credentials(credentials))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the routes."""
        routes = Blueprint("website", __name__)

        @routes.listener("after_server_start")
        async def open_desk(app: Sanic, _: Any) -> None:
            self._open(app, on_new_message)

        @routes.listener("before_server_stop")
        async def close_desk(_: Sanic, __: Any) -> None:
            if self._purging:
                self._purging.cancel()

        @routes.middleware("response")
        async def mark(request: Request, answer: BaseHTTPResponse) -> None:
            self.origins.mark(request, answer)

        pages: tuple[tuple[str, Handler], ...] = (
            ("/", self._health),
            ("/demo", self.pages.demo),
            ("/demo.css", self.pages.style),
            ("/zhaohui.js", self.pages.window),
        )
        for path, handler in pages:
            name = path[1:].replace(".", "_") or "health"
            routes.add_route(as_function(handler), path, methods=["GET"], name=name)
        handlers: tuple[tuple[str, str, Handler], ...] = (
            ("POST", "/session", self._open_session),
            ("GET", "/history", self._history),
            ("GET", "/events", self._events),
            ("POST", "/messages", self._receive),
            ("DELETE", "/talk", self._delete),
            ("POST", "/feedback", self._feedback),
        )
        for method, path, handler in handlers:
            name = path[1:]
            guarded = self._answering(handler)
            routes.add_route(guarded, path, methods=[method], name=name, stream=method == "POST")
            preflight = as_function(self._preflight)
            routes.add_route(preflight, path, methods=["OPTIONS"], name=f"{name}_preflight")
        return routes

    def _open(self, app: Sanic, ask: Callable[[UserMessage], Awaitable[Any]]) -> None:
        async def recall(talk: str, message_id: str) -> list[dict[str, Any]]:
            tracker = await app.ctx.agent.tracker_store.retrieve_full_tracker(talk)
            return answers_in(tracker, message_id)

        async def erase(talk: str) -> None:
            async with app.ctx.agent.lock_store.lock(talk):
                await forget_talk(app.ctx.agent.tracker_store, talk)

        self.desk = Desk(
            Records(ROOT / self.settings.database),
            ask,
            recall,
            erase,
            WORDS["unavailable"],
            self.settings.answer_seconds,
        )
        self.desk.resume()
        self._purging = asyncio.get_running_loop().create_task(self._purge())

    async def _purge(self) -> None:
        while True:
            await self.desk.forget_outdated(self.settings.kept_days)
            await asyncio.sleep(PURGE_SECONDS)

    def _answering(self, handler: Handler) -> Handler:
        """Puts the check of the origin before a handler, and words to what it refuses."""

        @functools.wraps(handler)
        async def answer(request: Request) -> BaseHTTPResponse | None:
            try:
                if not self.origins.allows(request):
                    raise BadRequest(403, "this origin is not allowed", "origin_refused")
                return await handler(request)
            except NoSession:
                return refusal(BadRequest(401, "no such session", "no_session"))
            except BadRequest as problem:
                return refusal(problem)

        return answer

    async def _health(self, _: Request) -> HTTPResponse:
        return response.json({"status": "ok"})

    async def _preflight(self, request: Request) -> HTTPResponse:
        return response.empty(204 if self.origins.allows(request) else 403)

    async def _open_session(self, request: Request) -> HTTPResponse:
        data = await self._body(request)
        address = self._address(request)
        talk = None
        if isinstance(data.get("token"), str):
            with contextlib.suppress(NoSession):
                talk = self._talk(data["token"])
        if talk is None:
            refuse_haste(self.openings.wait(address))
            self.openings.count(address)
            talk = new_talk()
            self.desk.records.add_talk(talk)
        else:
            self.desk.records.touch(talk)
        token, expires = self.sessions.issue(talk)
        kept = self.settings.kept_days
        return response.json({"token": token, "expires_at": expires, "kept_days": kept})

    async def _history(self, request: Request) -> HTTPResponse:
        messages = self.desk.records.messages(self._session(request), after(request))
        last = messages[-1]["seq"] if messages else after(request)
        return response.json({"messages": messages, "last": last}, dumps=json.dumps)

    async def _events(self, request: Request) -> None:
        talk, start = self._session(request), after(request)
        stream = await request.respond(
            content_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )
        self.desk.wake(talk)
        events = self.desk.listen(talk, start)
        try:
            async for event in events:
                await stream.send(as_text(event))
            await stream.eof()
        finally:
            await events.aclose()  # type: ignore[attr-defined]

    async def _receive(self, request: Request) -> HTTPResponse:
        talk = self._session(request)
        data = await self._body(request)
        id_ = data.get("id")
        if not isinstance(id_, str) or not CLIENT_ID.fullmatch(id_):
            raise BadRequest(400, '"id" is missing or not of 1 to 64 letters, digits, - and _')
        known = self.desk.records.request(talk, id_)
        if known:
            self.desk.wake(talk)
            return response.json({"accepted": True, "id": id_, "seq": known.seq, "repeated": True})
        words, shown = self._understand(talk, data)
        self.guard.admit(talk, self._address(request))
        if words == GREETING and shown is None and self.desk.records.has_requests(talk):
            return response.json({"accepted": True, "id": id_, "seq": None})
        taken = self.desk.take(talk, id_, words, shown)
        return response.json({"accepted": True, "id": id_, "seq": taken.seq})

    def _understand(self, talk: str, data: dict[str, Any]) -> tuple[str, str | None]:
        """Returns what Rasa gets and what shows as the person's message."""
        if "payload" in data:
            payload = data["payload"]
            title = isinstance(payload, str) and self.desk.records.offered(talk, payload)
            if not title:
                raise BadRequest(403, "this talk has offered no such click", "payload_not_offered")
            return str(payload), title
        if data.get("event") == "open":
            return GREETING, None
        shown, words = self.guard.typed(data.get("text"))
        return words, shown

    async def _delete(self, request: Request) -> HTTPResponse:
        await self.desk.forget(self._session(request))
        return response.json({"deleted": True})

    async def _feedback(self, request: Request) -> HTTPResponse:
        talk = self._session(request)
        data = await self._body(request)
        seq, helpful = data.get("seq"), data.get("helpful")
        if isinstance(seq, bool) or not isinstance(seq, int) or not isinstance(helpful, bool):
            raise BadRequest(400, '"seq" is not a number or "helpful" not true or false')
        word, _ = self.guard.typed(data.get("word", ""), "word")
        refuse_haste(self.feedbacks.wait(talk))
        self.feedbacks.count(talk)
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
        body = b""
        async for part in request.stream:
            body += part
            if len(body) > self.guard.limits.most_bytes:
                raise self.guard.too_large()
        return self.guard.read(body or b"{}")


def as_function(handler: Handler) -> Handler:
    """Returns a function for a method, because Sanic puts a mark on its handlers."""

    @functools.wraps(handler)
    async def answer(request: Request) -> BaseHTTPResponse | None:
        return await handler(request)

    return answer


def refusal(problem: BadRequest) -> HTTPResponse:
    """Returns the answer to what is refused: a code, and words fit to be shown."""
    content: dict[str, Any] = {
        "error": problem.code,
        "message": WORDS[problem.code].format(seconds=problem.retry_after),
    }
    headers = {}
    if problem.retry_after:
        content["retry_after"] = problem.retry_after
        headers["Retry-After"] = str(problem.retry_after)
    return response.json(content, status=problem.status, headers=headers)


def after(request: Request) -> int:
    """Returns the number of the last message the page has, from the query."""
    text = request.args.get("after", "0")
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise BadRequest(400, '"after" is not a number')
    return int(text)


def as_text(event: tuple[str, Any] | None) -> str:
    """Returns an event in the format of server-sent events; None is a heartbeat."""
    if event is None:
        return ": still here\n\n"
    kind, data = event
    number = f"id: {data['seq']}\n" if kind == "message" else ""
    return f"{number}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
