"""What the rules that settle the acts of a message have in common."""

from __future__ import annotations

from collections.abc import Mapping

from actions import case, guide
from actions.turn import Turn
from content_loader.shapes import After

CHOSEN = "reached:method_chosen"
IN_PART = "solved_in_part"  # the login works, and something else does not
UNCAUGHT = "ask:unknown"  # a question of which it is not known what it asks
SETBACK = {"failed", "stuck", "not_it", "upset"}  # acts that say that it goes not on
MIN_LIKELY = 0.75  # confidence of an intent that says more than the acts


def is_likely(turn: Turn, minimum: float = MIN_LIKELY) -> bool:
    """Tells whether the intent is likely."""
    return turn.confidence() >= minimum


def leave_out(turn: Turn, *acts: str) -> None:
    """Takes acts from those of the message."""
    turn.acts = [act for act in turn.acts if act not in acts]


def replace(turn: Turn, old: str, new: str) -> None:
    """Puts one act for another."""
    turn.acts = [new if act == old else act for act in turn.acts]


def keep_likelier(turn: Turn, contraries: Mapping[str, str]) -> None:
    """Leaves out, of acts that say the contrary of the same thing, the less likely one.

    Args:
        turn: the message, its acts the likeliest first.
        contraries: kinds of acts with the kind that says the contrary.
    """
    kept: list[str] = []
    for act in turn.acts:
        kind, _, value = act.partition(":")
        if kind not in contraries or f"{contraries[kind]}:{value}" not in kept:
            kept.append(act)
    turn.acts = kept


def settles(turn: Turn, way: str) -> bool:
    """Tells whether a fact of the message says whether a way can be gone now."""
    facts = [fact for act in turn.acts if (fact := case.fact_of(turn, act))]
    return any(way in (*f.allows, *f.excludes, *f.postpones, *f.doubts) for f in facts)


def is_reached(turn: Turn, act: str, after: After) -> bool:
    """Tells whether an act reports a page that comes only after a trouble is solved."""
    kind, _, page = act.partition(":")
    return kind == "reached" and guide.is_beyond(turn, page, after)


def is_trouble(turn: Turn) -> bool:
    """Tells whether the intent surely is a trouble."""
    return turn.intent in turn.content.troubles and turn.is_sure()
