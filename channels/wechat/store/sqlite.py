"""The store of a single process, in a SQLite file; locks and secrets live in memory only.

A commit is in the hands of the operating system before a call returns, so a killed process loses
nothing. What is deleted is overwritten in the file at once, and in its log (`-wal`) by `purge`.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from channels.damaged_files import set_aside_if_damaged
from channels.private_files import make_private
from channels.wechat.store.base import KNOWN_KEY_SECONDS, Job, StoreError

VERSION = 1  # of the schema, in SQLite's `user_version`
BUSY_SECONDS = 10.0  # so long a lock of somebody else's, such as a backup, is waited for
LOCK_POLL_SECONDS = 0.1
NO_END = float("inf")

# `arrived` orders what was created in the same second; it is never used twice.
SCHEMA = """
CREATE TABLE items (
    arrived INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, key TEXT NOT NULL,
    created REAL NOT NULL, begun INTEGER NOT NULL DEFAULT 0, item TEXT NOT NULL,
    UNIQUE (queue, key));
CREATE TABLE seen (
    queue TEXT NOT NULL, key TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (queue, key)
    ) WITHOUT ROWID;
CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX items_in_order ON items (queue, begun DESC, created, arrived);
CREATE INDEX seen_until ON seen (until);
CREATE INDEX kept_until ON kept (until);
"""

T = TypeVar("T")


class SqliteStore:
    """See `Store`, whose promises it keeps for one process."""

    def __init__(self, path: str | Path, clock: Callable[[], float] = time.time) -> None:
        self._path = Path(path)
        self._clock = clock
        self._thread: ThreadPoolExecutor | None = None
        self._connection: sqlite3.Connection | None = None
        self._lock: int | None = None
        self._memory: dict[str, tuple[str, float]] = {}
        self._locks: dict[str, tuple[str, float]] = {}

    async def open(self) -> None:
        """Opens or makes the file; see `Store`."""
        # One thread: SQLite's connection is used by no other, and calls keep their order.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="wechat-store")
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._open)
        except BaseException:
            self._thread.shutdown(wait=False)
            self._thread = None
            raise

    async def close(self) -> None:
        """Closes the file; see `Store`."""
        if self._thread is not None:
            thread, self._thread = self._thread, None
            await asyncio.get_running_loop().run_in_executor(thread, self._shut)
            thread.shutdown(wait=False)
        self._memory.clear()
        self._locks.clear()

    async def add(self, queue: str, key: str, item: str, order: float) -> bool:
        """See `Store`."""
        now = self._clock()

        def add(db: sqlite3.Connection) -> bool:
            db.execute(
                "DELETE FROM seen WHERE queue = ? AND key = ? AND until <= ?", (queue, key, now)
            )
            # An item may wait longer than its key is remembered; it is still the same item.
            known = db.execute(
                "SELECT 1 FROM seen WHERE queue = ? AND key = ?"
                " UNION ALL SELECT 1 FROM items WHERE queue = ? AND key = ?",
                (queue, key, queue, key),
            ).fetchone()
            if known:
                return False
            db.execute("INSERT INTO seen VALUES (?, ?, ?)", (queue, key, now + KNOWN_KEY_SECONDS))
            db.execute(
                "INSERT INTO items (queue, key, created, item) VALUES (?, ?, ?, ?)",
                (queue, key, order, item),
            )
            return True

        return await self._run(add)

    async def peek(self, queue: str) -> Job | None:
        """See `Store`."""

        def peek(db: sqlite3.Connection) -> Job | None:
            row = db.execute(
                "SELECT key, item, begun, arrived FROM items WHERE queue = ?"
                " ORDER BY begun DESC, created, arrived LIMIT 1",
                (queue,),
            ).fetchone()
            if row is None:
                return None
            if not row[2]:
                db.execute("UPDATE items SET begun = 1 WHERE arrived = ?", (row[3],))
            return Job(row[0], row[1])

        return await self._run(peek)

    async def behind(self, queue: str, count: int) -> list[Job]:
        """See `Store`."""
        sql = (
            "SELECT key, item FROM items WHERE queue = ? AND begun = 0"
            " ORDER BY begun DESC, created, arrived LIMIT ?"
        )
        rows = await self._run(lambda db: db.execute(sql, (queue, count)).fetchall())
        return [Job(*row) for row in rows]

    async def ack(self, queue: str, key: str) -> None:
        """See `Store`."""
        await self._write("DELETE FROM items WHERE queue = ? AND key = ?", (queue, key))

    async def waiting(self) -> list[str]:
        """See `Store`."""
        sql = "SELECT queue FROM items GROUP BY queue ORDER BY min(arrived)"
        return await self._run(lambda db: [str(row[0]) for row in db.execute(sql)])

    async def get(self, name: str) -> str | None:
        """See `Store`."""
        sql, values = "SELECT value FROM kept WHERE name = ? AND until > ?", (name, self._clock())
        row = await self._run(lambda db: db.execute(sql, values).fetchone())
        return None if row is None else str(row[0])

    async def put(self, name: str, value: str, seconds: float | None = None) -> None:
        """See `Store`."""
        until = self._until(seconds)
        await self._write("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (name, value, until))

    async def put_new(self, name: str, value: str, seconds: float | None = None) -> bool:
        """See `Store`."""
        sql = (
            "INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
            " SET value = excluded.value, until = excluded.until WHERE until <= ?"
        )
        return await self._write(sql, (name, value, self._until(seconds), self._clock())) == 1

    async def drop(self, name: str) -> None:
        """See `Store`."""
        await self._write("DELETE FROM kept WHERE name = ?", (name,))

    async def cache_get(self, name: str) -> str | None:
        """See `Store`."""
        return self._living(self._memory, name)

    async def cache_set(self, name: str, value: str, seconds: float) -> None:
        """See `Store`."""
        self._memory[name] = (value, self._until(seconds))

    async def lock(self, name: str, seconds: float) -> str | None:
        """See `Store`; a restart frees every lock."""
        if self._living(self._locks, name) is not None:
            return None
        owner = secrets.token_hex(8)
        self._locks[name] = (owner, self._until(seconds))
        return owner

    async def extend(self, name: str, owner: str, seconds: float) -> bool:
        """See `Store`."""
        if self._living(self._locks, name) != owner:
            return False
        self._locks[name] = (owner, self._until(seconds))
        return True

    async def release(self, name: str, owner: str) -> None:
        """See `Store`."""
        if self._living(self._locks, name) == owner:
            del self._locks[name]

    async def purge(self) -> None:
        """See `Store`."""
        now = self._clock()

        def purge(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM seen WHERE until <= ?", (now,))
            db.execute("DELETE FROM kept WHERE until <= ?", (now,))

        await self._run(purge)
        # Read to its end in the store's thread: an open statement would hinder the next one.
        checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)"
        await self._run(lambda db: db.execute(checkpoint).fetchall(), alone=True)
        for kept in (self._memory, self._locks):
            for name in [key for key, (_, until) in kept.items() if until <= now]:
                del kept[name]

    def _until(self, seconds: float | None) -> float:
        return NO_END if seconds is None else self._clock() + seconds

    def _living(self, kept: dict[str, tuple[str, float]], name: str) -> str | None:
        value, until = kept.get(name, ("", 0.0))
        if until <= self._clock():
            kept.pop(name, None)
            return None
        return value

    async def _write(self, sql: str, values: tuple[object, ...]) -> int:
        return await self._run(lambda db: db.execute(sql, values).rowcount)

    async def _run(self, work: Callable[[sqlite3.Connection], T], alone: bool = False) -> T:
        """Does some work in the store's thread, in one transaction unless it stands alone."""
        if self._thread is None:
            raise StoreError("WeChat's store is closed.")

        def run() -> T:
            db = self._connection
            assert db is not None
            if alone:
                return work(db)
            with db:  # commits, or rolls back
                db.execute("BEGIN IMMEDIATE")
                return work(db)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, run)
        except sqlite3.Error as error:  # its message names tables at most
            raise StoreError(f"WeChat's store failed: {error}.") from error

    # In the store's thread:

    def _open(self) -> None:
        problem = f"WeChat's store, the file {self._path},"
        try:
            self._take_file(problem)
            if set_aside_if_damaged(self._path):  # while no other process may use it
                make_private(self._path)
            self._connect(problem)
        except OSError as error:
            self._shut()
            raise StoreError(f"{problem} cannot be used: {error.strerror}.") from error
        except sqlite3.Error as error:
            self._shut()
            raise StoreError(f"{problem} cannot be read or written: {error}.") from error
        except StoreError:
            self._shut()
            raise

    def _take_file(self, problem: str) -> None:
        """Makes the file, readable for nobody else, and keeps other processes away from it.

        Locks live in this process: with a second one, answers would be given twice. The lock is
        the process's own, so the system frees it however the process ends.
        """
        make_private(self._path)
        self._lock = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        os.fchmod(self._lock, 0o600)  # who may write to it could hold the lock
        end = time.monotonic() + BUSY_SECONDS  # a server that is just ending is waited for
        while True:
            try:
                fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except (BlockingIOError, PermissionError):
                if time.monotonic() >= end:
                    raise StoreError(
                        f"{problem} is in use by another process. Several workers or servers"
                        " need a Redis as their store."
                    ) from None
            time.sleep(LOCK_POLL_SECONDS)

    def _connect(self, problem: str) -> None:
        # Transactions are begun by hand; `_shut` may run in another thread after a failed start.
        db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        self._connection = db
        db.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        db.execute("PRAGMA journal_mode = WAL")
        # Enough against a kill; a power cut may lose the last moments, never the file.
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA secure_delete = ON")
        with db:
            db.execute("BEGIN IMMEDIATE")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise StoreError(f"{problem} was made by a newer version.")
            if version < 1:
                for statement in SCHEMA.split(";"):
                    db.execute(statement)
            # Written each time: what cannot be written fails now, not at the first message.
            db.execute(f"PRAGMA user_version = {VERSION}")

    def _shut(self) -> None:
        connection, self._connection = self._connection, None
        lock, self._lock = self._lock, None
        if connection is not None:
            connection.close()
        if lock is not None:
            os.close(lock)
