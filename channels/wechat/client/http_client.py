"""One request to a platform's API and its answer; and how often it is tried.

Secrets and access tokens travel in the address, as the platforms want it, and the HTTP client's
exceptions show addresses. So none of them gets out of here, not even as the context of ours.
"""

from __future__ import annotations

import json
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, TypeVar

import aiohttp

from channels.wechat.client.errors import ApiError, NoToken, TooLarge, refusal

REQUEST_SECONDS = 10.0
CONNECT_SECONDS = 5.0
MAX_BYTES = 16 * 1024 * 1024  # a full page of `kf/sync_msg` has some
MAX_REFUSAL_BYTES = 4096  # a refusal in the place of a file is a short JSON object
MAX_CONNECTIONS = 50
# Shorter than any server's: on a connection that the server is just closing, it would be unknown
# whether a message arrived.
IDLE_SECONDS = 3.0
PAUSES = (1.0, 2.0, 4.0)
JITTER = 0.25

T = TypeVar("T")


def open_session() -> aiohttp.ClientSession:
    """Returns the HTTP client for all accounts of a process; the caller closes it.

    It is to be called in the running event loop.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(_note_sent)
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS, keepalive_timeout=IDLE_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trace_configs=[trace],
    )
    # aiohttp 3.10 and later sends a GET again by itself when the connection breaks. Whether and
    # when something is sent again is decided here alone; there is no public setting for it.
    session._retry_connection = False
    return session


class RequestObserver(Protocol):
    """Is told of a request that nobody can take back, so that a kill leaves the truth behind."""

    async def sends(self) -> None:
        """Is awaited just before the first byte goes out, with the connection open."""

    async def refused(self) -> None:
        """Is awaited when the platform has surely not carried it out, before anything else."""


class _Try:
    """Whether anything of a request may have reached the platform, and who is told."""

    def __init__(self, observer: RequestObserver | None) -> None:
        self.observer = observer
        self.sent = False


class HttpClient:
    """What is asked of one platform.

    Args:
        session: as `open_session` makes it.
        base_url: such as https://api.weixin.qq.com.
        clock: gives the time in which deadlines are said, in seconds.
        sleep: waits for so many seconds.
        observe: is told the platform's time in every answer, in seconds since 1970.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        observe: Callable[[float], None] | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._sleep = sleep
        self._session = session
        self._observe = observe

    async def ask_time(self, seconds: float) -> None:
        """Asks for nothing but an answer, whose head has the platform's time; needs no token."""
        await self._ask("/", {}, None, seconds, None)

    async def ask(
        self,
        path: str,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
        deadline: float,
        max_seconds: float = REQUEST_SECONDS,
        observer: RequestObserver | None = None,
    ) -> dict[str, Any]:
        """Sends one request, by POST if it has a body, and returns the answer.

        Raises:
            ApiError: if there is none in time, or it is a refusal.
        """
        seconds = min(deadline - self._clock(), max_seconds)
        if seconds <= 0:
            raise ApiError(None, "no time was left", "unreached")
        outcome = await self._ask(path, query, body, seconds, observer)
        if isinstance(outcome, ApiError):
            if observer and not outcome.doubtful:
                await observer.refused()
            raise outcome
        return outcome

    async def fetch(
        self, path: str, query: Mapping[str, str], deadline: float, max_bytes: int
    ) -> bytes:
        """Returns the file that a GET request is answered with; its type is not believed.

        Raises:
            ApiError: if there is none in time, or a refusal in its place.
            TooLarge: if it has more than `max_bytes`.
        """
        seconds = min(deadline - self._clock(), REQUEST_SECONDS)
        if seconds <= 0:
            raise ApiError(None, "no time was left", "unreached")
        outcome = await self._send(path, query, None, seconds, None, max_bytes)
        if isinstance(outcome, TooLarge):
            raise TooLarge(None, outcome.name, "never")  # it would be again
        if isinstance(outcome, ApiError):
            raise outcome
        refused = refusal_in(outcome)
        if refused:
            raise refused
        return outcome

    async def persist(
        self, attempt: Callable[[], Awaitable[T]], deadline: float, *, idempotent: bool
    ) -> T:
        """Returns what an attempt returns, and makes at most three more if it fails.

        Args:
            attempt: what is tried, by `ask`.
            deadline: no pause goes beyond it; as of `ask`.
            idempotent: whether doing it twice is no harm; else it is not tried again when it may
                have been done.

        Raises:
            ApiError: the last one; it is `doubtful` if any of the attempts may have been done.
        """
        doubtful = False
        for pause in (*PAUSES, None):
            try:
                return await attempt()
            except ApiError as error:
                failure = error
            doubtful = failure.doubtful = failure.doubtful or doubtful
            again = failure.kind in ("later", "unreached") or (
                failure.kind == "ambiguous" and idempotent
            )
            if pause is None or not again or isinstance(failure, NoToken):
                break
            pause *= random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311, not for secrets
            if self._clock() + pause >= deadline:
                break
            await self._sleep(pause)
        raise failure

    async def _ask(
        self,
        path: str,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
        seconds: float,
        observer: RequestObserver | None,
    ) -> dict[str, Any] | ApiError:
        outcome = await self._send(path, query, body, seconds, observer, MAX_BYTES)
        return outcome if isinstance(outcome, ApiError) else read_answer(outcome)

    async def _send(
        self,
        path: str,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
        seconds: float,
        observer: RequestObserver | None,
        max_bytes: int,
    ) -> bytes | ApiError:
        tried = _Try(observer)
        data = None
        headers = {"Accept-Encoding": "identity"}  # nothing to unpack, nothing that grows
        if body is not None:
            # As it is read by people: not in \uXXXX, which some platforms show as such.
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            data = text.encode("utf-8", "replace")
            headers["Content-Type"] = "application/json; charset=utf-8"
        try:
            async with self._session.request(
                "GET" if data is None else "POST",
                self._base_url + path,
                params=query,
                data=data,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS),
                trace_request_ctx=tried,
            ) as response:
                self._note_time(response.headers.get("Date", ""))
                if response.status != 200:
                    return _odd_status(response.status)
                content = bytearray()
                async for chunk in response.content.iter_chunked(65_536):
                    content += chunk
                    if len(content) > max_bytes:
                        response.close()
                        return TooLarge(None, "the answer is too large", "ambiguous")
        except Exception as error:  # whatever it is, its words may show the address
            name = type(error).__name__
            traced = bool(self._session.trace_configs)
            if isinstance(error, aiohttp.ClientConnectorError) or (traced and not tried.sent):
                return ApiError(None, f"the platform is not reached: {name}", "unreached")
            return ApiError(None, f"no whole answer came: {name}", "ambiguous")
        return bytes(content)

    def _note_time(self, date: str) -> None:
        """Passes the time of an answer on (RFC 9110, section 6.6.1: always GMT)."""
        if not self._observe:
            return
        try:
            sent = parsedate_to_datetime(date)
            theirs = (sent if sent.tzinfo else sent.replace(tzinfo=timezone.utc)).timestamp()
        except (TypeError, ValueError, IndexError, OverflowError):
            return
        self._observe(theirs)


async def _note_sent(_session: aiohttp.ClientSession, context: Any, _params: Any) -> None:
    """Is called just before the first byte of a request goes out."""
    tried: _Try = context.trace_request_ctx
    if tried.observer:
        await tried.observer.sends()
    tried.sent = True


def _odd_status(status: int) -> ApiError:
    """Returns what a status other than 200 means, which only a proxy or a broken server gives."""
    name = f"HTTP status {status}"
    if status == 429:
        return ApiError(None, name, "later")
    if 400 <= status < 500:
        return ApiError(None, name, "unknown")
    return ApiError(None, name, "ambiguous")


def read_answer(content: bytes) -> dict[str, Any] | ApiError:
    """Returns the JSON object of an answer, or the error that its `errcode` means.

    A broken character or a raw control character in one person's text must not keep everybody
    else's messages of a page from us.
    """
    try:
        data = json.loads(content.decode("utf-8", "replace"), strict=False)
        code = int(data.get("errcode") or 0) if isinstance(data, dict) else None
    except (ValueError, TypeError, OverflowError, RecursionError):
        code = None
    if code is None:
        return ApiError(None, "the answer is no JSON of the platform's", "ambiguous")
    answer: dict[str, Any] = data
    return refusal(code) if code else answer


def refusal_in(content: bytes) -> ApiError | None:
    """Returns the refusal that came in the place of a file; None if it is a file.

    The platforms answer a refused `media/get` by JSON with an `errcode`, under status 200.
    """
    if len(content) > MAX_REFUSAL_BYTES or not content.lstrip().startswith(b"{"):
        return None
    answer = read_answer(content)
    return answer if isinstance(answer, ApiError) and answer.code else None
