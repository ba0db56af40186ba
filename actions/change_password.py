"""Changing a password that is still known: on the page, without a way to recover it."""

from __future__ import annotations

from actions import recover
from actions.completion import LoggedInQuestion
from actions.questions import TwoSidedQuestion
from actions.turn import Turn

TOPIC = "change_password"
IDLE = ("", "menu", "fact:change")  # questions beside which nothing is going on


def follow_change(turn: Turn) -> None:
    """After it was explained where a password is changed, asks whether that was found."""
    is_idle = not turn.memory.guide and not turn.memory.diagnosis
    if is_idle and turn.pending_question.kind in IDLE:
        ChangeQuestion().ask(turn)


class ChangeQuestion(TwoSidedQuestion):
    """Whether the place was found where a known password is changed."""

    kind = "fact:change"
    passing = False

    def ask(self, turn: Turn) -> None:
        """Asks it."""
        turn.say("case.change.change_found")
        turn.offer("found", "not_found", "find_way")
        turn.pend(self)

    def offer_again(self, turn: Turn) -> None:
        """Asks it again: it is short enough."""
        self.ask(turn)

    def on_yes(self, turn: Turn) -> None:
        """Says what the page wants, and waits for what comes of it."""
        turn.say("case.change.change_then")
        turn.offer("can_log_in", "cannot_log_in")
        turn.pend(LoggedInQuestion())

    def on_no(self, turn: Turn) -> None:
        """Who cannot change it sets a new one, for which the old one is not needed."""
        turn.say("case.change.change_otherwise")
        recover.find_way(turn)

    def take_screen(self, turn: Turn, name: str) -> bool:
        """Takes what the page says; tells whether it says something about this."""
        if name == "asks_old_password":
            self.on_yes(turn)
        elif name in ("option_missing", "mismatch", "locked"):
            self.on_no(turn)
        else:
            return False
        return True
