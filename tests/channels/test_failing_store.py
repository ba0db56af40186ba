"""A conversation that cannot be read or kept: the message fails, and nothing goes on beside it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from sqlalchemy.exc import OperationalError

from channels.conversation_store import RedactingSQLTrackerStore


class BrokenStore(RedactingSQLTrackerStore):
    """A store whose disk is full, or whose database is away."""

    is_broken = False

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        sa.event.listen(self.engine, "before_cursor_execute", self._fail)

    def _fail(self, *_: Any) -> None:
        if self.is_broken:
            raise OperationalError("INSERT", {"data": "what somebody wrote"}, OSError("full"))


def test_a_turn_that_cannot_be_kept_fails_and_the_next_goes_on_from_before_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = BrokenStore(Domain.empty(), db=str(tmp_path / "conversations.db"))
    outer = FailSafeTrackerStore(store)

    async def say(text: str) -> None:
        tracker = await outer.get_or_create_tracker("me")
        tracker.update(UserUttered(text))
        await outer.save(tracker)

    async def go() -> list[str]:
        await say("one")
        tracker = await outer.get_or_create_tracker("me")
        tracker.update(UserUttered("two"))
        store.is_broken = True
        for failing in (
            outer.save(tracker),
            outer.retrieve("me"),
            outer.retrieve_full_tracker("me"),
            outer.keys(),
        ):
            with pytest.raises(OperationalError):
                await failing
        store.is_broken = False
        await say("three")
        kept = await outer.retrieve_full_tracker("me")
        assert list(await outer.keys()) == ["me"]
        assert kept
        return [event.text for event in kept.events if isinstance(event, UserUttered)]

    assert asyncio.run(go()) == ["one", "three"]
    assert "what somebody wrote" not in caplog.text
