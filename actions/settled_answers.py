"""Settles what answers or moves: a place, a step that is named, a no, a correction."""

from __future__ import annotations

from actions import case
from actions.settling import SETBACK, is_likely, leave_out, replace
from actions.turn import Turn, values

OF_BUREAU = ("contact_bureau", "inform_region")  # intents
# Acts that are left for the bureau.
BEFORE_BUREAU = ("correct", "matter", "wish:bureau", "place", "screen", "unsure")
OF_SETBACK = ("stuck_at_step", "not_resolved")  # intents
MAX_ANSWER = 8  # letters of what is but an answer
MIN_STEP = 0.6  # confidence of an intent that names a step
NO_STEP = {"correct", "upset", "wait", "resume", "stuck", "ask:next_after"}  # name none


def take_place(turn: Turn) -> None:
    """Takes a place that is surely named, unless it only says where somebody is."""
    names_place = turn.intent == "inform_region" and turn.is_sure() and turn.entities("region")
    if names_place and "correct" in turn.acts:
        turn.acts = ["place"]  # it is the place that was wrong
    # Who is where says whether a way can be gone, and not where the business is registered.
    is_open_way = turn.pending_question.kind == "way"
    is_answer = is_open_way and bool(values(turn, "fact")) and turn.names_place_aside()
    are_facts = all(act == "place" or act.startswith("fact") for act in turn.acts)
    if names_place and are_facts and not is_answer:
        turn.acts = ["place"]


def take_place_of_bureau(turn: Turn) -> None:
    """Takes a place that is named with the bureau, before what is left for it."""
    is_about_bureau = turn.intent == "contact_bureau" or "wish:bureau" in turn.acts
    if is_about_bureau and turn.entities("region") and "place_other" not in turn.acts:
        turn.acts = ["place", *(act for act in turn.acts if not act.startswith(BEFORE_BUREAU))]


def take_death(turn: Turn) -> None:
    """Takes what answers whether the representative has died for a yes or a no."""
    if turn.pending_question.kind != case.WHO_DIED:
        return
    denies = not {"no", "not_it", "correct", "fact:face=possible"}.isdisjoint(turn.acts)
    if turn.intent == "deny" or denies:  # a face that can be done is somebody's who lives
        turn.acts = [act for act in turn.acts if act.startswith(("ask", "fact:face"))] + ["no"]
    elif "fact:representative=dead" in turn.acts and turn.letters_left() <= MAX_ANSWER:
        turn.acts = ["yes"]  # of more words it may be a denial


def take_answer_to_fact(turn: Turn) -> None:
    """Takes an answer to a question for a fact; that it was said before corrects nothing."""
    if turn.pending_question.kind.startswith("fact") and _answers(turn):
        leave_out(turn, "correct")


def name_step(turn: Turn) -> None:
    """Takes a step that the intent names, where the acts name none; of several, the last."""
    named = (turn.entities("step_number") or [""])[-1]
    is_meant = turn.intent == "go_to_step" and is_likely(turn, MIN_STEP)
    if is_meant and named and turn.acts and NO_STEP.issuperset(turn.acts):
        kept = [act for act in turn.acts if act in ("upset", "correct")]
        turn.acts = [*kept, f"go_to:{named}"]
    if values(turn, "go_to") and len(turn.entities("step_number")) > 1:
        turn.acts = [f"go_to:{named}" if act.startswith("go_to") else act for act in turn.acts]
    if values(turn, "go_to"):
        turn.acts = [act for act in turn.acts if act != "wait"]


def take_denial(turn: Turn) -> None:
    """Takes a sure denial for no yes."""
    if turn.intent == "deny" and turn.is_sure():
        replace(turn, "yes", "no")


def take_item(turn: Turn) -> None:
    """Takes the n-th of what was listed: what it says is asked, not what a word means."""
    if values(turn, "item"):
        leave_out(turn, "ask:meaning", "ask:detail")


def take_found(turn: Turn) -> None:
    """Takes "but there is one" for what was looked for on the page, and is found."""
    was_missed = bool(turn.memory.guide) and turn.memory.screens[-1:] == ["option_missing"]
    if turn.acts == ["correct"] and was_missed and turn.intent == "next_step" and turn.is_sure():
        turn.acts = ["done"]


def take_noise(turn: Turn) -> None:
    """Takes words that are surely about nothing here for no yes."""
    if turn.intent == "out_of_scope" and turn.is_sure() and turn.acts in (["ack"], ["next"]):
        turn.acts = ["noise"]


def take_back(turn: Turn) -> None:
    """Takes the wish for the step before."""
    is_other_move = turn.acts in (["recall"], ["done"], ["next"])
    if turn.intent == "previous_step" and is_likely(turn) and is_other_move:
        turn.acts = ["back"]


def take_place_amid(turn: Turn) -> None:
    """Takes a place amid a guide or a search, with nothing but a setback, for the bureau's."""
    is_amid = bool(turn.memory.diagnosis or turn.memory.guide) and bool(turn.entities("region"))
    beside = set(turn.acts) - {"place"}
    is_setback = bool(beside) and (SETBACK | {"correct", "no"}).issuperset(beside)
    if not is_amid or not is_setback:
        return
    if "place" in turn.acts:
        if turn.intent not in OF_SETBACK:
            turn.acts = [act for act in turn.acts if act in ("place", "correct")]
    elif turn.intent in OF_BUREAU and turn.memory.diagnosis:
        turn.acts = ["wish:bureau", "place"]


def _answers(turn: Turn) -> bool:
    """Tells whether the message answers a question for a fact; a no may deny what it presumes."""
    names = [value.partition("=")[0] for value in values(turn, "fact")]
    return "yes" in turn.acts or turn.pending_question.presumes in names
