"""Reads which practical question a typed message asks, whatever was asked before.

What a message does depends on the conversation it stands in (`policies.act_reader`); what somebody
wants to know hardly does. So questions have a classifier of their own: the network of the intents
over the same features, with one class for each question of `data/acts` and one for none at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
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
from nlu.clause_splitter import CLAUSES, PARTS
from nlu.features import Row, row_of
from nlu.intent_classifier import SIDE_BY_SIDE
from nlu.network import (
    Array,
    Settings,
    load_network,
    logits_of_one,
    mean_of,
    save_network,
    train_network,
)
from policies.acts import ALONE, read_meant
from policies.contextual_lines import ACTS, ASKS_NOTHING, QUESTIONS, UNKNOWN, AskedQuestion

ASK = "ask:"
NONE = "none"
NETWORK = "questions.npz"
NEAR_TOPICS = "near_topics"  # of a message: what it may ask, the likelier first
MAX_NEAR = 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionReader(GraphComponent):
    """Sets `questions` of a message: those that it asks as a whole, in a clause, or in a part.

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

        `threshold` is for a whole message, `clause_threshold` for a clause of it and
        `part_threshold` for a part where there are more; if it is also the likeliest of the whole,
        with `min_agreeing` at least, `agreeing` is enough. A clause that begins as `denial`, a
        regular expression, has it says what is not asked. A message that asks nothing with less
        than `max_none` asks something: the likeliest question from `min_likely` on, else one that
        is not known; with `sure_none` or more it asks nothing. What a message may ask instead has a
        confidence of `near` at least.
        `lines_an_intent` lines of each intent are learnt from, `members` networks are one.
        """
        return {
            "hidden": 128,
            "epochs": 12,
            "batch": 256,
            "rate": 0.008,
            "sparse_rate": 0.025,
            "dropout": 0.5,
            "feature_dropout": 0.5,
            "smoothing": 0.012,
            "members": 2,
            "lines_an_intent": 150,
            "intents": "data/acts/intents.yml",
            "threshold": 0.4,
            "clause_threshold": 0.5,
            "part_threshold": 0.8,
            "agreeing": 0.35,
            "min_agreeing": 0.1,
            "denial": "(?!)",
            "max_none": 0.4,
            "min_likely": 0.2,
            "sure_none": 0.9,
            "near": 0.2,
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
        self._denial = re.compile(config["denial"])

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
        names = ("hidden", "epochs", "batch", "rate", "sparse_rate", "dropout", "feature_dropout")
        chosen = {name: self._config[name] for name in names}
        return Settings(**chosen, smoothing=self._config["smoothing"], seed=seed)

    def save(self, folder: Path) -> None:
        """Writes what was learnt to `folder`."""
        save_network(folder / NETWORK, self._weights)
        (folder / "questions.json").write_text(json.dumps(self._names), encoding="utf-8")

    def restore(self, folder: Path) -> None:
        """Reads what was learnt from `folder`."""
        self._names = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
        self._weights = load_network(folder / NETWORK)

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
        """Sets `questions` of each message, and `asks_nothing` where that is sure."""
        for message in messages:
            if self._names and str(message.get(TEXT) or "").strip():
                confidences = self.classify(row_of(message))
                message.set(QUESTIONS, self.read(message, confidences))
                asks_nothing = confidences.get(NONE, 0.0) >= self._config["sure_none"]
                message.set(ASKS_NOTHING, asks_nothing, add_to_output=True)
                message.set(NEAR_TOPICS, self._near(confidences), add_to_output=True)
        return messages

    def read(self, message: Message, confidences: Mapping[str, float]) -> list[AskedQuestion]:
        """Returns the questions of a message: of the whole first, then of its clauses or parts.

        What a clause denies is left out where another one asks something; that goes first.


        Args:
            message: with its clauses.
            confidences: those of the whole message, as `classify` returns them.
        """
        config, found = self._config, dict[str, AskedQuestion]()
        name = self._asked(confidences)
        if name != NONE:
            is_sure = confidences.get(name, 0.0) >= config["threshold"]
            found[name] = AskedQuestion(name, True, is_sure)
        clauses, whole = message.get(CLAUSES), _likeliest(confidences)
        lowest = config["clause_threshold" if clauses else "part_threshold"]
        denied: set[str] = set()
        asked: list[tuple[float, str]] = []
        for clause in clauses or message.get(PARTS) or ():
            shares = self.classify(row_of(clause))
            name = _likeliest(shares)
            if self._denial.match(str(clause.get(TEXT))):
                denied.add(name)
                continue
            asked.append((shares[name], name))
            agrees = name == whole and confidences[name] >= config["min_agreeing"]
            if shares[name] >= (config["agreeing"] if agrees else lowest):
                found.setdefault(name, AskedQuestion(name, False))
        share, name = max(asked, default=(0.0, NONE))
        is_sure = any(found[other].is_sure for other in denied & set(found))
        enough = config["clause_threshold" if is_sure else "agreeing"]
        if denied and name not in denied and share >= enough:  # that is asked instead
            found = {name: AskedQuestion(name, False)} | found
            found = {name: question for name, question in found.items() if name not in denied}
        if len(found) > 1:  # what is asked is known
            found.pop(UNKNOWN, None)
        return list(found.values())

    def _asked(self, confidences: Mapping[str, float]) -> str:
        """Returns what a whole message asks, NONE for nothing, UNKNOWN for what is not known."""
        config = self._config
        none = confidences.get(NONE, 0.0)
        name = _likeliest(confidences)
        if confidences[name] >= max(config["threshold"], none):
            return name
        if none >= config["max_none"]:
            return NONE
        return name if confidences[name] >= config["min_likely"] else UNKNOWN

    def _near(self, confidences: Mapping[str, float]) -> list[str]:
        """Returns the topics of the likeliest questions, the likeliest first."""
        asked = sorted(set(confidences) - {NONE}, key=lambda name: -confidences[name])
        likely = [name for name in asked[:MAX_NEAR] if confidences[name] >= self._config["near"]]
        return [name.removeprefix(ASK) for name in likely]

    def classify(self, row: Row) -> dict[str, float]:
        """Returns the confidence (0 to 1) of each question of a line, and of NONE."""
        with blas_threads(1):
            known = row.columns < len(self._weights["sparse"])
            columns, values = row.columns[known], row.values[known]
            confidences = softmax(logits_of_one(self._weights, columns, values, row.dense))
        return {name: float(share) for name, share in zip(self._names, confidences, strict=True)}


def _likeliest(confidences: Mapping[str, float]) -> str:
    """Returns the likeliest question, however likely it is that nothing is asked."""
    return max((name for name in confidences if name != NONE), key=lambda name: confidences[name])


def question_in(acts: Sequence[str]) -> str:
    """Returns the question among acts, NONE if they ask nothing, "" if they teach nothing."""
    asked = [act for act in acts if act.startswith(ASK)]
    if asked:
        return asked[0] if len(asked) == 1 else ""
    is_answered_alone = not ALONE.isdisjoint(acts) and "off_topic" not in acts
    return "" if not acts or is_answered_alone else NONE
