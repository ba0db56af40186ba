"""The network behind the acts: what it learns from few lines, and what it keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlu.features import Row
from policies.act_network import ActNetwork
from policies.act_reader import ActReader

CONFIG = {**ActReader.get_default_config(), "min_lines": 2, "epochs": 40, "batch": 8}
OFTEN, SELDOM, NEVER = 3, 7, 8  # columns of n-grams


def row(*columns: int, meaning: float = 1.0) -> Row:
    values = np.ones(len(columns))
    return Row(np.array(columns), values, np.array([meaning, 1 - meaning], np.float32), 9)


LINES = [
    *[(row(OFTEN), "way phone", ["yes"]), (row(OFTEN), "step phone 1", ["done"])] * 8,
    *[(row(OFTEN, meaning=0.0), "step phone 1", ["done", "ask:cost"])] * 8,
    (row(SELDOM), "none", ["greet"]),
]


@pytest.fixture(scope="module")
def network() -> ActNetwork:
    network = ActNetwork(CONFIG)
    network.fit(LINES)
    return network


def likely(network: ActNetwork, message: Row, context: str) -> set[str]:
    return {act for act, score in network.rank(message, context) if score >= 0.7}


def test_the_same_text_under_two_questions_means_two_things(network: ActNetwork) -> None:
    assert likely(network, row(OFTEN), "way phone") == {"yes"}
    assert likely(network, row(OFTEN), "step phone 1") == {"done"}
    assert likely(network, row(OFTEN, meaning=0.0), "step phone 1") == {"done", "ask:cost"}


def test_every_act_has_a_score_and_the_likeliest_comes_first(network: ActNetwork) -> None:
    ranked = network.rank(row(OFTEN), "way phone")
    scores = [score for _, score in ranked]
    assert {act for act, _ in ranked} == {"yes", "done", "ask:cost", "greet"}
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_what_a_part_says_has_half_of_the_weight(network: ActNetwork) -> None:
    whole, part = row(OFTEN), row(OFTEN, meaning=0.0)
    alone = [dict(network.rank(each, "step phone 1")) for each in (whole, part)]
    together = network.rank(whole, "step phone 1", [whole, part])
    for act, score in together:
        best = max(scores[act] for scores in alone)
        assert score == pytest.approx((alone[0][act] + best) / 2, abs=1e-6)
    assert dict(together)["ask:cost"] > alone[0]["ask:cost"]


def test_what_was_hardly_ever_seen_counts_like_what_never_was(network: ActNetwork) -> None:
    assert network.rank(row(OFTEN, SELDOM), "way phone") == network.rank(
        row(OFTEN, NEVER), "way phone"
    )
    assert network.rank(row(OFTEN), "way phone 99 else") == network.rank(row(OFTEN), "way phone")
    assert not ActNetwork(CONFIG).is_trained()


def test_what_is_kept_ranks_alike(network: ActNetwork, tmp_path: Path) -> None:
    network.save(tmp_path)
    kept = ActNetwork(CONFIG)
    kept.restore(tmp_path)
    for (act, score), (kept_act, kept_score) in zip(
        network.rank(row(OFTEN), "step phone 1"), kept.rank(row(OFTEN), "step phone 1"), strict=True
    ):
        assert act == kept_act
        assert score == pytest.approx(kept_score, abs=0.01)


def test_the_same_lines_give_the_same_network(network: ActNetwork) -> None:
    again = ActNetwork(CONFIG)
    again.fit(LINES)
    assert again.rank(row(OFTEN), "way phone") == network.rank(row(OFTEN), "way phone")
