"""A message that is nothing but places tells a place, whatever its few characters resemble."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from nlu.entity_extractor import PLACES_ALONE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class PlaceIntentClassifier(GraphComponent, IntentClassifier):
    """Sets the intent of a message that the entity extractor has marked with `PLACES_ALONE`.

    No training line can hold every nickname, number plate and town. The component stands behind
    the classifier whose answer it replaces.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The intent of such a message."""
        return {"intent": "inform_region"}

    def __init__(self, config: dict[str, Any]) -> None:
        """Takes the settings."""
        self._intent: str = config["intent"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlaceIntentClassifier:
        """Returns the component; it learns nothing."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking` of each message that is nothing but places."""
        for message in messages:
            if not message.get(PLACES_ALONE):
                continue
            others = (candidate["name"] for candidate in message.get(INTENT_RANKING_KEY) or [])
            intent = {"name": self._intent, "confidence": 1.0}
            ranking = [
                intent,
                *({"name": other, "confidence": 0.0} for other in others if other != self._intent),
            ]
            message.set(INTENT, intent, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
