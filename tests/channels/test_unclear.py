"""Which messages are kept as not understood, with their conversation and no longer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from channels.conversation_store import (
    RedactingSQLTrackerStore,
    forget_conversation,
    forget_outdated,
    note_rating,
)
from channels.unclear import (
    LEFT_SECONDS,
    TABLES,
    UNCLEAR,
    VECTORS,
    Reason,
    U,
    UnclearMessage,
    create_tables,
    is_visible,
    keep_turn,
)
from tests.channels.inbox.postgres import Postgres, missing, running_postgres
from tests.operators.unclear_messages import DAY, DOMAIN, NOT_CAUGHT, Speaker, paragraphs

FELL_BACK, ASKED_BACK, DECLINED = Reason.FELL_BACK, Reason.ASKED_BACK, Reason.DECLINED
LEFT, RATED_DOWN = Reason.LEFT, Reason.RATED_DOWN


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    if missing():
        pytest.skip(missing())
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def speaker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Speaker]:
    if request.param == "sqlite":
        store = RedactingSQLTrackerStore(DOMAIN, db=str(tmp_path / "conversations.db"))
    else:
        url = request.getfixturevalue("postgres").url
        store = RedactingSQLTrackerStore(DOMAIN, dialect="postgresql", host=url)
        with store.engine.begin() as connection:
            for table in ("events", "checkpoints", "unclear", "unclear_vectors"):
                connection.execute(sa.text(f"DELETE FROM {table}"))
    yield Speaker(store)
    store.engine.dispose()


def rows(speaker: Speaker, *conditions: Any) -> list[Any]:
    with speaker.store.engine.begin() as connection:
        found: list[Any] = connection.execute(
            sa.select(UNCLEAR).where(*conditions).order_by(U.id)
        ).all()
    return found


def reasons(speaker: Speaker) -> list[Reason]:
    return [Reason(row.reasons) for row in rows(speaker)]


STEP = [{"type": "step", "way": "phone", "number": 1}]
SLOTS = {"fallback_count": 1}


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ({"slots": {"fallback_count": 1}}, FELL_BACK | LEFT),
        ({"slots": {"fallback_count": 2, "pending_question": "step"}}, FELL_BACK | LEFT),
        ({"slots": {"fallback_count": 1, "pending_question": "meaning"}}, ASKED_BACK | LEFT),
        ({"slots": {"fallback_count": 1}, "action": "action_decline_topic"}, DECLINED | LEFT),
        # The same would have been said again, which was admitted.
        ({"slots": {"said": "0123456789ab 1"}}, FELL_BACK | LEFT),
        ({"slots": {"said": "0123456789ab", "fallback_count": 0}}, LEFT),
        # It only asks, or acknowledges, or leaves something aside.
        ({}, LEFT),
        ({"acts": ["off_topic"]}, LEFT),
        ({"acts": ["fact:number=gone"]}, LEFT),
        ({"acts": ["ask:unknown"]}, LEFT),
        # It has an outcome.
        ({"blocks": STEP}, None),
        ({"blocks": [*paragraphs("x"), {"type": "bureau", "place": "x"}]}, None),
        ({"blocks": [{"type": "paragraph", "text": "x", "tone": "success"}]}, None),
        ({"blocks": [{"type": "paragraph", "text": "x", "progress": {"number": 2}}]}, None),
        ({"acts": ["ask:tablet"]}, None),
        ({"action": "action_answer_question"}, None),
        ({"action": "action_stop"}, None),
        # The message says nothing by itself.
        ({"acts": ["yes"]}, None),
        ({"acts": ["thanks", "go_to:6"]}, None),
        ({"text": "嗯嗯好"}, None),
        ({"text": "/deny"}, None),
        ({"text": "/deny", "slots": SLOTS}, None),
        ({"text": "？？！", "slots": SLOTS}, None),
        ({"metadata": {"picture": {}}, "slots": SLOTS}, None),
    ],
)
def test_what_is_kept_and_why(tmp_path: Path, turn: dict[str, Any], expected: Any) -> None:
    store = RedactingSQLTrackerStore(DOMAIN, db=str(tmp_path / "conversations.db"))
    speaker = Speaker(store)
    speaker.turn(**{"text": "平板能弄不", **turn})
    assert reasons(speaker) == ([] if expected is None else [expected])
    store.engine.dispose()


def test_a_message_is_kept_with_what_was_answered(speaker: Speaker) -> None:
    speaker.turn("我的密码是Abc12345，平板能弄不", "听\n不懂" * 200, slots=SLOTS)
    (row,) = rows(speaker)
    assert row.text == "我的密码是[hidden:password]，平板能弄不"
    assert row.answer.startswith("听\n不懂") and len(row.answer) == 500
    assert row.intent == "device_changed"
    assert time.time() - DAY - 60 < row.time < time.time() - DAY + 60
    assert (row.group_id, row.decision) == (None, None)


def test_what_a_database_refuses_loses_no_turn(speaker: Speaker) -> None:
    speaker.turn("平板\0能弄\ud800不", "听\0不\udfff懂", slots=SLOTS)
    (row,) = rows(speaker)
    assert (row.text, row.answer) == ("平板能弄?不", "听不?懂")
    message = UnclearMessage("me", "长" * 300, time.time(), "x", "y", "z" * 300, FELL_BACK)
    with speaker.store.session_scope() as session:
        keep_turn(session, message)
        keep_turn(session, message)
        session.commit()
    assert len(rows(speaker)) == 2


def test_what_is_nothing_but_a_secret_is_not_kept(speaker: Speaker) -> None:
    speaker.turn("密码是Abc12345", slots=SLOTS)
    speaker.turn("13812345678", slots=SLOTS)
    assert [row.text for row in rows(speaker)] == ["密码是[hidden:password]"]


def test_who_goes_on_within_an_hour_has_not_left(speaker: Speaker) -> None:
    sender = speaker.turn("平板能弄不", slots=SLOTS, ago=DAY)
    speaker.turn("在电脑上弄行不行呢", sender=sender, ago=DAY - LEFT_SECONDS + 1)
    assert reasons(speaker) == [FELL_BACK, LEFT]
    # A click is a message, too; what was kept only for this reason is kept no longer.
    speaker.turn("/affirm", blocks=STEP, sender=sender, ago=DAY - 2 * LEFT_SECONDS + 10)
    assert reasons(speaker) == [FELL_BACK]


def test_who_comes_back_later_has_left(speaker: Speaker) -> None:
    sender = speaker.turn("平板能弄不", slots=SLOTS, ago=DAY)
    speaker.turn("在吗在吗", sender=sender, acts=["greet"], ago=DAY - LEFT_SECONDS - 1)
    assert reasons(speaker) == [FELL_BACK | LEFT]


def test_whether_somebody_has_left_is_not_known_at_once(speaker: Speaker) -> None:
    speaker.turn("在电脑上弄行不行呢", ago=LEFT_SECONDS - 60)
    speaker.turn("平板能弄不", slots=SLOTS, ago=10)
    assert [row.text for row in rows(speaker, is_visible())] == ["平板能弄不"]
    later = time.time() + 61
    assert len(rows(speaker, is_visible(later))) == 2


def rate(speaker: Speaker, sender: str, message_id: str, helpful: bool) -> None:
    message = UnclearMessage(
        sender, message_id, time.time(), "刷脸多久", "先看看光线。", "", Reason(0)
    )
    asyncio.run(note_rating(speaker.store, message, helpful))


def test_a_thumbs_down_keeps_a_message(speaker: Speaker) -> None:
    sender = speaker.turn("刷脸多久", blocks=STEP)
    rate(speaker, sender, "its id", True)
    assert reasons(speaker) == []
    rate(speaker, sender, "its id", False)
    rate(speaker, sender, "its id", False)
    (row,) = rows(speaker)
    assert (row.text, row.answer, row.reasons) == ("刷脸多久", "先看看光线。", RATED_DOWN)
    rate(speaker, sender, "its id", True)
    assert reasons(speaker) == []


def test_a_thumbs_down_is_one_more_reason(speaker: Speaker) -> None:
    sender = speaker.turn("刷脸多久", slots=SLOTS)
    (row,) = rows(speaker)
    rate(speaker, sender, row.message_id, False)
    assert reasons(speaker) == [FELL_BACK | LEFT | RATED_DOWN]
    rate(speaker, sender, row.message_id, True)
    assert reasons(speaker) == [FELL_BACK | LEFT]


def test_a_thumbs_down_that_comes_after_the_deletion_keeps_nothing(speaker: Speaker) -> None:
    sender = speaker.turn("刷脸多久", blocks=STEP)
    asyncio.run(forget_conversation(speaker.store, sender))
    rate(speaker, sender, "its id", False)
    assert rows(speaker) == []


def vectors(speaker: Speaker) -> list[int]:
    with speaker.store.engine.begin() as connection:
        return sorted(connection.execute(sa.select(VECTORS.c.unclear_id)).scalars())


def test_it_is_deleted_with_its_conversation(speaker: Speaker) -> None:
    gone, kept = speaker.not_understood("平板能弄不", "刷脸多久")
    with speaker.store.engine.begin() as connection:
        for row in connection.execute(sa.select(U.id)).scalars().all():
            connection.execute(VECTORS.insert(), {"unclear_id": row, "vector": b"x"})
    asyncio.run(forget_conversation(speaker.store, gone))
    (row,) = rows(speaker)
    assert row.sender_id == kept
    assert vectors(speaker) == [row.id]


def test_it_is_deleted_with_conversations_that_are_old(speaker: Speaker) -> None:
    _old, goes_on = speaker.not_understood("平板能弄不", "刷脸多久", ago=10 * DAY)
    speaker.turn("下一步", blocks=STEP, sender=goes_on, ago=DAY)
    asyncio.run(forget_outdated(speaker.store, "website-", time.time() - 5 * DAY))
    assert [row.sender_id for row in rows(speaker)] == [goes_on]
    asyncio.run(forget_outdated(speaker.store, "website-", time.time()))
    assert rows(speaker) == []


def test_a_message_that_is_asked_again_after_a_kill_is_there_once(speaker: Speaker) -> None:
    message = UnclearMessage("me", "its id", time.time(), "平板能弄不", NOT_CAUGHT, "", FELL_BACK)
    for reason in (FELL_BACK, LEFT):
        with speaker.store.session_scope() as session:
            keep_turn(session, replace(message, reasons=reason))
            session.commit()
    assert reasons(speaker) == [FELL_BACK | LEFT]


def test_the_tables_are_made_once_by_the_first_that_comes(speaker: Speaker) -> None:
    speaker.not_understood("平板能弄不")
    create_tables(speaker.store.engine)
    assert len(rows(speaker)) == 1


def test_a_turn_asks_little_more_of_the_database(tmp_path: Path) -> None:
    store = RedactingSQLTrackerStore(DOMAIN, db=str(tmp_path / "conversations.db"))
    speaker = Speaker(store)
    sender = speaker.turn("平板能弄不", blocks=STEP)
    statements: list[str] = []

    def note(_c: Any, _u: Any, statement: str, _v: Any, _x: Any, _m: Any) -> None:
        if "unclear" in statement:
            statements.append(statement.split()[0])

    sa.event.listen(store.engine, "before_cursor_execute", note)
    speaker.turn("下一步", blocks=STEP, sender=sender)
    assert statements == ["SELECT"]
    statements.clear()
    speaker.turn("平板能弄不", slots=SLOTS, sender=sender)
    assert statements == ["SELECT", "SELECT", "INSERT"]
    store.engine.dispose()


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_of_workers_that_start_at_once_one_makes_the_tables() -> None:
    with running_postgres() as server:
        engines = [sa.create_engine(server.url) for _ in range(8)]
        for _ in range(5):
            TABLES.drop_all(engines[0])
            with ThreadPoolExecutor(len(engines)) as pool:
                list(pool.map(create_tables, engines))
        for engine in engines:
            engine.dispose()
