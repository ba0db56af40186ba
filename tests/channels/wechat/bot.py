"""The channel on a real port in the test's own loop, with somebody in Rasa's place who answers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import async_timeout
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from sanic import Sanic

from channels.conversation_store import RedactingSQLTrackerStore
from channels.wechat.channel import WeChatChannel
from channels.wechat.settings import Settings
from screenshots.reading import Reason
from scripts.readiness import LOCAL, address, free_port
from tests.channels.wechat.picture_reader import ScriptedReader
from tools.wechat_simulator import FakeWeChat
from tools.wechat_simulator.account import Account

Answer = dict[str, Any]
Speaker = Callable[[UserMessage], Awaitable[Answer]]
BUREAU = {"type": "bureau", "place": "杭州", "facts": ["登记机关"], "hotlines": ["12345"]}
BUTTONS = [
    {"title": "好了，下一步", "payload": "/next_step"},
    {"title": "卡住了", "payload": "/stuck_at_step"},
]


async def echo(message: UserMessage) -> Answer:
    """Says what it got."""
    return {"text": f"听到：{message.text}"}


async def offering(message: UserMessage) -> Answer:
    """Says what it got, and offers two buttons."""
    return {"text": f"听到：{message.text}", "buttons": BUTTONS}


def credentials(name: str, account: Account, api: str, **fields: Any) -> dict[str, Any]:
    """Returns the fields of an account in `credentials.yml`; its secrets go to the environment."""
    secrets = {"token": account.token, "aes_key": account.aes_key, "secret": account.secret}
    if account.mode == "plain":
        del secrets["aes_key"]
    given: dict[str, Any] = {"kind": account.kind, "api": api}
    given["corp_id" if account.kind == "kf" else "app_id"] = account.id
    if account.kind != "kf":
        given["mode"] = account.mode
    for secret, value in secrets.items():
        variable = f"TEST_WECHAT_{name}_{secret}".replace("-", "_").upper()
        os.environ[variable] = value
        given[f"{secret}_variable"] = variable
    return {**given, **fields}


class Bot:
    """The connector under test, as one worker.

    Attributes:
        url: where it listens.
        heard: what Rasa was asked, as (conversation, text), in its order.
        seen: the pictures that it was asked about, as their metadata say it, in their order.
        reader: reads pictures; by itself none, as if its packages were not installed.
        fast: how many seconds the clock of its machine is ahead of the platform's.
    """

    def __init__(
        self,
        folder: Path,
        fake: FakeWeChat,
        accounts: dict[str, Account],
        speaker: Speaker = echo,
        fields: dict[str, Any] | None = None,
        fast: float = 0.0,
        reader: ScriptedReader | None = None,
        **settings: Any,
    ) -> None:
        self.fast = fast
        self.heard: list[tuple[str, str]] = []
        self.seen: list[dict[str, Any]] = []
        self.reader = reader or ScriptedReader(problem=Reason.OFF)
        self._speaker = speaker
        given = {
            "store": str(folder / "wechat.db"),
            "messages_per_minute": 0,
            "burst_seconds": 0,  # no single text is to wait for another
            "accounts": {
                name: credentials(name, account, fake.url, **(fields or {}))
                for name, account in accounts.items()
            },
            **settings,
        }
        clock = fake.clock
        self.channel = WeChatChannel(
            Settings.from_credentials(given), lambda: clock() + self.fast, clock, self.reader
        )
        self._folder = folder
        self._accounts = accounts
        self.url = ""
        self._server: Any = None

    @property
    def store(self) -> Any:
        """The connector's store."""
        assert self.channel.application
        return self.channel.application.store

    async def __aenter__(self) -> Bot:
        Sanic._app_registry.clear()
        Sanic.test_mode = True
        app = Sanic("wechat_bot", configure_logging=False)
        database = str(self._folder / "conversations.db")
        self.tracker_store = RedactingSQLTrackerStore(Domain.empty(), db=database)
        app.ctx.agent = SimpleNamespace(
            tracker_store=self.tracker_store, lock_store=InMemoryLockStore()
        )
        app.blueprint(self.channel.blueprint(self._answer), url_prefix="/webhooks/wechat")
        port = free_port()
        self._server = await app.create_server(LOCAL, port, return_asyncio_server=True)
        await self._server.startup()
        await self._server.before_start()
        await self._server.start_serving()
        await self._server.after_start()
        self.url = address(LOCAL, port)
        for name, account in self._accounts.items():
            account.urls = [*account.urls, f"{self.url}/webhooks/wechat/{name}"]
        return self

    async def __aexit__(self, *_: object) -> None:
        for account in self._accounts.values():
            account.urls = [url for url in account.urls if not url.startswith(self.url)]
        await self._server.before_stop()
        await self._server.close()
        await self._server.after_stop()
        self.tracker_store.engine.dispose()

    async def asked(self, count: int = 1) -> None:
        """Waits until Rasa was asked so often; what comes then is not read together with that."""
        async with async_timeout.timeout(30):
            while len(self.heard) < count:
                await asyncio.sleep(0.005)

    async def kill(self) -> None:
        """Stops working at once, as a power cut does: nothing is put in order."""
        application = self.channel.application
        assert application
        await application.queues.close(patience=0)
        if application._http:
            await application._http.close()
        self.channel.application = None
        self._server.close()
        self.tracker_store.engine.dispose()

    async def _answer(self, message: UserMessage) -> None:
        self.heard.append((message.sender_id, message.text))
        if message.metadata and "picture" in message.metadata:
            self.seen.append(message.metadata["picture"])
        answer = await self._speaker(message)
        tracker = await self.tracker_store.get_or_create_tracker(message.sender_id, 100)
        tracker.update(
            UserUttered(
                message.text, message_id=message.message_id, metadata=message.metadata or {}
            )
        )
        metadata = {name: answer[name] for name in ("blocks", "handoff") if name in answer}
        data = {"buttons": answer.get("buttons")}
        tracker.update(BotUttered(answer["text"], data, metadata))
        tracker.update(ActionExecuted("action_listen"))
        await self.tracker_store.save(tracker)
        await message.output_channel.send_response(message.sender_id, answer)
