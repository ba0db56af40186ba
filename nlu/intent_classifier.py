"""Tells the intent from the features of characters, words, sound and meaning together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from scipy.special import logsumexp, softmax

from nlu.blas import blas_threads
from nlu.clause_splitter import IS_PART
from nlu.features import row_of, rows_of
from nlu.network import (
    Array,
    Settings,
    load_network,
    logits,
    logits_of_one,
    mean_of,
    save_network,
    train_network,
)
from nlu.noise_augmenter import origin
from nlu.prototypes import fit_prototypes, nearness

NETWORK = "network.npz"
STEPS_AN_EPOCH = 64  # at least, before batches grow to their full size
MANY_LINES = 20_000  # from so many on, smoothing helps in full; on few it blurs what is known
SIDE_BY_SIDE = 2  # networks in training at a time; each takes 0.2 GiB
TEMPERATURES = np.geomspace(0.2, 5.0, 80)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NetworkIntentClassifier(GraphComponent, IntentClassifier):
    """The network of `nlu.network` with calibrated confidences.

    Its logits become probabilities by a softmax whose temperature is fitted on lines that a first
    network has not seen (temperature scaling, Guo et al. 2017, "On Calibration of Modern Neural
    Networks"). The others are trained on all lines; what is kept is the mean of all, which errs
    less than any of them.

    A training can be repeated to the last bit, on any number of processors of one kind: each
    network is trained by one thread, as a product that several share is summed in another order.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before this one."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How the networks are trained, `members` of them, and what is done with what they say.

        `min_steps` lets a small set be gone through more often than `epochs` says. A small set
        is also learnt in smaller batches, down to `min_batch`, and with less `smoothing`.
        `left_out` is the share of lines that the temperature is fitted on. Left-out lines are
        written by the same people as the others, and real people's are understood less often than
        they tell: the temperature is multiplied by `caution`. `offsets` are added to the logits of
        the intents they name: above 0, an intent is preferred in doubt.
        """
        return {
            "members": 3,
            "hidden": 128,
            "epochs": 5,
            "min_steps": 400,
            "batch": 256,
            "min_batch": 64,
            "rate": 0.006,
            "dropout": 0.5,
            "feature_dropout": 0.5,
            "smoothing": 0.08,
            "left_out": 0.1,
            "caution": 1.0,
            "offsets": {},
            "outside": "out_of_scope",
            "nearness": 10.0,
            "max_outside": 1.0,
            "neutral": [],
            "ranking_length": 10,
            "random_state": 42,
        }

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """Makes an untrained component."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._intents: list[str] = []
        self._weights: dict[str, Array] = {}
        self._prototypes: dict[str, Array] = {}
        self._temperature = 1.0

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NetworkIntentClassifier:
        """Returns an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the temperature and the network."""
        lines = [
            example
            for example in training_data.intent_examples
            if example.get(INTENT) and example.get(TEXT)
        ]
        self._intents = sorted({str(line.get(INTENT)) for line in lines})
        if len(self._intents) < 2:
            return self._resource
        labels = np.searchsorted(self._intents, [str(line.get(INTENT)) for line in lines])
        sparse, dense = rows_of(lines)
        left_out = self._leave_out(lines, labels)

        def fit(which: int) -> dict[str, Array]:
            learnt: Any = slice(None) if which else ~left_out
            return self._fit(sparse[learnt], dense[learnt], labels[learnt], which)

        with blas_threads(1):
            with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
                networks = list(pool.map(fit, range(self._config["members"])))
            raw_logits = logits(networks[0], sparse[left_out], dense[left_out])
        self._temperature = _temperature(raw_logits, labels[left_out])
        self._weights = mean_of(*networks)
        prototypes = self._fit_prototypes(lines, dense)
        self._prototypes = _in_single_precision(prototypes)
        with self._model_storage.write_to(self._resource) as folder:
            save_network(folder / NETWORK, self._weights)
            np.savez(folder / "prototypes.npz", **prototypes)
            kept = {"intents": self._intents, "temperature": self._temperature}
            (folder / "classifier.json").write_text(json.dumps(kept), encoding="utf-8")
        return self._resource

    def _fit_prototypes(self, lines: list[Message], dense: Array) -> dict[str, Array]:
        """Returns the prototypes of both sides, of lines as they were written; maybe none."""
        written = np.array([origin(line) == line.get(TEXT) for line in lines])
        intents = np.array([str(line.get(INTENT)) for line in lines])
        outside = intents == self._config["outside"]
        inside = ~outside & ~np.isin(intents, self._config["neutral"])
        if not self._config["nearness"]:
            return {}
        return fit_prototypes(
            dense[written & inside], dense[written & outside], self._config["random_state"]
        )

    def _leave_out(self, lines: list[Message], labels: Array) -> Array:
        """Returns which lines the temperature is fitted on: a copy goes with its origin."""
        rng = np.random.default_rng(self._config["random_state"])
        names = sorted({origin(line) for line in lines})
        chosen = dict(zip(names, rng.random(len(names)) < self._config["left_out"], strict=True))
        left_out = np.array([chosen[origin(line)] for line in lines])
        for intent in set(labels) - set(labels[~left_out]):  # each is needed to learn from
            left_out[labels == intent] = False
        return left_out

    def _fit(self, sparse: csr_matrix, dense: Array, labels: Array, which: int) -> dict[str, Array]:
        config = self._config
        batch = max(config["min_batch"], min(config["batch"], len(labels) // STEPS_AN_EPOCH))
        batches = -(-len(labels) // batch)
        settings = Settings(
            hidden=config["hidden"],
            epochs=max(config["epochs"], -(-config["min_steps"] // batches)),
            batch=batch,
            rate=config["rate"],
            dropout=config["dropout"],
            feature_dropout=config["feature_dropout"],
            smoothing=config["smoothing"] * min(1.0, len(labels) / MANY_LINES),
            seed=config["random_state"] + which,
        )
        return train_network(sparse, dense, labels, settings)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NetworkIntentClassifier:
        """Returns the component as it was trained."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component._weights = load_network(folder / NETWORK)
                with np.load(folder / "prototypes.npz", allow_pickle=False) as arrays:
                    component._prototypes = _in_single_precision(arrays)
                kept = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
        except ValueError:  # it was trained on nothing
            return component
        component._intents = kept["intents"]
        component._temperature = kept["temperature"]
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking` of each message; a part of one has no intent."""
        for message in messages:
            if message.get(IS_PART):
                continue
            ranking = self._rank(message)
            intent = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set(INTENT, intent, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _rank(self, message: Message) -> list[dict[str, Any]]:
        if not self._weights:
            return []
        length = self._config["ranking_length"]
        if not (message.get(TEXT) or "").strip():
            even = 1 / len(self._intents)
            return [{"name": name, "confidence": even} for name in self._intents[:length]]
        columns, values, dense, _ = row_of(message)
        with blas_threads(1):  # more would wait for one another longer than they work
            raw_logits = logits_of_one(self._weights, columns, values, dense)
            nearer = nearness(self._prototypes, dense) if self._prototypes else 0.0
        offsets = [self._config["offsets"].get(name, 0.0) for name in self._intents]
        temperature = self._temperature * self._config["caution"]
        if self._prototypes:
            outside = self._intents.index(self._config["outside"])
            offsets[outside] += self._config["nearness"] * nearer
            offsets[outside] = min(offsets[outside], self._config["max_outside"])
        confidences = softmax(raw_logits / temperature + offsets)
        order = np.argsort(-confidences)[:length]
        return [{"name": self._intents[i], "confidence": float(confidences[i])} for i in order]


def _in_single_precision(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Returns arrays of half precision as products want them."""
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def _temperature(raw_logits: Array, labels: Array) -> float:
    """Returns the temperature under which the left-out labels are likeliest."""
    if not len(labels):
        return 1.0

    def loss(temperature: float) -> float:
        scaled = raw_logits / temperature
        picked = scaled[np.arange(len(labels)), labels]
        return float(np.mean(logsumexp(scaled, axis=1) - picked))

    return float(min(TEMPERATURES, key=loss))
