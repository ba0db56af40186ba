"""Tells the intent with a linear support vector machine over the sparse features."""

from __future__ import annotations

import json
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
from scipy.sparse import csr_matrix, vstack
from scipy.special import logsumexp, softmax
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.model_selection import cross_val_predict
from sklearn.svm import LinearSVC

TEMPERATURES = np.geomspace(0.05, 2.0, 60)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """A linear SVM, one against the rest, over tf-idf weights of all sparse features.

    Its margins become probabilities by a softmax whose temperature is fitted on margins of
    lines that were left out (temperature scaling, Guo et al. 2017, "On Calibration of Modern
    Neural Networks"). Trains in seconds where Rasa's LogisticRegressionClassifier takes minutes.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before this one."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Packages beyond Rasa's own."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`C` is the SVM's; `folds` how many parts the calibration leaves out in turn."""
        return {"C": 1.0, "folds": 4, "ranking_length": 10, "random_state": 42}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """Makes an untrained component."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._intents: list[str] = []
        self._arrays: dict[str, np.ndarray[Any, Any]] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Returns an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the SVM and its calibration."""
        rows = [(_features(it), it.get(INTENT)) for it in training_data.intent_examples]
        rows = [(features, intent) for features, intent in rows if features is not None and intent]
        if len({intent for _, intent in rows}) < 2:
            return self._resource
        labels = np.array([intent for _, intent in rows])
        counts = vstack([features for features, _ in rows]).tocsr()
        weights = TfidfTransformer(sublinear_tf=True)
        features = weights.fit_transform(counts)
        svm = LinearSVC(C=self._config["C"], random_state=self._config["random_state"])
        margins = cross_val_predict(
            svm, features, labels, cv=self._config["folds"], method="decision_function"
        )
        svm.fit(features, labels)
        self._intents = [str(it) for it in svm.classes_]
        self._arrays = {
            "coefficients": svm.coef_.T.astype(np.float32),
            "intercepts": svm.intercept_.astype(np.float32),
            "idf": weights.idf_.astype(np.float32),
            "temperature": np.array(_temperature(margins, labels, svm.classes_)),
        }
        with self._model_storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / "classifier.npz", **self._arrays)
            (folder / "intents.json").write_text(json.dumps(self._intents), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Returns the component as it was trained."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                with np.load(folder / "classifier.npz", allow_pickle=False) as arrays:
                    component._arrays = dict(arrays)
                text = (folder / "intents.json").read_text(encoding="utf-8")
                component._intents = json.loads(text)
        except ValueError:  # it was trained on nothing
            pass
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking` of each message."""
        for message in messages:
            ranking = self._rank(message)
            intent = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set(INTENT, intent, add_to_output=True)
            length = self._config["ranking_length"]
            message.set(INTENT_RANKING_KEY, ranking[:length], add_to_output=True)
        return messages

    def _rank(self, message: Message) -> list[dict[str, Any]]:
        if not self._intents:
            return []
        row = _features(message)
        if row is None or not row.nnz:
            return [{"name": name, "confidence": 1 / len(self._intents)} for name in self._intents]
        # The same as TfidfTransformer, for one row: 1 + log(tf), idf, length one.
        values = (1.0 + np.log(row.data)) * self._arrays["idf"][row.indices]
        margins = (values / np.linalg.norm(values)) @ self._arrays["coefficients"][row.indices]
        margins = margins + self._arrays["intercepts"]
        confidences = softmax(margins / float(self._arrays["temperature"]))
        order = np.argsort(-confidences)
        return [{"name": self._intents[i], "confidence": float(confidences[i])} for i in order]


def _features(message: Message) -> csr_matrix | None:
    _, sentence = message.get_sparse_features(TEXT)
    return csr_matrix(sentence.features).astype(np.float32) if sentence else None


def _temperature(
    margins: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], classes: np.ndarray[Any, Any]
) -> float:
    """Returns the temperature under which the left-out labels are likeliest."""
    right = np.searchsorted(classes, labels)

    def loss(temperature: float) -> float:
        scaled = margins / temperature
        picked = scaled[np.arange(len(right)), right]
        return float(np.mean(logsumexp(scaled, axis=1) - picked))

    return float(min(TEMPERATURES, key=loss))
