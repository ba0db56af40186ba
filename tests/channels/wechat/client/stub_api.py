"""A small server in the platforms' place, which answers as a test tells it; no rules of theirs."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from channels.inbox.store import Store
from channels.wechat.client.api import Api
from channels.wechat.client.errors import ApiError, NoToken
from channels.wechat.client.http_client import open_session
from channels.wechat.client.tokens import AccessTokens
from channels.wechat.settings import Account
from tests.channels.inbox.stores import FILE, Clock, Stores

SECRET = "s3cret-of-the-account"
STABLE, CORP = "/cgi-bin/stable_token", "/cgi-bin/gettoken"
PATH = "/cgi-bin/message/custom/send"
BODY = {"touser": "o-Person", "text": {"content": "你好，😀"}}


def account(kind: str = "official_account", api: str = "") -> Account:
    """Returns an account of a kind, whose API is at an address."""
    return Account(
        "desk1",
        kind,
        "wx0000000000000001",
        token="push",
        aes_key="x" * 43,
        secret=SECRET,
        api=api,
    )


@dataclass
class Call:
    """One request that came in."""

    path: str
    query: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """What its JSON says."""
        return json.loads(self.raw)


class StubApi:
    """The server.

    Attributes:
        url: where it is.
        calls: what came in, except for tokens.
        fetches: the requests for a token.
        max_fetches: how many of these were under way at once, at most.
        script: how to answer the next calls of a path; then it is "ok". See `_answer`.
        good: the token it takes; None takes any.
    """

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self.fetches: list[Call] = []
        self.max_fetches = 0
        self.script: dict[str, list[Any]] = defaultdict(list)
        self.good: str | None = None
        self.number = 0
        self.life: Any = 7200
        self.fetch_seconds = 0.0
        self._fetching = 0
        self._over = asyncio.Event()

    @contextlib.asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[StubApi]:
        """Serves until the block ends."""
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        address = runner.addresses[0]
        self.url = f"http://127.0.0.1:{address[1]}"
        try:
            yield self
        finally:
            self._over.set()
            await runner.cleanup()

    @property
    def token(self) -> str:
        """The token that it gave last."""
        return f"token-{self.number}"

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        call = Call(request.path, dict(request.query), await request.read())
        if request.path in (STABLE, CORP):
            return await self._give_token(request, call)
        self.calls.append(call)
        bad = self.good is not None and request.query.get("access_token") != self.good
        step = {"errcode": 40001, "errmsg": "odd"} if bad else self._next(request.path)
        return await self._answer(request, step)

    async def _give_token(self, request: web.Request, call: Call) -> web.StreamResponse:
        self.fetches.append(call)
        self._fetching += 1
        self.max_fetches = max(self.max_fetches, self._fetching)
        try:
            await asyncio.sleep(self.fetch_seconds)
            step = self._next(request.path)
            if step == "ok":
                self.number += 1
            if step in ("ok", "same"):
                step = {"access_token": self.token, "expires_in": self.life}
            return await self._answer(request, step)
        finally:
            self._fetching -= 1

    def _next(self, path: str) -> Any:
        return self.script[path].pop(0) if self.script[path] else "ok"

    async def _answer(self, request: web.Request, step: Any) -> web.StreamResponse:
        """Answers with a dict as JSON, bytes, a code, a status (100 to 599), or mischief."""
        if step == "ok":
            step = {"errcode": 0, "errmsg": "ok"}
        if step == "hang":
            await self._over.wait()
        if step in ("hang", "break"):
            assert request.transport
            request.transport.abort()
        if step == "half":
            response = web.StreamResponse(headers={"Content-Length": "100"})
            await response.prepare(request)
            await response.write(b'{"errcode"')
            assert request.transport
            request.transport.abort()
            return response
        if step == "redirect":
            return web.Response(status=302, headers={"Location": f"{self.url}/elsewhere"})
        if isinstance(step, dict):
            return web.Response(body=json.dumps(step).encode(), content_type="text/plain")
        if isinstance(step, int) and 100 <= step < 600:
            return web.Response(status=step, body=b'{"errcode": 0}')
        if isinstance(step, int):
            step = {"errcode": step, "errmsg": "hint: [a1b2] of 203.0.113.7 for o-Person openid"}
            return web.Response(body=json.dumps(step).encode(), content_type="text/plain")
        return web.Response(
            body=step if isinstance(step, bytes) else b"", content_type="text/plain"
        )


@dataclass
class Bench:
    """One account's API at a stub, with a clock that sleeping moves."""

    stub: StubApi
    clock: Clock
    store: Store
    http: aiohttp.ClientSession
    kind: str
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.account = account(self.kind, self.stub.url)
        self.api = Api(self.account, self.http, self.store, self.clock, self.sleep)

    @property
    def soon(self) -> float:
        """A deadline that is far enough."""
        return self.clock() + 20

    async def sleep(self, seconds: float) -> None:
        """Moves the clock instead of waiting."""
        self.slept.append(seconds)
        self.clock.now += seconds
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def bench(folder: Path, kind: str = "official_account") -> AsyncIterator[Bench]:
    """Yields all that is needed to make calls to a stub."""
    stores = Stores(FILE, folder)
    stub = StubApi()
    async with stores.open() as [store], stub.serve(), open_session() as http:
        made = Bench(stub, stores.clock, store, http, kind)
        yield made
        await made.api.close()


def shown(error: ApiError) -> str:
    """Returns everything that an exception could show in a log."""
    assert error.__cause__ is None
    assert error.__context__ is None
    return f"{error} {error!r} {error.args} {vars(error)}"


async def call(opened: Bench, *, idempotent: bool = False, **more: Any) -> dict[str, Any]:
    """Makes one call with the token of a bench's account."""
    deadline = more.pop("deadline", opened.soon)
    return await opened.api.call(PATH, BODY, deadline, idempotent=idempotent, **more)


async def failure(opened: Bench, *, idempotent: bool = False, **more: Any) -> ApiError:
    """Returns how a call fails."""
    with pytest.raises(ApiError) as caught:
        await call(opened, idempotent=idempotent, **more)
    shown(caught.value)  # has no cause and no context
    return caught.value


def another_worker(opened: Bench) -> AccessTokens:
    """Returns the tokens of a worker that shares the store and nothing else."""
    return Api(opened.account, opened.http, opened.store, opened.clock, opened.sleep).tokens


async def refused(opened: Bench, deadline: float | None = None) -> NoToken:
    """Returns how a token is not to be had."""
    with pytest.raises(NoToken) as caught:
        await opened.api.tokens.get(opened.soon if deadline is None else deadline)
    return caught.value
