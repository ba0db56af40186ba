"""Corrects the acts of a message where its intent, or what was asked, knows better."""

from __future__ import annotations

from actions import case, recover
from actions.turn import Turn

MIN_LIKELY = 0.8  # confidence of an intent that says more than the acts
MAX_BESIDE_PLACE = 2  # letters, such as those of "in"


def settle_acts(turn: Turn) -> None:
    """Corrects the acts where the intent knows better: a place, a success, a wish."""
    if _is_a_place(turn):
        turn.acts = ["place"]
    if turn.intent == "resolved" and turn.is_sure() and _is_logged_in(turn):
        turn.acts = ["solved", "reached:logged_in"]
    if turn.intent == "recover_password" and not turn.entity("other_system"):
        turn.acts = ["matter" if act == "ask:other_password" else act for act in turn.acts]
    if turn.intent == "out_of_scope" and turn.is_sure() and turn.acts in (["ack"], ["next"]):
        turn.acts = ["noise"]  # nobody says yes in words that are about nothing here
    way = recover.WAY_INTENTS.get(turn.intent)
    if way and _tells_only_facts(turn) and way not in case.excluded(turn):
        turn.acts = [*turn.acts, f"wish:{way}"]
    if way and set(turn.acts) - {f"wish:{way}"} == {f"fact:tried={way}"}:
        turn.acts = [f"wish:{way}"]
        turn.memory.facts["tried"].remove(way)


def _tells_only_facts(turn: Turn) -> bool:
    """Tells whether the acts are but facts, and the intent is told with little doubt."""
    confidence = float(turn.ranking[0].get("confidence") or 0) if turn.ranking else 0.0
    are_facts = bool(turn.acts) and all(act.startswith("fact") for act in turn.acts)
    return are_facts and confidence >= MIN_LIKELY


def _is_a_place(turn: Turn) -> bool:
    """Tells whether the message is nothing but the names of places."""
    names = turn.entities("region")
    if not names or "place" in turn.acts:
        return False
    rest = turn.text
    for name in names:
        rest = rest.replace(name, "")
    beside = sum(character.isalnum() for character in rest)
    if turn.intent == "inform_region":
        return beside <= MAX_BESIDE_PLACE
    return turn.pending_question.kind == "region" and not beside


def _is_logged_in(turn: Turn) -> bool:
    """Tells whether the acts, too, say that somebody is in, and ask or complain of nothing."""
    return "reached:logged_in" in turn.acts and {"reached:logged_in", "done", "worked"}.issuperset(
        turn.acts
    )
