"""Fast fingerprints tell lines apart exactly where Rasa's own do."""

from __future__ import annotations

import copy
from collections.abc import Callable
from unittest.mock import Mock

import numpy as np
import pytest
from rasa.engine.training.components import PrecomputedValueProvider
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import deep_container_fingerprint
from scipy.sparse import coo_matrix

from nlu.fingerprints import (
    copy_message,
    fingerprint_data,
    fingerprint_features,
    fingerprint_message,
    note_maker,
    with_lines,
    without_repetitions,
)


def features(*values: float, dense: bool = True, attribute: str = "text") -> Features:
    row = np.array([values], np.float32)
    return Features(row if dense else coo_matrix(row), "sentence", attribute, "here")


def line(**parts: object) -> Message:
    message = Message({"text": "密码忘了", "intent": "recover_password", **parts})
    message.set("text_tokens", [Token("密码", 0), Token("忘了", 2)])
    message.set("entities", [{"start": 0, "end": 2, "entity": "thing", "value": "密码"}])
    message.set("normalized", ["密码忘了", [0, 1, 2, 3], [1, 2, 3, 4]])
    message.add_features(features(1.0, 0.0, 2.0))
    message.add_features(features(0.0, 3.0, 0.0, dense=False))
    return message


CHANGES: dict[str, Callable[[Message], object]] = {
    "text": lambda message: message.set("text", "密码忘了吗"),
    "intent": lambda message: message.set("intent", "greet"),
    "another part": lambda message: message.set("acts", ["matter"]),
    "entities": lambda message: message.set("entities", []),
    "tokens": lambda message: message.set("text_tokens", [Token("密码忘了", 0)]),
    "a token's place": lambda message: message.set(
        "text_tokens", [Token("密码", 1), Token("忘了", 2)]
    ),
    "numbers": lambda message: message.set("normalized", ["密码忘了", [0, 1, 2, 3], [1, 2, 3, 5]]),
    "features": lambda message: message.add_features(features(1.0)),
    "nothing": lambda message: message.set("intent", "recover_password"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_shows_exactly_where_it_shows_in_rasas_own(
    change: Callable[[Message], object],
) -> None:
    message, same = line(), line()
    assert fingerprint_message(message) == fingerprint_message(same)
    rasas = deep_container_fingerprint([message.data, message.features])
    before = fingerprint_message(message)
    change(message)
    changed = deep_container_fingerprint([message.data, message.features]) != rasas
    assert (fingerprint_message(message) != before) is changed


@pytest.mark.parametrize(
    "other",
    [
        features(1.0, 2.5),
        features(2.0, 1.0),
        features(1.0, 2.0, 0.0),
        features(1.0, 2.0, attribute="response"),
        features(1.0, 2.0, dense=False),
    ],
)
def test_features_differ_by_values_places_shape_and_kind(other: Features) -> None:
    assert fingerprint_features(features(1.0, 2.0)) == fingerprint_features(features(1.0, 2.0))
    assert fingerprint_features(features(1.0, 2.0)) != fingerprint_features(other)


def test_sparse_features_differ_by_shape_and_place() -> None:
    one = fingerprint_features(features(1.0, 0.0, dense=False))
    assert one != fingerprint_features(features(0.0, 1.0, dense=False))
    assert one != fingerprint_features(features(1.0, 0.0, 0.0, dense=False))


def test_a_fingerprint_of_rasas_own_is_not_taken_for_one_of_these() -> None:
    message, same = line(), line()
    message._cached_fingerprint = deep_container_fingerprint([message.data, message.features])
    assert fingerprint_message(message) == fingerprint_message(same)


def test_a_copy_is_the_same_and_shares_nothing_that_changes() -> None:
    message = line(metadata={"example": {"from": "here"}})
    message.output_properties.add("intent")
    copied = copy_message(message, {})
    assert fingerprint_message(copied) == fingerprint_message(message)
    assert copied.output_properties == message.output_properties
    before = fingerprint_message(message)
    copied.data["entities"].append({"entity": "place"})
    copied.data["metadata"]["example"]["from"] = "there"
    copied.set("intent", "greet")
    copied.add_features(features(5.0))
    copied.output_properties.add("entities")
    message._cached_fingerprint = None
    assert (
        fingerprint_message(message)
        == before
        == fingerprint_message(line(metadata={"example": {"from": "here"}}))
    )
    assert len(message.features) == 2
    assert "entities" not in message.output_properties
    assert copy.deepcopy(message).data == message.data


def test_what_a_component_made_is_told_apart_by_what_made_it() -> None:
    cache = Mock()
    nodes = {"made": Mock(uses=object), "kept": Mock(uses=PrecomputedValueProvider)}
    hook = Mock(_pruned_schema=Mock(nodes=nodes), _cache=cache)
    data = TrainingData([line()])
    as_read = fingerprint_data(data)
    note_maker(hook, "kept", None, {}, data, {"fingerprint_key": "first"})
    assert fingerprint_data(data) == as_read
    note_maker(hook, "made", None, {}, data, {"fingerprint_key": "second"})
    assert fingerprint_data(data) == "second"
    assert fingerprint_data(with_lines(data, ())) == as_read


def test_a_line_stays_once_and_its_fingerprint_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Message, "fingerprint", fingerprint_message)
    first, same, other = line(), line(intent=" recover_password "), line(intent="greet")
    for message in (first, same, other):
        fingerprint_message(message)
    kept = first._cached_fingerprint
    assert without_repetitions([first, same, other]) == [first, other]
    assert same.get("intent") == "recover_password"
    assert first._cached_fingerprint is kept
