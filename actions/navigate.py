"""Moving through a guide or a diagnosis: one action for each way to ask for it."""

from __future__ import annotations

from actions import diagnose, recover
from actions.navigation import (
    ask_trouble,
    close,
    come_back,
    explain_step,
    go_on,
    go_to,
    read_number,
    show_menu,
    take_extent,
    take_no,
    take_yes,
)
from actions.turn import PASSING_QUESTIONS, TopicAction, Turn


class ActionTakeYes(TopicAction):
    """Answers a yes."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_take_yes"

    def act(self, turn: Turn) -> None:
        """Takes it as the answer to what was asked; to no question, asks what is wanted."""
        memory = turn.memory
        if turn.asked == "meaning":
            turn.say_spoken(turn.content.talk["which_then"])
        elif turn.asked in PASSING_QUESTIONS and not (
            memory.resume or memory.guide or memory.diagnosis
        ):
            show_menu(turn)
        else:
            take_yes(turn)


class ActionTakeNo(TopicAction):
    """Answers a no, and a report that it still does not work."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_take_no"

    def act(self, turn: Turn) -> None:
        """Takes it as the answer to what was asked; all causes at once where that is wanted."""
        if not take_extent(turn):
            take_no(turn)


class ActionGoOn(TopicAction):
    """Answers who has done a step or wants the next thing."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_go_on"

    def act(self, turn: Turn) -> None:
        """Goes on with what was asked: the next step, the next cause, or a yes."""
        asked = turn.asked or ""
        if asked in ("cause", "all_causes") and turn.memory.diagnosis:
            (diagnose.solve if turn.says_done() else diagnose.rule_out)(turn)
        elif asked == "finish" and turn.says_done():
            close(turn)
        elif turn.memory.guide and asked in ("step", "finish", "logged_in"):
            go_on(turn)
        elif asked == "logged_in" and not turn.says_done():
            turn.memory.resume = asked
            come_back(turn)
        elif turn.memory.guide and not asked:
            (go_on if turn.wants_next() else come_back)(turn)
        else:
            take_yes(turn)


class ActionGoBack(TopicAction):
    """Answers who wants the step before."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_go_back"

    def act(self, turn: Turn) -> None:
        """Shows the step before, or the cause before."""
        memory = turn.memory
        if turn.asked in ("cause", "all_causes") and memory.diagnosis:
            memory.diagnosis["cause"] = max(0, memory.diagnosis["cause"] - 1)
            diagnose.show_cause(turn)
        elif memory.guide and turn.asked == "finish":
            recover.show_step(turn)
        elif memory.guide and memory.guide["step"] > 1:
            go_to(turn, memory.guide["step"] - 1)
        else:
            if memory.guide:
                turn.say("navigate.step.first")
            come_back(turn)


class ActionRepeatStep(TopicAction):
    """Answers who wants the present step again or asks where they are."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_repeat_step"

    def act(self, turn: Turn) -> None:
        """Shows again what is running."""
        if turn.asked not in ("step", "return", None):
            turn.memory.resume = turn.asked
        come_back(turn)


class ActionGoToStep(TopicAction):
    """Answers who names a step by its number."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_go_to_step"

    def act(self, turn: Turn) -> None:
        """Shows that step of the running guide, or says how many there are."""
        number = read_number(turn.entity("step_number") or "")
        if not turn.memory.guide:
            turn.memory.resume = turn.memory.resume or turn.asked
            come_back(turn)
            return
        way, present = recover.running(turn)
        if number and 1 <= number <= len(way.steps):
            go_to(turn, number)
            return
        total = len(way.steps)
        if number is None:
            turn.say("navigate.step.which", total=total)
        else:
            turn.say("navigate.step.no_such", total=total, asked=number, step=present)
        turn.offer("to_step", step=present)
        turn.offer("next", "previous", "start_over")
        turn.memory.question = "step"


class ActionExplainStep(TopicAction):
    """Answers who is stuck at the present step."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_explain_step"

    def act(self, turn: Turn) -> None:
        """Explains the step; without a guide, asks which trouble it is."""
        if turn.asked in ("cause", "all_causes") and turn.memory.diagnosis:
            diagnose.rule_out(turn)
        elif turn.memory.guide:
            explain_step(turn)
        else:
            ask_trouble(turn)


class ActionStartOver(TopicAction):
    """Answers who wants to begin again."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_start_over"

    def act(self, turn: Turn) -> None:
        """Begins the running guide again; without one, the whole case."""
        if turn.memory.guide:
            turn.say("navigate.step.restarted")
            turn.memory.stuck = []
            go_to(turn, 1)
        else:
            turn.memory.forget_case()
            recover.find_way(turn)


class ActionStop(TopicAction):
    """Answers who wants to leave it."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_stop"

    def act(self, turn: Turn) -> None:
        """Stops; what was reached is kept and can be taken up again."""
        turn.say_spoken(turn.content.talk["stop"])
        if turn.asked not in PASSING_QUESTIONS:
            turn.memory.resume = turn.asked
        if turn.memory.guide:
            turn.offer("to_step", step=turn.memory.guide["step"])
        turn.offer("find_way")
        turn.memory.question = "return" if turn.memory.resume or turn.memory.guide else None


class ActionCloseCase(TopicAction):
    """Answers who says that it is solved."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_close_case"

    def act(self, turn: Turn) -> None:
        """Closes; in the middle of something, asks what exactly is solved."""
        if turn.asked in ("cause", "all_causes") and turn.memory.diagnosis:
            diagnose.solve(turn)
        elif turn.asked == "step" and turn.memory.guide:
            turn.say("navigate.solved.which")
            turn.offer("can_log_in", "this_step_done")
            turn.memory.question = "logged_in"
        else:
            close(turn)
