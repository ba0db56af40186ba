"""Hears the operator's own questions, which are live: nobody has trained a model on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.blas import blas_threads
from nlu.features import row_of, rows_of
from nlu.local_questions import (
    OFFERED,
    TAKEN,
    UNANSWERED,
    Background,
    LiveQuestions,
    doubt_of,
    message_form,
)
from nlu.noise_augmenter import origin
from nlu.sentence_encoder import encode_all
from nlu.text_normalizer import normalized
from policies.acts import ALONE, BESIDE
from policies.context import context_of
from policies.contextual_lines import ACTS
from serving.drafts import draft_of
from serving.tenants import DEFAULT, content_of, names, tenant_of

LOCAL = "local:"  # the act of such a question, with its name
LOCAL_OFFER = "local_offer"  # of a message: the name of a question that it may be
ROOT = Path(__file__).resolve().parent.parent
FILE = "background.npz"
# Acts beside which a question may well be asked; all others answer or move something.
QUIET = ("ask", *BESIDE, *ALONE, "chitchat", "noise")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LocalQuestionReader(GraphComponent):
    """Puts `local:<name>` before the acts of a message that asks a question of the operator's.

    What it learns is what training lines are like, no question: those stand in a file that is
    looked at with every message, of each tenant in one of its own. It stands behind the act reader,
    whose acts it replaces.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before this one."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Where the questions are, and from which score on one is answered.

        `taken` is for a message that begins a matter; `amid` for one while something of the kinds
        beside `open` is asked, and for one whose acts answer or move something. Between `offered`
        and that, the question is only offered.
        """
        return {
            "file": "content/local.yml",
            "taken": TAKEN,
            "amid": 0.0,
            "offered": OFFERED,
            "open": ["none", "menu", "trouble", "meaning", "return"],
        }

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """Makes an untrained component, which hears nothing."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._background: Background | None = None
        self._form = message_form()
        self._live: dict[str, LiveQuestions] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LocalQuestionReader:
        """Returns an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns what the lines of the intents are like, as they were written."""
        lines = [
            line
            for line in training_data.intent_examples
            if line.get(INTENT) and line.get(TEXT) and origin(line) == line.get(TEXT)
        ]
        vectors = rows_of(lines)[1]
        if len(lines) > 1 and vectors.shape[1]:
            outside = np.isin([str(line.get(INTENT)) for line in lines], UNANSWERED)
            texts = [normalized(line).text for line in lines]
            background = Background.learn(texts, vectors, outside)
            with self._model_storage.write_to(self._resource) as folder:
                background.save(folder / FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LocalQuestionReader:
        """Returns the component as it was trained, with the questions of the file."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                background = Background.load(Path(folder) / FILE)
        except ValueError:  # it was trained on nothing
            return component
        component.listen(background)
        return component

    def listen(self, background: Background) -> None:
        """Begins to look at the files of questions."""
        self._background = background
        for tenant in (DEFAULT, *names()):
            self._live_of(tenant)

    def _live_of(self, tenant: str) -> LiveQuestions | None:
        """Returns the questions of a tenant; None before there was a training."""
        if self._background is None:
            return None
        if tenant not in self._live:
            path = ROOT / self._config["file"]
            if tenant != DEFAULT:
                path = content_of(tenant) / path.name
            self._live[tenant] = LiveQuestions(path, self._background, encode_all, self._form)
        return self._live[tenant]

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Sets the acts of each message that asks such a question, or what it may be."""
        live = self._live_of(tenant_of(tracker.sender_id) if tracker else DEFAULT)
        if live is None:
            return messages
        present = live.current()
        kind = context_of(tracker.current_slot_values() if tracker else {}).split()[0]
        for message in messages:
            draft = draft_of(message.get("metadata"))
            questions = live.with_draft(draft) if draft else present
            if not questions.entries:
                continue
            text = normalized(message).text
            with blas_threads(1):
                doubt = doubt_of(message.get(INTENT_RANKING_KEY) or [])
                found = questions.find(text, row_of(message).dense, doubt)
            if found is None:
                continue
            acts = [str(act) for act in message.get(ACTS) or []]
            if found.score >= self._limit(kind, acts):
                beside = [act for act in acts if act.startswith(BESIDE)]
                message.set(ACTS, [f"{LOCAL}{found.name}", *beside], add_to_output=True)
            elif found.score >= self._config["offered"]:
                message.set(LOCAL_OFFER, found.name, add_to_output=True)
        return messages

    def _limit(self, kind: str, acts: Sequence[str]) -> float:
        is_move = any(not act.startswith(QUIET) for act in acts)
        is_amid = kind not in self._config["open"]
        name = "amid" if is_move or is_amid else "taken"
        return float(self._config[name])
