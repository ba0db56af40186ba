"""Sends the answers of a conversation: within its quota, each once, and keeps what has to wait.

KF refuses a repeated msgid, so a doubtful send is tried again under the same one. The other two
have no such key: there a send counts as made from its first byte on, and a doubtful one is left.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from channels.inbox.workers import Postponed
from channels.wechat.client.api import ApiError
from channels.wechat.client.platform_clock import PlatformClocks
from channels.wechat.client.platforms import Platform
from channels.wechat.conversation.composing import TEXT_BYTES
from channels.wechat.conversation.conversations import (
    Conversations,
    ConversationState,
    Sending,
    msgid_of,
)
from channels.wechat.conversation.offers import Button
from channels.wechat.conversation.queues import PATIENCE_SECONDS, WORTH_A_WAIT
from channels.wechat.conversation.quota import RESERVE, Ledger
from channels.wechat.conversation.turn import Turn
from channels.wechat.messages import say
from channels.wechat.protocol.outgoing import Part, cut

logger = logging.getLogger(__name__)

# 48 h over, or too many: nothing is sent before the person's next word.
QUOTA_CLOSED = {45015, 45047, 95001, 95002, 95013}
STATE_FORBIDS = 95018
SYSTEM_BUSY = -1
MAX_RECENT = 8  # sends of KF that may still turn out to be lost
MAX_PENDING = 32  # texts; older ones have been overtaken


class StateForbids(Exception):
    """KF sends nothing for us now: the person waits in the pool, or a human serves them."""


class Delivery:
    """Sends what a record holds."""

    def __init__(self, conversations: Conversations, clocks: PlatformClocks) -> None:
        self._conversations = conversations
        self._clocks = clocks

    async def deliver(self, platform: Platform, turn: Turn) -> None:
        """Sends the sends of the message in work that are not out yet.

        Raises:
            Postponed: if the platform does not answer now.
            StateForbids: if the state of the conversation allows no send; nothing is changed then.
        """
        progress = turn.record.progress
        sendings = progress.sendings
        while progress.sent < len(sendings):
            room = self._room(turn, sendings[progress.sent])
            if room < 1:
                put_off(turn.record)
                break
            if room < len(sendings) - progress.sent and not sendings[progress.sent].handoff:
                _announce_more(
                    turn.conversation_id, progress.key, sendings, progress.sent + room - 1
                )
            await self._send(platform, turn)
        await self._conversations.save(turn.conversation_id, turn.record)

    def _room(self, turn: Turn, sending: Sending) -> int:
        left = turn.record.ledger.left(self._clocks.now(turn.account))
        return left if sending.handoff else left - RESERVE

    async def _send(self, platform: Platform, turn: Turn) -> None:
        sending = turn.record.progress.sendings[turn.record.progress.sent]
        clock: Callable[[], float] = self._clocks.of(turn.account)
        if turn.maybe_asked:  # it may be out since then, and is not of a later message's sends
            clock = partial(float, turn.incoming.created)
        observer = _SendObserver(self._conversations, turn, sending, clock)
        keyed = turn.account.kind == "kf"
        try:
            await platform.send(
                turn.incoming.person,
                turn.incoming.kf,
                sending.part,
                sending.msgid,
                observer=None if keyed else observer,
            )
        except ApiError as error:
            await self._failed(turn, error)
            return
        observer.note_sent()
        if keyed:
            turn.record.recent[sending.msgid] = _without_more(sending.text())
            for old in list(turn.record.recent)[:-MAX_RECENT]:
                del turn.record.recent[old]

    async def _failed(self, turn: Turn, error: ApiError) -> None:
        progress = turn.record.progress
        if error.doubtful and turn.account.kind != "kf":
            logger.error("It is not known whether an answer arrived; it is not sent again")
        elif error.code == STATE_FORBIDS:
            raise StateForbids
        elif error.code in QUOTA_CLOSED:
            turn.record.ledger.exhausted()
            put_off(turn.record)
        elif error.kind in WORTH_A_WAIT:
            # A busy platform was tried three times more, and is not asked oftener.
            patient = self._clocks.now(turn.account) - turn.incoming.created < PATIENCE_SECONDS
            if patient and error.code != SYSTEM_BUSY:
                await self._conversations.save(turn.conversation_id, turn.record)
                raise Postponed
            if error.doubtful:  # it may have arrived: not said a second time
                progress.sent += 1
            else:
                put_off(turn.record)
        else:  # the platform will never take it; the reason is in the log
            progress.sent = len(progress.sendings)

    def undelivered(self, record: ConversationState, event: dict[str, Any], when: float) -> None:
        """Takes in KF's `msg_send_fail`: a send that was accepted did not arrive.

        The types are those of KF's documentation: 4 over 48 hours, 5 ended, 6 over five, 10
        refused by the person; 0 is unknown.
        """
        kind = event.get("fail_type")
        logger.error("KF could not deliver an answer: msg_send_fail of type %s", kind)
        if kind in (4, 5, 6):
            record.ledger.exhausted(when)
        text = record.recent.pop(str(event.get("fail_msgid")), "")
        if kind in (0, 4, 5, 6) and text:
            record.pending.append(text)


class _SendObserver:
    """Says in the record that a send is out, from its first byte on until it is refused."""

    def __init__(
        self,
        conversations: Conversations,
        turn: Turn,
        sending: Sending,
        clock: Callable[[], float],
    ) -> None:
        self._conversations = conversations
        self._turn = turn
        self._record = turn.record
        self._sending = sending
        self._clock = clock
        self._before: tuple[str, list[Button]] | None = None

    def note_sent(self) -> None:
        """The send is out, or nobody knows whether it is."""
        if self._before:
            return
        record = self._record
        self._before = record.ledger.dumps(), record.offers.numbered
        record.ledger.spend(self._clock())
        record.offers.numbered = self._sending.numbers
        record.progress.sent += 1

    def take_back(self) -> None:
        """The send is not out."""
        if self._before:
            ledger, self._record.offers.numbered = self._before
            self._record.ledger = Ledger.loads(ledger)
            self._record.progress.sent -= 1
            self._before = None

    async def sends(self) -> None:
        """See `http_client.RequestObserver`."""
        self.note_sent()
        try:
            await self._conversations.save(self._turn.conversation_id, self._record)
        except BaseException:  # nothing is sent then
            self.take_back()
            # A store that was too slow may have kept that it is; nobody would send it any more.
            self._conversations.save_soon(self._turn.conversation_id, self._record)
            raise

    async def refused(self) -> None:
        """See `http_client.RequestObserver`."""
        if self._before:
            self.take_back()
            await self._conversations.save(self._turn.conversation_id, self._record)


def put_off(record: ConversationState) -> None:
    """Keeps what is not out for the person's next word; its buttons will have been overtaken."""
    progress = record.progress
    left = progress.sendings[progress.sent :]
    texts = [_without_more(sending.text()) for sending in left]
    record.pending = [*record.pending, *filter(None, texts)][-MAX_PENDING:]
    progress.sendings = progress.sendings[: progress.sent]


def _announce_more(conversation_id: str, key: str, sendings: list[Sending], last: int) -> None:
    """Says at the end of the last send that fits that there is more to come."""
    more = "\n" + say("more")
    sending = sendings[last]
    if sending.part.items or sending.part.text.endswith(more):
        return
    first, *rest = cut(sending.part.text, TEXT_BYTES - len(more.encode()))
    pieces = [
        Sending(Part(text), msgid_of(conversation_id, f"{key}-more", i), sending.handoff)
        for i, text in enumerate(rest)
    ]
    if pieces:
        pieces[-1].numbers, pieces[-1].tail = sending.numbers, sending.tail
        sending.numbers, sending.tail = [], ""
    sending.part = Part(first + more)
    sendings[last + 1 : last + 1] = pieces


def _without_more(text: str) -> str:
    return text.removesuffix("\n" + say("more"))
