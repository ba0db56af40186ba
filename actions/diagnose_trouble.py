"""Answers who reports a trouble."""

from __future__ import annotations

from actions import other_systems
from actions.diagnose import show_all_causes, start_diagnosis, trouble_meant
from actions.meant import MeantQuestion
from actions.recover import find_way
from actions.turn import TopicAction, Turn

MIN_HEARD = 0.75  # confidence of a trouble that is named in what is else mere noise


class ActionDiagnoseTrouble(TopicAction):
    """Begins the diagnosis of the trouble that was reported."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_diagnose_trouble"

    def act(self, turn: Turn) -> None:
        """Starts the trouble of the intent; the whole list where all causes are asked for."""
        if other_systems.goes_on(turn):
            return
        if turn.acts == ["matter"] and not turn.is_sure():  # forgotten is the password
            find_way(turn)
            return
        is_open = turn.memory.guide or turn.memory.diagnosis or not turn.pending_question.passing
        if turn.acts == ["noise"] and turn.confidence() < MIN_HEARD and not is_open:
            MeantQuestion(f"trouble:{turn.intent}|matter").ask(turn)  # a word, and hardly that
            return
        start_diagnosis(turn, trouble_meant(turn, turn.intent))
        if turn.memory.diagnosis and turn.entity("extent") == "all":
            turn.start_message_over()
            show_all_causes(turn)
