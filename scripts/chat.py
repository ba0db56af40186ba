"""A conversation for `make shell` when the lines come from a pipe or a file."""

from __future__ import annotations

import sys
import uuid
from typing import Any, Iterable

from scripts.readiness import say

END = "/stop"


def chat(server: str, lines: Iterable[str]) -> None:
    """Sends line by line and prints what the assistant answers."""
    sender = uuid.uuid4().hex
    for line in lines:
        message = line.strip()
        if message == END:
            break
        if message:
            print(f"> {message}", flush=True)
            for answer in say(server, sender, message):
                show(answer)


def show(answer: dict[str, Any]) -> None:
    """The text, then its buttons with what a click on them would send."""
    print(answer.get("text") or "")
    for button in answer.get("buttons") or []:
        print(f"  [{button.get('title')}]  {button.get('payload')}")
    sys.stdout.flush()
