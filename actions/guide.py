"""The running guide: shows its steps, goes from one to another, and helps who is stuck at one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions import bureau, case
from actions.case import LAST_WAY
from actions.questions import KINDS, Question, close, wait_on
from actions.reply import Gist
from actions.turn import Turn
from content_loader.shapes import Way
from serving.message import Progress

AT_THE_END = ("password_set", "password_confirmed", "reset_success", "logged_in")
BEFORE_CHOICE = ("app_open", "login_page", "forgot_page")  # pages that ways have in common
# By what is known of the liaison, the page, so to say, at which their way begins.
FROM_LIAISON = {"self": "liaison_agreed", "reachable": "liaison_known"}


def first_step(turn: Turn, name: str) -> int:
    """Returns where a way begins: who is the liaison, or knows them or the bureau, finds nobody."""
    page = FROM_LIAISON.get(str(turn.memory.facts.get("liaison")))
    if name == "liaison" and page:
        return step_at(turn.content.ways[name], page) or 1
    knows_bureau = name == LAST_WAY and bureau.SHOWN in turn.memory.facts and not turn.is_click
    return 2 if knows_bureau else 1


def take_note(turn: Turn) -> None:
    """Amid a guide, hears what is told; where the step has just been said, it is not said again."""
    name = str((turn.memory.guide or {})["way"])
    way, number = running(turn)
    begin = first_step(turn, name)
    if "fact:liaison=self" in turn.acts and number < begin:
        turn.say("navigate.step.reached", step=begin)
        go_to(turn, begin)
    elif any(name in fact.doubts for fact in turn.new_facts):
        if turn.intent in turn.content.answers and turn.is_sure():
            turn.say_spoken(turn.content.answers[turn.intent])
        if any(act.endswith(case.UNKNOWN) for act in turn.acts) or not turn.said_so_far():
            explain_step(turn)
        else:  # how it can be done all the same has been said
            show_step_briefly(turn)
    elif any(name in fact.postpones for fact in turn.new_facts):
        if not turn.said_so_far():
            turn.say("case.noted_step", step=number, do=way.steps[number - 1].do)
        turn.offer("another_way", "next", "contact_bureau")
        turn.pend(StepQuestion())
    elif turn.pending_question.kind == StepQuestion.kind and turn.new_facts:
        turn.say("case.noted_step", step=number, do=way.steps[number - 1].do)
        turn.offer("next", *way.steps[number - 1].troubles)
        turn.offer("stuck", "another_way")
        turn.pend(StepQuestion())
    else:
        show_step_briefly(turn)


def show_step(turn: Turn) -> None:
    """Shows the present step of the running guide."""
    way, number = running(turn)
    step = way.steps[number - 1]
    turn.add(
        {
            "type": "step",
            "way": way.title,
            "number": number,
            "total": len(way.steps),
            "title": step.title,
            "do": step.do,
            "see": step.see,
            "if_not": step.if_not,
            "picture": step.picture,
        }
    )
    turn.offer("next", *step.troubles)
    turn.offer("stuck")
    if not step.troubles:
        turn.offer("another_way")
    turn.memory.attempts[turn.memory.guide["way"]] = number  # type: ignore[index]
    turn.memory.interrupted = None
    turn.pend(StepQuestion())


def show_step_briefly(turn: Turn) -> None:
    """Says what to do at the present step, and no more."""
    way, number = running(turn)
    step = way.steps[number - 1]
    turn.say("navigate.step.brief", step=number, do=step.do)
    turn.offer("next", *step.troubles)
    turn.offer("stuck", "another_way")
    turn.memory.interrupted = None
    turn.pend(StepQuestion())
    turn.gist = Gist.GUIDANCE


def show_steps_ahead(turn: Turn) -> None:
    """Says what is to be done now, unless a step further is told of, and what is left."""
    way, number = running(turn)
    if not any(act.startswith("reached") for act in turn.acts):
        turn.say("navigate.step.present", step=number, do=way.steps[number - 1].do)
    ahead = [step.title for step in way.steps[number:]]
    if ahead:
        values = {"total": len(way.steps), "steps": bureau.in_a_row(turn.content, ahead)}
        turn.say("navigate.step.ahead", **values)
    else:
        turn.say("navigate.step.last")


def way_at_page(turn: Turn, page: str) -> str | None:
    """Returns the way that alone has a step for somebody at `page`, or None."""
    names = [name for name, way in turn.content.ways.items() if step_at(way, page)]
    return names[0] if len(names) == 1 else None


def is_last_step(turn: Turn) -> bool:
    """Tells whether the running guide is at its last step."""
    way, number = running(turn)
    return number == len(way.steps)


def is_beyond(turn: Turn, page: str, step: Mapping[str, Any]) -> bool:
    """Tells whether `page` is where a way's step is next, or a later one."""
    number = step_at(turn.content.ways[step["way"]], page)
    return number is not None and number >= step["step"]


def step_at(way: Way, page: str) -> int | None:
    """Returns the number of the step that is next for somebody at `page`, if the way has one."""
    numbers = (i for i, step in enumerate(way.steps, start=1) if page in step.here)
    return next(numbers, None)


def go_to(turn: Turn, number: int) -> None:
    """Shows a step of the running guide."""
    memory = turn.memory
    memory.guide = {**(memory.guide or {}), "step": number}
    memory.diagnosis, memory.screens = None, []
    memory.facts.pop("page", None)
    show_step(turn)


def go_on(turn: Turn) -> None:
    """Shows the next step; after the last one, asks whether it has worked."""
    way, number = running(turn)
    if number < len(way.steps):
        go_to(turn, number + 1)
    else:
        if turn.pending_question.kind == "finish":
            turn.say("navigate.step.last")
        KINDS["finish"]().ask(turn)


def show_whole_guide(turn: Turn) -> None:
    """Shows all steps of the running guide in one message."""
    way, number = running(turn)
    items = [step.do for step in way.steps]
    turn.add({"type": "list", "title": way.title, "numbered": True, "items": items})
    turn.offer("to_step", step=number)
    turn.offer("stuck", "another_way", "contact_bureau")
    turn.pend(StepQuestion())


def explain_step(turn: Turn) -> None:
    """Helps who is stuck: what to do if not, which trouble it may be; then another way."""
    memory = turn.memory
    way, number = running(turn)
    step, step_key = way.steps[number - 1], f"{memory.guide['way']}:{number}"  # type: ignore[index]
    if step_key in memory.stuck:
        _say_at_step(turn, "navigate.step.stuck_again")
        turn.offer("another_way", "contact_bureau", *step.troubles)
    else:
        values = {"step": number, "title": step.title, "if_not": step.if_not}
        _say_at_step(turn, "navigate.step.stuck", **values)
        memory.stuck.append(step_key)
        if step.troubles:
            turn.say("navigate.step.stuck_which")
        turn.offer(*step.troubles)
        turn.offer("repeat", "another_way")
        turn.offer("contact_bureau")
    memory.interrupted = None
    turn.pend(StepQuestion())


def _say_at_step(turn: Turn, key: str, **values: object) -> None:
    """Says a sentence on the present step, with where that is in the guide."""
    way, number = running(turn)
    progress: Progress = {"way": way.title, "number": number, "total": len(way.steps)}
    text = turn.content.text(key, **values)
    turn.add({"type": "paragraph", "text": text, "progress": progress})


def running(turn: Turn) -> tuple[Way, int]:
    """Returns the way of the running guide and the number of its present step.

    Raises:
        LookupError: if no guide is running.
    """
    if not turn.memory.guide:
        raise LookupError("no guide is running")
    return turn.content.ways[turn.memory.guide["way"]], int(turn.memory.guide["step"])


class StepQuestion(Question):
    """Whether the present step of the guide is done."""

    kind = "step"
    passing = False

    def holds(self, turn: Turn) -> bool:
        """Tells whether a guide is running."""
        return bool(turn.memory.guide)

    def ask(self, turn: Turn) -> None:
        """Shows the step."""
        show_step(turn)

    def ask_in_short(self, turn: Turn) -> None:
        """Says what to do at the step."""
        show_step_briefly(turn)

    def on_ack(self, turn: Turn) -> None:
        """Goes on; who has just been left time has but heard that."""
        if not wait_on(turn):
            self.on_yes(turn)

    def offer_again(self, turn: Turn) -> None:
        """Offers the step."""
        step = (turn.memory.guide or {})["step"]
        turn.say("navigate.return.step", step=step)
        turn.offer_first("to_step", step=step)

    def on_yes(self, turn: Turn) -> None:
        """Goes on."""
        if self.holds(turn):
            go_on(turn)
        else:
            super().on_yes(turn)

    def on_no(self, turn: Turn) -> None:
        """Helps with the step."""
        if self.holds(turn):
            explain_step(turn)
        else:
            super().on_no(turn)

    def on_back(self, turn: Turn) -> None:
        """Shows the step before."""
        _, number = running(turn)
        if number > 1:
            go_to(turn, number - 1)
        else:
            turn.say("navigate.step.first")
            show_step(turn)

    def on_stuck(self, turn: Turn) -> None:
        """Helps with the step."""
        self.on_no(turn)

    def on_failed(self, turn: Turn) -> None:
        """Helps with the step; after a saying of the page, asks what it says now."""
        if turn.memory.screens:
            turn.say("navigate.step.what_does_it_say")
            turn.offer("repeat", "another_way", "contact_bureau")
            turn.memory.screens = []
            turn.pend(self)
        else:
            self.on_no(turn)

    def on_worked(self, turn: Turn) -> None:
        """Goes on."""
        self.on_yes(turn)

    def on_solved(self, turn: Turn) -> None:
        """Asks what exactly is solved, or at the last step whether the log-in works, if unsaid."""
        if not self.holds(turn):
            close(turn)
            return
        way, number = running(turn)
        at = step_at(way, "new_password_page")
        is_thanked = "thanks" in turn.acts and at is not None and number >= at
        is_left = not {"leave", "bye"}.isdisjoint(turn.acts) and turn.intent != "stop"
        is_plain = turn.is_click or (turn.intent == "resolved" and (turn.is_sure() or is_left))
        if "reached:logged_in" in turn.acts or is_thanked:
            close(turn)
            return
        if number == len(way.steps):
            if is_plain:
                close(turn)
            else:
                KINDS["finish"]().ask(turn)
            return
        turn.say("navigate.solved.which")
        turn.offer("can_log_in", "this_step_done")
        turn.memory.pending_question = "logged_in"

    def on_item(self, turn: Turn, number: int) -> bool:
        """Shows the n-th step."""
        way, _ = running(turn)
        number = len(way.steps) if number == -1 else number
        if not 1 <= number <= len(way.steps):
            return False
        go_to(turn, number)
        return True
