"""Which messages of a conversation are asked together; see `channels.bursts`.

The first of them is the item in work, whose key is that of the answer. The others stay in the
queue until the answer is out, so that a kill loses none; the record of the conversation names them,
so that none is answered again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile
from typing import Any

from channels.bursts import MAX_TEXTS, Waiting, count_joinable, joined, settle
from channels.inbox.store import Job, Store
from channels.wechat.conversation.agents import Agents
from channels.wechat.conversation.conversations import Away, ConversationState
from channels.wechat.conversation.intake import read_item
from channels.wechat.conversation.offers import number_in
from channels.wechat.conversation.turn import Turn
from channels.wechat.messages import is_one_of, words
from channels.wechat.protocol.incoming import Incoming
from channels.wechat.settings import Account


@dataclass(frozen=True)
class Taken:
    """A message or event as it waits in the queue of its conversation.

    Attributes:
        key: of the message.
        incoming: with its secrets hidden.
        sent: how many sends there had been in the conversation when it came in.
        came: when it came in, by our clock, in seconds since 1970; 0 if that was not noted.
        maybe_asked: whether Rasa may have been asked already, before a store was lost.
    """

    key: str
    incoming: Incoming
    sent: int
    came: float
    maybe_asked: bool = False

    @classmethod
    def of(cls, key: str, incoming: Incoming, item: Mapping[str, Any]) -> Taken:
        """Returns what `read_item` found in an item."""
        maybe_asked = item.get("maybe_asked", False)
        return cls(key, incoming, item["sent"], item.get("came", 0.0), maybe_asked)


class Bursts:
    """Looks what waits behind the message in work, and waits for more where that may come."""

    def __init__(
        self,
        store: Store,
        news: Callable[[str], asyncio.Event],
        agents: Agents,
        clock: Callable[[], float],
        seconds: float,
        max_characters: int,
    ) -> None:
        """Takes what it needs.

        Args:
            store: with the queues.
            news: returns what is set when a message comes into a queue in this process.
            agents: who has the conversation.
            clock: by which it is noted when a message came in.
            seconds: how long a text waits for the next.
            max_characters: of a joined text.
        """
        self._store = store
        self._news = news
        self._agents = agents
        self._clock = clock
        self._seconds = seconds
        self._max_characters = max_characters

    async def collect(self, turn: Turn, first: Taken) -> tuple[Incoming, list[Taken]]:
        """Waits until a message is to be answered; returns what is, and the messages in it.

        Args:
            turn: the message in work, not yet joined with others.
            first: the same as it waits in the queue.
        """
        with_human = partial(self._agents.is_with_human, turn.conversation_id)
        if not _may_join(turn.record, first) or await with_human():
            return first.incoming, [first]
        burst = [first]

        async def waiting() -> Waiting:
            nonlocal burst
            jobs = await self._store.behind(turn.conversation_id, MAX_TEXTS)
            behind = takewhile(
                lambda job: _may_join(turn.record, job), filter(None, map(_read, jobs))
            )
            burst = [first, *behind]
            del burst[
                count_joinable([taken.incoming.text for taken in burst], self._max_characters) :
            ]
            closed = len(burst) <= len(jobs) or len(burst) == MAX_TEXTS
            came = max(taken.came for taken in burst)
            # Pushes overtake one another; WeChat's time says how they were written.
            burst.sort(key=lambda message: message.incoming.created)
            return Waiting([taken.incoming.text for taken in burst], closed, self._clock() - came)

        await settle(waiting, self._news(turn.conversation_id), self._pause(turn.account))
        if len(burst) == 1 or await with_human():  # each push says who has the conversation
            return first.incoming, [first]
        text = joined(taken.incoming.text for taken in burst)
        return replace(burst[-1].incoming, kind="text", text=text), burst

    def _pause(self, account: Account) -> float:
        """Returns how long a text waits; the answer to its push may have to hand it over."""
        return 0.0 if account.agents and account.kind != "kf" else self._seconds


def _read(job: Job) -> Taken | None:
    _, incoming, item = read_item(job.item)
    return Taken.of(job.key, incoming, item) if incoming else None


def _may_join(record: ConversationState, taken: Taken) -> bool:
    """Tells whether a message is a text for the assistant, and no choice or word to the channel.

    One that may have been asked already is asked alone: its answer is known under its own key.
    """
    incoming = taken.incoming
    text = incoming.text.strip()
    if incoming.kind not in ("text", "voice") or not text:
        return False
    is_choice = number_in(text) or any(text == button["title"] for button in record.offers.latest)
    for_us = (record.away is not Away.NO and is_one_of(text, words("leave_queue"))) or (
        record.pending and is_one_of(text, words("pokes"))
    )
    return not (is_choice or for_us or taken.maybe_asked)
