"""Real servers on free ports in a thread, and raw bytes sent to them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import rasa.server
from rasa.core.channels.channel import UserMessage, register
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.domain import Domain
from sanic import Sanic

from channels.conversation_store import RedactingSQLTrackerStore
from channels.rest import RestChannel
from channels.website.channel import WebsiteChannel
from channels.wechat.channel import WeChatChannel
from scripts.readiness import LOCAL, free_port

STATUS_LINE = re.compile(rb"HTTP/1\.1 (\d{3}) [A-Za-z -]+\r\n")


@dataclass
class Log(logging.Handler):
    """Collects the records of everything that runs in this process."""

    records: list[logging.LogRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    __hash__ = logging.Handler.__hash__

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def tracebacks(self) -> list[str]:
        """What was logged with a traceback."""
        found = [
            record
            for record in self.records
            if record.exc_info or "Traceback" in record.getMessage()
        ]
        return [f"{record.getMessage()}\n{record.exc_text}" for record in found]


@contextlib.contextmanager
def logged() -> Iterator[Log]:
    """Collects what is logged until the end of the block."""
    log, root = Log(), logging.getLogger()
    root.addHandler(log)
    try:
        yield log
    finally:
        root.removeHandler(log)


def new_app(name: str) -> Sanic:
    """Makes an app as Rasa does, beside those of other tests."""
    Sanic._app_registry.clear()
    Sanic.test_mode = True
    return Sanic(name, configure_logging=False)


def rasa_app(folder: Path) -> Sanic:
    """Returns Rasa's app with our three channels, and an echo in the assistant's place."""

    async def echo(message: UserMessage) -> None:
        await message.output_channel.send_text_message(message.sender_id, message.text)

    app = new_app("rasa")
    rasa.server.add_root_route(app)
    rasa.server.configure_cors(app, None)
    store = RedactingSQLTrackerStore(Domain.empty(), db=str(folder / "conversations.db"))
    locks = InMemoryLockStore()
    app.ctx.agent = SimpleNamespace(tracker_store=store, lock_store=locks, handle_message=echo)
    website = {
        "database": str(folder / "website.db"),
        "secret_file": str(folder / ".website_secret"),
        "widget": str(folder / "built.js"),
        "sessions_per_minute_per_address": 0,
        "messages_per_minute_per_address": 0,
    }
    (folder / "built.js").write_text("", encoding="utf-8")
    channels = [
        RestChannel.from_credentials({}),
        WebsiteChannel.from_credentials(website),
        WeChatChannel.from_credentials({"store": str(folder / "wechat.db")}),
    ]
    register(channels, app, route="/webhooks/")
    return app


@contextlib.contextmanager
def serving(app: Sanic) -> Iterator[int]:
    """Serves an app until the end of the block; yields its port on this machine."""
    port, loop, ready = free_port(), asyncio.new_event_loop(), threading.Event()
    servers = []

    async def start() -> None:
        server = await app.create_server(LOCAL, port, return_asyncio_server=True)
        assert server
        servers.append(server)
        await server.startup()
        await server.before_start()
        await server.start_serving()
        await server.after_start()
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(start())
        loop.run_forever()
        for server in servers:
            server.close()
            for connection in list(server.connections):
                connection.abort()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)


def send_request(port: int, raw: bytes, seconds: float = 5.0) -> bytes:
    """Sends bytes and returns all that comes back until the server ends the connection."""
    answer = b""
    end = time.monotonic() + seconds
    peer = socket.create_connection((LOCAL, port), timeout=seconds)
    with peer, contextlib.suppress(ConnectionError):
        peer.sendall(raw)
        while part := peer.recv(65_536):
            answer += part
            assert time.monotonic() < end, answer
    return answer


def statuses(answer: bytes) -> list[int]:
    """Returns the status of each response in what a server has sent."""
    return [int(match) for match in STATUS_LINE.findall(answer)]


def request(target: str, *fields: str, method: str = "GET", body: bytes = b"") -> bytes:
    """Returns a request after which the connection ends, with the fields as they are given."""
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", "Connection: close", *fields]
    if body and not any(
        known_field.lower().startswith(("content-length", "transfer")) for known_field in fields
    ):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body
