"""Rasa, as this channel needs it: asked once for each message, also after a kill."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import UserMessage

from channels.answers import AnswerCollector
from channels.pictures import Seen
from channels.wechat.messages import BUTTONS, say
from channels.wechat.store.base import StoreError

logger = logging.getLogger(__name__)

Answer = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """The answers to one message, put together.

    Attributes:
        texts: what is said, in its order.
        buttons: of the last answer: `title` and `payload`.
        is_bureau: whether it shows the local bureau.
        handoff: why and with which note the conversation may go to a human; None if not.
    """

    texts: tuple[str, ...]
    buttons: tuple[dict[str, str], ...] = ()
    is_bureau: bool = False
    handoff: dict[str, str] | None = None

    @classmethod
    def of(cls, answers: list[Answer]) -> Reply:
        """Puts answers together."""
        handoffs = [answer["handoff"] for answer in answers if answer.get("handoff")]
        return cls(
            tuple(str(answer["text"]) for answer in answers if answer.get("text")),
            tuple(answers[-1].get("buttons") or ()),
            any(
                block["type"] == "bureau"
                for answer in answers
                for block in answer.get("blocks") or ()
            ),
            handoffs[-1] if handoffs else None,
        )


@dataclass(frozen=True)
class Assistant:
    """Rasa behind this channel.

    Attributes:
        ask: has a message answered.
        find_answers: finds what a conversation holds already as answers to a message begun before a
            kill.
        erase: deletes a conversation.
        seconds: how long an answer is waited for.
    """

    ask: Callable[[UserMessage], Awaitable[Any]]
    find_answers: Callable[[str, str], Awaitable[list[Answer]]]
    erase: Callable[[str], Awaitable[None]]
    seconds: float

    async def reply(
        self,
        conversation_id: str,
        rasa_input: str,
        key: str,
        again: bool,
        look: Callable[[], Awaitable[Seen]] | None = None,
    ) -> Reply:
        """Returns the answer to a message, with an apology in the place of none.

        Args:
            conversation_id: Rasa's id of the conversation.
            rasa_input: a text, or the payload of a click.
            key: of the message; under it, Rasa keeps what it answers.
            again: whether it may have been asked before a kill.
            look: looks at the picture that was sent, and says what is asked instead of
                `rasa_input`.

        Raises:
            StoreError: if the store does not answer while a picture is fetched.
        """
        try:
            answers = await self.find_answers(conversation_id, key) if again else []
            if not answers:
                output = AnswerCollector(handoffs=True)
                seen = await asyncio.wait_for(look(), self.seconds) if look else None
                message = UserMessage(
                    seen.text if seen else rasa_input,
                    output,
                    conversation_id,
                    input_channel="wechat",
                    message_id=key,
                    metadata=seen.metadata if seen else None,
                )
                await asyncio.wait_for(self.ask(message), self.seconds)
                answers = output.messages
        except StoreError:  # without it, nothing is left out
            raise
        except Exception as error:  # what a person wrote stays out of the log
            logger.error("A message could not be answered: %s", type(error).__name__)
            answers = []
        return Reply.of(answers) if answers else Reply((say("unavailable"),), tuple(BUTTONS))
