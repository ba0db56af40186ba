"""What is measured of a picture and its lines, for the model that says what matters on it.

A text is known by its n-grams (hashed into buckets) and by its meaning (the vector of the sentence
encoder), a candidate for the sentence also by its location, size, colours and neighbours and by
how its lines go on, a picture by all its lines together. Training and use take them from here
alone.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from nlu.sentence_encoder import encode_all
from screenshots.blocks import Block, Colour, Look, brightness, height_of, is_han
from screenshots.candidates import Candidate
from screenshots.reading import TextLine
from screenshots.signs import SIGNS, bare

Array = np.ndarray[Any, Any]

BUCKETS = 8_192
MEANING = 512  # numbers of a vector of the sentence encoder
MAX_NGRAM = 3
_BEGIN, _END = "\x02", "\x03"
_MAX_MEASURE = 9  # beyond, a reading is odd
_LIKE_INK, _LIKE_PAPER = 90, 45  # how far colours are apart that are alike, all three together
_UNLIKELY = -12.0  # the logarithm of odds, where there is no text
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


def candidate_features(
    lines: Sequence[TextLine], look: Look, candidates: Sequence[Candidate]
) -> Array:
    """Returns what is measured of each candidate beside its text, float32 of (candidates, n)."""
    page = _Page(lines, look)
    measures = [page.measures(candidate) for candidate in candidates]
    return np.clip(np.array(measures, np.float32), -_MAX_MEASURE, _MAX_MEASURE)


class _Page:
    """The lines of a picture, and what is measured of candidates among them."""

    def __init__(self, lines: Sequence[TextLine], look: Look) -> None:
        self.lines, self.look = lines, look
        self.texts = [bare(line.text) for line in lines]
        self.heights = [height_of(line) for line in lines]
        self.top, self.bottom = lines[0].top, max(line.bottom for line in lines)
        self.left, self.right = min(line.left for line in lines), max(line.right for line in lines)
        self.width = max(self.right - self.left, 1)
        self.ink = float(np.median([brightness(line.ink) for line in lines]))
        self.inks = np.array([line.ink for line in lines], np.float32)
        self.papers = np.array([line.paper for line in lines], np.float32)
        self.sure = [SIGNS.sure.count(text) for text in self.texts]
        self.is_chrome = [
            bool(SIGNS.chrome.fullmatch(text) or SIGNS.status.fullmatch(text))
            for text in self.texts
        ]
        self.is_hint = [bool(SIGNS.hints.fullmatch(text)) for text in self.texts]

    def measures(self, candidate: Candidate) -> list[float]:
        """Returns what is measured of a candidate."""
        numbers = candidate.numbers
        others = [number for number in range(len(self.lines)) if number not in numbers]
        return [
            *self._location(candidate.block),
            *self._colours(candidate.block, others),
            *self._words(candidate, others),
            *self._beside(candidate, others),
            *self._breaks(candidate),
        ]

    def _location(self, block: Block) -> list[float]:
        look, height = self.look, block.height
        centre = (block.top + block.bottom) / 2
        width = block.right - block.left
        return [
            centre / look.height,
            (centre - self.top) / max(self.bottom - self.top, 1),
            height / look.line,
            height / max(self.heights),
            height / look.height * 20,
            width / look.width,
            width / self.width,
            abs(block.middle / look.width - 0.5),
            abs(block.middle - (self.left + self.right) / 2) / self.width,
            block.left / look.width,
            (block.left - self.left) / self.width,
            (self.right - block.right) / self.width,
            look.height / look.width,
            look.is_toast(block),
            look.is_central(block),
        ]

    def _colours(self, block: Block, others: Sequence[int]) -> list[float]:
        first, amount = block.lines[0], len(self.lines)
        ink, paper = first.ink, first.paper
        far_inks = np.abs(self.inks - ink).sum(axis=1)[others]
        far_papers = np.abs(self.papers - paper).sum(axis=1)[others]
        return [
            (brightness(paper) - self.look.light) / 255,
            abs(brightness(ink) - brightness(paper)) / 255,
            (brightness(ink) - self.ink) / 255,
            (max(ink) - min(ink)) / 255,
            (max(paper) - min(paper)) / 255,
            (ink[0] - max(ink[1:])) / 255,
            (paper[0] - max(paper[1:])) / 255,
            (ink[2] - min(ink[:2])) / 255,
            block.is_red,
            float((far_inks < _LIKE_INK).sum()) / amount,
            float((far_papers < _LIKE_PAPER).sum()) / amount,
        ]

    def _words(self, candidate: Candidate, others: Sequence[int]) -> list[float]:
        text, numbers = candidate.text, candidate.numbers
        sure = [self.sure[number] for number in others]
        return [
            len(numbers),
            len(text) / 8,
            sum(map(is_han, text)) / max(len(text), 1),
            sum(character.isdigit() for character in text) / max(len(text), 1),
            SIGNS.sure.count(text),
            SIGNS.likely.count(text),
            sum(sure),
            max(sure, default=0),
            all(self.is_chrome[number] for number in numbers),
            any(self.is_hint[number] for number in numbers),
            SIGNS.hints.fullmatch(text) is not None,
            SIGNS.matter.are_in(text),
            SIGNS.own_strong.are_in(text),
            SIGNS.foreign.are_in(text),
            SIGNS.of_pages.are_in(text),
            SIGNS.general.are_in(text),
            text[-1:] in SIGNS.ends,
            text[-1:] in SIGNS.pauses,
            any(self.texts[number][-1:] in SIGNS.ends for number in numbers[:-1]),
            any(not character.isalnum() for character in text),
            min(line.score for line in candidate.block.lines),
        ]

    def _beside(self, candidate: Candidate, others: Sequence[int]) -> list[float]:
        block, lines, amount = candidate.block, self.lines, len(self.lines)
        height, centre = block.height, (block.top + block.bottom) / 2
        above = [number for number in others if lines[number].bottom <= block.top + 0.4 * height]
        below = [number for number in others if lines[number].top >= block.bottom - 0.4 * height]
        row = [number for number in others if abs(_centre(lines[number]) - centre) < height / 2]
        last = max(above, key=lambda number: lines[number].bottom, default=None)
        first = min(below, key=lambda number: lines[number].top, default=None)
        buttons = []
        if first is not None:
            reach = lines[first].top + 0.6 * self.heights[first]
            buttons = [number for number in below if lines[number].top < reach]
        is_button = [self.is_chrome[number] and len(self.texts[number]) > 1 for number in buttons]
        return [
            0 in candidate.numbers,
            amount / 10,
            len(above) / amount,
            len(above) / 5,
            len(below) / 5,
            len(row) if len(candidate.numbers) == 1 else 0,
            len(buttons),
            any(is_button),
            bool(buttons) and all(self.is_chrome[number] for number in buttons),
            sum(abs(self.heights[number] - height) < 0.12 * height for number in others) / amount,
            sum(abs(lines[number].left - block.left) < 0.5 * height for number in others) / amount,
            *self._neighbour(block, last, lambda line: block.top - line.bottom),
            *self._neighbour(block, first, lambda line: line.top - block.bottom),
        ]

    def _neighbour(
        self, block: Block, number: int | None, gap: Callable[[TextLine], float]
    ) -> list[float]:
        """Returns how near the line above or below is, and how like."""
        if number is None:
            return [_MAX_MEASURE, 0, 3, 3, 0, 1]
        line, first = self.lines[number], block.lines[0]
        return [
            gap(line) / block.height,
            self.heights[number] / block.height,
            float(np.abs(self.inks[number] - first.ink).sum()) / 255,
            float(np.abs(self.papers[number] - first.paper).sum()) / 255,
            len(self.texts[number]) / 8,
            abs(line.left + line.right - block.left - block.right) / 2 / self.width,
        ]

    def _breaks(self, candidate: Candidate) -> list[float]:
        """Returns how surely the lines go on, and whether they would in one more."""
        block, height = candidate.block, candidate.block.height
        lines, width = block.lines, max(block.right - block.left, 1)
        before = None if candidate.before is None else self.lines[candidate.before]
        behind = None if candidate.behind is None else self.lines[candidate.behind]
        pairs = list(itertools.pairwise(lines))
        heights = [sorted((height_of(line), height_of(below))) for line, below in pairs]
        gaps = [(below.top - line.bottom) / height for line, below in pairs]
        shifts = [
            min(
                abs(line.left - below.left),
                abs(line.left + line.right - below.left - below.right) / 2,
            )
            for line, below in pairs
        ]
        edge = max(block.right, behind.right) if behind else block.right
        return [
            before is not None,
            behind is not None,
            (block.top - before.bottom) / height if before else 3,
            (behind.top - block.bottom) / height if behind else 3,
            len(bare(behind.text)) / 8 if behind else 0,
            (behind.right - behind.left) / width if behind else 0,
            (edge - lines[-1].right) / height,
            max(((block.right - line.right) / width for line, _ in pairs), default=0),
            (lines[-1].right - lines[-1].left) / width,
            max(gaps, default=0),
            max(gaps, default=0) - min(gaps, default=0),
            max(shifts, default=0) / height,
            max((_apart(line.ink, below.ink) for line, below in pairs), default=0),
            max((_apart(line.paper, below.paper) for line, below in pairs), default=0),
            len(lines) > 1 and self.is_chrome[candidate.numbers[-1]],
            min((low / high for low, high in heights), default=1),
        ]


def score_features(candidates: Sequence[Candidate], amount: int, scores: Array) -> Array:
    """Returns what the words of each candidate say, beside those of all others, float32.

    Args:
        candidates: of a picture.
        amount: of its lines.
        scores: the logarithm of the odds of each candidate, by its words alone.
    """
    of_runs = {
        candidate.numbers: score for candidate, score in zip(candidates, scores, strict=True)
    }
    alone = np.array([of_runs[(number,)] for number in range(amount)])
    has_line = np.zeros((len(candidates), amount), bool)
    for row, candidate in zip(has_line, candidates, strict=True):
        row[list(candidate.numbers)] = True
    rows = []
    for candidate, score in zip(candidates, scores, strict=True):
        numbers = candidate.numbers
        apart = scores[~has_line[:, list(numbers)].any(axis=1)]
        lines_apart = np.delete(alone, numbers)
        best = float(apart.max(initial=_UNLIKELY))
        longer = of_runs.get((*numbers, candidate.behind or 0))
        parts = [of_runs[part] for part in (numbers[:-1], numbers[1:]) if part]
        rows.append(
            [
                score,
                alone[list(numbers)].max(),
                alone[list(numbers)].min(),
                best,
                score - best,
                lines_apart.max(initial=_UNLIKELY),
                _UNLIKELY if longer is None else longer,
                0 if longer is None else longer - score,
                *(parts or [_UNLIKELY, _UNLIKELY]),
                *([score - part for part in parts] or [0, 0]),
                _UNLIKELY if candidate.behind is None else alone[candidate.behind],
                _UNLIKELY if candidate.before is None else alone[candidate.before],
                float((apart > 0).sum()),
                float(expit(lines_apart).sum()),
            ]
        )
    return np.array(rows, np.float32)


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


def _apart(colour: Colour, other: Colour) -> float:
    return sum(abs(one - two) for one, two in zip(colour, other, strict=True)) / 255


def _centre(line: TextLine) -> float:
    return (line.top + line.bottom) / 2
