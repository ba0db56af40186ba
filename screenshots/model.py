"""The trained model of screens: which line is the error, what a picture is, which page it shows.

Logistic regressions over the features of `screenshots.features`, trained by
`python -m scripts.train_screens` on invented screens and texts (`screenshots/lines/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.special import expit, softmax

from screenshots.blocks import Block, Look
from screenshots.features import (
    BUCKETS,
    Array,
    Texts,
    line_features,
    logit,
    page_points,
    picture_features,
    picture_meaning,
)
from screenshots.reading import TextLine

PATH = Path(__file__).with_name("model.npz")
# How much the measures weigh against the texts, as in training.
PAGE_SCALE = 3.0


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

    def probability(self, buckets: Array, measures: Array) -> float:
        """Returns how likely a yes is, from 0 to 1."""
        return float(expit(self.scores(buckets, measures)[0]))


class ScreenModel:
    """What was trained.

    Attributes:
        kinds: the names of what a picture may be.
        pages: the names of the pages of the procedure.
    """

    def __init__(self, path: Path = PATH) -> None:
        with np.load(path, allow_pickle=False) as arrays:
            self.kinds = [str(name) for name in arrays["kinds"]]
            self.pages = [str(name) for name in arrays["pages"]]
            self._text, self._error, self._message, self._kind, self._page = (
                Linear(arrays[name], arrays[f"{name}_bias"])
                for name in ("text", "error", "message", "kind", "page")
            )

    def read(self, lines: Sequence[TextLine], look: Look, texts: Texts) -> tuple[Array, Array]:
        """Returns how likely each line is the error, and the message that matters."""
        errors, messages = [], []
        rows = zip(texts.buckets, texts.vectors, line_features(lines, look), strict=True)
        for buckets, vector, measures in rows:
            measured = measures_of_line(measures, self._text.probability(buckets, vector))
            errors.append(self._error.probability(buckets, measured))
            messages.append(self._message.probability(buckets, measured))
        return np.array(errors), np.array(messages)

    def kind_probabilities(
        self,
        lines: Sequence[TextLine],
        blocks: Sequence[Block],
        texts: Texts,
        errors: Array,
        messages: Array,
    ) -> dict[str, float]:
        """Returns how likely a picture is of each kind."""
        measures = measures_of_picture(lines, blocks, texts, errors, messages)
        scores = self._kind.scores(all_buckets(texts), measures)
        return dict(zip(self.kinds, softmax(scores).tolist(), strict=True))

    def page_probabilities(self, blocks: Sequence[Block], texts: Texts) -> dict[str, float]:
        """Returns how likely a page is each one of the procedure."""
        scores = self._page.scores(all_buckets(texts), measures_of_page(blocks, texts))
        return dict(zip(self.pages, softmax(scores).tolist(), strict=True))


def measures_of_line(measures: Array, text_probability: float) -> Array:
    """Returns the measures of a line together with what its words alone say."""
    result: Array = np.append(measures, np.float32(logit(text_probability) / 4))
    return result


def measures_of_picture(
    lines: Sequence[TextLine],
    blocks: Sequence[Block],
    texts: Texts,
    errors: Array,
    messages: Array,
) -> Array:
    """Returns what is measured of a picture, and what it means."""
    measures = picture_features(lines, blocks, errors, messages)
    return np.concatenate([measures, picture_meaning(texts.vectors, errors)])


def measures_of_page(blocks: Sequence[Block], texts: Texts) -> Array:
    """Returns the points of a page for each of the procedure, and what it means."""
    return np.concatenate([page_points(blocks) * PAGE_SCALE, texts.vectors.mean(axis=0)])


def all_buckets(texts: Texts) -> Array:
    """Returns the buckets of all lines, each once."""
    result: Array = np.unique(np.concatenate(texts.buckets))
    return result
