"""Reads what a typed message does in its conversation: its dialogue acts, several where it has.

A network says how sure each act is (`policies.act_network`); which of them count, `ActSelector`
says (`policies.act_selection`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from ruamel.yaml import YAML

from nlu.clause_splitter import PARTS
from nlu.features import Row, row_of
from policies.act_network import ActNetwork
from policies.act_selection import ActSelector
from policies.acts import GOOD_NEWS, OF_CAUSES, are_anywhere, read_meant
from policies.context import ANY, context_of, inner_context_of
from policies.contextual_lines import ACTS, CONTEXT
from policies.doubt import IN_DOUBT

MEANT = "meant.json"
NEAR_CAUSES = "near_causes"  # of a message: what it may rule out, the likelier first
RULES_OUT = "rules_out:"
Read = tuple[list[str], list[str], list[str]]  # acts, those in doubt, near causes
OF_VIEW = (*OF_CAUSES, "screen", "reached")  # acts that speak of the cause or page in view


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ActReader(GraphComponent):
    """Sets `acts` of a message, by the message and the slots of its conversation.

    It learns from the lines of `data/acts`, and from some lines of each intent in `data/nlu`,
    which stand for acts by `intents.yml`, each under a pending question drawn at random.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before this one."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How the network is trained, and from when on an act is read.

        `ngrams` is the length of a message's n-grams together, `contexts` the weight of each word
        of the context; n-grams of fewer than `min_lines` lines are left out, and `members` networks
        are one, whose tables learn at a rate of their own. Of a message of parts, the one that says
        most of an act has the weight `parts` in its score. An act counts from `statements` on, one
        that only answers or moves on from `answers` on, those of `limits` from theirs on, those
        that speak of causes from `causes` on, and those of `careful`, which the assistant would
        rejoice at, from `careful_threshold` on; between the two they count as `done`, of which the
        outcome is asked. Beside a likelier one an act needs `share` of its score, in a message of
        parts `share_of_parts`. The likeliest alone counts from `min_score` on; anywhere else, a
        guess is what is below `threshold`. Under the kinds `open`, where nothing is asked that an
        answer could be for, an intent with a confidence of `sure` goes before acts, and those from
        `beside` on stand beside it (a question beside one that is `very_sure` from `sure` on);
        `out_of_scope`, which knows nothing, goes behind acts that are `very_likely`. Anywhere, an
        intent from `very_sure` on that says something of its own goes before acts that are mere
        answers, and one of success lets those of `careful` count like any, under the kinds `amid`
        from `success` on. Beside a practical question that `QuestionReader` has found, acts count
        that go with any, and others from `very_likely` on; in a message of several clauses a
        further question counts from `second_question` on if the one found is likelier yet. A
        success is none of the whole where a later part of the message complains, from `complaint`
        on. Acts below `guess`, with which the intent does not agree, are asked back where two from
        `rival` on are rivals. Parts that begin as the regular expression `denial` say what is not
        meant, those that begin as `contrast` that something is not well after all. A success counts
        as `done` where the part that tells of it matches `supposition`: it is asked for, or wished.
        """
        return {
            "hidden": 256,
            "epochs": 8,
            "batch": 512,
            "rate": 0.012,
            "sparse_rate": 0.03,
            "dropout": 0.4,
            "feature_dropout": 0.4,
            "members": 3,
            "min_lines": 5,
            "ngrams": 3.0,
            "contexts": 2.0,
            "parts": 0.5,
            "lines_an_intent": 50,
            "intents": "data/acts/intents.yml",
            "threshold": 0.42,
            "statements": 0.39,
            "answers": 0.47,
            "share": 0.7,
            "share_of_parts": 0.55,
            "min_score": 0.12,
            "open": ["none", "menu", "trouble", "meaning"],
            "sure": 0.8,
            "beside": 0.4,
            "very_likely": 0.5,
            "very_sure": 0.95,
            "second_question": 0.6,
            "careful": ["solved", "worked"],
            "careful_threshold": 0.7,
            "success": 0.8,
            "amid": ["step", "return", "finish"],
            "limits": {"fact:liaison=self": 0.55},
            "causes": 0.32,
            "complaint": 0.35,
            "guess": 0.5,
            "rival": 0.1,
            "denial": "(?!)",
            "contrast": "(?!)",
            "supposition": "(?!)",
            "random_state": 42,
        }

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """Makes an untrained component."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._meant: dict[str, dict[str, list[str]]] = {}  # by intent: its acts, under what
        self._network = ActNetwork(config)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActReader:
        """Returns an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains the network and keeps it."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        lines = [
            (row_of(example), str(example.get(CONTEXT)), list(example.get(ACTS)))
            for example in examples
            if example.get(ACTS) and example.get(CONTEXT) != ANY  # those teach questions alone
        ]
        if not lines:
            return self._resource
        anywhere = [(row, "none", acts) for row, _, acts in lines if are_anywhere(acts)]
        self._network.fit([*lines, *anywhere, *self._from_intents(examples)])
        with self._model_storage.write_to(self._resource) as folder:
            self._network.save(folder)
            (folder / MEANT).write_text(json.dumps(self._meant), encoding="utf-8")
        return self._resource

    def _from_intents(self, examples: list[Message]) -> Iterable[tuple[Row, str, Sequence[str]]]:
        spec = YAML(typ="safe").load(Path(self._config["intents"]).read_text(encoding="utf-8"))
        self._meant = read_meant(spec)
        rng = np.random.default_rng(self._config["random_state"])
        left = dict.fromkeys(spec["intents"], self._config["lines_an_intent"])
        for number in rng.permutation(len(examples)):
            intent = examples[number].get(INTENT)
            if left.get(intent):
                left[intent] -= 1
                meant = self._meant[intent]
                yield row_of(examples[number]), str(rng.choice(meant["under"])), meant["acts"]

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ActReader:
        """Returns the component as it was trained."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component._network.restore(Path(folder))
                meant = (Path(folder) / MEANT).read_text(encoding="utf-8")
                component._meant = json.loads(meant)
        except ValueError:  # it was trained on nothing
            pass
        return component

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Sets `acts` of each message."""
        slots = tracker.current_slot_values() if tracker else {}
        for message in messages:
            read = self._read(message, context_of(slots), inner_context_of(slots))
            for name, acts in zip((ACTS, IN_DOUBT, NEAR_CAUSES), read, strict=True):
                message.set(name, acts, add_to_output=True)
        return messages

    def read(self, message: Message, context: str) -> list[str]:
        """Returns the acts of a message under a pending question, the likeliest first."""
        return self._read(message, context)[0]

    def _read(self, message: Message, context: str, inner: str = "") -> Read:
        """Returns the acts of a message, those to ask back where they are but guessed, near causes.

        With the context of what is in view behind the question, what speaks of that is read under
        it as well.
        """
        if not self._network.is_trained() or not str(message.get(TEXT) or "").strip():
            return [], [], []
        parts = [row_of(part) for part in message.get(PARTS) or ()]

        def of_parts() -> list[dict[str, float]]:
            return [dict(self._network.rank(part, context)) for part in parts]

        ranked = self._network.rank(row_of(message), context, parts)
        if inner:
            of_view = self._network.rank(row_of(message), inner, parts)
            ranked = with_inner(ranked, of_view, inner.startswith("cause"))
        selector = ActSelector(self._config, self._meant)
        acts, in_doubt = selector.select(message, context, ranked, of_parts)
        causes = [
            act.removeprefix(RULES_OUT)
            for act, score in ranked
            if act.startswith(RULES_OUT) and score >= self._config["min_score"]
        ]
        return acts, in_doubt, causes


def with_inner(
    ranked: Sequence[tuple[str, float]], inner: Sequence[tuple[str, float]], is_cause: bool
) -> list[tuple[str, float]]:
    """Returns acts with their scores, what speaks of causes and pages by the likelier reading.

    Amid the causes of a trouble a success, and the good news of it, count by the less likely one:
    under a question of the outcome whatever was seen to looks like one.
    """
    scores = dict(inner)
    merged = [
        (
            act,
            max(score, scores[act])
            if act.startswith(OF_VIEW)
            else min(score, scores[act])
            if is_cause and act in GOOD_NEWS
            else score,
        )
        for act, score in ranked
    ]
    return sorted(merged, key=itemgetter(1), reverse=True)
