"""Answers a message by its dialogue acts, where it does more than its intent alone says.

What was read from a picture is answered by an action of its own, whatever it means. One action
answers a message; after one that has failed, because the action server is away, no other is tried:
Rasa would try ten, and never again answer a conversation in which it has.
"""

from __future__ import annotations

from typing import Any

from rasa.core.featurizers.precomputation import MessageContainerForCoreFeaturization
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from policies.contextual_lines import ACTS

ACTION = "action_follow_conversation"
PICTURE_ACTION = "action_answer_picture"
PICTURE = "picture"  # in the metadata of a message that was read from a picture
MATTER, FALLBACK = ["matter"], "nlu_fallback"
LISTENING = (None, ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME)  # before a message is answered
# What these mean is what the message means alone: the rules answer it by its intent.
ALONE = frozenset(("alone", "greet", "other_service", "chitchat", "off_topic", "noise"))


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False
)
class ActPolicy(Policy):
    """Predicts one action, for messages whose acts depend on the conversation; learns nothing."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """It goes before the rules (1) and after nothing."""
        return {"priority": 6}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ActPolicy:
        """Returns the policy."""
        return cls(config, model_storage, resource, execution_context)

    load = create

    def train(
        self,
        training_trackers: list[TrackerWithCachedStates],
        domain: Domain,
        **kwargs: Any,
    ) -> Resource:
        """Learns nothing."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        precomputations: MessageContainerForCoreFeaturization | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predicts the action right after a picture or such acts, else nothing.

        An action of ours that does not fail leads back to listening by itself.
        """
        message = tracker.latest_message
        result = self._default_predictions(domain)
        if tracker.latest_action_name not in LISTENING:
            result[domain.index_for_action(ACTION_LISTEN_NAME)] = 1.0
        elif message:
            if PICTURE in (message.metadata or {}):
                result[domain.index_for_action(PICTURE_ACTION)] = 1.0
            elif depends((message.parse_data or {}).get(ACTS), str(message.intent_name or "")):
                result[domain.index_for_action(ACTION)] = 1.0
        return self._prediction(result)


def depends(acts: object, intent: str = "") -> bool:
    """Tells whether acts say more than the intent of the message alone.

    Of two intents that are near each other, which stand for none, the person is asked.
    """
    if not isinstance(acts, list) or (acts == MATTER and intent == FALLBACK):
        return False
    rest = set(acts) - ALONE
    # Facts told beside something else are written down by whichever action answers.
    return any(not act.startswith("fact") for act in rest) or bool(rest and "alone" not in acts)
