"""The database of accounts, sessions, the journal, the history of texts, and alarms."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from channels.private_files import make_private

_BUSY_SECONDS = 10  # the command line may be writing
_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    created REAL NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    tenant TEXT NOT NULL DEFAULT '' -- whose pages it may see; '*' for all
);
CREATE TABLE IF NOT EXISTS sessions (
    token TEXT PRIMARY KEY, -- its SHA-256
    account INTEGER NOT NULL REFERENCES accounts (id),
    form_token TEXT NOT NULL,
    created REAL NOT NULL,
    seen REAL NOT NULL,
    tenant TEXT NOT NULL DEFAULT '' -- whose pages are shown, where the account may choose
);
CREATE INDEX IF NOT EXISTS sessions_of_account ON sessions (account);
CREATE TABLE IF NOT EXISTS failures (
    subject TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    last REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS journal (
    number INTEGER PRIMARY KEY,
    entry TEXT NOT NULL,
    seal TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS versions (
    number INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    time REAL NOT NULL,
    who TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    file BLOB NOT NULL, -- compressed by zlib
    tenant TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS versions_of_topic ON versions (topic, number);
CREATE TABLE IF NOT EXISTS alarms (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    said TEXT NOT NULL, -- what is filled into its sentence, as JSON
    since REAL NOT NULL,
    until REAL, -- NULL while it goes on
    begin_sent INTEGER NOT NULL DEFAULT 0,
    end_sent INTEGER NOT NULL DEFAULT 0,
    tenant TEXT NOT NULL DEFAULT ''
);
CREATE TRIGGER IF NOT EXISTS journal_is_not_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;
CREATE TRIGGER IF NOT EXISTS journal_is_not_shortened BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;
"""
# Added to databases of a version without tenants: all that is in them is the default's.
_OF_TENANTS = ("accounts", "sessions", "versions", "alarms")


class Database:
    """One SQLite file, readable for its owner only.

    The server's threads share a connection and take turns; the command line has one of its own.
    """

    def __init__(self, path: Path) -> None:
        make_private(path)
        self._lock = threading.RLock()
        self._after_commit: list[Callable[[], None]] = []
        self._connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "recursive_triggers = ON",  # or REPLACE would delete a row of the journal unseen
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)
        with self.transaction() as connection:
            for table in _OF_TENANTS:
                columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
                if "tenant" not in {column["name"] for column in columns}:
                    connection.execute(
                        f"ALTER TABLE {table} ADD COLUMN tenant TEXT NOT NULL DEFAULT ''"
                    )

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is done within is kept together, or not at all if it raises."""
        with self._lock:
            self._after_commit = []
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
            for call in self._after_commit:
                call()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Has something done once the transaction that is going on is kept."""
        self._after_commit.append(call)

    def read(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Returns the rows of a query."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()
