"""Trackers that begin in the middle of a conversation, and that hide secrets in what is new.

A tracker of Rasa's is made by applying all events of a conversation. These ones may begin at a
checkpoint instead: the state after the older events, which stay in the database. What needs the
older events after all (a rewind, slots carried over into a new session, a reminder of long ago)
calls `load_all`, after which the tracker is one of all events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, fields
from functools import reduce
from itertools import islice
from typing import Any

from rasa.shared.constants import DEFAULT_SENDER_ID
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionReverted,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

from channels.read_texts import redact_again
from channels.redaction import RECENT, Memory

State = dict[str, Any]  # of a tracker, as JSON: see `state_of`

STARTS = (Restarted, SessionStarted)  # a tracker's state does not depend on what was before
REVERTS = (UserUtteranceReverted, ActionReverted)  # applied by going through all events anew
_NUMBERED = ("go_to:", "item:")  # acts that carry a number of the message


def state_of(tracker: DialogueStateTracker) -> State:
    """Returns what events have made of a tracker, such that JSON can hold it.

    Without the latest message, because the first event behind a checkpoint is one, and without an
    active loop, because a checkpoint is never made within one.
    """
    return {
        "slots": {slot.name: slot.value for slot in tracker.slots.values() if slot.has_been_set},
        "paused": tracker.is_paused(),
        "followup_action": tracker.followup_action,
        "latest_action": tracker.latest_action,
        "latest_bot_utterance": tracker.latest_bot_utterance.as_dict(),
    }


class CheckpointedTracker(DialogueStateTracker):
    """A tracker whose events may begin at a checkpoint."""

    events: Any  # a deque of events; Rasa gives it no type
    _base: State | None = None
    _load_earlier: Callable[[], list[Event]] | None = None

    def begin_at(self, base: State, load_earlier: Callable[[], list[Event]]) -> None:
        """Has an empty tracker begin with a state.

        Args:
            base: what `state_of` gave after the earlier events.
            load_earlier: returns these events.
        """
        self._base, self._load_earlier = base, load_earlier
        for name, value in base["slots"].items():
            if name in self.slots:  # the domain may have changed
                self.slots[name].value = value
        self._paused = base["paused"]
        self.followup_action = base["followup_action"]
        self.latest_action = base["latest_action"]
        self.latest_bot_utterance = Event.from_parameters(base["latest_bot_utterance"])

    @property
    def is_whole(self) -> bool:
        """Whether the tracker holds all events since the session began."""
        return self._base is None

    def load_all(self) -> None:
        """Puts the events before the checkpoint in front; the state is what it was."""
        if self._load_earlier is not None:
            self.events = self._create_events([*self._load_earlier(), *self.events])
            self._base = self._load_earlier = None

    def init_copy(self) -> DialogueStateTracker:
        """Returns a tracker without events that begins where this one does."""
        copy = CheckpointedTracker(
            self.sender_id or DEFAULT_SENDER_ID,
            self.slots.values(),
            self._max_event_history,
            is_rule_tracker=self.is_rule_tracker,
        )
        if self._base is not None and self._load_earlier is not None:
            copy.begin_at(self._base, self._load_earlier)
        return copy

    def generate_all_prior_trackers(self) -> Iterable[tuple[DialogueStateTracker, bool]]:
        """Yields the tracker before each action; see `DialogueStateTracker`."""
        if not self.is_whole and any(isinstance(event, STARTS) for event in self.events):
            self.load_all()  # what is applied begins after the checkpoint: no state before it
        yield from super().generate_all_prior_trackers()

    def replay_events(self) -> None:
        """Applies all events anew, after a rewind."""
        self.load_all()
        super().replay_events()


class RedactingTracker(CheckpointedTracker):
    """A tracker that takes in what people wrote only with its secrets hidden.

    Attributes:
        row_ids: of the events that were read from the database, in their order.
        unsaved: the events that are not in the database yet.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.row_ids: list[int] = []
        self.unsaved: list[Event] = []

    @classmethod
    def from_stored(
        cls,
        sender_id: str,
        rows: Sequence[tuple[int, Event]],
        slots: Iterable[Slot],
        base: State | None = None,
        load_earlier: Callable[[], list[Event]] | None = None,
    ) -> RedactingTracker:
        """Returns a tracker with events that were kept: there the secrets are hidden already.

        Args:
            sender_id: of the conversation.
            rows: events with the ids of their rows.
            slots: of the domain.
            base: the state before these events, where they are not all.
            load_earlier: returns the events before; only with `base`.
        """
        tracker = cls(sender_id, slots)
        if base is not None and load_earlier is not None:
            tracker.begin_at(base, load_earlier)
        for row_id, event in rows:
            tracker.row_ids.append(row_id)
            CheckpointedTracker.update(tracker, event)
        return tracker

    def update(self, event: Event, domain: Domain | None = None) -> None:
        """Takes in a new event; see `DialogueStateTracker.update`."""
        if isinstance(event, UserUttered) and event.text:
            _hide_secrets(event, self._memory(self.events))
        self.unsaved.append(event)
        super().update(event, domain)

    def load_all(self) -> None:
        """Puts the events before the checkpoint in front; see `CheckpointedTracker`."""
        if not self.is_whole:
            self.row_ids.clear()  # they no longer belong to the first events
        super().load_all()

    def checkpoint(self, turns: int) -> tuple[int, State] | None:
        """Returns where a tracker may begin that has the last turns only.

        Args:
            turns: messages of the person that stay behind the checkpoint.

        Returns:
            The id of the row of the last event before, and the state after it; None if the next
            tracker needs all events, or as many as this one.
        """
        events = list(self.events)
        index = _index_of_turn(events, turns)
        session = max(
            (n for n, event in enumerate(events) if isinstance(event, SessionStarted)), default=0
        )
        if not session < index <= len(self.row_ids):
            return None
        if any(isinstance(event, REVERTS) for event in events[index:]):
            return None
        before = self.init_copy()
        for event in islice(events, index):
            before.update(event)
        if before.active_loop is not None:
            return None  # what a form's turns undo depends on where it was activated
        memory = asdict(self._memory(events[:index]))
        return self.row_ids[index - 1], {**state_of(before), "memory": memory}

    def _memory(self, events: Iterable[Event]) -> Memory:
        """Returns what the messages of the person up to the last of these events have announced.

        What came before the checkpoint is remembered in it.
        """
        texts = [event.text for event in events if isinstance(event, UserUttered) and event.text]
        kept = (self._base or {}).get("memory", {})
        before = Memory(**{one.name: kept[one.name] for one in fields(Memory) if one.name in kept})
        return reduce(Memory.after, texts[-RECENT:], before)


def _index_of_turn(events: Sequence[Event], turns: int) -> int:
    """Returns where the last turns begin; 0 if there are not more."""
    count = 0
    for index in range(len(events) - 1, -1, -1):
        event = events[index]
        if isinstance(event, UserUttered) and event.text:
            count += 1
            if count == turns:
                return index
    return 0


def _hide_secrets(event: UserUttered, memory: Memory) -> None:
    text = redact_again(event.text, memory)
    if text == event.text:
        return
    event.text = text
    # Values and offsets found in the old text would give it away or point to the wrong place.
    kept: list[dict[str, Any]] = [
        entity for entity in event.entities if str(entity.get("value")) in text
    ]
    event.entities = kept
    event.parse_data = {
        "text": text,
        "intent": event.intent,
        "intent_ranking": event.parse_data.get("intent_ranking", []),
        "entities": kept,
        # A number in an act is one of the message's, and may be of what was hidden.
        "acts": [act for act in event.parse_data.get("acts", []) if not act.startswith(_NUMBERED)],
    }
