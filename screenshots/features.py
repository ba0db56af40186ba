"""What is measured of a picture and its lines, for the model that says what matters on it.

A text is known by its n-grams (hashed into buckets) and by its meaning (the vector of the sentence
encoder), a line also by its location, size, colours and neighbours, a picture by all its lines
together. Training and use take them from here alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlu.sentence_encoder import encode_all
from screenshots.blocks import Block, Look, brightness, height_of, is_han
from screenshots.reading import TextLine
from screenshots.signs import SIGNS, bare

Array = np.ndarray[Any, Any]

BUCKETS = 8_192
MEANING = 512  # numbers of a vector of the sentence encoder
MAX_NGRAM = 3
_BEGIN, _END = "\x02", "\x03"
_FAR = 4.5  # heights of a line below which a button belongs to a text
_NEAR = 0.9  # the same for the next line of one text
_MAX_MEASURE = 5  # beyond, a reading is odd
_LONG = 40  # characters; more say nothing more
_SHORT = 5
_MANY_POINTS = 9  # about what a page has for its own signs


@dataclass(frozen=True)
class Texts:
    """The texts of some lines as numbers.

    Attributes:
        buckets: of each text, the buckets of its n-grams, int64.
        vectors: its meaning, float32 of shape (texts, MEANING).
    """

    buckets: list[Array]
    vectors: Array

    @classmethod
    def of(cls, texts: Sequence[str]) -> Texts:
        """Returns the numbers of bare texts."""
        return cls([ngrams(text) for text in texts], vectors_of(texts))


def vectors_of(texts: Sequence[str]) -> Array:
    """Returns what texts mean, float32 of shape (texts, MEANING)."""
    return encode_all(texts) if texts else np.empty((0, MEANING), np.float32)


def ngrams(text: str) -> Array:
    """Returns the buckets of a bare text's n-grams of characters, each once, int64."""
    marked = f"{_BEGIN}{text}{_END}"
    found = {
        zlib.crc32(marked[at : at + length].encode("utf-8", "surrogatepass")) % BUCKETS
        for length in range(1, MAX_NGRAM + 1)
        for at in range(len(marked) - length + 1)
    }
    return np.array(sorted(found), np.int64)


def line_features(lines: Sequence[TextLine], look: Look) -> Array:
    """Returns what is measured of each line beside its text, float32 of shape (lines, n)."""
    if not lines:
        return np.empty((0, 0), np.float32)
    top, bottom = lines[0].top, max(line.bottom for line in lines)
    measures = [_of_line(line, lines, look, top, bottom) for line in lines]
    return np.clip(np.array(measures, np.float32), -_MAX_MEASURE, _MAX_MEASURE)


def _of_line(
    line: TextLine, lines: Sequence[TextLine], look: Look, top: float, bottom: float
) -> list[float]:
    text, height, block = bare(line.text), height_of(line), Block([line])
    centre = (line.top + line.bottom) / 2
    row = [
        other for other in lines if other is not line and abs(_centre(other) - centre) < height / 2
    ]
    above = [other for other in lines if other.bottom <= line.top + 0.4 * height]
    below = [other for other in lines if other.top > line.top + 0.5 * height]
    gap_above = line.top - max((other.bottom for other in above), default=-look.height)
    next_line = below[0] if below else None  # the lines come from top to bottom
    gap_below = next_line.top - line.bottom if next_line else look.height
    has_button = (
        next_line is not None
        and gap_below < _FAR * look.line
        and SIGNS.chrome.fullmatch(bare(next_line.text)) is not None
    )
    numbers = [
        centre / look.height,
        (centre - top) / max(bottom - top, 1),
        height / look.line,
        (line.right - line.left) / look.width,
        abs((line.left + line.right) / 2 / look.width - 0.5),
        line.left / look.width,
        1 - line.right / look.width,
        abs(brightness(line.paper) - look.light) / 255,
        abs(brightness(line.ink) - brightness(line.paper)) / 255,
        min(SIGNS.sure.count(text), 3) / 3,
        min(SIGNS.likely.count(text), 3) / 3,
        min(len(text), _LONG) / _LONG,
        min(len(row), 3) / 3,
        sum(map(is_han, text)) / max(len(text), 1),
    ]
    truths = [
        block.is_red,
        look.is_toast(block),
        look.is_central(block),
        block.is_chrome,
        block.is_hint,
        SIGNS.matter.are_in(text),
        SIGNS.own_strong.are_in(text),
        SIGNS.foreign.are_in(text),
        SIGNS.of_pages.are_in(text),
        len(text) < _SHORT,
        has_button,
        bool(row),
        text[-1:] in SIGNS.ends,
        line is lines[0],
        gap_above < _NEAR * height,
        gap_below < _NEAR * height,
    ]
    return [*numbers, *map(float, truths)]


def picture_features(
    lines: Sequence[TextLine], blocks: Sequence[Block], errors: Array, messages: Array
) -> Array:
    """Returns what is measured of a whole picture beside its texts, float32.

    Args:
        lines: of the picture, at least one.
        blocks: the same lines in blocks.
        errors: how likely each line is the error, from 0 to 1.
        messages: how likely each line is the message that matters.
    """
    texts = [bare(line.text) for line in lines]
    amount = len(lines)
    own = sum(map(SIGNS.own.are_in, texts))
    foreign = sum(map(SIGNS.foreign.are_in, texts))
    strangers = sum(not _is_known(text) for text in texts)
    points = page_points(blocks)
    best = texts[int(errors.argmax())]
    is_messenger = any(SIGNS.layout.are_in(text) or SIGNS.opening.search(text) for text in texts)
    numbers = [
        float(logit(errors.max())) / 4,
        errors.max(),
        min(float((errors > 0.5).sum()), 3) / 3,
        float(logit(messages.max())) / 4,
        messages.max(),
        min(own, 5) / 5,
        min(foreign, 5) / 5,
        own / amount,
        foreign / amount,
        strangers / amount,
        min(strangers, 10) / 10,
        sum(map(SIGNS.matter.are_in, texts)) / amount,
        min(sum(map(SIGNS.own_strong.are_in, texts)), 3) / 3,
        points.max(),
        min(amount, 40) / 40,
        sum(bool(SIGNS.moment.fullmatch(text)) for text in texts) / amount,
    ]
    truths = [
        is_messenger,
        SIGNS.matter.are_in(best),
        SIGNS.foreign.are_in(best),
        SIGNS.own_strong.are_in(best),
        SIGNS.general.are_in(best),
        amount <= 3,
        not own,
        not foreign,
        own > foreign,
    ]
    return np.array([*numbers, *map(float, truths)], np.float32)


def picture_meaning(vectors: Array, errors: Array) -> Array:
    """Returns what a picture means: the mean of its lines, and that of what looks like an error.

    Args:
        vectors: of the lines, float32 of shape (lines, MEANING).
        errors: how likely each line is the error.

    Returns:
        float32 of shape (2 * MEANING,).
    """
    weights = (errors / max(errors.sum(), 1e-6)).astype(np.float32)
    return np.concatenate([vectors.mean(axis=0), weights @ vectors])


def page_points(blocks: Sequence[Block]) -> Array:
    """Returns the points of each page of the procedure for its signs, float32 of (pages,)."""
    texts = [block.text for block in blocks]
    points = []
    for page in SIGNS.pages.values():
        found = sum(worth * any(map(signs.are_in, texts)) for signs, worth in page.signs)
        is_not = any(map(page.without.are_in, texts))
        points.append(found / (2 if is_not else 1) / _MANY_POINTS)
    return np.array(points, np.float32)


def logit(probabilities: Any) -> Any:
    """Returns the logarithm of odds, for probabilities that are kept a little away from 0 and 1."""
    kept = np.clip(probabilities, 1e-4, 1 - 1e-4)
    return np.log(kept / (1 - kept))


def _is_known(text: str) -> bool:
    return bool(
        SIGNS.known.are_in(text)
        or SIGNS.own.are_in(text)
        or SIGNS.general.are_in(text)
        or SIGNS.chrome.fullmatch(text)
    )


def _centre(line: TextLine) -> float:
    return (line.top + line.bottom) / 2
