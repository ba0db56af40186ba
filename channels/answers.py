"""Collects the answers of the assistant as messages with text, buttons and card."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


class CardOutput(CollectingOutputChannel):
    """Collects each answer as one object with `text`, `buttons` and `custom` (the card).

    With `handoffs`, for a channel behind which people serve, also `handoff`.
    """

    def __init__(self, handoffs: bool = False) -> None:
        super().__init__()
        self._handoffs = handoffs

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Takes in one answer of an action."""
        parts = {
            "text": message.get("text"),
            "buttons": message.get("buttons"),
            "custom": message.get("card") or message.get("custom"),
            "handoff": self._handoffs and message.get("handoff"),
        }
        answer = {"recipient_id": recipient_id, **{k: v for k, v in parts.items() if v}}
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
            parts = {
                "text": event.text,
                "buttons": event.data.get("buttons"),
                "custom": event.metadata.get("card") or event.data.get("custom"),
                "handoff": handoffs and event.metadata.get("handoff"),
            }
            found.append({k: v for k, v in parts.items() if v})
    return found
