"""Where a channel keeps what it has: a SQLite file for one worker, or a PostgreSQL for several.

Both give transactions and a lock for each conversation. Of several workers, one has the lock and
answers; the others hear of what happens by PostgreSQL's LISTEN and NOTIFY.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import select
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from channels.counts import LOCK_SCHEMA
from channels.damaged_files import set_aside, set_aside_if_damaged
from channels.postgresql import CONNECT
from channels.private_files import make_private
from channels.sqlite_log import empty_log, prepare, use_log

logger = logging.getLogger(__name__)

POSTGRESQL = "postgresql://"
# Nobody waits for ever for a worker that hangs in a transaction, or for a host that is away.
_CONNECT: dict[str, Any] = {
    **CONNECT,
    "application_name": "zhaohui-inbox",
    # PostgreSQL ends what a machine has that is gone, too, and with it the locks: within 20 s.
    "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=15s"
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2",
}
_KEY = sa.func.hashtextextended(sa.bindparam("name"), 0)
_TRY_LOCK = sa.select(sa.func.pg_try_advisory_lock(_KEY))
_UNLOCK = sa.select(sa.func.pg_advisory_unlock(_KEY))
_IS_LOCKED = sa.text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (classid::bigint << 32 | objid::bigint) = hashtextextended(:name, 0))"
)
_NOTIFY = sa.select(sa.func.pg_notify(sa.bindparam("topic"), sa.bindparam("name")))


class LockLost(Exception):
    """The database was away meanwhile: another worker may answer the conversation by now."""


class Database(ABC):
    """One connection, used from one thread.

    Attributes:
        is_shared: whether other workers may use it at the same time.
    """

    is_shared: bool

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._connection = engine.connect()
        self._held: set[str] = set()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Any]:
        """Gives the connection; what is done with it is committed at the end, or not at all."""
        with self._connection.begin():
            yield self._connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Any]:
        """Gives the connection to read with, in a transaction that needs not be committed."""
        with self.transaction() as connection:
            yield connection

    def create(self, tables: sa.MetaData) -> None:
        """Makes the tables and indexes that are not there."""
        with self.transaction() as connection:
            tables.create_all(connection)
            for table in tables.tables.values():
                for index in table.indexes:
                    index.create(connection, checkfirst=True)

    def lock(self, conversation_id: str) -> bool:
        """Tells whether this worker, which did not have it, now has the lock of a conversation."""
        is_free = conversation_id not in self._held
        self._held.add(conversation_id)
        return is_free

    def unlock(self, conversation_id: str) -> None:
        """Gives the lock back, if it is not lost."""
        self._held.discard(conversation_id)

    def is_locked(self, conversation_id: str) -> bool:
        """Tells whether any worker has the lock."""
        return conversation_id in self._held

    def check_lock(self, conversation_id: str) -> None:
        """Makes sure that what this transaction does is done with the lock.

        Raises:
            LockLost: if the connection that had it has ended.
        """
        if conversation_id not in self._held:
            raise LockLost(conversation_id)

    @abstractmethod
    def notify(self, conversation_id: str) -> None:
        """Has the other workers hear of a conversation, at the end of the transaction."""

    @abstractmethod
    def forget_deleted(self) -> None:
        """Has nothing left of what was deleted; may be called in any thread, and may wait."""

    def close(self) -> None:
        """Ends the connection, and with it the locks."""
        self._connection.close()
        self._engine.dispose()


class SqliteFile(Database):
    """A file for one worker, which only its owner may read; see `channels.sqlite_log`."""

    is_shared = False

    def __init__(self, path: Path, *, sets_aside: bool = True) -> None:
        """Opens or makes the file.

        Args:
            path: of the file.
            sets_aside: whether one that cannot be used is kept under another name.

        Raises:
            OSError: if the file cannot be made, or belongs to somebody else.
        """
        if sets_aside:
            _set_aside(path)
        make_private(path)
        use_log(path)
        engine = sa.create_engine(
            f"sqlite:///{path}", hide_parameters=True, connect_args={"timeout": 10}
        )
        sa.event.listen(engine, "connect", _prepare)
        sa.event.listen(engine, "begin", self._begin)
        self._path = path
        self._reads = False
        super().__init__(engine)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Any]:
        """Gives the connection to read with; the file is not locked for writing."""
        self._reads = True
        try:
            with self.transaction() as connection:
                yield connection
        finally:
            self._reads = False

    def forget_deleted(self) -> None:
        """Empties the log, in which it stands still."""
        empty_log(self._path)

    def _begin(self, connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if self._reads else "BEGIN IMMEDIATE")

    def notify(self, conversation_id: str) -> None:
        """There is no other worker."""


class Postgres(Database):
    """A database for several workers, on as many machines.

    Locks belong to the connection, so a killed worker has none, and what is written with a lock
    goes through the connection that has it. Hence no pooler that shares connections may be between.
    """

    is_shared = True

    def __init__(self, url: str, channel: str = "website", *, tells_locks: bool = True) -> None:
        """Connects.

        Args:
            url: `postgresql://user@host/name`, without the password: libpq takes that from the
                file that `PGPASSFILE` names, or from `PGPASSWORD`.
            channel: whose workers are notified.
            tells_locks: whether they hear of locks that are taken and given back.

        Raises:
            sqlalchemy.exc.OperationalError: if there is no connection.
        """
        self._topic = topic_of(channel)
        self._tells_locks = tells_locks
        super().__init__(
            sa.create_engine(url, pool_size=1, hide_parameters=True, connect_args=_CONNECT)
        )

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Any]:
        """Gives the connection; a lost one is made anew the next time, without its locks."""
        self._replace_lost()
        try:
            with self._connection.begin():
                yield self._connection
        finally:
            if self._connection.invalidated:
                self._drop()

    def create(self, tables: sa.MetaData) -> None:
        """Makes what is not there; of workers that start at once, one does."""
        with self.transaction() as connection:
            connection.execute(LOCK_SCHEMA)
            tables.create_all(connection)

    def lock(self, conversation_id: str) -> bool:
        """Tells whether this worker, which did not have it, now has the lock of a conversation."""
        if conversation_id in self._held:
            return False
        with self.transaction() as connection:
            if not connection.execute(_TRY_LOCK, {"name": conversation_id}).scalar():
                return False
            if self._tells_locks:
                self.notify(conversation_id)
        self._held.add(conversation_id)
        return True

    def unlock(self, conversation_id: str) -> None:
        """Gives the lock back, if it is not lost; the other workers hear of that."""
        if conversation_id in self._held:
            with self.transaction() as connection:
                connection.execute(_UNLOCK, {"name": conversation_id})
                if self._tells_locks:
                    self.notify(conversation_id)
            self._held.discard(conversation_id)

    def is_locked(self, conversation_id: str) -> bool:
        """Tells whether any worker has the lock."""
        if conversation_id in self._held:
            return True
        with self.transaction() as connection:
            return bool(connection.execute(_IS_LOCKED, {"name": conversation_id}).scalar())

    def notify(self, conversation_id: str) -> None:
        """Has the other workers hear of a conversation, at the end of the transaction."""
        self._connection.execute(_NOTIFY, {"topic": self._topic, "name": conversation_id})

    def forget_deleted(self) -> None:
        """PostgreSQL sees to it by itself, in time."""

    def _replace_lost(self) -> None:
        """Connects anew if the connection has ended since it was used last."""
        if not self._connection.closed:
            raw = self._connection.connection.dbapi_connection
            news = select.poll()
            news.register(raw.fileno(), select.POLLIN)
            try:
                while news.poll(0):  # the server speaks unasked only to warn, or as it ends
                    raw.poll()
                return
            except self._engine.dialect.dbapi.Error:
                self._connection.invalidate()
                self._drop()
        self._connection = self._engine.connect()

    def _drop(self) -> None:
        """Gives up a connection that has ended, and with it its locks."""
        self._held.clear()
        self._connection.close()

    def backend(self) -> int:
        """Returns the number by which PostgreSQL knows the connection."""
        return int(self._connection.connection.dbapi_connection.info.backend_pid)


class Notifications:
    """What other workers do, heard by a connection of its own while the loop runs."""

    def __init__(
        self, url: str, channel: str, own: Callable[[], int], hear: Callable[[str], None]
    ) -> None:
        """Connects; from now on nothing is missed.

        Args:
            url: of the database.
            channel: whose workers are listened to.
            own: the number of the worker's other connection, whose notifications it knows.
            hear: is called with each conversation in which something has happened.

        Raises:
            sqlalchemy.exc.OperationalError: if there is no connection.
        """
        self._own = own
        self._hear = hear
        self._loop: asyncio.AbstractEventLoop | None = None
        self._engine = sa.create_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=_CONNECT
        )
        self._connection = self._engine.connect()
        self._connection.execute(sa.text(f"LISTEN {topic_of(channel)}"))
        self._raw = self._connection.connection.dbapi_connection
        self._file = self._raw.fileno()

    def start(self) -> None:
        """Begins to call who is to hear, in the loop that runs."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._file, self._read)
        self._read()  # what has come since it is connected

    @property
    def is_lost(self) -> bool:
        """Whether the connection has ended, so that nothing is heard any more."""
        return bool(self._raw.closed)

    def close(self) -> None:
        """Listens no longer."""
        if self._loop:
            self._loop.remove_reader(self._file)
        self._connection.invalidate()
        self._connection.close()
        self._engine.dispose()

    def _read(self) -> None:
        try:
            self._raw.poll()
        except self._engine.dialect.dbapi.Error:
            assert self._loop
            self._loop.remove_reader(self._file)
            self._raw.close()
            return
        heard = {note.payload for note in self._raw.notifies if note.pid != self._own()}
        self._raw.notifies.clear()
        for conversation_id in heard:
            self._hear(conversation_id)


def topic_of(channel: str) -> str:
    """Returns under what the workers of a channel notify each other."""
    return f"zhaohui_{channel}"


def open_database(name: str, folder: Path) -> Database:
    """Opens what the settings name: a file in a folder, or a PostgreSQL by its URL."""
    return Postgres(name) if name.startswith(POSTGRESQL) else SqliteFile(folder / name)


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # `SqliteFile` begins transactions
    prepare(connection)
    connection.execute("PRAGMA foreign_keys = ON")


def _set_aside(path: Path) -> None:
    """Keeps a damaged database, or one of an earlier version, under another name."""
    if not path.exists() or set_aside_if_damaged(path):
        return
    with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(path)) as database:
        columns = {row[1] for row in database.execute("PRAGMA table_info(requests)")}
        if columns and "conversation_id" not in columns:
            set_aside(path, "old", "of an earlier version", logging.WARNING)
