"""The numbers that the assistant counts (`channels/counts.py`), read from where it keeps them.

Those of conversations are in the database of Rasa's tracker store, judgements in that of the
website. Both are only read, and no conversation is looked at.
"""

from __future__ import annotations

import datetime
import os
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import sqlalchemy as sa
import yaml
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from channels.counts import OF_DEFAULT, OF_TENANTS, Figure
from serving.tenants import DEFAULT

ENDPOINTS, CREDENTIALS = "endpoints.yml", "credentials.yml"
_STORE = "RedactingSQLTrackerStore"  # that counts
_WEBSITE = "channels.website.channel.WebsiteChannel"
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SECONDS = 5  # so long a database is waited for
_CONNECT = {"connect_timeout": _SECONDS, "application_name": "zhaohui-operators"}
_DAYS = {"days7": 7, "days28": 28, "days90": 90}
_MONTHS = {"months12": 12}
ALL = "all"
SPANS = (*_DAYS, *_MONTHS, ALL)
USUAL = "days28"

Sums = dict[tuple[Any, ...], int]


class Unreadable(Exception):
    """A database that cannot be read now."""


@dataclass(frozen=True)
class Span:
    """For how long one looks back: days, or months if there would be too many.

    Attributes:
        name: one of `SPANS`.
        periods: all of them, from the first to the last, as `channels/counts.py` writes them.
    """

    name: str
    periods: tuple[int, ...]

    @property
    def is_in_months(self) -> bool:
        """Whether the periods are months."""
        return self.name not in _DAYS

    @staticmethod
    def of(name: str, today: datetime.date, first: int | None = None) -> Span:
        """Returns the span of a name that ends today.

        Args:
            name: one of `SPANS`; another is taken for `USUAL`.
            today: the last day.
            first: the month in which counting began, for `ALL`.
        """
        name = name if name in SPANS else USUAL
        if name in _DAYS:
            return Span(name, _days(today, _DAYS[name]))
        count = _MONTHS.get(name) or _months_since(today, first)
        return Span(name, _months(today, count))

    def before(self) -> Span | None:
        """Returns the span of the same length before this one; None before all."""
        if self.name == ALL:
            return None
        first = self.periods[0]
        if self.is_in_months:
            end = datetime.date(first // 100, first % 100, 1) - datetime.timedelta(1)
            return Span(self.name, _months(end, len(self.periods)))
        begin = datetime.date(first // 10_000, first // 100 % 100, first % 100)
        return Span(self.name, _days(begin - datetime.timedelta(1), len(self.periods)))


def _days(last: datetime.date, count: int) -> tuple[int, ...]:
    days = [last - datetime.timedelta(back) for back in reversed(range(count))]
    return tuple(day.year * 10_000 + day.month * 100 + day.day for day in days)


def _months(last: datetime.date, count: int) -> tuple[int, ...]:
    number = last.year * 12 + last.month - 1
    return tuple((n // 12) * 100 + n % 12 + 1 for n in range(number - count + 1, number + 1))


def _months_since(today: datetime.date, first: int | None) -> int:
    if not first:
        return 1
    return max(1, (today.year - first // 100) * 12 + today.month - first % 100 + 1)


class Numbers:
    """The databases in which numbers are kept."""

    def __init__(self, folder: Path, settings: Path | None = None, tenant: str = DEFAULT) -> None:
        """Takes the folder in which files of databases stand.

        Args:
            folder: of these.
            settings: the folder with `endpoints.yml` and `credentials.yml`, which are read when
                numbers are asked for; the same, if it is None.
            tenant: whose numbers they are.
        """
        self._tenant = tenant
        self._table = OF_DEFAULT if tenant == DEFAULT else OF_TENANTS
        self._condition = "" if tenant == DEFAULT else " AND tenant = :tenant"
        self._folder = folder
        self._settings = settings or folder
        self._engines: dict[sa.engine.URL, Any] = {}

    def first_month(self) -> int | None:
        """Returns the month in which counting began; None if nothing was counted yet.

        Raises:
            Unreadable: if the database cannot be read.
        """
        query = sa.text(
            f"SELECT MIN(period) FROM {self._table}"  # noqa: S608 - a name of ours
            f" WHERE figure = 'conversations' AND period < 1000000{self._condition}"
        )
        rows = self._rows(address_of_conversations(self._folder, self._settings), query, {})
        return rows[0][0] if rows else None

    def sums(
        self, figure: Figure, span: Span, channel: str = "", by: Sequence[str] = ("what", "detail")
    ) -> Sums:
        """Returns the numbers of a figure in a span, added up; those that are 0 are left out.

        Args:
            figure: which.
            span: when.
            channel: of which channel; empty for all.
            by: of `period`, `channel`, `what` and `detail`, what makes the keys.

        Raises:
            Unreadable: if the database cannot be read.
        """
        columns = ", ".join(by)
        query = sa.text(
            f"SELECT {columns}, SUM(count) FROM {self._table}"  # noqa: S608 - names of ours
            f" WHERE figure = :figure AND period BETWEEN :first AND :last{self._condition}"
            f"{' AND channel = :channel' if channel else ''}"
            f" GROUP BY {columns} HAVING SUM(count) <> 0"
        )
        values = {"figure": figure.value, "first": span.periods[0], "last": span.periods[-1]}
        if channel:
            values["channel"] = channel
        is_website = figure is Figure.FEEDBACK
        source = (_website if is_website else address_of_conversations)(
            self._folder, self._settings
        )
        return {tuple(key): int(count) for *key, count in self._rows(source, query, values)}

    def close(self) -> None:
        """Forgets the databases."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    def _rows(self, source: sa.engine.URL | None, query: Any, values: Mapping[str, Any]) -> Any:
        """Returns the rows of a query; none where nothing was counted yet."""
        if source is None:
            return []
        is_file = source.get_backend_name() == "sqlite"
        if is_file and not Path(str(source.database)).is_file():
            return []
        try:
            engine = self._engine(source)
            with engine.connect() as connection:
                if not sa.inspect(connection).has_table(self._table):
                    return []
                of_tenant = {"tenant": self._tenant} if self._condition else {}
                return connection.execute(query, {**values, **of_tenant}).all()
        except (SQLAlchemyError, ImportError) as error:  # also a driver that is not there
            raise Unreadable(type(error).__name__) from error

    def _engine(self, source: sa.engine.URL) -> Any:
        if source not in self._engines:
            self._engines[source] = _engine(source)
        return self._engines[source]


def _engine(source: sa.engine.URL) -> Any:
    if source.get_backend_name() != "sqlite":
        limits = _CONNECT if source.get_backend_name() == "postgresql" else {}
        return sa.create_engine(
            source, pool_size=1, pool_pre_ping=True, hide_parameters=True, connect_args=limits
        )
    path = f"file:{quote(str(source.database))}?mode=ro"
    return sa.create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(path, uri=True, timeout=_SECONDS),
        poolclass=NullPool,
        hide_parameters=True,
    )


def address_of_conversations(folder: Path, settings: Path) -> sa.engine.URL | None:
    """Returns where Rasa's tracker store is, as `SQLTrackerStore` reads it; None if not ours.

    Args:
        folder: in which files of databases stand.
        settings: the folder with `endpoints.yml`.

    Raises:
        Unreadable: if that file cannot be read, or names no database.
    """
    given = _read(settings / ENDPOINTS)
    if given is None:
        return _file(folder, "conversations.db")
    store = given.get("tracker_store") or {}
    if not str(store.get("type", "")).endswith(_STORE):
        return None
    host = str(store.get("url") or "")
    if "://" in host:
        return _url(host)
    dialect = str(store.get("dialect") or "sqlite")
    if dialect == "sqlite":
        return _file(folder, str(store.get("db") or "rasa.db"))
    try:
        address = urlsplit(f"scheme://{host}")
        port = address.port or (int(store["port"]) if store.get("port") else None)
    except ValueError as error:
        raise Unreadable("no port") from error
    return sa.engine.URL.create(
        dialect,
        username=store.get("username"),
        password=store.get("password"),
        host=address.hostname,
        port=port,
        database=str(store.get("db") or "rasa.db"),
        query=store.get("query") or {},
    )


def _website(folder: Path, settings: Path) -> sa.engine.URL | None:
    """Returns where the website's records are; None if there is no website."""
    given = _read(settings / CREDENTIALS)
    if given is None:
        return _file(folder, "website.db")
    if _WEBSITE not in given:
        return None
    database = str((given[_WEBSITE] or {}).get("database") or "website.db")
    return _url(database) if "://" in database else _file(folder, database)


def _url(text: str) -> sa.engine.URL:
    try:
        return sa.engine.make_url(text)
    except (SQLAlchemyError, ValueError) as error:
        raise Unreadable("no address of a database") from error


def _file(folder: Path, name: str) -> sa.engine.URL:
    return sa.engine.URL.create("sqlite", database=str(folder / name))


def _read(path: Path) -> dict[str, Any] | None:
    """Returns a file of settings, with ${VARIABLES} filled in as Rasa does; None if not there."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(path.name) from error
    try:
        given = yaml.safe_load(text)
    except yaml.YAMLError:
        raise Unreadable(path.name) from None  # a value may be a secret
    if not isinstance(given, dict):
        return {}
    return {
        str(name): _filled(value) if name in (_WEBSITE, "tracker_store") else value
        for name, value in given.items()
    }


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one) for name, one in value.items()}
    if not isinstance(value, str) or "${" not in value:
        return value
    filled = os.path.expandvars(value)
    if missing := _VARIABLE.findall(filled):
        raise Unreadable(f"not in the environment: {', '.join(missing)}")
    return filled
