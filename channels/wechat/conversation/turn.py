"""The message in work, with the conversation that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from channels.wechat.conversation.conversations import ConversationState
from channels.wechat.protocol.incoming import Incoming
from channels.wechat.settings import Account


@dataclass
class Turn:
    """One message or event, and what its answer needs.

    Attributes:
        account: to which it was sent.
        conversation_id: the id of the conversation.
        record: of the conversation.
        incoming: the message or event; several texts that came together are one.
        maybe_asked: whether it may have been answered before a store was lost.
    """

    account: Account
    conversation_id: str
    record: ConversationState
    incoming: Incoming
    maybe_asked: bool = False
