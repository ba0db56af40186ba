"""Numbers are counted with the events, once, moved on with conversations, and stay after them."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered

from channels import counts
from channels.conversation_store import RedactingSQLTrackerStore, forget_conversation
from channels.counting import PAUSE_SECONDS, Standing, counted, create
from channels.counts import Figure, Increments, day_of
from channels.inbox.database import SqliteFile
from channels.website.records import Records
from scripts.console import ROOT
from tests.actions.actor import INTENTS, RULES, Actor
from tests.channels.inbox.postgres import missing, running_postgres

NOON = time.mktime((2026, 11, 29, 12, 0, 0, 0, 0, -1))
DAY = 20261129


@dataclass
class Person:
    """Somebody whose conversation with the actions is counted."""

    actor: Actor = field(default_factory=Actor)
    now: float = NOON
    standing: Standing | None = None
    numbers: Increments = field(default_factory=Increments)

    def send(self, intent: str, text: str | None = None, **more: Any) -> list[Event]:
        """Sends a message; returns its events, which are counted."""
        before = dict(self.actor.slots)
        message = self.actor.send(intent, text, **more)
        action = "action_follow_conversation" if more.get("acts") else RULES[intent]
        events = turn(intent, action, message, self.now, more.get("acts", ()))
        changed = [name for name, v in self.actor.slots.items() if v != before.get(name)]
        events += [SlotSet(name, self.actor.slots[name]) for name in changed]
        self.standing, found = counted(self.standing, events, INTENTS, 0.3)
        if self.standing:
            self.standing = Standing.from_json(self.standing.to_json())
        self.numbers.update(found)
        return events

    def number(self, figure: Figure, what: str = "", detail: str = "") -> int:
        return sum(
            count
            for (name, _, _, *names), count in self.numbers.items()
            if (name, *names) == (figure.value, what, detail)
        )

    def numbers_of(self, figure: Figure) -> dict[str, int]:
        found: Counter[str] = Counter()
        for (name, _, _, what, detail), count in self.numbers.items():
            if name == figure.value:
                found[f"{what} {detail}".strip()] += count
        return {name: count for name, count in found.items() if count}


def turn(
    intent: str, action: str, says: dict[str, Any], now: float = NOON, acts: Any = ()
) -> list[Event]:
    parsed = {"intent": {"name": intent}, "acts": list(acts)}
    return [
        UserUttered("x", {"name": intent}, [], parsed, now, "website"),
        ActionExecuted(action),
        BotUttered("y", {}, says),
    ]


def begun(way: str = "phone") -> Person:
    """Somebody at the first step of a guide."""
    person = Person()
    person.send(f"recover_by_{way}")
    return person


def test_a_guide_is_a_funnel() -> None:
    person = begun()
    person.send("next_step")
    person.send("next_step")
    person.send("previous_step")
    assert person.numbers_of(Figure.REACHED) == {"phone 1": 1, "phone 2": 1, "phone 3": 1}
    assert person.numbers_of(Figure.LAST) == {"phone 2": 1}
    assert person.numbers_of(Figure.ENDED) == {"guide": 1}
    person.send("recover_by_face")
    assert person.numbers_of(Figure.LAST) == {"phone 2": 1, "face 2": 1}
    person.send("go_to_step", entities={"step_number": "7"})
    assert person.numbers_of(Figure.LAST) == {"phone 2": 1, "face 7": 1}
    assert person.number(Figure.REACHED, "face", "4") == 1


def test_only_the_persons_word_solves() -> None:
    person = begun()
    person.send("go_to_step", entities={"step_number": "9"})
    person.send("next_step")  # is asked whether it works
    assert person.number(Figure.ENDED, "solved") == 0
    person.send("affirm")
    assert person.numbers_of(Figure.ENDED) == {"solved": 1}
    assert person.numbers_of(Figure.LAST) == {"phone solved": 1}
    person.send("thank")
    person.send("password_safety")
    assert person.numbers_of(Figure.ENDED) == {"solved": 1}
    person.send("code_not_received")
    assert person.numbers_of(Figure.ENDED) == {"trouble": 1}


def test_what_was_asked_at_a_step_belongs_to_it() -> None:
    person = begun()
    person.send("next_step")
    person.send("affirm", acts=["ask:cost"])
    person.send("explain_liaison")
    person.send("stuck_at_step")
    person.send("nlu_fallback", "蓝莓松饼")
    assert person.numbers_of(Figure.ASKED_AT) == {
        "phone 2 ask:cost": 1,
        "phone 2 explain_liaison": 1,
        "phone 2 stuck": 1,
        "phone 2 not_understood": 1,
    }


def test_a_trouble_counts_its_causes_and_what_helped() -> None:
    person = Person()
    person.send("code_not_received")
    person.send("not_resolved")
    person.send("not_resolved")
    person.send("resolved")
    assert person.numbers_of(Figure.TROUBLES) == {"code_not_received": 1}
    assert person.numbers_of(Figure.CAUSES) == {
        "code_not_received 手机号填错了": 1,
        "code_not_received 短信被拦截了": 1,
        "code_not_received 网络不好": 1,
    }
    assert person.numbers_of(Figure.HELPED) == {"code_not_received 网络不好": 1}
    assert person.numbers_of(Figure.ENDED) == {"guide": 1}  # it goes on where the code is typed


def test_after_the_list_of_all_causes_nobody_knows_which_helped() -> None:
    person = Person()
    person.send("account_locked")
    person.send("not_resolved", entities={"extent": "all"})
    person.send("resolved")
    assert person.numbers_of(Figure.HELPED) == {"account_locked": 1}


def test_what_was_left_or_ran_out_has_not_helped() -> None:
    person = Person()
    person.send("code_not_received")
    for _ in range(5):
        person.send("not_resolved")
    assert person.number(Figure.CAUSES, "code_not_received", "这个号码没有绑定") == 1
    assert person.numbers_of(Figure.HELPED) == {}
    person.send("face_failed")
    person.send("x", acts=["correct"])
    assert person.numbers_of(Figure.HELPED) == {}


def test_a_place_and_a_handoff_are_counted_once() -> None:
    person = Person()
    person.send("inform_region", entities={"region": "杭州余杭"})
    person.send("contact_bureau")
    person.send("human_agent")
    person.send("human_agent")
    assert person.numbers_of(Figure.BUREAUS) == {"330110": 1}
    assert person.numbers_of(Figure.HANDOFFS) == {"330110 asked": 1}
    assert person.numbers_of(Figure.ENDED) == {"bureau": 1}


def test_topics_are_counted_once_and_only_those_of_the_assistant() -> None:
    person = Person()
    for intent in ("greet", "password_rules", "password_rules", "affirm"):
        person.send(intent)
    person.send("affirm", acts=["ask:rules", "ask:cost", "yes", "fact:number=gone"])
    person.send("affirm", acts=["local:parking_2", "local:张三", "ask:no such"])
    events = turn("张三的身份证", "action_answer_question", {"blocks": []})
    _, found = counted(None, events, INTENTS)
    assert {key[3] for key in found if key[0] == Figure.WANTED.value} == set()
    assert person.numbers_of(Figure.WANTED) == {
        "password_rules": 1,
        "ask:cost": 1,
        "local:parking_2": 1,
    }


def test_what_was_not_understood_is_counted_by_how() -> None:
    person = Person()
    person.send("nlu_fallback", "呃呃呃呃呃呃呃呃呃呃呃呃呃呃")
    person.send("out_of_scope", "今天天气怎么样")
    ranking = [{"name": name, "confidence": 0.4} for name in ("face_failed", "avoid_face")]
    person.actor.slots["fallback_count"] = 0
    person.send("nlu_fallback", "人脸那个东西到底能不能不弄了啊", ranking=ranking)
    found = person.numbers_of(Figure.NOT_UNDERSTOOD)
    assert found == {"nothing": 1, "out_of_scope": 1, "asked_back": 1}
    assert person.numbers_of(Figure.MESSAGES) == {"": 3}
    assert person.numbers_of(Figure.ANSWER_SECONDS) == {"0.5": 3}


def test_who_only_opens_the_chat_is_no_conversation() -> None:
    events = turn("greet", "action_reply_chitchat", {"blocks": []})
    events[0] = UserUttered("/greet", {"name": "greet"}, input_channel="website")
    assert counted(None, events, INTENTS) == (None, Increments())
    assert counted(None, events[1:], INTENTS) == (None, Increments())


def test_who_comes_again_after_a_pause_begins_another_conversation() -> None:
    person = begun()
    person.now += PAUSE_SECONDS - 1
    person.send("next_step")
    assert person.numbers_of(Figure.CONVERSATIONS) == {"": 1}
    assert {key[1] for key in person.numbers if key[0] == Figure.REACHED.value} == {DAY}
    person.now += PAUSE_SECONDS + 1
    person.send("next_step")
    assert person.numbers_of(Figure.CONVERSATIONS) == {"": 2}
    assert person.numbers_of(Figure.LAST) == {"phone 2": 1, "phone 3": 1}
    assert (Figure.CONVERSATIONS.value, day_of(person.now), "website", "", "") in person.numbers


def test_no_text_of_a_person_gets_into_the_numbers_or_beside_them() -> None:
    person = Person()
    secret = "芝麻开门"
    for intent in ("code_not_received", "nlu_fallback", "password_rules", "recover_by_phone"):
        person.send(intent, secret, entities={"region": secret})
    assert person.standing is not None
    assert secret not in f"{person.numbers}{person.standing.to_json()}"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    if missing():
        pytest.skip(f"numbers in PostgreSQL were not tested: {missing()}")
    with running_postgres() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RedactingSQLTrackerStore]:
    domain = Domain.from_dict({"intents": INTENTS})
    if request.param == "sqlite":
        made = RedactingSQLTrackerStore(domain, db=str(tmp_path / "conversations.db"))
    else:
        url = request.getfixturevalue("postgres")
        made = RedactingSQLTrackerStore(domain, dialect="postgresql", host=url)
    with made.engine.begin() as connection:
        for table in ("counts", "standings", "events"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
    yield made
    made.engine.dispose()


def rows(store: RedactingSQLTrackerStore, query: str) -> list[tuple[Any, ...]]:
    with store.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def say(store: RedactingSQLTrackerStore, name: str, events: list[Event]) -> None:
    async def go() -> None:
        tracker = await store.get_or_create_tracker(name)
        for event in events:
            tracker.update(event)
        await store.save(tracker)

    asyncio.run(go())


def test_numbers_stay_when_a_conversation_is_deleted(store: RedactingSQLTrackerStore) -> None:
    events = [
        *turn("recover_by_phone", "action_start_guide", {"blocks": []}),
        SlotSet("guide", {"way": "phone", "step": 1}),
    ]
    for name in ("website-a", "website-b"):
        say(store, name, events)
    say(
        store,
        "website-a",
        [*turn("next_step", "x", {}), SlotSet("guide", {"way": "phone", "step": 2})],
    )
    found = "SELECT period, what, detail, count FROM counts WHERE figure = 'last' ORDER BY 1, 3"
    numbers = [
        *((202611, "phone", step, 1) for step in "12"),
        *((DAY, "phone", step, 1) for step in "12"),
    ]
    assert rows(store, found) == numbers
    asyncio.run(forget_conversation(store, "website-a"))
    assert rows(store, "SELECT sender_id FROM standings") == [("website-b",)]
    asyncio.run(store.delete_outdated("website-", time.time() + 1))
    assert rows(store, "SELECT sender_id FROM standings") == []
    assert rows(store, found) == numbers
    kept = str(rows(store, "SELECT * FROM counts"))
    assert "website-a" not in kept


def test_what_is_not_kept_is_not_counted(
    store: RedactingSQLTrackerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = turn("password_rules", "action_answer_question", {"blocks": []})

    async def go() -> None:
        tracker = await store.get_or_create_tracker("me")
        for event in events:
            tracker.update(event)
        with monkeypatch.context() as patched:
            patched.setattr(counts, "add", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await store.save(tracker)
        await store.save(tracker)
        await store.save(tracker)

    asyncio.run(go())
    found = "SELECT count FROM counts WHERE figure = 'messages'"
    assert rows(store, found) == [(1,), (1,)]  # of the day and of the month
    assert rows(store, "SELECT count(*) FROM events WHERE type_name = 'user'") == [(1,)]


def test_an_event_of_an_odd_shape_costs_no_answer(
    store: RedactingSQLTrackerStore, caplog: pytest.LogCaptureFixture
) -> None:
    say(store, "me", [*turn("next_step", "x", {}), SlotSet("guide", ["芝麻开门"])])
    assert rows(store, "SELECT count(*) FROM events WHERE type_name = 'user'") == [(1,)]
    assert "could not be counted: AttributeError" in caplog.text
    assert "芝麻开门" not in caplog.text


def test_two_workers_count_at_once_and_nothing_is_lost(postgres: str) -> None:
    engines = [sa.create_engine(postgres) for _ in range(2)]
    errors: list[Exception] = []
    for engine in engines:
        create(engine)

    def work(number: int) -> None:
        rng = random.Random(number)
        try:
            for _ in range(60):
                found = Increments()
                for what in rng.sample("abcdefghijklmnopqrstuvwxyz", 20):
                    found.count(Figure.WANTED, DAY, "rest", what)
                with engines[number].begin() as connection:
                    counts.add(connection, found)
        except Exception as error:  # a deadlock would be one
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with engines[0].connect() as connection:
        query = "SELECT SUM(count) FROM counts WHERE channel = 'rest' AND period = 202611"
        assert connection.execute(sa.text(query)).scalar() == 2 * 60 * 20
    for engine in engines:
        engine.dispose()


def test_a_judgement_that_is_changed_moves(tmp_path: Path) -> None:
    records = Records(SqliteFile(tmp_path / "website.db"))
    records.add_conversation("a")
    records.database.lock("a")
    request = records.add_request("a", "r", "text", "text")
    assert request
    records.mark_done([request], [{"text": "y", "buttons": []}])
    for helpful in (True, True, False):
        assert records.rate("a", 2, helpful, "word")
    assert not records.rate("a", 3, True, "")
    with records.database.reading() as connection:
        found = connection.execute(
            sa.text("SELECT what, sum(count) FROM counts GROUP BY what ORDER BY what")
        ).all()
    assert [tuple(row) for row in found] == [("no", 2), ("yes", 0)]  # of day and month
    records.close()


def test_processes_that_start_at_once_on_one_file_make_the_tables_once(tmp_path: Path) -> None:
    program = (
        "import sys, sqlalchemy as sa\n"
        "from channels import counting, unclear\n"
        "sys.stdin.readline()\n"
        "for name in sys.argv[1:]:\n"
        "    engine = sa.create_engine(f'sqlite:///{name}')\n"
        "    counting.create(engine)\n"
        "    unclear.create_tables(engine)\n"
    )
    files = [str(tmp_path / f"{number}.db") for number in range(10)]
    command = [sys.executable, "-W", "ignore", "-c", program, *files]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
        for _ in range(3)
    ]
    for process in started:
        assert process.stdin
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in started:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
