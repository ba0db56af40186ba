"""Texts that were read for secrets a moment ago, and had none.

A channel hides the secrets of a message as it comes, and the tracker once more, as what was
announced before may differ. Mostly it does not, and the second reading finds what the first did.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from channels.redaction import EMPTY, Memory, redact
from channels.redaction.rule import Topic

MAX_TEXTS = 100

_clean: OrderedDict[tuple[bytes, frozenset[Topic]], None] = OrderedDict()


def redact_again(text: str, memory: Memory = EMPTY) -> str:
    """Returns `text` with its secrets hidden, as `redact` does.

    One that had none a moment ago, with the same announced before it, is not read again. What is
    remembered of it is a digest.

    Args:
        text: a message of a person.
        memory: what the person's messages before it have announced.
    """
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    key = digest, frozenset(memory.topics(text))
    if key in _clean:
        return text
    hidden = redact(text, memory)
    if hidden == text:
        _clean[key] = None
        if len(_clean) > MAX_TEXTS:
            _clean.popitem(last=False)
    return hidden
