"""Measures everything that `docs/measured.md` tells of understanding, and writes the report.

    python -m bench.evaluate [--per-intent N] [--real TABLE] [--far LINES]

The stock pipeline trains for hours on all lines. It is therefore compared on N lines of each
intent, on which ours is trained too; `--per-intent 0` takes all lines.

TABLE holds questions of real people (a table as in tests/nlu), LINES what people said to another
assistant, a line each. They belong to others and are not in the repository: without them the
report says that this was not measured.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

from bench import conversations
from bench.ablation import measure_features
from bench.places import measure_places
from bench.report import REPORT, Measured, Pipeline, RealPeople, write_report
from bench.runs import RESULTS, measure, parse_lines, parse_with
from bench.scores import Answer
from bench.subset import write_subset
from bench.thresholds import DEVELOPMENT, choose, curve, judge, shipped, without_shipped_offset
from content_loader.load import load
from scripts.console import ROOT, guarded, shown
from scripts.train import ensure_model

HELD_OUT = ROOT / "tests" / "nlu" / "held_out.tsv"
REAL_STYLE = ROOT / "tests" / "nlu" / "real_style.tsv"
CONFIGS = {"ours": ROOT / "config.yml", "stock": ROOT / "bench" / "stock.yml"}
PER_INTENT = 30
ROUNDS = 3


def compare(per_intent: int) -> tuple[int, dict[str, Pipeline]]:
    """Trains both pipelines on the same lines; returns how many, and what each reaches.

    They parse in turn, several times, and the fastest round of each counts: a machine is not as
    fast in one minute as in another.
    """
    lines = RESULTS / "lines"
    amount = write_subset(ROOT / "data" / "nlu", lines, per_intent)
    models = {name: RESULTS / f"{name}.tar.gz" for name in CONFIGS}
    training = {
        name: measure(
            f"Training {name} on {amount} lines",
            f"{name}-training",
            "train",
            CONFIGS[name],
            lines,
            model,
        )
        for name, model in models.items()
    }
    parsed = defaultdict(list)
    for _ in range(ROUNDS):
        for name, model in models.items():
            label = f"Parsing with {name}"
            parsed[name].append(parse_with(label, f"{name}-parsing", model, HELD_OUT))
    pipelines = {}
    for name, rounds in parsed.items():
        answers, parsing = min(rounds, key=lambda measured: float(measured[1]["median_ms"]))
        pipelines[name] = Pipeline(answers, training[name], parsing)
    return amount, pipelines


def real_people(table: Path | None, lines: Path | None) -> RealPeople:
    """Returns the answers to the questions and lines of real people, as far as they are given."""
    real: list[Answer] = []
    far: list[Answer] = []
    if table:
        real, _ = parse_with("Questions of real people", "real", ensure_model(), table)
    if lines:
        far, _ = parse_lines("Lines to another assistant", "far", ensure_model(), lines)
    return RealPeople(real, far)


def main() -> int:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-intent", type=int, default=PER_INTENT)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--far", type=Path)
    arguments = parser.parse_args()
    per_intent = arguments.per_intent
    all_lines, whole = RESULTS / "all-lines", RESULTS / "whole.tar.gz"
    amount = write_subset(ROOT / "data" / "nlu", all_lines, 0)
    label = "Training on all lines"
    training = measure(label, "training", "train", CONFIGS["ours"], all_lines, whole)
    held_out, parsing = parse_with("Held-out questions", "held-out", ensure_model(), HELD_OUT)
    answers, _ = parse_with("Development questions", "development", ensure_model(), DEVELOPMENT)
    development = without_shipped_offset(answers)
    chosen = choose(development)
    real_style, _ = parse_with("Questions in real style", "style", ensure_model(), REAL_STYLE)
    real = real_people(arguments.real, arguments.far)
    print("Places, in sentences for each of them ...", flush=True)
    places = measure_places()
    print("Features, one kind after another ...", flush=True)
    features = measure_features()
    compared_lines, compared = compare(per_intent)
    write_report(
        Measured(
            date=date.today().isoformat(),
            lines=amount,
            held_out=held_out,
            real_style=real_style,
            real=real,
            parsing=parsing,
            training=training,
            meanings=list(load(ROOT / "content").meanings),
            compared_lines=compared_lines,
            compared=compared,
            places=places,
            features=features,
            curve=curve(development, chosen.offset, chosen.ambiguity),
            chosen=chosen,
            shipped=judge(development, *shipped()),
        )
    )
    for model in (whole, *(RESULTS / f"{name}.tar.gz" for name in CONFIGS)):
        Path(model).unlink(missing_ok=True)
    shutil.rmtree(all_lines, ignore_errors=True)
    print(f"Written: {shown(REPORT)}")
    return conversations.main()


if __name__ == "__main__":
    sys.exit(guarded(main))
