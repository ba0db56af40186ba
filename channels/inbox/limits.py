"""Limits that all workers on one PostgreSQL count together; one worker alone counts in memory.

Who asks stands in the database as a hash that nobody can go back from without the key of the
channel. The tables are not logged there: a crash of PostgreSQL's empties them, and nothing waits
for a disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import math
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from channels.inbox.database import Database
from channels.rate import MINUTE, Limit

HELD_SECONDS = 30  # what a killed worker held is free after so long
RENEW_SECONDS = 10.0
_TABLES = sa.MetaData()
_RATES = sa.Table(
    "rates",
    _TABLES,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("counted", sa.Text, nullable=False),  # pairs of a second and how many fell into it
    sa.Column("last", sa.Float(53), nullable=False),
    prefixes=["UNLOGGED"],
)
_HELD = sa.Table(
    "held",
    _TABLES,
    sa.Column("worker", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("until", sa.Float(53), nullable=False),
    prefixes=["UNLOGGED"],
)
# The database's clock counts, whatever those of the workers say.
# Locks the rows, in the order of the keys, until the end of the transaction.
_TAKE = sa.text(
    "INSERT INTO rates (key, counted, last) SELECT key, '[]', 0"
    " FROM unnest(CAST(:keys AS text[])) AS key"
    " ON CONFLICT (key) DO UPDATE SET key = excluded.key"
    " RETURNING key, counted, extract(epoch from clock_timestamp())"
)
_KEEP = sa.text(
    "UPDATE rates SET counted = new.counted, last = :now"
    " FROM unnest(CAST(:keys AS text[]), CAST(:counted AS text[])) AS new (key, counted)"
    " WHERE rates.key = new.key"
)
# Not what another worker is about to count: two that wait for each other would not end.
_SWEEP_RATES = sa.text(
    "DELETE FROM rates WHERE key IN (SELECT key FROM rates"
    " WHERE last < extract(epoch from clock_timestamp()) - :minute FOR UPDATE SKIP LOCKED)"
)
_ONE_BY_ONE = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('held:' || :key, 0))")
_BY_OTHERS = sa.text(
    "SELECT coalesce(sum(count), 0) FROM held"
    " WHERE key = :key AND worker <> :worker"
    " AND until > extract(epoch from clock_timestamp())"
)
_PUT_HELD = sa.text(
    "INSERT INTO held (worker, key, count, until)"
    " VALUES (:worker, :key, :count, extract(epoch from clock_timestamp()) + :seconds)"
    " ON CONFLICT (worker, key) DO UPDATE SET count = excluded.count, until = excluded.until"
)
_DROP_HELD = sa.text("DELETE FROM held WHERE worker = :worker AND key = :key")
_DROP_OWN = sa.text("DELETE FROM held WHERE worker = :worker")
_SWEEP_HELD = sa.text(
    "DELETE FROM held WHERE (worker, key) IN (SELECT worker, key FROM held"
    " WHERE until <= extract(epoch from clock_timestamp()) FOR UPDATE SKIP LOCKED)"
)


class SharedCounts:
    """What all workers on a database have counted and hold; used from its thread.

    Args:
        database: one that is shared.
        key: of the channel, the same for all workers.
    """

    def __init__(self, database: Database, key: str) -> None:
        self._database = database
        self._key = key.encode()
        self._worker = secrets.token_hex(8)
        database.create(_TABLES)

    def admit(self, asked: Sequence[tuple[Limit, str]]) -> int:
        """Counts one of each, if none is one too many; see `channels.rate.Rates`.

        A minute is measured in whole seconds: it may be shorter by one.
        """
        limits = {self._hash(limit.name, who): limit for limit, who in asked if limit.max_count}
        if not limits:
            return 0
        keys = sorted(limits)
        with self._database.transaction() as connection:
            rows = connection.execute(_TAKE, {"keys": keys}).all()
            now = float(rows[0][2])
            counted = {key: _live(json.loads(text), now) for key, text, _ in rows}
            wait = max(_wait(counted[key], limits[key].max_count, now) for key in keys)
            if wait:
                return wait
            for pairs in counted.values():
                if not pairs or pairs[-1][0] != int(now):
                    pairs.append([int(now), 0])
                pairs[-1][1] += 1
            _keep(connection, keys, counted, now)
        return 0

    def take_back(self, asked: Sequence[tuple[Limit, str]]) -> None:
        """Counts the last of each no longer; if that fails, they count."""
        keys = sorted(self._hash(limit.name, who) for limit, who in asked if limit.max_count)
        if not keys:
            return
        with contextlib.suppress(sa.exc.SQLAlchemyError), self._database.transaction() as database:
            rows = database.execute(_TAKE, {"keys": keys}).all()
            now = float(rows[0][2])
            counted = {key: _live(json.loads(text), now) for key, text, _ in rows}
            for pairs in filter(None, counted.values()):
                pairs[-1][1] -= 1
                if not pairs[-1][1]:
                    pairs.pop()
            _keep(database, keys, counted, now)

    def hold(self, name: str, who: str, own: int, max_count: int) -> bool:
        """Notes that this worker holds one more of something; False if all hold enough.

        Args:
            name: of what is held.
            who: for whom.
            own: how many this worker holds already.
            max_count: how many all workers may hold.
        """
        key = self._hash(name, who)
        of_worker = {"worker": self._worker, "key": key}
        with self._database.transaction() as connection:
            connection.execute(_ONE_BY_ONE, {"key": key})
            others = connection.execute(_BY_OTHERS, of_worker).scalar()
            if own + int(others) >= max_count:
                return False
            connection.execute(_PUT_HELD, self._held(key, own + 1))
        return True

    def release(self, name: str, who: str, own: int) -> None:
        """Notes how many this worker still holds; if that fails, `renew` does it."""
        key = self._hash(name, who)
        with contextlib.suppress(sa.exc.SQLAlchemyError), self._database.transaction() as database:
            if own:
                database.execute(_PUT_HELD, self._held(key, own))
            else:
                database.execute(_DROP_HELD, {"worker": self._worker, "key": key})

    def renew(self, name: str, own: Mapping[str, int]) -> None:
        """Says anew what this worker holds, by who it is for."""
        rows = [self._held(self._hash(name, who), count) for who, count in own.items()]
        with self._database.transaction() as connection:
            connection.execute(_DROP_OWN, {"worker": self._worker})
            if rows:
                connection.execute(_PUT_HELD, rows)

    def sweep(self) -> None:
        """Removes what is over."""
        with self._database.transaction() as connection:
            connection.execute(_SWEEP_HELD)
            connection.execute(_SWEEP_RATES, {"minute": MINUTE})

    def _held(self, key: str, count: int) -> dict[str, Any]:
        return {"worker": self._worker, "key": key, "count": count, "seconds": HELD_SECONDS}

    def _hash(self, name: str, who: str) -> str:
        return hmac.new(self._key, f"{name}\0{who}".encode(), hashlib.sha256).hexdigest()[:32]


def _keep(
    connection: Any, keys: Sequence[str], counted: Mapping[str, list[list[int]]], now: float
) -> None:
    new = [json.dumps(counted[key], separators=(",", ":")) for key in keys]
    connection.execute(_KEEP, {"keys": list(keys), "counted": new, "now": now})


def _live(pairs: list[list[int]], now: float) -> list[list[int]]:
    return [pair for pair in pairs if pair[0] > now - MINUTE]


def _wait(pairs: Sequence[Sequence[int]], max_count: int, now: float) -> int:
    """Returns in how many full seconds one more is not too many; 0 for now."""
    too_many = sum(count for _, count in pairs) + 1 - max_count
    for second, count in pairs:
        if too_many <= 0:
            break
        too_many -= count
        if too_many <= 0:
            return max(1, math.ceil(second + MINUTE - now))
    return 0
