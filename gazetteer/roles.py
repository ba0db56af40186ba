"""Tells which of the places in a message is where the business is registered.

Names that stand together are one place. What stands right before and behind it says what it is:
the words for that are `roles` in `content/bureau.yml`. Where one is named as the place of
registration, it counts, wherever it stands; where a person only lives or works counts less than
where the business is; what is said not to be meant does not count. A seat that was moved is not
decided here: the person is asked which of both the licence names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_LONGEST_GAP = 2  # characters without letters between names of one place


class Mention(NamedTuple):
    """A name of a place in a text, and where it stands there; -1 if that is not known."""

    name: str
    start: int = -1
    end: int = -1


@dataclass(frozen=True)
class Reading:
    """Which names count.

    Attributes:
        names: the names that count, in their order.
        others: the other names; they may still tell which place of a name is meant.
        seats: the names of each seat, in their order, if the business has moved; else empty.
        is_aside: whether all places are such where somebody is, or that are not meant.
    """

    names: list[str]
    others: list[str] = field(default_factory=list)
    seats: list[list[str]] = field(default_factory=list)
    is_aside: bool = False


def read_roles(
    text: str, mentions: Sequence[Mention], roles: Mapping[str, Sequence[str]]
) -> Reading:
    """Returns which of the names in a text count.

    Args:
        text: the message as it was written.
        mentions: the names in the order of the text.
        roles: the words by role and side, such as `registered_before`.
    """
    groups = _groups(text, mentions, roles["joins"])
    found = [_role(text, groups, at, roles) for at in range(len(groups))]
    if len(groups) < 2:
        is_aside = found[:1] in (["no"], ["person"])
        return Reading([mention.name for mention in mentions], is_aside=is_aside)
    moved = "moved" in found[1:]
    if moved or ("before" in found and "registered" not in found):
        away = ("no", "person") if moved else ("no",)
        seats = [g for g, role in zip(groups, found, strict=True) if role not in away]
        if len(seats) > 1:
            return Reading([], [], [[mention.name for mention in seat] for seat in seats])
    for wanted in (("registered",), ("plain", "business", "moved", "before"), ("person",)):
        if any(role in wanted for role in found):
            counts = [role in wanted for role in found]
            break
    else:
        counts = [True] * len(groups)
    chosen, others = (
        [
            mention.name
            for g, count in zip(groups, counts, strict=True)
            if count is side
            for mention in g
        ]
        for side in (True, False)
    )
    return Reading(chosen, others, is_aside=set(found) <= {"no", "person"})


def _groups(text: str, mentions: Sequence[Mention], joins: Sequence[str]) -> list[list[Mention]]:
    groups: list[list[Mention]] = []
    for mention in mentions:
        before = groups[-1][-1] if groups else None
        if before is None or mention.start < 0:
            groups.append([mention])
            continue
        gap = text[before.end : mention.start]
        together = len(gap) <= _LONGEST_GAP and not any(map(str.isalnum, gap))
        if together or gap in joins:
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups if all(mention.start >= 0 for mention in mentions) else [list(mentions)]


def _role(
    text: str, groups: Sequence[Sequence[Mention]], at: int, roles: Mapping[str, Sequence[str]]
) -> str:
    start = groups[at - 1][-1].end if at else 0
    end = groups[at + 1][0].start if at + 1 < len(groups) else len(text)
    before = text[start : groups[at][0].start].strip()
    behind = text[groups[at][-1].end : end].strip()
    for word in roles["skipped"]:
        behind = behind.removeprefix(word)
    found = {
        role: max(
            _length(before.endswith, roles.get(f"{role}_before", ())),
            _length(behind.startswith, roles.get(f"{role}_behind", ())),
        )
        for role in ("no", "before", "moved", "business", "person", "registered")
    }
    best = max(found, key=lambda role: found[role])
    return best if found[best] else "plain"


def _length(holds: Callable[[str], bool], words: Sequence[str]) -> int:
    """Returns the length of the longest of the words that holds."""
    return max((len(word) for word in words if holds(word)), default=0)
