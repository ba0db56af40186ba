"""The numbers as tables with what is drawn of them: one function for each table.

A page shows some of them, a CSV file is one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from channels.counts import BOUNDS, MORE, Ending, Figure, Miss
from content_loader.shapes import Content
from operators.numbers import Numbers, Span
from operators.texts import Texts

Cell = str | int
CHANNELS = ("website", "wechat", "rest", "cmdline", "other")
LOCAL = "local"  # before the name of a question of the operator's own
MAX_SHOWN = 40  # rows on a page
_DAY_DIGITS = 8


@dataclass(frozen=True)
class Series:
    """Columns over time, one for each period, made of parts.

    Attributes:
        names: of the parts.
        labels: of the periods.
        values: by period, of each part.
    """

    names: Sequence[str]
    labels: Sequence[str]
    values: Sequence[Sequence[int]]

    @property
    def highest(self) -> int:
        """Returns the number at the top of the scale: even, so that its half is whole."""
        found = max((sum(parts) for parts in self.values), default=0)
        return max(2, found + found % 2)


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        name: in the address of its CSV file.
        title: what it is of.
        intro: how it is counted, or what it says.
        columns: their titles.
        rows: the cells of each row; texts and numbers.
        bars: the columns that are drawn as bars under the first cell.
        texts: the columns that hold texts, beside the first.
        note: the column whose texts a page shows under the first cell instead; None without one.
        series: what is drawn over the table; then the table is folded away.
    """

    name: str
    title: str
    intro: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    bars: Sequence[int] = ()
    texts: Sequence[int] = ()
    note: int | None = None
    series: Series | None = None

    @property
    def shown(self) -> Sequence[Sequence[Cell]]:
        """The rows that a page shows; a series is folded away, and has all."""
        return self.rows if self.series else self.rows[:MAX_SHOWN]

    @cached_property
    def longest(self) -> int:
        """The number that a bar as long as can be stands for."""
        numbers = [row[column] for row in self.rows for column in self.bars]
        return max([number for number in numbers if isinstance(number, int)], default=1) or 1


@dataclass(frozen=True)
class Question:
    """What is looked at, and by which words it is said.

    Attributes:
        numbers: where they are kept.
        span: when.
        channel: of which channel; empty for all.
        texts: of the pages.
        content: for what is named in it; None if it cannot be read.
    """

    numbers: Numbers
    span: Span
    channel: str
    texts: Texts
    content: Content | None
    _sums: dict[Any, dict[Any, int]] = field(default_factory=dict, repr=False)

    @property
    def words(self) -> Texts:
        """The sentences of these pages."""
        words: Texts = self.texts.numbers
        return words

    def sums(self, figure: Figure, *by: str, span: Span | None = None) -> dict[Any, int]:
        """Returns the numbers of a figure by one or more columns; by one, its values are keys.

        Several tables of a page need the same ones: they are read once.
        """
        span = span or self.span
        asked = figure, by, span.periods
        if asked not in self._sums:
            found = self.numbers.sums(figure, span, self.channel, by)
            self._sums[asked] = {key[0] if len(by) == 1 else key: n for key, n in found.items()}
        return self._sums[asked]

    def total(self, figure: Figure, what: str = "", span: Span | None = None) -> int:
        """Returns a figure as one number, of one `what` if that is named."""
        found = self.sums(figure, "what", span=span)
        return found.get(what, 0) if what else sum(found.values())

    def topic(self, name: str) -> str:
        """Returns what somebody asks for in plain words."""
        if name in self.words.topic:
            return str(self.words.topic[name])
        if name.startswith("ask:"):
            return str(self.texts.asked.get(name.removeprefix("ask:"), name))
        kind, _, own = name.partition(":")
        if kind == LOCAL:
            known = self.content.local_questions.get(own) if self.content else None
            return str(self.words.local.format(name=known.wordings[0] if known else own))
        return self.content.meanings.get(name, name) if self.content else name

    def way(self, name: str) -> str:
        """Returns the title of a way."""
        known = self.content.ways.get(name) if self.content else None
        return known.title if known else name

    def step(self, way: str, number: int) -> str:
        """Returns what a step is called, with its number."""
        known = self.content.ways.get(way) if self.content else None
        said = self.words.step.format(step=number)
        title = known.steps[number - 1].title if known and number <= len(known.steps) else ""
        return f"{said} {title}".strip()

    def place(self, code: str) -> str:
        """Returns the full name of a place."""
        if not code:
            return str(self.words.place_unknown)
        known = self.content.gazetteer.by_code(code) if self.content else None
        return known.full_name if known else code


def share(part: int, whole: int) -> str:
    """Returns a part as a percentage, empty if there is no whole."""
    if whole <= 0:
        return ""
    percent = 100 * part / whole
    return "<1%" if 0 < percent < 1 else f"{percent:.0f}%"


def period_name(period: int, short: bool = False) -> str:
    """Returns a day or a month as one writes it; short without the year of a day."""
    text = str(period)
    parts = [text[:4], text[4:6], text[6:]]
    if len(text) == _DAY_DIGITS and short:
        parts = parts[1:]
    return "-".join(part for part in parts if part)


def conversations(question: Question) -> Table:
    """How many conversations began in each period, by channel."""
    found = question.sums(Figure.CONVERSATIONS, "period", "channel")
    words = question.words.table.conversations
    present = {channel for _, channel in found}
    channels = [name for name in CHANNELS if name in present] or ["website"]
    names = [question.words.channel[name] for name in channels]
    title = words.title_months if question.span.is_in_months else words.title
    return _over_time(question, "conversations", title, words.intro, names, channels, found)


def not_understood(question: Question) -> Table:
    """How many messages were not understood in each period, by how."""
    found = question.sums(Figure.NOT_UNDERSTOOD, "period", "what")
    words = question.words.table.not_understood
    kinds = [miss.value for miss in Miss]
    names = [question.words.miss[kind] for kind in kinds]
    return _over_time(question, "not_understood", words.title, words.intro, names, kinds, found)


def feedback(question: Question) -> Table:
    """How many answers were judged in each period, and how."""
    found = question.sums(Figure.FEEDBACK, "period", "what")
    words = question.words.table.feedback
    names = [question.words.judgement[kind] for kind in ("yes", "no")]
    return _over_time(question, "feedback", words.title, words.intro, names, ("yes", "no"), found)


def _over_time(
    question: Question,
    name: str,
    title: str,
    intro: str,
    names: Sequence[str],
    parts: Sequence[str],
    found: Mapping[tuple[int, str], int],
) -> Table:
    words = question.words.table.conversations
    periods = question.span.periods
    values = [[found.get((period, part), 0) for part in parts] for period in periods]
    totals = [question.words.total] if len(parts) > 1 else []
    return Table(
        name=name,
        title=title,
        intro=intro,
        columns=[words.month if question.span.is_in_months else words.day, *names, *totals],
        rows=[
            [period_name(period), *numbers, *([sum(numbers)] if totals else [])]
            for period, numbers in zip(periods, values, strict=True)
        ],
        series=Series(names, [period_name(period, short=True) for period in periods], values),
    )


def endings(question: Question) -> Table:
    """How conversations stand at their end."""
    found = question.sums(Figure.ENDED, "what")
    words = question.words.table.endings
    whole = sum(found.values())
    rows = [[question.words.ending[ending.value], found.get(ending.value, 0)] for ending in Ending]
    return Table(
        name="endings",
        title=words.title,
        intro=words.intro,
        columns=[words.ending, words["count"], words.share],
        rows=[[name, count, share(int(count), whole)] for name, count in rows],
        bars=[1],
    )


def wanted(question: Question) -> Table:
    """What people came for, the most frequent first."""
    found = question.sums(Figure.WANTED, "what")
    words = question.words.table.wanted
    whole = question.total(Figure.CONVERSATIONS)
    return Table(
        name="wanted",
        title=words.title,
        intro=words.intro,
        columns=[words.topic, words["count"], words.share],
        rows=[[question.topic(name), n, share(n, whole)] for name, n in ranked(found.items())],
        bars=[1],
    )


def troubles(question: Question) -> list[Table]:
    """For each trouble its causes: how often each was shown, and how often its remedy helped."""
    words = question.words.table.trouble
    begun = question.sums(Figure.TROUBLES, "what")
    shown = question.sums(Figure.CAUSES, "what", "detail")
    helped = question.sums(Figure.HELPED, "what", "detail")
    tables = []
    for trouble, count in ranked(begun.items()):
        known = question.content.troubles.get(trouble) if question.content else None
        order = [cause.title for cause in known.causes] if known else []
        found = {title for name, title in (*shown, *helped) if name == trouble and title}
        titles = [*order, *sorted(found - set(order))]  # titles of before they were reworded last
        rows: list[list[Cell]] = []
        for title in titles:
            seen, good = shown.get((trouble, title), 0), helped.get((trouble, title), 0)
            rows.append([title, seen, good, share(good, seen)])
        if of_list := helped.get((trouble, ""), 0):
            rows.append([question.words.cause_list, 0, of_list, ""])
        tables.append(
            Table(
                name=f"trouble-{trouble}",
                title=known.title if known else trouble,
                intro=words.intro.format(count=count),
                columns=[words.cause, words.shown, words.helped, words.share],
                rows=rows,
                bars=[1, 2],
            )
        )
    return tables


def places(question: Question) -> Table:
    """Where bureaus were shown and people asked for, the largest number first."""
    return _by_place(question, "places", lambda code: code)


def provinces(question: Question) -> Table:
    """The same with the places of a province as one."""
    return _by_place(question, "provinces", lambda code: code[:2])


def _by_place(question: Question, name: str, place_of: Callable[[str], str]) -> Table:
    words = question.words.table.places
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for place, number in question.sums(Figure.BUREAUS, "what").items():
        found[place_of(place)]["bureau"] += number
    for (place, reason), number in question.sums(Figure.HANDOFFS, "what", "detail").items():
        found[place_of(place)][reason] += number
    rows: list[list[Cell]] = [
        [question.place(code), *(n[kind] for kind in ("bureau", "asked", "cannot_handle"))]
        for code, n in sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    ]
    title = question.words.table[name]
    columns = [words.place, words.bureaus, words.asked, words.cannot_handle]
    return Table(name, title.title, title.intro, columns, rows, bars=[1, 2, 3])


def shares(question: Question) -> Table:
    """Which part of all messages was not understood, by how."""
    words = question.words.table.shares
    found = question.sums(Figure.NOT_UNDERSTOOD, "what")
    whole = question.total(Figure.MESSAGES)
    rows = [
        [question.words.miss[miss.value], n, share(n, whole)]
        for miss in Miss
        for n in [found.get(miss.value, 0)]
    ]
    columns = [words.kind, words["count"], words.share]
    return Table("shares", words.title, words.intro, columns, rows, bars=[1])


def seconds(question: Question) -> Table:
    """How long answers took."""
    words = question.words.table.seconds
    found = question.sums(Figure.ANSWER_SECONDS, "what")
    whole = sum(found.values())
    rows: list[list[Cell]] = []
    low = ""
    for high in _bounds():
        name = question.words.seconds["between" if low else "upto"].format(low=low, high=high)
        count = found.get(high, 0)
        rows.append(
            [question.words.seconds.more if high == MORE else name, count, share(count, whole)]
        )
        low = high
    unanswered = question.total(Figure.UNANSWERED)
    rows.append([words.unanswered, unanswered, ""])
    columns = [words.bound, words["count"], words.share]
    return Table("seconds", words.title, words.intro, columns, rows, bars=[1])


def bound_of(question: Question, part: float) -> str | None:
    """Returns the bound in seconds that a part of the answers does not exceed; None without any."""
    found = question.sums(Figure.ANSWER_SECONDS, "what")
    whole, so_far = sum(found.values()), 0
    if not whole:
        return None
    for bound in _bounds():
        so_far += found.get(bound, 0)
        if so_far >= part * whole:
            return bound
    return MORE


def _bounds() -> list[str]:
    return [*(f"{bound:g}" for bound in BOUNDS), MORE]


def ranked(found: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Returns names with their numbers, the largest first."""
    return sorted(found, key=lambda item: (-item[1], item[0]))
