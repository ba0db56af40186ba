"""Fraud: the official line for people who met or suspect a scam."""

from __future__ import annotations

from actions.turn import TopicAction, Turn

WARNED = "warned"  # in the case file: of fraud, once


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
    is_emergency = turn.memory.facts.get(WARNED)
    turn.memory.facts[WARNED] = True
    turn.say_spoken(turn.content.practical["gave_away"] if is_emergency else turn.content.scam)
    turn.card = {"kind": "safety"}


def is_about_fraud(turn: Turn) -> bool:
    """Tells whether the case is about a fraud and nothing else."""
    memory = turn.memory
    return bool(memory.facts.get(WARNED)) and not memory.guide and not memory.diagnosis
