"""Takes in what people do, lets Rasa answer in order, and tells who is listening.

One task a conversation, in one worker at a time: its requests reach Rasa one after the other, texts
that wait together as one (`channels.bursts`). A request is kept before it is confirmed and its
answer before it is told; after a kill, `continue_unanswered` goes on where it stood. Where several
workers share the database, the one with a conversation's lock answers; each tells its own pages.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Sequence
from itertools import takewhile
from typing import Any

from channels.assistant import Answer, Assistant, RasaInput
from channels.bursts import MAX_TEXTS, Waiting, count_joinable, joined, settle
from channels.inbox.inbox import Entry, State
from channels.inbox.workers import Workers
from channels.payloads import GREETING
from channels.website.records import Records

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15
STREAM_SECONDS = 300
LOCK_SECONDS = 0.1  # between two tries to get a lock in order to delete
FORGET_SECONDS = 5  # so long one waits for a deletion; it goes on without waiting
MAX_STREAMS = 4  # of one conversation; a browser opens six connections to a host over HTTP/1.1

Event = tuple[str, Any]


class MessageHandler:
    """The conversations that are going on in this process."""

    def __init__(
        self,
        records: Records,
        assistant: Assistant,
        burst_seconds: float,
        max_characters: int,
    ) -> None:
        self.records = records
        self._assistant = assistant
        self._burst_seconds = burst_seconds
        self._max_characters = max_characters
        self._workers = Workers("website", self, self._answer_open, self._notify)
        self._removals: set[asyncio.Task[None]] = set()
        self._listeners: dict[str, list[asyncio.Event]] = {}
        self._closing = False

    def take(
        self,
        conversation_id: str,
        id_: str,
        rasa_input: str,
        shown: str | None,
        metadata: dict[str, Any] | None = None,
    ) -> int | None:
        """Keeps a request and has it answered; one with metadata is a picture.

        A conversation is greeted once, at its beginning.

        Returns:
            The number of the person's message, if it shows.
        """
        is_greeting = rasa_input == GREETING and shown is None
        request = self.records.add_request(
            conversation_id, id_, rasa_input, shown, metadata, is_greeting
        )
        self.schedule(conversation_id)
        return request.seq if request else None

    def schedule(self, conversation_id: str) -> None:
        """Has the open requests of a conversation answered, and tells its listeners of news."""
        self._workers.schedule(conversation_id)
        self._notify(conversation_id)

    def hear(self, conversation_id: str) -> None:
        """Goes on with a conversation in which another worker has done something."""
        is_at_work = self._workers.is_at_work(conversation_id)
        if is_at_work and not self.records.has_conversation(conversation_id):
            self._workers.cancel(conversation_id)
        self.schedule(conversation_id)

    def close(self) -> None:
        """Ends the streams, so that the server can end."""
        self._closing = True
        self.notify_all()

    def notify_all(self) -> None:
        """Has every stream look for news."""
        for conversation_id in self._listeners:
            self._notify(conversation_id)

    async def continue_unanswered(self) -> None:
        """Goes on with what was not answered when the server, or another worker, ended."""
        await self._workers.schedule_unfinished()

    # What `Workers` asks:

    async def has_open(self, conversation_id: str) -> bool:
        """Tells whether anything is to be answered in a conversation."""
        is_open = bool(self.records.open_requests(conversation_id, 1))
        return is_open and self.records.has_conversation(conversation_id)

    async def unfinished(self) -> list[str]:
        """Returns the conversations in which anything is to be answered."""
        return self.records.unfinished()

    async def lock(self, name: str) -> bool:
        """Tells whether this worker, which did not have it, now has the lock of a conversation."""
        return self.records.database.lock(name)

    async def unlock(self, name: str) -> None:
        """Gives the lock back, if it is not lost."""
        self.records.database.unlock(name)

    async def forget(self, conversation_id: str) -> None:
        """Deletes a conversation everywhere; those who listen are told.

        Nobody reaches it from now on, and it is deleted even if the person has gone.
        """
        self.records.mark_deleted(conversation_id)
        self._notify(conversation_id)
        removal = asyncio.get_running_loop().create_task(self._remove(conversation_id))
        self._removals.add(removal)
        removal.add_done_callback(self._removed)
        done, _ = await asyncio.wait([removal], timeout=FORGET_SECONDS)
        for request in done:
            request.result()

    async def note_rating(self, conversation_id: str, seq: int, helpful: bool) -> None:
        """Has editors hear of an answer that did not help, or that it did after all."""
        rated = self.records.rated(conversation_id, seq)
        if rated and rated.text:
            await self._assistant.note_rating(conversation_id, *rated, helpful)

    async def forget_outdated(self, days: float) -> None:
        """Deletes the conversations that nobody has used for so long."""
        for conversation_id in self.records.outdated(days):
            with contextlib.suppress(Exception):  # is logged where it happens
                await self.forget(conversation_id)

    async def listen(self, conversation_id: str, after: int) -> AsyncIterator[Event | None]:
        """Yields what happens in a conversation, from a message on; None while nothing happens.

        The first is None: the page sees at once whether events come through. With more than
        `MAX_STREAMS` of one conversation, the oldest ends with the event `replaced`. Its page is
        not to open another at once, or two pages would end each other's streams in turn.
        """
        news = asyncio.Event()
        listeners = self._listeners.setdefault(conversation_id, [])
        listeners.append(news)
        for old in listeners[:-MAX_STREAMS]:
            listeners.remove(old)
            old.set()
        end = time.monotonic() + STREAM_SECONDS
        typing = False
        try:
            yield None
            while news in listeners and not self._closing and time.monotonic() < end:
                news.clear()
                if not self.records.has_conversation(conversation_id):
                    yield "gone", {}
                    return
                for message in self.records.messages(conversation_id, after):
                    after = message["seq"]
                    yield "message", message
                if typing != self.records.database.is_locked(conversation_id):
                    typing = not typing
                    yield "typing", {"on": typing}
                try:
                    await asyncio.wait_for(news.wait(), HEARTBEAT_SECONDS)
                except asyncio.TimeoutError:
                    yield None
            if news not in listeners:
                yield "replaced", {}
        finally:
            if news in listeners:
                listeners.remove(news)
            if not listeners:
                self._listeners.pop(conversation_id, None)

    async def _remove(self, conversation_id: str) -> None:
        await self._workers.stop(conversation_id)  # else Rasa would keep what it does just now
        while not self.records.database.lock(conversation_id):
            await asyncio.sleep(LOCK_SECONDS)  # another worker hears of it and stops
        try:
            await self._assistant.erase(conversation_id)
            self.records.remove(conversation_id)
            forget = self.records.database.forget_deleted
            await asyncio.get_running_loop().run_in_executor(None, forget)
        finally:
            self.records.database.unlock(conversation_id)

    def _removed(self, removal: asyncio.Task[None]) -> None:
        self._removals.discard(removal)
        if not removal.cancelled() and removal.exception():
            logger.error(
                "A conversation could not be deleted: %s", type(removal.exception()).__name__
            )

    async def _answer_open(self, conversation_id: str) -> None:
        """Answers what is open, one burst after the other."""

        async def waiting() -> Waiting:
            requests = self._open_requests(conversation_id)
            burst = self._burst(requests)
            if not burst or not is_text(burst[0]) or burst[0].state is State.STARTED:
                return Waiting((), True, 0)
            texts = [request.content for request in burst]
            closed = len(burst) < len(requests) or len(burst) == MAX_TEXTS
            return Waiting(texts, closed, time.time() - burst[-1].came)

        while self.records.has_conversation(conversation_id):
            self._notify(conversation_id)
            await settle(waiting, self._workers.news(conversation_id), self._burst_seconds)
            burst = self._burst(self._open_requests(conversation_id))
            if not burst:
                return
            self.records.mark_done(burst, await self._answer(burst))

    def _open_requests(self, conversation_id: str) -> list[Entry]:
        return self.records.open_requests(conversation_id, MAX_TEXTS + 1)

    def _burst(self, requests: Sequence[Entry]) -> list[Entry]:
        """Returns the requests that are asked as one: those begun before a kill, else texts."""
        begun = [request for request in requests if request.state is State.STARTED]
        if begun:
            return begun
        texts = list(takewhile(is_text, requests))
        count = count_joinable([text.content for text in texts], self._max_characters)
        return texts[:count] or list(requests[:1])

    async def _answer(self, burst: Sequence[Entry]) -> list[Answer]:
        last = burst[-1]

        async def read() -> RasaInput:
            self.records.mark_started(burst)
            return RasaInput(joined(request.content for request in burst), last.metadata)

        again = last.state is State.STARTED
        answers = await self._assistant.answers(last.conversation_id, last.id, again, read)
        return [_plain(answer) for answer in answers]

    def _notify(self, conversation_id: str) -> None:
        for news in self._listeners.get(conversation_id, ()):
            news.set()


def is_text(request: Entry) -> bool:
    """Tells whether the person typed it: clicks and the wish to be greeted begin with a slash."""
    return request.metadata is None and not request.content.startswith("/")


def _plain(answer: Answer) -> Answer:
    """Returns an answer of Rasa in the form in which it is kept and shown."""
    plain: Answer = {"text": answer.get("text") or "", "buttons": answer.get("buttons") or []}
    if answer.get("blocks"):
        plain["blocks"] = answer["blocks"]
    return plain
