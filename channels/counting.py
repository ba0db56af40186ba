"""What a turn adds to the numbers of `counts.py`, and where that leaves its conversation.

Where a conversation stands is a row that is moved on with each message and deleted with the
conversation; the numbers stay. Nothing that somebody wrote is looked at: only what the pipeline
made of it, the slots, and what the assistant's message says of itself.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import sqlalchemy as sa
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered

from channels import counts
from channels.counts import (
    BOUNDS,
    KNOWN_CHANNELS,
    MORE,
    NOT_TOPIC,
    SOLVED,
    STUCK,
    Ending,
    Figure,
    Increments,
    Miss,
    day_of,
)
from channels.payloads import GREETING
from serving.tenants import tenant_of

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 24 * 3600  # who writes again after so long begins another conversation
ALL_CAUSES = "all_causes"  # the pending question after the list of all causes
MEANING = "meaning"  # the pending question after which two meanings were offered
_PICTURE = "send_picture"  # the topic of a picture
# Acts that ask the same as an intent, under which both are counted.
_SAME = {
    "ask:rules": "password_rules",
    "ask:change_password": "change_password",
    "ask:change_number": "update_contact_info",
    "ask:who_is_liaison": "explain_liaison",
    "ask:is_scam": "scam_concern",
    "ask:safe": "privacy_concern",
    "ask:human": "human_agent",
    "ask:papers": "required_materials",
    "ask:other_password": "recover_other_password",
    "wish:bureau": "contact_bureau",
    "matter": "recover_password",
    "other_service": "other_licence_service",
    "upset": "complain",
}
_ACT = re.compile(r"ask:[a-z_]{1,40}|local:[a-z0-9_]{1,60}")  # of a question
# Moves and courtesies: nobody comes for them.
_NO_TOPICS = frozenset(
    (
        *("next_step", "previous_step", "repeat_step", "go_to_step", "stuck_at_step"),
        *("start_over", "stop", "resolved", "not_resolved", "affirm", "deny", "inform_region"),
        *("greet", "goodbye", "thank", "nlu_fallback", "send_picture", "out_of_scope"),
    )
)
# Actions that do not answer by the intent alone.
_NOT_BY_INTENT = frozenset(
    (
        *("action_listen", "action_session_start", "action_follow_conversation"),
        *("action_clarify_meaning", "action_decline_topic", "action_answer_picture"),
    )
)

_TABLES = sa.MetaData()
_STANDINGS = sa.Table(
    "standings",
    _TABLES,
    sa.Column("sender_id", sa.String(255), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
)
_S = _STANDINGS.c
_STANDING = sa.select(_S.state).where(_S.sender_id == sa.bindparam("conversation"))
_UPDATE = (
    _STANDINGS.update()
    .where(_S.sender_id == sa.bindparam("conversation"))
    .values(state=sa.bindparam("json"))
)
_INSERT = _STANDINGS.insert().values(
    sender_id=sa.bindparam("conversation"), state=sa.bindparam("json")
)


@dataclass
class Standing:
    """Where a conversation stands, and what was counted of it already.

    Attributes:
        day: on which it began.
        seen: when its last message came, in seconds since 1970.
        channel: through which it began.
        ending: the value of an `Ending`; empty before the first message is counted.
        topics: that were asked for.
        way: of the guide that runs; empty if none does.
        step: of that guide, from 1.
        reached: by way the furthest step.
        last: by way the last step, or `SOLVED`.
        trouble: that is being looked at; empty if none is.
        cause: the title of the cause that was shown last; empty after the list of all.
        causes: by trouble the causes that were shown.
        helped: by trouble the causes whose remedies helped.
        place: the code of the place that was named; empty if none was.
        places: whose bureaus were shown.
        handed_off: whether a human was to take over.
    """

    day: int
    seen: float
    channel: str
    ending: str = ""
    topics: list[str] = field(default_factory=list)
    way: str = ""
    step: int = 0
    reached: dict[str, int] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    trouble: str = ""
    cause: str = ""
    causes: dict[str, list[str]] = field(default_factory=dict)
    helped: dict[str, list[str]] = field(default_factory=dict)
    place: str = ""
    places: list[str] = field(default_factory=list)
    handed_off: bool = False

    @classmethod
    def from_json(cls, text: str) -> Standing:
        """Reads what `to_json` wrote; what an earlier version did not have gets its default."""
        kept = json.loads(text)
        return cls(**{f.name: kept[f.name] for f in fields(cls) if f.name in kept})

    def to_json(self) -> str:
        """Returns it as text, without what is empty."""
        return json.dumps({name: v for name, v in asdict(self).items() if v}, ensure_ascii=False)


@dataclass(frozen=True)
class _Turn:
    """What a turn's events say.

    Attributes:
        came: when its message came.
        channel: through which.
        slots: that were set, with their values.
        actions: that ran.
        topics: what it asked for.
        miss: how it was not understood; None if it was.
        says: what the assistant's messages say of themselves.
    """

    came: float
    channel: str
    slots: Mapping[str, Any]
    actions: frozenset[str]
    topics: Sequence[str]
    miss: Miss | None
    says: Sequence[Mapping[str, Any]]

    def says_outcome(self, outcome: str) -> bool:
        """Tells whether the person has just reported this."""
        return any(message.get("outcome") == outcome for message in self.says)

    def blocks(self, kind: str) -> list[Mapping[str, Any]]:
        """Returns the blocks of a kind."""
        blocks = [block for message in self.says for block in message.get("blocks") or ()]
        return [block for block in blocks if block.get("type") == kind]

    @property
    def handoff(self) -> str:
        """Why a human is to take over; empty if none is."""
        found = [message["handoff"] for message in self.says if message.get("handoff")]
        return str(found[-1].get("reason") or "") if found else ""


def create(engine: Any) -> None:
    """Makes the tables of the numbers and of where conversations stand."""
    counts.create(engine, _TABLES)


def count_turn(
    connection: Any,
    conversation_id: str,
    events: Sequence[Event],
    intents: Container[str],
    seconds: float | None = None,
) -> None:
    """Counts a turn within the transaction in which its events are kept: so once.

    Args:
        connection: after its first writing.
        conversation_id: whose events they are.
        events: the new ones.
        intents: the assistant's; another name of one is somebody's text, and not kept.
        seconds: from the message to its answer, if that is known.
    """
    kept = connection.execute(_STANDING, {"conversation": conversation_id}).scalar()
    try:
        before = Standing.from_json(kept) if kept else None
        after, increments = counted(before, events, intents, seconds)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # An event of an unknown shape: the answer matters more. What it holds stays out of the log.
        logger.error("A message could not be counted: %s", type(error).__name__)
        return
    if after is None:
        return
    values = {"conversation": conversation_id, "json": after.to_json()}
    connection.execute(_UPDATE if kept else _INSERT, values)
    counts.add(connection, increments, tenant_of(conversation_id))


def forget(connection: Any, chosen: Any) -> None:
    """Deletes where conversations stand; the numbers stay.

    Args:
        connection: of the caller's transaction.
        chosen: ids, or a query for them.
    """
    connection.execute(_STANDINGS.delete().where(_S.sender_id.in_(chosen)))


def counted(
    before: Standing | None,
    events: Sequence[Event],
    intents: Container[str],
    seconds: float | None = None,
) -> tuple[Standing | None, Increments]:
    """Returns where a turn leaves its conversation, and what it adds to the numbers.

    None, and nothing, if nobody has said anything: a chat that was only opened is none yet.
    """
    increments = Increments()
    turn = _read(events, intents)
    if turn is None:
        return None, increments
    now = before
    if now is None or turn.came - now.seen > PAUSE_SECONDS:
        now = Standing(day_of(turn.came), turn.came, turn.channel)
        increments.count(Figure.CONVERSATIONS, now.day, now.channel)
    now.seen = max(now.seen, turn.came)
    _count_message(increments, turn, before, seconds)
    for topic in turn.topics:
        if topic not in (STUCK, *now.topics):
            now.topics.append(topic)
            increments.count(Figure.WANTED, now.day, now.channel, topic)
    _count_trouble(increments, turn, now)
    _count_guide(increments, turn, now)
    _count_bureau(increments, turn, now)
    _move_ending(increments, turn, now)
    return now, increments


def _count_message(
    increments: Increments, turn: _Turn, before: Standing | None, seconds: float | None
) -> None:
    """Counts what belongs to the message and its day."""
    day, channel = day_of(turn.came), turn.channel
    increments.count(Figure.MESSAGES, day, channel)
    if turn.miss:
        increments.count(Figure.NOT_UNDERSTOOD, day, channel, turn.miss.value)
    if seconds is not None:
        bound = next((f"{bound:g}" for bound in BOUNDS if seconds <= bound), MORE)
        increments.count(Figure.ANSWER_SECONDS, day, channel, bound)
    if not turn.says:
        increments.count(Figure.UNANSWERED, day, channel)
    if before and before.way:
        topics = [*turn.topics]
        if turn.miss in (Miss.ASKED_BACK, Miss.NOTHING):
            topics.append(NOT_TOPIC)
        for topic in dict.fromkeys(topics):
            increments.count(Figure.ASKED_AT, day, channel, before.way, f"{before.step} {topic}")


def _count_trouble(increments: Increments, turn: _Turn, now: Standing) -> None:
    """Counts the diagnosis: what was looked at, which causes were shown, what helped."""
    day, channel = now.day, now.channel
    if now.trouble and (turn.says_outcome("helped") or turn.says_outcome(SOLVED)):
        helped = now.helped.setdefault(now.trouble, [])
        if now.cause not in helped:
            helped.append(now.cause)
            increments.count(Figure.HELPED, day, channel, now.trouble, now.cause)
    if "diagnosis" in turn.slots:
        diagnosis = turn.slots["diagnosis"] or {}
        now.trouble, now.cause = str(diagnosis.get("trouble") or ""), ""
    if not now.trouble:
        return
    if now.trouble not in now.causes:
        now.causes[now.trouble] = []
        increments.count(Figure.TROUBLES, day, channel, now.trouble)
    shown = turn.blocks("cause")
    if turn.slots.get("pending_question") == ALL_CAUSES:
        now.cause = ""
    elif shown:
        now.cause = str(shown[-1].get("title") or "")
        if now.cause not in now.causes[now.trouble]:
            now.causes[now.trouble].append(now.cause)
            increments.count(Figure.CAUSES, day, channel, now.trouble, now.cause)


def _count_guide(increments: Increments, turn: _Turn, now: Standing) -> None:
    """Counts how far a guide has come, and where it was last."""
    if turn.says_outcome(SOLVED) and now.way:
        _move_last(increments, now, SOLVED)
    if "guide" in turn.slots:
        guide = turn.slots["guide"] or {}
        now.way, now.step = str(guide.get("way") or ""), int(guide.get("step") or 0)
    if not now.way:
        return
    before = now.reached.get(now.way, 0)
    for step in range(before + 1, now.step + 1):
        increments.count(Figure.REACHED, now.day, now.channel, now.way, str(step))
    now.reached[now.way] = max(before, now.step)
    _move_last(increments, now, str(now.step))


def _move_last(increments: Increments, now: Standing, step: str) -> None:
    before = now.last.get(now.way)
    if before == step:
        return
    if before:
        increments.count(Figure.LAST, now.day, now.channel, now.way, before, by=-1)
    increments.count(Figure.LAST, now.day, now.channel, now.way, step)
    now.last[now.way] = step


def _count_bureau(increments: Increments, turn: _Turn, now: Standing) -> None:
    """Counts whose bureau was named, and that a human was to take over."""
    now.place = str(turn.slots.get("place", now.place) or "")
    if turn.blocks("bureau") and now.place not in now.places:
        now.places.append(now.place)
        increments.count(Figure.BUREAUS, now.day, now.channel, now.place)
    if turn.handoff and not now.handed_off:
        now.handed_off = True
        increments.count(Figure.HANDOFFS, now.day, now.channel, now.place, turn.handoff)


def _move_ending(increments: Increments, turn: _Turn, now: Standing) -> None:
    ending = _ending(turn, now)
    if now.ending == ending:
        return
    if now.ending:
        increments.count(Figure.ENDED, now.day, now.channel, now.ending, by=-1)
    increments.count(Figure.ENDED, now.day, now.channel, ending)
    now.ending = ending


def _ending(turn: _Turn, now: Standing) -> str:
    if turn.says_outcome(SOLVED):
        return SOLVED
    if turn.handoff or turn.blocks("bureau"):
        return Ending.BUREAU.value
    if now.trouble:
        return Ending.TROUBLE.value
    if now.way:
        return Ending.GUIDE.value
    if now.ending in (SOLVED, Ending.BUREAU.value):  # thanks, and a question more, change nothing
        return now.ending
    if turn.miss or not turn.says:
        return Ending.NOT_UNDERSTOOD.value
    return Ending.ANSWERED.value


def _read(events: Sequence[Event], intents: Container[str]) -> _Turn | None:
    """Returns what a turn's events say; None if nobody has said anything."""
    messages = [event for event in events if isinstance(event, UserUttered)]
    if not messages or messages[0].text == GREETING:
        return None
    message = messages[-1]  # of two, the second is what the first was taken for
    channel = message.input_channel if message.input_channel in KNOWN_CHANNELS else "other"
    slots = {event.key: event.value for event in events if isinstance(event, SlotSet)}
    actions = frozenset(
        str(event.action_name) for event in events if isinstance(event, ActionExecuted)
    )
    miss = None
    if slots.get("fallback_count"):
        miss = _miss(slots, actions)
    return _Turn(
        came=messages[0].timestamp,
        channel=str(channel),
        slots=slots,
        actions=actions,
        topics=list(dict.fromkeys(_topics(message, actions, miss, intents))),
        miss=miss,
        says=[event.metadata for event in events if isinstance(event, BotUttered)],
    )


def _miss(slots: Mapping[str, Any], actions: Container[str]) -> Miss:
    if "action_decline_topic" in actions:
        return Miss.OUT_OF_SCOPE
    kind = str(slots.get("pending_question") or "").partition(":")[0]
    return Miss.ASKED_BACK if kind == MEANING else Miss.NOTHING


def _topics(
    message: UserUttered,
    actions: frozenset[str],
    miss: Miss | None,
    intents: Container[str],
) -> Iterator[str]:
    """Yields what a message asks for: intents, `ask:cost`, the operator's own as `local:name`."""
    if "action_answer_picture" in actions:
        yield _PICTURE
        return
    if miss:
        if miss is Miss.OUT_OF_SCOPE:
            yield miss.value
        return
    acts = [str(act) for act in (message.parse_data or {}).get("acts") or ()]
    for act in acts:
        kind, _, value = act.partition(":")
        if act in _SAME:
            yield _SAME[act]
        elif _ACT.fullmatch(act):
            yield act
        elif kind == "trouble" and value in intents:
            yield value
        elif kind == "wish" and f"recover_by_{value}" in intents:
            yield f"recover_by_{value}"
        elif act == STUCK:
            yield STUCK
    intent = str((message.intent or {}).get("name") or "")
    by_intent = actions - _NOT_BY_INTENT
    if by_intent and intent in intents and intent not in _NO_TOPICS:
        yield intent
    elif intent == "stuck_at_step" and by_intent:
        yield STUCK
