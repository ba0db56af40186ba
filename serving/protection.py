"""Puts the checks of this package in front of every Sanic server of the process.

Neither Rasa nor rasa_sdk lets one choose the class of a connection, and Sanic 21.12 has no setting
for it, so `protect` replaces the method with which Sanic makes one. Channels call it through
`ProtectedBlueprint`, the action server through its plug-in hook (`serving.action_server`), and
`rasa shell`, where no channel of ours is loaded, through our tracker store.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from sanic import Blueprint, Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.server.protocols.http_protocol import HttpProtocol

from serving.admission import Admission
from serving.connection import CheckedHttp
from serving.logs import one_line_each
from serving.monitoring import check_local, serve_monitoring
from serving.rasa_readiness import rasa_problems

CORS_DONE = "_sanic_cors_e"  # sanic_cors leaves an answer alone whose request has this attribute


class ProtectedBlueprint(Blueprint):
    """The routes of a channel: whatever app they are added to is protected.

    A body has at most `max_body_bytes`, or what `larger_bodies` says for a single route.
    """

    def __init__(
        self, name: str, max_body_bytes: int, larger_bodies: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(name)
        self.ctx.max_body_bytes = max_body_bytes
        self.ctx.larger_bodies = dict(larger_bodies or {})

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Adds the routes to an app; called by Sanic."""
        admission = protect(app)
        if check_local not in admission.checks:
            admission.checks.append(check_local)
        serve_monitoring(app, rasa_problems)
        prefix = (options.get("url_prefix") or "").rstrip("/")
        admission.channels[prefix] = self.ctx.max_body_bytes
        for route, limit in self.ctx.larger_bodies.items():
            admission.larger_bodies[prefix + route] = limit
        super().register(app, options)


def protect_process() -> None:
    """Has every connection of this process checked, and every log record kept to a line."""
    one_line_each()
    HttpProtocol._setup_connection = _setup_connection


def protect(app: Sanic) -> Admission:
    """Protects an app; a second call changes nothing.

    Returns:
        What the app takes in; it may be changed until the server starts.
    """
    protect_process()
    admission: Admission | None = getattr(app.ctx, "admission", None)
    if admission is None:
        admission = app.ctx.admission = Admission()
        app.exception(SanicException)(_answer_error)
        app.listener("before_server_start")(_come_before_cors)
    return admission


def _setup_connection(protocol: Any) -> None:
    """Takes the place of `HttpProtocol._setup_connection`."""
    admission = getattr(protocol.app.ctx, "admission", None) or Admission()
    protocol._http = CheckedHttp(protocol, admission)
    protocol._time = time.monotonic()
    protocol.check_timeouts()


def _answer_error(_: Request, error: SanicException) -> HTTPResponse | None:
    """Says in one line what was wrong with a request; None leaves an error of ours to Sanic."""
    status = error.status_code
    if status >= 500:
        return None
    headers = {**getattr(error, "headers", {}), "X-Content-Type-Options": "nosniff"}
    return response.json({"error": str(error)}, status=status, headers=headers, dumps=json.dumps)


async def _come_before_cors(app: Sanic, _: Any) -> None:
    """Runs after sanic_cors has put its middleware first, and puts ours before it."""
    app.request_middleware.appendleft(_answer_preflight)


async def _answer_preflight(request: Request) -> HTTPResponse | None:
    """Has a channel answer OPTIONS by itself, and say by itself which origin it allows.

    Rasa's sanic_cors would answer OPTIONS for every address, and with `--cors` would allow other
    origins than the channel does.
    """
    if not request.app.ctx.admission.owns(request.path):
        return None
    setattr(request.ctx, CORS_DONE, "1")
    if request.method != "OPTIONS":
        return None
    if request.route is None:
        return response.json({"error": "nothing here answers OPTIONS"}, status=404)
    answer: HTTPResponse = await request.route.handler(request, **request.match_info)
    return answer
