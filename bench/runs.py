"""Runs `bench.measure` in a process of its own and reads what it has measured."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from bench.scores import OUT_OF_SCOPE, Answer, answers_of
from data_checks.lines import Question, read_questions
from scripts.console import ROOT, Failure, clean_environment, shown
from scripts.processes import run_to_end
from scripts.train import QUIET, last_step

RESULTS = ROOT / "results"


def measure(label: str, name: str, verb: str, *paths: Path) -> dict[str, Any]:
    """Returns the result of `python -m bench.measure`, with progress under a label.

    Args:
        label: what the person is told.
        name: of the files in `results/` for what was measured and what was logged.
        verb: `train` or `parse`.
        paths: what the verb takes.

    Raises:
        Failure: if it ends with an error.
    """
    RESULTS.mkdir(exist_ok=True)
    result, log = RESULTS / f"{name}.json", RESULTS / f"{name}.log"
    command = [sys.executable, "-m", "bench.measure", verb, str(result), *map(str, paths)]
    # Without a cache, so that a training is measured and not looked up.
    environment = clean_environment(RASA_MAX_CACHE_SIZE="0", **QUIET)
    program = run_to_end(label, command, log, environment, detail=_step)
    if program.exit_code:
        raise Failure(f"{label} failed: the reason is at the end of {shown(log)}.")
    measured: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return measured


def parse_with(label: str, name: str, model: Path, table: Path) -> tuple[list[Answer], Any]:
    """Returns the answers of a model to a table of questions, and time and memory beside them."""
    result = measure(label, name, "parse", model, table)
    return answers_of(read_questions(table), result.pop("answers")), result


def parse_lines(label: str, name: str, model: Path, lines: Path) -> tuple[list[Answer], Any]:
    """Returns the same for lines that are all out of scope, one a line."""
    RESULTS.mkdir(exist_ok=True)
    texts = [line.replace("\t", " ") for line in lines.read_text(encoding="utf-8").splitlines()]
    questions = [
        Question(text, frozenset({OUT_OF_SCOPE}), "far")
        for text in texts
        if text.strip() and not text.startswith("# ")
    ]
    table = RESULTS / f"{name}.tsv"
    rows = (f"{question.text}\t{OUT_OF_SCOPE}\t{question.style}\n" for question in questions)
    table.write_text("".join(rows), encoding="utf-8")
    return parse_with(label, name, model, table)


def _step(output: str) -> str:
    """The epoch or the component in training."""
    epochs = re.findall(r"(\d+/\d+) \[", output[-400:])
    return f"epoch {epochs[-1]}" if epochs else last_step(output)
