"""What each kind of feature adds to those before it.

On few lines an intent, where a feature has to earn its place, and on the development questions as
they are and with the errors of hasty typing put in. The held-out questions are not looked at.
"""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from ruamel.yaml import YAML

from data_checks.lines import Question, read_lines, read_questions
from nlu.character_featurizer import CharacterFeaturizer
from nlu.chinese_tokenizer import ChineseTokenizer
from nlu.intent_classifier import NetworkIntentClassifier
from nlu.pinyin_featurizer import PinyinFeaturizer
from nlu.sentence_featurizer import SentenceFeaturizer
from nlu.text_normalizer import TextNormalizer
from nlu.typing_noise import TypingNoise
from nlu.word_featurizer import WordFeaturizer
from scripts.console import ROOT

PER_INTENT = 30
SEED = 7
READERS: dict[type[Any], dict[str, Any]] = {
    TextNormalizer: {
        "variants": str(ROOT / "nlu" / "traditional.txt"),
        "devices": str(ROOT / "nlu" / "devices.yml"),
    },
    ChineseTokenizer: {"dictionary_path": str(ROOT / "nlu" / "jieba")},
}
FEATURES: dict[type[Any], dict[str, Any]] = {
    WordFeaturizer: {"max_ngram": 1},
    CharacterFeaturizer: {},
    PinyinFeaturizer: {},
    SentenceFeaturizer: {},
}


@dataclass
class Gain:
    """The accuracy on questions as they are and mistyped."""

    written: float
    mistyped: float


def measure_features() -> dict[str, Gain]:
    """Returns what is reached with the first kind of features, the first two, and so on."""
    data = TrainingData([Message({TEXT: text, INTENT: intent}) for text, intent in few_lines()])
    questions = read_questions(ROOT / "tests" / "nlu" / "development.tsv")
    asked = [
        Message({TEXT: text})
        for text in [*(question.text for question in questions), *corrupt(questions)]
    ]
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        storage = LocalModelStorage(Path(folder))
        for kind, settings in READERS.items():
            _add(kind, settings, storage, data, asked)
        for kind, settings in FEATURES.items():
            _add(kind, settings, storage, data, asked)
            classifier = _create(NetworkIntentClassifier, {"left_out": 0.0}, storage)
            classifier.train(data)
            # The ranking is looked at on copies: what is told must not be told again.
            classified = classifier.process(
                [Message(question.data, features=question.features) for question in asked]
            )
            right = [
                message.get(INTENT)["name"] in question.intents
                for message, question in zip(classified, (*questions, *questions), strict=True)
            ]
            half = len(questions)
            results[kind.__name__] = Gain(
                float(np.mean(right[:half])), float(np.mean(right[half:]))
            )
    return results


def _add(
    kind: type[Any],
    settings: dict[str, Any],
    storage: LocalModelStorage,
    data: TrainingData,
    asked: list[Message],
) -> None:
    component = _create(kind, settings, storage)
    if hasattr(component, "train"):
        component.train(data)
    component.process_training_data(data)
    component.process(asked)


def few_lines() -> list[tuple[str, str]]:
    """Returns the text and intent of some training lines, the same number for each intent."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for line in read_lines(ROOT / "data" / "nlu"):
        by_intent[line.intent].append(line.text)
    rng = random.Random(SEED)
    return [
        (text, intent)
        for intent, texts in sorted(by_intent.items())
        for text in rng.sample(texts, PER_INTENT)
    ]


def corrupt(questions: list[Question]) -> list[str]:
    """Returns the questions' texts with errors of typing in them."""
    rules = YAML(typ="safe").load((ROOT / "nlu" / "noise.yml").read_text(encoding="utf-8"))
    rules["shares"] = {"typing": 1}
    corpus = (line.text for line in read_lines(ROOT / "data" / "nlu"))
    noise = TypingNoise(rules, corpus, SEED)
    return [noise.corrupt(question.text) for question in questions]


def _create(kind: type[Any], settings: dict[str, Any], storage: LocalModelStorage) -> Any:
    context = ExecutionContext(GraphSchema({}), node_name=kind.__name__)
    config = {**kind.get_default_config(), **settings}
    return kind.create(config, storage, Resource(kind.__name__), context)
