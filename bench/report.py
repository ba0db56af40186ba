"""Writes what was measured as `docs/evaluation.md` with its pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.ablation import Gain
from bench.figures import draw_calibration, draw_confusions, draw_thresholds
from bench.places import Found
from bench.scores import (
    Answer,
    accuracy,
    by_intent,
    by_style,
    calibration,
    confusions,
    recognised_outside,
    share,
    sure_and_right,
    taken_for_domain,
    turned_away,
)
from bench.thresholds import Choice
from scripts.console import ROOT

FOLDER = ROOT / "docs" / "evaluation"
REPORT = ROOT / "docs" / "evaluation.md"


@dataclass
class Pipeline:
    """One pipeline in the comparison: its answers, and time and memory of it."""

    answers: list[Answer]
    training: dict[str, float]
    parsing: dict[str, Any]


@dataclass
class RealPeople:
    """Answers to real people's questions, and to lines that are far from the matter, if given."""

    questions: list[Answer]
    far: list[Answer]


@dataclass
class Measured:
    """Everything that the report shows."""

    date: str
    lines: int
    held_out: list[Answer]
    real_style: list[Answer]
    real: RealPeople
    parsing: dict[str, Any]
    training: dict[str, float]
    meanings: Sequence[str]
    compared_lines: int
    compared: dict[str, Pipeline]
    places: dict[str, Found]
    features: dict[str, Gain]
    curve: Sequence[Choice]
    chosen: Choice
    shipped: Choice


def write_report(measured: Measured) -> None:
    """Writes the report and its pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    draw_thresholds(measured.curve, measured.chosen, FOLDER / "thresholds.png")
    draw_confusions(measured.held_out, FOLDER / "confusions.png")
    draw_calibration(measured.held_out, FOLDER / "calibration.png")
    sections = (
        _head(measured),
        _styles(measured),
        _real_people(measured),
        _sure(measured),
        _comparison(measured),
        _features(measured.features),
        _places(measured.places),
        _thresholds(measured),
        _intents(measured.held_out),
        _misunderstood(measured.held_out),
    )
    REPORT.write_text("\n".join(sections), encoding="utf-8")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Returns a Markdown table; numbers between 0 and 1 with three digits."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = (f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _head(m: Measured) -> str:
    return f"""# Evaluation

Measured on {m.date} by `make evaluate`, which writes this file. The model is trained on the
{m.lines:,} lines of `data/nlu`; the {len(m.held_out)} held-out questions of
`tests/nlu/held_out.tsv` are measured on and nothing else: no training line and no threshold comes
from them. Thresholds are weighed on `tests/nlu/development.tsv`, on questions of real people and
on lines to another assistant; the last two are not in the repository.
"""


def _styles(m: Measured) -> str:
    rows = [
        (style, len(group), accuracy(group), share(group, lambda answer: answer.worth(m.meanings)))
        for style, group in [("all", m.held_out), *by_style(m.held_out).items()]
    ]
    head = ("style", "questions", "right", "with two-button questions as a half")
    outside = recognised_outside(m.held_out)
    return f"""## Held-out questions at the shipped threshold

{table(head, rows)}
Out of scope: {outside:.3f} recognised, while {turned_away(m.held_out):.3f} of the questions in
scope are turned away.
"""


def _real_people(m: Measured) -> str:
    def row(name: str, answers: list[Answer]) -> tuple[object, ...]:
        amount, right = sure_and_right(answers)
        return name, len(answers), accuracy(answers), amount, right, turned_away(answers)

    rows = [row("written in real people's style, `tests/nlu/real_style.tsv`", m.real_style)]
    if m.real.questions:
        rows.append(row("asked by real people, of another product", m.real.questions))
    head = ("questions", "how many", "right", "sure (0.9)", "of these right", "turned away")
    far = "Lines to another assistant were not given and not measured.\n"
    if m.real.far:
        far = (
            f"Of {len(m.real.far)} lines that people said to another assistant,"
            f" {taken_for_domain(m.real.far):.3f} are taken for something of this matter.\n"
        )
    missing = "" if m.real.questions else "Real people's questions were not given this time.\n"
    return f"""## Real people

What one author writes resembles what that author wrote before, so that written questions are
understood better than people are. Real people's questions come from public data sets of other
products, whose names were exchanged; they belong to others and are not in this repository. With
such files at hand: `make evaluate ARGS="--real TABLE --far LINES"`.

{table(head, rows)}
{missing}{far}"""


def _sure(m: Measured) -> str:
    rows = [
        (f"{low:.2f} to {high:.2f}", amount, mean, right)
        for low, high, amount, mean, right in calibration(m.held_out)
    ]
    amount, right = sure_and_right(m.held_out)
    return f"""## Confidence

Of the {amount} answers with a confidence of 0.9 and more, {right:.3f} are right.

{table(("confidence", "answers", "mean confidence", "right"), rows)}
![Share of right answers by confidence](evaluation/calibration.png)
"""


def _comparison(m: Measured) -> str:
    ours, stock = m.compared["ours"], m.compared["stock"]

    def row(name: str, value: Any) -> tuple[object, ...]:
        first, second = value(ours), value(stock)
        return name, first, second, f"{first / second:.2f}" if second else "–"

    def best(pipeline: Pipeline) -> float:
        wrong = (answer.ranking[0][0] not in answer.question.intents for answer in pipeline.answers)
        return sum(wrong) / len(pipeline.answers)

    rows = (
        row("errors, at the shipped threshold", lambda answer: 1 - accuracy(answer.answers)),
        row("errors of the likeliest meaning", best),
        row("median time of a parse, ms", lambda answer: round(answer.parsing["median_ms"], 1)),
        row("95 % of parses take less, ms", lambda answer: round(answer.parsing["p95_ms"], 1)),
        row("training, s", lambda answer: round(answer.training["seconds"])),
        row("most memory in training, MiB", lambda answer: round(answer.training["memory"])),
        row("most memory in parsing, MiB", lambda answer: round(answer.parsing["memory"])),
    )
    styles = [
        (style, accuracy(group), accuracy(by_style(stock.answers)[style]))
        for style, group in by_style(ours.answers).items()
    ]
    return f"""## Compared with the stock pipeline

Both trained on the same {m.compared_lines:,} lines, one after the other on the same machine, and
measured on the held-out questions. The stock pipeline is `bench/stock.yml`. It learns entities
from the annotations of the lines, as ours looks for them: a parse is intent and entities in both.
The two parse in turn, each in a process of its own, and the fastest of three rounds counts for
each.

{table(("", "ours", "stock", "ours / stock"), rows)}
{table(("style", "ours right", "stock right"), styles)}
On all lines ours takes {m.training["seconds"]:.0f} s to train with at most
{m.training["memory"]:.0f} MiB, and {m.parsing["median_ms"]:.1f} ms for a parse (95 %: less than
{m.parsing["p95_ms"]:.1f} ms) with at most {m.parsing["memory"]:.0f} MiB.
"""


def _features(features: dict[str, Gain]) -> str:
    rows = [(f"+ {name}", gain.written, gain.mistyped) for name, gain in features.items()]
    return f"""## What each kind of feature adds

Networks trained on 30 lines an intent, on the development questions as they are and with typing
errors put in; each row has the features of the rows above too.

{table(("features", "as written", "mistyped"), rows)}"""


def _places(places: dict[str, Found]) -> str:
    rows = [
        (name, place.sentences, place.wanted, f"{place.precision:.5f}", f"{place.recall:.5f}")
        for name, place in places.items()
    ]
    return f"""## Places

{table(("sentences", "how many", "places in them", "precision", "recall"), rows)}"""


def _thresholds(m: Measured) -> str:
    rows = [
        (name, str(c.offset), str(c.threshold), str(c.ambiguity), c.worth, c.answered, c.right)
        for name, c in (("shipped", m.shipped), ("would be chosen now", m.chosen))
    ]
    head = ("", "offset of out of scope", "threshold", "lead", "worth of a turn", "answered")
    return f"""## Thresholds

On the development questions. They are chosen by `python -m bench.thresholds`; a training on other
lines moves what it chooses, mostly by less than the questions can tell.

{table((*head, "of these right"), rows)}

![What each threshold would give](evaluation/thresholds.png)
"""


def _intents(answers: Sequence[Answer]) -> str:
    rows = [(name, len(group), accuracy(group)) for name, group in by_intent(answers).items()]
    pairs = [row for row in confusions(answers) if row[2] > 0][:15]
    return f"""## By intent

{table(("intent", "questions", "right"), rows)}
Most confused:

{table(("meant", "understood", "times"), pairs)}
![Confusion matrix](evaluation/confusions.png)
"""


def _misunderstood(answers: Sequence[Answer]) -> str:
    rows = [
        (
            answer.question.text.replace("|", "\\|"),
            min(answer.question.intents),
            answer.intent,
            answer.confidence,
        )
        for answer in answers
        if not answer.right
    ]
    return f"""## Still misunderstood

Every held-out question that is not understood, to be looked at for its kind:

{table(("question", "meant", "understood", "confidence"), rows)}"""
