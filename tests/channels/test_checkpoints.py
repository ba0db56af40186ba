"""A tracker that begins at a checkpoint does as one of all events does, in long conversations."""

from __future__ import annotations

import asyncio
import copy
import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.actions.action import ActionSessionStart
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    Event,
    FollowupAction,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import event as sql_event

from channels.conversation_store import Checkpoint, RedactingSQLTrackerStore, forget_conversation
from channels.redaction import RECENT, redact, remember
from channels.trackers import RedactingTracker

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [ask, tell]
actions: [action_one, action_two]
forms: {form: {required_slots: []}}
slots:
  place: {type: text, mappings: [{type: custom}]}
  guide: {type: any, influence_conversation: false, mappings: [{type: custom}]}
  sure: {type: bool, initial_value: true, mappings: [{type: custom}]}
"""
)
TURNS = RECENT  # few, so that a conversation has many checkpoints
LISTEN = "action_listen"
# The last of each was announced up to four messages before.
SAID = (
    *("我的密码是", "芝麻开门", "验证码是多少位", "好了来了", "9931"),
    *("好的", "嗯嗯", "行", "知道了", "好吧"),
    *("我的密码是多少来着", "好的", "嗯", "我发给你", "天王盖地虎"),
)
HIDDEN = ["[hidden:password]", "[hidden:code]", "[hidden:password]"]


def message(rng: random.Random) -> UserUttered:
    intent = {"name": rng.choice(["ask", "tell"]), "confidence": 1.0}
    return UserUttered(f"第{rng.randrange(100)}步怎么弄", intent, input_channel="rest")


def session_start(tracker: DialogueStateTracker) -> list[Event]:
    carried = ActionSessionStart._slot_set_events_from_tracker(tracker.copy())
    return [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        *carried,
        ActionExecuted(LISTEN),
    ]


def turn(rng: random.Random, tracker: DialogueStateTracker) -> list[Event]:
    """Returns the events of one message: mostly an answer, sometimes what Rasa knows besides."""
    if not tracker.events or rng.random() < 0.02:
        return session_start(tracker)
    action = ActionExecuted(rng.choice(["action_one", "action_two"]))
    slots: list[Event] = [
        SlotSet("guide", {"step": rng.randrange(9)}),
        SlotSet("place", rng.choice(["杭州", "宁波", None])),
        SlotSet("sure", rng.random() < 0.5),
    ]
    answer: list[Event] = [action, BotUttered(f"{rng.random()}"), *rng.sample(slots, 2)]
    rare: list[tuple[float, list[Event]]] = [
        (0.02, [UserUtteranceReverted(), UserUtteranceReverted(), ActionExecuted(LISTEN)]),
        (0.01, [ActionReverted()]),
        (0.02, [AllSlotsReset()]),
        (0.02, [FollowupAction("action_two"), ActionExecuted("action_two")]),
        (0.02, [FollowupAction("action_two")]),
        (0.02, [ConversationPaused()]),
        (0.02, [ConversationResumed()]),
        (0.01, [Restarted(), *session_start(tracker)]),
        (0.03, [ActionExecuted("form"), ActiveLoop("form"), SlotSet("requested_slot", "place")]),
        (0.03, [ActionExecutionRejected("form")]),
        (0.04, [ActionExecuted("form"), ActiveLoop(None), SlotSet("requested_slot", None)]),
    ]
    for share, events in rare:
        if rng.random() < share:
            answer += events
    return [message(rng), *answer, ActionExecuted(LISTEN)]


def seen(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Returns what the next turn can see of a tracker, except for how far back it goes."""
    state: dict[str, Any] = tracker.current_state()
    for name in ("latest_event_time", "latest_message"):
        state[name] = copy.deepcopy(state[name])
    policy = DOMAIN.states_for_tracker_history(tracker, omit_unset_slots=True)
    state |= {
        "set": {slot.name for slot in tracker.slots.values() if slot.has_been_set},
        "bot": tracker.latest_bot_utterance.text,
        "action": tracker.latest_action,
        "last states": policy[-2 * TURNS :],
        "last events": [event.as_dict() for event in tracker.events][-3 * TURNS :],
    }
    return state


@pytest.mark.parametrize("seed", range(4))
def test_the_state_is_that_of_all_events(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    ours = RedactingSQLTrackerStore(DOMAIN, TURNS, db=str(tmp_path / "ours.db"))
    stock = SQLTrackerStore(DOMAIN, db=str(tmp_path / "stock.db"))
    begun_at_a_checkpoint, clock = 0, itertools.count(1.7e9, 0.01)

    async def go() -> None:
        nonlocal begun_at_a_checkpoint
        for _ in range(100):
            mine = await ours.get_or_create_tracker("me", append_action_listen=False)
            theirs = await stock.get_or_create_tracker("me", append_action_listen=False)
            begun_at_a_checkpoint += not mine.is_whole
            assert seen(mine) == seen(theirs)
            assert mine.copy().current_state() == theirs.copy().current_state()
            for event in turn(rng, theirs):
                event.timestamp = next(clock)  # as Rasa does where it applies an action's events
                mine.update(copy.deepcopy(event), DOMAIN)
                theirs.update(event, DOMAIN)
                assert mine.current_slot_values() == theirs.current_slot_values()
            assert seen(mine) == seen(theirs)
            carried = ActionSessionStart._slot_set_events_from_tracker
            assert carried(mine.copy()) == carried(theirs.copy())
            await ours.save(mine)
            await stock.save(theirs)
        whole, other = (
            await ours.retrieve_full_tracker("me"),
            await stock.retrieve_full_tracker("me"),
        )
        assert whole is not None
        assert other is not None
        assert [event.as_dict() for event in whole.events] == [
            event.as_dict() for event in other.events
        ]

    asyncio.run(go())
    assert begun_at_a_checkpoint > 10


def store_in(folder: Path, **settings: Any) -> RedactingSQLTrackerStore:
    return RedactingSQLTrackerStore(DOMAIN, db=str(folder / "conversations.db"), **settings)


async def converse(store: RedactingSQLTrackerStore, turns: int, name: str = "me") -> None:
    for number in range(turns):
        tracker = await store.get_or_create_tracker(name)
        tracker.update(UserUttered(f"第{number}步", {"name": "ask"}))
        tracker.update(SlotSet("guide", {"step": number}))
        tracker.update(ActionExecuted(LISTEN))
        await store.save(tracker)


def test_a_long_conversation_is_not_read_whole(tmp_path: Path) -> None:
    store = store_in(tmp_path, recent_turns=8)
    asyncio.run(converse(store, 40))
    tracker = asyncio.run(store.retrieve("me"))
    assert tracker is not None
    assert len([event for event in tracker.events if isinstance(event, UserUttered)]) == 8
    assert tracker.get_slot("guide") == {"step": 39}
    whole = asyncio.run(store.retrieve_full_tracker("me"))
    assert whole is not None
    assert len([event for event in whole.events if isinstance(event, UserUttered)]) == 40


def test_a_rewind_goes_back_behind_the_checkpoint(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    asyncio.run(converse(store, 20))
    for number in (1, 2, 15):
        tracker = asyncio.run(store.retrieve("me"))
        assert tracker is not None
        assert not tracker.is_whole
        for _ in range(number):
            tracker.update(UserUtteranceReverted())
        assert tracker.get_slot("guide") == {"step": 19 - number}


def test_a_turn_asks_little_of_the_database(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    asyncio.run(converse(store, 20))
    statements: list[str] = []
    commits: list[int] = []
    sql_event.listen(
        store.engine,
        "before_cursor_execute",
        lambda _c, _u, statement, _v, _x, _m: statements.append(statement.split()[0]),
    )
    sql_event.listen(store.engine, "commit", lambda _c: commits.append(1))
    asyncio.run(converse(store, 1))
    turn = ["SELECT", "SELECT", "INSERT", "UPDATE"]
    numbers = ["SELECT", "UPDATE", "INSERT"]
    left_after = ["SELECT"]  # whether a message was (`channels/unclear.py`)
    assert statements == [*turn, *numbers, *left_after]
    assert len(commits) == 1


def test_nothing_is_written_twice_or_lost(tmp_path: Path) -> None:
    store = store_in(tmp_path)

    async def go() -> list[str]:
        tracker = await store.get_or_create_tracker("me")
        for text in ("一", "二"):
            tracker.update(UserUttered(text))
            await store.save(tracker)
            await store.save(tracker)
        kept = await store.retrieve("me")
        assert kept is not None
        return [event.text for event in kept.events if isinstance(event, UserUttered)]

    assert asyncio.run(go()) == ["一", "二"]


def test_a_session_in_which_the_clock_was_set_back_is_read(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    tracker = store.init_tracker("me")
    for event in (SessionStarted(timestamp=2000.0), UserUttered("下一步", timestamp=1000.0)):
        tracker.update(event)
    asyncio.run(store.save(tracker))
    kept = asyncio.run(store.retrieve("me"))
    assert kept is not None
    assert kept.latest_message.text == "下一步"


def test_of_a_tracker_that_another_made_only_what_is_new_is_written(tmp_path: Path) -> None:
    store = store_in(tmp_path)

    async def go() -> list[str]:
        tracker = DialogueStateTracker("me", DOMAIN.slots)
        for time, event in ((2000.0, SessionStarted()), (1000.0, UserUttered("下一步"))):
            event.timestamp = time  # the clock was set back
            tracker.update(event)
        await store.save(tracker)
        tracker.update(UserUttered("好了"))
        await store.save(tracker)
        await store.save(tracker)
        kept = await store.retrieve_full_tracker("me")
        assert kept is not None
        return [event.text for event in kept.events if isinstance(event, UserUttered)]

    assert asyncio.run(go()) == ["下一步", "好了"]


def test_a_checkpoint_goes_with_its_conversation(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    for name in ("wechat-a", "wechat-b", "wechat-c"):
        asyncio.run(converse(store, 20, name))
    asyncio.run(forget_conversation(store, "wechat-a"))
    assert asyncio.run(store.retrieve("wechat-a")) is None
    with store.session_scope() as session:
        assert {row.sender_id for row in session.query(Checkpoint)} == {"wechat-b", "wechat-c"}
    asyncio.run(store.delete_outdated("wechat-", 1e12))
    with store.session_scope() as session:
        assert session.query(Checkpoint).count() == 0


def test_a_checkpoint_without_events_counts_for_nothing(tmp_path: Path) -> None:
    """Somebody may have deleted the events by hand."""
    store = store_in(tmp_path)
    asyncio.run(converse(store, 20))
    with store.session_scope() as session:
        session.query(store.SQLEvent).delete()
        session.commit()
    assert asyncio.run(store.retrieve("me")) is None


@pytest.mark.parametrize("recent_turns", [1, 2, 3, RECENT])
def test_secrets_are_hidden_by_messages_before_and_behind_the_checkpoint(
    tmp_path: Path, recent_turns: int
) -> None:
    store = store_in(tmp_path, recent_turns=recent_turns)
    expected: list[str] = []

    async def go() -> None:
        await converse(store, 20)
        for text in SAID:
            tracker = await store.get_or_create_tracker("me")
            assert not tracker.is_whole
            tracker.update(UserUttered(text))
            expected.append(redact(text, remember(expected[-RECENT:])))
            assert tracker.latest_message.text == expected[-1]
            await store.save(tracker)

    asyncio.run(go())
    assert [text for text in expected if text.startswith("[hidden")] == HIDDEN


@pytest.mark.parametrize("memory", [None, {}, {"password_next": True, "of_another_version": 1}])
def test_a_checkpoint_of_another_version_is_read(
    tmp_path: Path, memory: dict[str, Any] | None
) -> None:
    store = store_in(tmp_path, recent_turns=1)
    asyncio.run(converse(store, 20))
    with store.session_scope() as session:
        row = session.query(Checkpoint).one()
        state = {**json.loads(row.state), "memory": memory}
        if memory is None:
            del state["memory"]
        row.state = json.dumps(state)
        session.execute(sa.delete(store.SQLEvent).where(store.SQLEvent.id > row.event_id + 1))
        session.commit()
    tracker = asyncio.run(store.retrieve("me"))
    assert tracker is not None
    assert not tracker.is_whole
    tracker.update(UserUttered("天王盖地虎"))
    assert tracker.latest_message.text == "天王盖地虎"  # the message between has ended the wait


@pytest.mark.parametrize("recent_turns", [-1, "3", None, 2.5, True])
def test_turns_that_are_no_number_are_refused(tmp_path: Path, recent_turns: Any) -> None:
    with pytest.raises(ValueError, match="recent_turns"):
        store_in(tmp_path, recent_turns=recent_turns)


def test_another_version_of_rasa_reads_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("rasa.__version__", "3.7.0")
    store = store_in(tmp_path)
    asyncio.run(converse(store, 20))
    tracker = asyncio.run(store.retrieve("me"))
    assert tracker is not None
    assert tracker.is_whole
    assert "3.6.21" in caplog.text


def test_the_first_message_is_redacted_behind_rasas_wrapper(tmp_path: Path) -> None:
    store = FailSafeTrackerStore(store_in(tmp_path))
    assert isinstance(asyncio.run(store.get_or_create_tracker("me")), RedactingTracker)
