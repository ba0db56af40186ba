"""What people wrote is readable for the owner of the process only, however it was started."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.utils.endpoints import EndpointConfig

from channels.conversation_store import RedactingSQLTrackerStore
from channels.inbox.database import SqliteFile
from channels.inbox.store import Store
from channels.private_files import JOURNALS
from channels.website.records import Records
from channels.website.sessions import new_conversation_id
from scripts.console import ROOT

Open = Callable[[Path], AbstractContextManager[None]]


@contextmanager
def conversations(path: Path) -> Iterator[None]:
    """As Rasa makes the store from `endpoints.yml`; a conversation is being written."""
    name = f"{RedactingSQLTrackerStore.__module__}.{RedactingSQLTrackerStore.__name__}"
    endpoint = EndpointConfig(type=name, dialect="sqlite", db=str(path))
    store = TrackerStore.create(endpoint, Domain.empty())
    tracker = asyncio.run(store.get_or_create_tracker("me"))
    tracker.update(UserUttered("你好"))
    asyncio.run(store.save(tracker))
    with sqlite3.connect(path) as writer:  # its journal is there until the end of the block
        writer.execute("UPDATE events SET action_name = 'x'")
        yield


@contextmanager
def website(path: Path) -> Iterator[None]:
    records = Records(SqliteFile(path))
    records.add_conversation(new_conversation_id())
    with records.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE conversations SET used = 0")
        yield
    records.close()


@contextmanager
def wechat(path: Path) -> Iterator[None]:
    async def run() -> Store:
        store = Store(path, "wechat", "secret")
        await store.open()
        await store.put("name", "value")
        return store

    loop = asyncio.new_event_loop()
    store = loop.run_until_complete(run())
    yield
    loop.run_until_complete(store.close())


@pytest.fixture(autouse=True)
def generous_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(path: Path) -> dict[str, int]:
    return {
        other_path.name: other_path.stat().st_mode & 0o777
        for other_path in path.parent.glob(f"{path.name}*")
    }


@pytest.mark.parametrize("opened", [conversations, website, wechat])
@pytest.mark.parametrize("there", [False, True])
def test_a_database_and_its_journals_are_private(tmp_path: Path, opened: Open, there: bool) -> None:
    path = tmp_path / "some.db"
    if there:
        path.touch(0o666)
    with opened(path):
        found = modes(path)
        assert len(found) >= 2, "there is a journal"
        assert set(found.values()) == {0o600}, found


@pytest.mark.parametrize("opened", [conversations, website, wechat])
def test_what_a_kill_left_behind_is_made_private(tmp_path: Path, opened: Open) -> None:
    path = tmp_path / "some.db"
    with opened(path):
        pass
    path.chmod(0o644)
    lock = Path(f"{path}.lock")
    if lock.exists():
        lock.chmod(0o644)
    for suffix in JOURNALS:
        Path(f"{path}{suffix}").touch(0o644)
    with opened(path):
        found = modes(path)
        assert found[path.name] == 0o600
        assert set(found.values()) == {0o600}, found


def test_a_store_that_is_no_file_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    RedactingSQLTrackerStore(Domain.empty(), db=":memory:")
    RedactingSQLTrackerStore(Domain.empty(), db="")
    assert list(tmp_path.iterdir()) == []
    RedactingSQLTrackerStore(Domain.empty(), host=f"sqlite:///{tmp_path}/by_url.db")
    found = modes(tmp_path / "by_url.db")
    assert "by_url.db" in found
    assert set(found.values()) == {0o600}  # its log, too


def test_rasas_own_settings_name_the_private_store() -> None:
    """Else a plain `rasa run` would keep conversations in a store that is not ours."""
    text = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
    assert f"type: channels.conversation_store.{RedactingSQLTrackerStore.__name__}" in text
