"""Changing the bound number of somebody who may still be able to log in: on the page."""

from __future__ import annotations

from actions import bureau, recover
from actions.explanations import remember
from actions.questions import TwoSidedQuestion
from actions.turn import Turn

TOPICS = ("change_number", "update_contact_info")  # the question, and the intent that asks it
IDLE = ("", "menu")  # questions beside which nothing is going on
OTHER_WANTS = ("matter", "trouble", "wish", "drop", "screen", "reached")  # acts


def follow_number_change(turn: Turn) -> None:
    """After it was explained where a number is changed, asks whether they can log in at all."""
    is_new = TOPICS[1] not in turn.was_explained
    is_idle = is_new and not turn.memory.guide and not turn.memory.diagnosis
    wants_more = any(act.startswith(OTHER_WANTS) for act in turn.acts)
    if is_idle and turn.pending_question.kind in IDLE and not wants_more:
        NumberChangeQuestion().ask(turn)


def is_asked(turn: Turn) -> bool:
    """Tells whether that was asked in this turn: facts then are kept, and nothing else follows."""
    return turn.memory.pending_question == NumberChangeQuestion.kind


class NumberChangeQuestion(TwoSidedQuestion):
    """Whether somebody who wants to change the bound number can still log in."""

    kind = "fact:number_change"
    passing = False

    def ask(self, turn: Turn) -> None:
        """Asks it."""
        turn.say("case.change.number_logs_in")
        turn.offer_first("cannot_log_in")
        turn.offer_first("can_log_in")
        turn.pend(self)

    def offer_again(self, turn: Turn) -> None:
        """Asks it again: it is short enough."""
        self.ask(turn)

    def on_yes(self, turn: Turn) -> None:
        """Says what is looked for on the page."""
        remember(turn, TOPICS[1])
        NumberPageQuestion().ask(turn)

    def on_no(self, turn: Turn) -> None:
        """Who cannot log in has to get in first, or goes to the bureau."""
        turn.say("case.change.number_otherwise")
        recover.find_way(turn)

    def on_solved(self, turn: Turn) -> None:
        """They are in; the number is what is left."""
        self.on_yes(turn)


class NumberPageQuestion(TwoSidedQuestion):
    """Whether the place was found where the bound number is changed."""

    kind = "fact:number_page"
    passing = False

    def ask(self, turn: Turn) -> None:
        """Says where it is looked for."""
        turn.say("case.change.number_on_page")
        turn.offer("found", "not_found", "find_way")
        turn.pend(self)

    def offer_again(self, turn: Turn) -> None:
        """Asks it again: it is short enough."""
        self.ask(turn)

    def on_yes(self, turn: Turn) -> None:
        """The page knows the rest."""
        turn.say("case.change.number_then")
        turn.pend(self)

    def on_no(self, turn: Turn) -> None:
        """The bureau knows what to do about it."""
        turn.say("case.change.number_at_bureau")
        bureau.show_bureau(turn)

    def take_screen(self, turn: Turn, name: str) -> bool:
        """Takes that the page has no such place; tells whether it says that."""
        if name == "option_missing":
            self.on_no(turn)
        return name == "option_missing"
