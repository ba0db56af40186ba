"""Figures of this process for Prometheus, and whether it is ready, for a proxy in front of it.

`GET /metrics` answers programs on this machine only. No label names a person, nor holds anything
that somebody wrote. `GET /ready` says whether a message would be answered now.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, ProcessCollector
from prometheus_client.exposition import generate_latest
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from serving.framing import Head, Refusal
from serving.local_callers import Stranger, stranger

METRICS = "/metrics"
READY = "/ready"
KEPT_SECONDS = 1.0  # for so long an answer of READY holds, however many ask
MAX_PARTS = 2  # of a logger's name that make a label

Problems = Callable[[Sanic], Awaitable[list[str]]]

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
ERRORS = Counter(
    "zhaohui_errors", "Errors in the log, by who wrote them.", ["logger"], registry=REGISTRY
)

_REFUSED = {
    Stranger.PAGE: "no page in a browser is served",
    Stranger.MACHINE: "only programs on this machine are served",
    Stranger.FORWARDED: "what a proxy forwards is not served",
    Stranger.HOST: "Host is not this machine: use 127.0.0.1",
}


class ErrorCount(logging.Handler):
    """Counts what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        """Counts a record under the beginning of its logger's name."""
        ERRORS.labels(".".join(record.name.split(".")[:MAX_PARTS])).inc()


def check_local(head: Head, peer: str) -> None:
    """Refuses METRICS to who is no program on this machine.

    Raises:
        Refusal: with 403.
    """
    found = stranger(head, peer) if head.path == METRICS else None
    if found:
        raise Refusal(HTTPStatus.FORBIDDEN, _REFUSED[found])


async def nothing(app: Sanic) -> list[str]:
    """Returns no problems: who answers at all is ready."""
    return []


def serve_monitoring(app: Sanic, problems: Problems = nothing) -> None:
    """Adds METRICS and READY to an app, and counts its errors; only once for an app.

    Args:
        app: of this process, before it starts; its requests have to be checked by `check_local`.
        problems: says what would keep a message from being answered.
    """
    if getattr(app.ctx, "is_monitored", False):
        return
    app.ctx.is_monitored = True
    root = logging.getLogger()
    if not any(isinstance(handler, ErrorCount) for handler in root.handlers):
        root.addHandler(ErrorCount())
    app.add_route(_metrics, METRICS, methods=["GET"])
    readiness = _Readiness(app, problems)
    app.add_route(readiness.answer, READY, methods=["GET"], name="ready")


async def _metrics(_: Request) -> HTTPResponse:
    figures = generate_latest(REGISTRY)
    return response.raw(figures, headers={"Content-Type": CONTENT_TYPE_LATEST})


class _Readiness:
    """Whether an app is ready, asked anew when the last answer is old."""

    def __init__(self, app: Sanic, problems: Problems) -> None:
        self._app = app
        self._problems = problems
        self._found: list[str] = []
        self._until = 0.0

    async def answer(self, _: Request) -> HTTPResponse:
        """Answers 200, or 503 with what is missing."""
        if time.monotonic() >= self._until:
            self._found = await self._problems(self._app)
            self._until = time.monotonic() + KEPT_SECONDS
        status = HTTPStatus.SERVICE_UNAVAILABLE if self._found else HTTPStatus.OK
        content = {"ready": not self._found, "problems": self._found}
        return response.json(content, status=int(status), dumps=json.dumps)
