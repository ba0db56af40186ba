"""What is said after a case has ended well: it is heard, and begins no new search by itself."""

from __future__ import annotations

from actions import guide, safety
from actions.explanations import explain, say_no_more
from actions.facts import answer_facts
from actions.questions import CLOSED, close
from actions.settling import is_trouble
from actions.turn import Turn, values
from content_loader.shapes import Fact

MIN_FORGOTTEN = 0.8  # confidence of the intent from which on another password is forgotten
# Acts of who is done, and says so.
REPORTS = {"solved", "worked", "done", "yes", "thanks", "leave", "bye", "drop", "ack"}
# Acts that begin nothing where nothing is open: what is told, asked or felt.
QUIET = {
    "fact",
    "ask",
    "local",
    "matter",
    "upset",
    "hurry",
    "wait",
    "rules_out",
    "points_to",
    "other_service",
}


def is_after_success(turn: Turn) -> bool:
    """Tells whether a case has ended well and the message begins nothing new.

    What was forgotten counts only where the intent says so, too: who is in may speak of
    anything that was before. After a warning of fraud, that is what is spoken of.
    """
    memory = turn.memory
    is_open = memory.guide or memory.diagnosis or not turn.pending_question.passing
    if is_open or not memory.facts.get(CLOSED) or safety.is_about_fraud(turn):
        return False
    tells_how = turn.intent == "resolved" or bool(values(turn, "ask"))
    if sum(map(_speaks_against_way, turn.new_facts)) > 1 and not tells_how:
        return False  # the case of somebody else is told
    is_forgotten = turn.intent == "recover_password" and turn.confidence() >= MIN_FORGOTTEN
    if is_forgotten and "matter" in turn.acts:
        return False
    is_asked = bool(values(turn, "ask")) and not is_trouble(turn)
    quiet = {*QUIET, "trouble"} if is_asked else QUIET  # the question is the point
    return all(_is_report(act) or act.partition(":")[0] in quiet for act in turn.acts)


def _speaks_against_way(fact: Fact) -> bool:
    """Tells whether a fact says why a way may not be gone."""
    return bool(fact.excludes or fact.postpones or fact.doubts)


def hear(turn: Turn, answered: bool) -> None:
    """Takes note of what was said after the end; what calls for words, or was asked, gets them."""
    said = turn.said_so_far()
    if not answered:
        answer_facts(turn)
    if answered or turn.said_so_far() != said:
        return
    if "other_service" in turn.acts and turn.intent in turn.content.answers:
        explain(turn, turn.intent, turn.content.answers[turn.intent])
    elif any(_is_report(act) for act in turn.acts):
        close(turn)
    elif turn.was_explained:
        say_no_more(turn)  # it goes on about what was answered
    elif turn.was_just_said(turn.content.text("case.noted")):
        turn.say("navigate.not_caught_again")
        turn.offer("human", "contact_bureau")
    else:
        turn.say("case.noted")
        turn.offer("find_way", "contact_bureau")


def _is_report(act: str) -> bool:
    kind, _, value = act.partition(":")
    return kind in REPORTS or (kind == "reached" and value in guide.AT_THE_END)
