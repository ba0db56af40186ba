"""The trained model of screens: which lines are the error, what a picture is, which page it shows.

Logistic regressions and sums of decision trees over the features of `screenshots.features`,
trained by `python -m scripts.train_screens` on invented screens and texts (`screenshots/lines/`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit, log_softmax

from screenshots.blocks import Block, Look, blocks_of, read_lines
from screenshots.candidates import Candidate, candidates_of
from screenshots.features import (
    BUCKETS,
    Array,
    Texts,
    candidate_features,
    page_points,
    picture_features,
    picture_meaning,
    score_features,
)
from screenshots.reading import Reading, TextLine
from screenshots.trees import FIELDS, Trees

PATH = Path(__file__).with_name("model.npz")
# How much the measures weigh against the texts, as in training.
PAGE_SCALE = 3.0
PICTURE_SCALE = 0.3
MAX_DEVIATION = 4.0  # of a measure from its mean, in standard deviations


class Linear:
    """One logistic regression: weights of the n-grams' buckets, then of the measures, and biases.

    Args:
        weights: float of shape (classes, BUCKETS + measures); one class for a yes or no.
        bias: float of shape (classes,).
    """

    def __init__(self, weights: Array, bias: Array) -> None:
        self._texts = weights[:, :BUCKETS].astype(np.float32)
        self._measures = weights[:, BUCKETS:].astype(np.float32)
        self._bias = bias.astype(np.float32)

    def scores(self, buckets: Array, measures: Array) -> Array:
        """Returns the score of each class, float32."""
        texts = self._texts[:, buckets].sum(axis=1) / np.sqrt(max(len(buckets), 1))
        result: Array = texts + self._measures @ measures + self._bias
        return result

    def of_texts(self, texts: Texts) -> Array:
        """Returns the logarithm of the odds of each text, for a yes or no."""
        pairs = zip(texts.buckets, texts.vectors, strict=True)
        return np.array([self.scores(buckets, vector)[0] for buckets, vector in pairs])


class Scale:
    """Measures in standard deviations from their means.

    Args:
        mean: of each measure.
        deviation: its standard deviation, more than 0.
    """

    def __init__(self, mean: Array, deviation: Array) -> None:
        self._mean, self._deviation = mean, deviation

    def __call__(self, rows: Array) -> Array:
        """Returns rows of measures to that scale; what is far out counts as less far."""
        scaled = (rows - self._mean) / self._deviation
        result: Array = np.clip(scaled, -MAX_DEVIATION, MAX_DEVIATION).astype(np.float32)
        return result


class Mixed:
    """The mean of a logistic regression over measures and of trees over the same, for yes or no."""

    def __init__(self, scale: Scale, weights: Array, bias: Array, trees: Trees) -> None:
        self._scale, self._weights, self._bias, self._trees = scale, weights, bias, trees

    def probabilities(self, rows: Array) -> Array:
        """Returns how likely each row is a yes, from 0 to 1."""
        linear = self._scale(rows) @ self._weights[0] + self._bias[0]
        result: Array = expit((linear + self._trees.scores(rows)[:, 0]) / 2)
        return result


@dataclass
class Lines:
    """The lines of a picture, at least one, with all that is made of them.

    Attributes:
        lines: from top to bottom.
        look: of the picture.
        blocks: the lines in blocks.
        candidates: for the sentence.
        texts: of the candidates.
        measures: of the candidates, beside their texts.
    """

    lines: list[TextLine]
    look: Look
    blocks: list[Block]
    candidates: list[Candidate]
    texts: Texts
    measures: Array

    @classmethod
    def of(cls, reading: Reading, encode: Callable[[Sequence[str]], Texts] = Texts.of) -> Lines:
        """Makes them of a reading without bars; `encode` makes numbers of bare texts."""
        look, lines = Look.of(reading), read_lines(reading)
        candidates = candidates_of(lines)
        texts = encode([candidate.text for candidate in candidates])
        measures = candidate_features(lines, look, candidates)
        return cls(lines, look, blocks_of(reading, look), candidates, texts, measures)

    @property
    def alone(self) -> list[int]:
        """The numbers of the candidates that are one line, in the order of the lines."""
        return [
            number
            for number, candidate in enumerate(self.candidates)
            if len(candidate.numbers) == 1
        ]

    def line_texts(self) -> Texts:
        """Returns the texts of the lines."""
        alone = self.alone
        return Texts([self.texts.buckets[number] for number in alone], self.texts.vectors[alone])

    def error_rows(self, text: Linear) -> Array:
        """Returns the features of each candidate, with what its words alone say."""
        scores = score_features(self.candidates, len(self.lines), text.of_texts(self.texts))
        result: Array = np.hstack([self.measures, scores])
        return result

    def message_rows(self, text: Linear, error_rows: Array) -> Array:
        """Returns the features of each line, with what its words say of a message."""
        alone = self.alone
        single = [self.candidates[number] for number in alone]
        scores = score_features(single, len(self.lines), text.of_texts(self.line_texts()))
        result: Array = np.hstack([error_rows[alone], scores])
        return result

    def of_lines(self, errors: Array) -> Array:
        """Returns how likely each line is part of the error, of how likely each candidate is."""
        likely: Array = np.zeros(len(self.lines))
        for candidate, probability in zip(self.candidates, errors, strict=True):
            numbers = list(candidate.numbers)
            likely[numbers] = np.maximum(likely[numbers], probability)
        return likely

    def picture_row(self, error_rows: Array, errors: Array, messages: Array) -> Array:
        """Returns what is measured of the whole picture.

        Args:
            error_rows: the features of the candidates.
            errors: how likely each candidate is the error.
            messages: how likely each line is part of the message.
        """
        best = int(errors.argmax())
        others = [
            probability
            for candidate, probability in zip(self.candidates, errors, strict=True)
            if not candidate.shares(self.candidates[best])
        ]
        result: Array = np.concatenate(
            [
                picture_features(self.lines, self.blocks, self.of_lines(errors), messages),
                page_points(self.blocks),
                [max(others, default=0.0)],
                error_rows[best],
            ]
        ).astype(np.float32)
        return result


@dataclass(frozen=True)
class Found:
    """What was found on a picture.

    Attributes:
        errors: how likely each candidate is the error, from 0 to 1.
        messages: how likely each line is part of the message that matters.
        kinds: how likely the picture is of each kind.
    """

    errors: Array
    messages: Array
    kinds: dict[str, float]


class ScreenModel:
    """What was trained.

    Attributes:
        kinds: the names of what a picture may be.
        pages: the names of the pages of the procedure.
        meanings: what an error may mean; "" for nothing that is known.
        text: tells by words alone whether a text is an error.
    """

    def __init__(self, path: Path = PATH) -> None:
        with np.load(path, allow_pickle=False) as arrays:
            self.kinds = [str(name) for name in arrays["kinds"]]
            self.pages = [str(name) for name in arrays["pages"]]
            self.meanings = [str(name) for name in arrays["meanings"]]
            self.text, self._message_text, self._kind, self._page, self._means = (
                linear(arrays, name) for name in ("text", "message_text", "kind", "page", "means")
            )
            self._error, self._message = (mixed(arrays, name) for name in ("error", "message"))
            self._kind_scale = scale(arrays, "kind")
            self._kind_trees = trees(arrays, "kind", len(self.kinds))

    def find(self, lines: Lines) -> Found:
        """Returns what was found on a picture."""
        error_rows = lines.error_rows(self.text)
        errors = self._error.probabilities(error_rows)
        messages = self._message.probabilities(lines.message_rows(self._message_text, error_rows))
        row = lines.picture_row(error_rows, errors, messages)
        texts = lines.line_texts()
        measures = measures_of_picture(row, self._kind_scale, texts, lines.of_lines(errors))
        linear_scores = log_softmax(self._kind.scores(all_buckets(texts), measures))
        tree_scores = log_softmax(self._kind_trees.scores(row[None, :])[0])
        kinds = np.exp((linear_scores + tree_scores) / 2)
        return Found(
            errors, messages, dict(zip(self.kinds, (kinds / kinds.sum()).tolist(), strict=True))
        )

    def page_probabilities(self, lines: Lines) -> dict[str, float]:
        """Returns how likely a page is each one of the procedure."""
        texts = lines.line_texts()
        scores = self._page.scores(all_buckets(texts), measures_of_page(lines.blocks, texts))
        return dict(zip(self.pages, np.exp(log_softmax(scores)).tolist(), strict=True))

    def meaning_probabilities(self, error: str) -> dict[str, float]:
        """Returns how likely a bare error means each thing that one may mean."""
        texts = Texts.of([error])
        scores = self._means.scores(texts.buckets[0], texts.vectors[0])
        return dict(zip(self.meanings, np.exp(log_softmax(scores)).tolist(), strict=True))


def measures_of_picture(row: Array, to_scale: Scale, texts: Texts, errors: Array) -> Array:
    """Returns what is measured of a picture, and what its lines mean.

    Args:
        row: of `Lines.picture_row`.
        to_scale: its scale.
        texts: of the lines.
        errors: how likely each line is part of the error.
    """
    return np.concatenate([to_scale(row) * PICTURE_SCALE, picture_meaning(texts.vectors, errors)])


def measures_of_page(blocks: Sequence[Block], texts: Texts) -> Array:
    """Returns the points of a page for each of the procedure, and what it means."""
    return np.concatenate([page_points(blocks) * PAGE_SCALE, texts.vectors.mean(axis=0)])


def all_buckets(texts: Texts) -> Array:
    """Returns the buckets of all texts, each once."""
    result: Array = np.unique(np.concatenate(texts.buckets))
    return result


def linear(arrays: Mapping[str, Array], name: str) -> Linear:
    """Returns a logistic regression over texts and measures."""
    return Linear(arrays[name], arrays[f"{name}_bias"])


def scale(arrays: Mapping[str, Array], name: str) -> Scale:
    """Returns a scale."""
    return Scale(arrays[f"{name}_mean"], arrays[f"{name}_deviation"])


def trees(arrays: Mapping[str, Array], name: str, classes: int) -> Trees:
    """Returns trees."""
    fields = {field: arrays[f"{name}_{field}"] for field in FIELDS}
    return Trees(fields, classes, arrays[f"{name}_start"])


def mixed(arrays: Mapping[str, Array], name: str) -> Mixed:
    """Returns a logistic regression over measures with its trees."""
    weights, bias = arrays[name], arrays[f"{name}_bias"]
    return Mixed(scale(arrays, name), weights, bias, trees(arrays, name, 1))
