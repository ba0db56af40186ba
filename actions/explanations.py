"""Explains what is asked beside the point: by where the person is, and never the same running.

Who goes on asking after an answer wants to know something else than was said: the finer answer,
then what the questions may have meant instead, then the plain word that there is no more.
"""

from __future__ import annotations

from collections.abc import Iterator

from actions.questions import is_receiving
from actions.reply import Gist
from actions.turn import ONCE_MORE, Turn
from content_loader.shapes import CLAIM, DEVICE_GONE, Explanation

AGAIN, NO_MORE = "again", "no_more"  # of what was said
CLAIMED = "fact:claim"  # the kind of question of who receives the licence
BUREAU = "bureau"  # a way, and what was said of a bureau
MIN_BUREAU = 0.5  # confidence of an intent from which on a question is about the bureau
MIN_BUREAU_AMID = 0.8  # the same amid the guide of another way


def is_new(turn: Turn, name: str) -> bool:
    """Tells whether an answer was not given a moment ago, or is wanted once more."""
    wants_again = turn.is_click or not ONCE_MORE.isdisjoint(turn.acts)
    return wants_again or name not in turn.was_explained


def note(turn: Turn, *names: str) -> None:
    """Remembers answers that are what the message comes to."""
    remember(turn, *names)
    turn.gist = Gist.ANSWER


def remember(turn: Turn, *names: str) -> None:
    """Remembers what is said in this turn, beside what was just before it."""
    before = turn.memory.explained or turn.was_explained
    turn.memory.explained = list(dict.fromkeys([*before, *names]))


def explain(turn: Turn, topic: str, explanation: Explanation) -> bool:
    """Says the first text of an answer that was not said a moment ago; tells whether one is."""
    for name, text in _texts(turn, topic, explanation):
        if is_new(turn, name):
            turn.say_text(text)
            turn.offer(*explanation.buttons)
            note(turn, name)
            return True
    return False


def say_no_more(turn: Turn) -> None:
    """Says that all that is known has been said; the second time running, who else helps."""
    if is_new(turn, NO_MORE):
        turn.say("navigate.no_more")
        turn.offer("contact_bureau")
    else:
        turn.say("navigate.not_caught_again")
        turn.offer("human", "contact_bureau")
    note(turn, NO_MORE)


def _texts(turn: Turn, topic: str, explanation: Explanation) -> Iterator[tuple[str, str]]:
    """Yields the texts of an answer with their names, the one that fits the situation first."""
    for situation in situations(turn):
        if situation in explanation.at:
            yield f"{topic} {situation}", explanation.at[situation]
            break
    else:
        yield topic, explanation.text
    if explanation.again:
        yield f"{topic} {AGAIN}", explanation.again
    if explanation.at:
        yield topic, explanation.text


def situations(turn: Turn) -> Iterator[str]:
    """Yields where the person is, as far as answers differ by it, the most telling first."""
    memory = turn.memory
    if memory.facts.get("device") in ("stolen", "lost"):
        yield DEVICE_GONE
    if turn.intent in turn.content.troubles and turn.is_sure():
        yield turn.intent
    if turn.pending_question.kind.startswith(CLAIMED) or is_receiving(turn):
        yield CLAIM
    is_elsewhere = (memory.guide or {}).get("way", BUREAU) != BUREAU
    minimum = MIN_BUREAU_AMID if is_elsewhere else MIN_BUREAU
    is_meant = turn.intent in ("contact_bureau", "required_materials")
    if (is_meant and turn.confidence() >= minimum) or BUREAU in turn.was_explained:
        yield BUREAU
    if memory.diagnosis:
        yield memory.diagnosis["trouble"]
    for question in (turn.pending_question, turn.interrupted):
        if question.kind == "way":
            yield question.value
    if memory.guide:
        yield memory.guide["way"]
    elif turn.pending_question.kind.startswith(CLAIMED):
        yield "face"  # by which the licence is received
