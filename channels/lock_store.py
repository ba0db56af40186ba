"""One message of a conversation at a time: Rasa's lock, whose next waiter goes on at once.

Rasa's own lock stores look once a second whether it is their turn. Here those of one process wait
in line; where several processes share a PostgreSQL, its advisory locks say whose turn it is, and
NOTIFY tells the others that a lock is free. They belong to a connection, so what a killed process
held is free, and no clock ends them. `endpoints.yml` names the store under `lock_store`, for
several processes with the database as its `url`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from typing import Any
from weakref import WeakValueDictionary

import async_timeout
import psycopg2
from rasa.core.lock_store import LOCK_LIFETIME, LockError, LockStore
from rasa.utils.endpoints import EndpointConfig

from channels.bounds import BadSettings, workers

logger = logging.getLogger(__name__)

TOPIC = "zhaohui_locks"  # of what the processes notify each other
LOOK_SECONDS = 1.0  # until one looks itself: a killed process notifies nobody
_CONNECT: dict[str, Any] = {
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 10,  # seconds
    "keepalives_interval": 5,  # seconds
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,  # milliseconds
    "application_name": "zhaohui-locks",
    # PostgreSQL, too, gives up a connection whose other end is gone: else what it holds stays held.
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2",
}
_KEY = f"hashtextextended('{TOPIC}:' || %s, 0)"  # the website's records lock the same ids
_TRY = f"SELECT pg_try_advisory_lock({_KEY})"
_FREE = f"SELECT pg_advisory_unlock({_KEY}), pg_notify('{TOPIC}', %s)"


class WaitingLockStore(LockStore):
    """Locks in this process, and where there is a database, in all that share it."""

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        """Connects to the database, if there is one.

        Args:
            endpoint_config: its `url` is `postgresql://user@host/name`; the password is in the file
                that `PGPASSFILE` names, or in `PGPASSWORD`.

        Raises:
            BadSettings: if there are several workers and no database.
            psycopg2.OperationalError: if there is no connection.
        """
        super().__init__()
        url = endpoint_config.url if endpoint_config else None
        if not url and workers() > 1:
            raise BadSettings(
                "endpoints.yml, lock_store: url is missing, but SANIC_WORKERS is above 1: set it to"
                " 1, or name a PostgreSQL, postgresql://user@host/name."
            )
        self._shared = SharedLocks(url) if url else None
        self._lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = LOOK_SECONDS,
    ) -> AsyncIterator[None]:
        """Has a conversation to oneself in the block.

        Args:
            conversation_id: of the conversation.
            lock_lifetime: so many seconds one waits at most.
            wait_time_in_seconds: between two looks, where nobody says that the lock is free.

        Raises:
            LockError: if others had it all the time, or the database is away.
        """
        end = time.monotonic() + lock_lifetime
        line = self._lines.setdefault(conversation_id, asyncio.Lock())
        try:
            async with async_timeout.timeout(lock_lifetime):  # not `wait_for`: bpo-37658
                await line.acquire()
        except asyncio.TimeoutError:
            raise LockError("another message of the conversation took too long") from None
        try:
            if not self._shared:
                yield
                return
            await self._shared.acquire(conversation_id, end, wait_time_in_seconds)
            try:
                yield
            finally:
                self._shared.release(conversation_id)
        finally:
            line.release()


class SharedLocks:
    """Locks of several processes on one database, over one connection of each."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: dict[str, asyncio.Event] = {}
        self._file: int | None = None  # that the loop reads
        self._connection = self._connect()

    async def acquire(self, name: str, end: float, look_seconds: float) -> None:
        """Waits for a lock, until a time of the monotonic clock.

        Raises:
            LockError: if it is not free by then, or the database is away.
        """
        if self._try(name):
            return
        free = self._waiting[name] = asyncio.Event()
        try:
            while not self._try(name):  # again: it may have been freed before we listened
                left = end - time.monotonic()
                if left <= 0:
                    raise LockError("another process has kept the conversation for too long")
                with contextlib.suppress(asyncio.TimeoutError):
                    async with async_timeout.timeout(min(look_seconds, left)):
                        await free.wait()
                free.clear()
        finally:
            del self._waiting[name]

    def release(self, name: str) -> None:
        """Gives a lock back and says so; one whose connection has ended is free already."""
        with contextlib.suppress(LockError):
            self._run(_FREE, (name, name))

    def _try(self, name: str) -> bool:
        return bool(self._run(_TRY, (name,)))

    def _run(self, statement: str, values: tuple[str, ...]) -> Any:
        """Returns the first value of a statement; a connection that has ended is made anew.

        Raises:
            LockError: if the database is away.
        """
        try:
            if self._connection.closed:
                self._connection = self._connect()
            self._listen()
            with self._connection.cursor() as cursor:
                cursor.execute(statement, values)
                row = cursor.fetchone()
        except psycopg2.Error as error:
            self._drop()
            raise LockError(f"the database of the locks is away ({type(error).__name__})") from None
        self._tell()
        return row[0] if row else None

    def _connect(self) -> Any:
        connection = psycopg2.connect(self._url, **_CONNECT)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {TOPIC}")
        return connection

    def _listen(self) -> None:
        """Has the loop read what others say; there is none yet when Rasa makes the store."""
        if self._file is None:
            self._file = self._connection.fileno()
            asyncio.get_running_loop().add_reader(self._file, self._read)

    def _read(self) -> None:
        try:
            self._connection.poll()
        except psycopg2.Error:
            self._drop()
            logger.error("The database of the locks is away.")
            return
        self._tell()

    def _tell(self) -> None:
        """Lets those look again who wait for what others have freed."""
        for note in self._connection.notifies:
            free = self._waiting.get(note.payload)
            if free:
                free.set()
        self._connection.notifies.clear()

    def _drop(self) -> None:
        """Gives up a connection that has ended, and with it its locks."""
        if self._file is not None:
            asyncio.get_running_loop().remove_reader(self._file)
            self._file = None
        self._connection.close()
        for free in self._waiting.values():
            free.set()
