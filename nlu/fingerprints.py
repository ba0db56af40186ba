"""Fingerprints of training lines in a fraction of the time that Rasa's own take.

Rasa looks before and after each component whether anything has changed, and for that writes every
token and every feature of every line out as JSON and as text: a quarter of a training. Here each
part of a line is hashed once, by its bytes, and again only when it is replaced. Two lines have the
same fingerprint exactly if Rasa's would be the same, too.
"""

from __future__ import annotations

import copy
from hashlib import blake2b
from typing import Any

import numpy as np
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message

_BYTES = 20  # Rasa's own fingerprints have 16: of two kinds in one run, the other is never taken
_PARTS = "_digested_parts"  # of a message: by name, the value and its digest


def use_fast_fingerprints() -> None:
    """Has messages and features use the functions below; a second call changes nothing."""
    Message.fingerprint = fingerprint_message
    Message.__deepcopy__ = copy_message
    Features.fingerprint = fingerprint_features


def fingerprint_message(message: Message) -> str:
    """Returns the fingerprint of a message, hexadecimal.

    A part is known by its identity: to change one in place goes unseen, and nothing does so.
    """
    known = message._cached_fingerprint
    if known is not None and len(known) == 2 * _BYTES:
        return str(known)
    parts: dict[str, tuple[Any, bytes]] = message.__dict__.setdefault(_PARTS, {})
    whole = blake2b(digest_size=_BYTES)
    for name in sorted(message.data):
        value = message.data[name]
        if name not in parts or parts[name][0] is not value:
            digest = blake2b(digest_size=_BYTES)
            _add(digest, value)
            parts[name] = (value, digest.digest())
        whole.update(name.encode())
        whole.update(parts[name][1])
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
    copied.__dict__[_PARTS] = {}
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
