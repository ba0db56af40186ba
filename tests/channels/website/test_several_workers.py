"""Two workers in processes of their own on a real PostgreSQL: to a page, they are one."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from scripts.console import ROOT
from tests.channels.inbox.postgres import Postgres, missing, running_postgres
from tests.channels.website.client import BASE, Client

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


class Workers:
    """A PostgreSQL and the workers on it."""

    def __init__(self, folder: Path, postgres: Postgres, **settings: Any) -> None:
        self.folder = folder
        self.settings = json.dumps(settings)
        self.postgres = postgres
        self.running: list[tuple[subprocess.Popen[str], str]] = []

    def start(self, count: int) -> None:
        """Starts so many at once."""
        command = [sys.executable, "-m", "tests.channels.website.worker_program"]
        programs = [
            subprocess.Popen(
                [*command, str(self.folder), self.postgres.url, self.settings],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(count)
        ]
        for program in programs:
            assert program.stdout
            self.running.append((program, program.stdout.readline().strip()))

    def tabs(self) -> tuple[Client, Client]:
        """Returns two tabs of one session, at a worker each."""
        (_, one), (_, two) = self.running
        first = Client(one)
        return first, Client(two, first.token)

    def kill(self, number: int) -> None:
        """Kills one."""
        program, _ = self.running.pop(number)
        program.kill()
        program.communicate()

    def asked(self, text: str) -> int:
        """Returns how often Rasa was asked a text."""
        lines = (self.folder / "asked").read_text("utf-8").splitlines()
        return lines.count(text)

    def wait_until_asked(self, text: str) -> None:
        """Waits until Rasa was asked a text."""
        end = time.monotonic() + 20
        while not (self.folder / "asked").exists() or not self.asked(text):
            assert time.monotonic() < end
            time.sleep(0.02)


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    with running_postgres() as postgres:
        workers = Workers(tmp_path_factory.mktemp("workers"), postgres)
        workers.start(2)
        yield workers
        while workers.running:
            workers.kill(0)


def test_what_one_has_taken_in_the_other_knows(workers: Workers) -> None:
    one, two = workers.tabs()
    assert two.open(one.token)["token"] == one.token
    one.greet()
    answer = one.say("你好")
    assert two.history() == one.history()
    assert two.history(after=answer["seq"]) == []
    assert two.click("/next_step")["text"] == "听到：/next_step"
    assert two.send(payload="/never_offered").status_code == 403
    one.send(id="again", text="再问")
    assert two.send(id="again", text="再问").json()["repeated"]
    assert two.answer_to("again") == one.answer_to("again")
    assert workers.asked("再问") == 1
    rated = {"seq": answer["seq"], "helpful": True}
    assert two.call("POST", "/feedback", json=rated).status_code == 200
    assert next(m for m in one.history() if m["seq"] == answer["seq"])["helpful"] is True


def test_a_stream_tells_what_happens_at_the_other_at_once(workers: Workers) -> None:
    one, two = workers.tabs()
    one.greet()
    seen: list[tuple[str, Any, float]] = []
    typing = threading.Event()

    def watch() -> None:
        for kind, data in two.listen():
            seen.append((kind, data, time.time()))
            if (kind, data) == ("typing", {"on": True}):
                typing.set()
            if kind == "typing" and not data["on"] and typing.is_set():
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    while not seen:
        time.sleep(0.02)
    begun = time.time()
    one.send(text="慢 1")
    watcher.join(20)
    assert not watcher.is_alive()
    assert [data for kind, data, _ in seen if kind == "message"] == one.history()
    assert seen[-1][2] - begun < 2  # what is not heard is only looked for after 15 s


def test_two_tabs_at_two_workers_are_answered_once_and_in_order(workers: Workers) -> None:
    one, two = workers.tabs()
    one.greet()
    one.click("/next_step")
    asked = workers.asked("/next_step")

    def send(client: Client, name: str) -> None:
        for number in range(10):
            assert client.send(id=f"{name}{number}", payload="/next_step").status_code == 200

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(send, (one, two), ("one", "two")))
    one.answer_to("one9")
    two.answer_to("two9")
    lines = one.history()[3:]
    sent = [line["id"] for line in lines if line["from"] == "person"]
    answered = [line["reply_to"] for line in lines if line["from"] == "assistant"]
    assert sent == answered
    assert len(answered) == 20
    assert [line["seq"] for line in lines] == list(range(4, 44))
    assert workers.asked("/next_step") - asked == 20


def test_two_tabs_that_open_at_once_are_greeted_once(workers: Workers) -> None:
    for _ in range(5):
        tabs = workers.tabs()
        with ThreadPoolExecutor(2) as pool:
            replies = list(pool.map(lambda tab: tab.send(event="open"), tabs))
        assert {reply.status_code for reply in replies} == {200}
        end = time.monotonic() + 20
        while not tabs[0].history():
            assert time.monotonic() < end
            time.sleep(0.05)
        tabs[1].send(id="later", text="之后")
        tabs[1].answer_to("later")
        assert [line["from"] for line in tabs[1].history()] == ["assistant", "person", "assistant"]


def test_the_same_id_at_both_at_once_counts_once(workers: Workers) -> None:
    tabs = workers.tabs()
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: tabs[n % 2].send(id="same", text="同一条"), range(8)))
    assert {reply.status_code for reply in replies} == {200}
    tabs[0].answer_to("same")
    assert len(tabs[1].history()) == 2
    assert workers.asked("同一条") == 1


def test_what_is_deleted_at_one_is_not_answered_by_the_other(workers: Workers) -> None:
    one, two = workers.tabs()
    one.send(text="要删的 30")
    workers.wait_until_asked("要删的 30")
    begun = time.monotonic()
    assert two.call("DELETE", "/conversation").status_code == 200
    assert time.monotonic() - begun < 4  # it does not wait for the answer
    for client in (one, two):
        assert client.call("GET", "/history").status_code == 401


def test_after_the_database_was_away_everything_is_answered_once(workers: Workers) -> None:
    one, two = workers.tabs()
    one.send(id="before", text="之前 1")
    workers.wait_until_asked("之前 1")
    workers.postgres.stop()
    assert two.send(text="没有收下").status_code == 500
    workers.postgres.start()
    end = time.monotonic() + 10
    while two.send(id="after", text="之后").status_code != 200:
        assert time.monotonic() < end
    begun = time.monotonic()
    for client in (one, two):
        assert client.answer_to("before")
        assert client.answer_to("after")["text"] == "听到：之后"
    assert time.monotonic() - begun < 10
    texts = [line["text"] for line in one.history() if line["from"] == "person"]
    assert texts == ["之前 1", "之后"]


@pytest.mark.long
def test_one_person_may_write_as_often_however_many_workers_there_are(
    workers: Workers, tmp_path: Path
) -> None:
    with limited(workers, tmp_path, messages_per_minute=4) as some:
        one, two = some.tabs()
        replies = [tab.send(text="又一条") for tab in (one, two, one, two, one, two)]
        assert [reply.status_code for reply in replies] == [200] * 4 + [429] * 2
        refused = replies[-1].json()
        assert refused["error"] == "too_fast"
        assert 40 < refused["retry_after"] <= 60
        assert Client(two.url.removesuffix(BASE)).send(text="别人").status_code == 200


PROXIED: Any = {"trusted_proxies": ["127.0.0.1"], "address_header": "X-Forwarded-For"}


@pytest.mark.long
def test_one_address_may_ask_as_often_however_many_workers_there_are(
    workers: Workers, tmp_path: Path
) -> None:
    three = {
        "renewals_per_minute_per_address": 3,
        "sessions_per_minute_per_address": 5,
        "feedback_per_minute": 3,
        "deletions_per_minute_per_address": 3,
    }
    with limited(workers, tmp_path, **PROXIED, **three) as some:
        urls = [url for _, url in some.running]
        here, there = ({"X-Forwarded-For": f"203.0.113.{n}"} for n in (1, 2))
        one = Client(urls[0], **here)
        tabs = [one, Client(urls[1], one.token, **here)] * 2
        one.greet()
        asked: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("POST", "/session", {"json": {"token": one.token}}),
            ("POST", "/feedback", {"json": {"seq": 1, "helpful": True}}),
        )
        for method, path, more in asked:
            replies = [tab.call(method, path, **more).status_code for tab in tabs]
            assert replies == [200] * 3 + [429], path
        others = [Client(url, **here) for url in urls * 2]
        with pytest.raises(AssertionError):
            Client(urls[0], **here)  # the sixth session of this address
        gone = [client.call("DELETE", "/conversation").status_code for client in others]
        assert gone == [200, 200, 200, 429]
        assert Client(urls[1], **there).call("DELETE", "/conversation").status_code == 200


def test_an_address_has_so_many_streams_at_all_workers_and_gets_them_back_after_a_kill(
    workers: Workers, tmp_path: Path
) -> None:
    with limited(workers, tmp_path, streams_per_address=2) as some:
        tabs = some.tabs()

        def opens(tab: Client) -> requests.Response:
            return tab.call("GET", "/events", stream=True)

        with opens(tabs[0]) as first, opens(tabs[1]) as second:
            assert {first.status_code, second.status_code} == {200}
            assert [opens(tab).status_code for tab in tabs] == [429, 429]
            some.kill(0)
            assert opens(tabs[1]).status_code == 429  # for half a minute at most
            with some.postgres.connect() as database:
                database.execute("UPDATE held SET until = until - 30")
            end = time.monotonic() + 20
            while opens(tabs[1]).status_code != 200:
                assert time.monotonic() < end
                time.sleep(0.1)


@pytest.mark.long
def test_no_address_can_be_read_in_what_is_counted(workers: Workers, tmp_path: Path) -> None:
    with limited(workers, tmp_path) as some:
        one, _ = some.tabs()
        one.greet()
        with some.postgres.connect() as database:
            database.execute("SELECT key FROM rates")
            keys = [key for (key,) in database.fetchall()]
        assert len(keys) >= 4
        assert all(len(key) == 32 and "127.0" not in key for key in keys)


@contextlib.contextmanager
def limited(workers: Workers, folder: Path, **settings: Any) -> Iterator[Workers]:
    """Gives two workers more on the same database, with limits of their own."""
    some = Workers(folder, workers.postgres, **settings)
    some.start(2)
    try:
        yield some
    finally:
        while some.running:
            some.kill(0)


def test_what_a_killed_worker_has_begun_the_other_answers(workers: Workers) -> None:
    one, two = workers.tabs()
    one.send(id="begun", text="开始了 2")
    workers.wait_until_asked("开始了 2")
    one.send(id="waits", text="在等")
    workers.kill(0)
    begun = time.monotonic()
    assert two.answer_to("waits")["text"] == "听到：在等"
    assert time.monotonic() - begun < 10
    answers = [line["reply_to"] for line in two.history() if line["from"] == "assistant"]
    assert answers == ["begun", "waits"]
