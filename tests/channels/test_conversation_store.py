from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from sqlalchemy import event

from channels.conversation_store import (
    BATCH,
    RedactingSQLTrackerStore,
    forget_conversation,
    forget_outdated,
)

SECRET = "Abc12345"


@pytest.fixture
def store(tmp_path: Path) -> RedactingSQLTrackerStore:
    return RedactingSQLTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))


def bytes_in(folder: Path) -> bytes:
    """Returns what stands in a database and its log."""
    content = b"".join(path.read_bytes() for path in sorted(folder.glob("conversations.db*")))
    assert b"CREATE TABLE" in content
    return content


def uttered(text: str) -> UserUttered:
    entities = [{"entity": "region", "value": "杭州"}, {"entity": "step_number", "value": SECRET}]
    parse_data = {
        "text": text,
        "intent": {"name": "greet"},
        "entities": list(entities),
        "acts": ["wait", f"item:{SECRET}"],
    }
    return UserUttered(text, {"name": "greet"}, entities, parse_data)


def test_a_secret_reaches_neither_tracker_nor_file(
    store: RedactingSQLTrackerStore, tmp_path: Path
) -> None:
    async def go() -> None:
        for _ in range(2):  # a new tracker, then one that was kept
            tracker = await store.get_or_create_tracker("me")
            tracker.update(uttered(f"我在杭州，密码是{SECRET}"))
            assert SECRET not in str(tracker.current_state())
            assert tracker.latest_message.text == "我在杭州，密码是[hidden:password]"
            assert [entity["value"] for entity in tracker.latest_message.entities] == ["杭州"]
            assert tracker.latest_message.parse_data["acts"] == ["wait"]
            await store.save(tracker)
        kept = await store.retrieve("me")
        assert kept is not None
        assert (
            len([each_event for each_event in kept.events if isinstance(each_event, UserUttered)])
            == 2
        )

    asyncio.run(go())
    assert SECRET.encode() not in bytes_in(tmp_path)


def test_a_secret_that_was_announced_before_reaches_neither(
    store: RedactingSQLTrackerStore, tmp_path: Path
) -> None:
    async def go() -> None:
        for text in ("我的密码是", "芝麻开门"):
            tracker = await store.get_or_create_tracker("me")
            tracker.update(uttered(text))
            await store.save(tracker)
        kept = await store.retrieve("me")
        assert kept is not None
        assert kept.latest_message.text == "[hidden:password]"

    asyncio.run(go())
    assert "芝麻开门" not in bytes_in(tmp_path).decode(errors="ignore")
    assert b"\\u829d" not in bytes_in(tmp_path)


def test_other_texts_are_kept_as_they_are(store: RedactingSQLTrackerStore) -> None:
    async def go() -> None:
        tracker = await store.get_or_create_tracker("me")
        tracker.update(uttered("第6步怎么弄"))
        await store.save(tracker)
        kept = await store.retrieve("me")
        assert kept is not None
        assert kept.latest_message.text == "第6步怎么弄"
        assert len(kept.latest_message.entities) == 2

    asyncio.run(go())


def test_only_old_conversations_of_a_channel_are_deleted(store: RedactingSQLTrackerStore) -> None:
    async def go() -> None:
        for name, time in (("wechat-a", 100.0), ("wechat-b", 300.0), ("website-c", 100.0)):
            tracker = store.init_tracker(name)
            event = uttered("你好")
            event.timestamp = time
            tracker.update(event)
            await store.save(tracker)
        await forget_outdated(store, "wechat-", 200.0)
        kept = [
            name for name in ("wechat-a", "wechat-b", "website-c") if await store.retrieve(name)
        ]
        assert kept == ["wechat-b", "website-c"]

    asyncio.run(go())


def fill(store: RedactingSQLTrackerStore, names: list[str], time: float) -> None:
    with store.session_scope() as session:
        for name in names * 2:
            session.add(store.SQLEvent(sender_id=name, type_name="user", timestamp=time, data="{}"))
        session.commit()


def names_in(store: RedactingSQLTrackerStore) -> set[str]:
    with store.session_scope() as session:
        return {row.sender_id for row in session.query(store.SQLEvent.sender_id)}


def watch(store: RedactingSQLTrackerStore, tell: Callable[[str, int], None]) -> None:
    """Tells of each statement, before it is done, with the number of its values."""
    event.listen(
        store.engine,
        "before_cursor_execute",
        lambda _c, _u, statement, values, _x, _m: tell(statement, len(values)),
    )


def test_nobody_waits_while_conversations_are_deleted(
    store: RedactingSQLTrackerStore, tmp_path: Path
) -> None:
    old = [f"wechat-hall-{number:05}" for number in range(BATCH * 5 // 2)]
    fill(store, [*old, "website-a", "wechat", "wechatx"], 100.0)
    fill(store, ["wechat-hall-00000-fresh", "wechat-z"], 300.0)
    deletions: list[int] = []
    mine = threading.get_ident()

    def tell(statement: str, values: int) -> None:
        assert threading.get_ident() != mine, statement
        if statement.startswith("DELETE FROM events"):
            deletions.append(values)

    async def go() -> None:
        watch(store, tell)
        await forget_outdated(store, "wechat-", 200.0)
        await forget_conversation(store, "wechat-z")

    asyncio.run(go())
    assert len(deletions) == 4  # three batches, and one conversation
    assert max(deletions) <= 2 * BATCH + 1
    with sqlite3.connect(tmp_path / "conversations.db") as database:
        left = {name for (name,) in database.execute("SELECT sender_id FROM events")}
    assert left == {"website-a", "wechat", "wechatx", "wechat-hall-00000-fresh"}


def test_a_conversation_that_goes_on_just_now_is_kept_whole(
    store: RedactingSQLTrackerStore, tmp_path: Path
) -> None:
    fill(store, ["wechat-a", "wechat-b"], 100.0)

    def tell(statement: str, _values: int) -> None:
        if statement.startswith("DELETE FROM events"):
            database = sqlite3.connect(tmp_path / "conversations.db")
            database.execute(
                "INSERT INTO events (sender_id, type_name, timestamp, data)"
                " VALUES ('wechat-b', 'user', 300.0, '{}')"
            )
            database.commit()
            database.close()

    watch(store, tell)
    asyncio.run(forget_outdated(store, "wechat-", 200.0))
    with store.session_scope() as session:
        left = [(row.sender_id, row.timestamp) for row in session.query(store.SQLEvent)]
    assert left == [("wechat-b", 100.0), ("wechat-b", 100.0), ("wechat-b", 300.0)]


def test_a_conversation_is_gone_when_forgetting_it_returns(store: RedactingSQLTrackerStore) -> None:
    fill(store, ["wechat-a", "wechat-b"], 100.0)
    asyncio.run(forget_conversation(store, "wechat-a"))
    assert names_in(store) == {"wechat-b"}


def test_what_is_forgotten_stands_neither_in_the_file_nor_in_its_log(
    store: RedactingSQLTrackerStore, tmp_path: Path
) -> None:
    fill(store, ["wechat-a", "rest-a"], 100.0)
    fill(store, ["wechat-b"], 300.0)
    assert b"wechat-a" in bytes_in(tmp_path)
    asyncio.run(forget_conversation(store, "wechat-a"))
    assert b"wechat-a" not in bytes_in(tmp_path)
    asyncio.run(forget_outdated(store, "rest-", 200.0))
    assert b"rest-a" not in bytes_in(tmp_path)
    assert b"wechat-b" in bytes_in(tmp_path)


def test_a_damaged_database_is_said_and_kept_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "conversations.db"
    path.write_bytes(b"no database" * 1000)
    content = path.read_bytes()
    store = RedactingSQLTrackerStore(Domain.empty(), db=str(path))

    async def go() -> None:
        tracker = await store.get_or_create_tracker("me")
        tracker.update(uttered("你好"))
        await store.save(tracker)
        assert await store.retrieve("me") is not None

    asyncio.run(go())
    (kept,) = tmp_path.glob("conversations.*.damaged.db")
    assert kept.read_bytes() == content
    assert f"conversations.db is damaged and is kept as {kept.name}" in caplog.text
