"""Numbers and unclear messages are kept of each tenant apart; the old ones are the default's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from channels.conversation_store import RedactingSQLTrackerStore
from channels.unclear import UNCLEAR, U, create_tables
from serving.tenants import prefix_of
from tests.channels.inbox.postgres import Postgres, missing, running_postgres
from tests.operators.unclear_messages import DOMAIN, Speaker

OF_HALL = prefix_of("website-", "hall")
TABLES = "events checkpoints unclear unclear_vectors counts counts_of_tenants standings"
OLD_UNCLEAR = """
CREATE TABLE unclear (
    id {number}, sender_id VARCHAR(255) NOT NULL, message_id VARCHAR(255) NOT NULL,
    time FLOAT NOT NULL, text TEXT NOT NULL, answer TEXT NOT NULL, intent VARCHAR(255) NOT NULL,
    reasons INTEGER NOT NULL, group_id INTEGER, decision VARCHAR(255), decided FLOAT,
    UNIQUE (sender_id, message_id)
)"""
OLD_INDEX = "CREATE INDEX unclear_by_group ON unclear (group_id, decision, time, reasons)"
OLD_ROW = (
    "INSERT INTO unclear (sender_id, message_id, time, text, answer, intent, reasons, group_id)"
    " VALUES ('website-0a', 'm', 1, '平板能弄不', '', '', 1, 7)"
)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    if missing():
        pytest.skip(missing())
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RedactingSQLTrackerStore]:
    if request.param == "sqlite":
        kept = RedactingSQLTrackerStore(DOMAIN, db=str(tmp_path / "conversations.db"))
    else:
        url = request.getfixturevalue("postgres").url
        kept = RedactingSQLTrackerStore(DOMAIN, dialect="postgresql", host=url)
        with kept.engine.begin() as connection:
            for table in TABLES.split():
                connection.execute(sa.text(f"DELETE FROM {table}"))
    yield kept
    kept.engine.dispose()


def test_numbers_and_unclear_messages_are_of_the_conversations_tenant(
    store: RedactingSQLTrackerStore,
) -> None:
    speaker = Speaker(store)
    slots = {"fallback_count": 1}
    speaker.turn("平板能弄不", slots=slots)
    for number in (1, 2):
        speaker.turn("能停车吗", sender=f"{OF_HALL}{number}", slots=slots)
    with store.engine.connect() as connection:
        chosen = sa.select(U.tenant, U.text).order_by(U.id)
        assert [tuple(row) for row in connection.execute(chosen)] == [
            ("", "平板能弄不"), ("hall", "能停车吗"), ("hall", "能停车吗"),
        ]  # fmt: skip
        of_day = "WHERE figure = 'messages' AND period > 1000000"
        query = sa.text(f"SELECT count FROM counts {of_day}")
        assert connection.execute(query).scalars().all() == [1]
        query = sa.text(f"SELECT tenant, count FROM counts_of_tenants {of_day}")
        assert [tuple(row) for row in connection.execute(query)] == [("hall", 2)]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_an_earlier_version_has_kept_is_the_defaults(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if kind == "sqlite":
        url, number = f"sqlite:///{tmp_path / 'old.db'}", "INTEGER PRIMARY KEY AUTOINCREMENT"
    else:
        url, number = request.getfixturevalue("postgres").url, "SERIAL PRIMARY KEY"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in (
            "DROP TABLE IF EXISTS unclear",
            OLD_UNCLEAR.format(number=number),
            OLD_INDEX,
            OLD_ROW,
        ):
            connection.execute(sa.text(statement))
    for _ in range(2):
        create_tables(engine)
    with engine.begin() as connection:
        rows = connection.execute(sa.select(UNCLEAR)).all()
        assert [(row.text, row.group_id, row.tenant) for row in rows] == [("平板能弄不", 7, "")]
        indexes = {index["name"] for index in sa.inspect(connection).get_indexes("unclear")}
        assert "unclear_by_tenant" in indexes
        assert "unclear_by_group" not in indexes
        # A process of that version may still write beside us.
        connection.execute(sa.text(OLD_ROW.replace("'m'", "'n'")))
        assert connection.execute(sa.select(U.tenant)).scalars().all() == ["", ""]
    engine.dispose()
