"""Finds the second meaning of a message that has two (登录不了，另外密码要几位)."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from nlu.clause_splitter import CLAUSE_OF, CLAUSES, IS_PART, PARTS

SECOND_INTENT = "second_intent"


# Nothing is learnt, and nothing is to be done in training: so do components of this kind.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SecondIntent(GraphComponent):
    """Sets `second_intent` of a message (name and confidence, as in `intent`), or nothing.

    It is the surest meaning of a clause that differs from the message's. Most clauses only tell
    how a trouble came about: they count where they, or the message, mean something that is
    answered beside whatever else was said, or where both mean troubles that go together.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before this one."""
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Which clauses count.

        `min_confidence` of a clause's meaning; `beside` are the intents that are answered beside
        others, `together` those of which two in one message are two matters, `never` those that
        are no second meaning, as they say nothing by themselves.
        """
        return {"min_confidence": 0.8, "beside": [], "together": [], "never": []}

    def __init__(self, config: dict[str, Any]) -> None:
        """Takes the settings."""
        self._min_confidence: float = config["min_confidence"]
        self._beside = frozenset(config["beside"])
        self._together = frozenset(config["together"])
        self._never = frozenset(config["never"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SecondIntent:
        """Returns the component; it learns nothing."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Returns the messages without their clauses, which `nlu.clause_splitter` had added."""
        whole = [message for message in messages if message.get(CLAUSE_OF) is None]
        for message in whole:
            own = [each for each in messages if each.get(CLAUSE_OF) is message]
            clauses = [clause for clause in own if not clause.get(IS_PART)]
            message.set(CLAUSES, clauses)
            message.set(PARTS, [clause for clause in own if clause.get(IS_PART)] or clauses)
            second = self._second(message.get(INTENT), [clause.get(INTENT) for clause in clauses])
            if second:
                message.set(SECOND_INTENT, second, add_to_output=True)
        return whole

    def _second(
        self, first: dict[str, Any], clauses: list[dict[str, Any]]
    ) -> dict[str, Any] | None:
        if first["name"] in self._never:
            return None
        others = [
            clause
            for clause in clauses
            if clause["confidence"] >= self._min_confidence
            and clause["name"] not in {first["name"], *self._never}
            and (
                clause["name"] in self._beside
                or first["name"] in self._beside
                or {clause["name"], first["name"]} <= self._together
            )
        ]
        return max(others, key=lambda other: float(other["confidence"]), default=None)
