"""What is remembered between two messages, kept in Rasa slots of the same names."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from rasa_sdk.events import EventType, SlotSet


@dataclass
class Memory:
    """The state of one conversation.

    Attributes:
        guide: the running guide, `{"way": name, "step": number from 1}`.
        diagnosis: the running diagnosis, `{"trouble": name, "cause": index from 0}`.
        pending_question: what was asked last, as `actions/questions.py` writes it.
        interrupted: the question that a digression has interrupted, the same way.
        answered: the question that was answered last, to go back to when that was a mistake.
        obstacles: ways that cannot work for this person.
        attempts: the step reached in each way that was begun.
        stuck: the steps, as `<way>:<number>`, where the person was stuck before, and the ways, as
            `way:<way>`, of which they did not know how.
        ruled_out: the causes, by index, that were ruled out for each trouble.
        place: the division code of the place that was named.
        regions: a place name that was ambiguous, as its parts in order.
        fallback_count: how often running nothing was understood.
        facts: the case file: what the person has told, by the names of `content/case.yml`.
        waiting: troubles that were reported together with the one that is looked at.
        said: a fingerprint of the last text, so that none is sent twice running.
        warned: whether the last message warned of fraud (1) or said what to do at once (2).
        screens: what the page was reported to say at the present step.
        explained: the answers to questions beside the point that were given running.
        open_topics: what the last of these questions may have meant instead.
    """

    guide: dict[str, Any] | None = None
    diagnosis: dict[str, Any] | None = None
    pending_question: str | None = None
    interrupted: str | None = None
    obstacles: list[str] = field(default_factory=list)
    attempts: dict[str, int] = field(default_factory=dict)
    stuck: list[str] = field(default_factory=list)
    ruled_out: dict[str, list[int]] = field(default_factory=dict)
    place: str | None = None
    regions: list[str] = field(default_factory=list)
    fallback_count: int = 0
    answered: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    said: str | None = None
    warned: int = 0
    screens: list[str] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)
    open_topics: list[str] = field(default_factory=list)

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> Memory:
        """Reads the slots; one that is unset gets its default."""
        known = {f.name: slots.get(f.name) for f in fields(cls)}
        return cls(**{k: copy.deepcopy(v) for k, v in known.items() if v is not None})

    def changes(self, slots: Mapping[str, Any]) -> list[EventType]:
        """Returns the slot events that turn `slots` into this memory."""
        return [
            SlotSet(name, value)
            for name, value in asdict(self).items()
            if value != slots.get(name) and (value or slots.get(name))
        ]

    def forget_case(self) -> None:
        """Forgets everything but the place, for a new beginning."""
        place = self.place
        self.__dict__.update(asdict(Memory(place=place)))

    def add_obstacle(self, *ways: str) -> None:
        """Notes that these ways do not work for this person; a guide through one ends."""
        self.obstacles += [way for way in ways if way not in self.obstacles]
        if self.guide and self.guide["way"] in self.obstacles:
            self.guide = None
            if self.interrupted in ("step", "finish"):
                self.interrupted = None
            self.screens = []
