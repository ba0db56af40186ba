"""The website's database: one of an earlier version stops nothing and loses nothing."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from channels.inbox.database import SqliteFile
from channels.inbox.inbox import State
from channels.transitions import ImpossibleTransition
from channels.website.records import Records


def test_a_database_of_an_earlier_version_is_kept_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "website.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE requests (number INTEGER, talk_id TEXT)")
        database.execute("INSERT INTO requests VALUES (1, 'a')")
    with caplog.at_level(logging.WARNING):
        records = Records(SqliteFile(path))
    records.add_conversation("b")
    assert records.has_conversation("b")
    records.close()
    (kept,) = tmp_path.glob("website.*.old.db")
    with closing(sqlite3.connect(kept)) as database:
        assert database.execute("SELECT talk_id FROM requests").fetchall() == [("a",)]
    assert kept.name in caplog.text


@pytest.mark.parametrize("damage", ["no database at all" * 100, "a torn page"])
def test_a_damaged_database_is_said_and_kept_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    path = tmp_path / "website.db"
    records = Records(SqliteFile(path))
    records.add_conversation("a")
    for number in range(50):
        records.add_request("a", f"r{number}", "text" * 100, "text" * 100)
    records.close()
    content = path.read_bytes()
    torn = damage == "a torn page"
    content = content[:8192] + b"\xff" * 4096 + content[12288:] if torn else damage.encode()
    path.write_bytes(content)
    Path(f"{path}-journal").write_bytes(b"of the damaged one")
    again = Records(SqliteFile(path))
    assert not again.has_conversation("a")
    again.add_conversation("b")
    assert again.has_conversation("b")
    again.close()
    (kept,) = tmp_path.glob("website.*.damaged.db")
    assert kept.read_bytes() == content
    assert kept.stat().st_mode & 0o077 == 0
    assert not Path(f"{path}-journal").exists()
    (line,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert f"website.db is damaged and is kept as {kept.name}" in line.getMessage()


def test_a_database_that_is_in_use_is_not_taken_for_damaged(tmp_path: Path) -> None:
    path = tmp_path / "website.db"
    Records(SqliteFile(path)).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        database = SqliteFile(path)
        other.rollback()
    assert [file.name for file in tmp_path.glob("*.db")] == ["website.db"]
    database.close()


def test_a_database_of_this_version_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "website.db"
    records = Records(SqliteFile(path))
    records.add_conversation("a")
    records.close()
    again = Records(SqliteFile(path))
    assert again.has_conversation("a")
    again.close()
    assert not list(tmp_path.glob("*.old.db"))


def test_what_is_answered_is_not_begun_or_answered_again(tmp_path: Path) -> None:
    records = Records(SqliteFile(tmp_path / "website.db"))
    records.add_conversation("a")
    request = records.add_request("a", "r", "text", "text")
    assert request
    assert records.database.lock("a")
    records.mark_started([request])
    records.mark_started([request])  # after a kill
    answer = {"text": "answer", "buttons": []}
    records.mark_done([request], [answer])
    with pytest.raises(ImpossibleTransition, match="STARTED cannot follow DONE"):
        records.mark_started([request])
    with pytest.raises(ImpossibleTransition, match="DONE cannot follow DONE"):
        records.mark_done([request], [answer])
    kept = records.request("a", "r")
    assert kept and kept.state is State.DONE
    assert len(records.messages("a")) == 2
    records.close()
