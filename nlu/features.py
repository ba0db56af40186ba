"""The features of a message, as the networks take them.

In training all lines get their features at once: they are rows of one matrix, and each line keeps
the number of its own. A matrix of its own for each line would take several times the memory and
most of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import coo_matrix, csr_matrix, hstack, vstack

from nlu.network import Array

_NONE = np.empty(0, np.float32)


class Row(NamedTuple):
    """The features of a line: which sparse ones it has, their values, and the dense ones."""

    columns: Array
    values: Array
    dense: Array
    width: int


class SharedFeatures(Features):
    """Sentence features of a line that are a row of the matrix of all lines."""

    __slots__ = ("matrix", "number")
    type = FEATURE_TYPE_SENTENCE
    attribute = TEXT
    _cached_fingerprint: str | None = None

    def __init__(self, matrix: NamedMatrix, number: int) -> None:
        """Takes the matrix and the number of the row."""
        self.matrix = matrix
        self.number = number

    @property
    def origin(self) -> str:
        """The name of the component that made them."""
        return self.matrix.origin

    @property
    def features(self) -> Any:
        """The row, as the component gives it to a single message."""
        rows = self.matrix.rows
        if not isinstance(rows, csr_matrix):
            return rows[self.number : self.number + 1]
        columns, values = self.sparse_row()
        return coo_matrix((values, (np.zeros_like(columns), columns)), (1, rows.shape[1]))

    def sparse_row(self) -> tuple[Array, Array]:
        """Returns the columns of sparse features, and their values."""
        rows = self.matrix.rows
        part = slice(*rows.indptr[self.number : self.number + 2])
        return rows.indices[part], rows.data[part]

    def is_sparse(self) -> bool:
        """Tells whether they are sparse."""
        return isinstance(self.matrix.rows, csr_matrix)

    def __deepcopy__(self, memo: dict[int, Any]) -> Features:
        """Returns them on their own, to be changed."""
        return Features(self.features.copy(), self.type, self.attribute, self.origin)


class NamedMatrix(NamedTuple):
    """Features of all lines, a row for each, and the name of the component that made them."""

    rows: Any  # a csr_matrix, or an array
    origin: str


def share_rows(messages: Sequence[Message], rows: Any, numbers: Sequence[int], name: str) -> None:
    """Adds to each message a row of a matrix, by its number."""
    matrix = NamedMatrix(rows, name)
    for message, number in zip(messages, numbers, strict=True):
        message.add_features(SharedFeatures(matrix, number))


def row_of(line: Message) -> Row:
    """Returns the sentence features of a line.

    Rasa's own `get_sparse_features` gives the same, by copies that take longer than the network.
    """
    columns, values = [_NONE.astype(np.int32)], [_NONE]
    dense: list[Array] = []
    width = 0
    for feature in _sentence_features(line):
        if feature.is_dense():
            dense.append(feature.features[0])
        elif isinstance(feature, SharedFeatures):
            where, weights = feature.sparse_row()
            columns.append(where + np.int32(width))
            values.append(weights)
            width += feature.matrix.rows.shape[1]
        else:
            row = feature.features.tocoo(copy=False)
            columns.append(row.col + np.int32(width))
            values.append(row.data)
            width += row.shape[1]
    return Row(
        np.concatenate(columns),
        np.concatenate(values, dtype=np.float32),
        # Of one alone there is no copy: in training, each line has one all the time.
        dense[0] if len(dense) == 1 else np.concatenate([_NONE, *dense], dtype=np.float32),
        width,
    )


def rows_of(lines: Sequence[Message]) -> tuple[csr_matrix, Array]:
    """Returns the sentence features of lines: sparse and dense, either of width 0 if absent.

    The columns of each row are in order.
    """
    kinds = [_sentence_features(line) for line in lines]
    parts: list[tuple[bool, Any]] = []
    for same in zip(*kinds, strict=True):
        parts.append((same[0].is_dense(), _gathered(same)))
    sparse = [part for is_dense, part in parts if not is_dense]
    dense = [part for is_dense, part in parts if is_dense]
    nothing = np.empty((len(lines), 0), np.float32)
    joined = csr_matrix(hstack(sparse, format="csr") if sparse else nothing, dtype=np.float32)
    joined.sort_indices()
    return joined, dense[0] if len(dense) == 1 else np.hstack([nothing, *dense])


def _sentence_features(line: Message) -> list[Features]:
    return [
        feature
        for feature in line.features
        if feature.attribute == TEXT and feature.type == FEATURE_TYPE_SENTENCE
    ]


def _gathered(features: Sequence[Features]) -> Any:
    """Returns the features of one component for several lines, below one another."""
    first = features[0]
    if isinstance(first, SharedFeatures) and all(
        isinstance(other, SharedFeatures) and other.matrix is first.matrix for other in features
    ):
        return first.matrix.rows[[other.number for other in features]]
    rows = [feature.features for feature in features]
    return np.vstack(rows) if first.is_dense() else vstack(rows, format="csr")
