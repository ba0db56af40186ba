"""A network with one hidden layer that takes sparse and dense features; its training and use.

Dropout of features and of hidden units (Srivastava et al. 2014), label smoothing (Szegedy et al.
2016) and Adam (Kingma and Ba 2015) with a falling step. Of the sparse features' weights only those
that a batch touches are moved, as in PyTorch's SparseAdam; or, in a third of the memory and half of
the time and for intents a little worse, by Adagrad (Duchi et al. 2011) with one step for all
weights of a feature. A training can be repeated to the last bit, which TensorFlow's kernels do not
allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit, logit, softmax

Array = np.ndarray[Any, Any]
_FAST, _SLOW, _TINY = np.float32(0.9), np.float32(0.999), np.float32(1e-7)
_SPREAD = 0.05  # of the first weights
_STEPS = 127  # whole numbers of a byte to either side of zero


@dataclass
class Settings:
    """How a network is trained."""

    hidden: int
    epochs: int
    batch: int
    rate: float
    dropout: float
    feature_dropout: float
    smoothing: float
    seed: int
    dense_dropout: float = 0.0
    sparse_rate: float | None = None  # of Adagrad for the sparse features; None: Adam


def train_network(sparse: csr_matrix, dense: Array, labels: Array, s: Settings) -> dict[str, Array]:
    """Returns the weights of a trained network.

    Args:
        sparse: features of shape (lines, n), float32.
        dense: features of shape (lines, m), float32.
        labels: class numbers of shape (lines,), from 0 on without gaps, of which each line has one;
            or of shape (lines, classes), float32, 1 for each class that a line has and else 0.
        s: how to train.
    """
    rng = np.random.default_rng(s.seed)
    classes = labels.shape[1] if labels.ndim > 1 else int(labels.max()) + 1
    weights = _first_weights(rng, sparse.shape[1], dense.shape[1], s.hidden, classes)
    if labels.ndim > 1:  # as often as each class is, whatever the line
        weights["bias"][:] = logit(np.maximum(labels.mean(axis=0), _TINY))
    table = weights.pop("sparse")
    adam = _Adam(weights)
    by_row = _RowAdam(table) if s.sparse_rate is None else _Adagrad(table)
    batches = -(-len(labels) // s.batch)
    steps = s.epochs * batches
    for step in range(steps):
        at = step % batches * s.batch
        if at == 0:
            order = rng.permutation(len(labels))
        chosen = order[at : at + s.batch]
        rows = _thinned(sparse[chosen], rng, s.feature_dropout)
        vectors = dense[chosen]
        if s.dense_dropout:
            left = rng.random(vectors.shape, np.float32) >= s.dense_dropout
            vectors = vectors * (left / np.float32(1 - s.dense_dropout))
        hidden = rows @ table
        hidden += vectors @ weights["dense"]
        hidden += weights["hidden"]
        kept = (rng.random(hidden.shape, np.float32) >= s.dropout) / np.float32(1 - s.dropout)
        mask = (hidden > 0) * kept
        hidden *= mask
        slopes = _slopes(hidden @ weights["out"] + weights["bias"], labels[chosen], s.smoothing)
        back = (slopes @ weights["out"].T) * mask
        gradients = {
            "dense": vectors.T @ back,
            "hidden": back.sum(axis=0),
            "out": hidden.T @ slopes,
            "bias": slopes.sum(axis=0),
        }
        falling = 1 - step / steps
        adam.move(gradients, s.rate * falling)
        by_row.move(rows, back, (s.rate if s.sparse_rate is None else s.sparse_rate) * falling)
    return {"sparse": table, **weights}


def _slopes(logits: Array, labels: Array, smoothing: float) -> Array:
    """Returns the slopes of the mean loss of some lines: cross-entropy over all or each class."""
    if labels.ndim > 1:
        slopes = expit(logits) - labels
    else:
        slopes = softmax(logits, axis=1)
        slopes -= np.float32(smoothing / logits.shape[1])
        slopes[np.arange(len(labels)), labels] -= np.float32(1 - smoothing)
    result: Array = slopes / np.float32(len(labels))
    return result


def logits(weights: dict[str, Array], sparse: csr_matrix, dense: Array) -> Array:
    """Returns what the network makes of each line, of shape (lines, classes)."""
    hidden = sparse @ weights["sparse"].astype(np.float32) + dense @ weights["dense"]
    hidden += weights["hidden"]
    result: Array = np.maximum(hidden, 0) @ weights["out"] + weights["bias"]
    return result


def logits_of_few(
    weights: dict[str, Array], placed: Sequence[tuple[Array, Array]], dense: Array
) -> Array:
    """Returns the same for some lines, by the few weights that they touch.

    Args:
        weights: of the network.
        placed: for each line, the numbers of its sparse features and their values.
        dense: features of shape (lines, m).
    """
    hidden = dense @ weights["dense"] + weights["hidden"]
    for line, (columns, values) in enumerate(placed):
        hidden[line] += _hidden_of(weights, columns, values)
    result: Array = np.maximum(hidden, 0) @ weights["out"] + weights["bias"]
    return result


def logits_of_one(weights: dict[str, Array], columns: Array, values: Array, dense: Array) -> Array:
    """Returns the same for one line, by the few weights that it touches.

    Args:
        weights: of the network.
        columns: numbers of the sparse features that the line has.
        values: of these features.
        dense: features of shape (m,).
    """
    hidden = _hidden_of(weights, columns, values) + dense @ weights["dense"]
    hidden += weights["hidden"]
    result: Array = np.maximum(hidden, 0) @ weights["out"] + weights["bias"]
    return result


def save_network(path: Path, weights: Mapping[str, Array]) -> None:
    """Writes the weights of a network to a file (.npz).

    Those of each sparse feature are kept as whole numbers from -127 to 127 with a scale of their
    own: a quarter of the memory, and the confidence changes in the third digit.
    """
    scale = np.abs(weights["sparse"]).max(axis=1, initial=0).astype(np.float32) / _STEPS
    sparse = weights["sparse"] / np.where(scale > 0, scale, 1)[:, None]
    rounded = {"sparse": np.rint(sparse).astype(np.int8), "scale": scale}
    np.savez(path, **{**weights, **rounded})


def load_network(path: Path) -> dict[str, Array]:
    """Returns the weights of a network as `save_network` wrote them, most of them as float32.

    Also of a model of before, with those of sparse features in half precision and no scale.

    Raises:
        OSError: if there is no such file.
        ValueError: if it is none.
    """
    with np.load(path, allow_pickle=False) as arrays:
        weights = {name: arrays[name] for name in arrays.files}
    for name, array in weights.items():
        if name != "sparse" and array.dtype.kind == "f":
            weights[name] = array.astype(np.float32, copy=False)
    return weights


def _hidden_of(weights: dict[str, Array], columns: Array, values: Array) -> Array:
    """Returns what the sparse features of a line add to the hidden units."""
    if "scale" in weights:
        values = values * weights["scale"][columns]
    result: Array = values @ weights["sparse"][columns].astype(np.float32)
    return result


def mean_of(*networks: dict[str, Array]) -> dict[str, Array]:
    """Returns a network whose logits are the mean of those of several: all their hidden units."""
    amount = len(networks)
    return {
        "sparse": np.hstack([network["sparse"] for network in networks]),
        "dense": np.hstack([network["dense"] for network in networks]),
        "hidden": np.concatenate([network["hidden"] for network in networks]),
        "out": np.vstack([network["out"] for network in networks]) / np.float32(amount),
        "bias": np.sum([network["bias"] for network in networks], axis=0) / np.float32(amount),
    }


def _first_weights(
    rng: np.random.Generator, sparse: int, dense: int, hidden: int, classes: int
) -> dict[str, Array]:
    def normal(rows: int, columns: int, spread: float) -> Array:
        drawn: Array = rng.standard_normal((rows, columns), dtype=np.float32)
        return drawn * np.float32(spread)

    return {
        "sparse": normal(sparse, hidden, _SPREAD),
        "dense": normal(dense, hidden, _SPREAD),
        "hidden": np.zeros(hidden, np.float32),
        "out": normal(hidden, classes, 2 * _SPREAD),
        "bias": np.zeros(classes, np.float32),
    }


def _thinned(rows: csr_matrix, rng: np.random.Generator, dropout: float) -> csr_matrix:
    """Returns rows with a part of their features, which stand for all."""
    kept = rng.random(rows.nnz, np.float32) >= dropout
    ends = np.concatenate([[0], np.cumsum(kept)])[rows.indptr]
    values = rows.data[kept] / np.float32(1 - dropout)
    return csr_matrix((values, rows.indices[kept], ends), rows.shape)


class _Adam:
    """Moves weights in place."""

    def __init__(self, weights: dict[str, Array]) -> None:
        self._weights = weights
        self._first = {name: np.zeros_like(weight) for name, weight in weights.items()}
        self._second = {name: np.zeros_like(weight) for name, weight in weights.items()}
        self._step = 0

    def move(self, gradients: dict[str, Array], rate: float) -> None:
        self._step += 1
        rate = rate / (1 - float(_FAST) ** self._step)
        correction = np.float32(1 - float(_SLOW) ** self._step)
        for name, gradient in gradients.items():
            first, second = self._first[name], self._second[name]
            first *= _FAST
            first += gradient * (1 - _FAST)
            second *= _SLOW
            second += gradient * gradient * (1 - _SLOW)
            root = np.sqrt(second / correction) + _TINY
            self._weights[name] -= np.float32(rate) * first / root


class _RowAdam:
    """Moves the rows of a table in place that are touched."""

    def __init__(self, table: Array) -> None:
        self._table = table
        self._first, self._second = np.zeros_like(table), np.zeros_like(table)
        self._step = 0

    def move(self, rows: csr_matrix, slopes: Array, rate: float) -> None:
        self._step += 1
        rate = rate / (1 - float(_FAST) ** self._step)
        correction = np.float32(1 - float(_SLOW) ** self._step)
        columns, gradient = _gradient(rows, slopes)
        # In place: what is made anew for each step takes longer than what is reckoned in it.
        first, second = self._first[columns], self._second[columns]
        first *= _FAST
        first += gradient * (1 - _FAST)
        self._first[columns] = first
        gradient *= gradient
        gradient *= 1 - _SLOW
        second *= _SLOW
        second += gradient
        self._second[columns] = second
        second /= correction
        np.sqrt(second, out=second)
        second += _TINY
        first *= np.float32(rate)
        first /= second
        self._table[columns] -= first


class _Adagrad:
    """Moves the rows of a table in place that are touched; a row has one step for all it holds."""

    def __init__(self, table: Array) -> None:
        self._table = table
        self._squares = np.full(len(table), _TINY**2, np.float32)

    def move(self, rows: csr_matrix, slopes: Array, rate: float) -> None:
        columns, gradient = _gradient(rows, slopes)
        width = np.float32(self._table.shape[1])
        squares = self._squares[columns]
        squares += np.einsum("ij,ij->i", gradient, gradient) / width
        self._squares[columns] = squares
        gradient *= (np.float32(rate) / np.sqrt(squares))[:, None]
        self._table[columns] -= gradient


def _gradient(rows: csr_matrix, slopes: Array) -> tuple[Array, Array]:
    """Returns the numbers of the features that some rows have, and the gradient of each."""
    # In a table of all features, as a sort would take five times as long.
    places = np.zeros(rows.shape[1], np.int32)
    places[rows.indices] = 1
    columns = np.flatnonzero(places)
    places[columns] = np.arange(len(columns), dtype=np.int32)
    shape = (rows.shape[0], len(columns))
    return columns, csr_matrix((rows.data, places[rows.indices], rows.indptr), shape).T @ slopes
