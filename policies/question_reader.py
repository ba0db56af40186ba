"""Reads which practical question a typed message asks, whatever was asked before.

What a message does depends on the conversation it stands in (`policies.act_reader`); what somebody
wants to know hardly does. So questions have a classifier of their own: the network of the intents
over the same features, with one class for each question of `data/acts` and one for none at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from ruamel.yaml import YAML
from scipy.sparse import csr_matrix
from scipy.special import softmax

from nlu.blas import blas_threads
from nlu.clause_splitter import CLAUSES
from nlu.features import Row, row_of
from nlu.intent_classifier import SIDE_BY_SIDE
from nlu.network import Array, Settings, logits_of_one, mean_of, train_network
from policies.act_reader import ALONE, read_meant
from policies.contextual_lines import ACTS, QUESTIONS, AskedQuestion

ASK = "ask:"
NONE = "none"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionReader(GraphComponent):
    """Sets `questions` of a message: those that it asks as a whole or in a clause of its own.

    It learns from the lines of `data/acts`, and from some lines of each intent in `data/nlu` by
    what `intents.yml` says that it means. Intents that are answered alone teach nothing here.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before this one."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How the network is trained, and from which confidence on a question counts.

        `threshold` is for a whole message, `clause_threshold` for a clause of it;
        `lines_an_intent` lines of each intent are learnt from, `members` networks are one.
        """
        return {
            "hidden": 128,
            "epochs": 12,
            "batch": 128,
            "rate": 0.006,
            "dropout": 0.5,
            "feature_dropout": 0.5,
            "smoothing": 0.012,
            "members": 1,
            "lines_an_intent": 150,
            "intents": "data/acts/intents.yml",
            "threshold": 0.4,
            "clause_threshold": 0.5,
            "random_state": 42,
        }

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """Makes an untrained component."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._names: list[str] = []
        self._weights: dict[str, Array] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionReader:
        """Returns an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains the network and keeps it."""
        lines = list(self._lines(training_data.training_examples))
        if len({name for _, name in lines}) > 1:
            self.fit(lines)
            with self._model_storage.write_to(self._resource) as folder:
                self.save(folder)
        return self._resource

    def _lines(self, examples: Sequence[Message]) -> Iterator[tuple[Row, str]]:
        """Yields the features of each line with the name of its question."""
        spec = YAML(typ="safe").load(Path(self._config["intents"]).read_text(encoding="utf-8"))
        meant = read_meant(spec)
        left = dict.fromkeys(meant, self._config["lines_an_intent"])
        rng = np.random.default_rng(self._config["random_state"])
        for number in rng.permutation(len(examples)):
            example = examples[number]
            intent, acts = example.get(INTENT), example.get(ACTS)
            if not acts and left.get(intent):
                left[intent] -= 1
                acts = meant[intent]["acts"]
            name = question_in(acts or ())
            if name and example.get(TEXT):
                yield row_of(example), name

    def fit(self, lines: Sequence[tuple[Row, str]]) -> None:
        """Learns from features and the names of questions."""
        config = self._config
        self._names = sorted({name for _, name in lines})
        numbers = {name: number for number, name in enumerate(self._names)}
        rows = [row for row, _ in lines]
        ends = np.cumsum([0, *(len(row.columns) for row in rows)])
        values = np.concatenate([row.values for row in rows])
        columns = np.concatenate([row.columns for row in rows])
        sparse = csr_matrix((values, columns, ends), (len(rows), max(row.width for row in rows)))
        dense = np.array([row.dense for row in rows], np.float32)
        labels = np.array([numbers[name] for _, name in lines])

        def fit(seed: int) -> dict[str, Array]:
            return train_network(sparse, dense, labels, self._settings(seed))

        first = config["random_state"]
        with blas_threads(1), ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            members = list(pool.map(fit, range(first, first + config["members"])))
        self._weights = mean_of(*members)

    def _settings(self, seed: int) -> Settings:
        names = ("hidden", "epochs", "batch", "rate", "dropout", "feature_dropout", "smoothing")
        return Settings(**{name: self._config[name] for name in names}, seed=seed)

    def save(self, folder: Path) -> None:
        """Writes what was learnt to `folder`."""
        kept = {name: weights.astype(np.float16) for name, weights in self._weights.items()}
        np.savez(folder / "questions.npz", **kept)
        (folder / "questions.json").write_text(json.dumps(self._names), encoding="utf-8")

    def restore(self, folder: Path) -> None:
        """Reads what was learnt from `folder`."""
        self._names = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
        with np.load(folder / "questions.npz", allow_pickle=False) as arrays:
            # The large one stays small; of it only a few rows are taken for a message.
            self._weights = {
                name: arrays[name] if name == "sparse" else arrays[name].astype(np.float32)
                for name in arrays.files
            }

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionReader:
        """Returns the component as it was trained."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component.restore(Path(folder))
        except ValueError:  # it was trained on nothing
            pass
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `questions` of each message."""
        for message in messages:
            message.set(QUESTIONS, self.read(message))
        return messages

    def read(self, message: Message) -> list[AskedQuestion]:
        """Returns the questions of a message: of the whole first, then of its clauses."""
        if not self._names or not str(message.get(TEXT) or "").strip():
            return []
        found: dict[str, AskedQuestion] = {}
        threshold = self._config["threshold"]
        for part in (message, *(message.get(CLAUSES) or ())):
            name, confidence = self.classify(row_of(part))
            if name != NONE and confidence >= threshold:
                found.setdefault(name, AskedQuestion(name, part is message))
            threshold = self._config["clause_threshold"]
        return list(found.values())

    def classify(self, row: Row) -> tuple[str, float]:
        """Returns the likeliest question of a line, or NONE, and its confidence from 0 to 1."""
        with blas_threads(1):
            known = row.columns < len(self._weights["sparse"])
            columns, values = row.columns[known], row.values[known]
            chances = softmax(logits_of_one(self._weights, columns, values, row.dense))
        best = int(chances.argmax())
        return self._names[best], float(chances[best])


def question_in(acts: Sequence[str]) -> str:
    """Returns the question among acts, NONE if they ask nothing, "" if they teach nothing."""
    asked = [act for act in acts if act.startswith(ASK)]
    if asked:
        return asked[0] if len(asked) == 1 else ""
    is_answered_alone = not ALONE.isdisjoint(acts) and "off_topic" not in acts
    return "" if not acts or is_answered_alone else NONE
