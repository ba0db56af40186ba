"""The pictures of the report: threshold curve, confusion matrix, calibration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from bench.scores import Answer, calibration
from bench.thresholds import Choice

DPI = 110


def draw_thresholds(points: Sequence[Choice], chosen: Choice, path: Path) -> None:
    """Draws what each threshold makes of the development questions."""
    figure, axes = plt.subplots(figsize=(7, 4))
    thresholds = [point.threshold for point in points]
    for name, values in (
        ("answered at once", [point.answered for point in points]),
        ("right among these", [point.right for point in points]),
        ("worth of a turn", [point.worth for point in points]),
    ):
        axes.plot(thresholds, values, marker="o", label=name)
    axes.axvline(chosen.threshold, color="grey", linestyle="--", label="chosen")
    axes.set_xlabel("threshold of confidence")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower left")
    _save(figure, path)


def draw_confusions(answers: Sequence[Answer], path: Path) -> None:
    """Draws how often each intent was understood as which."""
    names = sorted(
        {min(answer.question.intents) for answer in answers} | {answer.intent for answer in answers}
    )
    rows = {name: at for at, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)))
    for answer in answers:
        meant = answer.intent if answer.right else min(answer.question.intents)
        counts[rows[meant], rows[answer.intent]] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(13, 12))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "white" if shares[row, column] > 0.5 else "black"
        text = str(int(counts[row, column]))
        axes.text(column, row, text, ha="center", va="center", fontsize=6, color=colour)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("understood")
    axes.set_ylabel("meant")
    _save(figure, path)


def draw_calibration(answers: Sequence[Answer], path: Path) -> None:
    """Draws how often answers of each confidence are right."""
    rows = calibration(answers)
    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="grey", linestyle="--", label="as it should be")
    axes.plot([row[3] for row in rows], [row[4] for row in rows], marker="o", label="measured")
    for _, _, amount, confidence, right in rows:
        axes.annotate(
            str(amount),
            (confidence, right),
            fontsize=8,
            xytext=(4, -10),
            textcoords="offset points",
        )
    axes.set_xlabel("confidence")
    axes.set_ylabel("share of right answers")
    axes.legend(loc="upper left")
    _save(figure, path)


def _save(figure: plt.Figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=DPI)
    plt.close(figure)
