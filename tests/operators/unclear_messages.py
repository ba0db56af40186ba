"""Conversations with messages that were not understood, kept as the assistant keeps them."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from threading import Thread
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered

from channels.conversation_store import RedactingSQLTrackerStore

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [device_changed, recover_password]
actions: [action_clarify_meaning, action_decline_topic, action_find_way]
slots:
  fallback_count: {type: any, influence_conversation: false, mappings: [{type: custom}]}
  pending_question: {type: any, influence_conversation: false, mappings: [{type: custom}]}
  said: {type: any, influence_conversation: false, mappings: [{type: custom}]}
"""
)
NOT_CAUGHT = "我没听明白您的意思。"
DAY = 86_400
_numbers = itertools.count(1)


def paragraphs(text: str) -> list[dict[str, Any]]:
    return [{"type": "paragraph", "text": text}]


class Speaker:
    """Has people say something, and the assistant answer, in conversations of a store."""

    def __init__(self, store: RedactingSQLTrackerStore) -> None:
        self.store = store

    def turn(
        self,
        text: str,
        answer: str = NOT_CAUGHT,
        *,
        sender: str = "",
        action: str = "action_clarify_meaning",
        slots: dict[str, Any] | None = None,
        acts: Sequence[str] = (),
        blocks: list[dict[str, Any]] | None = None,
        buttons: dict[str, str] | None = None,
        metadata: dict[str, Any] | None = None,
        ago: float = DAY,
    ) -> str:
        """Keeps a turn; returns the id of its conversation, a new one if none was given."""
        number = next(_numbers)
        sender = sender or f"website-{number:04}"
        now = time.time() - ago
        shown = [{"title": title, "payload": way} for way, title in (buttons or {}).items()]
        events = [
            UserUttered(
                text,
                {"name": "device_changed"},
                parse_data={"text": text, "acts": list(acts)},
                timestamp=now,
                input_channel="website",
                message_id=f"message {number}",
                metadata=metadata,
            ),
            ActionExecuted(action, timestamp=now),
            *(SlotSet(name, value, timestamp=now) for name, value in (slots or {}).items()),
            BotUttered(
                answer,
                {"buttons": shown},
                {"blocks": paragraphs(answer) if blocks is None else blocks},
                timestamp=now,
            ),
        ]
        thread = Thread(target=lambda: asyncio.run(self._keep(sender, events)))
        thread.start()  # Playwright has a loop in this one
        thread.join()
        return sender

    def not_understood(self, *texts: str, ago: float = DAY) -> list[str]:
        """Has each text said in a conversation of its own; returns the ids of these."""
        return [self.turn(text, slots={"fallback_count": 1}, ago=ago) for text in texts]

    async def _keep(self, sender: str, events: list[Any]) -> None:
        tracker = await self.store.get_or_create_tracker(sender, append_action_listen=False)
        for event in events:
            tracker.update(event)
        await self.store.save(tracker)
