"""Features of the sound: a word typed with wrong characters of the same sound stays itself."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.ngram_featurizer import NgramFeaturizer
from nlu.pinyin import Pronunciation
from nlu.text_normalizer import normalized


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class PinyinFeaturizer(NgramFeaturizer):
    """N-grams of the syllables of a text, see `nlu.pinyin`."""

    @staticmethod
    def required_packages() -> list[str]:
        """Packages beyond Rasa's own."""
        return ["marisa_trie", "pypinyin"]

    @cached_property
    def _pronunciation(self) -> Pronunciation:
        """What a model says of it; in training, and for a model without it, what pypinyin says."""
        try:
            with self._storage.read_from(self._resource) as folder:
                saved = Pronunciation.load(folder)
        except ValueError:  # nothing of this component is kept
            saved = None
        return saved or Pronunciation.from_pypinyin()

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the n-grams; how they sound is kept with them."""
        pronunciation = self._pronunciation
        resource = super().train(training_data)
        with self._storage.write_to(resource) as folder:
            pronunciation.save(folder)
        return resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramFeaturizer:
        """Returns the component as it was trained, ready to be used."""
        component = super().load(config, model_storage, resource, execution_context, **kwargs)
        assert isinstance(component, cls)
        component._pronunciation  # noqa: B018 - read now, not by the first message
        return component

    def units(self, message: Message) -> list[str]:
        """Returns the syllables."""
        return self._pronunciation.syllables(normalized(message).text)
