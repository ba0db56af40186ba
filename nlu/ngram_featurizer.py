"""What the featurizers of characters, words and pinyin share: weighted n-grams of a text."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import coo_matrix, csr_matrix

from nlu.corpus import BEGIN, BETWEEN, END, Corpus
from nlu.features import share_rows


class NgramFeaturizer(SparseFeaturizer, GraphComponent):
    """Adds tf-idf weights of the n-grams of a message's units as sparse sentence features.

    A subclass says what the units are. Beginning and end of a message are units of their own, so
    that a message which is nothing but a word differs from one that holds it.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before this one."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Lengths of the n-grams, and in how many training lines one must be to count."""
        return {"alias": None, "min_ngram": 1, "max_ngram": 3, "min_df": 4}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Checks the settings.

        Raises:
            ValueError: if the shortest n-gram is longer than the longest, or empty.
        """
        if not 1 <= config["min_ngram"] <= config["max_ngram"]:
            raise ValueError(f"{cls.__name__}: 1 <= min_ngram <= max_ngram expected")

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        storage: ModelStorage,
        resource: Resource,
    ) -> None:
        """Makes an untrained component."""
        super().__init__(name, config)
        self._storage = storage
        self._resource = resource
        self._columns: dict[str, int] = {}
        self._rarity = np.empty(0, np.float32)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramFeaturizer:
        """Returns an untrained component."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @abstractmethod
    def units(self, message: Message) -> list[str]:
        """Returns what the n-grams are made of."""

    def ngrams(self, message: Message) -> list[str]:
        """Returns every n-gram of a message, repeated ones repeated."""
        units = self.units(message)
        if not units:
            return []
        units = [BEGIN, *units, END]
        return [
            BETWEEN.join(units[at : at + length])
            for length in self._lengths()
            for at in range(len(units) - length + 1)
        ]

    def train(self, training_data: TrainingData) -> Resource:
        """Learns which n-grams there are and how rare each is.

        Lines of acts have no intent; what is learnt for intents does not depend on them.
        """
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        named = [example for example in examples if example.get(INTENT)]
        lines = self._corpus(named or examples)
        common = max(1, min(self._config["min_df"], len(lines) // 100))  # a small set: each counts
        lines_of = {
            ngram: amount
            for length in self._lengths()
            for ngram, amount in lines.count_lines(length).items()
            if amount >= common
        }
        if not lines_of:
            return self._resource
        ngrams = sorted(lines_of)
        amounts = np.array([lines_of[ngram] for ngram in ngrams])
        self._use(ngrams, np.log((1 + len(lines)) / (1 + amounts)) + 1)
        with self._storage.write_to(self._resource) as folder:
            text = json.dumps(list(self._columns), ensure_ascii=False)
            (folder / "ngrams.json").write_text(text, encoding="utf-8")
            np.save(folder / "rarity.npy", self._rarity)
        return self._resource

    def _lengths(self) -> range:
        return range(self._config["min_ngram"], self._config["max_ngram"] + 1)

    def _corpus(self, messages: Iterable[Message]) -> Corpus:
        return Corpus(self.units(message) for message in messages)

    def _use(self, ngrams: list[str], rarity: np.ndarray[Any, Any]) -> None:
        """Takes the n-grams that count and how rare each is (inverse document frequency)."""
        self._columns = {ngram: at for at, ngram in enumerate(ngrams)}
        self._rarity = rarity.astype(np.float32)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramFeaturizer:
        """Returns the component as it was trained."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                ngrams = json.loads((folder / "ngrams.json").read_text(encoding="utf-8"))
                component._use(ngrams, np.load(folder / "rarity.npy", allow_pickle=False))
        except ValueError:  # it was trained on nothing
            pass
        return component

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the features to every training line, as `process` does, for all at once."""
        messages = [
            example for example in training_data.training_examples if example.get(TEXT) is not None
        ]
        if messages and self._columns:
            rows = self._weigh_all(self._corpus(messages))
            share_rows(messages, rows, range(len(messages)), self._identifier)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the features to each message that has a text."""
        for message in messages:
            if message.get(TEXT) is not None and self._columns:
                self.add_features_to_message(None, self._weigh(message), TEXT, message)
        return messages

    def _weigh(self, message: Message) -> coo_matrix:
        """Returns the weights of a message's n-grams: (1 + log tf) * idf, of length one.

        The same as scikit-learn's TfidfVectorizer gives with a logarithm of the times, and
        `_weigh_all` for many lines.
        """
        seen = Counter(ngram for ngram in self.ngrams(message) if ngram in self._columns)
        columns = np.array([self._columns[ngram] for ngram in seen], np.int32)
        times = np.array(list(seen.values()), np.float32)
        weights = (1 + np.log(times)) * self._rarity[columns]
        weights /= np.linalg.norm(weights) or 1
        shape = (1, len(self._columns))
        return coo_matrix((weights, (np.zeros_like(columns), columns)), shape)

    def _weigh_all(self, lines: Corpus) -> csr_matrix:
        """Returns the same for many lines, a row for each."""
        counts = [lines.times(length, self._columns) for length in self._lengths()]
        shape = (len(lines), len(self._columns))
        lines_and_columns = tuple(np.concatenate([count[i] for count in counts]) for i in (0, 1))
        times = np.concatenate([count[2] for count in counts])
        weights = (1 + np.log(times, dtype=np.float32)) * self._rarity[lines_and_columns[1]]
        rows = csr_matrix((weights, lines_and_columns), shape)
        lengths = np.sqrt(np.bincount(lines_and_columns[0], weights**2, len(lines)))
        lengths[lengths == 0] = 1
        rows.data /= np.repeat(lengths, np.diff(rows.indptr)).astype(np.float32)
        return rows
