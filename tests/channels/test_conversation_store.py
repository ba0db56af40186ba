from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered

from channels.conversation_store import RedactingSQLTrackerStore, forget_outdated

SECRET = "Abc12345"


@pytest.fixture
def store(tmp_path: Path) -> RedactingSQLTrackerStore:
    return RedactingSQLTrackerStore(Domain.empty(), db=str(tmp_path / "talks.db"))


def uttered(text: str) -> UserUttered:
    entities = [{"entity": "region", "value": "杭州"}, {"entity": "step_number", "value": SECRET}]
    parse_data = {"text": text, "intent": {"name": "greet"}, "entities": list(entities)}
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
            assert [it["value"] for it in tracker.latest_message.entities] == ["杭州"]
            await store.save(tracker)
        kept = await store.retrieve("me")
        assert kept is not None
        assert len([it for it in kept.events if isinstance(it, UserUttered)]) == 2

    asyncio.run(go())
    assert SECRET.encode() not in (tmp_path / "talks.db").read_bytes()


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


def test_only_old_talks_of_a_channel_are_deleted(store: RedactingSQLTrackerStore) -> None:
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
