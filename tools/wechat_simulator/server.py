"""The HTTP server of the fake, and its life: in the test's event loop or in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from email.utils import formatdate
from typing import Any, TypeVar

from aiohttp import web

from tools.wechat_simulator import api
from tools.wechat_simulator.account import Account
from tools.wechat_simulator.clock import Clock
from tools.wechat_simulator.codec import write_json
from tools.wechat_simulator.errors import answer
from tools.wechat_simulator.faults import Fault, Faults
from tools.wechat_simulator.kf import Kf
from tools.wechat_simulator.media import PICTURES
from tools.wechat_simulator.messenger import MiniProgram, OfficialAccount
from tools.wechat_simulator.token_api import PATHS as TOKEN_PATHS

HTML = "<html><body><h1>Bad Gateway</h1></body></html>"
T = TypeVar("T")


class FakeWeChat:
    """All three platforms behind one base URL.

    Attributes:
        clock: The fake's clock, to be shared with the connector.
        faults: What goes wrong with the next calls.
        accounts: Every account so far.
        strays: Calls that named no account or an unknown token, as (path, body).
        dated: Whether answers have the platform's time in their head (RFC 9110, section 6.6.1).
        url: The base URL, once started.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.faults = Faults()
        self.accounts: list[Account] = []
        self.strays: list[tuple[str, bytes]] = []
        self.dated = True
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> str:
        """The base URL of both hosts."""
        return f"http://127.0.0.1:{self.port}"

    def official_account(self, **settings: Any) -> OfficialAccount:
        """Opens an official account; settings are attributes of `Account` and `Messenger`."""
        return self._opened(OfficialAccount(self.clock, self._spawn, **settings))

    def mini_program(self, **settings: Any) -> MiniProgram:
        """Opens a mini-program's customer service."""
        return self._opened(MiniProgram(self.clock, self._spawn, **settings))

    def kf(self, **settings: Any) -> Kf:
        """Opens a WeCom corp whose app may call the KF interfaces."""
        return self._opened(Kf(self.clock, self._spawn, **settings))

    def _opened(self, account: T) -> T:
        assert isinstance(account, Account)
        self.accounts.append(account)
        account.media.host = lambda: self.url
        return account

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def start(self, port: int = 0) -> None:
        """Listens on a free (or the given) port of this machine."""
        self._loop = asyncio.get_running_loop()
        app = web.Application(client_max_size=1 << 20)
        app.on_response_prepare.append(self._date)
        for path in api.PATHS:
            app.router.add_route("*", path, self._handle)
        app.router.add_get(PICTURES + "/{name}/0", self._picture)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await self._listen(port)

    async def _listen(self, port: int) -> None:
        assert self._runner
        self._site = web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[-1][1]

    async def go_offline(self) -> None:
        """Refuses connections from now on."""
        assert self._site
        await self._site.stop()

    async def go_online(self) -> None:
        """Listens again, at the same port."""
        await self._listen(self.port)

    async def stop(self) -> None:
        """Ends everything."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for account in self.accounts:
            await account.pusher.close()
        if self._runner:
            await self._runner.cleanup()

    async def settle(self) -> None:
        """Waits until every push that the platform started by itself is over."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def __aenter__(self) -> FakeWeChat:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def do(self, work: Coroutine[Any, Any, T], seconds: float = 60.0) -> T:
        """Runs the work in the fake's thread and returns its result, from another thread."""
        assert self._loop, "the fake is not running"
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    async def _date(self, _: web.Request, response: web.StreamResponse) -> None:
        """Dates every answer by the fake's clock, also one to a path that is not there."""
        if self.dated:
            response.headers["Date"] = formatdate(int(self.clock.now()), usegmt=True)
        else:
            response.headers["Date"] = ""

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        body = await http.read()
        now = self.clock.now()
        query = dict(http.query)
        request = api.opened(self.accounts, http.method, http.path, query, body, now)
        if request.account is None:
            self.strays.append((http.path, body))
        counter = request.account.tokens if request.account else None
        if counter is None or http.path not in TOKEN_PATHS:
            return await self._answer(http, request)
        counter.at_once += 1
        counter.max_at_once = max(counter.max_at_once, counter.at_once)
        try:
            return await self._answer(http, request)
        finally:
            counter.at_once -= 1

    async def _picture(self, http: web.Request) -> web.StreamResponse:
        """Answers who asks for a PicUrl: anybody who knows it."""
        fault = self.faults.take(PICTURES)
        if fault:
            return await _broken(http, fault)
        for account in self.accounts:
            file = account.media.at(http.match_info["name"])
            if file:
                account.media.viewers.append(dict(http.headers))
                return web.Response(body=file.content, content_type=file.type)
        return web.Response(status=404)

    async def _answer(self, http: web.Request, request: api.Request) -> web.StreamResponse:
        fault = self.faults.take(http.path)
        if fault is None:
            return _done(request, api.carry_out(request))
        if fault.kind == "code":
            request.call.answer = answer(int(fault.value))
            return _json(request, request.call.answer)
        done = api.carry_out(request) if fault.carried_out else {}
        if fault.kind == "slow":
            await asyncio.sleep(fault.value)
            return _done(request, done)
        return await _broken(http, fault)


async def _broken(http: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.kind == "hang":
        await asyncio.Event().wait()
    if fault.kind == "cut":
        assert http.transport
        http.transport.abort()
        return web.Response()
    if fault.kind == "status":
        return web.Response(status=int(fault.value), text=HTML, content_type="text/html")
    if fault.kind == "redirect":
        return web.Response(status=302, headers={"Location": fault.to})
    if fault.kind == "endless":
        response = web.StreamResponse(headers={"Content-Type": "image/jpeg"})
        await response.prepare(http)
        while True:
            await response.write(b"\xff\xd8\xff" + b"\0" * 1021)
            await asyncio.sleep(fault.value)
    return web.Response(text="<html>", content_type="text/html")


def _done(request: api.Request, fields: dict[str, Any]) -> web.Response:
    """Returns the file that was asked for, else the fields."""
    file = request.file
    if file is None:
        return _json(request, fields)
    headers = {
        "Content-Type": file.type,
        "Content-disposition": f'attachment; filename="{file.id}.jpg"',
        "Cache-Control": "no-cache, must-revalidate",
    }
    return web.Response(body=file.content, headers=headers)


def _json(request: api.Request, fields: dict[str, Any]) -> web.Response:
    # api.weixin.qq.com really writes "encoding" where "charset" should stand.
    kf = request.path in api.KF or request.path == "/cgi-bin/gettoken"
    kind = "application/json; charset=UTF-8" if kf else "application/json; encoding=utf-8"
    return web.Response(body=write_json(fields), headers={"Content-Type": kind})


@contextlib.contextmanager
def running(fake: FakeWeChat, port: int = 0) -> Iterator[FakeWeChat]:
    """Runs the fake in a thread of its own, for tests of programs in other processes.

    Use `fake.do(person.say("..."))` for whatever is a coroutine; clock, switches, faults and
    transcripts may be used directly.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="fake-wechat", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(fake.start(port), loop).result(10)
        yield fake
        asyncio.run_coroutine_threadsafe(fake.stop(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
