"""Access tokens: fetched by one worker for all, renewed before they end, never in a loop.

Official accounts and mini-programs have `stable_token`, which gives every caller the same token,
and a new one by force only 20 times a day. KF has WeCom's `gettoken`, which gives the same one
while it lives. Both may die early, when another system asks for them or a secret is changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from channels.inbox.store import DAY, Store, StoreError
from channels.metrics import TOKEN_FAILURES
from channels.wechat.client.errors import MEANINGS, ApiError, NoToken
from channels.wechat.client.http_client import HttpClient
from channels.wechat.settings import Account

logger = logging.getLogger(__name__)

EARLY_SECONDS = 300.0  # so long before its end a token is renewed, or a third of its life
PATIENCE_SECONDS = 1.0  # for a new token while the present one is still good
REST_SECONDS = 30.0  # after that did not work
FETCH_SECONDS = 10.0  # with every try
ASK_SECONDS = 5.0  # for one of them
POLL_SECONDS = 0.1
MAX_POLLS = 150
MAX_LIFE = DAY
FORCED_APART = 60.0
MAX_FORCED = 8  # a day, far from the platform's 20


@dataclass(frozen=True)
class Token:
    """A token as it is kept: when it ends and when it is renewed, in seconds since 1970."""

    value: str
    renew: float
    ends: float


class AccessTokens:
    """The access tokens of one account.

    Args:
        account: whose they are.
        http: asks the account's platform.
        store: shares them among all workers.
        clock: gives the time in seconds since 1970.
        sleep: waits for so many seconds.
        steady: gives the time in which deadlines are said; the same clock without it.
    """

    def __init__(
        self,
        account: Account,
        http: HttpClient,
        store: Store,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        steady: Callable[[], float] | None = None,
    ) -> None:
        self._account = account
        self._steady = steady or clock
        self._http = http
        self._store = store
        self._clock = clock
        self._sleep = sleep
        # Another secret is another app with tokens of its own.
        own = f"{account.kind}\0{account.receiver}\0{account.secret}"
        self._name = f"token/{hashlib.sha256(own.encode()).hexdigest()[:16]}"
        self._rest_until = 0.0
        self._work: tuple[str, asyncio.Task[str | NoToken]] | None = None

    async def get(self, deadline: float) -> str:
        """Returns a token that is good as far as one knows.

        Args:
            deadline: until when one may wait, by the steady clock.

        Raises:
            NoToken: if there is none; it is in the log.
            StoreError: if the store does not answer.
        """
        now, kept = self._clock(), await self._kept()
        if kept and now < kept.renew:
            return kept.value
        if kept and now < kept.ends:  # it is only time to renew it: nobody waits long for that
            if now < self._rest_until:
                return kept.value
            outcome = await self._obtain("", min(deadline, self._steady() + PATIENCE_SECONDS))
            if isinstance(outcome, str):
                return outcome
            self._rest_until = now + REST_SECONDS
            return kept.value
        return self._got(await self._obtain("", deadline))

    async def renew(self, bad: str, deadline: float) -> str:
        """Returns a token in place of one that the platform refused.

        One that somebody has fetched meanwhile is taken; else it is fetched, once. If the
        platform gives the refused one again, that is returned: more cannot be done.

        Raises:
            NoToken: if there is none; it is in the log.
            StoreError: if the store does not answer.
        """
        kept = await self._kept()
        if kept and kept.value != bad and self._clock() < kept.ends:
            return kept.value
        return self._got(await self._obtain(bad, deadline))

    async def close(self) -> None:
        """Stops a fetch that is under way."""
        if self._work:
            self._work[1].cancel()
            await asyncio.wait({self._work[1]})

    async def _kept(self) -> Token | None:
        text = await self._store.cache_get(self._name)
        try:
            return Token(**json.loads(text)) if text else None
        except (ValueError, TypeError):  # written by another version of ours
            return None

    def _got(self, outcome: str | NoToken | None) -> str:
        if outcome is None:
            return self._got(
                self._failed(ApiError(None, "it did not come before the deadline", "unreached"))
            )
        if isinstance(outcome, NoToken):
            raise outcome
        return outcome

    async def _obtain(self, bad: str, deadline: float) -> str | NoToken | None:
        """Waits for the one task in this process that cares for tokens; None if not in time.

        The task goes on when the caller that waits for it leaves.
        """
        while True:
            if self._work is None or self._work[1].done():
                task = asyncio.get_running_loop().create_task(self._fetch_or_wait(bad))
                # Read here once, so that asyncio does not warn of an error that nobody waits for.
                task.add_done_callback(
                    lambda finished: finished.cancelled() or finished.exception()
                )
                self._work = (bad, task)
            instead_of, task = self._work
            await asyncio.wait({task}, timeout=max(deadline - self._steady(), 0))
            if not task.done() or task.cancelled():
                return None
            outcome = task.result()
            if isinstance(outcome, NoToken):  # one for each who waits: tracebacks are not shared
                return NoToken(outcome.code, outcome.name, outcome.kind)
            if outcome != bad or instead_of == bad:
                return outcome

    async def _fetch_or_wait(self, bad: str) -> str | NoToken:
        """Returns a token other than `bad`: fetched here, or by the worker who has the lock."""
        for _ in range(MAX_POLLS):
            is_ours = await self._store.lock(self._name)
            try:
                kept = await self._kept()
                if kept and kept.value != bad and self._clock() < kept.renew:
                    return kept.value
                if is_ours:
                    return await self._fetch(bad)
                if kept and not bad and self._clock() < kept.ends:
                    return kept.value  # good until the other worker has the next
            finally:
                if is_ours:
                    with contextlib.suppress(StoreError):  # it is lost
                        await self._store.unlock(self._name)
            await self._sleep(POLL_SECONDS)
        return self._failed(ApiError(None, "another worker's fetch does not end", "unreached"))

    async def _fetch(self, bad: str) -> str | NoToken:
        deadline = self._steady() + FETCH_SECONDS
        try:
            token = await self._http.persist(
                lambda: self._ask(deadline, force=False), deadline, idempotent=True
            )
            # Without force first: when another system has renewed the token, one takes its
            # new one, and the two do not go on ending each other's.
            if token.value == bad and self._account.kind != "kf" and await self._may_force():
                token = await self._ask(deadline, force=True)
        except ApiError as error:
            failure = error
        else:
            seconds = token.ends - self._clock()
            await self._store.cache_set(self._name, json.dumps(asdict(token)), seconds)
            return token.value
        return self._failed(failure)

    async def _ask(self, deadline: float, force: bool) -> Token:
        asked = self._clock()
        account = self._account
        path: str
        query: dict[str, str] = {}
        body: dict[str, Any] | None = None
        if account.kind == "kf":
            path = "/cgi-bin/gettoken"
            query = {"corpid": account.receiver, "corpsecret": account.secret}
        else:
            path = "/cgi-bin/stable_token"
            body = {
                "grant_type": "client_credential",
                "appid": account.receiver,
                "secret": account.secret,
                "force_refresh": force,
            }
        answer = await self._http.ask(path, query, body, deadline, ASK_SECONDS)
        value, life = answer.get("access_token"), answer.get("expires_in")
        if isinstance(life, bool) or not isinstance(life, int | float) or not life > 0:
            life = 0
        if not isinstance(value, str) or not value or not life:
            raise ApiError(None, "the answer holds no access token", "ambiguous")
        life = min(float(life), MAX_LIFE)
        return Token(value, asked + life - min(EARLY_SECONDS, life / 3), asked + life)

    async def _may_force(self) -> bool:
        """Tells whether a new token may be forced, and counts it; only under the lock."""
        now, name = self._clock(), f"forced/{self._name}"
        text = await self._store.get(name)
        forced = [moment for moment in json.loads(text or "[]") if moment > now - DAY]
        if len(forced) >= MAX_FORCED or (forced and now - forced[-1] < FORCED_APART):
            logger.warning(
                "%s: the platform refuses the token that it gives; a new one was forced %s times"
                " today, the last time %.0f s ago, so none is forced now",
                self._account.name,
                len(forced),
                now - forced[-1],
            )
            return False
        await self._store.put(name, json.dumps([*forced, now]), DAY)
        return True

    def _failed(self, error: ApiError) -> NoToken:
        """Says in the log why there is no token.

        To the caller that wanted it, an answer that got lost means that nothing was sent; and
        codes about tokens are about the secret here.
        """
        kind = error.kind
        if kind == "ambiguous":
            kind = "unreached"
        elif kind == "token":
            kind = "never"
        advice = MEANINGS[error.code].advice if error.code in MEANINGS else ""
        explained = f"{error}. {advice}".rstrip()
        logger.error("%s: no access token: %s", self._account.name, explained)
        for tenant in self._account.tenants:
            TOKEN_FAILURES.labels(self._account.name, tenant).inc()
        return NoToken(error.code, error.name, kind, doubtful=False)
