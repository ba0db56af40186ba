"""Answers of an account that may only answer passively: they wait here for the person's next word.

A personal or unverified account has no `message/custom/send`; what it says is the answer to a
push, within five seconds.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from channels.wechat.delivery import TEXT_BYTES
from channels.wechat.outgoing import cut
from channels.wechat.store import Store
from channels.wechat.words import say

ANSWER_SECONDS = 4.2  # of the five that WeChat waits, the rest is for the way
POLL_SECONDS = 0.03
KEPT_SECONDS = 60.0  # how long the answer to a push is known to its retries
LOCK_SECONDS = 5.0


class Shelf:
    """The answers that wait, by talk."""

    def __init__(self, store: Store, kept_seconds: float) -> None:
        self._store = store
        self._seconds = kept_seconds

    async def add(self, talk: str, key: str, texts: list[str]) -> None:
        """Puts the answer to a message there, once."""
        async with self._locked(talk):
            answers = await self._answers(talk)
            if key not in (it["key"] for it in answers):
                answers.append({"key": key, "texts": texts})
                await self._keep(talk, answers)

    async def awaits(self, talk: str) -> bool:
        """Tells whether an answer waits or is on its way."""
        return bool(await self._answers(talk)) or await self._store.head(talk) is not None

    async def reply(self, talk: str, key: str) -> str:
        """Waits for the answers that are on their way, and returns what the push is answered.

        A retry of the push gets the same again. Empty if there is nothing to say.
        """
        end = time.monotonic() + ANSWER_SECONDS
        while await self._store.head(talk) and time.monotonic() < end:
            await asyncio.sleep(POLL_SECONDS)
        async with self._locked(talk):
            name = f"replied/{talk}/{key}"
            replied = await self._store.recall(name)
            if replied is not None:
                return replied
            text = await self._take(talk, busy=bool(await self._store.head(talk)))
            await self._store.keep(name, text, KEPT_SECONDS)
            return text

    async def _take(self, talk: str, busy: bool) -> str:
        """Returns as much of what waits as one answer holds, and says if there is more."""
        waiting = [text for it in await self._answers(talk) for text in it["texts"]]
        more = "\n" + say("more")
        room = TEXT_BYTES - len(more.encode())
        taken: list[str] = []
        while waiting:
            fits = TEXT_BYTES if len(waiting) == 1 and not busy else room
            if len("\n\n".join([*taken, waiting[0]]).encode()) > fits:
                break  # whole, if it can be: it comes next
            taken.append(waiting.pop(0))
        if waiting and not taken:
            first, *rest = cut(waiting[0], room)
            taken, waiting = [first], [*rest, *waiting[1:]]
        left = [{"key": "", "texts": waiting}] if waiting else []
        await self._keep(talk, left)
        if not taken:
            return say("not_ready") if busy else ""
        return "\n\n".join(taken) + (more if waiting or busy else "")

    async def _answers(self, talk: str) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = json.loads(await self._store.get(f"shelf/{talk}") or "[]")
        return answers

    async def _keep(self, talk: str, answers: list[dict[str, Any]]) -> None:
        text = json.dumps(answers, ensure_ascii=False)
        if answers:
            await self._store.put(f"shelf/{talk}", text, self._seconds)
        else:
            await self._store.drop(f"shelf/{talk}")

    @asynccontextmanager
    async def _locked(self, talk: str) -> AsyncIterator[None]:
        name = f"shelf/{talk}"
        while not (mark := await self._store.lease(name, LOCK_SECONDS)):
            await asyncio.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            await self._store.release(name, mark)
