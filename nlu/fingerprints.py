"""Fingerprints of training lines in a fraction of the time that Rasa's own take.

Rasa looks before and after each component whether anything has changed, and for that writes every
token and every feature of every line out as JSON and as text: a quarter of a training. Here each
part of a line is hashed by its bytes, and two lines have the same fingerprint exactly if Rasa's
would be the same, too. That is done once, with the lines as they are read: what a component makes
of lines has its fingerprint from the component, its settings and the lines, which decide it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any

import numpy as np
from rasa.engine.training.components import PrecomputedValueProvider
from rasa.engine.training.hooks import TrainingHook
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import INTENT, RESPONSE
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

_BYTES = 20  # Rasa's own fingerprints have 16: of two kinds in one run, the other is never taken
_MADE_BY = "_made_by"  # of training data: the fingerprint of how they came about
_rasas_fingerprint: Callable[[TrainingData], str] = TrainingData.fingerprint
_rasas_after_node: Callable[..., None] = TrainingHook.on_after_node


def use_fast_fingerprints() -> None:
    """Has messages, features and training data use the functions below; once or more often."""
    Message.fingerprint = fingerprint_message
    Message.__deepcopy__ = copy_message
    Features.fingerprint = fingerprint_features
    TrainingData.fingerprint = fingerprint_data
    TrainingData.sanitize_examples = staticmethod(without_repetitions)
    TrainingHook.on_after_node = note_maker


def fingerprint_data(data: TrainingData) -> str:
    """Returns the fingerprint of training data: of how they were made, where that was noted."""
    return str(data.__dict__.get(_MADE_BY) or _rasas_fingerprint(data))


def note_maker(
    hook: TrainingHook,
    node_name: str,
    execution_context: Any,
    config: dict[str, Any],
    output: Any,
    input_hook_data: dict[str, Any],
) -> None:
    """Notes with training data what made them, before Rasa asks for their fingerprint.

    Rasa's key is a hash of the component, its settings and the fingerprints of what it was given.
    """
    is_made_now = hook._pruned_schema.nodes[node_name].uses is not PrecomputedValueProvider
    if isinstance(output, TrainingData) and is_made_now:
        output.__dict__[_MADE_BY] = input_hook_data["fingerprint_key"]
    _rasas_after_node(hook, node_name, execution_context, config, output, input_hook_data)


def without_repetitions(examples: Iterable[Message]) -> list[Message]:
    """Returns each of several lines once, without blanks around intents, as Rasa does.

    A line that is as it should be is left alone, so that its fingerprint is kept.
    """
    examples = list(examples)
    for example in examples:
        for name in (INTENT, RESPONSE):
            value = example.get(name)
            if value and value != value.strip():
                example.set(name, value.strip())
    return list(dict.fromkeys(examples))


def with_lines(data: TrainingData, lines: Iterable[Message]) -> TrainingData:
    """Returns training data with more lines behind those they have; no line is copied."""
    return TrainingData(
        [*data.training_examples, *lines],
        data.entity_synonyms,
        data.regex_features,
        data.lookup_tables,
        data.responses,
    )


def fingerprint_message(message: Message) -> str:
    """Returns the fingerprint of a message, hexadecimal."""
    known = message._cached_fingerprint
    if known is not None and len(known) == 2 * _BYTES:
        return str(known)
    whole = blake2b(digest_size=_BYTES)
    _add(whole, message.data)
    for features in message.features:
        whole.update(features.fingerprint().encode())
    message._cached_fingerprint = whole.hexdigest()
    return str(message._cached_fingerprint)


def fingerprint_features(features: Features) -> str:
    """Returns the fingerprint of features, hexadecimal."""
    if features._cached_fingerprint is None:
        digest = blake2b(digest_size=_BYTES)
        _add(digest, [features.type, str(features.origin), features.attribute])
        if features.is_dense():
            _add(digest, features.features)
        else:
            matrix = features.features.tocoo(copy=False)
            _add(digest, [list(matrix.shape), matrix.row, matrix.col, matrix.data])
        features._cached_fingerprint = digest.hexdigest()
    return str(features._cached_fingerprint)


def copy_message(message: Message, memo: dict[int, Any]) -> Message:
    """Returns a deep copy of a message; texts and features, which nothing changes, are shared."""
    copied = Message.__new__(Message)
    copied.__dict__.update(message.__dict__)
    copied.data = {
        name: copy.deepcopy(value, memo) if isinstance(value, list | dict) else value
        for name, value in message.data.items()
    }
    copied.features = list(message.features)
    copied.output_properties = set(message.output_properties)
    return copied


def _add(digest: Any, value: Any) -> None:
    """Adds a value to a digest: its kind, its length and what it holds."""
    if isinstance(value, str):
        data = value.encode("utf-8", "surrogatepass")
        digest.update(b"s%d:" % len(data))
        digest.update(data)
    elif isinstance(value, list) and value and type(value[0]) is int:
        digest.update(f"i{value}:".encode())
    elif isinstance(value, list) and value and type(value[0]) is Token:
        plain = [(item.text, item.start, item.end, item.lemma, item.data) for item in value]
        digest.update(f"t{plain!r}:".encode("utf-8", "surrogatepass"))
    elif isinstance(value, list | tuple):
        digest.update(b"l%d:" % len(value))
        for element in value:
            _add(digest, element)
    elif isinstance(value, dict):
        digest.update(b"d%d:" % len(value))
        for name in sorted(value, key=str):
            _add(digest, str(name))
            _add(digest, value[name])
    elif isinstance(value, np.ndarray):
        digest.update(f"a{value.dtype}{value.shape}:".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    else:
        digest.update(f"{type(value).__name__}{value!r}:".encode())
