"""Conversations in SQL without the secrets that people typed.

Rasa builds the event of a message from the text as it came; this store hands out trackers that
hide secrets in that event before it is kept, sent to the action server, or published. It is the
net under every channel, also under `rasa shell`, which no channel of ours serves.

Every event stays in the database until its conversation is deleted. The next turn reads only the
last ones, and the state before them, which is kept beside them as a checkpoint.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import rasa
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore, create_engine_kwargs
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import func
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool

from channels import counting, unclear
from channels.damaged_files import set_aside_if_damaged
from channels.failing_store import fail_openly
from channels.metrics import answer_seconds, count_events
from channels.postgresql import CONNECT
from channels.private_conversations import PrivateConversations
from channels.private_files import make_private
from channels.sqlite_log import empty_log, prepare, use_log
from channels.trackers import REVERTS, RedactingTracker, State
from channels.unclear import UnclearMessage
from channels.unclear_turns import note_turn
from serving.protection import protect_process
from serving.tenants import tenant_of

logger = logging.getLogger(__name__)

RASA_VERSION = "3.6.21"  # that may read less and do less for a message; see `faster_rasa`
BATCH = 100  # conversations that are looked at, and deleted if they are old, in one go

RECENT_TURNS = 3  # that the next turn reads

# The settings that say where the database is; see `SQLTrackerStore.get_db_url`.
_ADDRESS = ("dialect", "host", "port", "db", "username", "password", "login_db", "query")

# A province writes more events in a few months than Rasa's 32 bits count.
_EVENT_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts INTEGER only
SQLTrackerStore.SQLEvent.__table__.c.id.type = _EVENT_ID
# A connection that a restart of PostgreSQL has ended is replaced before it is used: else Rasa would
# go on with an empty conversation. Nobody waits for ever for a host that is away.
_POSTGRESQL: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}
_CONNECT: dict[str, Any] = {
    **CONNECT,
    "application_name": "zhaohui-conversations",
    # PostgreSQL, too, gives up a connection whose other end is gone: else what it holds stays held.
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2",
}


class Checkpoint(SQLTrackerStore.Base):
    """The state of a conversation after one of its events, from which its next turn goes on."""

    __tablename__ = "checkpoints"

    sender_id = sa.Column(sa.String(255), primary_key=True)
    event_id = sa.Column(_EVENT_ID, nullable=False)
    state = sa.Column(sa.Text, nullable=False)


# What each message asks of the database; a session of SQLAlchemy's would cost more than that.
_EVENTS, _CHECKPOINTS = SQLTrackerStore.SQLEvent.__table__, Checkpoint.__table__
_CHECKPOINT = sa.select(_CHECKPOINTS.c.event_id, _CHECKPOINTS.c.state).where(
    _CHECKPOINTS.c.sender_id == sa.bindparam("sender_id")
)
_ROWS_AFTER = (
    sa.select(_EVENTS.c.id, _EVENTS.c.type_name, _EVENTS.c.data)
    .where(_EVENTS.c.sender_id == sa.bindparam("sender_id"), _EVENTS.c.id > sa.bindparam("after"))
    .order_by(_EVENTS.c.id)
)
# Rasa compares times, and would lose a session in which the clock was set back.
_START = (
    sa.select(func.max(_EVENTS.c.id))
    .where(
        _EVENTS.c.sender_id == sa.bindparam("sender_id"),
        _EVENTS.c.type_name == SessionStarted.type_name,
    )
    .scalar_subquery()
)
_ALL_ROWS = (
    sa.select(_EVENTS.c.id, _EVENTS.c.data)
    .where(_EVENTS.c.sender_id == sa.bindparam("sender_id"))
    .order_by(_EVENTS.c.id)
)
_ROWS_OF_SESSION = _ALL_ROWS.where(_EVENTS.c.id >= func.coalesce(_START, 0))
_EARLIER_ROWS = _ROWS_OF_SESSION.where(_EVENTS.c.id < sa.bindparam("before"))
_INSERT_EVENTS = sa.insert(_EVENTS)
# After these events, a tracker does not follow from the state before and what came since.
_NEED_ALL = {revert.type_name for revert in (*REVERTS, SessionStarted)}
_CHECKPOINT_VALUES = {"event_id": sa.bindparam("last"), "state": sa.bindparam("json")}
_UPDATE_CHECKPOINT = (
    sa.update(_CHECKPOINTS)
    .where(_CHECKPOINTS.c.sender_id == sa.bindparam("name"))
    .values(_CHECKPOINT_VALUES)
)
_INSERT_CHECKPOINT = sa.insert(_CHECKPOINTS).values(
    sender_id=sa.bindparam("name"), **_CHECKPOINT_VALUES
)


class RedactingSQLTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store with trackers that hide secrets; same settings.

    A SQLite file is made such that only its owner may read it, however Rasa was started. The
    store is loaded by every server of Rasa's, also where no channel of ours is, as in
    `rasa shell`; so it also has the requests of its process checked.
    """

    engine: sa.engine.Engine

    def __init__(
        self, domain: Domain | None = None, recent_turns: int = RECENT_TURNS, **settings: Any
    ) -> None:
        """Connects to the database.

        Args:
            domain: of the assistant.
            recent_turns: as many of the last messages of a person, with what came of them, make
                the tracker of the next turn; 0 for all of the session, as Rasa does.
            settings: those of Rasa's SQL tracker store.

        Raises:
            ValueError: if `recent_turns` is no such number.
        """
        if type(recent_turns) is not int or recent_turns < 0:
            raise ValueError("endpoints.yml, tracker_store: recent_turns is no number from 0 on.")
        protect_process()
        fail_openly()
        self.recent_turns = recent_turns if _make_rasa_faster() else 0
        given = {name: settings[name] for name in _ADDRESS if name in settings}
        url = make_url(self.get_db_url(**given))
        is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
        self._file = Path(url.database) if is_file else None
        if self._file is not None:
            set_aside_if_damaged(self._file)
            make_private(self._file)
            use_log(self._file)
        super().__init__(domain, **settings)
        if self._file is not None:
            self._connect_with(url, poolclass=QueuePool, connect_args={"check_same_thread": False})
            sa.event.listen(self.engine, "connect", prepare)
        elif url.get_backend_name() == "postgresql":
            pool = create_engine_kwargs(url)
            connect = {**_CONNECT, **pool.pop("connect_args", {})}
            self._connect_with(url, connect_args=connect, **pool, **_POSTGRESQL)
        counting.create(self.engine)
        unclear.create_tables(self.engine)
        self.private = PrivateConversations()

    def _connect_with(self, url: sa.engine.URL, **options: Any) -> None:
        """Has connections made otherwise than Rasa makes them."""
        self.engine.dispose()
        self.engine = sa.create_engine(url, **options)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """Returns an empty tracker for a conversation."""
        return RedactingTracker(
            sender_id, self.domain.slots, max_event_history=self.max_event_history
        )

    async def delete(self, sender_id: str) -> None:
        """Deletes everything about a conversation; it is gone when this returns."""
        self.private.forget(sender_id)
        await asyncio.to_thread(self._delete, sender_id)

    async def delete_outdated(self, prefix: str, before: float) -> None:
        """Deletes the conversations whose id begins so and whose last event is before a time."""
        last: str | None = prefix
        while last is not None:  # between two batches, what people say meanwhile is kept
            last = await asyncio.to_thread(self._delete_batch, prefix, before, last)

    def _delete(self, sender_id: str) -> None:
        with self.session_scope() as session:
            for table in (self.SQLEvent, Checkpoint):
                session.query(table).filter(table.sender_id == sender_id).delete(
                    synchronize_session=False
                )
            counting.forget(session, [sender_id])
            unclear.forget(session, [sender_id])
            session.commit()
        self._empty_log()

    def _delete_batch(self, prefix: str, before: float, after: str) -> str | None:
        """Goes through the conversations after one; returns the last of them, None without any."""
        event = self.SQLEvent
        with self.session_scope() as session:
            conversations = (
                session.query(event.sender_id, func.max(event.timestamp) < before)
                .filter(event.sender_id > after)
                .filter(event.sender_id.startswith(prefix, autoescape=True))
                .group_by(event.sender_id)
                .order_by(event.sender_id)
                .limit(BATCH)
                .all()
            )
            old = [name for name, is_old in conversations if is_old]
            if old:
                fresh = session.query(event.sender_id).filter(
                    event.sender_id.in_(old), event.timestamp >= before
                )  # somebody may have written just now
                session.query(event).filter(
                    event.sender_id.in_(old), event.sender_id.not_in(fresh)
                ).delete(synchronize_session=False)
                going_on = session.query(event.sender_id).filter(event.sender_id.in_(old))
                session.query(Checkpoint).filter(
                    Checkpoint.sender_id.in_(old), Checkpoint.sender_id.not_in(going_on)
                ).delete(synchronize_session=False)
                there = {name for (name,) in going_on.distinct()}
                counting.forget(session, [name for name in old if name not in there])
                unclear.forget(session, old)
                session.commit()
        if old:
            self._empty_log()
        return conversations[-1][0] if conversations else None

    def _empty_log(self) -> None:
        """Has what was deleted overwritten in the log of a file (`-wal`), too."""
        if self._file is not None:
            empty_log(self._file)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Writes the new events of a conversation, and where its next turn may begin.

        All of it in one transaction, with what it adds to the numbers. A tracker that this store
        has not made is compared with what is kept, as Rasa does, and is not counted. Of a private
        conversation nothing is written.
        """
        if self.private.has(tracker.sender_id):
            if isinstance(tracker, RedactingTracker):
                self.private.add(tracker.sender_id, tracker.unsaved)
                tracker.unsaved.clear()
            return
        if not isinstance(tracker, RedactingTracker):
            await super().save(tracker)
            return
        events = list(tracker.unsaved)
        if not events:
            return
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, events, tracker.sender_id)
        checkpoint = tracker.checkpoint(self.recent_turns) if self.recent_turns else None
        with self.engine.begin() as connection:
            connection.execute(_INSERT_EVENTS, [_row(tracker.sender_id, event) for event in events])
            if checkpoint:
                _replace_checkpoint(connection, tracker.sender_id, *checkpoint)
            self._count(connection, tracker.sender_id, events)
            note_turn(connection, tracker.sender_id, events)
        del tracker.unsaved[: len(events)]
        count_events(events, tenant_of(tracker.sender_id))

    def _count(self, connection: Any, sender_id: str, events: list[Event]) -> None:
        intents = self.domain.intents if self.domain else ()
        counting.count_turn(connection, sender_id, events, intents, answer_seconds())

    async def rate(self, message: UnclearMessage, helpful: bool) -> None:
        """Keeps what a person thinks of the answer to a message; see `unclear.keep_rating`."""
        await asyncio.to_thread(self._rate, message, helpful)

    def _rate(self, message: UnclearMessage, helpful: bool) -> None:
        with self.session_scope() as session:
            unclear.keep_rating(session, message, helpful)
            session.commit()

    async def _retrieve(
        self, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> DialogueStateTracker | None:
        slots = self.domain.slots
        if self.private.has(sender_id):
            events = self.private.events(sender_id)
            numbered = list(enumerate(events))
            return RedactingTracker.from_stored(sender_id, numbered, slots) if events else None
        if self.recent_turns and not fetch_events_from_all_sessions:
            with self.engine.connect() as connection:
                checkpoint = connection.execute(_CHECKPOINT, {"sender_id": sender_id}).first()
                rows = _rows_after(connection, sender_id, checkpoint) if checkpoint else None
            if rows:
                earlier = partial(self._earlier_events, sender_id, rows[0].id)
                base = json.loads(checkpoint.state)
                return RedactingTracker.from_stored(sender_id, _events(rows), slots, base, earlier)
        statement = _ALL_ROWS if fetch_events_from_all_sessions else _ROWS_OF_SESSION
        rows = self._rows(statement, sender_id=sender_id)
        if not rows:
            return None
        return RedactingTracker.from_stored(sender_id, _events(rows), slots)

    def _earlier_events(self, sender_id: str, before: int) -> list[Event]:
        """Returns the events of the session before a row."""
        rows = self._rows(_EARLIER_ROWS, sender_id=sender_id, before=before)
        return [event for _, event in _events(rows)]

    def _rows(self, statement: Any, **values: Any) -> list[Any]:
        with self.engine.connect() as connection:
            rows: list[Any] = connection.execute(statement, values).all()
        return rows

    def _event_query(
        self, session: Any, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> Any:
        """Returns Rasa's query for the events of a conversation that this store has not made."""
        event = self.SQLEvent
        query = session.query(event).filter(event.sender_id == sender_id).order_by(event.id)
        if fetch_events_from_all_sessions:
            return query
        return query.filter(event.id >= func.coalesce(_START, 0)).params(sender_id=sender_id)


def _make_rasa_faster() -> bool:
    """Makes Rasa do less for a message, if it is the version for which that is written."""
    if rasa.__version__ != RASA_VERSION:
        logger.warning("Rasa is not %s: each message takes longer.", RASA_VERSION)
        return False
    from channels.faster_rasa import make_faster  # imports what another version may not have

    make_faster()
    return True


def _rows_after(connection: Any, sender_id: str, checkpoint: Any) -> list[Any] | None:
    """Returns the rows after a checkpoint, None if all of the session are needed."""
    values = {"sender_id": sender_id, "after": checkpoint.event_id}
    rows: list[Any] = connection.execute(_ROWS_AFTER, values).all()
    return None if any(row.type_name in _NEED_ALL for row in rows) else rows


def _events(rows: Iterable[Any]) -> list[tuple[int, Event]]:
    """Returns the events in rows, with the ids of the rows; one of an unknown kind is left out."""
    found = []
    for row in rows:
        data = json.loads(row.data)
        found += [(row.id, event) for event in deserialise_events([data])]
    return found


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """Returns the row of an event as Rasa writes it."""
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _replace_checkpoint(connection: Any, sender_id: str, event_id: int, state: State) -> None:
    values = {"name": sender_id, "last": event_id, "json": json.dumps(state)}
    if not connection.execute(_UPDATE_CHECKPOINT, values).rowcount:
        connection.execute(_INSERT_CHECKPOINT, values)


async def forget_conversation(store: TrackerStore, sender_id: str) -> None:
    """Deletes a conversation from the store that Rasa wraps one or more times.

    Raises:
        TypeError: if the store is not ours and cannot delete.
    """
    await _ours(store).delete(sender_id)


async def forget_outdated(store: TrackerStore, prefix: str, before: float) -> None:
    """Deletes the conversations whose id begins so and whose last event is before a time.

    Raises:
        TypeError: if the store is not ours and cannot delete.
    """
    await _ours(store).delete_outdated(prefix, before)


async def note_rating(store: TrackerStore, message: UnclearMessage, helpful: bool) -> None:
    """Has the store that Rasa wraps one or more times keep what a person thinks of an answer.

    Raises:
        TypeError: if the store is not ours.
    """
    await _ours(store).rate(message, helpful)


def _ours(store: TrackerStore) -> RedactingSQLTrackerStore:
    """Returns the store of ours that Rasa wraps one or more times."""
    while hasattr(store, "_tracker_store"):
        store = store._tracker_store
    if not isinstance(store, RedactingSQLTrackerStore):
        raise TypeError(f"{type(store).__name__} cannot delete: use RedactingSQLTrackerStore")
    return store
