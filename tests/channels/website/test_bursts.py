"""Texts that come within moments are one thought: read together, answered once, nothing lost."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered

from channels.bursts import MAX_TEXTS
from channels.conversation_store import RedactingSQLTrackerStore
from tests.channels.website.client import Client
from tests.channels.website.small_server import Speaker, echo, small_server

THOUGHT = ["在吗", "我那个", "密码忘了", "就是电子执照的"]


def listening(heard: list[str], slow: str = "") -> Speaker:
    """Returns somebody who notes what was asked, and needs a moment for one text."""

    async def speak(message: UserMessage) -> None:
        heard.append(message.text)
        if message.text == slow:
            await asyncio.sleep(0.5)
        await echo(message)

    return speak


def send_all(client: Client, texts: list[str]) -> list[str]:
    """Sends texts at once; returns their ids."""
    ids = [f"m{number}" for number in range(len(texts))]
    for id_, text in zip(ids, texts, strict=True):
        assert client.send(id=id_, text=text).status_code == 200
    return ids


def answers(client: Client) -> list[dict[str, Any]]:
    return [line for line in client.history() if line["from"] == "assistant"]


def test_texts_within_a_pause_are_asked_as_one_and_answered_once(tmp_path: Path) -> None:
    heard: list[str] = []
    with small_server(tmp_path, listening(heard), burst_seconds=0.5) as url:
        client = Client(url)
        ids = send_all(client, THOUGHT)
        answer = client.answer_to(ids[-1])
        assert answer["replies_to"] == ids
        assert [line["text"] for line in client.history()] == [*THOUGHT, answer["text"]]
        for id_, text in zip(ids, THOUGHT, strict=True):  # a lost confirmation: sent once more
            assert client.send(id=id_, text=text).json()["repeated"]
        time.sleep(0.7)
        assert heard == ["\n".join(THOUGHT)]
        assert answers(client) == [answer]


def test_what_comes_while_an_answer_is_on_its_way_is_read_together(tmp_path: Path) -> None:
    heard: list[str] = []
    with small_server(tmp_path, listening(heard, slow="在吗")) as url:
        client = Client(url)
        ids = send_all(client, THOUGHT)
        assert client.answer_to(ids[-1])["replies_to"] == ids[1:]
        assert client.answer_to(ids[0])["replies_to"] == ids[:1]
        assert heard == [THOUGHT[0], "\n".join(THOUGHT[1:])]


def test_a_whole_sentence_and_a_click_are_not_held_back(tmp_path: Path) -> None:
    heard: list[str] = []
    with small_server(tmp_path, listening(heard), burst_seconds=3) as url:
        client = Client(url)
        began = time.monotonic()
        client.say("电子营业执照的密码忘记了怎么办")
        client.click("/next_step")
        assert time.monotonic() - began < 1
        client.send(id="text", text="在吗")
        client.send(id="click", payload="/next_step")
        client.send(id="last", text="好了吗？")
        client.answer_to("last")
        assert time.monotonic() - began < 2  # the click has ended the wait of the text before it
        assert heard[2:] == ["在吗", "/next_step", "好了吗？"]


def test_a_long_burst_is_cut_and_nothing_is_lost(tmp_path: Path) -> None:
    heard: list[str] = []
    texts = [f"第{number}" for number in range(MAX_TEXTS + 2)]
    settings: dict[str, Any] = {"burst_seconds": 1, "messages_per_minute": 0}
    with small_server(tmp_path, listening(heard), **settings) as url:
        client = Client(url)
        ids = send_all(client, texts)
        assert client.answer_to(ids[-1])["replies_to"] == ids[MAX_TEXTS:]
        assert heard == ["\n".join(texts[:MAX_TEXTS]), "\n".join(texts[MAX_TEXTS:])]
    heard.clear()
    (tmp_path / "short").mkdir()
    long = ["一" * 60, "二" * 60, "三" * 60]
    with small_server(tmp_path / "short", listening(heard, "一" * 60), max_characters=121) as url:
        client = Client(url)
        ids = send_all(client, [*long, "四"])
        client.answer_to(ids[-1])
        assert heard == [long[0], "\n".join(long[1:]), "四"]


def test_a_kill_in_the_pause_loses_and_doubles_nothing(tmp_path: Path) -> None:
    heard: list[str] = []
    with small_server(tmp_path, listening(heard), burst_seconds=3) as url:
        client = Client(url)
        ids = send_all(client, THOUGHT)
        assert not heard
    with small_server(tmp_path, listening(heard), burst_seconds=3) as url:
        client = Client(url, client.token)
        assert client.answer_to(ids[-1])["replies_to"] == ids
        assert heard == ["\n".join(THOUGHT)]


async def never(_: UserMessage) -> None:
    """Does not answer before the kill."""
    await asyncio.sleep(60)


def test_a_burst_that_a_kill_cut_short_is_asked_again_as_it_was(tmp_path: Path) -> None:
    with small_server(tmp_path, never, burst_seconds=0.3) as url:
        client = Client(url)
        ids = send_all(client, THOUGHT[:3])
        time.sleep(0.6)
        client.send(id="later", text=THOUGHT[3])
    heard: list[str] = []
    with small_server(tmp_path, listening(heard)) as url:
        client = Client(url, client.token)
        assert client.answer_to("later")["replies_to"] == ["later"]
        assert client.answer_to(ids[-1])["replies_to"] == ids
        assert heard == ["\n".join(THOUGHT[:3]), THOUGHT[3]]


def test_what_rasa_had_answered_to_a_burst_before_the_kill_is_not_asked_again(
    tmp_path: Path,
) -> None:
    with small_server(tmp_path, never, burst_seconds=0.3) as url:
        client = Client(url)
        ids = send_all(client, THOUGHT)
        time.sleep(0.6)
    with sqlite3.connect(tmp_path / "website.db") as database:
        [(conversation_id,)] = database.execute("SELECT id FROM conversations")

    async def answer_in_tracker() -> None:
        store = RedactingSQLTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))
        tracker = await store.get_or_create_tracker(conversation_id)
        tracker.update(UserUttered("\n".join(THOUGHT), message_id=ids[-1]))
        tracker.update(BotUttered("已经答过", {"buttons": []}))
        await store.save(tracker)

    asyncio.run(answer_in_tracker())
    heard: list[str] = []
    with small_server(tmp_path, listening(heard)) as url:
        client = Client(url, client.token)
        assert client.answer_to(ids[-1])["text"] == "已经答过"
        assert len(answers(client)) == 1
        assert not heard


def test_an_error_is_one_apology_for_the_whole_burst(tmp_path: Path) -> None:
    async def fail(message: UserMessage) -> None:
        raise ValueError(message.text)

    with small_server(tmp_path, fail, burst_seconds=0.3) as url:
        client = Client(url)
        ids = send_all(client, THOUGHT)
        assert client.answer_to(ids[-1])["replies_to"] == ids
        time.sleep(0.3)
        assert len(answers(client)) == 1


def test_secrets_are_hidden_in_each_part_before_it_is_kept(tmp_path: Path) -> None:
    heard: list[str] = []
    with small_server(tmp_path, listening(heard), burst_seconds=0.5) as url:
        client = Client(url)
        ids = send_all(client, ["密码是", "芝麻开门", "登不上去"])
        client.answer_to(ids[-1])
        assert heard == ["密码是\n[hidden:password]\n登不上去"]
        client.say("新密码是")  # the memory goes on behind the burst
        client.say("西瓜开门")
        assert heard[-1] == "[hidden:password]"
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "芝麻开门".encode() not in kept


def test_a_conversation_that_is_deleted_in_the_pause_asks_nothing(tmp_path: Path) -> None:
    heard: list[str] = []
    with small_server(tmp_path, listening(heard), burst_seconds=0.5) as url:
        client = Client(url)
        send_all(client, THOUGHT)
        assert client.call("DELETE", "/conversation").status_code == 200
        time.sleep(0.8)
        assert not heard
