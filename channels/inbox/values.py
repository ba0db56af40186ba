"""Texts under names, each for its time, in one table."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

NO_END = float("inf")


class Values:
    """The values of a channel; each method is a step of the caller's transaction.

    Times are seconds since 1970. What has a time is there until `now` is that far.

    Args:
        tables: gets the table.
        name: of the table.
        options: more for the table.
    """

    def __init__(self, tables: sa.MetaData, name: str, **options: Any) -> None:
        self.table = sa.Table(
            name,
            tables,
            sa.Column("name", sa.Text, primary_key=True),
            sa.Column("value", sa.Text, nullable=False),
            sa.Column("until", sa.Float(53), nullable=False, index=True),
            **options,
        )
        c = self.table.c
        now = sa.bindparam("now")
        named = c.name == sa.bindparam("named")
        self._get = sa.select(c.value).where(named, c.until > now)
        self._drop = self.table.delete().where(named)
        self._purge = self.table.delete().where(c.until <= now)
        self._put, self._put_new = {}, {}
        for dialect in (sqlite, postgresql):
            insert = dialect.insert(self.table)
            new = {"value": insert.excluded.value, "until": insert.excluded.until}
            kind = dialect.dialect.name
            self._put[kind] = insert.on_conflict_do_update(index_elements=[c.name], set_=new)
            self._put_new[kind] = insert.on_conflict_do_update(
                index_elements=[c.name], set_=new, where=c.until <= now
            )

    def get(self, connection: Any, name: str, now: float) -> str | None:
        """Returns a value; None if there is none, or its time is over."""
        value = connection.execute(self._get, {"named": name, "now": now}).scalar()
        return None if value is None else str(value)

    def put(self, connection: Any, name: str, value: str, until: float = NO_END) -> None:
        """Sets a value."""
        row = {"name": name, "value": value, "until": until}
        connection.execute(self._put[connection.dialect.name], row)

    def put_new(self, connection: Any, name: str, value: str, until: float, now: float) -> bool:
        """Sets a value if there is none; tells whether it did. One of several at once does."""
        row = {"name": name, "value": value, "until": until, "now": now}
        return bool(connection.execute(self._put_new[connection.dialect.name], row).rowcount == 1)

    def drop(self, connection: Any, name: str) -> None:
        """Deletes a value."""
        connection.execute(self._drop, {"named": name})

    def purge(self, connection: Any, now: float) -> None:
        """Removes what is over."""
        connection.execute(self._purge, {"now": now})
