"""Takes the words of a button that somebody types, instead of clicking on it, for the click."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

PUT = "put"  # of a message, as it was understood, that stands for another: it is no other's words
PICTURE = "picture"  # in the metadata of a message that was read from a picture
# Rasa's form of a click: `/intent{"entity": "value"}`.
PAYLOAD = re.compile(r"/(\w+)(\{.*\})?", re.DOTALL)
QUESTION = "?"  # "next step?" is another thing than the words of a button; other marks say nothing


def click_typed(
    message: Mapping[str, Any], events: Sequence[Mapping[str, Any]]
) -> dict[str, Any] | None:
    """Returns the click whose words a message is, as it is understood.

    Args:
        message: the latest one of the person.
        events: of the conversation, the latest last; the buttons stand in what was said last.

    Returns:
        The click; None if the message is something else, or a click itself.
    """
    text = str(message.get("text") or "")
    is_own = not message.get(PUT) and PICTURE not in (message.get("metadata") or {})
    if not is_own or text.startswith("/") or not (words := _words(text)):
        return None
    for button in _buttons_last_offered(events):
        if _words(str(button.get("title") or "")) == words:
            return _understood(str(button.get("payload") or ""))
    return None


def _words(text: str) -> str:
    """Returns the letters and digits of a text, and its question marks."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(each for each in plain if each.isalnum() or each == QUESTION)


def _buttons_last_offered(events: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    for event in reversed(events):
        if event.get("event") == "bot":
            return (event.get("data") or {}).get("buttons") or ()
    return ()


def _understood(payload: str) -> dict[str, Any] | None:
    """Returns what Rasa understands of a payload; None if it is none."""
    parts = PAYLOAD.fullmatch(payload)
    if not parts:
        return None
    intent = {"name": parts[1], "confidence": 1.0}
    values = json.loads(parts[2]) if parts[2] else {}
    return {
        "text": payload,
        "intent": intent,
        "intent_ranking": [intent],
        "entities": [{"entity": name, "value": value} for name, value in values.items()],
        "acts": [],
    }
