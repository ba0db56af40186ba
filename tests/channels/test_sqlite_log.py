"""A file with a log: nothing that was deleted stays, and nobody waits for who reads."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from channels import sqlite_log
from channels.sqlite_log import empty_log, prepare, use_log


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a log and a few texts, of which one was deleted."""
    path = tmp_path / "some.db"
    use_log(path)
    with closing(sqlite3.connect(path)) as connection:
        prepare(connection)
        connection.execute("CREATE TABLE texts (text)")
        connection.executemany("INSERT INTO texts VALUES (?)", [("a word of Anna",), ("another",)])
        connection.commit()
    return path


def delete(path: Path) -> sqlite3.Connection:
    """Deletes a text; the connection has to stay open, else SQLite empties the log itself."""
    connection = sqlite3.connect(path)
    prepare(connection)
    connection.execute("DELETE FROM texts WHERE text LIKE '%Anna'")
    connection.commit()
    return connection


def bytes_of(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def level(path: Path) -> int:
    """Returns how a connection waits for the disk: 1 is NORMAL, 2 is FULL."""
    with closing(sqlite3.connect(path)) as connection:
        prepare(connection)
        return int(connection.execute("PRAGMA synchronous").fetchone()[0])


def test_what_was_deleted_is_overwritten(path: Path) -> None:
    with closing(delete(path)):
        empty_log(path)
        assert b"Anna" not in bytes_of(path)
        assert b"another" in bytes_of(path)


def test_who_reads_is_waited_for_and_nobody_who_writes_waits(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(path)) as reader, closing(delete(path)) as writer:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM texts").fetchone()  # as it is from now on
        writer.execute("INSERT INTO texts VALUES ('a word of Bert')")
        writer.commit()
        emptying = threading.Thread(target=empty_log, args=(path,))
        emptying.start()
        time.sleep(0.3)
        began = time.monotonic()
        writer.execute("INSERT INTO texts VALUES ('more')")
        writer.commit()
        assert time.monotonic() - began < 1
        assert emptying.is_alive()
        reader.rollback()
        emptying.join(timeout=10)
        assert not emptying.is_alive()
        assert b"Anna" not in bytes_of(path)
    assert not caplog.records


def test_who_reads_for_too_long_is_said(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_log, "EMPTY_SECONDS", 0.2)
    with closing(sqlite3.connect(path)) as reader, closing(delete(path)) as writer:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM texts").fetchone()
        writer.execute("INSERT INTO texts VALUES ('more')")
        writer.commit()
        with caplog.at_level(logging.WARNING):
            empty_log(path)
        assert "some.db keeps what was deleted until the next deletion" in caplog.text
        reader.rollback()
        empty_log(path)
        assert b"Anna" not in bytes_of(path)


def test_a_commit_waits_for_the_disk_where_there_is_no_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_log, "SWITCH_SECONDS", 0.1)
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE texts (text)")
        other.commit()
        other.execute("BEGIN EXCLUSIVE")
        with caplog.at_level(logging.WARNING):
            use_log(path)
        assert "old.db has no log" in caplog.text
    assert level(path) == 2
    use_log(path)
    assert level(path) == 1


def test_a_file_that_is_none_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "none.db"
    path.write_bytes(b"no database" * 1000)
    with caplog.at_level(logging.WARNING):
        empty_log(path)
    assert "none.db" in caplog.text
