"""The passwords of other systems, which people mix up with the licence's."""

from __future__ import annotations

from collections.abc import Set

from actions.questions import Question
from actions.turn import LICENCE, TopicAction, Turn

# Acts that lead on in the recovery of the licence's password.
LEAD_ON = ("matter", "trouble", "wish", "reached", "screen", "yes", "no", "fact", "failed", "stuck")
OWN = (
    "wish",
    "reached",
    "matter",
)  # who goes on with these, after a word on that, means the licence
SUCCESS = ("solved", "worked", "done")


ABOUT_SYSTEMS = ("other_password", "report_login", "report_where", "usb_key")  # questions
SYSTEM = "other_system"  # among the facts: the system that the person has spoken of last


class SystemQuestion(Question):
    """Which system's password it is."""

    kind = "which_password"


class ActionExplainSystem(TopicAction):
    """Answers who means the password of another system."""

    digression = True

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_explain_system"

    def act(self, turn: Turn) -> None:
        """Says where that password is recovered, or asks which one it is."""
        explain_system(turn)


def explain_system(turn: Turn) -> None:
    """Says where the password of the named system is recovered, or asks which one is meant."""
    named = turn.entity("other_system")
    content = turn.content
    if not named:
        turn.say("other_systems.which")
        turn.offer("licence_password")
        for choice in content.system_choices:
            turn.offer("system", title=choice["title"], name=choice["name"])
        turn.pend(SystemQuestion())
        return
    wanted = named.replace(" ", "").casefold()
    known = [
        system for system in content.systems if wanted in (name.casefold() for name in system.names)
    ]
    known += [
        system
        for system in content.systems
        if any(name.casefold() in wanted for name in system.names)
    ]
    note_system(turn)
    turn.say_text(known[0].text if known else content.text("other_systems.unknown", system=named))
    turn.say("other_systems.after")
    turn.offer("licence_password", "contact_bureau")


def note_system(turn: Turn) -> None:
    """Remembers the system that is named, unless the licence was the matter before."""
    named = turn.entity(SYSTEM)
    if named and (turn.names_licence() or not turn.memory.facts.get(LICENCE)):
        turn.memory.facts[SYSTEM] = named
        turn.memory.facts.pop(LICENCE, None)


def turn_to_system(turn: Turn) -> None:
    """Makes the system that is asked about the matter; what was asked of the licence is dropped."""
    named = turn.entity(SYSTEM)
    if named and not turn.memory.guide and not turn.memory.diagnosis:
        turn.memory.facts[SYSTEM] = named
        turn.memory.facts.pop(LICENCE, None)
        turn.pending_question, turn.memory.interrupted = Question(), None


def is_the_matter(turn: Turn) -> bool:
    """Tells whether the message asks about another system, and nothing was begun for the licence.

    What it tells beside that is about the other system as well.
    """
    memory = turn.memory
    asked = {act.partition(":")[2] for act in turn.acts if act.startswith("ask")}
    if asked.isdisjoint(ABOUT_SYSTEMS) or "scan" in asked or not turn.entity(SYSTEM):
        return False
    return not (memory.guide or memory.diagnosis or memory.facts.get(LICENCE))


def _is_left(turn: Turn, kinds: Set[str]) -> bool:
    """Tells whether the licence is meant now: it is named, or its recovery insisted on.

    Args:
        turn: the message.
        kinds: of its acts.
    """
    if "correct" in kinds and turn.entity(SYSTEM):
        return False  # that one is meant
    stay = turn.content.text("other_systems.stay", system=turn.memory.facts[SYSTEM])
    return turn.names_licence() or (turn.was_just_said(stay) and not kinds.isdisjoint(OWN))


def goes_on(turn: Turn) -> bool:
    """Answers what is still about another system than the licence; tells whether it was.

    It is until the licence is named, or a button leads elsewhere.
    """
    memory = turn.memory
    named = memory.facts.get(SYSTEM)
    acts = {act.partition(":")[0] for act in turn.acts}
    is_done = turn.intent == "resolved" or bool(acts.intersection(SUCCESS))
    if named and not is_done and _is_left(turn, acts):
        del memory.facts[SYSTEM]
        return False
    if not named or memory.guide or memory.diagnosis or (turn.entity(SYSTEM) and not is_done):
        return False
    answers = not turn.pending_question.passing and not acts.isdisjoint(("yes", "no"))
    if turn.is_click or answers or "new_case" in turn.acts:
        del memory.facts[SYSTEM]
        return False
    if is_done:
        turn.say("other_systems.done")
        del memory.facts[SYSTEM]
    elif turn.acts and acts.isdisjoint(LEAD_ON):
        return False
    else:
        turn.say("other_systems.stay", system=named)
    turn.offer("licence_password", "contact_bureau")
    return True
