"""Answers who has forgotten the password, or names a way to recover it."""

from __future__ import annotations

from actions import case, other_systems
from actions.case import LAST_WAY
from actions.guide import StepQuestion
from actions.recover import (
    MIN_NAMED,
    WAY_INTENTS,
    WayQuestion,
    find_way,
    leave_way,
    list_ways,
    start_guide,
)
from actions.turn import TopicAction, Turn


class ActionFindWay(TopicAction):
    """Answers who has forgotten the password, with no way named."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_find_way"

    def act(self, turn: Turn) -> None:
        """Asks for the way that suits, or shows all, or goes to the next one."""
        if other_systems.goes_on(turn):
            return
        extent = turn.entity("extent")
        if extent == "all":
            list_ways(turn)
        elif extent == "next":
            leave_way(turn)
        elif extent == "bureau":
            start_guide(turn, LAST_WAY)
        elif turn.entity("other_system") and not turn.names_licence() and not turn.memory.guide:
            other_systems.explain_system(turn)
        elif turn.memory.guide:
            if turn.interrupted.passing or not turn.interrupted.holds(turn):
                turn.memory.interrupted = StepQuestion.kind
            turn.offer_to_continue()
            turn.offer("all_ways", "another_way", "start_over")
        else:
            find_way(turn)


class ActionStartGuide(TopicAction):
    """Begins the guide of the way that was named."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_start_guide"

    def act(self, turn: Turn) -> None:
        """Starts the way of the intent; the same way again shows its present step.

        A way that is hardly more than guessed is not begun: whether it suits is asked.
        """
        name = WAY_INTENTS[turn.intent]
        if other_systems.goes_on(turn):
            return
        if turn.is_click or turn.memory.guide or turn.confidence() >= MIN_NAMED:
            start_guide(turn, name)
        elif name not in case.excluded(turn) and turn.content.ways[name].ask:
            WayQuestion(name).ask(turn)
        else:
            find_way(turn)
