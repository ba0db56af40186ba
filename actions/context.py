"""A typed message by what was just asked, where its words alone would mislead.

"Found it in the spam" after "did this help?" is a yes, though it names a trouble; "still cannot
log in" is a no; a number after the list of ways is a way. A click always means what it says.
"""

from __future__ import annotations

from collections.abc import Sequence

from actions import bureau, diagnose, recover
from actions.navigation import (
    come_back,
    explain_step,
    go_on,
    read_number,
    show_menu,
    take_extent,
    take_no,
)
from actions.turn import TopicAction, Turn

ASKED_BACK = ("return", "meaning")
CAUSES = ("cause", "all_causes")
NO_IDEA = ("stuck_at_step", "deny", "not_resolved", "phone_forgotten", "explain_liaison")
STILL_FAILING = ("login_failed", "not_resolved")
MOVES = ("next_step", "previous_step", "go_to_step", "affirm", "deny", "resolved", "not_resolved")
SHORT, VERY_SHORT = 14, 4  # characters


def read_in_context(turn: Turn) -> bool:
    """Answers the message by what was asked; tells whether it did."""
    if turn.text.startswith("/"):
        return False
    if turn.hides_secret() and (turn.intent in MOVES or turn.letters_left() <= VERY_SHORT):
        show_menu(turn)
        turn.offer_return()
        return True
    busy = turn.memory.guide or turn.memory.diagnosis or (turn.asked or "").startswith("way:")
    if busy and take_extent(turn):
        return True
    if turn.asked in ASKED_BACK and _goes_back(turn):
        return True
    asked = turn.asked or ""
    if asked == "region":
        return _answers_region(turn)
    if asked == "ways":
        return _names_way(turn)
    if asked == "which_password" and turn.entity("other_system"):
        recover.explain_system(turn)
        return True
    if asked.startswith("way:") and turn.intent == "stuck_at_step":
        take_no(turn)
        return True
    if asked in CAUSES and turn.memory.diagnosis:
        return _answers_cause(turn)
    if asked == "step" and turn.memory.guide:
        return _answers_step(turn)
    if asked in ("finish", "logged_in"):
        return _answers_finish(turn)
    return False


def _goes_back(turn: Turn) -> bool:
    """Takes an answer to the way back, or to what a digression has interrupted."""
    memory, resume = turn.memory, turn.memory.resume
    if memory.place and len(turn.text) <= SHORT and turn.entities("region"):
        bureau.take_regions(turn)
        turn.offer_return()
        return True
    if not resume:
        return False
    if turn.asked == "return" and turn.intent == "previous_step":
        come_back(turn)
        return True
    if resume == "step" and memory.guide and turn.wants_next():
        go_on(turn)
        return True
    if turn.intent in turn.content.troubles and len(turn.text) <= VERY_SHORT:
        show_menu(turn)
        return True
    if turn.intent in ("resolved", *STILL_FAILING) or (
        turn.intent == "deny" and len(turn.text) > VERY_SHORT
    ):
        turn.asked, memory.resume = resume, None
    return False


def _answers_region(turn: Turn) -> bool:
    if turn.entities("region") and turn.intent != "scam_concern":
        bureau.take_regions(turn)
        turn.offer_return()
        return True
    if turn.intent in NO_IDEA:
        bureau.say_no_place(turn, "")
        return True
    return False


def _names_way(turn: Turn) -> bool:
    number = read_number(turn.entity("step_number") or "")
    names = list(turn.content.ways)
    if number is None or not 1 <= number <= len(names):
        return False
    recover.start_guide(turn, names[number - 1])
    return True


def _answers_cause(turn: Turn) -> bool:
    name, _, _ = diagnose.running(turn)
    short = len(turn.text) <= SHORT
    checked = short and _has_any(turn, turn.content.checked_words)
    if turn.says_done() and not checked:
        diagnose.solve(turn)
        return True
    # A long "cannot log in" amid another trouble is a story of its own.
    still = turn.intent in (name, "not_resolved") or (short and turn.intent in STILL_FAILING)
    if checked or still:
        diagnose.rule_out(turn)
        return True
    return False


def _answers_step(turn: Turn) -> bool:
    own_way = recover.WAY_INTENTS.get(turn.intent) == (turn.memory.guide or {}).get("way")
    if own_way and _has_any(turn, turn.content.problem_words):
        explain_step(turn)
        return True
    solved = turn.intent == "resolved" and _has_any(turn, turn.content.solved_words)
    if turn.says_done() and not solved:
        go_on(turn)
        return True
    return False


def _answers_finish(turn: Turn) -> bool:
    failed = ("login_failed", "new_password_not_working")
    if turn.intent in failed and (turn.memory.guide or turn.asked == "logged_in"):
        take_no(turn)
        return True
    return False


def _has_any(turn: Turn, words: Sequence[str]) -> bool:
    return any(word in turn.text for word in words)


TopicAction.in_context = staticmethod(read_in_context)
