"""A send is in the record before it goes out, and out of it again where it does not."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from channels.inbox.store import StoreError
from channels.wechat.conversation.conversations import ConversationState, Progress, Sending
from channels.wechat.conversation.delivery import _SendObserver
from channels.wechat.protocol.outgoing import Part


class SlowConversations:
    """Keeps what it is given, and says that it does not answer."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    async def save(self, conversation_id: str, record: ConversationState) -> None:
        self.kept.append(record.dumps())
        raise StoreError("slow")

    def save_soon(self, conversation_id: str, record: ConversationState) -> None:
        self.kept.append(record.dumps())


def test_a_send_that_a_slow_store_has_kept_as_out_is_kept_as_not_out_behind_it() -> None:
    sending = Sending(Part("answer"), "m")
    record = ConversationState(progress=Progress("k", sendings=[sending]))
    record.ledger.opened_by_message(1000.0, 0)
    before, slow = record.dumps(), SlowConversations()
    turn: Any = SimpleNamespace(record=record, conversation_id="c")
    conversations: Any = slow
    observer = _SendObserver(conversations, turn, sending, lambda: 1001.0)
    with pytest.raises(StoreError):
        asyncio.run(observer.sends())
    assert ConversationState.loads(slow.kept[0]).progress.sent == 1
    assert slow.kept[1] == before
    assert len(slow.kept) == 2
