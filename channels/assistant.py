"""Rasa, as the website and WeChat need it: asked once for each message, also after a kill."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import async_timeout
from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from channels.answers import AnswerCollector, answers_in
from channels.conversation_store import forget_conversation, note_rating
from channels.messages import unavailable
from channels.metrics import UNANSWERED, measured
from channels.turns import TURNS
from channels.unclear import Reason, UnclearMessage
from serving.tenants import tenant_of

logger = logging.getLogger(__name__)

Answer = dict[str, Any]


@dataclass(frozen=True)
class RasaInput:
    """What Rasa is asked for a message.

    Attributes:
        text: with secrets hidden, or the payload of a click.
        metadata: of a picture, what was seen on it.
    """

    text: str
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True)
class Assistant:
    """Rasa behind a channel.

    Attributes:
        channel: its name.
        ask: has a message answered.
        app: the server, with Rasa's agent and its stores.
        seconds: how long an answer is waited for, with the time in line.
        handoffs: whether people serve behind the channel; then answers may hold a handoff.
        passed_on: errors after which the message is tried again, so that no answer stands for it.
    """

    channel: str
    ask: Callable[[UserMessage], Awaitable[Any]]
    app: Sanic
    seconds: float
    handoffs: bool = False
    passed_on: tuple[type[Exception], ...] = ()

    async def answers(
        self,
        conversation_id: str,
        key: str,
        again: bool,
        read: Callable[[], Awaitable[RasaInput]],
    ) -> list[Answer]:
        """Returns the answers to a message, with `unavailable` in the place of none.

        Args:
            conversation_id: Rasa's id of the conversation.
            key: of the message; under it, Rasa keeps what it answers.
            again: whether it may have been asked before a kill.
            read: returns what Rasa is asked, if it has to be asked.
        """
        try:
            answers = await self._find_answers(conversation_id, key) if again else []
            if not answers:
                # Not `asyncio.wait_for`: of Python 3.10, it may lose a cancellation (bpo-37658).
                async with async_timeout.timeout(self.seconds):
                    rasa_input = await read()
                output = AnswerCollector(self.handoffs)
                message = UserMessage(
                    rasa_input.text,
                    output,
                    conversation_id,
                    input_channel=self.channel,
                    message_id=key,
                    metadata=rasa_input.metadata,
                )
                async with async_timeout.timeout(self.seconds), TURNS.one():
                    await measured(self.channel, self.ask)(message)
                answers = output.messages
        except self.passed_on:
            raise
        except Exception as error:  # what a person wrote stays out of the log
            logger.error("A message could not be answered: %s", type(error).__name__)
            answers = []
        if not answers:
            UNANSWERED.labels(self.channel, tenant_of(conversation_id)).inc()
        return answers or [unavailable()]

    async def erase(self, conversation_id: str) -> None:
        """Deletes what Rasa keeps of a conversation."""
        async with self.app.ctx.agent.lock_store.lock(conversation_id):
            await forget_conversation(self.app.ctx.agent.tracker_store, conversation_id)

    async def note_rating(
        self, conversation_id: str, key: str, text: str, answer: str, helpful: bool
    ) -> None:
        """Notes for the operator's pages what a person thinks of an answer; never fails.

        Args:
            conversation_id: Rasa's id of the conversation.
            key: of the message that was answered.
            text: of that message, with secrets hidden.
            answer: what was said.
            helpful: whether it helped.
        """
        message = UnclearMessage(conversation_id, key, time.time(), text, answer, "", Reason(0))
        try:
            await note_rating(self.app.ctx.agent.tracker_store, message, helpful)
        except Exception as error:  # what a person wrote stays out of the log
            logger.error("A judgement was not noted for editors: %s", type(error).__name__)

    async def _find_answers(self, conversation_id: str, key: str) -> list[Answer]:
        """Returns what a conversation holds already as answers to a message begun before a kill."""
        tracker = await self.app.ctx.agent.tracker_store.retrieve_full_tracker(conversation_id)
        return answers_in(tracker, key, self.handoffs)
