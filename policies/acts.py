"""The kinds of dialogue acts, and what can be told of acts by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from serving.numerals import read_number, value_of

MAX_DIGITS = 2
DONE_TO = "done_to"  # the steps up to the n-th are done
NUMBERED = ("go_to", "item", DONE_TO)  # acts whose number stands in the message
OF_CAUSES = ("rules_out", "points_to")  # acts that speak of a cause of a trouble
BESIDE = ("fact", "upset", "hurry", "all_at_once", *OF_CAUSES)  # acts that go with any intent
HUMAN = "ask:human"
REPORTED = ("reached", "screen:option_missing", *OF_CAUSES)  # go with any report
BESIDE_QUESTIONS = (*BESIDE, "correct", "place", HUMAN)  # go with any question
AFRESH = "start_over"
MOODS = frozenset(("upset", "hurry"))
STATED = frozenset(
    ("solved", "worked", "yes")
)  # what may close a case is said, also if an intent says it
SETBACKS = ("trouble", "stuck", "failed")
ALONE = frozenset(("alone", "off_topic", "other_service"))  # the intent's own action answers
ANYWHERE = ("reached", "screen", "fact")
ANSWERS = frozenset(
    ("yes", "no", "unsure", "ack", "done", "failed", "stuck", "not_it", "next", "back", "again")
) | {"solved", "worked", "off_topic"}
LULLS = frozenset(("resume", "wait"))
MOVES = ANSWERS | LULLS | {"leave", "recall"}
CORRECT = "correct"
SOLVED = "solved"
GOOD_NEWS = frozenset((SOLVED, "worked"))
SOLVED_IN_PART = "solved_in_part"  # the log-in works, and something else does not
COMPLAINTS = ("failed", "stuck", "not_it", "trouble", "screen", "ask:nothing_found")
# What a page shows or asks for, and is no complaint.
SHOWN = (
    "screen:asks",
    "screen:captcha",
    "screen:download_page",
    "screen:in_review",
    "screen:login_again",
    "screen:number_shown",
    "screen:other_options",
    "screen:success",
)
MAX_BARE = 8  # letters of a correction that says nothing but that something was wrong


def letters(text: str) -> int:
    """Returns how many letters and digits a text has."""
    return sum(character.isalnum() for character in text)


def says_less(acts: Sequence[str], than: Sequence[str]) -> bool:
    """Tells whether acts only answer, move on or pick a way, and others say more than that."""
    return _weight(acts) < min(_weight(than), 2)


def _weight(acts: Sequence[str]) -> int:
    """Returns 0 for acts that only answer or move on, 1 if they also pick a way, 2 for more."""
    return max(
        (0 if act in ANSWERS | LULLS else 1 if act.startswith("wish") else 2 for act in acts),
        default=0,
    )


def is_progress(acts: Sequence[str]) -> bool:
    """Tells whether acts say nothing but that it goes on."""
    return all(
        act.startswith("reached") or act in ("done", "next", "worked", DONE_TO) for act in acts
    )


def complains_after_success(parts: Sequence[Mapping[str, float]], minimum: float) -> bool:
    """Tells whether a later part of a message than its success complains, and tells none.

    Args:
        parts: the scores of all acts in each part, in order.
        minimum: what the score of a complaint has to be at least.
    """
    if not parts:
        return False
    best = max(range(len(parts)), key=lambda number: parts[number][SOLVED])
    return any(_complaint_in(part) >= max(minimum, part[SOLVED]) for part in parts[best + 1 :])


def _complaint_in(scores: Mapping[str, float]) -> float:
    """Returns the score of the likeliest act that says that something is wrong."""
    complaints = [
        score
        for act, score in scores.items()
        if act.startswith(COMPLAINTS) and not act.startswith(SHOWN)
    ]
    return max(complaints, default=0.0)


def are_anywhere(acts: Sequence[str]) -> bool:
    """Tells whether acts mean the same when nothing was asked: somebody tells where they are."""
    return all(act.startswith(ANYWHERE) for act in acts)


def read_meant(spec: Mapping[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Returns the acts of each intent and the kinds of question under which they are so."""
    return {
        name: {
            "acts": list(intent["acts"]),
            "under": list(
                spec[intent["under"]] if isinstance(intent["under"], str) else intent["under"]
            ),
        }
        for name, intent in spec["intents"].items()
    }


def plain(act: str) -> str:
    """Returns an act as it is learnt: a number that stands in the message is left out."""
    name, _, value = act.partition(":")
    return name if name in NUMBERED and value != "last" else act


def numbered(act: str, text: str) -> str:
    """Returns an act with the number of the message, if it takes one.

    It is the first one; of steps that are done, the greatest.
    """
    if act not in NUMBERED:
        return act
    # A longer number is none of a list or a guide; it may be a secret.
    found = [number for number in _numbers(text) if len(number) <= MAX_DIGITS]
    if act == DONE_TO:
        found.sort(key=lambda number: read_number(number) or 0, reverse=True)
    elif len(next(_numbers(text), "")) > MAX_DIGITS:
        found = []
    return f"{act}:{found[0]}" if found else act


def _numbers(text: str) -> Iterator[str]:
    """Yields the runs of numerals in a text."""
    for is_number, run in groupby(text, lambda character: value_of(character) is not None):
        if is_number:
            yield "".join(run)
