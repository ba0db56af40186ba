"""Rasa's generator of responses, which has the blocks of an action made into text.

Rasa asks it before a message is stored, and before any channel has it: so each channel prints the
text, also those of Rasa's own, such as the shell's. `endpoints.yml` names it.
"""

from __future__ import annotations

from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from channels.live_messages import require_messages
from channels.rendering import render


class BlockGenerator(TemplatedNaturalLanguageGenerator):
    """Makes the text of what has blocks; all else is taken from the domain's responses."""

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        """Takes what Rasa gives a generator of a project's own."""
        super().__init__(domain.responses)
        require_messages()

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """Returns the text of a message; Rasa adds its blocks, buttons and handoff."""
        if blocks := kwargs.get("blocks"):
            return {"text": render(blocks)}
        response: dict[str, Any] | None = await super().generate(
            utter_action, tracker, output_channel, **kwargs
        )
        return response
