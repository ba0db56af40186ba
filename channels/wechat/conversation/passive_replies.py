"""Answers of an account that may only answer passively: they wait here for the person's next word.

A personal or unverified account has no `message/custom/send`; what it says is the answer to a
push, within five seconds.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from channels.inbox.store import Store
from channels.wechat.conversation.composing import TEXT_BYTES
from channels.wechat.conversation.conversations import Sending
from channels.wechat.conversation.offers import Button
from channels.wechat.messages import say
from channels.wechat.protocol.outgoing import cut

ANSWER_SECONDS = 4.2  # of the five that WeChat waits, the rest is for the way
POLL_SECONDS = 0.03
KEPT_SECONDS = 60.0  # how long the answer to a push is known to its retries


class PassiveReplies:
    """The answers that wait, by conversation."""

    def __init__(self, store: Store, kept_seconds: float) -> None:
        self._store = store
        self._seconds = kept_seconds

    async def add(self, conversation_id: str, key: str, sendings: Sequence[Sending]) -> None:
        """Puts the answer to a message there, once."""
        numbers = [number for sending in sendings for number in sending.numbers]
        answer = {
            "key": key,
            "texts": [sending.part.text for sending in sendings],
            "numbers": numbers,
        }
        async with self._locked(conversation_id):
            answers = await self._answers(conversation_id)
            if sendings and key not in (other_answer["key"] for other_answer in answers):
                await self._save(conversation_id, [*answers, answer])

    async def take_numbers(self, conversation_id: str) -> list[Button] | None:
        """Returns what numbers mean since the last answer was shown; None if none was."""
        name = f"numbers/{conversation_id}"
        numbers = await self._store.get(name)
        await self._store.drop(name)
        return None if numbers is None else list(json.loads(numbers))

    async def awaits(self, conversation_id: str) -> bool:
        """Tells whether an answer waits or is on its way."""
        return (
            bool(await self._answers(conversation_id))
            or await self._store.peek(conversation_id) is not None
        )

    async def reply(self, conversation_id: str, key: str) -> str:
        """Waits for the answers that are on their way, and returns what the push is answered.

        A retry of the push gets the same again. Empty if there is nothing to say.
        """
        end = time.monotonic() + ANSWER_SECONDS
        while await self._store.peek(conversation_id) and time.monotonic() < end:
            await asyncio.sleep(POLL_SECONDS)
        # The platform may hang up meanwhile; the retry still gets what is decided here.
        return await asyncio.shield(self._reply(conversation_id, key))

    async def _reply(self, conversation_id: str, key: str) -> str:
        async with self._locked(conversation_id):
            name = f"replied/{conversation_id}/{key}"
            replied = await self._store.get(name)
            if replied is not None:
                return replied
            busy = await self._store.peek(conversation_id) is not None
            text, left, numbers = self._fill(await self._answers(conversation_id), busy)
            await self._store.put(name, text, KEPT_SECONDS)
            if numbers is not None:
                await self._store.put(
                    f"numbers/{conversation_id}", json.dumps(numbers), self._seconds
                )
            await self._save(conversation_id, left)
            return text

    def _fill(
        self, answers: list[dict[str, Any]], busy: bool
    ) -> tuple[str, list[dict[str, Any]], list[Button] | None]:
        """Returns as much of the answers as one push holds, what is left, and what numbers mean."""
        waiting = [text for answer in answers for text in answer["texts"]]
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
        if not taken:
            return say("not_ready") if busy else "", [], None
        text = "\n\n".join(taken) + (more if waiting or busy else "")
        # The numbered lines stand at the end of the last answer.
        numbers = answers[-1]["numbers"]
        if waiting:
            return text, [{"key": answers[-1]["key"], "texts": waiting, "numbers": numbers}], []
        return text, [], numbers

    async def _answers(self, conversation_id: str) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = json.loads(
            await self._store.get(f"passive_replies/{conversation_id}") or "[]"
        )
        return answers

    async def _save(self, conversation_id: str, answers: list[dict[str, Any]]) -> None:
        text = json.dumps(answers, ensure_ascii=False)
        if answers:
            await self._store.put(f"passive_replies/{conversation_id}", text, self._seconds)
        else:
            await self._store.drop(f"passive_replies/{conversation_id}")

    @asynccontextmanager
    async def _locked(self, conversation_id: str) -> AsyncIterator[None]:
        name = f"passive_replies/{conversation_id}"
        while not await self._store.lock(name):
            await asyncio.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            await self._store.unlock(name)
