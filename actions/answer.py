"""Answers to questions about the matter; their texts are in `content/answer.yml`."""

from __future__ import annotations

from actions.change_number import TOPICS, follow_number_change
from actions.change_password import TOPIC, follow_change
from actions.explanations import explain, say_no_more
from actions.turn import TopicAction, Turn


class ActionAnswerQuestion(TopicAction):
    """Answers a question and offers the way back to what it interrupted."""

    digression = True

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_answer_question"

    def act(self, turn: Turn) -> None:
        """Says the answer that is filed under the intent."""
        if not explain(turn, turn.intent, turn.content.answers[turn.intent]):
            say_no_more(turn)
        elif turn.intent == TOPIC:
            follow_change(turn)
        elif turn.intent in TOPICS:
            follow_number_change(turn)
