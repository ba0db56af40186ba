"""The messages of the last weeks, as the conversations' database has them: secrets are hidden.

Only single messages are read, and only those are shown that a draft would take; no conversation is
opened, and nothing is kept.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from channels.senders import WEBSITE_PREFIX, WECHAT_PREFIX
from nlu.local_questions import Doubt, doubt_of
from operators.conversations import EVENTS, Conversations, NotReadable
from serving.tenants import DEFAULT, prefix_of

WEEKS = 4
MAX_MESSAGES = 1000  # different ones; more would take longer than somebody waits
_MAX_ROWS = 5000
_MAX_LETTERS = 200
_WEEK = 7 * 24 * 3600.0


class Message(NamedTuple):
    """A message: its text, the intent by which it was answered, and what else it may be."""

    text: str
    intent: str
    doubt: Doubt


def recent_messages(
    conversations: Conversations, now: float | None = None, tenant: str = DEFAULT
) -> list[Message]:
    """Returns different messages of the last weeks, the newest first.

    Clicks are left out, and long texts, and what is said to another tenant. There are none where
    the database cannot be read.
    """
    since = (time.time() if now is None else now) - WEEKS * _WEEK
    query = (
        sa.select(EVENTS.c.data)
        .where(EVENTS.c.type_name == "user", EVENTS.c.timestamp >= since, _is_of(tenant))
        .order_by(EVENTS.c.id.desc())
        .limit(_MAX_ROWS)
    )
    try:
        with conversations.transaction() as connection:
            rows = connection.execute(query).all()
    except NotReadable:
        return []
    messages: dict[str, Message] = {}
    for (data,) in rows:
        message = _message(data)
        if message and len(messages) < MAX_MESSAGES:
            messages.setdefault(message.text, message)
    return list(messages.values())


def _is_of(tenant: str) -> Any:
    """Returns the condition that a conversation is with a tenant."""
    named = [
        EVENTS.c.sender_id.startswith(
            prefix_of(prefix, tenant) if tenant else f"{prefix}~", autoescape=True
        )
        for prefix in (WEBSITE_PREFIX, WECHAT_PREFIX)
    ]
    return sa.or_(*named) if tenant != DEFAULT else sa.not_(sa.or_(*named))


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
