"""How well messages are sorted by meaning: by questions of topics that are near each other."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

import numpy as np

from operators.meanings import BATCH, Centres, encode
from scripts.console import ROOT

LARGEST = 20
ORDERS = 5  # in which the messages come


def questions() -> list[tuple[str, str]]:
    """Returns the practical questions that were grouped from the first, in one order.

    Later files have lines that were written to be nearly the same as those of another topic.
    """
    found = []
    for path in sorted((ROOT / "data" / "acts").glob("questions_?.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            question = json.loads(line)
            if len(question["acts"]) == 1 and question["acts"][0].startswith("ask:"):
                found.append((question["text"], question["acts"][0]))
    order = np.random.default_rng(7).permutation(len(found))
    return [found[number] for number in order]


def test_groups_are_of_one_meaning_and_the_largest_as_well() -> None:
    every = questions()
    encoded = encode([text for text, _ in every])
    found = [in_order(every, encoded, seed) for seed in range(ORDERS)]
    own, own_of_largest = (np.mean([each[part] for each in found]) for part in (0, 1))
    print(f"{own:.3f} {own_of_largest:.3f}")
    assert len(every) > 3_000
    assert own >= 0.73
    assert own_of_largest >= 0.61


def in_order(
    every: list[tuple[str, str]], encoded: np.ndarray[Any, Any], seed: int
) -> tuple[float, float]:
    """Returns how much of all groups, and of the largest, is of their commonest topic.

    Which messages come first decides which groups there are, so one order says little.
    """
    order = np.random.default_rng(seed).permutation(len(every))
    asked, vectors = [every[number] for number in order], encoded[order]
    centres = Centres()
    groups: list[int] = []
    for at in range(0, len(asked), BATCH):
        ids = list(range(at, min(at + BATCH, len(asked))))
        groups += centres.place(ids, vectors[at : at + BATCH])
    topics: dict[int, Counter[str]] = defaultdict(Counter)
    for group, (_, topic) in zip(groups, asked, strict=True):
        topics[group][topic] += 1
    largest = sorted(topics.values(), key=lambda each: -each.total())[:LARGEST]
    own = sum(each.most_common(1)[0][1] for each in topics.values()) / len(asked)
    own_of_largest = np.mean([each.most_common(1)[0][1] / each.total() for each in largest])
    sizes = [each.total() for each in largest]
    alone = sum(each.total() == 1 for each in topics.values())
    assert sizes[0] <= 100  # a topic has 100 questions: none attracts whatever comes
    assert len(topics) - alone >= 300 and alone <= 0.3 * len(asked)
    return own, float(own_of_largest)


def test_what_is_the_same_is_together_however_much_else_there_is() -> None:
    asked = questions()[:1_000]
    texts = [text for text, _ in asked]
    vectors = encode([*texts, *texts[:50]])
    groups = Centres().place(list(range(len(vectors))), vectors)
    same = sum(groups[number] == groups[1_000 + number] for number in range(50))
    assert same >= 45  # a group that has grown since may have gone the way of its many
