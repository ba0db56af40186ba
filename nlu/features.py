"""The features of a message, as the networks take them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.network import Array

_NONE = np.empty(0, np.float32)


class Row(NamedTuple):
    """The features of a line: which sparse ones it has, their values, and the dense ones."""

    columns: Array
    values: Array
    dense: Array
    width: int


def row_of(line: Message) -> Row:
    """Returns the sentence features of a line.

    Rasa's own `get_sparse_features` gives the same, by copies that take longer than the network.
    """
    columns, values = [_NONE.astype(np.int32)], [_NONE]
    dense: list[Array] = []
    width = 0
    for feature in line.features:
        if feature.attribute != TEXT or feature.type != FEATURE_TYPE_SENTENCE:
            continue
        if feature.is_dense():
            dense.append(feature.features[0])
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
