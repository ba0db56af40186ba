"""What is said after a case has ended well: it is heard, and begins no new search by itself."""

from __future__ import annotations

from actions.explanations import say_no_more
from actions.questions import CLOSED, close
from actions.turn import Turn

# Acts that begin something, whatever was before.
BEGINNINGS = (
    *("new_case", "restart", "wish", "place", "all_", "another_way", "correct", "local"),
    *("trouble", "screen", "failed", "not_it", "stuck"),  # it has not ended well after all
)
ENDINGS = {"solved", "thanks", "leave", "bye", "done", "worked", "ack"}  # acts of a last word
# Acts of who is done, and says so.
REPORTS = ("solved", "worked", "done", "reached", "thanks", "leave", "bye", "yes", "drop")


def is_after_success(turn: Turn) -> bool:
    """Tells whether a case has ended well and the message begins nothing new.

    What was forgotten counts only where the intent surely says so, too: who is in may speak of
    anything that was before.
    """
    memory = turn.memory
    is_open = memory.guide or memory.diagnosis or not turn.pending_question.passing
    if is_open or not memory.facts.get(CLOSED):
        return False
    if any(act.startswith(BEGINNINGS) for act in turn.acts):
        return False
    is_matter = "matter" in turn.acts and turn.intent == "recover_password"
    return not (turn.is_sure() and is_matter)


def hear(turn: Turn, answered: bool) -> None:
    """Takes note of what was said after the end, unless a question in it has been answered."""
    if answered:
        return
    if turn.was_explained and not ENDINGS.intersection(turn.acts):
        say_no_more(turn)  # it goes on about what was answered
        return
    if any(act.startswith(REPORTS) for act in turn.acts):
        close(turn)
        return
    if turn.was_just_said(turn.content.text("case.noted")):
        turn.say("navigate.not_caught_again")
        turn.offer("human", "contact_bureau")
        return
    turn.say("case.noted")
    turn.offer("find_way", "contact_bureau")
