"""Calls to a platform's API: with a token, a deadline, and as many tries as are safe."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import aiohttp

from channels.inbox.store import Store
from channels.wechat.client.errors import MEANINGS, USUAL, ApiError, NoToken
from channels.wechat.client.http_client import HttpClient, RequestObserver
from channels.wechat.client.tokens import AccessTokens
from channels.wechat.settings import Account

__all__ = ["Api", "ApiError", "NoToken"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

CALL_SECONDS = 20.0  # for a call, with every try, if the caller says nothing


class Api:
    """The API of one account.

    It is made with the account, the HTTP client (see `http_client.open_session`), the store, the
    clock, what waits for so many seconds, and what is told the platform's time (see `HttpClient`).

    Attributes:
        account: whose it is.
        store: what is shared among all workers.
        steady: gives the time in which deadlines are said; nobody sets that clock.
        tokens: the account's access tokens.
    """

    def __init__(
        self,
        account: Account,
        http: aiohttp.ClientSession,
        store: Store,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        observe: Callable[[float], None] | None = None,
        steady: Callable[[], float] | None = None,
    ) -> None:
        self.account = account
        self.store = store
        self.steady = steady or clock
        self._http = HttpClient(http, account.api, self.steady, sleep, observe)
        self.tokens = AccessTokens(account, self._http, store, clock, sleep, self.steady)

    def until(self, deadline: float | None, seconds: float = CALL_SECONDS) -> float:
        """Returns a deadline, or if there is none, the time in so many seconds."""
        return self.steady() + seconds if deadline is None else deadline

    async def close(self) -> None:
        """Stops what is under way for all calls; the HTTP client stays open."""
        await self.tokens.close()

    async def call(
        self,
        path: str,
        body: Mapping[str, Any],
        deadline: float,
        *,
        idempotent: bool,
        keyed: bool = False,
        again: bool = False,
        observer: RequestObserver | None = None,
    ) -> dict[str, Any]:
        """Returns the platform's answer to a call.

        A refused token is renewed once. A busy platform, and one that is not reached, are tried
        three times more within the deadline, with growing pauses; a try that may have been
        carried out only if that is no harm.

        Args:
            path: of the call, with no argument in it.
            body: is sent as JSON.
            deadline: by the steady clock, in seconds.
            idempotent: whether carrying it out twice is no harm.
            keyed: whether the body has a key that the platform takes only once. When an earlier
                try may have been carried out, a refusal with a code of no list says that it was.
            again: whether there was such a try before this call.
            observer: is told of every try.

        Returns:
            The answer; `{"repeated": True}` if an earlier try was carried out.

        Raises:
            ApiError: if it was not carried out, or may not have been; one line in the log says why.
            StoreError: if the store does not answer; then it was not carried out, unless that is
                no harm.
        """

        async def ask(token: str) -> dict[str, Any]:
            return await self._http.ask(
                path, {"access_token": token}, body, deadline, observer=observer
            )

        attempt = self._with_token(ask, deadline)
        try:
            return await self._http.persist(attempt, deadline, idempotent=idempotent)
        except ApiError as error:
            failure = error
        if keyed and failure.kind == "unknown" and failure.code and (failure.doubtful or again):
            logger.info("%s: %s had arrived before", self.account.name, path)
            return {"repeated": True}
        self._log(path, failure)
        raise failure

    async def fetch(
        self, path: str, query: Mapping[str, str], deadline: float, max_bytes: int
    ) -> bytes:
        """Returns a file of the platform's, tried as often and with the same care as `call`.

        Args:
            path: of the call, with no argument in it.
            query: its arguments, without the token.
            deadline: by the steady clock, in seconds.
            max_bytes: of the file.

        Raises:
            ApiError: if it is not had; one line in the log says why.
            TooLarge: if it has more bytes.
            StoreError: if the store does not answer.
        """

        async def ask(token: str) -> bytes:
            return await self._http.fetch(
                path, {"access_token": token, **query}, deadline, max_bytes
            )

        attempt = self._with_token(ask, deadline)
        try:
            return await self._http.persist(attempt, deadline, idempotent=True)
        except ApiError as error:
            failure = error
        self._log(path, failure)
        raise failure

    def _with_token(
        self, ask: Callable[[str], Awaitable[T]], deadline: float
    ) -> Callable[[], Awaitable[T]]:
        """Returns an attempt at what needs a token, which renews a refused one once in all."""
        renewed = False

        async def attempt() -> T:
            nonlocal renewed
            token = await self.tokens.get(deadline)
            try:
                return await ask(token)
            except ApiError as error:
                failure = error
            if failure.kind != "token" or renewed:
                raise failure
            renewed = True
            token = await self.tokens.renew(token, deadline)
            return await ask(token)

        return attempt

    def _log(self, path: str, failure: ApiError) -> None:
        """Writes the one line about a call that failed."""
        if isinstance(failure, NoToken):  # is in the log already, once for all who wait
            return
        advice = MEANINGS[failure.code].advice if failure.code in MEANINGS else ""
        if failure.kind == "ambiguous":
            advice = "It is not known whether it was carried out."
        passing = failure.kind in ("later", "unreached", "ambiguous") or failure.code in USUAL
        level = logging.WARNING if passing else logging.ERROR
        explained = f"{failure}. {advice}".rstrip()
        logger.log(level, "%s: %s failed: %s", self.account.name, path, explained)
