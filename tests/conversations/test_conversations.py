"""Runs every conversation of the files beside it against the really trained assistant.

A file holds a list of conversations; each turn `say`s a text, `click`s the title of a button of
the answer before, or `show`s a picture (the lines on it, or why it is not read), and checks the
answer: `has` and `lacks` parts of its text, `offers` titles of its buttons.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Conversation

FOLDER = Path(__file__).parent
CONVERSATIONS = [
    pytest.param(script, id=f"{path.stem}: {script['name']}")
    for path in sorted(FOLDER.glob("*.yml"))
    for script in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def test_there_are_enough_conversations() -> None:
    names = [conversation.values[0]["name"] for conversation in CONVERSATIONS]  # type: ignore[index]
    assert len(names) == len(set(names))
    assert len(names) >= 80


@pytest.mark.parametrize("script", CONVERSATIONS)
def test_conversation(script: dict[str, Any], conversation: Conversation) -> None:
    for number, turn in enumerate(script["turns"], start=1):
        assert set(turn) <= {"say", "click", "show", "has", "lacks", "offers"}, f"turn {number}"
        kind = next(name for name in ("say", "click", "show") if name in turn)
        message = getattr(conversation, kind)(turn[kind])
        text = message["text"]
        titles = [button["title"] for button in message.get("buttons", [])]
        where = f"turn {number}, {turn[kind]!r}: {text!r} {titles}"
        for part in turn.get("has", []):
            assert part in text, f"{part!r} is missing in {where}"
        for part in turn.get("lacks", []):
            assert part not in text, f"{part!r} is there in {where}"
        for title in turn.get("offers", []):
            assert title in titles, f"the button {title!r} is missing in {where}"
