"""Corrects the acts of a message where its intent, or what was asked, knows better."""

from __future__ import annotations

from actions import recover
from actions.turn import Turn

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
    if way and turn.acts == [f"fact:tried={way}"]:
        turn.acts = [f"wish:{way}"]
        turn.memory.facts["tried"].remove(way)


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
