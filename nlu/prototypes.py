"""How much nearer a message is to what is out of scope than to what is within, by its meaning.

A class that is learnt from examples knows only those. Beside what the network says it is measured
how near the meaning of a message is to the nearest line of either side, as distance-based
detectors of the unknown do (Sun et al. 2022, "Out-of-Distribution Detection with Deep Nearest
Neighbors"). To compare with every line would take too long: each side is kept as the centres of
its clusters, in fewer dimensions.

scikit-learn is imported where it is used: only a training needs it, and it takes a second.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

Array = np.ndarray[Any, Any]

DIMENSIONS = 128
MAX_INSIDE, MAX_OUTSIDE = 3000, 2000  # clusters of each side
MIN_LINES = 100  # of each side; fewer say nothing about their side
_LINES_A_CLUSTER = 3  # on average at least
_BATCH = 4096


def fit_prototypes(inside: Array, outside: Array, seed: int) -> dict[str, Array]:
    """Returns what `nearness` works with: `projection`, `inside`, `outside`; nothing of few lines.

    A fit can be repeated to the last bit: it is made by one thread.

    Args:
        inside: vectors of the lines within, (lines, width).
        outside: vectors of the lines that are out of scope, (lines, width).
        seed: of the clusters' beginnings.
    """
    from sklearn.decomposition import TruncatedSVD

    if min(len(inside), len(outside)) < MIN_LINES or inside.shape[1] <= DIMENSIONS:
        return {}
    with threadpool_limits(1):
        reduction = TruncatedSVD(DIMENSIONS, random_state=seed)
        reduction.fit(np.concatenate([inside, outside]))
        projection = reduction.components_.T.astype(np.float32)
        return {
            "projection": projection.astype(np.float16),
            "inside": _centres(inside @ projection, MAX_INSIDE, seed),
            "outside": _centres(outside @ projection, MAX_OUTSIDE, seed),
        }


def nearness(prototypes: dict[str, Array], vector: Array) -> float:
    """Returns by how much the cosine to the nearest outside exceeds that to the nearest inside.

    Args:
        prototypes: of `fit_prototypes`, in single precision.
        vector: of one message, (width,).
    """
    projected = vector @ prototypes["projection"]
    length = float(np.linalg.norm(projected)) or 1.0
    outside = float(np.max(prototypes["outside"] @ projected))
    inside = float(np.max(prototypes["inside"] @ projected))
    return (outside - inside) / length


def _centres(vectors: Array, max_clusters: int, seed: int) -> Array:
    """Returns the centres of clusters, each of length one, in half precision."""
    from sklearn.cluster import MiniBatchKMeans

    vectors = _of_length_one(vectors)
    clusters = min(max_clusters, max(1, len(vectors) // _LINES_A_CLUSTER))
    means = MiniBatchKMeans(
        clusters, random_state=seed, n_init=1, batch_size=_BATCH, init_size=max(_BATCH, clusters)
    )
    return _of_length_one(means.fit(vectors).cluster_centers_).astype(np.float16)


def _of_length_one(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Array = vectors / np.maximum(lengths, 1e-9)
    return result
