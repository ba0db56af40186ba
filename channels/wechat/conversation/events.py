"""Events that ask nothing: who leaves, whom a human takes or gives back, what did not arrive."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from channels.assistant import Assistant
from channels.wechat.client.api import ApiError
from channels.wechat.client.kf import Kf
from channels.wechat.client.platform_clock import PlatformClocks
from channels.wechat.client.platforms import Platform
from channels.wechat.conversation.agents import KF_CHANGES, KF_END, Agents, Phase
from channels.wechat.conversation.composing import sendings_for
from channels.wechat.conversation.conversations import Away, Conversations
from channels.wechat.conversation.delivery import Delivery
from channels.wechat.conversation.replies import Reply
from channels.wechat.conversation.turn import Turn
from channels.wechat.messages import fixed_buttons, say
from channels.wechat.protocol.outgoing import Part, Rules, cut
from channels.wechat.settings import Account

logger = logging.getLogger(__name__)

CODE_SECONDS = 20.0  # the life of KF's welcome_code, and of the code at the end of a conversation
TAKEN = ("kf_create_session", "kf_switch_session")


class Events:
    """Takes events in that are not turns of the conversation."""

    def __init__(
        self,
        conversations: Conversations,
        platforms: Mapping[str, Platform],
        assistant: Assistant,
        agents: Agents,
        delivery: Delivery,
        clocks: PlatformClocks,
    ) -> None:
        self._conversations = conversations
        self._platforms = platforms
        self._assistant = assistant
        self._agents = agents
        self._delivery = delivery
        self._clocks = clocks

    async def take_note(self, turn: Turn) -> bool:
        """Does what an event wants that is not to be answered; False if it is a turn."""
        event = turn.incoming.event
        if event == "unsubscribe":
            await self._assistant.erase(turn.conversation_id)
            await self._conversations.forget(turn.conversation_id)
        elif event == "msg_send_fail":
            self._delivery.undelivered(turn.record, turn.incoming.data, turn.incoming.created)
            await self._conversations.save(turn.conversation_id, turn.record)
        elif event in TAKEN:
            if turn.incoming.created > turn.record.ended:  # else it comes late
                await self._agents.take(turn.account, turn.conversation_id, Phase.SERVING)
                turn.record.away = Away.SERVED
                await self._conversations.save(turn.conversation_id, turn.record)
        elif event == "session_status_change":
            await self._changed(turn)
        else:
            return False
        return True

    async def _changed(self, turn: Turn) -> None:
        """KF: a human joins, passes on, ends or joins again; the end is when we are back."""
        change = turn.incoming.data.get("change_type")
        if change not in KF_CHANGES:
            return
        if change != KF_END:
            await self._agents.take(turn.account, turn.conversation_id, Phase.SERVING)
            turn.record.away = Away.SERVED
            await self._conversations.save(turn.conversation_id, turn.record)
            return
        await self._agents.leave(turn.conversation_id)
        code = str(turn.incoming.data.get("msg_code") or "")
        before = turn.record.away
        if before is Away.NO or not code or not self._is_young(turn):
            await self._conversations.save(turn.conversation_id, turn.record)
            return
        again = sendings_for(turn, code, [say("handoff_again")], fixed_buttons())[0]
        turn.record.away, turn.record.offers.numbered = Away.NO, again.numbers
        # Before it is used: a code is good for one try.
        await self._conversations.save(turn.conversation_id, turn.record)
        if not await self._send(turn.account, code, again.part):
            turn.record.away = before
            await self._conversations.save(turn.conversation_id, turn.record)

    def compose_welcome(self, turn: Turn, reply: Reply) -> None:
        """KF: makes the greeting ready, which has to be one send; nothing pending comes with it."""
        text = cut("\n\n".join(reply.texts), Rules(menus=True).head_bytes)[0]
        progress = turn.record.progress
        progress.say(sendings_for(turn, progress.key, [text], reply.buttons))

    async def welcome(self, turn: Turn) -> None:
        """KF: greets by the code of `enter_session`, once, which does not count as a send."""
        progress = turn.record.progress
        sendings = progress.sendings
        if progress.sent or not sendings or not self._is_young(turn):
            return
        progress.sent, turn.record.offers.numbered = len(sendings), sendings[0].numbers
        # Before it is used: a code is good for one try.
        await self._conversations.save(turn.conversation_id, turn.record)
        await self._send(turn.account, str(turn.incoming.data["welcome_code"]), sendings[0].part)

    def _is_young(self, turn: Turn) -> bool:
        return self._clocks.now(turn.account) - turn.incoming.created < CODE_SECONDS

    async def _send(self, account: Account, code: str, part: Part) -> bool:
        platform = self._platforms[account.name]
        assert isinstance(platform, Kf)
        try:
            await platform.send_on_event(code, part)
        except ApiError as error:
            logger.error("%s: no greeting was sent: %s", account.name, error)
            return False
        return True
