"""Reads a message character by character: is it part of a secret? It knows nothing of the rules.

A conditional random field over the normal form of a message, with the features of `features.py`.
It learns from `lines/*.jsonl`: `python -m scripts.train_tagger` writes `tagger.crfsuite.xz`.
"""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterator
from functools import cache
from threading import Lock

import pycrfsuite

from channels.redaction.by_rules import PUBLIC, with_what_is_joined
from channels.redaction.features import features, shape
from channels.redaction.patterns import FOLDER
from channels.redaction.rule import Topic
from channels.redaction.vocabulary import is_device

MODEL = FOLDER / "tagger.crfsuite.xz"
SECRET, OTHER = "S", "O"  # the labels of a character
# A stretch is hidden when one of its characters is secret with MIN_PEAK, and reaches as far as
# the characters are with MIN_EDGE. Chosen on `tests/channels/redaction/development.jsonl`.
MIN_PEAK, MIN_EDGE = 0.7, 0.3
MIN_LENGTH = 3  # characters; fewer are a step, a choice or a plate more often than a secret
# What a rule has found to be public is secret only when the tagger is nearly sure.
MIN_PUBLIC = 0.97
UNSURE = "unsure"
_TOKEN = re.compile(r"[A-Za-z0-9]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SAYS_SOMETHING = re.compile(r"[^\W_]")
_WITH_GAPS = re.compile("x(?:-?x)*")  # parts with as little as a comma between them are one
_LOCK = Lock()


def read(form: str, topics: set[Topic]) -> list[float]:
    """Returns for each character how sure the tagger is that it is part of a secret, 0 to 1.

    Args:
        form: the normal form of a message.
        topics: what the messages before it made its topic.
    """
    if not form:
        return []
    rows = features(form, topics)
    with _LOCK:  # the model holds one message at a time
        tagger = _model()
        tagger.set(rows)
        return [float(tagger.marginal(SECRET, index)) for index in range(len(rows))]


def with_stretches(form: str, kinds: list[str], chances: list[float]) -> list[str]:
    """Returns `kinds` with what the tagger takes for secret beside what the rules have decided."""
    weighed = [
        0.0 if kind == PUBLIC and probability < MIN_PUBLIC else probability
        for kind, probability in zip(kinds, chances, strict=True)
    ]
    kinds = list(kinds)
    public = [
        (match.start(), shape(match.group()))
        for match in _TOKEN.finditer(form)
        if all(kind == PUBLIC for kind in kinds[match.start() : match.end()])
    ]
    for start, end in _stretches(form, weighed):
        start, end = with_what_is_joined(form, start, end)
        known = {kept_at for at, kept_at in public if not start <= at < end}
        if not _is_more_of(form[start:end], known) and not is_device(form[start:end]):
            kinds[start:end] = _filled(kinds[start:end])
    return kinds


def _is_more_of(stretch: str, public: set[str]) -> bool:
    """Tells whether a stretch only goes on with what is public: a second error code, a third.

    Args:
        stretch: letters, digits and signs.
        public: the shapes of what is public elsewhere in the message.
    """
    tokens = _TOKEN.findall(stretch)
    return (
        bool(tokens)
        and all(shape(token) in public for token in tokens)
        and not _HAN.search(stretch)
    )


@cache
def _model() -> pycrfsuite.Tagger:
    if not MODEL.is_file():
        raise FileNotFoundError(f"{MODEL} is missing: run python -m scripts.train_tagger")
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(_weights())
    return tagger


@cache
def _weights() -> bytes:
    """Returns what a tagger reads in place: it has to stay in memory as long as the tagger."""
    return lzma.decompress(MODEL.read_bytes())


def _filled(kinds: list[str]) -> list[str]:
    """Returns the kinds of a secret stretch: the one that the rules name in it, or unsure."""
    hidden = {kind for kind in kinds if kind not in ("", PUBLIC)}
    rest = hidden.pop() if len(hidden) == 1 else UNSURE
    return [rest if kind in ("", PUBLIC) else kind for kind in kinds]


def _stretches(form: str, chances: list[float]) -> Iterator[tuple[int, int]]:
    """Yields start and end of each stretch that is secret."""
    reached = "".join("x" if probability >= MIN_EDGE else "-" for probability in chances)
    for match in _WITH_GAPS.finditer(reached):
        start, end = match.span()
        says_something = _SAYS_SOMETHING.search(form, start, end)  # not the stars of a masked field
        if says_something and end - start >= MIN_LENGTH and max(chances[start:end]) >= MIN_PEAK:
            yield start, end
