"""The website's tables of the version before are taken over while a worker of it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from channels.inbox.database import Database, open_database
from channels.inbox.inbox import State
from channels.website.records import Records
from tests.channels.inbox.stores import FILE, KINDS, postgres_url

BEFORE = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, used FLOAT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE messages (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL, author TEXT NOT NULL, request TEXT NOT NULL, body TEXT NOT NULL,
    time FLOAT NOT NULL, PRIMARY KEY (conversation_id, seq));
CREATE TABLE requests (
    number {number}, conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    id TEXT NOT NULL, rasa_input TEXT NOT NULL, seq INTEGER, state INTEGER NOT NULL DEFAULT 0,
    metadata TEXT, UNIQUE (conversation_id, id));
CREATE INDEX open_requests ON requests (conversation_id) WHERE state < 2;
INSERT INTO conversations (id, used) VALUES ('a', 9e9);
INSERT INTO messages VALUES ('a', 1, 'person', 'r1', '{{"text": "一"}}', 1)
"""
ADD = (
    "INSERT INTO requests (conversation_id, id, rasa_input, seq)"
    " VALUES ('a', '{id}', '{id}', {seq})"
)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == FILE:
        database = open_database("website.db", tmp_path)
        yield database
        database.close()
        return
    with postgres_url() as url:
        database = open_database(url, tmp_path)
        yield database
        database.close()


def test_both_versions_work_on_the_same_tables(database: Database) -> None:
    number = "BIGSERIAL PRIMARY KEY" if database.is_shared else "INTEGER PRIMARY KEY AUTOINCREMENT"

    def run(statement: str) -> None:
        with database.transaction() as connection:
            connection.execute(sa.text(statement))

    for statement in BEFORE.format(number=number).split(";"):
        run(statement.replace('"text": ', '"text"\\: '))
    run(ADD.format(id="r1", seq=1))
    run(ADD.format(id="r2", seq="NULL"))
    run("UPDATE requests SET state = 1 WHERE id = 'r2'")
    records = Records(database)
    assert [entry.id for entry in records.open_requests("a", 9)] == ["r2", "r1"]  # begun ones first
    run(ADD.format(id="of the version before", seq="NULL"))
    assert records.add_request("a", "of this version", "text", "text")
    waiting = records.open_requests("a", 9)
    later = ["r1", "of the version before", "of this version"]
    assert [entry.id for entry in waiting] == ["r2", *later]
    assert waiting[0].came == 0 < waiting[-1].came
    assert database.lock("a")
    records.mark_done(waiting[:1], [{"text": "answer", "buttons": []}])
    run("UPDATE requests SET state = 2 WHERE id = 'of the version before'")
    assert [entry.id for entry in records.open_requests("a", 9)] == ["r1", "of this version"]
    kept = records.request("a", "of the version before")
    assert kept
    assert kept.state is State.DONE
    database.unlock("a")
