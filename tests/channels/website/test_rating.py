"""Editors hear of answers that did not help, with what they answered; then no longer of any."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered

from channels.conversation_store import RedactingSQLTrackerStore
from channels.unclear import Reason
from tests.channels.website.client import Client
from tests.channels.website.small_server import Speaker, echo, small_server


def keeping(folder: Path) -> Speaker:
    """Returns a Rasa that keeps what it is asked."""
    store = RedactingSQLTrackerStore(Domain.empty(), db=str(folder / "conversations.db"))

    async def speak(message: UserMessage) -> None:
        tracker = await store.get_or_create_tracker(message.sender_id)
        tracker.update(UserUttered(message.text, message_id=message.message_id))
        await store.save(tracker)
        await echo(message)

    return speak


def kept(folder: Path) -> list[tuple[str, str, int]]:
    database = sqlite3.connect(folder / "conversations.db")
    found = database.execute("SELECT text, answer, reasons FROM unclear ORDER BY id").fetchall()
    database.close()
    return found


def rate(client: Client, seq: int, helpful: bool) -> None:
    answer = client.call("POST", "/feedback", json={"seq": seq, "helpful": helpful})
    assert answer.status_code == 200


def test_what_did_not_help_is_kept_with_its_answer(tmp_path: Path) -> None:
    down = int(Reason.RATED_DOWN)
    with small_server(tmp_path, keeping(tmp_path)) as url:
        client = Client(url)
        client.say("刷脸要多久，密码是Abc12345")
        client.click("/next_step")
        rate(client, 2, True)
        assert kept(tmp_path) == []
        rate(client, 2, False)
        rate(client, 4, False)
        typed = "刷脸要多久，密码是[hidden:password]"
        first = (typed, f"听到：{typed}", down)
        # What was clicked is known by its title.
        assert kept(tmp_path) == [first, ("下一步", "听到：/next_step", down)]
        rate(client, 4, True)
        assert kept(tmp_path) == [first]
        client.call("DELETE", "/conversation")
        assert kept(tmp_path) == []


def test_texts_that_were_asked_as_one_are_kept_as_one(tmp_path: Path) -> None:
    with small_server(tmp_path, keeping(tmp_path), burst_seconds=1) as url:
        client = Client(url)
        client.send(text="在吗")
        id_ = client.send(text="那个密码").json()["id"]
        answer = client.answer_to(id_)
        rate(client, answer["seq"], False)
        ((text, said, _),) = kept(tmp_path)
        assert "在吗" in text and "那个密码" in text
        assert said == f"听到：{text}"


def test_where_nothing_was_said_nothing_is_kept(tmp_path: Path) -> None:
    with small_server(tmp_path, keeping(tmp_path)) as url:
        client = Client(url)
        id_ = client.send(event="open").json()["id"]
        rate(client, client.answer_to(id_)["seq"], False)
        assert kept(tmp_path) == []
