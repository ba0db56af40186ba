"""The website's database: one of an earlier version stops nothing and loses nothing."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from channels.transitions import ImpossibleTransition
from channels.website.records import Records, State


def test_a_database_of_an_earlier_version_is_kept_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "website.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE requests (number INTEGER, talk_id TEXT)")
        database.execute("INSERT INTO requests VALUES (1, 'a')")
    with caplog.at_level(logging.WARNING):
        records = Records(path)
    records.add_conversation("b")
    assert records.has_conversation("b")
    records.close()
    (kept,) = tmp_path.glob("website.*.old.db")
    with closing(sqlite3.connect(kept)) as database:
        assert database.execute("SELECT talk_id FROM requests").fetchall() == [("a",)]
    assert kept.name in caplog.text


def test_a_database_of_this_version_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "website.db"
    records = Records(path)
    records.add_conversation("a")
    records.close()
    again = Records(path)
    assert again.has_conversation("a")
    again.close()
    assert not list(tmp_path.glob("*.old.db"))


def test_what_is_answered_is_not_begun_or_answered_again(tmp_path: Path) -> None:
    records = Records(tmp_path / "website.db")
    records.add_conversation("a")
    request = records.add_request("a", "r", "text", "text")
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
