"""Settles what is asked and wanted: which password, what comes next, whether it is a fraud."""

from __future__ import annotations

from actions import case, guide, recover, settled_ways
from actions.diagnose import NOT_WORKING
from actions.explanations import is_new
from actions.questions import CLOSED, is_receiving
from actions.safety import WARNED
from actions.settled_answers import OF_SETBACK
from actions.settling import IN_PART, UNCAUGHT, is_likely, leave_out, replace, settles
from actions.turn import LOGGED_IN, Turn, values
from actions.where_in_guide import MISSING, has_new_password

OF_OTHER = "points_to:other_system"
NEXT = "ask:next_after"
NO_MESSAGES = "ask:no_sms_at_all"
OF_PAGES = ("reached", "screen", "done")  # acts
CODE_TO_OTHER, GAVE_AWAY, IS_SCAM = "ask:code_to_other", "ask:gave_away", "ask:is_scam"
BY_WHOM, OF_DEAD = "ask:by_whom", "ask:use_dead_id"
OF_FACE = {"avoid_face", "recover_by_face", "face_failed"}  # intents
OF_LEAVING = ("stop", "goodbye", "thank")  # intents
PARTING = {"leave", "bye", "thanks"}  # acts of who goes, and may ask one thing more


def take_other_password(turn: Turn) -> None:
    """Takes what is surely said of another system for a question about its password."""
    is_of_another = turn.intent == "recover_other_password" and is_likely(turn)
    if is_of_another and turn.is_sure() and _tells_of_device(turn):
        turn.acts = ["ask:other_password", *turn.acts]
    if is_of_another and turn.is_sure() and turn.acts == ["ask:usb_key"]:
        turn.acts = ["ask:other_password"]  # its password, and not what it is
    if is_of_another and "correct" in turn.acts and "ask:scan" not in turn.acts:
        turn.acts = ["ask:other_password"]


def take_matter(turn: Turn) -> None:
    """Takes a password that is forgotten, and of no other system, for the licence's.

    Where a new one was set, and the intent says that it does not work, none is forgotten.
    """
    if turn.intent == "recover_password" and not turn.entity("other_system"):
        replace(turn, "ask:other_password", "matter")
    is_late = bool(turn.memory.guide) and has_new_password(*guide.running(turn))
    if is_late and turn.intent == NOT_WORKING and is_likely(turn):
        replace(turn, "matter", f"trouble:{NOT_WORKING}")


def take_next(turn: Turn) -> None:
    """Takes the question what comes next for what it wants: the next thing, or all of them."""
    if "another_way" in turn.acts and not turn.memory.diagnosis:  # that one comes next
        leave_out(turn, NEXT)
    if not {"worked", "done"}.isdisjoint(turn.acts):
        leave_out(turn, NEXT)  # and it does come
    if not turn.memory.guide:
        is_short = bool(turn.memory.diagnosis) and not turn.says_much()  # the next cause
        replace(turn, NEXT, "next" if is_short else "all_at_once")


def leave_out_answered(turn: Turn) -> None:
    """Leaves out, of who leaves, what has just been answered: it is only spoken of once more."""
    if not {"leave", "bye"}.isdisjoint(turn.acts):
        leave_out(turn, *(f"ask:{name}" for name in turn.was_explained))


def leave_out_contrary_question(turn: Turn) -> None:
    """Leaves out whether no message comes at all, of a number that is said to get them."""
    if settled_ways.NUMBER_BACK in turn.acts:
        leave_out(turn, NO_MESSAGES)


def take_asked_leave(turn: Turn) -> None:
    """Takes a leave that rather asks something, and of which the intent is none, for a question."""
    asks = bool(turn.near_topics) and not turn.asks_nothing
    if turn.acts == ["leave"] and asks and turn.intent not in OF_LEAVING:
        turn.acts = [UNCAUGHT]


def take_scan(turn: Turn) -> None:
    """Begins with who is asked for the licence's password, and has nothing open: they need it."""
    is_open = turn.memory.guide or turn.memory.diagnosis or turn.pending_question.kind
    if "ask:scan" in turn.acts and not is_open and "matter" not in turn.acts:
        turn.acts = [*turn.acts, "matter"]


def take_refused_scan(turn: Turn) -> None:
    """Takes who is in, and whose new password is refused after a scan, for that trouble."""
    memory, asked = turn.memory, values(turn, "ask")
    is_late = bool(memory.guide) and has_new_password(*guide.running(turn))
    is_of_scan = "scan" in asked or ("other_password" in asked and not is_new(turn, "scan"))
    is_tried = turn.is_sure() or not {"solved", "failed", LOGGED_IN}.isdisjoint(turn.acts)
    is_refused = IN_PART in turn.acts or (turn.intent == NOT_WORKING and is_tried)
    if is_of_scan and is_refused and (is_late or CLOSED in memory.facts):
        facts = [act for act in turn.acts if act.startswith("fact")]
        turn.acts = [f"trouble:{NOT_WORKING}", *facts]


def take_needed_again(turn: Turn) -> None:
    """Takes who is in early, and is asked for the password again, for one who still needs it."""
    is_asked = turn.pending_question.kind == "logged_in" and bool(turn.memory.guide)
    is_early = is_asked and not has_new_password(*guide.running(turn))
    is_needed = turn.intent == "recover_password" and is_likely(turn, recover.MIN_NAMED)
    is_in = LOGGED_IN in turn.acts and {LOGGED_IN, "done", "matter"}.issuperset(turn.acts)
    if is_early and is_needed and is_in:
        turn.acts = ["ask:scan"]
        turn.pending_question = guide.StepQuestion()


def take_question_meant(turn: Turn) -> None:
    """Takes who says, after an answer, that another thing was meant, for one who asks on.

    "I meant the code, not the card" is no wish for the way of the code, unless the intent surely
    is.
    """
    is_after = turn.pending_question.kind == "return" and bool(turn.was_explained)
    wishes = [act for act in turn.acts if act.startswith("wish")]
    if is_after and "correct" in turn.acts and wishes and not turn.is_sure():
        leave_out(turn, "correct", *wishes)
        turn.acts = [UNCAUGHT, *turn.acts]


def take_why_of_place(turn: Turn) -> None:
    """Takes the question why, where the place was asked for, for why that is asked."""
    asked = turn.pending_question
    asked = turn.interrupted if asked.kind == "return" else asked
    if asked.kind.startswith("region"):
        replace(turn, "ask:why", "ask:why_region")


def leave_out_page_of_nothing(turn: Turn) -> None:
    """Leaves out pages where no licence is found: whatever they are, they lead on to nothing.

    Who receives it and is in, a moment after that was said, has not received it.
    """
    if "ask:nothing_found" in turn.acts:
        turn.acts = [act for act in turn.acts if not act.startswith("reached")]
    was_none = not is_new(turn, "nothing_found") and is_receiving(turn)
    if was_none and turn.intent != "resolved":
        leave_out(turn, "solved", LOGGED_IN)


def rule_out_other(turn: Turn) -> None:
    """Takes the password after a scan for the licence's, so that it is no other system's."""
    if "ask:scan" in turn.acts:
        replace(turn, OF_OTHER, "rules_out:other_system")


def leave_out_alarm(turn: Turn) -> None:
    """Takes no report of a fraud from who scolds because of a trouble."""
    if "upset" in turn.acts and values(turn, "trouble"):
        leave_out(turn, IS_SCAM)


def leave_out_uncaught(turn: Turn) -> None:
    """Leaves out a question that was not caught where the answer, or a page, came with it."""
    asked = turn.pending_question
    is_answered = asked.kind == "way" and settles(turn, asked.value)
    is_shown = bool(turn.memory.guide) and bool(values(turn, "reached"))
    if UNCAUGHT in turn.acts and (is_answered or is_shown):
        leave_out(turn, UNCAUGHT)


def settle_question_of_dead(turn: Turn) -> None:
    """Asks what the face of one who has died can do only where nobody is known to live."""
    if case.is_over(turn):
        if turn.intent in OF_FACE:
            replace(turn, BY_WHOM, OF_DEAD)
    elif turn.acts != [OF_DEAD] or "representative" in turn.memory.facts:
        leave_out(turn, OF_DEAD)


def leave_out_setback(turn: Turn) -> None:
    """Leaves out a failure beside mere questions, unless the intent reports it, or it is asked."""
    is_reported = turn.intent in turn.content.troubles or turn.intent in ("deny", *OF_SETBACK)
    is_alone = all(act.startswith("ask") or act == "failed" for act in turn.acts)
    if values(turn, "ask") and is_alone and not is_reported and not turn.pending_question.is_of_end:
        leave_out(turn, "failed")


def leave_out_missing(turn: Turn) -> None:
    """Leaves out that something is missing on a page, beside a question and amid no guide."""
    is_caught = bool(values(turn, "ask")) and UNCAUGHT not in turn.acts
    if is_caught and not turn.memory.guide and not turn.memory.diagnosis:
        leave_out(turn, MISSING)


def weigh_fraud(turn: Turn) -> None:
    """Leaves no alarm where a code was filled in amid the guide, one is denied, or all is well."""
    if turn.memory.guide and values(turn, "reached"):  # a code of their own, on the page
        turn.acts = [CODE_TO_OTHER if act == GAVE_AWAY else act for act in turn.acts]
    elif GAVE_AWAY in turn.acts and not turn.memory.guide:  # on a page of theirs
        turn.acts = [act for act in turn.acts if not act.startswith(OF_PAGES)]
    is_denied = "correct" in turn.acts and bool(turn.memory.facts.get(WARNED))
    is_feared = turn.intent == "scam_concern" and is_likely(turn)
    is_well = "solved" in turn.acts and not is_feared
    if is_denied or is_well:
        turn.acts = [act for act in turn.acts if act != IS_SCAM]


def take_forgotten(turn: Turn) -> None:
    """Takes what is surely forgotten for the matter, which then answers nothing else."""
    if turn.intent == "recover_password":
        if "matter" in turn.acts and turn.is_sure():
            leave_out(turn, "done", "yes", "ack")
            if turn.pending_question.kind in ("", "menu", "trouble", "meaning"):
                leave_out(turn, "unsure")  # it is the password that is not known
        is_closed = CLOSED in turn.memory.facts
        if turn.acts == [UNCAUGHT] and not is_closed and is_likely(turn, recover.MIN_NAMED):
            turn.acts = ["matter"]
    if _wants_new_password(turn):
        turn.acts = ["matter", *(act for act in turn.acts if act.startswith("fact"))]


def take_papers(turn: Turn) -> None:
    """Answers who surely asks for the papers, and is about to go or but tells facts."""
    rest = [act for act in turn.acts if not act.startswith("fact") and act not in PARTING]
    if turn.intent == "required_materials" and turn.is_sure() and not rest:
        turn.acts = [*turn.acts, "ask:papers"]


def leave_out_human(turn: Turn) -> None:
    """Takes no wish for a human from who speaks of robots in anger, and of a trouble."""
    if turn.is_sure() and f"trouble:{turn.intent}" in turn.acts:
        leave_out(turn, "ask:human")


def _tells_of_device(turn: Turn) -> bool:
    """Tells whether, beside the intent, nothing is said but what is used."""
    return bool(turn.acts) and all(
        act.startswith(("fact:platform", "fact:device")) for act in turn.acts
    )


def _wants_new_password(turn: Turn) -> bool:
    """Tells whether a trouble with no way is looked at, and the password turns out forgotten."""
    memory = turn.memory
    trouble = turn.content.troubles.get((memory.diagnosis or {}).get("trouble", ""))
    if memory.guide or trouble is None or trouble.rules_out:
        return False
    return "matter" in turn.acts or (
        turn.intent == "recover_password" and is_likely(turn, recover.MIN_NAMED)
    )
