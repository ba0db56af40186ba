"""Answers one message of a person's: asks the assistant, sends, hands over.

Every step is kept before the next, so that the worker that goes on after a kill knows how far it
was. Only the holder of the conversation's queue works here, so messages of one person are answered
in their order.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial

from channels.assistant import Assistant, RasaInput
from channels.error_log import log_error
from channels.guard import Guard
from channels.inbox.store import StoreError
from channels.inbox.workers import Postponed
from channels.pictures import COMMAND
from channels.turns import TURNS
from channels.wechat.client.kf import Kf
from channels.wechat.client.platform_clock import PlatformClocks
from channels.wechat.client.platforms import Platform
from channels.wechat.conversation.agents import (
    KF_ASSISTANT,
    KF_ENDED,
    KF_NEW,
    KF_POOL,
    Agents,
    Phase,
    tell_silence,
)
from channels.wechat.conversation.bursts import Bursts, Taken
from channels.wechat.conversation.composing import (
    compose,
    made,
    say_fixed,
    sendings_for,
    with_agents,
    without_agents,
)
from channels.wechat.conversation.conversations import Away, Conversations, Progress, Stage
from channels.wechat.conversation.delivery import Delivery, StateForbids, put_off
from channels.wechat.conversation.events import Events
from channels.wechat.conversation.offers import number_in
from channels.wechat.conversation.passive_replies import PassiveReplies
from channels.wechat.conversation.pictures import Admit, Pictures
from channels.wechat.conversation.queues import PATIENCE_SECONDS
from channels.wechat.conversation.quota import BY_EVENT
from channels.wechat.conversation.replies import Reply
from channels.wechat.conversation.requests import rasa_input_of_event, request_of
from channels.wechat.conversation.turn import Turn
from channels.wechat.messages import fixed_buttons, is_one_of, say, words
from channels.wechat.settings import Account

logger = logging.getLogger(__name__)

IN_CONVERSATION_SECONDS = 1_800.0  # who has talked to us since then is not greeted on entering


class MessageHandler:
    """Answers the messages of all accounts."""

    def __init__(
        self,
        conversations: Conversations,
        platforms: Mapping[str, Platform],
        assistant: Assistant,
        agents: Agents,
        passive_replies: PassiveReplies,
        guard: Guard,
        admit: Admit,
        clocks: PlatformClocks,
        bursts: Bursts,
        pictures: Pictures,
    ) -> None:
        self._conversations = conversations
        self._pictures = pictures
        self._bursts = bursts
        self._platforms = platforms
        self._assistant = assistant
        self._agents = agents
        self._passive_replies = passive_replies
        self._guard = guard
        self._admit = admit
        self._clocks = clocks
        self._clock = clocks.local
        self._delivery = Delivery(conversations, clocks)
        self._events = Events(conversations, platforms, assistant, agents, self._delivery, clocks)

    async def answer(self, account: Account, conversation_id: str, taken: Taken) -> list[str]:
        """Answers a message or event, or goes on with its answer; after an error, says so.

        Args:
            account: to which it was sent.
            conversation_id: the id of the conversation.
            taken: the message.

        Returns:
            The keys of the messages behind it that are answered by the same.

        Raises:
            Postponed: if the platform does not answer now.
            StoreError: if the store does not answer.
        """
        key, incoming = taken.key, taken.incoming
        try:
            return await self._answer(account, conversation_id, taken)
        except (Postponed, StoreError):
            raise
        except Exception as error:  # what a person wrote may stand in it
            log_error(logger, error)
            record = await self._conversations.load(conversation_id)
            others = record.progress.joined if record.progress.key == key else []
            if incoming.kind != "event" and record.progress.sent == 0:
                record.progress = Progress(key, joined=others)
                turn = Turn(account, conversation_id, record, incoming)
                say_fixed(turn, "unavailable")
                await self._deliver(turn)
                await self._conversations.save(conversation_id, record)
            return others

    async def _answer(self, account: Account, conversation_id: str, taken: Taken) -> list[str]:
        key = taken.key
        record = await self._conversations.load(conversation_id)
        turn = Turn(account, conversation_id, record, taken.incoming, taken.maybe_asked)
        if await self._events.take_note(turn):
            return []
        again = record.progress.key == key
        if again and record.progress.stage is Stage.DONE:
            return record.progress.joined
        if not again:
            last = record.used
            turn.incoming, burst = await self._bursts.collect(turn, taken)
            record.progress = Progress(
                key, joined=[message.key for message in burst if message.key != key]
            )
            # What is sent again to messages before it does not count against this one.
            sent = record.ledger.sent if taken.maybe_asked else burst[-1].sent
            if turn.incoming.kind == "event":
                await self._begin_event(turn, sent, last)
            else:
                await self._begin_message(turn, sent)
                if account.agents and record.progress.stage is Stage.SENDING:
                    await self._decide_to_stay(turn)
            if turn.incoming.kind != "event" or record.progress.rasa_input:
                record.used = self._clock()
            await self._conversations.save(conversation_id, record)
        if record.progress.stage is Stage.ASKING:
            await self._ask(turn, again or taken.maybe_asked)
            await self._conversations.save(conversation_id, record)
        try:
            await self._deliver(turn)
            if record.progress.handoff:
                await self._transfer(turn)
        except StateForbids:
            await self._keep_silent(turn)
        record.progress = record.progress.finished()
        await self._conversations.save(conversation_id, record)
        return record.progress.joined

    async def _keep_silent(self, turn: Turn) -> None:
        """KF: somebody else has the conversation, or nobody; what was not said waits or is left.

        Raises:
            Postponed: if KF does not answer now, or the conversation is ours again meanwhile.
        """
        platform = self._platforms[turn.account.name]
        assert isinstance(platform, Kf)
        state = await self._agents.kf_state(platform, turn)
        if state in (KF_NEW, KF_ASSISTANT):
            if self._clocks.now(turn.account) - turn.incoming.created < PATIENCE_SECONDS:
                await self._conversations.save(turn.conversation_id, turn.record)
                raise Postponed
            put_off(turn.record)
        elif state == KF_ENDED:
            put_off(turn.record)
        else:
            is_pool = state == KF_POOL
            if state is not None:
                tell_silence(turn.account, state)
            await self._agents.take(
                turn.account, turn.conversation_id, Phase.WAITING if is_pool else Phase.SERVING
            )
            if is_pool and not turn.account.agents:  # nobody has seen it, so it is said afterwards
                put_off(turn.record)
                return
            turn.record.pending = turn.record.progress.carried
            turn.record.away = Away.ASKED if is_pool else Away.SERVED

    async def _begin_event(self, turn: Turn, sent: int, last: float) -> None:
        """Opens the quota window of an event, and decides what it asks."""
        allowance = BY_EVENT[turn.account.kind].get(turn.incoming.event)
        if allowance:
            turn.record.ledger.opened_by_event(
                turn.incoming.created, allowance.sends, allowance.seconds, sent
            )
        progress = turn.record.progress
        if (
            turn.incoming.event == "kf_close_session"
        ):  # an official account's human has ended the conversation
            await self._agents.leave(turn.conversation_id)
            turn.record.ended = turn.incoming.created
            if turn.record.away is not Away.NO:
                turn.record.away = Away.SERVED
                compose(turn, Reply((), tuple(fixed_buttons())))
            else:
                progress.say([])
            return
        in_conversation = self._clock() - last < IN_CONVERSATION_SECONDS
        progress.rasa_input = rasa_input_of_event(
            turn.incoming, turn.account.menu_keys, in_conversation
        )
        if not progress.rasa_input or await self._agents.is_with_human(turn.conversation_id):
            progress.say([])

    async def _begin_message(self, turn: Turn, sent: int) -> None:
        """Opens the quota window of a message, and decides what is asked or said."""
        menu = BY_EVENT[turn.account.kind].get(turn.incoming.kind)
        if menu:  # a click on a menu counts as one on the account's own menu
            turn.record.ledger.opened_by_event(
                turn.incoming.created, menu.sends, menu.seconds, sent
            )
        else:
            turn.record.ledger.opened_by_message(turn.incoming.created, sent)
        progress = turn.record.progress
        if await self._is_with_human(turn):
            return
        if not turn.account.verified:
            shown = await self._passive_replies.take_numbers(turn.conversation_id)
            turn.record.offers.numbered = turn.record.offers.numbered if shown is None else shown
        # What is read again at once, after a store was lost, was written in its time.
        counted = self._guard.counted(turn.conversation_id, turn.account.name)
        if not turn.maybe_asked and await self._admit(*counted):
            self._refuse_haste(turn, "too_fast")
            return
        if TURNS.wait():
            say_fixed(turn, "busy")
            return
        is_away = turn.record.away is not Away.NO
        if is_away and is_one_of(turn.incoming.text, words("leave_queue")):
            turn.record.away = Away.NO
            say_fixed(turn, "left_queue")
            return
        if turn.record.pending and is_one_of(turn.incoming.text, words("pokes")):
            compose(turn, Reply(()))  # asked for, and nothing else
            return
        numbers = turn.record.offers.numbered
        request = request_of(turn.incoming, turn.record.offers)
        number = number_in(turn.incoming.text) if request.ask == turn.incoming.text else 0
        if numbers and number:  # none of the list, and not a step either
            text = say("number_unknown", number=number)
            compose(turn, Reply((text,), tuple(numbers)))
            return
        if request.is_picture and self._pictures.can_look(turn):
            if await self._pictures.admit(turn.conversation_id):
                progress.rasa_input, progress.picture = COMMAND, True
            else:
                self._refuse_haste(turn, "pictures_too_fast")
            return
        progress.rasa_input = request.ask
        if request.say:
            say_fixed(turn, request.say)

    def _refuse_haste(self, turn: Turn, name: str) -> None:
        """Leaves a message that came too fast unanswered; once a minute, it is said why."""
        minute = int(self._clock() // 60)
        if turn.record.warned == minute:
            turn.record.progress.say([])
            return
        turn.record.warned = minute
        say_fixed(turn, name)

    async def _is_with_human(self, turn: Turn) -> bool:
        """Tells whether a human has the conversation; then nothing else is to be said."""
        if not await self._agents.is_with_human(turn.conversation_id):
            return False
        platform = self._platforms.get(turn.account.name)
        if isinstance(platform, Kf) and await self._agents.has_ended(platform, turn):
            return False
        sendings = []
        # It came in while the conversation was handed over: its push takes it along, or the next
        # word.
        if turn.account.agents and turn.account.kind != "kf":
            key = turn.record.progress.key
            if not await self._agents.decide(turn.account, turn.conversation_id, key, handoff=True):
                reply = Reply((say("handoff_next_word"),), is_bureau=True)
                sendings = made(turn, reply)
        turn.record.progress.say(sendings)
        return True

    async def _ask(self, turn: Turn, again: bool) -> None:
        """Asks the assistant, and makes its answer ready to be sent."""
        progress = turn.record.progress
        read = partial(self._read, turn)
        reply = Reply.of(
            await self._assistant.answers(turn.conversation_id, progress.key, again, read)
        )
        if turn.incoming.event == "enter_session":
            self._events.compose_welcome(turn, reply)
            return
        if not turn.account.agents:
            compose(turn, without_agents(reply))
            return
        if not reply.handoff:
            await self._decide_to_stay(turn)
            compose(turn, with_agents(reply))
            return
        cannot_handle = reply.handoff["reason"] == "cannot_handle"
        opening_name = "handoff_cannot_handle" if cannot_handle else "handoff"
        if turn.account.kind == "kf":
            progress.handoff = True
            progress.instead = {"texts": reply.texts, "buttons": reply.buttons}
        elif not await self._goes_along(turn, again):
            opening_name = "handoff_next_word"
        note = say("handoff_note", note=reply.handoff["note"])
        opening = (
            say(opening_name)
            if turn.account.kind == "kf"
            else say(opening_name) + say("handoff_leave")
        )
        turn.record.away = Away.NO  # who asks for a human is not greeted back first
        compose(turn, Reply((opening, note), is_bureau=True))
        turn.record.away = Away.ASKED

    async def _read(self, turn: Turn) -> RasaInput:
        """Returns what Rasa is asked for a message; a picture is looked at for it.

        Raises:
            StoreError: if the store does not answer while a picture is fetched.
        """
        if not turn.record.progress.picture:
            return RasaInput(turn.record.progress.rasa_input)
        seen = await self._pictures.look(turn)
        return RasaInput(seen.text, seen.metadata)

    async def _decide_to_stay(self, turn: Turn) -> None:
        """Has the pushes of the messages in work acknowledged."""
        progress = turn.record.progress
        for key in (progress.key, *progress.joined):
            await self._agents.decide(turn.account, turn.conversation_id, key, handoff=False)

    async def _goes_along(self, turn: Turn, again: bool) -> bool:
        """Tells whether the push of the last message in work is answered by the hand-over."""
        if (
            again and await self._agents.phase(turn.conversation_id) is Phase.WAITING
        ):  # it was, before a kill
            return True
        progress = turn.record.progress
        *others, last = progress.key, *progress.joined
        for key in others:
            await self._agents.decide(turn.account, turn.conversation_id, key, handoff=False)
        return await self._agents.decide(turn.account, turn.conversation_id, last, handoff=True)

    async def _deliver(self, turn: Turn) -> None:
        sendings = turn.record.progress.sendings
        if not turn.account.verified:
            await self._passive_replies.add(
                turn.conversation_id, turn.record.progress.key, sendings
            )
        elif turn.incoming.event == "enter_session":
            await self._events.welcome(turn)
        else:
            platform = self._platforms[turn.account.name]
            await self._delivery.deliver(platform, turn)

    async def _transfer(self, turn: Turn) -> None:
        """Hands the conversation over in KF; if that fails, the answer without a human is given."""
        progress = turn.record.progress
        platform = self._platforms[turn.account.name]
        assert isinstance(platform, Kf)
        if await self._agents.hand_off(platform, turn):
            return
        instead = progress.instead or {"texts": [], "buttons": []}
        texts = [say("handoff_failed"), *instead["texts"]]
        key = f"{progress.key}-instead"
        more = sendings_for(turn, key, texts, instead["buttons"], handoff=True)
        progress.sendings += more
        progress.handoff, turn.record.away = False, Away.NO
        await self._conversations.save(turn.conversation_id, turn.record)
        await self._deliver(turn)
