"""The network behind `ActReader`: how sure each dialogue act is, by the message and the context.

One network over the features that `nlu/` has worked out and the words of the context, with one
output for each act (binary cross-entropy), so that a message may do several things at once. It
learns in seconds, its memory grows with the lines and no faster, and the same lines always give
the same network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit

from nlu.blas import blas_threads
from nlu.features import Row
from nlu.intent_classifier import SIDE_BY_SIDE
from nlu.network import (
    Array,
    Settings,
    load_network,
    logits_of_few,
    mean_of,
    save_network,
    train_network,
)
from policies.acts import plain
from policies.context import context_features

NETWORK = "acts.npz"


class ActNetwork:
    """Learns lines of acts, and ranks the acts of a message."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Makes an untrained network; `config` is that of `ActReader`."""
        self._config = config
        self._careful = frozenset(config["careful"])
        self._acts: list[str] = []
        self._contexts: dict[str, int] = {}  # the column of each word of a context
        self._columns = np.empty(0, np.int64)  # of the n-grams that are learnt
        self._weights: dict[str, Array] = {}

    def is_trained(self) -> bool:
        """Tells whether there is anything to rank."""
        return bool(self._acts)

    def fit(self, lines: Sequence[tuple[Row, str, Sequence[str]]]) -> None:
        """Learns from features, contexts and acts."""
        config = self._config
        self._acts = sorted({plain(act) for _, _, acts in lines for act in acts})
        words = sorted({word for _, context, _ in lines for word in context_features(context)})
        self._contexts = {word: column for column, word in enumerate(words)}
        lines_of = np.bincount(np.concatenate([row.columns for row, _, _ in lines]))
        self._columns = np.flatnonzero(lines_of >= config["min_lines"])
        placed = [self._place(row) for row, _, _ in lines]
        ends = np.cumsum([0, *(len(columns) for columns, _ in placed)])
        values = np.concatenate([values for _, values in placed])
        columns = np.concatenate([columns for columns, _ in placed])
        sparse = csr_matrix((values, columns, ends), (len(lines), len(self._columns)))
        dense = np.empty((len(lines), len(lines[0][0].dense) + len(words)), np.float32)
        for line, (row, context, _) in enumerate(lines):
            dense[line] = self._dense(row, context)
        numbers = {act: number for number, act in enumerate(self._acts)}
        targets = np.zeros((len(lines), len(numbers)), np.float32)
        for line, (_, _, acts) in enumerate(lines):
            targets[line, [numbers[plain(act)] for act in acts]] = 1

        def fit(seed: int) -> dict[str, Array]:
            return train_network(sparse, dense, targets, self._settings(seed))

        first = config["random_state"]
        with blas_threads(1), ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            self._weights = mean_of(*pool.map(fit, range(first, first + config["members"])))

    def _settings(self, seed: int) -> Settings:
        names = ("hidden", "epochs", "batch", "rate", "sparse_rate", "dropout", "feature_dropout")
        chosen = {name: self._config[name] for name in names}
        return Settings(**chosen, smoothing=0.0, seed=seed)

    def _place(self, row: Row) -> tuple[Array, Array]:
        """Returns the n-grams of a message that are learnt, by their columns, and their values."""
        columns = np.searchsorted(self._columns, row.columns)
        known = columns < len(self._columns)
        known[known] = self._columns[columns[known]] == row.columns[known]
        scale = self._config["ngrams"] / (np.linalg.norm(row.values) or 1)
        return columns[known], (row.values[known] * scale).astype(np.float32)

    def _dense(self, row: Row, context: str) -> Array:
        """Returns the vectors of a message, and behind them the words of its context."""
        words = np.zeros(len(self._contexts), np.float32)
        known = [
            self._contexts[word] for word in context_features(context) if word in self._contexts
        ]
        words[known] = self._config["contexts"]
        return np.concatenate([row.dense, words], dtype=np.float32)

    def rank(self, row: Row, context: str, parts: Sequence[Row] = ()) -> list[tuple[str, float]]:
        """Returns every act with its score (0 to 1), the likeliest first.

        The score is the root of the probability: most acts are rare, and what is told of one that
        is read rightly more often than not is far below one half. Of a message of several parts,
        the one that says most of an act has the weight `parts` in its score: what one part says is
        drowned in the others. Acts of success count by the whole alone at most: the rest may be the
        condition of it.
        """
        placed = [self._place(each) for each in (row, *parts)]
        dense = np.stack([self._dense(each, context) for each in (row, *parts)])
        with blas_threads(1):
            scores = np.sqrt(expit(logits_of_few(self._weights, placed, dense)))
        whole = scores[0]
        if parts:
            weight = self._config["parts"]
            mixed = (1 - weight) * whole + weight * scores[1:].max(axis=0)
            careful = [number for number, act in enumerate(self._acts) if act in self._careful]
            mixed[careful] = np.minimum(mixed, whole)[careful]
            whole = mixed
        return [(self._acts[number], float(whole[number])) for number in np.argsort(-whole)]

    def save(self, folder: Path) -> None:
        """Writes what was learnt to `folder`."""
        save_network(folder / NETWORK, {**self._weights, "columns": self._columns})
        kept = {"acts": self._acts, "contexts": list(self._contexts)}
        (folder / "acts.json").write_text(json.dumps(kept), encoding="utf-8")

    def restore(self, folder: Path) -> None:
        """Reads what was learnt from `folder`."""
        kept = json.loads((folder / "acts.json").read_text(encoding="utf-8"))
        self._acts = kept["acts"]
        self._contexts = {word: column for column, word in enumerate(kept["contexts"])}
        self._weights = load_network(folder / NETWORK)
        self._columns = self._weights.pop("columns")
