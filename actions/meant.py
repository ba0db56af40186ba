"""Asks back what a message means where its acts are no more than guessed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from actions import case
from actions.questions import Question, continue_interrupted
from serving.message import MAX_TITLE

if TYPE_CHECKING:
    from actions.turn import Turn

FIRST, SECOND = "first", "second"  # what the buttons say
OF_ITSELF = ("return", "meaning", "meant")  # questions that stand for the one they interrupt


def ask_meant(turn: Turn) -> bool:
    """Asks which of the acts in doubt is meant; tells whether there are words for one.

    Who has just been asked that, and is not understood again, is asked for other words.
    """
    if turn.is_click:
        return False
    if turn.pending_question.kind == MeantQuestion.kind and turn.in_doubt:
        turn.memory.fallback_count = turn.was_lost + 1
        turn.say_spoken(turn.content.chitchat["cannot_handle"])
        go_back(turn)
        return True
    found = {words: act for act in reversed(turn.in_doubt) if (words := say_act(turn, act))}
    acts = [act for act in turn.in_doubt if act in found.values() and not _is_elsewhere(turn, act)]
    if not acts or len(acts) < len(found) or not _makes_a_difference(turn, acts):
        return False
    if turn.pending_question.kind not in OF_ITSELF:
        turn.memory.interrupted = turn.pending_question.to_slot()
    MeantQuestion("|".join(acts)).ask(turn)
    return True


def _is_elsewhere(turn: Turn, act: str) -> bool:
    """Tells whether an act points to the cause of another trouble than the one looked at."""
    kind, _, name = act.partition(":")
    diagnosis = turn.memory.diagnosis
    if kind != "points_to" or not diagnosis:
        return False
    causes = turn.content.troubles[diagnosis["trouble"]].causes
    return all(cause.name != name for cause in causes)


def _makes_a_difference(turn: Turn, acts: Sequence[str]) -> bool:
    """Tells whether something else follows from each act: two facts may come to the same."""
    facts = [case.fact_of(turn, act) for act in acts]
    follows = [fact and fact.model_copy(update={"title": ""}) for fact in facts]
    return len(acts) < 2 or None in facts or follows[0] != follows[1]


def intent_of(act: str) -> str:
    """Returns an intent that says no more than an act."""
    kind, _, value = act.partition(":")
    return value if kind == "trouble" else "recover_password" if kind == "matter" else "affirm"


def go_back(turn: Turn) -> None:
    """Lets what was asked before be open again."""
    question = turn.interrupted
    if question.kind:
        turn.memory.interrupted = None
        turn.pend(question)


def say_act(turn: Turn, act: str) -> str:
    """Returns an act in few words, fit for a button; empty where the content has none."""
    content = turn.content
    kind, _, value = act.partition(":")
    words = ""
    if kind == "fact":
        name, _, value = value.partition("=")
        fact = content.facts.get(name, {}).get(value)
        words = fact.title if fact else ""
    elif kind == "trouble" and value in content.troubles:
        words = content.meanings.get(value) or content.troubles[value].title
    elif kind in ("wish", "drop") and value in content.ways:
        words = content.text(f"case.meant.{kind}", way=content.ways[value].short)
    elif kind == "points_to":
        titles = [
            cause.title
            for trouble in content.troubles.values()
            for cause in trouble.causes
            if cause.name == value
        ]
        words = titles[0] if titles else ""
    elif kind == "reached":
        words = content.texts.get(f"case.meant.reached.{value}", "")
    elif kind == "screen":
        words = content.texts.get(f"case.meant.screen.{value}", "")
    elif kind == "matter":
        words = content.text("case.meant.matter")
    return words if len(words) <= MAX_TITLE else ""


class MeantQuestion(Question):
    """Which of the acts `value`, joined by a bar, is meant; `interrupted` waits meanwhile."""

    kind = "meant"

    def _acts(self) -> list[str]:
        return self.value.split("|")

    def ask(self, turn: Turn) -> None:
        """Asks it, with a button for each."""
        said = [words for act in self._acts() if (words := say_act(turn, act))]
        if len(said) > 1:
            turn.say("case.meant.two", first=said[0], second=said[1])
        else:
            turn.say("case.meant.one", meaning=said[0])
        for words, name in zip(said, ("meant_first", "meant_second"), strict=False):
            turn.offer(name, title=words)
        turn.offer("none_of_these")
        turn.pend(self)

    def offer_again(self, turn: Turn) -> None:
        """Asks it again: it is short enough."""
        self.ask(turn)

    def on_yes(self, turn: Turn) -> None:
        """Takes the one that was asked about, or the button; of two, a yes leaves both open."""
        extent = turn.entity("extent")
        if extent == SECOND:
            self.on_item(turn, 2)
        elif extent == FIRST or len(self._acts()) == 1:
            self.on_item(turn, 1)
        else:
            self.ask(turn)

    def on_no(self, turn: Turn) -> None:
        """Asks for other words; what was asked before is open again."""
        turn.say_spoken(turn.content.chitchat["which_then"])
        go_back(turn)

    def on_item(self, turn: Turn, number: int) -> bool:
        """Takes the n-th as what was said, in the place of this message."""
        acts = self._acts()
        number = len(acts) if number == -1 else number
        if not 1 <= number <= len(acts):
            return False
        act = acts[number - 1]
        go_back(turn)
        turn.typed_instead = {
            "text": say_act(turn, act),
            "intent": {"name": intent_of(act), "confidence": 1.0},
            "acts": [act],
        }
        return True


def is_of_old_button(turn: Turn) -> bool:
    """Takes the click on a meaning that is no longer asked about; tells whether it is one."""
    is_old = turn.entity("extent") in (FIRST, SECOND)
    if is_old and turn.pending_question.kind != MeantQuestion.kind:
        continue_interrupted(turn)
        return True
    return False
