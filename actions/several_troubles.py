"""Troubles beside something else: beside a fact that says why, and beside another trouble."""

from __future__ import annotations

from collections.abc import Iterable

from actions import case, diagnose
from actions.diagnose import CAUSES, OF_LOGIN
from actions.new_representative import RegistrationQuestion, answer_registration
from actions.questions import continue_interrupted
from actions.turn import Turn, values
from content_loader.shapes import Fact

OF_NUMBER = "phone_changed"  # a trouble, and an intent
NUMBER_GONE = "fact:number=gone"
# Troubles of who is not the representative on file, as long as the change is not registered.
OF_FORMER = {"face_failed", "identity_mismatch", "login_failed"}


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
    of_ways = tuple(f"fact:{name}=" for name in case.OF_WAYS)  # count when said again, too
    again = [case.fact_of(turn, act) for act in turn.acts if act.startswith(of_ways)]
    reasons = [fact for fact in (*turn.new_facts, *again) if fact and fact.trouble != name]
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


def take_troubles(turn: Turn) -> bool:
    """Takes up the troubles that were reported, one after the other."""
    content, memory = turn.content, turn.memory
    names = [value for value in values(turn, "trouble") if value in content.troubles]
    is_said = turn.intent == OF_NUMBER and NUMBER_GONE in turn.acts  # by a fact
    if len(names) == 1 and turn.intent in content.troubles and turn.is_sure() and not is_said:
        names = [turn.intent]
    names = list(dict.fromkeys(diagnose.trouble_meant(turn, name) for name in names))
    out = [name for name in names if is_overtaken(turn, name)]
    names = [name for name in names if name not in out and not _is_denied(turn, name)]
    if not names:
        return False
    answer_registration(turn)
    if not memory.guide and OF_FORMER.issuperset(names) and _is_before_registration(turn):
        memory.diagnosis = memory.interrupted = None
        RegistrationQuestion().ask(turn)  # of the new one nothing is on file yet
        return True
    running = (memory.diagnosis or {}).get("trouble")
    if names == ["login_failed"] and "matter" in turn.acts and not running:
        return False  # a new password is what helps
    if names == [running] and turn.pending_question.kind in CAUSES:
        turn.pending_question.on_failed(turn)
        return True
    if (
        running in names
        and turn.pending_question.kind == "return"
        and turn.intent in (running, *names)
    ):
        continue_interrupted(turn)
        return True
    if turn.pending_question.is_of_end and set(names) <= OF_LOGIN:
        turn.pending_question.on_failed(turn)
        return True
    for name in names[:-1]:
        if content.troubles[name].immediate:
            names.remove(name)
            memory.add_obstacle(*content.troubles[name].rules_out)
            turn.say_text(content.troubles[name].intro)
    names.sort(key=lambda name: name == running)
    memory.waiting = [*names[1:], *(name for name in memory.waiting if name not in names)]
    put_off(turn, names)
    if names[1:]:
        first, second = (content.troubles[name].title for name in names[:2])
        turn.say("case.both_troubles", first=first, second=second)
    diagnose.start_diagnosis(turn, names[0])
    return True


def _is_before_registration(turn: Turn) -> bool:
    """Tells whether the representative has changed, and the change may not be registered yet."""
    return turn.memory.facts.get("new_representative") in ("yes", "pending")


def _is_denied(turn: Turn, trouble: str) -> bool:
    """Tells whether a fact of the message says that what a trouble rules out can be gone."""
    facts = [value.partition("=") for value in values(turn, "fact")]
    free = {
        way
        for name, _, value in facts
        if (fact := turn.content.facts.get(name, {}).get(value))
        for way in fact.allows
    }
    shape = turn.content.troubles[trouble]
    return shape.immediate and free.issuperset(shape.rules_out)
