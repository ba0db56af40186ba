"""Trees in numpy give the numbers that scikit-learn's give."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from screenshots.trees import FIELDS, Trees
from scripts.train_screens import GROWTH, grow


@pytest.mark.parametrize("classes", [2, 4])
def test_they_are_those_that_were_grown(classes: int) -> None:
    rng = np.random.RandomState(0)
    rows = rng.normal(size=(400, 6)).astype(np.float32)
    wanted = (rows[:, 0] * classes + rows[:, 1] ** 2).astype(int) % classes
    arrays = grow(rows, wanted, "kind")
    fields = {field: arrays[f"kind_{field}"] for field in FIELDS}
    amount = 1 if classes == 2 else classes
    found = Trees(fields, amount, arrays["kind_start"]).scores(rows)
    model = HistGradientBoostingClassifier(
        **GROWTH["kind"], early_stopping=False, random_state=0
    ).fit(rows, wanted)
    expected = model.decision_function(rows).reshape(len(rows), amount)
    assert np.allclose(found, expected, atol=1e-4)
