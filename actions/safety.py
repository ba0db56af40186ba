"""Fraud: the official line for people who met or suspect a scam."""

from __future__ import annotations

from actions.turn import TopicAction, Turn
from content_loader.shapes import Spoken

HELPED = 2  # what to do at once has been said
SHORT = "gave_away_again"
WARNED, IN_FULL = "warned", "helped"  # notes of the case: what has been said in full


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
    """Says the official line on fraud, once a case; who goes on about it needs to know what to do.

    After that only in short, in other words than just before.
    """
    facts, content = turn.memory.facts, turn.content
    if not facts.get(WARNED):
        facts[WARNED] = True
        _say(turn, content.scam, 1)
    elif turn.was_warned and not facts.get(IN_FULL):
        help_at_once(turn)
    elif turn.was_warned == HELPED and not turn.was_just_said(content.practical[SHORT].text):
        _say(turn, content.practical[SHORT], HELPED)
    else:
        _say(turn, content.practical["is_scam_again"], HELPED)


def reassure(turn: Turn) -> None:
    """Says to somebody who has done nothing of what was warned of that this is well."""
    turn.say("case.unharmed")
    turn.memory.warned = 1
    turn.offer("official_source", "contact_bureau", "find_way")


def help_at_once(turn: Turn) -> None:
    """Says what to do now, to somebody who has given something away; in full once a case."""
    facts, content = turn.memory.facts, turn.content
    if not facts.get(IN_FULL):
        facts[WARNED] = facts[IN_FULL] = True
        _say(turn, content.practical["gave_away"], HELPED)
    elif turn.was_just_said(content.practical[SHORT].text):
        _say(turn, content.practical["is_scam_again"], HELPED)
    else:
        _say(turn, content.practical[SHORT], HELPED)


def _say(turn: Turn, spoken: Spoken, warned: int) -> None:
    if turn.memory.warned:
        return  # said in this message already
    turn.warn_of_fraud(spoken)
    turn.memory.warned = warned


def is_about_fraud(turn: Turn) -> bool:
    """Tells whether the message comes after a warning, with nothing else begun."""
    memory = turn.memory
    is_begun = memory.guide or memory.diagnosis or memory.attempts or memory.obstacles
    is_still = memory.facts.get(WARNED) and not is_begun and turn.pending_question.passing
    return bool(is_still) or (turn.was_warned > 0 and not memory.guide and not memory.diagnosis)
