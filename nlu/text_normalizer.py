"""Puts a normalised text beside the text of a message; the text itself stays as it was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.device_names import DeviceNames, read_devices
from nlu.files import digest
from nlu.folding import read_variants
from nlu.normalization import Normalized, normalize

NORMALIZED = "normalized"
# Nobody tells a trouble in more characters, and every later step takes time for each of them.
LONGEST_TEXT = 2_000


def normalized(message: Message) -> Normalized:
    """Returns what `TextNormalizer` made of a message, or its text as it is."""
    kept = message.get(NORMALIZED)
    if kept:
        return Normalized(*kept)
    return normalize((message.get(TEXT) or "")[:LONGEST_TEXT], {})


# Rasa's recipe knows no kind for what comes before a tokenizer; a featurizer may come anywhere.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class TextNormalizer(GraphComponent):
    """Sets `normalized` of each message: text, starts and ends.

    See `nlu.normalization` for the form, and `nlu.device_names` for what is left out.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Where the Traditional characters and the names of phones are; read in training only."""
        return {"variants": "nlu/traditional.txt", "devices": "nlu/devices.yml"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Tells Rasa to train this component anew when one of its files has changed."""
        config = {**cls.get_default_config(), **config}
        return digest(Path(config["variants"]), Path(config["devices"]))

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """Makes a component that knows no Traditional characters and no phones yet."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._variants: dict[str, str] = {}
        self._devices = DeviceNames({})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextNormalizer:
        """Returns an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the Traditional characters and the names of phones with the model."""
        self._variants = read_variants(Path(self._config["variants"]))
        devices = read_devices(Path(self._config["devices"]))
        self._devices = DeviceNames(devices)
        with self._storage.write_to(self._resource) as folder:
            for name, kept in (("variants.json", self._variants), ("devices.json", devices)):
                text = json.dumps(kept, ensure_ascii=False)
                (folder / name).write_text(text, encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TextNormalizer:
        """Returns the component as it was trained."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            variants = (folder / "variants.json").read_text(encoding="utf-8")
            devices = (folder / "devices.json").read_text(encoding="utf-8")
        component._variants = json.loads(variants)
        component._devices = DeviceNames(json.loads(devices))
        return component

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Sets `normalized` of every training line."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `normalized` of each message that has a text."""
        for message in messages:
            text = message.get(TEXT)
            if text is not None:
                plain = normalize(text[:LONGEST_TEXT], self._variants)
                message.set(NORMALIZED, list(self._devices.without(plain)))
        return messages
