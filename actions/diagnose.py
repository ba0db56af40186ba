"""Diagnosis: the causes of a trouble one at a time, the likeliest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions import bureau, case
from actions.guide import StepQuestion, is_last_step, show_step
from actions.new_representative import RegistrationQuestion
from actions.questions import KINDS, Question, ask_logged_in
from actions.turn import Turn, values
from content_loader.shapes import Cause, Trouble

CAUSES = ("cause", "all_causes", "confirm")  # kinds of questions about a cause
# Troubles of what a new representative has not got yet, and need not have.
OF_FORMER = {"login_failed", "username_forgotten", "phone_forgotten", "phone_changed"}
REPRESENTATIVE_CHANGED = "representative_changed"  # the cause that is a case of its own
LOGIN_FAILED, NOT_WORKING = "login_failed", "new_password_not_working"
OF_LOGIN = {LOGIN_FAILED, NOT_WORKING}  # troubles met after the end of a guide


def start_diagnosis(turn: Turn, name: str) -> None:
    """Begins with the first cause that is not ruled out yet, or goes straight to another way."""
    memory, trouble = turn.memory, turn.content.troubles[name]
    if turn.pending_question.kind in ("step", "finish"):
        memory.interrupted = turn.pending_question.to_slot()
    if name in OF_FORMER and memory.facts.get("new_representative") and not memory.guide:
        memory.diagnosis = memory.interrupted = None
        RegistrationQuestion().ask(turn)  # what was the former one's is of no use
        return
    if _is_of_no_use(turn, trouble):
        memory.diagnosis = memory.interrupted = None
        memory.add_obstacle(*trouble.rules_out)
        turn.say("navigate.cause.no_use")
        KINDS["find"]().ask(turn)
        return
    turn.say_text(trouble.intro)
    if trouble.immediate or not trouble.causes:
        memory.diagnosis = None
        # Amid another way it may be somebody else's number, such as the liaison's.
        if not memory.guide or memory.guide["way"] in trouble.rules_out:
            memory.add_obstacle(*trouble.rules_out)
        turn.say_text(trouble.last)
        if memory.guide:
            turn.pending_question = StepQuestion()
            turn.offer("another_way")
            turn.offer_to_continue()
        else:
            KINDS["find"]().ask(turn)
        return
    left = causes_left(turn, name)
    memory.diagnosis = {"trouble": name, "cause": left[0] if left else 0}
    says = next((trouble.says[page] for page in values(turn, "screen") if page in trouble.says), "")
    if says and not causes_pointed_to(turn, trouble):
        turn.say_text(says)  # that is nearer than the likeliest cause
        turn.offer("another_way", "contact_bureau")
        turn.pend(KINDS["cause"]())
    elif left or not values(turn, "rules_out"):
        show_cause(turn)
    else:
        run_out(turn, trouble)


def trouble_meant(turn: Turn, name: str) -> str:
    """Returns the trouble that is meant: after a guide the password that fails is the new one.

    Unless a cause is named that only the other trouble has.
    """
    if name != LOGIN_FAILED or not turn.memory.guide or not is_last_step(turn):
        return name
    named = {cause.name for cause in turn.content.troubles[NOT_WORKING].causes}
    return NOT_WORKING if named.issuperset(values(turn, "points_to")) else name


def _is_of_no_use(turn: Turn, trouble: Trouble) -> bool:
    """Tells whether somebody's state of health or the like makes the way of a trouble vain."""
    vain = {way for _, fact in case.known(turn) for way in fact.no_remedy}
    if trouble.immediate or not trouble.rules_out or causes_pointed_to(turn, trouble):
        return False
    return vain.issuperset(trouble.rules_out)


def leave_trouble(turn: Turn) -> None:
    """Leaves a trouble that was opened by mistake: what the guide asks is open again."""
    turn.memory.diagnosis = turn.memory.interrupted = None
    question = StepQuestion() if turn.memory.guide else Question()
    turn.pending_question = question


def take_present(turn: Turn) -> None:
    """Takes the present cause for the one: waits for its remedy, or goes where that is."""
    _, trouble, index = running(turn)
    cause = trouble.causes[index]
    if cause.name == REPRESENTATIVE_CHANGED:
        turn.memory.facts.setdefault("new_representative", "yes")
        turn.memory.diagnosis = turn.memory.interrupted = None
        RegistrationQuestion().ask(turn)
    elif cause.at_bureau:
        _lead_on(turn, trouble)
    else:
        turn.say("navigate.cause.is_it")
        pend_confirmation(turn)


def causes_pointed_to(turn: Turn, trouble: Trouble) -> list[int]:
    """Returns the causes, by index, that the message points to."""
    named = values(turn, "points_to")
    return [i for i, cause in enumerate(trouble.causes) if cause.name and cause.name in named]


def causes_left(turn: Turn, name: str, begin: int = 0) -> list[int]:
    """Returns the causes, by index, that are not ruled out, those the message points to first.

    The others follow in their order from `begin` on, those before it last.
    """
    trouble, ruled_out = turn.content.troubles[name], turn.memory.ruled_out.get(name, [])
    pointed = [i for i in causes_pointed_to(turn, trouble) if i not in ruled_out]
    order = [*range(begin, len(trouble.causes)), *range(begin)]
    return [*pointed, *(i for i in order if i not in (*ruled_out, *pointed))]


def show_cause(turn: Turn) -> None:
    """Shows the present cause with its remedy and asks whether it helped."""
    _, trouble, index = running(turn)
    cause = trouble.causes[index]
    turn.add(
        {
            "type": "cause",
            "trouble": trouble.title,
            "number": index + 1,
            "total": len(trouble.causes),
            "title": cause.title,
            "remedy": cause.remedy,
            "picture": cause.picture,
        }
    )
    _ask_about(turn, cause)
    turn.offer("find_way" if _is_of_password(turn) else "contact_bureau")


def _ask_about(turn: Turn, cause: Cause) -> None:
    """Asks whether a cause is the one, or whether its remedy has helped."""
    turn.say_text(cause.ask or turn.content.text("navigate.cause.question"))
    turn.offer(*(("is_cause", "is_not_cause") if cause.ask else ("worked", "did_not_work")))
    turn.offer("all_causes")
    turn.pend(KINDS["cause"]())


def _is_of_password(turn: Turn) -> bool:
    """Tells whether a new password is what helps if no cause of the running trouble is it."""
    return running(turn)[0] in OF_LOGIN and not turn.memory.guide


def show_all_causes(turn: Turn) -> None:
    """Lists every cause with its remedy and asks whether one helped."""
    _, trouble, _ = running(turn)
    turn.say("navigate.cause.all", trouble=trouble.title)
    items = [
        turn.content.text("navigate.cause.item", title=cause.title, remedy=cause.remedy)
        for cause in trouble.causes
    ]
    turn.add({"type": "list", "numbered": False, "items": items})
    turn.say("navigate.cause.question_all")
    turn.offer("worked", "none_helped", "contact_bureau")
    turn.pend(KINDS["all_causes"]())


def rule_out(turn: Turn) -> None:
    """Notes that the present cause (or all, after the list) was not it, and goes on."""
    name, trouble, index = running(turn)
    ruled_out = turn.memory.ruled_out.setdefault(name, [])
    indices = range(len(trouble.causes)) if turn.pending_question.kind == "all_causes" else [index]
    ruled_out += [i for i in indices if i not in ruled_out]
    left = causes_left(turn, name, index)
    if left:
        turn.memory.diagnosis = {"trouble": name, "cause": left[0]}
        show_cause(turn)
    else:
        run_out(turn, trouble)


def solve(turn: Turn) -> None:
    """Takes the trouble as solved: back to the guide's step, or asks whether all is well."""
    memory = turn.memory
    _, trouble, _ = running(turn)
    turn.outcome = "helped"
    memory.diagnosis = None
    if trouble.after:
        memory.waiting = []  # one way works: what is wrong with another does not matter
    if trouble.after and (not memory.guide or _is_before(memory.guide, trouble.after)):
        memory.guide = dict(trouble.after)
        turn.forget_what_is_gone()
    if memory.waiting:
        turn.say("navigate.solved.next_trouble")
        start_diagnosis(turn, memory.waiting.pop(0))
    elif memory.guide and trouble.after and memory.guide["way"] != trouble.after["way"]:
        turn.say("navigate.solved.what_now")
        turn.offer("next", "stuck", "another_way")
        turn.pend(StepQuestion())
    elif memory.guide and (trouble.after or not is_last_step(turn)):
        turn.say("navigate.solved.back", step=memory.guide["step"])
        show_step(turn)
    else:
        turn.say("navigate.solved.trouble")
        ask_logged_in(turn)


def _is_before(guide: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tells whether a guide stands at an earlier step of the way than comes after a trouble."""
    return bool(guide["way"] == after["way"] and guide["step"] < after["step"])


def confirm(turn: Turn) -> None:
    """Asks what came of the remedy, where the answer leaves it open; once, then goes on."""
    if turn.pending_question.kind == "confirm":
        turn.say("navigate.cause.move_on")
        rule_out(turn)
    else:
        turn.say("navigate.cause.confirm")
        pend_confirmation(turn)


def ask_about_present(turn: Turn) -> None:
    """Asks what came of the present cause, after something beside the point."""
    _, trouble, index = running(turn)
    cause = trouble.causes[index]
    if cause.ask:
        _ask_about(turn, cause)
    else:
        turn.say("navigate.cause.still", title=cause.title)
        pend_confirmation(turn)


def pend_confirmation(turn: Turn) -> None:
    """Waits for what came of the remedy."""
    turn.offer("worked", "did_not_work", "all_causes")
    turn.pend(KINDS["confirm"]())


def run_out(turn: Turn, trouble: Trouble) -> None:
    """Goes on where no cause is left."""
    turn.say("navigate.cause.none_left")
    _lead_on(turn, trouble)


def _lead_on(turn: Turn, trouble: Trouble) -> None:
    """Goes on to the next trouble, way or the bureau, as nothing more can be done here."""
    memory = turn.memory
    memory.diagnosis = None
    turn.say_text(trouble.last)
    memory.add_obstacle(*trouble.rules_out)
    if turn.interrupted.kind in ("cause", "all_causes"):
        memory.interrupted = None
    if memory.guide and turn.content.ways[memory.guide["way"]].failed:
        memory.add_obstacle(memory.guide["way"])
    if memory.waiting:
        start_diagnosis(turn, memory.waiting.pop(0))
    elif trouble.then == "bureau":
        bureau.show_bureau(turn)
        turn.offer("find_way")
    else:
        KINDS["find"]().ask(turn)


def running(turn: Turn) -> tuple[str, Trouble, int]:
    """Returns name, trouble and the index of the present cause of the running diagnosis.

    Raises:
        LookupError: if no diagnosis is running.
    """
    if not turn.memory.diagnosis:
        raise LookupError("no diagnosis is running")
    name = turn.memory.diagnosis["trouble"]
    return name, turn.content.troubles[name], int(turn.memory.diagnosis["cause"])
