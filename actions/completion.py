"""Whether it has worked in the end: the two questions to which a yes closes the case."""

from __future__ import annotations

from actions.diagnose import start_diagnosis
from actions.guide import go_on, is_last_step, running, show_step
from actions.questions import Question, ask_logged_in, close
from actions.recover import find_way, leave_way
from actions.turn import Turn

QUESTION = "navigate.solved.question"
BY_TRIAL = "navigate.solved.by_trial"
INSIDE = "navigate.solved.inside"  # for who says so, as far as it was understood


class FinishQuestion(Question):
    """Whether the new password works, after the last step."""

    kind = "finish"
    passing = False
    is_of_end = True
    rejoices = True

    def holds(self, turn: Turn) -> bool:
        """Tells whether a guide is running."""
        return bool(turn.memory.guide)

    def ask(self, turn: Turn) -> None:
        """Asks it."""
        way, _ = running(turn)
        turn.say_text(way.finish)
        turn.offer("can_log_in", "cannot_log_in", "previous")
        turn.memory.interrupted = None
        turn.pend(self)

    def on_yes(self, turn: Turn) -> None:
        """Closes the case."""
        close(turn)

    def on_no(self, turn: Turn) -> None:
        """Looks for the reason, or for another way."""
        if not self.holds(turn):
            super().on_no(turn)
            return
        way, _ = running(turn)
        if way.failed:
            start_diagnosis(turn, way.failed)
        else:
            leave_way(turn)

    def on_ack(self, turn: Turn) -> None:
        """Asks again: it is no answer to a two-sided question."""
        ask_logged_in(turn)

    def on_done(self, turn: Turn) -> None:
        """Asks what came of it."""
        ask_logged_in(turn)

    def on_next(self, turn: Turn) -> None:
        """Says that there is no further step."""
        go_on(turn)

    def on_back(self, turn: Turn) -> None:
        """Shows the last step."""
        show_step(turn)

    def on_stuck(self, turn: Turn) -> None:
        """Takes it as a no."""
        self.on_no(turn)

    def on_failed(self, turn: Turn) -> None:
        """Takes it as a no."""
        self.on_no(turn)

    def on_unsure(self, turn: Turn) -> None:
        """Asks for a trial: nothing is wrong yet."""
        ask_by_trial(turn)

    def on_worked(self, turn: Turn) -> None:
        """Asks: what was overcome may be less than the log-in."""
        ask_logged_in(turn)


def ask_by_trial(turn: Turn) -> None:
    """Asks who cannot tell whether they can log in to try it; asked again, only whether."""
    if turn.was_just_said(turn.content.text(BY_TRIAL)):
        ask_logged_in(turn)
        return
    turn.say(BY_TRIAL)
    turn.offer("can_log_in", "cannot_log_in")
    turn.memory.interrupted = None
    turn.pend(LoggedInQuestion())


class LoggedInQuestion(Question):
    """Whether the person can log in now."""

    kind = "logged_in"
    passing = False
    is_of_end = True
    rejoices = True

    def ask(self, turn: Turn) -> None:
        """Asks it."""
        turn.say(INSIDE if turn.says_inside else QUESTION)
        turn.offer("can_log_in", "cannot_log_in")
        turn.pend(self)

    def on_yes(self, turn: Turn) -> None:
        """Closes the case."""
        close(turn)

    def on_no(self, turn: Turn) -> None:
        """Goes on with a trouble that waits, looks for the reason, or leads to another way."""
        if turn.memory.waiting:
            start_diagnosis(turn, turn.memory.waiting.pop(0))
        elif turn.memory.guide and is_last_step(turn):
            FinishQuestion().on_no(turn)
        else:
            leave_way(turn)

    def on_ack(self, turn: Turn) -> None:
        """Asks again: it is no answer."""
        self.ask(turn)

    def on_done(self, turn: Turn) -> None:
        """Asks again, it is no answer; asked twice, goes on with the recovery."""
        asked = (QUESTION, INSIDE, BY_TRIAL)
        was_asked = any(turn.was_just_said(turn.content.text(text)) for text in asked)
        if not was_asked:
            self.ask(turn)
        elif turn.memory.guide:
            show_step(turn)
        else:
            find_way(turn)

    def on_next(self, turn: Turn) -> None:
        """Goes on with the guide; without one, with what was before."""
        if turn.memory.guide:
            go_on(turn)
        else:
            find_way(turn)

    def on_failed(self, turn: Turn) -> None:
        """Takes it as a no."""
        self.on_no(turn)

    def on_stuck(self, turn: Turn) -> None:
        """Takes it as a no."""
        self.on_no(turn)

    def on_unsure(self, turn: Turn) -> None:
        """Takes it for no answer: goes on with the guide, or asks for a trial."""
        if turn.memory.guide and not is_last_step(turn):
            show_step(turn)
        else:
            ask_by_trial(turn)

    def on_worked(self, turn: Turn) -> None:
        """Closes the case."""
        close(turn)
