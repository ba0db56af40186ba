"""What stands before every page: which requests are served at all, and the headers of every answer.

Pure ASGI, so that nothing that is added later can forget it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from operators.settings import LOCAL_NAMES, Settings

MAX_FORM_BYTES = 256 * 1024
MAX_DIGITS = 12  # of the length of a form
MAX_PATH = 300  # characters
FORM_SECONDS = 15.0
MAX_FIELDS = 200
HEALTH = "/health"
_FORM = "application/x-www-form-urlencoded"

# Scripts and styles are files of ours; nothing else is loaded, framed or sent anywhere.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with `no-referrer`, forms would come without their origin
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "X-Robots-Tag": "noindex",
}


class Refused(Exception):
    """A request that is not served.

    Attributes:
        status: the HTTP status.
    """

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status


class Gate:
    """Checks a request, reads its form into `scope["state"]`, and completes the answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._hosts = {origin.partition("://")[2] for origin in settings.origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            return  # no WebSocket is spoken; uvicorn is told to send no lifespan

        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message))
            await send(message)

        try:
            scope.setdefault("state", {})["form"] = await self._checked(scope, receive)
        except Refused as refused:
            answer = PlainTextResponse(f"{refused}\n", refused.status, {"Connection": "close"})
            await answer(scope, receive, send_completed)
            return
        await self._app(scope, receive, send_completed)

    async def _checked(self, scope: Scope, receive: Receive) -> Mapping[str, str]:
        headers = Headers(scope=scope)
        self._check_host(scope, headers)
        if len(scope["path"]) > MAX_PATH:
            raise Refused(414, "the address is too long")
        if scope["method"] in ("GET", "HEAD"):
            return {}
        if scope["method"] != "POST":
            raise Refused(405, "only GET and POST are served")
        # A browser says where a form comes from; what says nothing is no browser with a form.
        if headers.getlist("origin") != [self._own_origin(headers)]:
            raise Refused(403, "this form does not come from these pages")
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise Refused(403, "this form does not come from these pages")
        if headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            raise Refused(415, "only forms are taken")
        try:
            return _fields(await asyncio.wait_for(_body(headers, receive), FORM_SECONDS))
        except asyncio.TimeoutError as error:
            raise Refused(408, "the form took too long") from error

    def _check_host(self, scope: Scope, headers: Headers) -> None:
        """Refuses foreign names, by which a page elsewhere could reach this machine."""
        hosts = headers.getlist("host")
        if len(hosts) == 1 and hosts[0].lower() in self._hosts:
            return
        local = {f"{name}:{self._settings.port}" for name in LOCAL_NAMES}
        if scope["path"] == HEALTH and len(hosts) == 1 and hosts[0] in local:
            return
        raise Refused(421, "these pages are not served under this name")

    def _own_origin(self, headers: Headers) -> str:
        return self._settings.public_url or f"http://{headers['host'].lower()}"

    def _complete(self, headers: MutableHeaders) -> None:
        for name, value in _HEADERS.items():
            headers[name] = value
        headers.setdefault("Cache-Control", "no-store")
        if self._settings.secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"


async def _body(headers: Headers, receive: Receive) -> bytes:
    if "transfer-encoding" in headers:
        raise Refused(411, "send Content-Length")
    length = headers.get("content-length", "")
    if not length.isdecimal() or len(headers.getlist("content-length")) != 1:
        raise Refused(411, "send Content-Length")
    if len(length) > MAX_DIGITS or int(length) > MAX_FORM_BYTES:
        raise Refused(413, "the form is too large")
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused(400, "the connection has ended")
        body += message.get("body", b"")
        if len(body) > MAX_FORM_BYTES:
            raise Refused(413, "the form is too large")
        more = message.get("more_body", False)
    return bytes(body)


def _fields(body: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError as error:  # also UnicodeDecodeError
        raise Refused(400, "the form is malformed") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Refused(400, "the form has a field twice")
    if any("\0" in value for value in fields.values()):
        raise Refused(400, "the form holds a character that is none")
    return fields
