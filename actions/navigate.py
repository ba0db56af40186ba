"""Moving through a guide or a diagnosis: one action for each way to ask for it."""

from __future__ import annotations

from actions import bureau, case, diagnose, guide, other_systems, recover, safety
from actions.cause_questions import CauseQuestion
from actions.meant import MeantQuestion, is_of_old_button
from actions.questions import CLOSED, Question, ReturnQuestion, continue_interrupted, show_menu
from actions.turn import CASE_SHOWN, TopicAction, Turn, values
from serving.numerals import read_number


def take_extent(turn: Turn) -> bool:
    """Takes "all of them" and "another way"; tells whether the message was one of these."""
    extent = turn.entity("extent")
    if extent == "all" and turn.memory.diagnosis:
        diagnose.show_all_causes(turn)
    elif extent == "all":
        recover.list_ways(turn)
    elif extent == "next":
        recover.leave_way(turn)
    else:
        return False
    return True


def stop(turn: Turn) -> None:
    """Stops; what was reached is kept and can be taken up again."""
    turn.say_spoken(turn.content.chitchat["stop"])
    if not turn.pending_question.passing:
        turn.memory.interrupted = turn.pending_question.to_slot()
    if turn.memory.guide:
        turn.offer_first("to_step", step=turn.memory.guide["step"])
    turn.offer("find_way")
    if turn.memory.interrupted or turn.memory.guide:
        turn.pend(ReturnQuestion())


def just_tell(turn: Turn) -> bool:
    """Stops asking: begins the likeliest way, or says the present step in short.

    A move of its own, so that it is always made.
    """
    if turn.memory.guide:
        guide.show_step_briefly(turn)
    elif turn.memory.diagnosis:
        diagnose.show_all_causes(turn)
    elif turn.pending_question.kind == bureau.RegionQuestion.kind:
        turn.pending_question.on_stuck(turn)  # the bureau is what is left
    else:
        turn.say("case.just_tell")
        recover.start_guide(turn, case.best_way(turn))
    return True


def show_case(turn: Turn) -> bool:
    """Shows what is on file, to be corrected; a move that is always made."""
    titles = case.titles(turn)
    if titles:
        turn.say("case.shown", facts=bureau.in_a_row(turn.content, titles))
        turn.say("case.shown_after")
        turn.memory.facts[CASE_SHOWN] = True
    else:
        turn.say("case.nothing")
    turn.offer("find_way", "contact_bureau")
    turn.offer_to_continue()
    return True


def go_to_step(turn: Turn, number: int | None) -> None:
    """Shows a step of the running guide, or says how many there are."""
    if not turn.memory.guide:
        turn.memory.interrupted = turn.memory.interrupted or turn.pending_question.to_slot()
        continue_interrupted(turn)
        return
    way, present = guide.running(turn)
    if number == present and _objects(turn):
        guide.show_whole_guide(turn)
        return
    if number == present and _is_spoken_of(turn):
        if not (turn.said_so_far() and values(turn, "ask")):  # what was asked is answered
            turn.say("navigate.step.not_here", step=present)
        turn.offer("another_way", "contact_bureau")
        turn.pend(guide.StepQuestion())
        return
    if number and 1 <= number <= len(way.steps):
        guide.go_to(turn, number)
        return
    total = len(way.steps)
    if number is None:
        turn.say("navigate.step.which", total=total)
    else:
        turn.say("navigate.step.no_such", total=total, asked=number, step=present)
    turn.offer("to_step", step=present)
    turn.offer("next", "previous", "start_over")
    turn.pend(guide.StepQuestion())


def _objects(turn: Turn) -> bool:
    """Tells whether it is wondered at that a guide has begun at a later step than the first."""
    _, number = guide.running(turn)
    begun_later = number == guide.first_step(turn, (turn.memory.guide or {})["way"]) > 1
    goes_on = not {"done", "next", "again", "reached"}.isdisjoint(turn.acts)
    return begun_later and turn.says_much() and not goes_on and not turn.is_click


def _is_spoken_of(turn: Turn) -> bool:
    """Tells whether the present step is named by who denies to be there, or asks something else."""
    kinds = {act.partition(":")[0] for act in turn.acts}
    return not turn.is_click and not kinds.isdisjoint(("correct", "upset", "ask"))


def start_over(turn: Turn) -> None:
    """Begins the running guide again; without one, the whole case."""
    if turn.memory.guide:
        turn.say("navigate.step.restarted")
        turn.memory.stuck = []
        guide.go_to(turn, 1)
    else:
        turn.memory.forget_case()
        recover.find_way(turn)


def open_question(turn: Turn) -> Question:
    """Returns what an answer is for: what was asked; without that, what is running."""
    if turn.pending_question.kind:
        return turn.pending_question
    if turn.memory.guide:
        return guide.StepQuestion()
    if turn.memory.diagnosis:
        return CauseQuestion()
    return turn.pending_question


class ActionTakeYes(TopicAction):
    """Answers a yes."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_take_yes"

    def act(self, turn: Turn) -> None:
        """Takes it as the answer to what was asked; to no question, asks what is wanted."""
        memory = turn.memory
        running = memory.interrupted or memory.guide or memory.diagnosis
        if is_of_old_button(turn):
            return
        if (
            turn.pending_question.passing
            and turn.pending_question.kind not in ("meaning", "picture", MeantQuestion.kind)
            and not running
        ):
            show_menu(turn)
        elif turn.pending_question.rejoices and not turn.is_click:
            turn.pending_question.on_ack(turn)  # it may be a yes to something else
        else:
            turn.pending_question.on_yes(turn)


class ActionTakeNo(TopicAction):
    """Answers a no, and a report that it still does not work."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_take_no"

    def act(self, turn: Turn) -> None:
        """Takes it as the answer to what was asked; all causes at once where that is wanted."""
        if take_extent(turn):
            return
        if turn.intent == "not_resolved":
            open_question(turn).on_failed(turn)
        elif not turn.is_click and safety.is_about_fraud(turn):
            safety.reassure(turn)
        else:
            turn.pending_question.on_no(turn)


class ActionGoOn(TopicAction):
    """Answers who wants the next thing."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_go_on"

    def act(self, turn: Turn) -> None:
        """Goes on with what was asked: the next step, the next cause, or a yes."""
        open_question(turn).on_next(turn)


class ActionGoBack(TopicAction):
    """Answers who wants the step before."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_go_back"

    def act(self, turn: Turn) -> None:
        """Shows the step before, or the cause before."""
        open_question(turn).on_back(turn)


class ActionRepeatStep(TopicAction):
    """Answers who wants the present step again or asks where they are."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_repeat_step"

    def act(self, turn: Turn) -> None:
        """Shows again what is running."""
        open_question(turn).on_again(turn)


class ActionGoToStep(TopicAction):
    """Answers who names a step by its number."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_go_to_step"

    def act(self, turn: Turn) -> None:
        """Shows that step of the running guide, or says how many there are."""
        go_to_step(turn, read_number(turn.entity("step_number") or ""))


class ActionExplainStep(TopicAction):
    """Answers who is stuck at the present step."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_explain_step"

    def act(self, turn: Turn) -> None:
        """Explains the step; without a guide, asks which trouble it is."""
        open_question(turn).on_stuck(turn)


class ActionStartOver(TopicAction):
    """Answers who wants to begin again."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_start_over"

    def act(self, turn: Turn) -> None:
        """Begins the running guide again; without one, the whole case."""
        start_over(turn)


class ActionStop(TopicAction):
    """Answers who wants to leave it."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_stop"

    def act(self, turn: Turn) -> None:
        """Stops; what was reached is kept. Who leaves one way for another gets that."""
        if not take_extent(turn):
            stop(turn)


class ActionCloseCase(TopicAction):
    """Answers who says that it is solved."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_close_case"

    def act(self, turn: Turn) -> None:
        """Closes; in the middle of something, asks what exactly is solved.

        Of a message in which no act says so, it asks what came of it: its intent may be wrong.
        """
        question = open_question(turn)
        if other_systems.goes_on(turn):
            return
        if turn.is_click or (turn.memory.facts.get(CLOSED) and not question.kind):
            question.on_solved(turn)
        else:
            question.on_done(turn)
