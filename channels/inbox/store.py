"""An inbox with values beside it, for who must not wait: the database has a thread of its own.

What is committed is in the hands of the operating system, or of PostgreSQL, before a call returns:
a killed process loses nothing. Names, ids and queues come from the caller, who hashes in them
whatever would tell a person.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import fcntl
import hashlib
import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import async_timeout
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from rasa.shared.exceptions import RasaException

from channels.damaged_files import last_written, set_aside_if_damaged
from channels.inbox.database import (
    POSTGRESQL,
    Database,
    LockLost,
    Notifications,
    Postgres,
    SqliteFile,
)
from channels.inbox.inbox import Inbox, State
from channels.inbox.lasting import LastingValues
from channels.inbox.limits import SharedCounts
from channels.inbox.values import NO_END, Values
from channels.rate import Limit, Rates

DAY = 86_400.0
# WeChat repeats a push within seconds; KF's `sync_msg` shows 3 days again for an empty cursor.
KNOWN_KEY_SECONDS = 4 * DAY
CALL_SECONDS = 5.0  # a PostgreSQL is waited for
# So long after what was known is lost, what comes may have been known: WeChat's patience.
LOSS_SECONDS = 600.0
BUSY_SECONDS = 10.0  # a server that is just ending is waited for
LOCK_POLL_SECONDS = 0.1
VERSION = 2  # of a file's tables, in SQLite's `user_version`
LEFT = ""  # is heard in the place of a queue: a worker has left, whatever it had in work

T = TypeVar("T")


class StoreError(RasaException):
    """The store cannot be opened, or does not answer, or a lock in it is lost.

    What was asked of it may have been done all the same: everything but `put_new` can simply be
    asked again. The message holds no name, key or value, and no address with a password.
    """


@dataclass(frozen=True)
class Job:
    """An entry of a queue.

    Attributes:
        key: what makes it unique in its queue.
        item: as it was added.
    """

    key: str
    item: str


class Store:
    """Queues, values, secrets and locks of a channel; each call is atomic over all workers.

    Every call raises StoreError if the store does not answer. Times are seconds; what has a time
    is there until the store's clock has moved that far. Workers on several machines need clocks
    that agree (NTP).

    Args:
        where: a file for one process, or a PostgreSQL for several, `postgresql://user@host/name`.
        channel: names the tables.
        secret: the same for all workers; without it, nobody reads what is cached.
        clock: gives the time in seconds since 1970.

    Attributes:
        is_shared: whether it is a PostgreSQL.
        lost_at: when a file was written last that was damaged and is begun anew, in seconds since
            1970; None if nothing was lost.
    """

    def __init__(
        self, where: str | Path, channel: str, secret: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.is_shared = str(where).startswith(POSTGRESQL)
        self._where = where
        self._channel = channel
        self._secret = secret
        self._clock = clock
        self._tables, self._inbox, self._kept = tables_of(channel)
        self._cached = Values(sa.MetaData(), f"{channel}_cached", prefixes=["UNLOGGED"])
        self._seal = Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()))
        self._memory: dict[str, tuple[str, float]] = {}  # what is cached where there is one process
        self._rates = Rates()
        self._thread: ThreadPoolExecutor | None = None
        self._database: Database | None = None
        self._counts: SharedCounts | None = None
        self._file_lock: int | None = None
        self._backend = 0  # by which PostgreSQL knows the connection that has notified last
        self._lasting = None if self.is_shared else LastingValues(Path(f"{where}.lasting"))
        self.lost_at: float | None = None
        self._opened_at = 0.0

    @property
    def may_have_known(self) -> bool:
        """Whether what is not known may have been, before a damaged file was begun anew."""
        return self.lost_at is not None and self._clock() - self._opened_at < LOSS_SECONDS

    async def open(self) -> None:
        """Makes the store ready; to be awaited before anything else.

        Raises:
            StoreError: if it cannot be used, with a sentence that says why.
        """
        # One thread: a connection is used by no other, and calls keep their order.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{self._channel}-store")
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._open)
        except BaseException:
            self._thread.shutdown(wait=False)
            self._thread = None
            raise

    async def close(self) -> None:
        """Lets go of files and connections; the store can be opened again."""
        if self._thread is not None:
            thread, self._thread = self._thread, None
            await asyncio.get_running_loop().run_in_executor(thread, self._shut)
            thread.shutdown(wait=False)
        self._memory.clear()

    # Queues: one per conversation, worked off in order by the holder of its lock.

    async def add(self, queue: str, key: str, item: str, order: float) -> bool:
        """Puts an item into a queue, unless its key was seen there in the last 4 days.

        Of several calls with one key, also at once and on several workers, one returns True.
        When it has, the item survives the death of every worker. Items come out by `order`, the
        time of their creation in seconds since 1970, and those of one time as they arrived.

        Returns:
            False if the key was known, and nothing was done.
        """
        now = self._clock()
        values = {"content": item, "ordered": order, "came": now}
        values["known_until"] = now + KNOWN_KEY_SECONDS

        def accept(connection: Any) -> bool:
            is_new = self._inbox.accept(connection, queue, key, **values)
            if is_new:
                self._notify(queue)
            return is_new

        return await self._run(accept)

    async def peek(self, queue: str) -> Job | None:
        """Returns the first item and marks it as begun: it stays first until it is done.

        Returns:
            None if the queue is empty.
        """

        def peek(connection: Any) -> Job | None:
            entries = self._inbox.open(connection, queue, 1)
            for entry in entries:
                if entry.state is State.NEW:
                    self._inbox.set_state(connection, entries, State.STARTED)
                return Job(entry.id, entry.content)
            return None

        return await self._run(peek)

    async def behind(self, queue: str, count: int) -> list[Job]:
        """Returns up to so many items behind the one that is begun, in their order.

        None of them is begun by it.
        """
        entries = await self._run(lambda c: self._inbox.behind(c, queue, count))
        return [Job(entry.id, entry.content) for entry in entries]

    async def ack(self, queue: str, key: str) -> None:
        """Deletes an item; its key stays known. Nothing happens if there is no such item."""
        await self._run(lambda c: self._inbox.put_away(c, queue, key))

    async def has_open(self, queue: str) -> bool:
        """Tells whether anything waits in a queue."""
        return bool(await self._run(lambda c: self._inbox.open(c, queue, 1)))

    async def unfinished(self) -> list[str]:
        """Returns the queues that are not empty, in no particular order."""
        return await self._run(self._inbox.unfinished)

    # What workers hear of each other, where there are several.

    def listen(self, hear: Callable[[str], None]) -> Notifications:
        """Connects to hear of each item that another worker adds, by its queue, and of LEFT.

        It may wait, so not to be called in the loop.

        Raises:
            sqlalchemy.exc.OperationalError: if there is no connection.
        """
        return Notifications(str(self._where), self._channel, lambda: self._backend, hear)

    async def leave(self) -> None:
        """Has the other workers look for what this one has left."""
        await self._run(lambda _: self._notify(LEFT))

    # Durable values: they survive a restart.

    async def get(self, name: str) -> str | None:
        """Returns a value; None if there is none, or its time is over."""
        now = self._clock()
        return await self._run(lambda c: self._kept.get(c, name, now))

    async def put(
        self, name: str, value: str, seconds: float | None = None, holding: str | None = None
    ) -> None:
        """Sets a value.

        Args:
            name: of the value.
            value: a text.
            seconds: for so long; None for ever.
            holding: the lock that one needs for it.

        Raises:
            StoreError: also if that lock is lost; then nothing is done.
        """
        await self._run(self._putting(name, value, seconds, holding))

    def put_soon(
        self, name: str, value: str, seconds: float | None = None, holding: str | None = None
    ) -> None:
        """Sets a value behind all that is under way already, and does not wait for it.

        It is for what has to stand there if a `put` that was not waited for to its end is done
        after all. The arguments are those of `put`; a failure is not told.
        """
        with contextlib.suppress(RuntimeError, StoreError):  # closed meanwhile
            self._submit_in_transaction(self._putting(name, value, seconds, holding))

    def _putting(
        self, name: str, value: str, seconds: float | None, holding: str | None
    ) -> Callable[[Any], None]:
        until = self._until(seconds)

        def put(connection: Any) -> None:
            if holding is not None:
                self._opened.check_lock(holding)
            self._kept.put(connection, name, value, until)

        return put

    async def put_lasting(self, name: str, value: str) -> None:
        """Sets a value that a damaged file does not take along; it must tell of no person."""
        await self.put(name, value)
        if lasting := self._lasting:
            await self._answer(self._submit(lambda: lasting.put(name, value)))

    async def put_new(self, name: str, value: str, seconds: float | None = None) -> bool:
        """Sets a value if there is none; tells whether it did. One of several at once does."""
        until, now = self._until(seconds), self._clock()
        return await self._run(lambda c: self._kept.put_new(c, name, value, until, now))

    async def drop(self, name: str) -> None:
        """Deletes a value."""
        await self._run(lambda c: self._kept.drop(c, name))

    # Secrets and results that live a short time: never to be read on a disk.

    async def cache_get(self, name: str) -> str | None:
        """Returns what was kept; None if there is nothing, or its time is over."""
        now = self._clock()
        if not self.is_shared:
            value, until = self._memory.get(name, ("", 0.0))
            return value if until > now else None
        sealed = await self._run(lambda c: self._cached.get(c, name, now))
        with contextlib.suppress(InvalidToken):  # of an account whose secret was another
            return None if sealed is None else self._seal.decrypt(sealed.encode()).decode()
        return None

    async def cache_set(self, name: str, value: str, seconds: float) -> None:
        """Keeps a value for so long, apart from the durable ones; a restart may lose it."""
        until = self._until(seconds)
        if not self.is_shared:
            self._memory[name] = (value, until)
            return
        sealed = self._seal.encrypt(value.encode()).decode()
        await self._run(lambda c: self._cached.put(c, name, sealed, until))

    # Locks: of one worker each, as long as its connection or process lives.

    async def lock(self, name: str) -> bool:
        """Tells whether this worker now has a lock that nobody had."""
        taking = self._submit(lambda: self._opened.lock(name))
        try:
            return await self._answer(taking)
        except BaseException:  # nobody knows whether it was taken
            if not taking.cancel():
                taking.add_done_callback(lambda taken: self._give_back(name, taken))
            raise

    async def unlock(self, name: str) -> None:
        """Gives a lock back; nothing happens if it is lost. It is done also if nobody waits."""
        await asyncio.shield(self._answer(self._submit(lambda: self._opened.unlock(name))))

    # What happens how often, counted for all workers.

    async def admit(self, *asked: tuple[Limit, str]) -> int:
        """Does what `channels.rate.Rates.admit` does."""
        counts = self._counts
        if counts is None:
            return self._rates.admit(*asked)
        return await self._answer(self._submit(lambda: counts.admit(asked)))

    async def purge(self) -> None:
        """Removes what is over, so that its traces do not stay and the store does not grow."""
        now = self._clock()

        def purge(connection: Any) -> None:
            self._inbox.purge(connection, now)
            self._kept.purge(connection, now)
            if self.is_shared:
                self._cached.purge(connection, now)

        await self._run(purge)
        await self._answer(self._submit(self._sweep))
        for name in [key for key, (_, until) in self._memory.items() if until <= now]:
            del self._memory[name]

    def _until(self, seconds: float | None) -> float:
        return NO_END if seconds is None else self._clock() + seconds

    async def _run(self, work: Callable[[Any], T]) -> T:
        """Does some work in a transaction."""
        return await self._answer(self._submit_in_transaction(work))

    def _submit_in_transaction(self, work: Callable[[Any], T]) -> Future[T]:
        def run() -> T:
            with self._opened.transaction() as connection:
                return work(connection)

        return self._submit(run)

    def _submit(self, call: Callable[[], T]) -> Future[T]:
        """Has something done in the store's thread."""
        if self._thread is None:
            raise StoreError("The store is closed.")
        return self._thread.submit(call)

    async def _answer(self, calling: Future[T]) -> T:
        """Waits for what is done in the store's thread."""
        try:
            # Not `asyncio.wait_for`: of Python 3.10, it may lose a cancellation (bpo-37658).
            async with async_timeout.timeout(CALL_SECONDS if self.is_shared else None):
                return await asyncio.wrap_future(calling)
        except (sa.exc.SQLAlchemyError, LockLost, asyncio.TimeoutError) as error:
            problem = type(error).__name__  # the message may hold what was written
        raise StoreError(f"The store of {self._channel} does not answer: {problem}.")

    def _give_back(self, name: str, taken: Future[bool]) -> None:
        """Frees a lock that was taken for nobody; not one that somebody else here has."""
        with contextlib.suppress(RuntimeError, StoreError):  # closed meanwhile
            if not taken.exception() and taken.result():
                self._submit(lambda: self._opened.unlock(name))

    # In the store's thread:

    @property
    def _opened(self) -> Database:
        assert self._database
        return self._database

    def _notify(self, queue: str) -> None:
        database = self._opened
        if isinstance(database, Postgres):
            self._backend = database.backend()
            database.notify(queue)

    def _sweep(self) -> None:
        self._opened.forget_deleted()
        if self._counts:
            self._counts.sweep()

    def _open(self) -> None:
        try:
            if self.is_shared:
                self._open_shared()
            else:
                self._open_file(Path(self._where))
        except BaseException:
            self._shut()
            raise

    def _open_shared(self) -> None:
        try:
            database = Postgres(str(self._where), self._channel, tells_locks=False)
        except sa.exc.OperationalError as error:
            raise StoreError(
                f"The store of {self._channel}, a PostgreSQL, cannot be used: {error.orig}"
            ) from None
        self._database = database
        database.create(self._tables)
        database.create(self._cached.table.metadata)
        self._counts = SharedCounts(database, self._secret)

    def _open_file(self, path: Path) -> None:
        problem = f"The store of {self._channel}, the file {path},"
        try:
            self._take_file(path, problem)
            written = last_written(path)
            # While no other process may use it:
            self.lost_at = written if set_aside_if_damaged(path) else None
            self._opened_at = self._clock()
            self._database = SqliteFile(path, sets_aside=False)
            with self._database.transaction() as connection:
                version = connection.exec_driver_sql("PRAGMA user_version").scalar()
            if version > VERSION:
                raise StoreError(f"{problem} was made by a newer version.")
            self._database.create(self._tables)
            self._upgrade(self._database)
            if self.lost_at is not None:
                self._take_back(self._database)
        except OSError as error:
            raise StoreError(f"{problem} cannot be used: {error.strerror}.") from error
        except sa.exc.DBAPIError as error:
            raise StoreError(f"{problem} cannot be read or written: {error.orig}.") from None

    def _take_file(self, path: Path, problem: str) -> None:
        """Keeps other processes away from the file.

        Locks live in this process: with a second one, answers would be given twice. The lock is
        the process's own, so the system frees it however the process ends.
        """
        self._file_lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        os.fchmod(self._file_lock, 0o600)  # who may write to it could hold the lock
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                fcntl.lockf(self._file_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except (BlockingIOError, PermissionError):
                if time.monotonic() >= end:
                    raise StoreError(
                        f"{problem} is in use by another process. Several workers or servers"
                        " need a PostgreSQL as their store."
                    ) from None
            time.sleep(LOCK_POLL_SECONDS)

    def _upgrade(self, database: Database) -> None:
        """Takes over what a file of the version before holds."""
        with database.transaction() as connection:
            if sa.inspect(connection).has_table("items"):
                until = self._clock() + KNOWN_KEY_SECONDS
                for statement in _FROM_VERSION_1:
                    named = statement.replace("{channel}", self._channel)
                    connection.exec_driver_sql(named.replace("{until}", str(until)))
            # Written each time: what cannot be written fails now, not at the first message.
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")

    def _take_back(self, database: Database) -> None:
        """Takes over what has outlived a damaged file."""
        assert self._lasting
        with database.transaction() as connection:
            for name, value in self._lasting.all().items():
                self._kept.put(connection, name, value, NO_END)

    def _shut(self) -> None:
        database, self._database = self._database, None
        lock, self._file_lock = self._file_lock, None
        self._counts = None
        if database is not None:
            database.close()
        if lock is not None:
            os.close(lock)


def tables_of(channel: str) -> tuple[sa.MetaData, Inbox, Values]:
    """Returns the tables of a channel's store, and what works on them."""
    tables = sa.MetaData()
    return tables, Inbox(tables, f"{channel}_inbox"), Values(tables, f"{channel}_kept")


_FROM_VERSION_1 = (
    "INSERT INTO {channel}_inbox (conversation_id, id, content, ordered, state, known_until)"
    " SELECT items.queue, items.key, item, created, begun, coalesce(until, {until}) FROM items"
    " LEFT JOIN seen ON seen.queue = items.queue AND seen.key = items.key ORDER BY arrived",
    "INSERT INTO {channel}_inbox (conversation_id, id, content, state, known_until)"
    " SELECT queue, key, '', 2, until FROM seen WHERE true ON CONFLICT DO NOTHING",
    "INSERT INTO {channel}_kept (name, value, until) SELECT name, value, until FROM kept",
    *(f"DROP TABLE {table}" for table in ("items", "seen", "kept")),
)
