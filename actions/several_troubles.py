"""Troubles beside something else: beside a fact that says why, and beside another trouble."""

from __future__ import annotations

from collections.abc import Iterable

from actions import diagnose
from actions.turn import Turn
from content_loader.shapes import Fact


def is_out(turn: Turn) -> bool:
    """Tells whether a new fact rules out, for now, a way that the running trouble is about."""
    _, trouble, _ = diagnose.running(turn)
    return not _gone(turn.new_facts).isdisjoint(trouble.rules_out)


def is_overtaken(turn: Turn, name: str) -> bool:
    """Tells whether what a trouble is about cannot be gone, for now, by what was told beside it.

    Then there is nothing to look for: the reason has been said.
    """
    trouble = turn.content.troubles[name]
    is_looked_into = bool(trouble.rules_out) and not trouble.immediate
    reasons = [fact for fact in turn.new_facts if fact.trouble != name]
    return is_looked_into and _gone(reasons).issuperset(trouble.rules_out)


def _gone(facts: Iterable[Fact]) -> set[str]:
    """Returns the ways that facts rule out, for now or for good."""
    return {way for fact in facts for way in (*fact.excludes, *fact.postpones)}


def put_off(turn: Turn, names: list[str]) -> None:
    """Keeps the running trouble for later where another one, about other ways, comes first."""
    name = str((turn.memory.diagnosis or {}).get("trouble"))
    troubles = turn.content.troubles
    if name not in troubles or name in (*names, *turn.memory.waiting):
        return
    ways = {way for other in names for way in troubles[other].rules_out}
    if ways and troubles[name].rules_out and ways.isdisjoint(troubles[name].rules_out):
        turn.memory.waiting.append(name)
