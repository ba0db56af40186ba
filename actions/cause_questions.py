"""What is asked about the causes of a trouble, and what each answer means."""

from __future__ import annotations

from actions.causes_heard import rules_out_others, say_not_it, take_causes, trouble_named
from actions.diagnose import (
    confirm,
    pend_confirmation,
    rule_out,
    running,
    show_all_causes,
    show_cause,
    solve,
    take_present,
)
from actions.guide import AT_THE_END
from actions.questions import Question, ask_logged_in, close
from actions.turn import Turn, values


class CauseQuestion(Question):
    """Whether the remedy of the present cause has helped."""

    kind = "cause"
    passing = False

    def holds(self, turn: Turn) -> bool:
        """Tells whether a diagnosis is running."""
        return bool(turn.memory.diagnosis)

    def ask(self, turn: Turn) -> None:
        """Shows the cause."""
        show_cause(turn)

    def offer_again(self, turn: Turn) -> None:
        """Offers to go on with the trouble."""
        _, trouble, _ = running(turn)
        turn.say("navigate.return.cause", trouble=trouble.title)
        turn.offer_first("return_cause")

    def on_yes(self, turn: Turn) -> None:
        """Asks what came of it, unless it says that too: a yes may mean that this is the cause."""
        if turn.intent == "resolved":
            self.on_worked(turn)
        elif self.holds(turn):
            take_present(turn)
        else:
            super().on_yes(turn)

    def on_no(self, turn: Turn) -> None:
        """Goes on to the next cause."""
        if self.holds(turn):
            rule_out(turn)
        else:
            super().on_no(turn)

    def on_ack(self, turn: Turn) -> None:
        """Asks what came of it."""
        confirm(turn)

    def on_done(self, turn: Turn) -> None:
        """Asks what came of it."""
        confirm(turn)

    def on_next(self, turn: Turn) -> None:
        """Goes on to the next cause."""
        self.on_no(turn)

    def on_back(self, turn: Turn) -> None:
        """Shows the cause before."""
        if turn.memory.diagnosis:
            turn.memory.diagnosis["cause"] = max(0, turn.memory.diagnosis["cause"] - 1)
        self.ask(turn)

    def on_stuck(self, turn: Turn) -> None:
        """Goes on to the next cause."""
        self.on_no(turn)

    def on_failed(self, turn: Turn) -> None:
        """Goes on to the next cause."""
        self.on_no(turn)

    def on_not_it(self, turn: Turn) -> None:
        """Goes on to the next cause, and says that this one is out, or that others are."""
        is_of_others = self.holds(turn) and (rules_out_others(turn) or trouble_named(turn))
        if is_of_others and take_causes(turn):
            return
        if self.holds(turn):
            _, trouble, index = running(turn)
            out = [trouble.causes[index].title]
            named = values(turn, "rules_out")
            out += [c.title for c in trouble.causes if c.name in named and c.title not in out]
            say_not_it(turn, out)
        self.on_no(turn)

    def on_worked(self, turn: Turn) -> None:
        """The trouble is solved."""
        if self.holds(turn):
            solve(turn)
        else:
            super().on_worked(turn)

    def on_solved(self, turn: Turn) -> None:
        """The trouble is solved; who is in, has a new password or gives thanks may mean all."""
        is_at_end = not set(values(turn, "reached")).isdisjoint(AT_THE_END)
        if "reached:logged_in" in turn.acts and not turn.memory.waiting:
            close(turn)
        elif "thanks" in turn.acts or is_at_end:
            turn.outcome = "helped"
            turn.memory.diagnosis = None
            ask_logged_in(turn)
        else:
            self.on_worked(turn)

    def on_item(self, turn: Turn, number: int) -> bool:
        """Shows the n-th cause."""
        if not self.holds(turn):
            return False
        name, trouble, _ = running(turn)
        number = len(trouble.causes) if number == -1 else number
        if not 1 <= number <= len(trouble.causes):
            return False
        turn.memory.diagnosis = {"trouble": name, "cause": number - 1}
        show_cause(turn)
        return True


class AllCausesQuestion(CauseQuestion):
    """Whether one of all remedies has helped."""

    kind = "all_causes"

    def ask(self, turn: Turn) -> None:
        """Lists the causes."""
        show_all_causes(turn)

    def on_not_it(self, turn: Turn) -> None:
        """None of them was it."""
        self.on_no(turn)


class ConfirmQuestion(CauseQuestion):
    """Whether it works now, asked where the answer before left it open."""

    kind = "confirm"
    rejoices = True

    def ask(self, turn: Turn) -> None:
        """Asks it."""
        turn.say("navigate.cause.confirm")
        pend_confirmation(turn)

    def on_yes(self, turn: Turn) -> None:
        """The trouble is solved."""
        self.on_worked(turn)
