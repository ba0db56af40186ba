"""The website's channel on a real port, with somebody in Rasa's place who answers."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.domain import Domain
from sanic import Sanic

from channels.conversation_store import RedactingSQLTrackerStore
from channels.pictures import PictureReader
from channels.website.channel import WebsiteChannel
from scripts.readiness import LOCAL, address, free_port
from tests.channels.website.picture_readers import Scripted

Speaker = Callable[[UserMessage], Awaitable[None]]


async def echo(message: UserMessage) -> None:
    """Answers with what it got, and offers to go on."""
    buttons = [{"title": "下一步", "payload": "/next_step"}]
    text = f"听到：{message.text}"
    blocks = [{"type": "paragraph", "text": text}]
    answer = {"text": text, "buttons": buttons, "blocks": blocks}
    await message.output_channel.send_response(message.sender_id, answer)


@contextlib.contextmanager
def small_server(
    folder: Path, speaker: Speaker = echo, reader: PictureReader | None = None, **settings: Any
) -> Iterator[str]:
    """Serves until the end of the block; a second one in the same folder is a restart."""
    Sanic._app_registry.clear()
    Sanic.test_mode = True
    app = Sanic("small_server", configure_logging=False)
    store = RedactingSQLTrackerStore(Domain.empty(), db=str(folder / "conversations.db"))
    app.ctx.agent = SimpleNamespace(tracker_store=store, lock_store=InMemoryLockStore())
    files = {"database": folder / "website.db", "secret_file": folder / ".website_secret"}
    # The client of the tests looks every 50 ms, and no single text is to wait for another.
    often = {"history_per_minute": 0, "history_per_minute_per_address": 0, "burst_seconds": 0}
    given = {**{name: str(path) for name, path in files.items()}, **often, **settings}
    channel = WebsiteChannel.from_credentials(given, reader or Scripted())
    app.blueprint(channel.blueprint(speaker), url_prefix="/webhooks/website")
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
        # Closes all it has opened: a whole test run starts hundreds of these.
        for server in servers:
            server.close()
            for connection in list(server.connections):
                connection.abort()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.05))
        channel.api.message_handler.records.close()
        store.engine.dispose()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield address(LOCAL, port)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
