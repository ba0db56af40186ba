"""Adds mistyped and misspoken copies of training lines, so that the rest learns to bear them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from ruamel.yaml import YAML

from nlu.files import digest
from nlu.fingerprints import use_fast_fingerprints, with_lines

if TYPE_CHECKING:
    from nlu.typing_noise import TypingNoise

ORIGIN = "origin"


def origin(message: Message) -> str:
    """Returns the line that a copy was made from, or a line's own text."""
    return str(message.get(ORIGIN) or message.get(TEXT))


# Rasa's recipe knows no kind for what changes training data; a featurizer may come anywhere.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class NoiseAugmenter(GraphComponent):
    """Works in training only; a copy has the intent and no entities, see `nlu.typing_noise`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`share` of the lines that get a copy, the rules' file, and the seed."""
        return {"share": 0.4, "rules": "nlu/noise.yml", "seed": 42}

    @staticmethod
    def required_packages() -> list[str]:
        """Packages beyond Rasa's own."""
        return ["jieba", "opencc", "pypinyin"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Tells Rasa to work anew when the rules have changed."""
        return digest(Path({**cls.get_default_config(), **config}["rules"]))

    def __init__(self, config: dict[str, Any]) -> None:
        """Takes the settings."""
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NoiseAugmenter:
        """Returns the component; it learns nothing."""
        use_fast_fingerprints()
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Returns the training data with the copies behind the lines."""
        from nlu.typing_noise import TypingNoise  # its dictionaries take 50 MB

        lines = [
            example
            for example in training_data.training_examples
            if example.get(INTENT) and example.get(TEXT)
        ]
        rules = YAML(typ="safe").load(Path(self._config["rules"]).read_text(encoding="utf-8"))
        noise = TypingNoise(rules, (line.get(TEXT) for line in lines), self._config["seed"])
        return with_lines(training_data, self._copies(lines, noise))

    def _copies(self, lines: list[Message], noise: TypingNoise) -> list[Message]:
        copies = []
        for line in lines:
            text = str(line.get(TEXT))
            rng = random.Random(f"{self._config['seed']}:copy:{text}")  # noqa: S311
            corrupted = noise.corrupt(text) if rng.random() < self._config["share"] else text
            if corrupted != text:
                copies.append(Message({TEXT: corrupted, INTENT: line.get(INTENT), ORIGIN: text}))
        return copies

    def process(self, messages: list[Message]) -> list[Message]:
        """Returns the messages as they are."""
        return messages
