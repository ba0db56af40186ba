"""The numbers: how much the assistant is asked, what for, where people stop, and what helps."""

from __future__ import annotations

import csv
import datetime
import io
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from channels.counts import MORE, SOLVED, Figure, Miss
from content_loader.load import ContentError
from content_loader.shapes import Content
from operators import funnels, number_tables
from operators.number_tables import CHANNELS, Cell, Question, Table, bound_of, share
from operators.numbers import ALL, SPANS, Span, Unreadable
from operators.visit import Visit

logger = logging.getLogger(__name__)

_HALF, _NEARLY_ALL = 0.5, 0.95
_WANTED_FIRST = 8  # topics on the first page
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with these, a spreadsheet takes a text for a formula


@dataclass(frozen=True)
class Tile:
    """One number at the head of a page.

    Attributes:
        title: what it is.
        value: the number, as one reads it.
        hint: how it is counted, or what it was before.
    """

    title: str
    value: str
    hints: Sequence[str]


def show_overview(visit: Visit) -> Response:
    """How much, what for, and how it ended."""
    return _page(visit, "overview", _overview, _tiles)


def show_wanted(visit: Visit) -> Response:
    """What people came for."""
    return _page(visit, "wanted", lambda question: [number_tables.wanted(question)])


def show_guides(visit: Visit) -> Response:
    """Each guide as a funnel."""
    return _page(visit, "guides", funnels.guides)


def show_troubles(visit: Visit) -> Response:
    """Each trouble by its causes."""
    return _page(visit, "troubles", number_tables.troubles)


def show_places(visit: Visit) -> Response:
    """Where bureaus were named and people asked for."""
    tables = (number_tables.provinces, number_tables.places)
    return _page(visit, "places", lambda question: [make(question) for make in tables])


def show_quality(visit: Visit) -> Response:
    """What was not understood, what was judged, how long answers took."""
    return _page(visit, "quality", lambda question: [make(question) for make in _QUALITY])


def send_csv(visit: Visit) -> Response:
    """One table as a file for a spreadsheet."""
    name = visit.request.path_params["table"]
    try:
        question = _question(visit)
        found = [table for table in _tables(question, name) if table.name == name]
    except Unreadable as error:
        return _unreadable(visit, error)
    if not found:
        return visit.not_there()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([_safe(cell) for cell in row] for row in (found[0].columns, *found[0].rows))
    span = question.span.periods
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{span[0]}-{span[-1]}.csv"',
    }
    # With its mark, a spreadsheet reads it as UTF-8.
    return Response(text.getvalue().encode("utf-8-sig"), 200, headers, "text/csv; charset=utf-8")


_QUALITY: tuple[Callable[[Question], Table], ...] = (
    number_tables.not_understood,
    number_tables.shares,
    number_tables.feedback,
    number_tables.seconds,
)
_SINGLE: dict[str, Callable[[Question], Table]] = {
    "conversations": number_tables.conversations,
    "endings": number_tables.endings,
    "hardest": funnels.hardest,
    "wanted": number_tables.wanted,
    "places": number_tables.places,
    "provinces": number_tables.provinces,
    "not_understood": number_tables.not_understood,
    "shares": number_tables.shares,
    "feedback": number_tables.feedback,
    "seconds": number_tables.seconds,
}
_SEVERAL: dict[str, Callable[[Question], list[Table]]] = {
    "guide": funnels.guides,
    "asked": funnels.asked_at,
    "trouble": number_tables.troubles,
}


def _tables(question: Question, name: str) -> list[Table]:
    """Returns the tables among which one of a name would be."""
    if name in _SINGLE:
        return [_SINGLE[name](question)]
    kind = name.partition("-")[0]
    return _SEVERAL[kind](question) if kind in _SEVERAL else []


def _overview(question: Question) -> list[Table]:
    wanted = number_tables.wanted(question)
    first = Table(
        wanted.name,
        wanted.title,
        wanted.intro,
        wanted.columns,
        wanted.rows[:_WANTED_FIRST],
        wanted.bars,
    )
    ended, steps = number_tables.endings(question), funnels.hardest(question)
    return [number_tables.conversations(question), ended, first, steps]


def _tiles(question: Question) -> list[Tile]:
    words = question.words.tile
    before = question.span.before()

    def two(figure: Callable[[Span | None], str]) -> tuple[str, list[str]]:
        """Returns a number, and what it was before."""
        earlier = figure(before) if before else ""
        return figure(None), [words.before.format(value=earlier)] if earlier else []

    def begun(span: Span | None) -> str:
        return f"{question.total(Figure.CONVERSATIONS, span=span):,}"

    def solved(span: Span | None) -> str:
        part = question.total(Figure.ENDED, SOLVED, span)
        return share(part, question.total(Figure.CONVERSATIONS, span=span))

    def missed(span: Span | None) -> str:
        found = question.sums(Figure.NOT_UNDERSTOOD, "what", span=span)
        part = found.get(Miss.ASKED_BACK.value, 0) + found.get(Miss.NOTHING.value, 0)
        return share(part, question.total(Figure.MESSAGES, span=span))

    tiles = []
    for name, figure in (("conversations", begun), ("solved", solved), ("not_understood", missed)):
        value, hints = two(figure)
        hints.insert(0, words[f"{name}_hint"])
        tiles.append(Tile(words[name], value or words.unknown, hints))
    judged = question.sums(Figure.FEEDBACK, "what")
    count = sum(judged.values())
    hint = words.helpful_hint.format(count=f"{count:,}") if count else words.no_feedback
    value = share(judged.get("yes", 0), count)
    tiles.append(Tile(words.helpful, value or words.unknown, [hint]))
    return [*tiles, _seconds_tile(question)]


def _seconds_tile(question: Question) -> Tile:
    words = question.words.tile
    half, nearly = bound_of(question, _HALF), bound_of(question, _NEARLY_ALL)
    if half is None or nearly is None:
        return Tile(words.seconds, words.unknown, [])

    def said(bound: str) -> str:
        more: str = words.seconds_more
        return more if bound == MORE else words.seconds_value.format(seconds=bound)

    hint = words.seconds_hint.format(share=f"{_NEARLY_ALL:.0%}", seconds=said(nearly))
    return Tile(words.seconds, said(half), [hint])


def _page(
    visit: Visit,
    part: str,
    tables: Callable[[Question], list[Table]],
    tiles: Callable[[Question], list[Tile]] | None = None,
) -> Response:
    try:
        question = _question(visit)
        shown = tables(question)
        heads = tiles(question) if tiles else []
        is_empty = not question.total(Figure.MESSAGES) and not question.total(Figure.CONVERSATIONS)
    except Unreadable as error:
        return _unreadable(visit, error, part)
    query = urlencode({"span": question.span.name, "channel": question.channel or ALL})
    return _answer(
        visit, part, question.span.name, question.channel, query, shown, heads, is_empty=is_empty
    )


def _answer(
    visit: Visit,
    part: str,
    span: str,
    channel: str,
    query: str = "",
    tables: Sequence[Table] = (),
    tiles: Sequence[Tile] = (),
    status: int = 200,
    is_empty: bool = False,
    problem: str = "",
) -> Response:
    return visit.page(
        "numbers.html",
        status,
        part=part,
        parts=visit.site.texts.numbers.part,
        spans=SPANS,
        channels=(ALL, *CHANNELS),
        span=span,
        channel=channel or ALL,
        query=query,
        tables=tables,
        tiles=tiles,
        is_empty=is_empty,
        problem=problem,
    )


def _unreadable(visit: Visit, error: Unreadable, part: str = "overview") -> Response:
    logger.error("The numbers cannot be read: %s", error)
    problem = visit.site.texts.numbers.unreadable
    return _answer(visit, part, SPANS[1], "", status=503, problem=problem)


def _question(visit: Visit) -> Question:
    """Reads what is asked for; what cannot be meant is taken for the usual."""
    given = visit.request.query_params
    channel = given.get("channel", "")
    numbers = visit.site.numbers
    name = given.get("span", "")
    first = numbers.first_month() if name == ALL else None
    return Question(
        numbers=numbers,
        span=Span.of(name, datetime.date.fromtimestamp(visit.site.clock()), first),
        channel=channel if channel in CHANNELS else "",
        texts=visit.site.texts,
        content=_content(visit),
    )


def _content(visit: Visit) -> Content | None:
    """Returns the content in use; None if it has been broken since the pages were started."""
    try:
        return visit.site.content()
    except (ContentError, OSError):
        return None


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
