"""Fraud: the official line for people who met or suspect a scam."""

from __future__ import annotations

from actions.turn import TopicAction, Turn


class ActionWarnScam(TopicAction):
    """Answers a suspected scam."""

    digression = True

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_warn_scam"

    def act(self, turn: Turn) -> None:
        """Says the official line, where to check, and whom to call after a loss."""
        turn.say_spoken(turn.content.scam)
        turn.card = {"kind": "safety"}
