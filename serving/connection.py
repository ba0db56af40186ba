"""Sanic's HTTP connection with a check in front of its parser, and deadlines.

What `serving.framing` refuses never reaches Sanic, which believes too much (see there). The answer
to a refusal is written here, because Sanic's own way to it needs a request that could be parsed.
After a refusal the connection ends: nothing behind it is read as another request.
"""

from __future__ import annotations

import json
import logging
import time
from http import HTTPStatus
from typing import Any

from httptools import parse_url
from sanic.exceptions import RequestTimeout, SanicException
from sanic.http import Http, Stage

from serving.admission import Admission
from serving.framing import BODYLESS_METHODS, Head, Refusal, has_bare_line_end, read_head

logger = logging.getLogger(__name__)

LINGER_SECONDS = 1.0  # so long a refused sender may go on sending before the connection is cut
MAX_LINGER_BYTES = 4 * 1024 * 1024
MAX_UNREAD_BYTES = 64 * 1024  # of a body that no handler read; beyond, the connection ends

_OWN_SLOTS = ["_admission", "_deadline", "_refused"]


class CheckedHttp(Http):
    """One connection: each head is checked, each wait for bytes has an end."""

    __slots__ = tuple(_OWN_SLOTS)  # Sanic's classes have no __dict__

    def __init__(self, protocol: Any, admission: Admission) -> None:
        super().__init__(protocol)
        self._admission = admission
        self._deadline: float | None = None  # on the monotonic clock, in seconds
        self._refused = False
        self._receive_more = self._receive_before_deadline

    def init_for_request(self) -> None:
        """Begins anew for the next request; it may come whenever it wants."""
        super().init_for_request()
        self._deadline = None

    async def http1(self) -> None:
        """Serves the requests of the connection, and lets the answer to a refusal arrive.

        A connection on which nothing comes takes a file descriptor; Rasa would hold it for minutes.
        """
        self._deadline = time.monotonic() + self._admission.head_seconds
        try:
            while not self.recv_buffer:  # a timer of uvloop may ring up to a millisecond early
                await self._receive_more()
        except RequestTimeout:
            return
        await super().http1()
        if self._refused or self.request_body or self.recv_buffer:
            await self._linger()

    async def http1_request_header(self) -> None:
        """Receives and checks a head, then has Sanic parse it.

        Raises:
            Refusal: if it is malformed, too large or too slow, or is not admitted.
        """
        self._deadline = time.monotonic() + self._admission.head_seconds
        head = read_head(await self._receive_head())
        try:
            parse_url(head.target.encode("ascii"))
        except Exception as error:
            raise Refusal(HTTPStatus.BAD_REQUEST, "the target is not a path") from error
        self._admit(head)
        limit = self._admission.max_body_bytes(head.path)
        self.request_max_size = self.protocol.request_max_size = limit
        await super().http1_request_header()
        if not self.protocol.app.websocket_enabled:
            self.upgrade_websocket = False  # it would switch Sanic's own timeouts off
        if not head.length:
            self.request_body = None  # Sanic would call a body of no bytes "not consumed"
        self._deadline = time.monotonic() + self._admission.body_seconds

    def _admit(self, head: Head) -> None:
        if head.length and head.method in BODYLESS_METHODS:
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"{head.method} takes no body")
        if head.length > self._admission.ceiling_bytes:
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")
        for check in self._admission.checks:
            check(head, self.protocol.conn_info.client_ip)

    async def _receive_head(self) -> bytes:
        while True:
            end = self.recv_buffer.find(b"\r\n\r\n")
            size = len(self.recv_buffer) if end < 0 else end
            if size >= self.HEADER_MAX_SIZE:
                too_large = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                raise Refusal(too_large, "the head is too large")
            if end >= 0:
                return bytes(self.recv_buffer[:end])
            if has_bare_line_end(self.recv_buffer):
                problem = "a line of the head does not end with CR LF"
                raise Refusal(HTTPStatus.BAD_REQUEST, problem)
            await self._receive_more()

    async def _receive_before_deadline(self) -> None:
        """Waits for more bytes.

        Raises:
            RequestTimeout: if the head or the body is not there in time.
        """
        if self._deadline is None:
            await self.protocol.receive_more()
            return
        # Not asyncio.wait_for: it would start to wait in a task of its own, and miss the bytes that
        # come before that task runs.
        left = self._deadline - time.monotonic()
        timer = self.protocol.loop.call_later(max(0.0, left), self.protocol._data_received.set)
        try:
            await self.protocol.receive_more()
        finally:
            timer.cancel()
        if time.monotonic() >= self._deadline:
            self.keep_alive = False
            raise RequestTimeout("the request did not arrive in time")

    async def read(self) -> bytes | None:
        """Reads some bytes of the body; of one that nobody asked for, only a little."""
        is_answered = self.stage is Stage.IDLE
        if is_answered and self.request_bytes_left > MAX_UNREAD_BYTES:
            self._give_up()
            return None
        try:
            data: bytes | None = await super().read()
        except RequestTimeout:
            if is_answered:
                self._give_up()
                return None
            raise
        return data

    def _give_up(self) -> None:
        self.keep_alive = False
        self._refused = True
        self.request_body = None

    async def error_response(self, exception: Exception) -> None:
        """Answers an error: here if there is no request yet, else as Sanic does."""
        transport = self.protocol.transport
        if transport is None or transport.is_closing():
            self._give_up()
            if not isinstance(exception, SanicException):  # an error of ours
                logger.error("an error after the peer had left", exc_info=exception)
            return
        if self.request is not None:
            await super().error_response(exception)
            return
        self.keep_alive = False
        self._refused = True
        status = HTTPStatus.BAD_REQUEST
        if isinstance(exception, Refusal):
            status = exception.status
        elif isinstance(exception, SanicException) and exception.status_code < 500:
            status = HTTPStatus(exception.status_code)
        text = str(exception) if isinstance(exception, Refusal) else status.phrase
        await self._send(_answer(status, text, with_body=not self.recv_buffer.startswith(b"HEAD ")))
        self.stage = Stage.IDLE

    async def _linger(self) -> None:
        """Takes in what is still being sent, else the sender would not see the answer."""
        transport = self.protocol.transport
        if transport is None or transport.is_closing():
            return
        if transport.can_write_eof():
            transport.write_eof()
        self._deadline = time.monotonic() + LINGER_SECONDS
        taken = 0
        while taken < MAX_LINGER_BYTES:
            taken += len(self.recv_buffer)
            self.recv_buffer.clear()
            try:
                await self._receive_before_deadline()
            except RequestTimeout:
                return


def _answer(status: HTTPStatus, problem: str, with_body: bool) -> bytes:
    body = json.dumps({"error": problem}).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Content-Type: application/json\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("ascii") + (body if with_body else b"")
