"""What people send to a channel, in one table: accepted once, asked in order, also after a kill.

An entry is kept before it is confirmed. All entries of a conversation that are begun and not done
are what is in work: a kill leaves them so, and the worker that goes on finds them first. Who works
on a conversation has its lock (`channels.inbox.database`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from channels.inbox.database import Database
from channels.transitions import follow

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts INTEGER only


class State(IntEnum):
    """How far an entry has come."""

    NEW = 0
    STARTED = 1  # again after a kill, if no answer to it is found
    DONE = 2


NEXT = {
    State.NEW: {State.STARTED, State.DONE},
    State.STARTED: {State.STARTED, State.DONE},
    State.DONE: set[State](),
}


@dataclass(frozen=True)
class Entry:
    """One thing a person did.

    Attributes:
        id: by which the sender knows it; a second one of the same conversation is a repetition.
        content: what came, in the channel's form.
        seq: of the person's message, where it shows in a history.
        came: when it came, in seconds since 1970; 0 if that was not noted.
        metadata: what belongs to it until it is answered.
    """

    number: int
    conversation_id: str
    id: str
    content: str
    seq: int | None
    state: State
    came: float
    metadata: dict[str, Any] | None = None


class Inbox:
    """The entries of a channel; each method is a step of the caller's transaction.

    Args:
        tables: gets the table.
        name: of the table.
        content: the name of the column with the content.
        conversation: more for the column with the conversation, as what it refers to.
    """

    def __init__(
        self, tables: sa.MetaData, name: str, content: str = "content", *conversation: Any
    ) -> None:
        self.table = sa.Table(
            name,
            tables,
            sa.Column("number", _NUMBER, primary_key=True),
            sa.Column("conversation_id", sa.Text, *conversation, nullable=False),
            sa.Column("id", sa.Text, nullable=False),
            sa.Column(content, sa.Text, key="content", nullable=False),
            sa.Column("seq", sa.Integer),
            sa.Column("state", sa.Integer, nullable=False, server_default="0"),
            sa.Column("metadata", sa.Text),
            sa.Column("came", sa.Float(53), nullable=False, server_default="0"),
            # When it was made, if not all come in their order.
            sa.Column("ordered", sa.Float(53), nullable=False, server_default="0"),
            # Until when a done one is known; for ever, or as long as its conversation, without.
            sa.Column("known_until", sa.Float(53)),
            sa.UniqueConstraint("conversation_id", "id"),
            sqlite_autoincrement=True,
        )
        c = self.table.c
        is_open = c.state < State.DONE
        sa.Index(f"open_{name}", c.conversation_id, sqlite_where=is_open, postgresql_where=is_open)
        # Made once: to make one anew for each message takes longer than to run it.
        of_conversation = c.conversation_id == sa.bindparam("conversation")
        by_id = sa.and_(of_conversation, c.id == sa.bindparam("client_id"))
        by_number = c.number.in_(sa.bindparam("numbers", expanding=True))
        entry = sa.select(
            c.number,
            c.conversation_id,
            c.id,
            c.content,
            c.seq,
            c.state,
            c.came,
            c.metadata,
        )
        in_order = entry.order_by(c.state.desc(), c.ordered, c.number).limit(sa.bindparam("count"))
        self._find = entry.where(by_id)
        self._open = in_order.where(of_conversation, is_open)
        self._behind = in_order.where(of_conversation, c.state == State.NEW)
        self._any = sa.select(c.number).where(of_conversation).limit(1)
        self._unfinished = sa.select(c.conversation_id).where(is_open).distinct()
        over = sa.and_(c.state == State.DONE, c.known_until <= sa.bindparam("now"))
        self._forget = self.table.delete().where(by_id, over)
        self._purge = self.table.delete().where(over)
        self._add = {
            "sqlite": sqlite.insert(self.table).on_conflict_do_nothing(),
            "postgresql": postgresql.insert(self.table).on_conflict_do_nothing(),
        }
        self._states = sa.select(c.state).where(by_number).with_for_update()
        self._set_state = self.table.update().where(by_number).values(state=sa.bindparam("then"))
        self._forget_metadata = (
            self.table.update().where(by_number, c.metadata.is_not(None)).values(metadata=None)
        )
        self._put_away = (
            self.table.update().where(by_id, is_open).values(state=State.DONE, content="")
        )

    def upgrade(self, database: Database) -> None:
        """Adds the columns that the table of an earlier version does not have.

        Workers of that version may go on with it meanwhile.
        """
        with database.transaction() as connection:
            there = sa.inspect(connection).get_columns(self.table.name)
            names = {column["name"] for column in there}
            for column in self.table.columns:
                if column.name not in names:
                    kind = column.type.compile(connection.dialect)
                    default = "" if column.nullable else " NOT NULL DEFAULT 0"
                    change = f"ALTER TABLE {self.table.name} ADD COLUMN {column.name} {kind}"
                    connection.execute(sa.text(change + default))

    def accept(self, connection: Any, conversation_id: str, id_: str, **values: Any) -> bool:
        """Keeps an entry; of several with one id, also at once at several workers, one.

        Args:
            connection: in a transaction.
            conversation_id: of the conversation.
            id_: of the entry.
            values: of the other columns; metadata as an object. An id whose `known_until` is
                before `came` is not known any more.

        Returns:
            False if the id is known, and nothing was done.
        """
        who = {"conversation": conversation_id, "client_id": id_}
        if values.get("known_until"):
            connection.execute(self._forget, {**who, "now": values["came"]})
        metadata = values.pop("metadata", None)
        kept = None if metadata is None else json.dumps(metadata, ensure_ascii=False)
        row = {"conversation_id": conversation_id, "id": id_, "metadata": kept, **values}
        added = connection.execute(self._add[connection.dialect.name], row)
        return bool(added.rowcount == 1)

    def find(self, connection: Any, conversation_id: str, id_: str) -> Entry | None:
        """Returns the entry with an id; None if there is none."""
        who = {"conversation": conversation_id, "client_id": id_}
        return next(iter(_entries(connection.execute(self._find, who))), None)

    def open(self, connection: Any, conversation_id: str, count: int) -> list[Entry]:
        """Returns the first entries without an answer: those begun, then the others in order."""
        values = {"conversation": conversation_id, "count": count}
        return _entries(connection.execute(self._open, values))

    def behind(self, connection: Any, conversation_id: str, count: int) -> list[Entry]:
        """Returns the first entries that are not begun, in their order."""
        values = {"conversation": conversation_id, "count": count}
        return _entries(connection.execute(self._behind, values))

    def has_any(self, connection: Any, conversation_id: str) -> bool:
        """Tells whether anything was ever accepted in a conversation."""
        found = connection.execute(self._any, {"conversation": conversation_id})
        return found.first() is not None

    def unfinished(self, connection: Any) -> list[str]:
        """Returns the conversations in which an entry has no answer."""
        return [str(row[0]) for row in connection.execute(self._unfinished)]

    def set_state(self, connection: Any, entries: Sequence[Entry], state: State) -> None:
        """Brings entries into a state; metadata of done ones is not kept.

        Raises:
            ImpossibleTransition: if one is in a state that it cannot follow.
        """
        numbers = [entry.number for entry in entries]
        kept = connection.execute(self._states, {"numbers": numbers})
        for (now,) in kept:  # those that were not removed with their conversation
            follow(State(now), state, NEXT)
        connection.execute(self._set_state, {"numbers": numbers, "then": int(state)})
        if state is State.DONE:
            connection.execute(self._forget_metadata, {"numbers": numbers})

    def put_away(self, connection: Any, conversation_id: str, id_: str) -> None:
        """Brings an entry to its end, if it is there, and forgets what it held; its id stays."""
        connection.execute(self._put_away, {"conversation": conversation_id, "client_id": id_})

    def purge(self, connection: Any, now: float) -> None:
        """Removes done entries that need not be known any more."""
        connection.execute(self._purge, {"now": now})


def _entries(rows: Any) -> list[Entry]:
    return [
        Entry(
            number,
            conversation_id,
            id_,
            content,
            seq,
            State(state),
            came,
            kept and json.loads(kept),
        )
        for number, conversation_id, id_, content, seq, state, came, kept in rows
    ]
