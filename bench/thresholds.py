"""Chooses the thresholds for answer, two-button question and fallback on the development split.

    python -m bench.thresholds

Parses the development questions with the shipped model and prints what `config.yml` should say.
The held-out questions are never looked at here. `make evaluate` runs it too and draws the curve.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import yaml

from bench.runs import parse_with
from bench.scores import OUT_OF_SCOPE, Answer, decide, recognised_outside, share, turned_away
from content_loader.load import load
from scripts.console import ROOT, guarded
from scripts.train import ensure_model

DEVELOPMENT = ROOT / "tests" / "nlu" / "development.tsv"
OFFSETS = tuple(float(number) for number in np.arange(0.0, 3.01, 0.25))
THRESHOLDS = tuple(round(float(number), 2) for number in np.arange(0.1, 0.96, 0.05))
AMBIGUITIES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)
# Of those who ask about the matter, so many may be turned away at most.
MAX_TURNED_AWAY = 0.02


@dataclass(frozen=True)
class Choice:
    """Thresholds, and what they make of the development questions."""

    offset: float
    threshold: float
    ambiguity: float
    worth: float
    answered: float
    right: float
    outside: float
    away: float


def shift(ranking: Sequence[tuple[str, float]], offset: float) -> tuple[tuple[str, float], ...]:
    """Returns the ranking with `offset` added to the logit of what is out of scope."""
    raised = [(name, p * np.exp(offset) if name == OUT_OF_SCOPE else p) for name, p in ranking]
    total = sum(p for _, p in raised)
    return tuple(
        sorted(((name, float(p / total)) for name, p in raised), key=lambda judged: -judged[1])
    )


def judge(answers: Sequence[Answer], offset: float, threshold: float, ambiguity: float) -> Choice:
    """Returns what the thresholds make of the answers."""
    meanings = load(ROOT / "content").meanings
    decided = []
    for answer in answers:
        ranking = shift(answer.ranking, offset)
        decided.append(
            replace(answer, intent=decide(ranking, threshold, ambiguity), ranking=ranking)
        )
    given = [answer for answer in decided if answer.intent != "nlu_fallback"]
    return Choice(
        offset,
        threshold,
        ambiguity,
        worth=share(decided, lambda judged: judged.worth(meanings)),
        answered=len(given) / len(decided),
        right=share(given, lambda judged: judged.right),
        outside=recognised_outside(decided),
        away=turned_away(decided),
    )


def curve(answers: Sequence[Answer], offset: float, ambiguity: float) -> list[Choice]:
    """Returns a point for each threshold."""
    return [judge(answers, offset, threshold, ambiguity) for threshold in THRESHOLDS]


def choose(answers: Sequence[Answer]) -> Choice:
    """Returns the thresholds whose turns are worth most.

    First the offset, the smallest of equal ones; then the thresholds of Rasa's
    FallbackClassifier, the most cautious of equal ones.
    """
    offsets = [judge(answers, other_offset, 0.0, 0.0) for other_offset in OFFSETS]
    allowed = [
        other_offset for other_offset in offsets if other_offset.away <= MAX_TURNED_AWAY
    ] or offsets[:1]
    offset = max(allowed, key=lambda judged: (round(judged.worth, 4), -judged.offset)).offset
    points = list(_grid(answers, offset))
    return max(
        points, key=lambda judged: (round(judged.worth, 4), judged.threshold, judged.ambiguity)
    )


def _grid(answers: Sequence[Answer], offset: float) -> Iterator[Choice]:
    for ambiguity in AMBIGUITIES:
        yield from curve(answers, offset, ambiguity)


def shipped() -> tuple[float, float, float]:
    """Returns offset, threshold and ambiguity as `config.yml` has them now."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    values: dict[str, Any] = {}
    for component in config["pipeline"]:
        values.update(component)
    offset = values.get("offsets", {}).get(OUT_OF_SCOPE, 0.0)
    return float(offset), float(values["threshold"]), float(values["ambiguity_threshold"])


def without_shipped_offset(answers: Sequence[Answer]) -> list[Answer]:
    """Returns the answers as they would be without the offset of `config.yml`."""
    offset, _, _ = shipped()
    return [replace(answer, ranking=shift(answer.ranking, -offset)) for answer in answers]


def main() -> int:
    """Prints the chosen thresholds."""
    answers, _ = parse_with("Parsing", "development", ensure_model(), DEVELOPMENT)
    chosen = choose(without_shipped_offset(answers))
    print(
        f"offsets: {{{OUT_OF_SCOPE}: {chosen.offset}}}\n"
        f"threshold: {chosen.threshold}\n"
        f"ambiguity_threshold: {chosen.ambiguity}\n"
        f"# {len(answers)} development questions: a turn is worth {chosen.worth:.3f}; answered"
        f" {chosen.answered:.3f}, of these right {chosen.right:.3f}; out of scope recognised"
        f" {chosen.outside:.3f}, turned away {chosen.away:.3f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
