"""Fraud: the official line for people who met or suspect a scam."""

from __future__ import annotations

from actions.content_types import Spoken
from actions.turn import TopicAction, Turn

HELPED = 2  # what to do at once has been said in full


class ActionWarnScam(TopicAction):
    """Answers a suspected scam."""

    digression = True

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_warn_scam"

    def act(self, turn: Turn) -> None:
        """Says the official line, where to check, and whom to call after a loss."""
        warn(turn)


def warn(turn: Turn) -> None:
    """Says the official line on fraud; who goes on about it needs what to do at once instead."""
    if turn.was_warned:
        help_at_once(turn)
    else:
        _say(turn, turn.content.scam, 1)


def help_at_once(turn: Turn) -> None:
    """Says what to do now, to somebody who has given something away."""
    if turn.was_warned < HELPED:
        _say(turn, turn.content.practical["gave_away"], HELPED)
    else:
        _say(turn, turn.content.practical["gave_away_again"], HELPED)


def _say(turn: Turn, spoken: Spoken, warned: int) -> None:
    if turn.memory.warned:
        return  # said in this message already
    turn.warn_of_fraud(spoken)
    turn.memory.warned = warned


def is_about_fraud(turn: Turn) -> bool:
    """Tells whether the message comes right after a warning, with nothing else begun."""
    memory = turn.memory
    return turn.was_warned > 0 and not memory.guide and not memory.diagnosis
