"""WeChat's input channel: one address for each account, `/webhooks/wechat/<account>`.

GET is the platform's check of the address, POST its pushes. What is not genuine gets a bare 403,
also where there is no account; what is genuine but cannot be read, a bare 400. A push is
acknowledged as soon as its message is kept; it is answered afterwards.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.error_log import log_error
from channels.pictures import PictureReader
from channels.wechat.app import Application
from channels.wechat.client.platform_clock import PlatformClocks
from channels.wechat.conversation.health import Health
from channels.wechat.protocol.crypto import Refused
from channels.wechat.protocol.incoming import from_push
from channels.wechat.protocol.push import WebhookVerifier, WrongTime
from channels.wechat.settings import Account, Settings
from serving.protection import ProtectedBlueprint

logger = logging.getLogger(__name__)

T = TypeVar("T")

KF_PUSH = "kf_msg_or_event"
OTHER_METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")


class WeChatChannel(InputChannel):
    """Official accounts, mini-programs and WeCom's customer service."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        picture_reader: PictureReader | None = None,
    ) -> None:
        """Takes what it needs.

        Args:
            settings: in `credentials.yml`.
            clock: of this machine, see `PlatformClock`; `steady` is the one that nobody sets.
            steady: see `clock`.
            picture_reader: reads pictures; the one of this process, if it is not given.
        """
        self.settings = settings
        self._picture_reader = picture_reader
        # A request for an account that is not there is read and refused as for one that is.
        token, key = secrets.token_hex(), secrets.token_hex()[:43]
        self._nobody = Account("", "official_account", "", token, key)
        accounts = (*settings.accounts.values(), self._nobody)
        self._clocks = PlatformClocks((account.name for account in accounts), clock, steady)
        self._health = Health(self._clocks)
        self._verifiers = {account.name: self._verifier(account) for account in accounts}
        self.application: Application | None = None

    @classmethod
    def name(cls) -> str:
        """Returns the part of the address that is the channel's."""
        return "wechat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WeChatChannel:
        """Makes the channel with the settings in `credentials.yml`.

        Raises:
            BadSettings: if they are not complete; it names the field.
        """
        return cls(Settings.from_credentials(credentials))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the routes."""
        routes = ProtectedBlueprint("wechat", self.settings.limits.max_bytes)

        @routes.listener("after_server_start")
        async def open_application(app: Sanic, _: Any) -> None:
            if self.settings.accounts:
                self.application = Application(
                    self.settings,
                    app,
                    on_new_message,
                    self._clocks,
                    self._health,
                    self._picture_reader,
                )
                await self.application.open()

        @routes.listener("before_server_stop")
        async def close_application(_: Sanic, __: Any) -> None:
            if self.application:
                await self.application.close()

        @routes.listener("after_server_stop")
        async def close_reader(_: Sanic, __: Any) -> None:
            if self.application:
                await self.application.close_reader()

        @routes.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json(self._health.report())

        @routes.route("/<account>", methods=["GET"])
        async def check(request: Request, account: str) -> HTTPResponse:
            if not account:  # Sanic takes `/webhooks/wechat/` for an account without a name
                return response.json(self._health.report())
            return await self._guarded(self._check, request, account)

        @routes.route("/<account>", methods=OTHER_METHODS)
        async def refuse(_: Request, account: str) -> HTTPResponse:
            return response.empty(403)

        @routes.route("/<account>", methods=["POST"], stream=True)
        async def receive(request: Request, account: str) -> HTTPResponse:
            return await self._guarded(self._receive, request, account)

        return routes

    def _verifier(self, account: Account) -> WebhookVerifier:
        return WebhookVerifier(
            account.token,
            account.aes_keys,
            account.receiver,
            "kf" if account.kind == "kf" else account.mode,
            self._clocks.of(account),
            self.settings.clock_tolerance_seconds,
        )

    async def _guarded(
        self,
        handler: Callable[[Request, Account], Awaitable[HTTPResponse]],
        request: Request,
        name: str,
    ) -> HTTPResponse:
        """Answers a request; who cannot prove where it comes from learns nothing."""
        account = self.settings.accounts.get(name, self._nobody)
        try:
            return await handler(request, account)
        except Refused as refusal:
            account_name = account.name or "no such account"
            logger.warning("%s: a request was refused: %s", account_name, refusal)
            return response.empty(refusal.status)
        except SanicException:  # the body did not arrive in time, or whole
            raise
        except Exception as error:  # WeChat sends it again; what a person wrote may stand in it
            log_error(logger, error)
            return response.empty(500)

    async def _check(self, request: Request, account: Account) -> HTTPResponse:
        verifier = self._verifiers[account.name]
        echo = await self._at_its_time(account, lambda: verifier.check_url(request.args))
        if account.mode == "plain":  # else this address could be used once more, for a push
            await self._accept(request, account, echo.encode())
        return response.text(echo)

    async def _receive(self, request: Request, account: Account) -> HTTPResponse:
        verifier = self._verifiers[account.name]
        body = await self._body(request)
        opened = await self._at_its_time(account, lambda: verifier.open(request.args, body))
        if account.mode == "plain":
            await self._accept(request, account, body)
        self._clocks.of(account).observe(float(opened.timestamp))
        assert self.application
        if account.kind == "kf":
            if opened.fields.get("Event") == KF_PUSH:
                key = f"{opened.timestamp}:{opened.nonce}"
                await self.application.kf_sync.schedule(account, opened.fields, key)
            return response.text("success")
        incoming = from_push(opened.fields)
        if not incoming.person:  # there is nobody to answer
            logger.warning("%s: a push that names no person was acknowledged", account.name)
            return response.text("success")
        fields = await self.application.intake.receive(account, incoming)
        content, content_type = verifier.reply(opened, fields)
        return response.raw(content, content_type=content_type)

    async def _at_its_time(self, account: Account, read: Callable[[], T]) -> T:
        """Reads a request; if its time is wrong, once more after our clock was compared."""
        try:
            return read()
        except WrongTime:
            assert self.application
            await self.application.measure(account)
        return read()

    async def _accept(self, request: Request, account: Account, content: bytes) -> None:
        """Refuses what a signature does not cover, unless it is what came first with it."""
        assert self.application
        signature, timestamp = (request.args.get(name) for name in ("signature", "timestamp"))
        await self.application.signed_bodies.check(account.name, signature, timestamp, content)

    async def _body(self, request: Request) -> bytes:
        """Reads the body up to the limit; what is beyond is not even received."""
        if int(request.headers.get("content-length", "0")) > self.settings.limits.max_bytes:
            raise Refused(403, "the body is too large")
        body = b""
        async for part in request.stream:
            body += part
            if len(body) > self.settings.limits.max_bytes:
                raise Refused(403, "the body is too large")
        return body
