"""No message doubled, none lost, none out of turn; somebody else in Rasa's place."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from sqlalchemy.exc import OperationalError

from channels.conversation_store import RedactingSQLTrackerStore
from channels.inbox import following
from channels.turns import TURNS
from channels.website import message_handler
from channels.website.records import Records
from tests.channels.website.client import Client
from tests.channels.website.small_server import echo, small_server


def test_a_repeated_id_is_answered_from_the_store(tmp_path: Path) -> None:
    heard = []

    async def listen(message: UserMessage) -> None:
        heard.append(message.text)
        await echo(message)

    with small_server(tmp_path, listen) as url:
        client = Client(url)
        first = client.send(id="one", text="你好").json()
        answer = client.answer_to("one")
        again = client.send(id="one", text="你好").json()
        assert again == {**first, "repeated": True}
    with small_server(tmp_path, listen) as url:  # also after a restart
        client = Client(url, client.token)
        assert client.send(id="one", text="你好").json()["repeated"]
        assert client.answer_to("one") == answer
        assert [line["from"] for line in client.history()] == ["person", "assistant"]
    assert heard == ["你好"]


def test_a_double_click_counts_once(tmp_path: Path) -> None:
    async def slow(message: UserMessage) -> None:
        await asyncio.sleep(0.3)
        await echo(message)

    with small_server(tmp_path, slow) as url:
        client = Client(url)
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda _: client.send(id="same", text="你好"), range(8)))
        assert {reply.status_code for reply in replies} == {200}
        client.answer_to("same")
        assert len(client.history()) == 2


def test_messages_of_a_session_keep_their_order(tmp_path: Path) -> None:
    async def hasty(message: UserMessage) -> None:
        await asyncio.sleep(0.3 if message.text == "0" else 0.01)
        await echo(message)

    with small_server(tmp_path, hasty) as url:
        client = Client(url)
        client.greet()
        for number in range(6):  # clicks between them, or texts would be read together
            client.send(id=f"m{number}", text=str(number))
            client.send(id=f"c{number}", payload="/next_step")
        client.answer_to("c5")
        answers = [line["text"] for line in client.history() if line["from"] == "assistant"]
        expected = [value for n in range(6) for value in (f"听到：{n}", "听到：/next_step")]
        assert answers == ["听到：/greet", *expected]


def test_two_tabs_see_the_same(tmp_path: Path) -> None:
    with small_server(tmp_path) as url:
        one = Client(url)
        two = Client(url, one.token)
        seen: dict[str, list[Any]] = {"one": [], "two": []}

        def watch(name: str, client: Client) -> None:
            for kind, data in client.listen():
                if kind == "message":
                    seen[name].append(data)
                if len(seen[name]) == 4:
                    return

        watchers = [
            threading.Thread(target=watch, args=value, daemon=True)
            for value in (("one", one), ("two", two))
        ]
        for watcher in watchers:
            watcher.start()
        one.say("从左边")
        two.say("从右边")
        for watcher in watchers:
            watcher.join(20)
        assert seen["one"] == seen["two"] == one.history()


def test_what_was_open_at_a_kill_is_answered_after_the_restart(tmp_path: Path) -> None:
    async def never(_: UserMessage) -> None:
        await asyncio.sleep(60)

    with small_server(tmp_path, never) as url:
        client = Client(url)
        client.send(id="m1", text="第一条")
        client.send(id="m2", text="第二条")
    with small_server(tmp_path) as url:
        client = Client(url, client.token)
        assert client.answer_to("m2")["text"] == "听到：第二条"
        texts = [line["text"] for line in client.history()]
        assert texts == ["第一条", "第二条", "听到：第一条", "听到：第二条"]


def test_what_rasa_had_answered_before_the_kill_is_not_asked_again(tmp_path: Path) -> None:
    async def never(_: UserMessage) -> None:
        await asyncio.sleep(60)

    with small_server(tmp_path, never) as url:
        client = Client(url)
        client.send(id="m1", text="第一条")
    with sqlite3.connect(tmp_path / "website.db") as database:
        [(conversation_id,)] = database.execute("SELECT id FROM conversations")

    async def answer_in_tracker() -> None:
        store = RedactingSQLTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))
        tracker = await store.get_or_create_tracker(conversation_id)
        tracker.update(UserUttered("第一条", message_id="m1"))
        tracker.update(
            BotUttered("已经答过", {"buttons": []}, {"blocks": [{"type": "note", "text": "便条"}]})
        )
        await store.save(tracker)

    asyncio.run(answer_in_tracker())
    with small_server(tmp_path) as url:
        answer = Client(url, client.token).answer_to("m1")
        assert answer["text"] == "已经答过"
        assert answer["blocks"] == [{"type": "note", "text": "便条"}]


def test_an_error_is_an_apology_and_no_text_is_logged(tmp_path: Path, caplog: Any) -> None:
    async def fail(message: UserMessage) -> None:
        raise ValueError(message.text)

    async def silent(_: UserMessage) -> None:
        return None

    for name, speaker in (("a", fail), ("b", silent)):
        (tmp_path / name).mkdir()
        with small_server(tmp_path / name, speaker) as url:
            answer = Client(url).say("我的事情")
            assert "12345" in answer["text"]
            assert answer["buttons"]
    assert "我的事情" not in caplog.text


def test_an_error_of_ours_is_said_in_chinese_and_without_texts(
    tmp_path: Path, caplog: Any, monkeypatch: Any
) -> None:
    def fail(*values: Any) -> None:
        raise RuntimeError(f"disk full {values}")

    with small_server(tmp_path) as url:
        client = Client(url)
        monkeypatch.setattr(Records, "add_request", fail)
        answer = client.send(text="我的事情")
        assert answer.status_code == 500
        assert answer.json()["error"] == "broken"
        assert answer.json()["message"][0] > "\u4e00"
    assert "RuntimeError" in caplog.text
    assert "我的事情" not in caplog.text


def test_who_waits_too_long_is_told(tmp_path: Path) -> None:
    async def never(_: UserMessage) -> None:
        await asyncio.sleep(60)

    with small_server(tmp_path, never, answer_seconds=0.2) as url:
        assert "12345" in Client(url).say("在吗")["text"]


def test_a_stream_begins_with_a_sign_of_life(tmp_path: Path) -> None:
    with small_server(tmp_path) as url:
        client = Client(url)
        began = time.monotonic()
        with client.call("GET", "/events", stream=True) as stream:
            assert next(stream.iter_content(1)) == b":"
            assert time.monotonic() - began < 5  # the heartbeat comes after 15 s


def test_the_oldest_of_too_many_streams_is_told_that_it_was_replaced(tmp_path: Path) -> None:
    assert message_handler.MAX_STREAMS < 6  # a browser's connections to one host over HTTP/1.1
    with small_server(tmp_path) as url:
        client = Client(url)
        client.greet()
        streams = [client.listen() for _ in range(message_handler.MAX_STREAMS + 1)]
        for stream in streams:
            assert next(stream)[0] == "message"
        assert next(streams[0]) == ("replaced", {})
        assert next(streams[0], None) is None
        client.say("还在")
        for stream in streams[1:]:
            assert next(stream)[1]["text"] == "还在"


def test_what_a_full_disk_has_left_is_answered_without_another_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.1)
    is_full, kept = threading.Event(), Records.mark_done
    is_full.set()

    def fails(self: Records, *arguments: Any) -> None:
        if is_full.is_set():
            raise OperationalError("UPDATE", {}, OSError("database or disk is full"))
        kept(self, *arguments)

    monkeypatch.setattr(Records, "mark_done", fails)
    heard = []

    async def listen(message: UserMessage) -> None:
        heard.append(message.text)
        await echo(message)

    with small_server(tmp_path, listen) as url:
        client = Client(url)
        assert client.send(id="one", text="你好").status_code == 200
        end = time.monotonic() + 20
        while len(heard) < 2:  # it was tried once more, in vain
            assert time.monotonic() < end
            time.sleep(0.02)
        is_full.clear()
        database = sqlite3.connect(tmp_path / "website.db")
        while database.execute("SELECT state FROM requests").fetchall() != [(2,)]:
            assert time.monotonic() < end
            time.sleep(0.02)
        database.close()
        assert client.answer_to("one")["text"] == "听到：你好"


def test_who_comes_while_too_many_wait_is_refused_in_words_and_taken_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_server(tmp_path) as url:
        client = Client(url)
        client.send(id="one", text="你好")
        client.answer_to("one")
        monkeypatch.setattr(TURNS, "wait", lambda: 7)
        refused = client.send(id="two", text="在吗")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
        assert refused.json()["error"] == "busy"
        assert "7 秒" in refused.json()["message"]
        assert client.send(id="one", text="你好").json()["repeated"]  # it is answered already
        monkeypatch.undo()
        assert client.send(id="two", text="在吗").status_code == 200
        assert client.answer_to("two")["text"] == "听到：在吗"
