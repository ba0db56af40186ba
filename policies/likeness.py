"""Vectors and n-grams of texts in the form in which `ActReader` compares them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from nlu.features import Row
from nlu.network import Array


def main_axes(dense: Array, count: int) -> Array:
    """Returns the main axes of vectors (their first principal components, not centred).

    Args:
        dense: float32 of shape (vectors, dimensions).
        count: how many axes at most.

    Returns:
        float32 of shape (dimensions, axes).
    """
    _, axes = np.linalg.eigh(dense.T @ dense)  # the main ones last
    result: Array = axes[:, ::-1][:, :count].astype(np.float32)
    return result


def along(dense: Array, axes: Array) -> Array:
    """Returns vectors along the axes, each of length one; one of nothing stays so."""
    along = dense @ axes
    result: Array = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    return result


def stack(rows: Sequence[Row]) -> csr_matrix:
    """Returns the sparse features of rows, each of length one."""
    values = [row.values / (np.linalg.norm(row.values) or 1) for row in rows]
    ends = np.cumsum([0, *(len(row.columns) for row in rows)])
    shape = (len(rows), max(row.width for row in rows))
    columns = np.concatenate([row.columns for row in rows])
    return csr_matrix((np.concatenate(values, dtype=np.float32), columns, ends), shape)
