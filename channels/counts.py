"""How often what happened, by day and by month: numbers that stay when conversations are deleted.

A number is of a figure, a channel and up to two more names, which come from the assistant's own
lists: no id, no text of a person, no time but the day. The operator's pages read them without
Rasa, so nothing of it is imported here.

Those of the default stand in `counts`, those of the tenants (`serving/tenants.py`) in a table of
their own: a database from before there were any is as it should be, and a process of that version
may go on beside one of this.
"""

from __future__ import annotations

import contextlib
import enum
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from serving.tenants import DEFAULT

COUNTS = sa.MetaData()
OF_DEFAULT, OF_TENANTS = "counts", "counts_of_tenants"


def _table(name: str, *first: sa.Column) -> sa.Table:
    return sa.Table(
        name,
        COUNTS,
        *first,
        sa.Column("figure", sa.Text, primary_key=True),
        # A day as 20261129, a month as 202611: between two days lies no month.
        sa.Column("period", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("what", sa.Text, primary_key=True),
        sa.Column("detail", sa.Text, primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


_COLUMNS = tuple(column.name for column in _table(OF_DEFAULT).columns)
_table(OF_TENANTS, sa.Column("tenant", sa.Text, primary_key=True))
# Held while tables of ours are made in a PostgreSQL, whichever part of a server makes them.
LOCK_SCHEMA = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('zhaohui_counts', 0))")


class Figure(enum.Enum):
    """What is counted; behind it what `what` and `detail` are.

    Those of a conversation belong to the day on which it began, and are moved on with it: so the
    steps at which conversations were last add up to those that began the guide.
    """

    CONVERSATIONS = "conversations"
    ENDED = "ended"  # how it stands now: an `Ending`
    WANTED = "wanted"  # a topic, once a conversation
    REACHED = "reached"  # a way; the number of a step, once a conversation
    LAST = "last"  # a way; the number of the step it was at last, or `SOLVED`
    TROUBLES = "troubles"  # a trouble, once a conversation
    CAUSES = "causes"  # a trouble; the title of a cause, once a conversation
    HELPED = "helped"  # a trouble; the title of the cause, empty after the list of all
    HANDOFFS = "handoffs"  # the code of the place, or empty; the reason, once a conversation
    BUREAUS = "bureaus"  # the code of the place, once a conversation
    # Those of a message belong to its day.
    MESSAGES = "messages"
    ASKED_AT = "asked_at"  # a way; the number of the step and a topic, with a space between
    NOT_UNDERSTOOD = "not_understood"  # a `Miss`
    ANSWER_SECONDS = "answer_seconds"  # the upper bound in seconds, or `MORE`
    UNANSWERED = "unanswered"
    FEEDBACK = "feedback"  # yes or no


class Ending(enum.Enum):
    """How a conversation stands after its last message."""

    SOLVED = "solved"  # by the person's own word
    BUREAU = "bureau"  # a bureau was named, or a human asked for
    GUIDE = "guide"  # amid a guide
    TROUBLE = "trouble"  # amid a diagnosis
    ANSWERED = "answered"  # whatever was asked last was answered
    NOT_UNDERSTOOD = "not_understood"


class Miss(enum.Enum):
    """How a message was not understood."""

    ASKED_BACK = "asked_back"  # two meanings were offered
    NOTHING = "nothing"
    OUT_OF_SCOPE = "out_of_scope"  # understood as none of the assistant's business


SOLVED = Ending.SOLVED.value  # also in the place of a step's number
MORE = "more"  # seconds than the last bound
BOUNDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)  # seconds
NOT_TOPIC = "not_understood"  # in the place of a topic
STUCK = "stuck"  # the same: who says only that a step cannot be done
KNOWN_CHANNELS = frozenset(("rest", "website", "wechat", "cmdline"))

Key = tuple[str, int, str, str, str]


class Increments(Counter[Key]):
    """What has to be added to the numbers, for a day each."""

    def count(
        self,
        figure: Figure,
        day: int,
        channel: str,
        what: str = "",
        detail: str = "",
        by: int = 1,
    ) -> None:
        """Adds to one number, or takes from it.

        Args:
            figure: what is counted.
            day: as `day_of` returns it.
            channel: one of `KNOWN_CHANNELS` or `other`.
            what: see `Figure`.
            detail: see `Figure`.
            by: how much.
        """
        self[(figure.value, day, channel, what, detail)] += by


def day_of(moment: float) -> int:
    """Returns the day of this machine in which a time lies, in seconds since 1970: 20261129."""
    day = time.localtime(moment)
    return day.tm_year * 10_000 + day.tm_mon * 100 + day.tm_mday


@contextlib.contextmanager
def changing_tables(engine: Any) -> Iterator[Any]:
    """Gives a transaction that makes or changes tables, of one process at a time."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(LOCK_SCHEMA)
        elif engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


def create(engine: Any, *more: sa.MetaData) -> None:
    """Makes the table, and more of them, if not there; of servers that start at once, one does."""
    with changing_tables(engine) as connection:
        for tables in (COUNTS, *more):
            tables.create_all(connection)


def add(connection: Any, increments: Mapping[Key, int], tenant: str = DEFAULT) -> None:
    """Adds to a tenant's numbers of the days and their months, in the caller's transaction."""
    rows: Counter[Key] = Counter()
    for (figure, day, channel, what, detail), count in increments.items():
        for period in (day, day // 100):
            rows[figure, period, channel, what, detail] += count
    # In one order, so that no two transactions wait for each other.
    changed = sorted((key, count) for key, count in rows.items() if count)
    for begin in range(0, len(changed), _MAX_ROWS):
        part = changed[begin : begin + _MAX_ROWS]
        values = {
            f"{column}_{number}": value
            for number, (key, count) in enumerate(part)
            for column, value in zip(_COLUMNS, (*key, count), strict=True)
        }
        if tenant:
            values["tenant"] = tenant
        connection.execute(_statement(len(part), bool(tenant)), values)


_MAX_ROWS = 100  # in a statement: SQLite takes 32,766 values


@lru_cache(maxsize=2 * _MAX_ROWS)
def _statement(rows: int, of_tenant: bool) -> Any:
    table, first = (OF_TENANTS, ("tenant",)) if of_tenant else (OF_DEFAULT, ())
    places = ", ".join(
        "("
        + ", ".join(
            [*(f":{name}" for name in first), *(f":{column}_{number}" for column in _COLUMNS)]
        )
        + ")"
        for number in range(rows)
    )
    columns = (*first, *_COLUMNS)
    return sa.text(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places}"  # noqa: S608 - names of ours
        f" ON CONFLICT ({', '.join(columns[:-1])})"
        f" DO UPDATE SET count = {table}.count + excluded.count"
    )
