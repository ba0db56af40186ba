"""What is deleted is deleted, whatever else goes on."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any, cast

import pytest
import requests
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from sanic import Sanic

from channels.assistant import Assistant
from channels.conversation_store import RedactingSQLTrackerStore
from channels.inbox.database import SqliteFile
from channels.website import message_handler
from channels.website.message_handler import MessageHandler
from channels.website.records import Records
from tests.channels.website.client import Client
from tests.channels.website.small_server import Speaker, echo, small_server


def left_in(folder: Path) -> int:
    """Counts the rows about conversations in both databases."""
    count = 0
    for name, tables in (
        ("website.db", ("conversations", "messages", "requests", "offers", "feedback")),
        ("conversations.db", ("events", "unclear", "unclear_vectors")),
    ):
        database = sqlite3.connect(folder / name)
        for table in tables:
            count += database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        database.close()
    return count


def stubborn(folder: Path, kept: threading.Event) -> Speaker:
    """Returns a Rasa that cannot be cancelled and keeps the message some time later."""

    async def speak(message: UserMessage) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(1.5)
        store = RedactingSQLTrackerStore(Domain.empty(), db=str(folder / "conversations.db"))
        tracker = await store.get_or_create_tracker(message.sender_id)
        tracker.update(UserUttered(message.text))
        await store.save(tracker)
        kept.set()

    return speak


def expect_nothing_left(folder: Path) -> None:
    end = time.monotonic() + 10
    while left_in(folder) and time.monotonic() < end:
        time.sleep(0.05)
    assert left_in(folder) == 0


def test_a_deletion_takes_everything_and_tells_the_other_tab(tmp_path: Path) -> None:
    with small_server(tmp_path) as url:
        client = Client(url)
        client.say("这句话要删掉")
        client.call("POST", "/feedback", json={"seq": 2, "helpful": False, "word": "没说清楚"})
        kinds: list[str] = []
        stream = client.listen()
        kinds.append(next(stream)[0])
        listening = threading.Thread(
            target=lambda: kinds.extend(event[0] for event in stream), daemon=True
        )
        listening.start()
        assert client.call("DELETE", "/conversation").json() == {"deleted": True}
        listening.join(20)
        assert kinds[-1] == "gone"
        assert client.call("GET", "/history").status_code == 401
        assert client.send(text="还在吗").status_code == 401
        fresh = client.open(client.token)["token"]
        assert Client(url, fresh).history() == []
    content = (tmp_path / "website.db").read_bytes()
    assert "这句话要删掉".encode() not in content
    assert "没说清楚".encode() not in content


def test_a_deletion_amid_an_answer_leaves_nothing(tmp_path: Path) -> None:
    async def slow(message: UserMessage) -> None:
        await asyncio.sleep(0.5)
        await echo(message)

    with small_server(tmp_path, slow) as url:
        client = Client(url)
        client.send(text="这句话要删掉")
        assert client.call("DELETE", "/conversation").status_code == 200
    assert left_in(tmp_path) == 0


def test_old_conversations_are_deleted_at_the_start(tmp_path: Path) -> None:
    with small_server(tmp_path) as url:
        client = Client(url)
        client.say("很久以前")
    with sqlite3.connect(tmp_path / "website.db") as database:
        database.execute("UPDATE conversations SET used = used - 31 * 86400")
    with small_server(tmp_path) as url:
        assert Client(url, client.token).call("GET", "/history").status_code == 401


def test_a_deletion_does_not_wait_for_an_answer(tmp_path: Path) -> None:
    async def never(_: UserMessage) -> None:
        await asyncio.sleep(60)

    with small_server(tmp_path, never, answer_seconds=8) as url:
        client = Client(url)
        client.send(text="这句话要删掉")
        begin = time.monotonic()
        assert client.call("DELETE", "/conversation").status_code == 200
        assert time.monotonic() - begin < 4
    assert left_in(tmp_path) == 0


def test_a_turn_that_cannot_be_cancelled_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_handler, "FORGET_SECONDS", 0.1, raising=False)
    kept = threading.Event()
    with small_server(tmp_path, stubborn(tmp_path, kept), answer_seconds=4) as url:
        client = Client(url)
        client.send(text="这句话要删掉")
        assert client.call("DELETE", "/conversation").status_code == 200
        assert not kept.is_set()
        assert client.call("GET", "/history").status_code == 401
        assert kept.wait(20)
        expect_nothing_left(tmp_path)


def test_a_deletion_leaves_no_text_in_the_files(tmp_path: Path) -> None:
    def holds() -> list[str]:
        files = tmp_path.glob("website.db*")
        return [file.name for file in files if "这句话要删掉".encode() in file.read_bytes()]

    with small_server(tmp_path) as url:
        client = Client(url)
        client.say("这句话要删掉")
        assert "website.db-wal" in holds()
        client.call("DELETE", "/conversation")
        assert holds() == []


def test_a_deletion_goes_on_when_the_page_has_gone(tmp_path: Path) -> None:
    kept = threading.Event()
    with small_server(tmp_path, stubborn(tmp_path, kept), answer_seconds=4) as url:
        client = Client(url)
        client.send(text="这句话要删掉")
        with pytest.raises(requests.ReadTimeout):
            header = {"Authorization": f"Bearer {client.token}"}
            requests.delete(client.url + "/conversation", headers=header, timeout=0.5)
        assert kept.wait(20)
        expect_nothing_left(tmp_path)


def test_a_conversation_that_cannot_be_deleted_does_not_keep_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Stubborn(Assistant):
        async def erase(self, conversation_id: str) -> None:
            if conversation_id == "bad":
                raise ValueError("我的事情")

    async def unused(*_: Any) -> Any: ...

    async def go() -> list[str]:
        records = Records(SqliteFile(tmp_path / "website.db"))
        for conversation_id in ("bad", "good"):
            records.add_conversation(conversation_id)
        assistant = Stubborn("website", unused, cast(Sanic, None), 1)
        await MessageHandler(records, assistant, 0, 2_000).forget_outdated(-1)
        left = records.outdated(-1)
        records.close()
        return left

    assert asyncio.run(go()) == ["bad"]
    assert "ValueError" in caplog.text
    assert "我的事情" not in caplog.text
