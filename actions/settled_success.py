"""Settles what is said to be well: the step, the whole, or nothing at all."""

from __future__ import annotations

from actions import case, guide, recover
from actions.diagnose import NOT_WORKING, OF_LOGIN
from actions.settling import IN_PART, UNCAUGHT, is_likely, leave_out, replace
from actions.turn import LOGGED_IN, Turn, errors_on_screen, values
from actions.where_in_guide import MISSING, has_new_password

# Acts that say that it goes on, or that a new password is set.
PROGRESS = {"resume", "done", "next", "reached:password_set", "reached:password_confirmed"}
OF_NEW_PASSWORD = {"new_password_page", "password_set", "password_confirmed", "reset_success"}
OTHERWISE = {"solved", "failed", "stuck", "no", "not_it"}  # say already whether they are in
REPORTED = {"done", "worked", "solved"}  # say beside a yes that it is one
MIN_NEXT = 0.5  # confidence of an intent of who wants to go on


def leave_out_other_login(turn: Turn) -> None:
    """Leaves out that they are in where it is forgotten: what was entered is not the licence."""
    if "matter" in turn.acts and "solved" not in turn.acts:
        leave_out(turn, LOGGED_IN)


def leave_out_download_done(turn: Turn) -> None:
    """Leaves out the page for the download where they are in: it was downloaded."""
    if LOGGED_IN in turn.acts:
        leave_out(turn, "screen:download_page")


def leave_out_login_again(turn: Turn) -> None:
    """Leaves out that a page leads back to the login where no new password was set: it is first."""
    is_early = bool(turn.memory.guide) and not has_new_password(*guide.running(turn))
    if is_early and "reached:login_page" in turn.acts:
        leave_out(turn, "screen:login_again")


def take_failed_login(turn: Turn) -> None:
    """Takes a log-in that has failed again for none."""
    if {"solved", "failed"} <= set(turn.acts) and not values(turn, "trouble"):
        leave_out(turn, "solved", "worked", LOGGED_IN)


def take_end_of_causes(turn: Turn) -> None:
    """Takes it for done, where but a cause is named, and the intent likely reports an end."""
    are_causes = all(act.startswith(("rules_out", "points_to")) for act in turn.acts)
    if turn.acts and are_causes and turn.intent == "resolved" and is_likely(turn, MIN_NEXT):
        turn.acts = ["done"]


def weigh_part(turn: Turn) -> None:
    """Takes a success with a complaint for what is complained of, where the message says what.

    Before a new password was set, and without the login, it is but a step that is done.
    """
    if IN_PART not in turn.acts:
        return
    is_early = bool(turn.memory.guide) and not has_new_password(*guide.running(turn))
    errors = [turn.content.screens.get(name) for name in errors_on_screen(turn)]
    names_it = any(error and error.trouble for error in errors)
    if values(turn, "trouble") or names_it:
        leave_out(turn, IN_PART, LOGGED_IN)
    elif is_early and LOGGED_IN not in turn.acts:
        replace(turn, IN_PART, "done")


def take_login(turn: Turn) -> None:
    """Takes it for solved where the intent, too, says that they are in."""
    if turn.intent == "resolved" and is_likely(turn) and _is_logged_in(turn):
        turn.acts = ["solved", LOGGED_IN]


def weigh_early_login(turn: Turn) -> None:
    """Takes "I am in", where the app is to be opened, for that, unless the intent is a success.

    Who is further says so, or thanks.
    """
    is_first = bool(turn.memory.guide) and guide.running(turn)[1] == 1 and not turn.memory.diagnosis
    is_open = turn.pending_question.kind in ("step", "return")
    is_meant = turn.intent == "resolved"
    is_plain = {"solved", LOGGED_IN} <= set(turn.acts) <= {"solved", LOGGED_IN, "done"}
    if is_first and is_open and is_plain and not is_meant:
        turn.acts = ["done"]


def take_login_after_reset(turn: Turn) -> None:
    """Asks who is said to be in, with the new password set or behind the choice, if that is so.

    Where that was asked, a yes beside it is the answer; where the intent says so as well, they
    are in. A face that was let through may have led straight in, without a new password.
    """
    pages = set(values(turn, "reached")).difference(guide.BEFORE_CHOICE, ("logged_in",))
    is_by_face = pages == {"face_passed"}
    contrary = OTHERWISE - {"solved"} if is_by_face else OTHERWISE
    is_contrary = bool(values(turn, "trouble")) or not contrary.isdisjoint(turn.acts)
    if not turn.memory.guide or LOGGED_IN not in turn.acts or is_contrary:
        return
    is_set = not pages.isdisjoint(guide.AT_THE_END)
    is_first = (turn.acts[0] == LOGGED_IN and bool(pages)) or is_by_face
    if "new_password_page" in pages or ("reset_success" not in pages and not is_first):
        return  # who is setting it is not in by it
    said = ("reached", "screen", "done", "solved")
    rest = [act for act in turn.acts if not act.startswith(said)]
    if is_first and is_set and turn.intent == "resolved":
        turn.acts = ["solved", LOGGED_IN, *rest]
        return
    is_answer = turn.pending_question.is_of_end and "yes" in rest
    turn.acts = rest if is_answer else ["may_be_solved", *rest]


def weigh_word(turn: Turn) -> None:
    """Takes a word or two that may say that it worked, or that it is done, for the less of both.

    A page that it may mean as well counts only if it lies beyond the step that is done.
    """
    if "done" not in turn.acts or turn.says_much():
        return
    if turn.intent != "resolved":
        leave_out(turn, "worked")
    if turn.memory.guide and turn.acts[:1] == ["done"]:
        way, present = guide.running(turn)
        pages = {
            f"reached:{page}": guide.step_at(way, page) or 0 for page in values(turn, "reached")
        }
        turn.acts = [act for act in turn.acts if pages.get(act, present + 1) > present]


def weigh_beside_question(turn: Turn) -> None:
    """Leaves out a success beside a question, unless the log-in is named or the intent is sure.

    Where the end is what was asked about, it is the answer. Beside a question that was not
    understood, not even the step has surely worked. Before a new password was set, whether they
    are in for good is asked.
    """
    is_certain = turn.intent == "resolved" and turn.is_sure()
    is_asked = turn.pending_question.is_of_end
    if values(turn, "ask") and _is_in_early(turn) and not is_asked and not is_certain:
        rest = [act for act in turn.acts if act not in (*REPORTED, LOGGED_IN)]
        turn.acts = ["may_be_solved", *rest]
        return
    is_resolved = turn.intent == "resolved"
    is_plain = is_resolved and (LOGGED_IN in turn.acts or turn.is_sure())
    is_at_end = bool(turn.memory.guide) and guide.is_last_step(turn)
    is_asked = is_at_end or turn.pending_question.is_of_end
    if is_asked and UNCAUGHT not in turn.acts:
        return
    if values(turn, "ask") and not is_plain and LOGGED_IN not in turn.acts:
        turn.acts = [act for act in turn.acts if act != "solved"]
    if UNCAUGHT in turn.acts and not is_plain:
        turn.acts = [act for act in turn.acts if act not in ("solved", "worked")]


def take_early_login(turn: Turn) -> None:
    """Takes "I am in, next" before a password was set for the page that they have come to."""
    is_early = bool(turn.memory.guide) and not has_new_password(*guide.running(turn))
    is_next = turn.intent == "next_step" and is_likely(turn, MIN_NEXT)
    if "solved" in turn.acts and turn.pending_question.kind == "logged_in" and is_early and is_next:
        ended = ("solved", "worked", "done", "yes", LOGGED_IN)
        turn.acts = ["next", *(act for act in turn.acts if act not in (*ended, "next"))]
        turn.pending_question = guide.StepQuestion()


def weigh_against_trouble(turn: Turn) -> None:
    """Weighs a success against a trouble that the intent tells."""
    is_trouble = turn.intent in turn.content.troubles and is_likely(turn, recover.MIN_NAMED)
    if not is_trouble or "solved" not in turn.acts:
        return
    is_late = bool(turn.memory.guide) and has_new_password(*guide.running(turn))
    if LOGGED_IN in turn.acts and is_late and turn.intent not in OF_LOGIN and not turn.is_sure():
        return  # they are in; what else is spoken of may be anything
    if turn.intent == NOT_WORKING and LOGGED_IN in turn.acts:
        # The new password works, or it does not: both readers cannot be right, and it is asked.
        rest = [act for act in turn.acts if not act.startswith(("solved", "reached", "screen"))]
        turn.acts = ["may_be_solved", *rest]
    elif not turn.is_sure():
        # It may be the trouble after all: it is asked, of the whole or of the step.
        asked = [act for act in turn.acts if act.startswith("ask")]
        turn.acts = [*asked, "solved" if turn.memory.guide else "done"]
    else:  # one thing is well, and another is not
        rest = [act for act in turn.acts if act not in ("solved", LOGGED_IN)]
        turn.acts = list(dict.fromkeys([f"trouble:{turn.intent}", *rest]))


def leave_out_step_named(turn: Turn) -> None:
    """Leaves out the step that who is in speaks of: it is wanted no more."""
    if LOGGED_IN in turn.acts:
        turn.acts = [act for act in turn.acts if not act.startswith("go_to")]


def weigh_amid_guide(turn: Turn) -> None:
    """Takes a success amid a guide for the page, the step or the whole, as far as it is plain.

    With the log-in, at the last step, whether they are in is asked.
    """
    if "solved" in turn.acts and _is_amid_pages(turn):
        is_behind = LOGGED_IN in turn.acts and bool(turn.memory.guide) and guide.is_last_step(turn)
        leave_out(turn, "solved", LOGGED_IN)
        if is_behind and not values(turn, "trouble"):
            turn.acts = ["may_be_solved"]
    is_at_end = bool(turn.memory.guide) and guide.is_last_step(turn)
    is_open = is_at_end and not turn.pending_question.is_of_end
    if turn.acts == ["solved"] and is_open and not turn.says_much():
        turn.acts = ["done"]  # a word or two, "that is fine": that they are in is asked
    if turn.intent == "thank" and turn.acts == ["thanks", "solved"]:
        turn.acts = ["thanks", "done"]  # thanks first: what is well is asked
    if _is_report_with_facts(turn):  # somebody else has done it: all, or the step?
        turn.acts = ["done" if guide.is_last_step(turn) else "solved", *turn.acts]
    if _may_be_all(turn):
        turn.acts = ["solved"]  # that, or only the step: it is asked


def weigh_after_complaint(turn: Turn) -> None:
    """Asks whether all is well where what a page complains of was answered a moment ago.

    What is well then may be but that, unless the intent says so, too.
    """
    memory = turn.memory
    if "solved" not in turn.acts or not memory.guide or not memory.screens:
        return
    way, number = guide.running(turn)
    name = memory.screens[-1]
    answer = way.steps[number - 1].says.get(name, turn.content.screens[name].text)
    if turn.was_just_said(answer) and turn.intent != "resolved":
        rest = [act for act in turn.acts if act not in (*REPORTED, LOGGED_IN)]
        turn.acts = ["may_be_solved", *rest]


def weigh_against_page(turn: Turn) -> None:
    """Takes no success from who says what the page complains of."""
    if "solved" in turn.acts and set(errors_on_screen(turn)) - {"success"}:
        replace(turn, "solved", "done")


def take_for_first_pages(turn: Turn) -> None:
    """Takes "I am in" for the page that was looked for."""
    if _is_at_first_pages(turn) and {"solved", LOGGED_IN}.intersection(turn.acts):
        leave_out(turn, "solved", "worked", "done", LOGGED_IN)
        turn.acts = ["worked", *turn.acts]


def take_login_without_password(turn: Turn) -> None:
    """Takes a page that let them in early for one that has no link to set a password."""
    if _is_in_without_password(turn):
        replace(turn, LOGGED_IN, MISSING)


def leave_out_idle_yes(turn: Turn) -> None:
    """Leaves out a yes that would close the case, of who is but in a mood or speaks of a way.

    It reports nothing: "the number is mine" is a yes to something else.
    """
    if not turn.pending_question.rejoices or "yes" not in turn.acts:
        return
    is_answer = turn.intent in ("affirm", "resolved") or LOGGED_IN in turn.acts
    is_of_way = any(value.partition("=")[0] in case.OF_WAYS for value in values(turn, "fact"))
    is_mood = turn.acts[:1] in (["hurry"], ["upset"]) and REPORTED.isdisjoint(turn.acts)
    if is_mood or (is_of_way and not is_answer):
        leave_out(turn, "yes")


def _is_logged_in(turn: Turn) -> bool:
    """Tells whether the acts, too, say that somebody is in, and ask or complain of nothing."""
    of_success = {"done", "worked", *(f"reached:{page}" for page in guide.AT_THE_END)}
    return LOGGED_IN in turn.acts and of_success.issuperset(turn.acts)


def _is_amid_pages(turn: Turn) -> bool:
    """Tells whether a page is named that stands between the choice of a way and its end.

    "I am in" then means that page, unless the intent surely says that all is well, or says so and
    a new password is named as well.
    """
    pages = set(values(turn, "reached"))
    is_set = not pages.isdisjoint(OF_NEW_PASSWORD - {"new_password_page"})
    is_plain = turn.intent == "resolved" and (
        turn.is_sure() or (is_set and is_likely(turn, recover.MIN_NAMED))
    )
    return bool(pages.difference(guide.BEFORE_CHOICE, guide.AT_THE_END)) and not is_plain


def _is_in_early(turn: Turn) -> bool:
    """Tells whether they are said to be in amid a guide, with no word of a new password."""
    if not turn.memory.guide or not {"solved", LOGGED_IN} <= set(turn.acts):
        return False
    is_named = not set(values(turn, "reached")).isdisjoint(OF_NEW_PASSWORD)
    return not is_named and not has_new_password(*guide.running(turn))


def _is_at_first_pages(turn: Turn) -> bool:
    """Tells whether a page that leads to the login is looked for, amid a guide: "I am in" means it.

    After the new password was set, the same words mean the end.
    """
    memory = turn.memory
    if not memory.guide or (memory.diagnosis or {}).get("trouble") != "entry_not_found":
        return False
    return not has_new_password(*guide.running(turn))


def _is_in_without_password(turn: Turn) -> bool:
    """Tells whether a page let them in before a password was set, and has no link to set one."""
    is_missed = turn.intent == "entry_not_found" and is_likely(turn)
    is_early = bool(turn.memory.guide) and not has_new_password(*guide.running(turn))
    return is_missed and is_early and LOGGED_IN in turn.acts


def _may_be_all(turn: Turn) -> bool:
    """Tells whether what is said to be done, amid a guide, may be the whole of it.

    A word or two are about the step, as long as there is no new password; at the last step it is
    asked anyway.
    """
    if turn.intent != "resolved" or not is_likely(turn, recover.MIN_NAMED):
        return False
    if not turn.memory.guide or not turn.acts or not PROGRESS.issuperset(turn.acts):
        return False
    if guide.is_last_step(turn):
        return False
    return turn.says_much() or has_new_password(*guide.running(turn))


def _is_report_with_facts(turn: Turn) -> bool:
    """Tells whether the acts, amid a guide, but say who it was and the intent reports an end."""
    are_of_persons = bool(turn.acts) and all(act.startswith("fact:speaker") for act in turn.acts)
    is_report = turn.intent == "resolved" and turn.is_sure()
    return are_of_persons and is_report and bool(turn.memory.guide)
