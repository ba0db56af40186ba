"""Takes over what WeChat has in the Redis of an earlier version into PostgreSQL, all or nothing.

    python -m scripts.wechat_from_redis

The Redis is that of ZHAOHUI_WECHAT_STORE, the database that of ZHAOHUI_DATABASE, its password
where libpq looks for it (PGPASSFILE). Run it while no worker runs, of either version: what comes
in meanwhile is not seen. The Redis stays as it is. To run it twice does no harm.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import redis  # type: ignore[import-untyped, unused-ignore]
import sqlalchemy as sa
from redis.exceptions import RedisError  # type: ignore[import-untyped, unused-ignore]

from channels.inbox.database import POSTGRESQL, Database, open_database
from channels.inbox.inbox import State
from channels.inbox.store import KNOWN_KEY_SECONDS, tables_of
from channels.inbox.values import NO_END
from scripts.console import ROOT, Failure, guarded

CHANNEL = "wechat"
PREFIX = "zhaohui:wechat:"
NUMBER_LENGTH = 17  # of what stands before the key in a queue: "0000000000000001:"


@dataclass(frozen=True)
class Taken:
    """How much was taken over."""

    waiting: int
    known: int
    values: int


def take_over(client: Any, database: Database, now: float) -> Taken:
    """Writes all of a Redis into a database, unless it is there.

    Args:
        client: of the Redis, whose answers are texts.
        database: gets it.
        now: the time in seconds since 1970.

    Raises:
        RedisError: if the Redis does not answer; then nothing is written.
        sqlalchemy.exc.SQLAlchemyError: if the database does not; then nothing is written.
    """
    tables, inbox, kept = tables_of(CHANNEL)
    database.create(tables)
    waiting = known = values = 0
    with database.transaction() as connection:
        for queue, key, item, order, is_begun in _waiting(client):
            is_new = inbox.accept(
                connection,
                queue,
                key,
                content=item,
                ordered=order,
                came=now,
                known_until=now + KNOWN_KEY_SECONDS,
                state=State.STARTED if is_begun else State.NEW,
            )
            waiting += is_new
        for name, until, _ in _living(client, "seen:", now):
            length, rest = name.split(":", 1)
            queue, key = rest[: int(length)], rest[int(length) + 1 :]
            known += inbox.accept(
                connection, queue, key, content="", known_until=until, came=now, state=State.DONE
            )
        for name, until, value in _living(client, "value:", now):
            values += kept.put_new(connection, name, value, until, now)
    return Taken(waiting, known, values)


def _waiting(client: Any) -> Iterator[tuple[str, str, str, float, bool]]:
    """Yields what waits: queue, key, item, order, and whether it is begun."""
    for queue in client.smembers(f"{PREFIX}queues"):
        items = client.hgetall(f"{PREFIX}items:{queue}")
        for member, order in client.zrange(f"{PREFIX}queue:{queue}", 0, -1, withscores=True):
            key = member[NUMBER_LENGTH:]
            yield queue, key, items[f"i:{key}"], order, items.get("begun") == member


def _living(client: Any, kind: str, now: float) -> Iterator[tuple[str, float, str]]:
    """Yields what is not over: the name, until when it is there, and the value."""
    start = f"{PREFIX}{kind}"
    for key in client.scan_iter(match=f"{start}*", count=1_000):
        found = client.hgetall(key)
        until = float(found.get("t") or NO_END)
        if found and until > now:
            yield key[len(start) :], until, found["v"]


def main() -> int:
    """Takes over and says how much."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    source = os.environ.get("ZHAOHUI_WECHAT_STORE", "")
    target = os.environ.get("ZHAOHUI_DATABASE", "")
    if not target.startswith(POSTGRESQL):
        raise Failure(f"ZHAOHUI_DATABASE is no {POSTGRESQL}user@host/name: set it.")
    problem = ""
    try:
        client = redis.Redis.from_url(source, decode_responses=True)
        database = open_database(target, ROOT)
        taken = take_over(client, database, time.time())
        database.close()
    except ValueError:  # its message might show a part of the address
        problem = "ZHAOHUI_WECHAT_STORE is no address like redis://host:6379/0: set it."
    except RedisError as error:
        problem = f"The Redis does not answer ({type(error).__name__}): nothing was taken over."
    except sa.exc.SQLAlchemyError as error:
        problem = f"PostgreSQL does not answer ({type(error).__name__}): nothing was taken over."
    if problem:
        raise Failure(problem)
    print(
        f"Taken over: {taken.waiting} messages that wait for an answer, {taken.known} that are"
        f" known, {taken.values} values."
    )
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
