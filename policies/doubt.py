"""Tells whether the acts of a message are no more than a guess between two meanings.

On lines of a writer from whom nothing had been learnt, acts whose likeliest has a score below one
half were right in four of ten messages, while one of the two likeliest that say something was meant
in six of ten. Where one of them is far ahead, it is taken: the answer shows what was heard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

IN_DOUBT = "in_doubt"  # key of a message: the acts of which one may be meant
# What can be asked back in few words. A page reached or seen is none of the case's facts: the
# guide goes there and says so.
SAYABLE = ("fact", "trouble", "reached", "screen", "wish", "drop", "points_to", "matter")
PAGES = ("reached", "screen")
SUCCESSES = ("solved", "worked")
MIN_SHARE = 0.5  # of the likelier one's score, for two to be rivals


def is_guess(acts: Sequence[str], scores: Mapping[str, float], below: float) -> bool:
    """Tells whether none of the acts is likely; questions are told by a classifier of their own."""
    if not acts or any(act.startswith("ask") for act in acts):
        return False
    origins = SUCCESSES if "done" in acts else ()  # what may be a success counts as done
    likely = [scores.get(act, 1.0) for act in acts] + [scores.get(act, 0.0) for act in origins]
    return max(likely) < below


def rivals(ranked: Sequence[tuple[str, float]], minimum: float) -> list[str]:
    """Returns the two likeliest acts that can be asked back, if only one is meant; else none.

    Args:
        ranked: acts with their scores, likeliest first.
        minimum: the score below which an act is no rival.
    """
    found = [(act, score) for act, score in ranked if _kind(act) in SAYABLE and score >= minimum]
    if len(found) < 2 or found[1][1] < MIN_SHARE * max(found[0][1], ranked[0][1]):
        return []
    acts = [act for act, _ in found[:2]]
    return acts if _are_contrary(*acts) else []


def _are_contrary(act: str, other: str) -> bool:
    """Tells whether two acts are hardly meant both: they say different things of one matter."""
    kind, _, value = act.partition(":")
    other_kind, _, other_value = other.partition(":")
    if {kind, other_kind} == {"wish", "drop"}:
        return value == other_value
    if kind == other_kind == "fact":
        return value.partition("=")[0] == other_value.partition("=")[0]
    return kind == other_kind and kind not in PAGES


def _kind(act: str) -> str:
    return act.partition(":")[0]
