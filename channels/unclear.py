"""The messages that were not understood, in a table beside the conversations that they are of.

A row is written as its turn is kept, and deleted with its conversation: nobody has to look through
all conversations. Texts stand in it with their secrets hidden, as in the conversation. The
operator's pages read the table and sort the rows by meaning; so this module does without Rasa.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from channels import counts
from serving.tenants import DEFAULT, tenant_of

LEFT_SECONDS = 3_600  # so long nothing comes: the person has left
MAX_ANSWER = 500  # characters of an answer that are kept with the message
_MAX_ID = 255  # characters of an id
TABLES = sa.MetaData()


class Reason(IntFlag):
    """Why a message is in the table; several may apply."""

    FELL_BACK = 1  # it was said that it was not understood
    ASKED_BACK = 2  # two meanings were offered
    DECLINED = 4  # it was taken for something outside the matter
    LEFT = 8  # nothing came after the answer to it
    RATED_DOWN = 16  # the answer got a thumbs-down


UNCLEAR = sa.Table(
    "unclear",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sender_id", sa.String(255), nullable=False),
    sa.Column("message_id", sa.String(255), nullable=False),
    sa.Column("time", sa.Float(53), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("intent", sa.String(255), nullable=False),  # what it was taken for
    sa.Column("reasons", sa.Integer, nullable=False),
    sa.Column("group_id", sa.Integer),  # the id of the first message of its meaning
    sa.Column("decision", sa.String(255)),  # what an editor has chosen
    sa.Column("decided", sa.Float(53)),
    # Whose conversation it is, as its id says; a process of a version without this writes none.
    sa.Column("tenant", sa.String(32), nullable=False, server_default=DEFAULT),
    sa.UniqueConstraint("sender_id", "message_id"),
    sqlite_autoincrement=True,  # an id that was a group's is no other's
)
# Apart from the rows, which are read without them.
VECTORS = sa.Table(
    "unclear_vectors",
    TABLES,
    sa.Column("unclear_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)
U = UNCLEAR.c
# The list of a tenant's groups is counted from this index alone.
_BY_TENANT = sa.Index("unclear_by_tenant", U.tenant, U.group_id, U.decision, U.time, U.reasons)
_OLD_INDEX = "unclear_by_group"  # of the version before there were tenants

_SENDER = sa.bindparam("sender")
_IS_OF_SENDER = U.sender_id == _SENDER
_LEFT_ROWS = sa.select(U.id, U.reasons).where(
    _IS_OF_SENDER,
    U.time > sa.bindparam("since"),
    U.reasons.op("&")(int(Reason.LEFT)) != 0,
)
_ROW = sa.select(U.id, U.reasons).where(_IS_OF_SENDER, U.message_id == sa.bindparam("message"))
_SET_REASONS = (
    UNCLEAR.update().where(U.id == sa.bindparam("row")).values(reasons=sa.bindparam("now"))
)
_EVENTS = sa.table("events", sa.column("id"), sa.column("sender_id"))
# Held until the end of the transaction: a deletion waits for it, and then finds the new row.
_CONVERSATION = (
    sa.select(_EVENTS.c.id).where(_EVENTS.c.sender_id == _SENDER).limit(1).with_for_update()
)


@dataclass(frozen=True)
class UnclearMessage:
    """What a person wrote, and what was made of it.

    Attributes:
        sender_id: of the conversation.
        message_id: of the message.
        time: in seconds since 1970.
        text: with secrets hidden.
        answer: what the assistant said.
        intent: what it was taken for.
        reasons: why it is kept; none if it is not.
    """

    sender_id: str
    message_id: str
    time: float
    text: str
    answer: str
    intent: str
    reasons: Reason


def create_tables(engine: Any) -> None:
    """Makes the tables that are not there; of processes that start at once, one does."""
    try:
        _create(engine)
    except OperationalError:  # of two on one file
        _create(engine)


def _create(engine: Any) -> None:
    """Makes what is not there; what an earlier version has kept is all of the default."""
    with counts.changing_tables(engine) as connection:
        TABLES.create_all(connection)
        inspector = sa.inspect(connection)
        if U.tenant.name not in {column["name"] for column in inspector.get_columns(UNCLEAR.name)}:
            kind = U.tenant.type.compile(engine.dialect)
            connection.execute(
                sa.text(f"ALTER TABLE unclear ADD COLUMN tenant {kind} DEFAULT '' NOT NULL")
            )
        indexes = {index["name"] for index in inspector.get_indexes(UNCLEAR.name)}
        if _BY_TENANT.name not in indexes:
            _BY_TENANT.create(connection)
        if _OLD_INDEX in indexes:
            connection.execute(sa.text(f"DROP INDEX IF EXISTS {_OLD_INDEX}"))


def keep_turn(session: Any, message: UnclearMessage) -> None:
    """Keeps a message if there is a reason; the one before it was not left after, if it is recent.

    Args:
        session: a session or connection of SQLAlchemy, in the transaction that keeps the turn.
        message: the last one of the turn.
    """
    values = {"sender": message.sender_id, "since": message.time - LEFT_SECONDS}
    for row, reasons in session.execute(_LEFT_ROWS, values).all():
        _set_reasons(session, row, Reason(reasons) & ~Reason.LEFT)
    if message.reasons:
        _add(session, message)


def keep_rating(session: Any, message: UnclearMessage, helpful: bool) -> None:
    """Keeps a message because of a thumbs-down on its answer, or no longer because of it.

    Args:
        session: a session or connection of SQLAlchemy, in a transaction.
        message: to which the answer was; its reasons are not looked at.
        helpful: what the person thinks of the answer.
    """
    known = _known(session, message)
    if helpful and known:
        _set_reasons(session, known.id, Reason(known.reasons) & ~Reason.RATED_DOWN)
    elif known:
        _set_reasons(session, known.id, Reason(known.reasons) | Reason.RATED_DOWN)
    elif not helpful and session.execute(_CONVERSATION, {"sender": message.sender_id}).first():
        _add(session, message, Reason.RATED_DOWN)


def forget(session: Any, sender_ids: Sequence[str]) -> None:
    """Deletes what is kept of conversations of which no event is left."""
    names = list(sender_ids)
    going_on = sa.select(_EVENTS.c.sender_id).where(_EVENTS.c.sender_id.in_(names))
    gone = sa.select(U.id).where(U.sender_id.in_(names), U.sender_id.not_in(going_on))
    # Who sorts a message just now is waited for, or its vector would be left behind.
    rows = session.execute(gone.order_by(U.id).with_for_update()).scalars().all()
    if rows:
        session.execute(VECTORS.delete().where(VECTORS.c.unclear_id.in_(rows)))
        session.execute(UNCLEAR.delete().where(U.id.in_(rows)))


def is_visible(now: float | None = None) -> Any:
    """Returns the condition that a row is for the eyes of editors.

    One that is kept only in case that nothing comes after it, is so when nothing has come.
    """
    before = (time.time() if now is None else now) - LEFT_SECONDS
    return sa.or_(U.reasons != int(Reason.LEFT), U.time < before)


def _add(session: Any, message: UnclearMessage, reasons: Reason | None = None) -> None:
    reasons = message.reasons if reasons is None else reasons
    known = _known(session, message)
    if known:  # the same message, asked again after a kill
        _set_reasons(session, known.id, Reason(known.reasons) | reasons)
        return
    session.execute(
        UNCLEAR.insert(),
        {
            "sender_id": message.sender_id,
            "message_id": _storable(message.message_id)[:_MAX_ID],
            "time": message.time,
            "text": _storable(message.text),
            "answer": _storable(message.answer)[:MAX_ANSWER],
            "intent": _storable(message.intent)[:_MAX_ID],
            "reasons": int(reasons),
            "tenant": tenant_of(message.sender_id),
        },
    )


def _known(session: Any, message: UnclearMessage) -> Any:
    """Returns the row of a message, held until the transaction ends; None if there is none."""
    message_id = _storable(message.message_id)[:_MAX_ID]
    return session.execute(_ROW, {"sender": message.sender_id, "message": message_id}).first()


def _storable(text: str) -> str:
    """Returns a text without what a database refuses, or the whole turn would not be kept."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _set_reasons(session: Any, row: int, reasons: Reason) -> None:
    if reasons:
        session.execute(_SET_REASONS, {"row": row, "now": int(reasons)})
    else:
        session.execute(VECTORS.delete().where(VECTORS.c.unclear_id == row))
        session.execute(UNCLEAR.delete().where(U.id == row))
