"""A bot that only records pushes and answers as told, and a client that calls the fake's APIs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import web

from tools.wechat_simulator import FakeWeChat
from tools.wechat_simulator.account import Account

STABLE = "/cgi-bin/stable_token"
SEND = "/cgi-bin/message/custom/send"


class SmallBot:
    """A server for pushes.

    Attributes:
        got: (query, body) of every push.
        reply: The answer, or what makes it of query and body.
        delays: Seconds before the next answers, in turn.
        status: The HTTP status of its answers.
    """

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.reply: bytes | Callable[[dict[str, str], bytes], bytes] = b"success"
        self.delays: list[float] = []
        self.status = 200
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> SmallBot:
        app = web.Application()
        app.router.add_route("*", "/hook", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        await self._runner.cleanup()

    async def _handle(self, http: web.Request) -> web.Response:
        body = await http.read()
        query = dict(http.query)
        self.got.append((query, body))
        if self.delays:
            await asyncio.sleep(self.delays.pop(0))
        reply = self.reply(query, body) if callable(self.reply) else self.reply
        return web.Response(status=self.status, body=reply)


class Client:
    """Calls the fake as a connector would."""

    def __init__(self, fake: FakeWeChat, account: Account) -> None:
        self._fake = fake
        self._account = account
        self.token = ""

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """Sends a GET request."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(self._fake.url + path, params=query) as response,
        ):
            fields: dict[str, Any] = json.loads(await response.read())
            return fields

    async def post(self, path: str, body: bytes, token: str | None = None) -> dict[str, Any]:
        """Sends raw bytes, with the access token unless it is ""."""
        token = self.token if token is None else token
        query = {"access_token": token} if token else {}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self._fake.url + path, params=query, data=body) as response,
        ):
            fields: dict[str, Any] = json.loads(await response.read())
            return fields

    async def call(self, path: str, **fields: Any) -> dict[str, Any]:
        """Sends JSON; fetches a token before the first call."""
        if not self.token:
            await self.login()
        return await self.post(path, json.dumps(fields, ensure_ascii=False).encode())

    async def code(self, path: str, **fields: Any) -> int:
        """Sends JSON and returns the error code."""
        return int((await self.call(path, **fields))["errcode"])

    async def login(self, **more: Any) -> dict[str, Any]:
        """Fetches a token in the way of this kind of account."""
        account = self._account
        if account.kind == "kf":
            got = await self.get("/cgi-bin/gettoken", corpid=account.id, corpsecret=account.secret)
        else:
            got = await self.stable(**more)
        self.token = got.get("access_token", "")
        return got

    async def stable(self, **more: Any) -> dict[str, Any]:
        """Asks `stable_token`; arguments replace the right ones."""
        asked = {
            "grant_type": "client_credential",
            "appid": self._account.id,
            "secret": self._account.secret,
            **more,
        }
        return await self.post(STABLE, json.dumps(asked).encode(), token="")

    async def text(self, to: str, text: str) -> int:
        """Sends a text by `custom/send`; returns the error code."""
        return await self.code(SEND, touser=to, msgtype="text", text={"content": text})
