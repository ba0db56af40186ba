"""Takes in what comes: keeps it in its queue once, and says what its push is answered at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from channels.guard import Guard
from channels.redaction import Memory
from channels.refusals import BadRequest
from channels.wechat.client.platform_clock import PlatformClocks
from channels.wechat.conversation.agents import Agents, Phase, handoff_fields
from channels.wechat.conversation.conversations import Conversations, conversation_id_of, key_of
from channels.wechat.conversation.passive_replies import PassiveReplies
from channels.wechat.conversation.queues import Queues
from channels.wechat.messages import is_one_of, speaking_for, words
from channels.wechat.protocol.incoming import Incoming
from channels.wechat.settings import Account


class Intake:
    """The way from a genuine message to its queue."""

    def __init__(
        self,
        queues: Queues,
        conversations: Conversations,
        agents: Agents,
        passive_replies: PassiveReplies,
        guard: Guard,
        clocks: PlatformClocks,
    ) -> None:
        self._queues = queues
        self._conversations = conversations
        self._agents = agents
        self._passive_replies = passive_replies
        self._guard = guard
        self._clocks = clocks

    async def take(self, account: Account, incoming: Incoming, maybe_asked: bool = False) -> bool:
        """Keeps a message in the queue of its conversation; False if it is known already.

        What is kept holds no secret any more, and only as long as it is not answered.

        Args:
            account: to which it was sent.
            incoming: the message.
            maybe_asked: whether it may have been known to a store that was lost.
        """
        if not incoming.created:
            incoming = replace(incoming, created=self._clocks.now(account))
        conversation_id = conversation_id_for(account, incoming)
        sent = (await self._conversations.load(conversation_id)).ledger.sent
        memory = await self._conversations.said(conversation_id)
        guarded = self._guarded(incoming, memory)
        item = {
            "account": account.name,
            "incoming": asdict(guarded),
            "sent": sent,
            "came": self._clocks.local(),
            "maybe_asked": maybe_asked,
        }
        text = json.dumps(item, ensure_ascii=False)
        is_new = await self._queues.add(
            conversation_id, key_of(incoming.id), text, incoming.created
        )
        if is_new and guarded.text:
            await self._conversations.save_said(conversation_id, memory.after(guarded.text))
        return is_new

    async def receive(self, account: Account, incoming: Incoming) -> dict[str, Any] | None:
        """Takes a push of an official account or mini-program in.

        Returns:
            The passive answer; None to acknowledge only.
        """
        with speaking_for(account.tenant_of(incoming.kf)):
            return await self._receive(account, incoming)

    async def _receive(self, account: Account, incoming: Incoming) -> dict[str, Any] | None:
        conversation_id = conversation_id_for(account, incoming)
        if not account.verified:
            return await self._answer_passively(account, conversation_id, incoming)
        is_message = incoming.kind != "event"
        phase = Phase.NONE
        if account.agents and is_message:
            phase = await self._agents.phase(conversation_id)
        if phase is not Phase.NONE:
            if not is_one_of(incoming.text, words("leave_queue")):
                if phase is Phase.WANTED:
                    await self._agents.take(account, conversation_id, Phase.WAITING)
                return self._transfer(account, incoming)
            await self._agents.leave(conversation_id)
        await self.take(account, incoming)
        waits = account.agents and is_message
        if waits and await self._agents.wants_handoff(
            account, conversation_id, key_of(incoming.id)
        ):
            return self._transfer(account, incoming)
        return None

    async def _answer_passively(
        self, account: Account, conversation_id: str, incoming: Incoming
    ) -> dict[str, Any] | None:
        is_poke = incoming.kind == "text" and is_one_of(incoming.text, words("pokes"))
        if not (is_poke and await self._passive_replies.awaits(conversation_id)):
            await self.take(account, incoming)
        text = await self._passive_replies.reply(conversation_id, key_of(incoming.id))
        if not text:
            return None
        return {
            "ToUserName": incoming.person,
            "FromUserName": incoming.receiver,
            "CreateTime": int(self._clocks.now(account)),
            "MsgType": "text",
            "Content": text,
        }

    def _transfer(self, account: Account, incoming: Incoming) -> dict[str, Any]:
        now = int(self._clocks.now(account))
        return handoff_fields(incoming.receiver, incoming.person, now)

    def _guarded(self, incoming: Incoming, memory: Memory) -> Incoming:
        """Hides secrets, and keeps typed text from being run as a command."""
        try:
            _, text = self._guard.typed(incoming.text, memory=memory)
        except BadRequest:
            return replace(incoming, kind="unknown", text="", data={"too_long": True})
        return replace(incoming, text=text)


def conversation_id_for(account: Account, incoming: Incoming) -> str:
    """Returns the id of the conversation that a message belongs to."""
    tenant = account.tenant_of(incoming.kf)
    return conversation_id_of(account.name, f"{incoming.kf}\0{incoming.person}", tenant)


def read_item(text: str) -> tuple[str, Incoming | None, Mapping[str, Any]]:
    """Returns the account's name of a queue's item, the message in it if it is one, and all."""
    item = json.loads(text)
    incoming = Incoming(**item["incoming"]) if "incoming" in item else None
    return item["account"], incoming, item
