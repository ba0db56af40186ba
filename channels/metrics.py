"""What is counted of conversations for Prometheus; `docs/monitoring.md` has the list.

Counted are kinds of messages and answers, never what they say, and no person. The label `tenant` is
empty for the default, so that who has no tenants sees none of it.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from typing import Any

from prometheus_client import Counter, Gauge, Histogram
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered

from channels.counting import MEANING
from channels.counts import BOUNDS, KNOWN_CHANNELS
from serving.monitoring import REGISTRY
from serving.tenants import DEFAULT, tenant_of

_began: ContextVar[float | None] = ContextVar("began", default=None)

MESSAGES = Counter(
    "zhaohui_messages", "Messages that were answered.", ["channel", "tenant"], registry=REGISTRY
)
NOT_UNDERSTOOD = Counter(
    "zhaohui_not_understood",
    "Messages that were not understood: asked back with two meanings, or not at all.",
    ["channel", "answer", "tenant"],
    registry=REGISTRY,
)
ACTIONS = Counter(
    "zhaohui_actions", "Actions that answered, by name.", ["action"], registry=REGISTRY
)
ANSWER_SECONDS = Histogram(
    "zhaohui_answer_seconds",
    "Time from a message to its answer, without waiting in a queue.",
    ["channel", "tenant"],
    buckets=BOUNDS,
    registry=REGISTRY,
)
UNANSWERED = Counter(
    "zhaohui_unanswered", "Messages that got an apology.", ["channel", "tenant"], registry=REGISTRY
)
IN_WORK = Gauge(
    "zhaohui_conversations_in_work",
    "Conversations with a message that waits or is being answered.",
    ["channel"],
    registry=REGISTRY,
)
FEEDBACK = Counter(
    "zhaohui_feedback",
    "Judgements of visitors of the website.",
    ["helpful", "tenant"],
    registry=REGISTRY,
)
TOKEN_FAILURES = Counter(
    "zhaohui_wechat_token_failures",
    "Access tokens that WeChat did not give.",
    ["account", "tenant"],
    registry=REGISTRY,
)

Ask = Callable[[UserMessage], Awaitable[Any]]


def measured(channel: str, ask: Ask) -> Ask:
    """Returns what has a message of a channel answered, with its time measured."""

    async def ask_and_measure(message: UserMessage) -> Any:
        token = _began.set(time.monotonic())
        try:
            with ANSWER_SECONDS.labels(channel, tenant_of(message.sender_id)).time():
                return await ask(message)
        finally:
            _began.reset(token)

    return ask_and_measure


def answer_seconds() -> float | None:
    """Returns for how long the message in work has been so; None if nobody measures it."""
    began = _began.get()
    return None if began is None else time.monotonic() - began


def count_events(events: Iterable[Event], tenant: str = DEFAULT) -> None:
    """Counts what a turn has brought: its message, what it was taken for, who answered.

    Args:
        events: the new ones of a conversation.
        tenant: whose conversation it is.
    """
    channel = ""
    slots: dict[str, Any] = {}
    for event in events:
        if isinstance(event, UserUttered):
            channel = event.input_channel if event.input_channel in KNOWN_CHANNELS else "other"
            MESSAGES.labels(channel, tenant).inc()
        elif isinstance(event, ActionExecuted) and event.action_name.startswith("action_"):
            if event.action_name not in ("action_listen", "action_session_start"):
                ACTIONS.labels(event.action_name).inc()
        elif isinstance(event, SlotSet):
            slots[event.key] = event.value
    if channel and slots.get("fallback_count"):
        is_offered = str(slots.get("pending_question") or "").partition(":")[0] == MEANING
        answer = "asked_back" if is_offered else "nothing"
        NOT_UNDERSTOOD.labels(channel, answer, tenant).inc()
