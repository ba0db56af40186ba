"""The draft of a private conversation: words that are in force for nobody else.

An editor tries a change before it is saved. The draft comes with each message of that conversation,
in its metadata, and is kept nowhere: who writes elsewhere cannot get it. Only the channel for
tryouts (`channels/tryout.py`) puts one there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

METADATA = "draft"  # the key in the metadata of a message


def draft_of(metadata: Any) -> str:
    """Returns the draft in the metadata of a message; empty if there is none."""
    given = metadata.get(METADATA) if isinstance(metadata, Mapping) else None
    return given if isinstance(given, str) else ""


def draft_in(events: Iterable[Mapping[str, Any]]) -> str:
    """Returns the draft that came with the last message that had one, of events as JSON."""
    drafts = [draft_of(event.get("metadata")) for event in events if event.get("event") == "user"]
    return next((draft for draft in reversed(drafts) if draft), "")
