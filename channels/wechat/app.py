"""Everything that serves WeChat in this process, put together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from channels.assistant import Assistant
from channels.conversation_store import forget_outdated
from channels.guard import Guard
from channels.inbox.database import POSTGRESQL
from channels.inbox.store import Job, Store, StoreError
from channels.pictures import PictureReader, start
from channels.purge import purge_hourly
from channels.senders import WECHAT_PREFIX
from channels.wechat.client.http_client import HttpClient, open_session
from channels.wechat.client.kf import Kf
from channels.wechat.client.media import Media
from channels.wechat.client.platform_clock import PlatformClocks
from channels.wechat.client.platforms import Platform, platform_of
from channels.wechat.conversation.agents import Agents
from channels.wechat.conversation.bursts import Bursts, Taken
from channels.wechat.conversation.conversations import DAY, Conversations
from channels.wechat.conversation.health import Health
from channels.wechat.conversation.intake import Intake, read_item
from channels.wechat.conversation.kf_sync import AGAIN_SECONDS, LOOK_SECONDS, KfSync
from channels.wechat.conversation.message_handler import MessageHandler
from channels.wechat.conversation.passive_replies import PassiveReplies
from channels.wechat.conversation.pictures import Pictures
from channels.wechat.conversation.queues import Queues
from channels.wechat.conversation.signed_bodies import SignedBodies
from channels.wechat.messages import speaking_for
from channels.wechat.settings import LOCATION, ROOT, Account, Settings
from screenshots.reader import shared_reader

logger = logging.getLogger(__name__)

ASK_TIME_SECONDS = 2.0  # a push has to be answered within 5 s
MEASURE_SECONDS = 5.0  # so far apart the platform is asked for its time


class Application:
    """What is open while the server is."""

    def __init__(
        self,
        settings: Settings,
        app: Sanic,
        ask: Callable[[UserMessage], Awaitable[Any]],
        clocks: PlatformClocks,
        health: Health,
        picture_reader: PictureReader | None = None,
    ) -> None:
        self._settings = settings
        self._app = app
        self._clocks = clocks
        self._clock = clocks.local
        self.store = store_of(settings, clocks.local)
        self.signed_bodies = SignedBodies(
            self.store,
            lambda account_name: clocks.now(settings.accounts[account_name]),
            settings.clock_tolerance_seconds,
        )
        guard = Guard(settings.limits)
        agents = Agents(self.store, clocks, health)
        passive_replies = PassiveReplies(self.store, settings.kept_days * DAY)
        self._conversations = Conversations(self.store, settings.kept_days)
        self._platforms: dict[str, Platform] = {}
        assistant = Assistant(
            "wechat", ask, app, settings.answer_seconds, handoffs=True, passed_on=(StoreError,)
        )
        self.queues = Queues(self.store, self._work)
        bursts = Bursts(
            self.store,
            self.queues.news,
            agents,
            clocks.local,
            settings.burst_seconds,
            settings.limits.max_characters,
        )
        self._picture_reader = picture_reader or shared_reader()
        self._pictures = Pictures(
            self.store.admit,
            self._conversations,
            Media(self._platforms, settings.pictures.max_picture_bytes),
            self._picture_reader,
            settings.pictures.pictures_per_minute,
            settings.limits.max_characters,
        )
        self._message_handler = MessageHandler(
            self._conversations,
            self._platforms,
            assistant,
            agents,
            passive_replies,
            guard,
            self.store.admit,
            clocks,
            bursts,
            self._pictures,
        )
        self.intake = Intake(
            self.queues, self._conversations, agents, passive_replies, guard, clocks
        )
        self.kf_sync = KfSync(self.store, self.queues, self.intake.take, clocks)
        self._measuring = {account: asyncio.Lock() for account in settings.accounts}
        self._measured: dict[str, float] = {}
        self._http: aiohttp.ClientSession | None = None
        self._purging: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Opens the store and the way to the platforms, and goes on where a kill stopped it."""
        warn_of_plain_mode(self._settings)
        await self.store.open()
        self._http = open_session()
        accounts = self._settings.accounts.values()
        await asyncio.gather(*map(self.measure, accounts))
        for account in accounts:
            if account.secret:
                self._platforms[account.name] = platform_of(
                    account,
                    self._http,
                    self.store,
                    self._clock,
                    observe=self._clocks.of(account).observe,
                    steady=self._clocks.steady,
                )
            if account.kind == "kf":
                await self.kf_sync.start(account)
        self.queues.open()
        self._looking = asyncio.get_running_loop().create_task(self._look())
        self._purging = asyncio.get_running_loop().create_task(purge_hourly(self._purge))
        if self._pictures.is_on:
            self._warming = asyncio.get_running_loop().create_task(start(self._picture_reader))

    async def close(self) -> None:
        """Stops; what is not answered yet stays in the store."""
        await self.queues.close()
        for task in (self._purging, self._looking, self._warming):
            if task:
                task.cancel()
        for platform in self._platforms.values():
            await platform.close()
        if self._http:
            await self._http.close()
        await self.store.close()

    async def close_reader(self) -> None:
        """Ends what reads pictures, once no channel of this process has one in work any more."""
        await self._picture_reader.close()

    async def measure(self, account: Account) -> None:
        """Asks the platform for its time, at most every few seconds; nothing is known if it fails.

        A caller that comes while it is asked waits for the answer.
        """
        assert self._http
        async with self._measuring[account.name]:
            now = time.monotonic()
            if now - self._measured.get(account.name, -MEASURE_SECONDS) < MEASURE_SECONDS:
                return
            observe = self._clocks.of(account).observe
            http = HttpClient(self._http, account.api, self._clocks.steady, asyncio.sleep, observe)
            await http.ask_time(ASK_TIME_SECONDS)
            self._measured[account.name] = time.monotonic()

    async def _work(self, queue: str, job: Job) -> None:
        name, incoming, item = read_item(job.item)
        account = self._settings.accounts.get(name)
        if account is None:  # it was taken out of the settings meanwhile
            return
        if incoming:
            taken = Taken.of(job.key, incoming, item)
            with speaking_for(account.tenant_of(incoming.kf)):
                answered = await self._message_handler.answer(account, queue, taken)
            for key in answered:
                await self.store.ack(queue, key)  # before the item in work, which stays first
            return
        platform = self._platforms[name]
        assert isinstance(platform, Kf)
        await self.kf_sync.read(account, platform, item)

    async def _look(self) -> None:
        """Has KF's accounts read from time to time: a push may get lost, a reading may fail.

        What the store could not keep is read as soon as it answers again.
        """
        accounts = [one for one in self._settings.accounts.values() if one.kind == "kf"]
        due = time.monotonic() + LOOK_SECONDS
        while accounts:
            await asyncio.sleep(min(AGAIN_SECONDS, LOOK_SECONDS))
            is_due = time.monotonic() >= due
            if not is_due and not self.kf_sync.missed:
                continue
            turn = f"missed:{self._clock()}" if self.kf_sync.missed else ""
            with contextlib.suppress(StoreError):
                for account in accounts:
                    await self.kf_sync.look(account, turn)
                self.kf_sync.missed = False
                due = time.monotonic() + LOOK_SECONDS

    async def _purge(self) -> None:
        await self.store.purge()
        before = self._clock() - self._settings.kept_days * DAY
        await forget_outdated(self._app.ctx.agent.tracker_store, WECHAT_PREFIX, before)


def warn_of_plain_mode(settings: Settings) -> None:
    """Says at the start which accounts receive pushes whose body nothing proves."""
    for account in settings.accounts.values():
        if account.mode == "plain":
            logger.warning(
                "%s: accounts.%s.mode is plain: the signature of a push does not cover what it"
                " says. Anybody who sees a push first, or changes it on its way, can write as"
                " somebody else. Choose safe mode here and in the platform's console.",
                LOCATION,
                account.name,
            )


def store_of(settings: Settings, clock: Callable[[], float]) -> Store:
    """Returns the store that the settings name."""
    is_shared = settings.store.startswith(POSTGRESQL)
    where = settings.store if is_shared else ROOT / settings.store
    secrets = sorted(account.token + account.secret for account in settings.accounts.values())
    return Store(where, "wechat", "\0".join(secrets), clock)
