"""Nobody changes the journal unseen."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from operators.journal import Deed
from operators.visit import Site
from tests.operators.conftest import Client, client_of


@pytest.fixture
def noted(site: Site) -> Site:
    for number in range(6):
        with site.database.transaction() as connection:
            site.journal.note(connection, "zhang", Deed.LOGGED_IN, str(number))
    assert site.journal.first_broken() is None
    return site


def tamper(site: Site, *statements: str) -> None:
    """Does what somebody with the file could do."""
    for name in ("journal_is_not_changed", "journal_is_not_shortened"):
        site.database._connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        site.database._connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET entry = '[]'", "DELETE FROM journal", "DELETE FROM journal WHERE 0",
        "REPLACE INTO journal VALUES (1, '[]', '')",
        "INSERT OR REPLACE INTO journal VALUES (9, '[]', '')",
    ],
)  # fmt: skip
def test_it_is_only_added_to(noted: Site, statement: str) -> None:
    if statement.endswith("WHERE 0"):
        noted.database._connection.execute(statement)  # nothing is deleted
        return
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        noted.database._connection.execute(statement)


@pytest.mark.parametrize(
    ("statements", "broken"),
    [
        (["UPDATE journal SET entry = replace(entry, 'zhang', 'li') WHERE number = 5"], 5),
        (["DELETE FROM journal WHERE number = 4"], 4),
        (["DELETE FROM journal WHERE number >= 8"], 8),
        (["DELETE FROM journal"], 1),
        (["DELETE FROM journal WHERE number = 9",
          "INSERT INTO journal SELECT 9, entry, seal FROM journal WHERE number = 8"], 9),
        (["UPDATE journal SET number = 100 WHERE number = 6",
          "UPDATE journal SET number = 6 WHERE number = 7",
          "UPDATE journal SET number = 7 WHERE number = 100"], 6),
    ],
)  # fmt: skip
def test_a_change_shows(noted: Site, statements: list[str], broken: int) -> None:
    tamper(noted, *statements)
    assert noted.journal.first_broken() == broken
    page = client_of(noted, "zhang").get("/journal").text  # what is noted later does not heal it
    assert noted.texts.journal.broken.format(number=broken) in page


def test_a_lost_last_seal_shows(noted: Site, tmp_path: Path) -> None:
    (tmp_path / ".operators_journal").unlink()
    assert noted.journal.first_broken() == 10
    client_of(noted, "zhang")  # what is noted afterwards does not heal it
    assert noted.journal.first_broken() == 10


def test_what_fails_is_not_noted(noted: Site) -> None:
    count = len(noted.journal.entries())
    with pytest.raises(ZeroDivisionError), noted.database.transaction() as connection:
        noted.journal.note(connection, "zhang", Deed.LOGGED_IN)
        raise ZeroDivisionError
    assert len(noted.journal.entries()) == count
    assert noted.journal.first_broken() is None


def test_old_entries_are_on_further_pages(site: Site) -> None:
    with site.database.transaction() as connection:
        for number in range(120):
            site.journal.note(connection, "zhang", Deed.ACCOUNT_ADDED, f"<b>n{number}</b>")
    client = client_of(site, "zhang")
    page = client.get("/journal").text
    assert "&lt;b&gt;n119&lt;/b&gt;" in page and "<b>n" not in page
    assert "n50&lt;" not in page
    assert "n50&lt;" in client.get("/journal?before=75").text
    for odd in ("x", "-1", "9" * 40, "%00", "١"):
        assert client.get(f"/journal?before={odd}").status_code == 200


def test_what_is_done_is_noted(site: Site) -> None:
    client = client_of(site, "wang")
    Client(site).log_in("wang", "wrong")
    client.post("/logout", {"form_token": client.token("/account")})
    deeds = [(entry.who, entry.deed) for entry in reversed(site.journal.entries())]
    assert deeds == [
        ("test", "account_added"), ("test", "account_added"), ("test", "account_added"),
        ("wang", "logged_in"), ("wang", "log_in_failed"), ("wang", "logged_out"),
    ]  # fmt: skip
