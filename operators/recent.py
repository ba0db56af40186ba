"""The messages of the last weeks, as the conversations' database has them: secrets are hidden.

Only single messages are read, and only those are shown that a draft would take; no conversation is
opened, and nothing is kept.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from channels.senders import WEBSITE_PREFIX, WECHAT_PREFIX
from nlu.local_questions import Doubt, doubt_of
from serving.tenants import DEFAULT, prefix_of

FILE = "conversations.db"
WEEKS = 4
MAX_MESSAGES = 1000  # different ones; more would take longer than somebody waits
_MAX_ROWS = 5000
_MAX_LETTERS = 200
_WEEK = 7 * 24 * 3600.0
_BUSY_SECONDS = 2


class Message(NamedTuple):
    """A message: its text, the intent by which it was answered, and what else it may be."""

    text: str
    intent: str
    doubt: Doubt


def recent_messages(path: Path, now: float | None = None, tenant: str = DEFAULT) -> list[Message]:
    """Returns different messages of the last weeks, the newest first; none without such a file.

    Clicks are left out, and long texts, and what is said to another tenant.
    """
    if not path.is_file():
        return []
    since = (time.time() if now is None else now) - WEEKS * _WEEK
    is_own, patterns = _of_tenant(tenant)
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", timeout=_BUSY_SECONDS, uri=True)
        try:
            rows = connection.execute(
                "SELECT data FROM events WHERE type_name = 'user' AND timestamp >= ?"  # noqa: S608
                f" AND {is_own} ORDER BY id DESC LIMIT ?",  # a condition of ours
                (since, *patterns, _MAX_ROWS),
            ).fetchall()
        finally:
            connection.close()
    except sqlite3.Error:  # busy, or of another kind
        return []
    messages: dict[str, Message] = {}
    for (data,) in rows:
        message = _message(data)
        if message and len(messages) < MAX_MESSAGES:
            messages.setdefault(message.text, message)
    return list(messages.values())


def _of_tenant(tenant: str) -> tuple[str, list[str]]:
    """Returns the condition that a conversation is with a tenant, and its values."""
    whose = tenant if tenant != DEFAULT else "*"  # a pattern of GLOB; no id has a sign of it
    patterns = [f"{prefix_of(prefix, whose)}*" for prefix in (WEBSITE_PREFIX, WECHAT_PREFIX)]
    condition = "(sender_id GLOB ? OR sender_id GLOB ?)"
    return (condition if tenant != DEFAULT else f"NOT {condition}"), patterns


def _message(data: Any) -> Message | None:
    try:
        event = json.loads(data)
        text, parsed = str(event["text"] or "").strip(), event["parse_data"]
        ranking = [one for one in parsed["intent_ranking"] if isinstance(one, Mapping)]
        intent = str(parsed["intent"]["name"])
        doubt = doubt_of(ranking)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    if not text or text.startswith("/") or len(text) > _MAX_LETTERS:
        return None
    return Message(text, intent, doubt)
