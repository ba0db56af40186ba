"""Collects the answers of the assistant as messages with text, blocks and buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


class AnswerCollector(CollectingOutputChannel):
    """Collects each answer as one object with `text`, `blocks` and `buttons`.

    With `handoffs`, for a channel behind which people serve, also `handoff`.
    """

    def __init__(self, handoffs: bool = False) -> None:
        super().__init__()
        self._handoffs = handoffs

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Takes in one answer of an action."""
        answer = {"recipient_id": recipient_id, **_parts(message, self._handoffs)}
        await self._persist_message(answer)


def answers_in(
    tracker: DialogueStateTracker | None, message_id: str, handoffs: bool = False
) -> list[dict[str, Any]]:
    """Returns the answers that a tracker holds to a message; none if it does not know it.

    A message that was asked twice around a kill has its last answers.
    """
    found: list[dict[str, Any]] = []
    ours = False
    for event in tracker.events if tracker else ():
        if isinstance(event, UserUttered):
            ours = event.message_id == message_id
            found = [] if ours else found
        elif ours and isinstance(event, BotUttered):
            found.append(_parts(event.message(), handoffs))
    return found


def _parts(message: Mapping[str, Any], handoffs: bool) -> dict[str, Any]:
    names = ("text", "blocks", "buttons", *(("handoff",) if handoffs else ()))
    return {name: message[name] for name in names if message.get(name)}
