"""How near a message is to what is within and to what is out of scope."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nlu.prototypes import DIMENSIONS, MIN_LINES, fit_prototypes, nearness

Array = np.ndarray[Any, Any]
WIDTH = 2 * DIMENSIONS


def cloud(direction: int, lines: int, seed: int) -> Array:
    """Returns vectors of length one around a direction of space."""
    vectors = 0.05 * np.random.default_rng(seed).normal(size=(lines, WIDTH))
    vectors[:, direction] += 1
    result: Array = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return result.astype(np.float32)


def fitted(seed: int = 1) -> dict[str, Array]:
    found = fit_prototypes(cloud(0, 400, 2), cloud(1, 300, 3), seed)
    return {name: array.astype(np.float32) for name, array in found.items()}


def test_the_nearer_side_is_told() -> None:
    prototypes = fitted()
    inside = [nearness(prototypes, vector) for vector in cloud(0, 50, 4)]
    outside = [nearness(prototypes, vector) for vector in cloud(1, 50, 5)]
    assert max(inside) < 0 < min(outside)


def test_between_both_it_tells_neither() -> None:
    between = cloud(0, 1, 6)[0] + cloud(1, 1, 7)[0]
    assert abs(nearness(fitted(), between)) < 0.2


def test_length_says_nothing() -> None:
    prototypes, vector = fitted(), cloud(1, 1, 8)[0]
    assert nearness(prototypes, 7 * vector) == pytest.approx(nearness(prototypes, vector), abs=1e-3)


def test_a_vector_of_zeros_is_borne() -> None:
    assert nearness(fitted(), np.zeros(WIDTH, np.float32)) == 0


def test_a_fit_can_be_repeated() -> None:
    first, second = fitted(), fitted()
    assert all(np.array_equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize(("inside", "outside"), [(MIN_LINES - 1, 300), (300, MIN_LINES - 1)])
def test_few_lines_say_nothing_about_their_side(inside: int, outside: int) -> None:
    assert not fit_prototypes(cloud(0, inside, 1), cloud(1, outside, 2), 1)


def test_narrow_vectors_are_left_alone() -> None:
    lines = np.ones((300, DIMENSIONS), np.float32)
    assert not fit_prototypes(lines, lines, 1)
