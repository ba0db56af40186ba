"""Sums of decision trees, as scikit-learn's gradient boosting grows them, in numpy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

FIELDS = ("feature", "threshold", "left", "right", "value")


class Trees:
    """Trees of which each gives a number to a row; the numbers of a class are added up.

    Args:
        arrays: of shape (trees, nodes): `feature`, `threshold` (up to which a value goes to the
            left), `left` and `right` (numbers of nodes; a leaf names itself) and `value`.
        classes: how many there are; the trees are theirs in turn.
        start: what is added to the sum of each class, float of shape (classes,).
    """

    def __init__(self, arrays: Mapping[str, Array], classes: int, start: Array) -> None:
        self._feature, self._left, self._right = (
            arrays[name].astype(np.intp) for name in ("feature", "left", "right")
        )
        self._threshold = arrays["threshold"].astype(np.float32)
        self._value = arrays["value"].astype(np.float64)
        self._classes = classes
        self._start = start

    def scores(self, rows: Array) -> Array:
        """Returns the sum of each row and class, float64 of shape (rows, classes)."""
        trees = np.arange(len(self._feature))[None, :]
        each = np.arange(len(rows))[:, None]
        node = np.zeros((len(rows), len(self._feature)), np.intp)
        while True:
            is_left = rows[each, self._feature[trees, node]] <= self._threshold[trees, node]
            following = np.where(is_left, self._left[trees, node], self._right[trees, node])
            if (following == node).all():
                break
            node = following
        values = self._value[trees, node].reshape(len(rows), -1, self._classes)
        result: Array = values.sum(axis=1) + self._start
        return result
