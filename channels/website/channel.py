"""The website's input channel: its routes under /webhooks/website.

The requests are described in `docs/website.md`. Who asks is known by the token in the
header `Authorization` alone; no cookie, so it works in a private window and on another origin.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse

from channels import pictures
from channels.assistant import Assistant
from channels.error_log import log_error
from channels.inbox.database import Notifications, Postgres, open_database
from channels.inbox.following import follow_others, look_again
from channels.inbox.limits import RENEW_SECONDS, SharedCounts
from channels.pictures import PictureReader
from channels.purge import purge_hourly
from channels.refusals import BadRequest
from channels.website.api import Api
from channels.website.message_handler import MessageHandler
from channels.website.origins import Origins
from channels.website.pages import Pages
from channels.website.protocol import refusal
from channels.website.records import Records
from channels.website.sessions import NoSession
from channels.website.settings import ROOT, Settings
from screenshots.reader import shared_reader
from serving.protection import ProtectedBlueprint

logger = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[BaseHTTPResponse | None]]


class WebsiteChannel(InputChannel):
    """The chat widget's server side."""

    def __init__(self, settings: Settings, reader: PictureReader | None = None) -> None:
        self.settings = settings
        self._reader = reader
        self.origins = Origins(settings.allowed_origins, settings.tenants)
        self.api = Api(settings, self.origins)
        self.pages = Pages(ROOT / settings.widget)
        self._running: list[asyncio.Task[None]] = []  # beside the requests

    @classmethod
    def name(cls) -> str:
        """Returns the part of the address that is the channel's."""
        return "website"

    @classmethod
    def from_credentials(
        cls, credentials: dict[str, Any] | None, reader: PictureReader | None = None
    ) -> WebsiteChannel:
        """Makes the channel with the settings in `credentials.yml`.

        Args:
            credentials: the settings.
            reader: reads pictures; the one of this process, if it is not given.
        """
        return cls(Settings.from_credentials(credentials), reader)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the routes."""
        limit = self.settings.limits.max_bytes
        larger = {"/pictures": max(self.settings.pictures.max_picture_bytes, limit)}
        routes = ProtectedBlueprint("website", limit, larger)

        @routes.listener("after_server_start")
        async def open_message_handler(app: Sanic, _: Any) -> None:
            await self._open(app, on_new_message)

        @routes.listener("before_server_stop")
        async def close_message_handler(_: Sanic, __: Any) -> None:
            self.api.message_handler.close()
            for task in self._running:
                task.cancel()

        @routes.listener("after_server_stop")  # not before: what is being read is still answered
        async def close_reader(_: Sanic, __: Any) -> None:
            await self.api.reader.close()

        @routes.middleware("response")
        async def add_headers(request: Request, answer: BaseHTTPResponse) -> None:
            self.origins.add_headers(request, answer)

        pages: tuple[tuple[str, Handler], ...] = (
            ("/", self._health),
            ("/demo", self.pages.demo),
            ("/demo.css", self.pages.style),
            ("/zhaohui.js", self.pages.widget),
        )
        for path, handler in pages:
            name = path[1:].replace(".", "_") or "health"
            routes.add_route(as_function(handler), path, methods=["GET"], name=name)
        handlers: tuple[tuple[str, str, Handler], ...] = (
            ("POST", "/session", self.api.open_session),
            ("GET", "/history", self.api.history),
            ("GET", "/events", self.api.events),
            ("POST", "/messages", self.api.receive),
            ("POST", "/pictures", self.api.receive_picture),
            ("DELETE", "/conversation", self.api.delete),
            ("POST", "/feedback", self.api.feedback),
        )
        for method, path, handler in handlers:
            name = path[1:]
            guarded = self._answering(handler)
            routes.add_route(guarded, path, methods=[method], name=name, stream=method == "POST")
            preflight = as_function(self._preflight)
            routes.add_route(preflight, path, methods=["OPTIONS"], name=f"{name}_preflight")
        return routes

    async def _open(self, app: Sanic, ask: Callable[[UserMessage], Awaitable[Any]]) -> None:
        self.api.message_handler = MessageHandler(
            Records(open_database(self.settings.database, ROOT)),
            Assistant(self.name(), ask, app, self.settings.answer_seconds),
            self.settings.burst_seconds,
            self.settings.limits.max_characters,
        )
        self.api.reader = self._reader or shared_reader()
        loop = asyncio.get_running_loop()
        await self.api.message_handler.continue_unanswered()
        forget = partial(self.api.message_handler.forget_outdated, self.settings.kept_days)
        self._running = [loop.create_task(purge_hourly(forget))]
        handler = self.api.message_handler
        database = handler.records.database
        look = handler.continue_unanswered
        if isinstance(database, Postgres):
            self.api.count_with_others(SharedCounts(database, self.settings.secret()))
            self._running.append(loop.create_task(self._renew()))
            url, channel = self.settings.database, self.name()
            listen = partial(Notifications, url, channel, database.backend, handler.hear)
            others = follow_others(listen, look, handler.notify_all)
            self._running.append(loop.create_task(others))
        else:
            self._running.append(loop.create_task(look_again(look)))
        if self.api.pictures.is_on:
            self._running.append(loop.create_task(pictures.start(self.api.reader)))

    async def _renew(self) -> None:
        """Has the other workers know what streams are open here, as long as the server runs."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                self.api.streams.renew()
            except Exception as error:  # the database may be away for a while
                logger.error("Open streams are not counted: %s", type(error).__name__)

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
            except SanicException:  # the body did not arrive in time, or whole
                raise
            except Exception as error:  # what a person wrote may stand in it
                log_error(logger, error)
                return refusal(BadRequest(500, "an error of ours", "broken"))

        return answer

    async def _health(self, _: Request) -> HTTPResponse:
        return response.json({"status": "ok"})

    async def _preflight(self, request: Request) -> HTTPResponse:
        return response.empty(204 if self.origins.allows(request) else 403)


def as_function(handler: Handler) -> Handler:
    """Returns a function for a method, because Sanic sets attributes of its handlers."""

    @functools.wraps(handler)
    async def answer(request: Request) -> BaseHTTPResponse | None:
        return await handler(request)

    return answer
