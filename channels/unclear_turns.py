"""Which messages were not understood, read from what a turn has brought.

Kept are typed messages only: a click is clear, a picture is no wording, and what is nothing but
something hidden says nothing. The reasons:

- it was said that it was not understood (also: that the same would be said again, that a question
  is not known), or two meanings were offered, or it was declined as no matter of the assistant;
- the person has left: for an hour, no message came after the answer to it, and that answer was one
  of the above, or had no outcome. An outcome is a step or help with one, a cause, a way, a bureau,
  a list, a note, a warning, an answer to a question, or the end that the person has wished. Without
  one, the answer has only asked something, or acknowledged something. A message that itself only
  answers (yes, no, done, thanks) or has three letters or fewer is not counted: it says nothing by
  itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered

from channels.counting import MEANING
from channels.pictures import METADATA
from channels.unclear import Reason, UnclearMessage, keep_turn
from serving.placeholders import PLACEHOLDER

MIN_LETTERS = 4  # of a message that says something by itself
_DECLINES = "action_decline_topic"
# Actions whose words are what was asked for, whatever blocks they have.
_WITH_OUTCOME = frozenset(
    (
        "action_answer_question action_close_case action_explain_human action_explain_system"
        " action_list_materials action_reply_chitchat action_start_over action_stop"
        " action_warn_scam"
    ).split()
)
# Acts that end something, or only answer or move on.
_PLAIN_ACTS = frozenset(
    (
        "yes no unsure ack done failed stuck not_it next back again solved worked resume wait"
        " leave recall thanks bye greet restart go_to"
    ).split()
)
_QUESTION, _UNKNOWN = "ask:", "ask:unknown"


@dataclass
class _Turn:
    """A message of a person, and what came of it."""

    message: UserUttered
    actions: set[str] = field(default_factory=set)
    slots: dict[str, Any] = field(default_factory=dict)
    answers: list[BotUttered] = field(default_factory=list)


def note_turn(session: Any, sender_id: str, events: Iterable[Event]) -> None:
    """Keeps the message of a turn if it was not understood, in the transaction of the turn.

    Args:
        session: a session or connection of SQLAlchemy.
        sender_id: of the conversation.
        events: that the turn has brought; texts have their secrets hidden.
    """
    turn = _read(events)
    if turn is not None:
        keep_turn(session, _unclear_message(sender_id, turn))


def _read(events: Iterable[Event]) -> _Turn | None:
    turn = None
    for event in events:
        if isinstance(event, UserUttered):
            # A picture that is confirmed is answered as if it had been typed: one turn.
            turn = _Turn(event, turn.actions if turn else set(), turn.slots if turn else {})
        elif turn is None:
            continue
        elif isinstance(event, ActionExecuted):
            turn.actions.add(event.action_name or "")
        elif isinstance(event, SlotSet):
            turn.slots[event.key] = event.value
        elif isinstance(event, BotUttered):
            turn.answers.append(event)
    return turn


def _unclear_message(sender_id: str, turn: _Turn) -> UnclearMessage:
    message = turn.message
    return UnclearMessage(
        sender_id=sender_id,
        message_id=message.message_id or str(message.timestamp),
        time=message.timestamp,
        text=message.text or "",
        answer="\n".join(answer.text for answer in turn.answers if answer.text),
        intent=(message.intent or {}).get("name") or "",
        reasons=_reasons(turn),
    )


def _reasons(turn: _Turn) -> Reason:
    text = turn.message.text or ""
    letters = sum(letter.isalnum() for letter in PLACEHOLDER.sub("", text))
    if text.startswith("/") or not letters or METADATA in (turn.message.metadata or {}):
        return Reason(0)
    if not turn.answers:  # the action server was away
        return Reason(0)
    slots = turn.slots
    if slots.get("fallback_count"):
        is_offered = str(slots.get("pending_question") or "").partition(":")[0] == MEANING
        asked = Reason.ASKED_BACK if is_offered else Reason.FELL_BACK
        return (Reason.DECLINED if _DECLINES in turn.actions else asked) | Reason.LEFT
    if " " in str(slots.get("said") or ""):  # it was admitted that the same would be said again
        return Reason.FELL_BACK | Reason.LEFT
    if letters < MIN_LETTERS or _has_outcome(turn):
        return Reason(0)
    return Reason.LEFT


def _has_outcome(turn: _Turn) -> bool:
    acts = [str(act) for act in turn.message.parse_data.get("acts") or []]
    if acts and all(act.partition(":")[0] in _PLAIN_ACTS for act in acts):
        return True
    if any(act.startswith(_QUESTION) and act != _UNKNOWN for act in acts):
        return True
    if not _WITH_OUTCOME.isdisjoint(turn.actions):
        return True
    blocks = [block for answer in turn.answers for block in answer.message().get("blocks") or ()]
    return any(
        block.get("type") != "paragraph" or block.get("tone") or block.get("progress")
        for block in blocks
    )
