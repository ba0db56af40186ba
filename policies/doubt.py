"""Tells whether the acts of a message are no more than a guess, and what may be meant instead.

On lines of a writer whom nobody had learnt from, acts whose likeliest has a score below one half
were right in four of ten messages, mere moves among them in one of ten; one of the two likeliest
acts that say something was meant in six of ten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policies.acts import MOVES

IN_DOUBT = "in_doubt"  # key of a message: the acts of which one may be meant
# What can be asked back in few words: a fact, a trouble, a page, a wish.
SAYABLE = ("fact", "trouble", "reached", "screen", "wish", "drop", "points_to", "matter")
SUCCESSES = ("solved", "worked")
MAX_ASKED = 2
NOISE = "noise"


def is_guess(acts: Sequence[str], scores: Mapping[str, float], below: float) -> bool:
    """Tells whether none of the acts is likely; questions are told by a classifier of their own."""
    if not acts or any(act.startswith("ask") for act in acts):
        return False
    origins = SUCCESSES if "done" in acts else ()  # what may be a success counts as done
    likely = [scores.get(act, 1.0) for act in acts] + [scores.get(act, 0.0) for act in origins]
    return max(likely) < below


def rivals(ranked: Sequence[tuple[str, float]], minimum: float) -> list[str]:
    """Returns the likeliest acts that can be asked back, at most two, likeliest first."""
    found = [act for act, score in ranked if score >= minimum and act.partition(":")[0] in SAYABLE]
    return found[:MAX_ASKED]


def without_guesses(acts: Sequence[str]) -> list[str]:
    """Returns acts that are but guessed: mere moves are taken for nothing understood."""
    return [NOISE] if MOVES.issuperset(acts) else [*acts]
