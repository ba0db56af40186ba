"""How far the guides were followed, as tables: who came how far, stopped where, asked what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.counts import SOLVED, Figure
from operators.number_tables import Cell, Question, Table, ranked, share

_MAX_ASKED = 4  # topics at a step on a page


@dataclass(frozen=True)
class Funnel:
    """How far one guide was followed.

    Attributes:
        way: whose guide it is.
        reached: by step, how many conversations came that far.
        stopped: by step, how many were there last.
        solved: how many said at its end that all is well.
    """

    way: str
    reached: Mapping[int, int]
    stopped: Mapping[int, int]
    solved: int

    @property
    def begun(self) -> int:
        """How many conversations began it."""
        return self.reached.get(1, 0)

    @property
    def hardest(self) -> int | None:
        """The step at which the largest number stopped; None if nobody did."""
        found = {step: n for step, n in self.stopped.items() if n > 0}
        return max(found, key=lambda step: (found[step], -step)) if found else None


def funnels(question: Question) -> list[Funnel]:
    """Returns the funnels of the guides that were begun, in the order of the ways."""
    reached: dict[str, dict[int, int]] = defaultdict(dict)
    stopped: dict[str, dict[int, int]] = defaultdict(dict)
    solved: dict[str, int] = {}
    for (way, step), number in question.sums(Figure.REACHED, "what", "detail").items():
        reached[way][int(step)] = number
    for (way, step), number in question.sums(Figure.LAST, "what", "detail").items():
        if step == SOLVED:
            solved[way] = number
        else:
            stopped[way][int(step)] = number
    order = [*question.content.ways] if question.content else []
    ways = [*(way for way in order if way in reached), *sorted(set(reached) - set(order))]
    return [Funnel(way, reached[way], stopped[way], solved.get(way, 0)) for way in ways]


def hardest(question: Question) -> Table:
    """Of each guide the step at which the largest number stopped."""
    words = question.words.table.hardest
    rows: list[list[Cell]] = []
    for funnel in funnels(question):
        step = funnel.hardest
        rows.append(
            [
                question.way(funnel.way),
                funnel.begun,
                funnel.solved,
                question.step(funnel.way, step) if step else "",
                funnel.stopped.get(step, 0) if step else 0,
            ]
        )
    columns = [words.way, words.begun, words.solved, words.step, words.stopped]
    return Table("hardest", words.title, words.intro, columns, rows, bars=[1, 2], note=3)


def guides(question: Question) -> list[Table]:
    """A funnel for each guide that was begun: who came how far, stopped where, asked what."""
    asked: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    for (way, detail), number in question.sums(Figure.ASKED_AT, "what", "detail").items():
        step, _, topic = detail.partition(" ")
        asked[way, int(step)].append((topic, number))
    return [_guide(question, funnel, asked) for funnel in funnels(question)]


def _guide(
    question: Question, funnel: Funnel, asked: Mapping[tuple[str, int], list[tuple[str, int]]]
) -> Table:
    words = question.words.table.guide
    known = question.content.ways.get(funnel.way) if question.content else None
    length = max([len(known.steps) if known else 1, *funnel.reached, *funnel.stopped])
    rows: list[list[Cell]] = []
    for step in range(1, length + 1):
        count = funnel.reached.get(step, 0)
        topics = ranked(asked.get((funnel.way, step), ()))[:_MAX_ASKED]
        items = [
            question.words.asked_item.format(topic=question.topic(topic), count=n)
            for topic, n in topics
        ]
        name, stopped = question.step(funnel.way, step), funnel.stopped.get(step, 0)
        said = question.words.separator.join(items)
        rows.append([name, count, share(count, funnel.begun), stopped, said])
    part = share(funnel.solved, funnel.begun)
    rows.append([question.words.step_solved, funnel.solved, part, "", ""])
    values: dict[str, Any] = {"begun": funnel.begun, "solved": funnel.solved, "share": part or "-"}
    intro = words.intro_all.format(**values)
    if funnel.hardest:
        hard = question.step(funnel.way, funnel.hardest)
        stopped = funnel.stopped[funnel.hardest]
        intro = words.intro.format(step=hard, stopped=stopped, **values)
    return Table(
        name=f"guide-{funnel.way}",
        title=question.way(funnel.way),
        intro=intro,
        columns=[words.step, words.reached, words.share, words.stopped, words.asked],
        rows=rows,
        bars=[1, 3],
        note=4,
    )


def asked_at(question: Question) -> list[Table]:
    """For each guide, all that was asked at each step."""
    words = question.words.table.asked
    rows: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for (way, detail), number in question.sums(Figure.ASKED_AT, "what", "detail").items():
        step, _, topic = detail.partition(" ")
        rows[way].append((int(step), topic, number))
    return [
        Table(
            name=f"asked-{way}",
            title=words.title.format(way=question.way(way)),
            intro="",
            columns=[words.step, words.topic, words["count"]],
            rows=[
                [question.step(way, step), question.topic(topic), n]
                for step, topic, n in sorted(found, key=lambda row: (row[0], -row[2], row[1]))
            ],
            texts=[1],
        )
        for way, found in sorted(rows.items())
    ]
