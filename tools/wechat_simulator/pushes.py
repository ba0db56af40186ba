"""Delivery of pushes, with everything that goes wrong on the way.

wechat.md, "All three": the platform waits 5 s for an answer and pushes the same message (same
MsgId) three times in all. Where the facts are silent the fake decides:
- every attempt has a fresh timestamp and nonce, and is encrypted anew (`fresh = False` repeats the
  first request byte by byte, for a connector that refuses replays);
- a refused or broken connection and a status other than 200 count as no answer; the next attempt
  starts a patience after the last one began. A lost answer is followed at once;
- the answer that counts is that of the last attempt: the earlier ones were cut off.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
from yarl import URL

from tools.wechat_simulator.envelopes import Request, envelope, timestamp_and_nonce, url_check
from tools.wechat_simulator.passive import Answer, interpret

if TYPE_CHECKING:
    from tools.wechat_simulator.account import Account
    from tools.wechat_simulator.person import Person


@dataclass
class Attempt:
    """One request to the bot.

    Attributes:
        url: Where it went.
        outcome: "answered", "lost" (answered, but the answer never arrived), "late", "broken" or
            "status".
        took: Real seconds until the answer, or until the fake gave up.
        status: The HTTP status, if there was an answer.
        body: The answer's body.
        answer: What the answer means, if it was one.
    """

    url: str
    outcome: str = ""
    took: float = 0.0
    status: int = 0
    body: bytes = b""
    answer: Answer | None = None


@dataclass
class Push:
    """One push with all its attempts.

    Attributes:
        fields: What it says.
        person: Whose it is; None for what concerns nobody in particular.
        attempts: In the order in which they ended.
        answer: The answer that counted; None if there was none in time.
    """

    fields: dict[str, Any]
    person: Person[Any] | None = None
    attempts: list[Attempt] = field(default_factory=list)
    answer: Answer | None = None

    @property
    def acknowledged(self) -> bool:
        """Whether the bot answered properly and in time."""
        return self.answer is not None and self.answer.kind != "failure"


@dataclass
class UrlCheck:
    """The result of a URL check; `took` is in real seconds."""

    passed: bool
    took: float
    status: int
    body: bytes
    why: str = ""


class Pusher:
    """Delivers an account's pushes.

    Attributes:
        urls: The bot's URLs; attempts go to them in turn.
        patience: Real seconds to wait for an answer (5 on the platform).
        attempts: How often a push is tried.
        lose_answers: So many of the next answers never arrive.
        concurrent: Sends all attempts at once.
        duplicates: So many more copies follow every answered push.
        fresh: Whether every attempt has a timestamp and nonce of its own.
        hold: Keeps pushes back, in `held`, until `release`.
        pushes: Every push so far.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._session: aiohttp.ClientSession | None = None
        self._context: ssl.SSLContext | None = None
        self._turn = 0
        self.urls: list[str] = []
        self.patience = 5.0
        self.attempts = 3
        self.lose_answers = 0
        self.concurrent = False
        self.duplicates = 0
        self.fresh = True
        self.hold = False
        self.held: list[Push] = []
        self.pushes: list[Push] = []

    @property
    def took(self) -> list[float]:
        """How long every acknowledgement took, in real seconds."""
        return [
            attempt.took
            for push in self.pushes
            for attempt in push.attempts
            if attempt.status == 200
        ]

    async def push(self, fields: dict[str, Any], person: Person[Any] | None = None) -> Push:
        """Delivers a push, or keeps it back. Without a URL nothing is sent."""
        push = Push(fields, person)
        self.pushes.append(push)
        if self.hold:
            self.held.append(push)
        elif self.urls:
            await self._deliver(push)
        return push

    async def release(self, order: Sequence[int] | None = None, *, at_once: bool = False) -> None:
        """Delivers what was kept back, and keeps nothing back from now on.

        Args:
            order: The places of the pushes in `held`, in the order to send them; a place may
                stand there twice.
            at_once: Sends them all at the same time.
        """
        self.hold = False
        held, self.held = self.held, []
        chosen = [held[number] for number in (range(len(held)) if order is None else order)]
        if at_once:
            await asyncio.gather(*(self._deliver(choice) for choice in chosen))
            return
        for push in chosen:
            await self._deliver(push)

    async def _deliver(self, push: Push) -> None:
        signed_with = None if self.fresh else timestamp_and_nonce(self._account)
        first = self._request(push, signed_with)
        last: Attempt | None = None
        if self.concurrent:
            others = [self._again(push, first) for _ in range(self.attempts - 1)]
            last = (
                await asyncio.gather(*(self._attempt(push, other) for other in [first, *others]))
            )[-1]
        for number in range(0 if self.concurrent else self.attempts):
            started = time.monotonic()
            last = await self._attempt(push, first if not number else self._again(push, first))
            if last.outcome == "answered":
                break
            if last.outcome != "lost" and number < self.attempts - 1:
                await asyncio.sleep(max(0.0, self.patience - (time.monotonic() - started)))
        answered = last is not None and last.outcome == "answered"
        push.answer = last.answer if last and answered else None
        if answered:
            for _ in range(self.duplicates):
                await self._attempt(push, self._again(push, first))
        self._settle(push)

    def _request(self, push: Push, signed_with: tuple[str, str] | None) -> Request:
        person = push.person.id if push.person else ""
        return envelope(self._account, push.fields, person, signed_with)

    def _again(self, push: Push, first: Request) -> Request:
        return self._request(push, None) if self.fresh else first

    def _settle(self, push: Push) -> None:
        if push.answer is None:
            push.answer = Answer("failure", why="no answer in time")
        if push.person is not None:
            push.person.answered(push)
        elif push.answer.kind == "failure":
            self._account.fail("", push.answer.why)

    async def _attempt(self, push: Push, request: Request) -> Attempt:
        attempt = Attempt(self.urls[self._turn % len(self.urls)])
        self._turn += 1
        started = time.monotonic()
        try:
            await asyncio.wait_for(self._post(attempt, request), self.patience)
        except asyncio.TimeoutError:
            attempt.outcome = "late"
        except aiohttp.ClientError:
            attempt.outcome = "broken"
        attempt.took = time.monotonic() - started
        push.attempts.append(attempt)
        if attempt.outcome == "answered":
            attempt.answer = interpret(self._account, push, attempt.body)
            if self.lose_answers > 0:
                self.lose_answers -= 1
                attempt.outcome = "lost"
        return attempt

    async def _post(self, attempt: Attempt, request: Request) -> None:
        headers = {"Content-Type": request.content_type, "User-Agent": "Mozilla/4.0"}
        url = URL(attempt.url).update_query(request.query)
        async with self._http().post(url, data=request.body, headers=headers) as response:
            attempt.body = await response.read()
            attempt.status = response.status
            attempt.outcome = "answered" if response.status == 200 else "status"

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            trusted = self._context if self._context else True
            connector = aiohttp.TCPConnector(limit=0, force_close=True, ssl=trusted)
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session

    def trust(self, certificate: str) -> None:
        """Trusts a certificate that nobody vouches for; before the first push."""
        self._context = ssl.create_default_context(cafile=certificate)

    async def get(self, url: URL) -> tuple[int, bytes]:
        """Sends a GET request; returns the status and the body."""
        async with self._http().get(url) as response:
            return response.status, await response.read()

    async def close(self) -> None:
        """Closes the connections to the bot."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def check_url(account: Account, url: str) -> UrlCheck:
    """Sends a URL check; the answer must be the bare text (wechat.md, "URL check")."""
    query, echo = url_check(account)
    started = time.monotonic()
    try:
        answer = account.pusher.get(URL(url).update_query(query))
        status, body = await asyncio.wait_for(answer, account.pusher.patience)
    except (asyncio.TimeoutError, aiohttp.ClientError) as error:
        return UrlCheck(False, time.monotonic() - started, 0, b"", type(error).__name__)
    took = time.monotonic() - started
    if status != 200:
        return UrlCheck(False, took, status, body, "status")
    if body != echo.encode():
        return UrlCheck(False, took, status, body, "not the text that was sent")
    return UrlCheck(True, took, status, body)
