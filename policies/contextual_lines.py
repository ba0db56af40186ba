"""Adds the lines of `data/acts` to what is trained on, so that they get features as all others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.fingerprints import with_lines

ACTS, CONTEXT = "acts", "context"
QUESTIONS = "questions"  # of a message: the AskedQuestions in it
ASKS_NOTHING = "asks_nothing"  # of a message: whether it surely asks nothing
UNKNOWN = "ask:unknown"  # asked, but what is not known


class AskedQuestion(NamedTuple):
    """A practical question that a message asks.

    Attributes:
        act: such as `ask:time`.
        is_whole: whether the whole message asks it, not only a clause of it.
        is_sure: whether it is told by itself, not only as the likeliest of what is surely asked.
    """

    act: str
    is_whole: bool
    is_sure: bool = True


def read_lines(folder: Path) -> Iterator[dict[str, Any]]:
    """Yields the lines of every file of `folder`: `q`, `text` and `acts`.

    Raises:
        ValueError: if a line is no JSON or lacks a field; the message names file and line.
    """
    for path in sorted(folder.glob("*.jsonl")):
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                line = json.loads(text)
                yield {key: line[key] for key in ("q", "text", "acts")}
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path}:{number}: not a line of acts: {error}") from error


# Rasa's recipe knows no kind for what changes training data; a featurizer may come anywhere.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class ContextualLines(GraphComponent):
    """Works in training only; the lines have acts and a context, and no intent."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The folder of the lines."""
        return {"folder": "data/acts"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Tells Rasa to work anew when the lines have changed."""
        folder = Path({**cls.get_default_config(), **config}["folder"])
        digest = hashlib.sha256()
        for path in sorted(folder.glob("*")):
            digest.update(path.read_bytes())
        return digest.hexdigest()

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
    ) -> ContextualLines:
        """Returns the component; it learns nothing."""
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Returns the training data with the lines behind them."""
        lines = read_lines(Path(self._config["folder"]))
        added = [
            Message({TEXT: line["text"], ACTS: line["acts"], CONTEXT: line["q"]}) for line in lines
        ]
        return with_lines(training_data, added)

    def process(self, messages: list[Message]) -> list[Message]:
        """Returns the messages as they are."""
        return messages
