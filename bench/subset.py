"""A part of the training lines, the same amount for every intent, to compare pipelines on."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

from data_checks.lines import TrainingLine, read_lines

SEED = 42


def write_subset(source: Path, target: Path, per_intent: int) -> int:
    """Writes up to `per_intent` lines of each intent as one NLU file; returns how many.

    The lines keep their annotations: a pipeline that learns entities from them shall do so, and
    look for entities in each parse, as ours does.
    """
    by_intent: dict[str, list[TrainingLine]] = defaultdict(list)
    for line in read_lines(source):
        by_intent[line.intent].append(line)
    target.mkdir(parents=True, exist_ok=True)
    amount = 0
    with (target / "lines.yml").open("w", encoding="utf-8") as file:
        file.write('version: "3.1"\n\nnlu:\n')
        for intent, lines in sorted(by_intent.items()):
            random.Random(SEED).shuffle(lines)
            chosen = lines[:per_intent] if per_intent else lines
            amount += len(chosen)
            file.write(f"  - intent: {intent}\n    examples: |\n")
            file.writelines(f"      - {choice.annotated}\n" for choice in chosen)
    return amount
