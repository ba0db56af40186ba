"""Pictures: read once, kept nowhere, in their turn; somebody else in the reader's place."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from channels import pictures as seeing
from channels.bounds import BadSettings
from channels.inbox.database import SqliteFile
from channels.rate import Rates
from channels.refusals import BadRequest
from channels.website import pictures
from channels.website.message_handler import is_text
from channels.website.records import Records
from channels.website.settings import Settings
from screenshots.reading import Reading, Reason
from screenshots.screen import Screen, ScreenKind
from serving import admission
from tests.channels.website.client import BASE, Client
from tests.channels.website.picture_readers import Scripted, picture
from tests.channels.website.small_server import Speaker, echo, small_server

ERROR = "验证码已过期"
KIB = 1024


@pytest.fixture(autouse=True)
def simple_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every picture with a text is an error with that text, every other one is empty."""

    def understand(reading: Reading) -> Screen:
        text = "".join(line.text for line in reading.lines)
        if not text:
            return Screen(ScreenKind.EMPTY)
        return Screen(ScreenKind.ERROR, text, means="code_rejected")

    monkeypatch.setattr(seeing, "understand", understand)


def noting(heard: list[tuple[str, Any]], seconds: float = 0) -> Speaker:
    """Returns somebody who notes what is asked, with what was seen, and answers later."""

    async def speak(message: UserMessage) -> None:
        heard.append((message.text, (message.metadata or {}).get("picture")))
        await asyncio.sleep(seconds)
        await echo(message)

    return speak


async def never(_: UserMessage) -> None:
    await asyncio.sleep(60)


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    refusal: dict[str, Any] = answer.json()
    assert refusal["error"] == code
    assert refusal["message"][0] > "\u4e00"
    return refusal


def wait_until(check: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end
        time.sleep(0.02)


def head(client: Client, url: str, length: int, id_: str = "raw", *lines: str) -> bytes:
    host = urlsplit(url).netloc
    fields = [f"Host: {host}", f"Authorization: Bearer {client.token}", *lines]
    if length:
        fields.append(f"Content-Length: {length}")
    first = f"POST {BASE}/pictures?id={id_} HTTP/1.1"
    return "\r\n".join([first, *fields, "", ""]).encode()


def connect(url: str) -> socket.socket:
    host, _, port = urlsplit(url).netloc.partition(":")
    return socket.create_connection((host, int(port)), timeout=20)


def test_what_was_read_is_asked_and_shown_and_the_picture_is_kept_nowhere(tmp_path: Path) -> None:
    heard: list[tuple[str, Any]] = []
    with small_server(tmp_path, noting(heard)) as url:
        client = Client(url)
        sent = client.show(picture(ERROR, 300 * KIB), "one", headers={"Content-Type": "text/html"})
        assert sent.json() == {"accepted": True, "id": "one", "seq": 1}
        assert client.answer_to("one")["text"] == f"听到：{ERROR}"
        own = client.history()[0]
        assert (own["text"], own["picture"], own["id"]) == (ERROR, True, "one")
        client.say("没有了")
        assert "picture" not in client.history()[2]
    [(text, seen), (_, nothing)] = heard
    assert text == ERROR
    assert seen == {
        "kind": "error",
        "sentence": ERROR,
        "page": "",
        "means": "code_rejected",
        "reason": "",
        "hidden": False,
    }
    assert nothing is None
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"PICTURE" not in path.read_bytes()


def test_a_repeated_id_is_answered_and_not_read_again(tmp_path: Path) -> None:
    reader = Scripted()
    with small_server(tmp_path, reader=reader) as url:
        client = Client(url)
        first = client.show(picture(ERROR), "one").json()
        answer = client.answer_to("one")
        assert client.show(picture("另一张", 200 * KIB), "one").json() == {
            **first,
            "repeated": True,
        }
    with small_server(tmp_path, reader=reader) as url:  # also after a restart
        client = Client(url, client.token)
        assert client.show(picture(ERROR), "one").json()["repeated"]
        assert client.send(id="one", text="不是图").json()["repeated"]
        assert [line["seq"] for line in client.history()] == [1, answer["seq"]]
    assert len(reader.heard) == 1


def test_the_same_picture_twice_at_once_is_read_once(tmp_path: Path) -> None:
    reader, answers = Scripted(seconds=0.4), []
    with small_server(tmp_path, reader=reader) as url:
        one = Client(url)
        tabs = [Client(url, one.token) for _ in range(3)]

        def show(tab: Client) -> None:
            answers.append(tab.show(picture(ERROR), "same").json())

        threads = [threading.Thread(target=show, args=(tab,)) for tab in tabs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        one.answer_to("same")
        assert len(one.history()) == 2
    assert len(reader.heard) == 1
    assert sorted(answer.get("repeated", False) for answer in answers) == [False, True, True]


def test_two_tabs_send_pictures_that_are_read_in_turn_and_both_answered(tmp_path: Path) -> None:
    reader = Scripted(seconds=0.3)
    with small_server(tmp_path, reader=reader) as url:
        one = Client(url)
        two = Client(url, one.token)
        other = threading.Thread(target=lambda: two.show(picture("第二张"), "two"))
        other.start()
        one.show(picture("第一张"), "one")
        other.join(20)
        assert {one.answer_to(name)["text"] for name in ("one", "two")} == {
            "听到：第一张",
            "听到：第二张",
        }
    assert reader.at_once == 1


def test_a_picture_is_never_joined_with_texts_and_keeps_its_place(tmp_path: Path) -> None:
    heard: list[tuple[str, Any]] = []
    with small_server(tmp_path, noting(heard, seconds=0.3), burst_seconds=0.3) as url:
        client = Client(url)
        client.send(id="before", text="在吗")
        client.show(picture(ERROR), "one")
        client.send(id="after", text="就是这个")
        client.show(picture("再来一张"), "two")
        client.send(id="last", text="好了")
        client.answer_to("last")
        assert [line["replies_to"] for line in client.history() if line["from"] == "assistant"] == [
            ["before"],
            ["one"],
            ["after"],
            ["two"],
            ["last"],
        ]
    assert [text[0] for text in heard] == ["在吗", ERROR, "就是这个", "再来一张", "好了"]


@pytest.mark.parametrize(
    ("reader", "content", "reason"),
    [
        (Scripted(), b"%PDF-1.7", "not_a_picture"),
        (Scripted(problem=Reason.FAILED), picture("x"), "failed"),
        (Scripted(problem=Reason.OFF), picture("x"), "off"),
        (Scripted(), picture(""), ""),
    ],
)
def test_what_cannot_be_read_is_a_command_that_says_why(
    tmp_path: Path, reader: Scripted, content: bytes, reason: str
) -> None:
    heard: list[tuple[str, Any]] = []
    with small_server(tmp_path, noting(heard), reader) as url:
        client = Client(url)
        assert client.show(content, "one").status_code == 200
        client.answer_to("one")
        assert (client.history()[0]["text"], client.history()[0]["picture"]) == ("", True)
    [(text, seen)] = heard
    assert text == seeing.COMMAND
    assert seen["reason"] == reason


def test_when_they_are_switched_off_no_picture_is_read(tmp_path: Path) -> None:
    reader, heard = Scripted(), list[tuple[str, Any]]()
    with small_server(tmp_path, noting(heard), reader, pictures_per_minute=0) as url:
        client = Client(url)
        assert client.open()["max_picture_bytes"] == 0
        client.show(picture(ERROR), "one")
        client.answer_to("one")
    assert heard[0][1]["reason"] == "off"
    assert reader.heard == []
    assert reader.calls == []


def test_the_reader_is_started_beside_the_server_and_ended_with_it(tmp_path: Path) -> None:
    reader = Scripted()
    with small_server(tmp_path, reader=reader) as url:
        assert Client(url).open()["max_picture_bytes"] == Settings().pictures.max_picture_bytes
        wait_until(lambda: reader.calls == ["start"])

    async def stop() -> None:
        app = Sanic.get_app("small_server")
        await app._server_event("shutdown", "after", asyncio.get_running_loop())

    asyncio.run(stop())
    assert reader.calls == ["start", "close"]


def test_a_reader_that_does_not_start_keeps_nobody_from_writing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Scripted):
        async def start(self) -> None:
            raise OSError("/a/place/of/this/machine")

    with small_server(tmp_path, reader=Broken()) as url:
        assert Client(url).say("你好")["text"] == "听到：你好"
    assert "OSError" in caplog.text
    assert "/a/place" not in caplog.text


def test_a_kill_in_between_loses_nothing_that_was_read(tmp_path: Path) -> None:
    reader = Scripted()
    with small_server(tmp_path, never, reader) as url:
        client = Client(url)
        client.send(id="before", text="在吗")
        client.show(picture(ERROR), "one")
        client.show(b"no picture", "two")
    heard: list[tuple[str, Any]] = []
    with small_server(tmp_path, noting(heard), reader) as url:
        Client(url, client.token).answer_to("two")
    assert [text[0] for text in heard] == ["在吗", ERROR, seeing.COMMAND]
    assert [text[1] and text[1]["reason"] for text in heard] == [None, "", "not_a_picture"]
    assert len(reader.heard) == 2
    with contextlib.closing(sqlite3.connect(tmp_path / "website.db")) as database:
        # What was seen is forgotten once it is answered; the sentence is in the history.
        assert database.execute("SELECT DISTINCT metadata FROM requests").fetchall() == [(None,)]


def test_a_picture_that_a_kill_cut_short_is_asked_again_with_what_was_seen(tmp_path: Path) -> None:
    heard: list[tuple[str, Any]] = []
    with small_server(tmp_path, noting(heard, seconds=60)) as url:
        client = Client(url)
        client.show(picture(ERROR), "one")
        wait_until(lambda: len(heard) == 1)
        client.send(id="later", text="在吗")
    with small_server(tmp_path, noting(heard)) as url:
        client = Client(url, client.token)
        client.answer_to("later")
        assert client.answer_to("one")["replies_to"] == ["one"]
    assert heard[0] == heard[1]
    assert heard[2] == ("在吗", None)


def test_a_database_of_the_version_before_is_brought_up_to_date(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "website.db")) as database:
        database.executescript(
            "CREATE TABLE conversations (id TEXT PRIMARY KEY, used REAL NOT NULL,"
            " deleted INTEGER NOT NULL DEFAULT 0);"
            "CREATE TABLE requests (number INTEGER PRIMARY KEY AUTOINCREMENT,"
            " conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,"
            " id TEXT NOT NULL,"
            " rasa_input TEXT NOT NULL, seq INTEGER, state INTEGER NOT NULL DEFAULT 0,"
            " UNIQUE (conversation_id, id));"
            "INSERT INTO conversations VALUES ('website-1', 1, 0);"
            "INSERT INTO requests (conversation_id, id, rasa_input)"
            " VALUES ('website-1', 'old', '在吗');"
        )
    for _ in range(2):  # the second time there is nothing to do
        records = Records(SqliteFile(tmp_path / "website.db"))
        [old] = records.open_requests("website-1", 9)[:1]
        assert (old.content, old.metadata, is_text(old)) == ("在吗", None, True)
        records.close()
    records = Records(SqliteFile(tmp_path / "website.db"))
    new = records.add_request("website-1", "new", ERROR, ERROR, {"picture": {"kind": "error"}})
    assert new
    assert new.metadata == {"picture": {"kind": "error"}}
    assert not is_text(new)
    records.close()


def test_a_page_that_goes_while_its_picture_is_read_has_sent_nothing(tmp_path: Path) -> None:
    reader = Scripted(seconds=30)
    with small_server(tmp_path, reader=reader) as url:
        client = Client(url)
        content = picture(ERROR)
        with connect(url) as page:
            page.sendall(head(client, url, len(content), "gone") + content)
            wait_until(lambda: len(reader.heard) == 1)
        wait_until(lambda: reader.given_up == 1)
        assert client.history() == []
        reader.seconds = 0
        assert "repeated" not in client.show(content, "gone").json()
        assert client.answer_to("gone")["text"] == f"听到：{ERROR}"


def test_a_conversation_that_is_deleted_while_its_picture_is_read_keeps_nothing(
    tmp_path: Path,
) -> None:
    reader, heard = Scripted(seconds=0.6), list[tuple[str, Any]]()
    with small_server(tmp_path, noting(heard), reader) as url:
        client = Client(url)
        answers: list[Any] = []
        sending = threading.Thread(target=lambda: answers.append(client.show(picture(ERROR))))
        sending.start()
        wait_until(lambda: len(reader.heard) == 1)
        assert client.call("DELETE", "/conversation").json() == {"deleted": True}
        sending.join(20)
        refused(answers[0], 401, "no_session")
    assert heard == []
    for table in ("conversations", "messages", "requests"):
        with contextlib.closing(sqlite3.connect(tmp_path / "website.db")) as database:
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    assert ERROR.encode() not in (tmp_path / "website.db").read_bytes()


def test_a_secret_on_a_picture_is_hidden_before_anything_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[tuple[str, Any]] = []
    secret = "张三 身份证号 11010519491231002X"
    with small_server(tmp_path, noting(heard)) as url:
        client = Client(url)
        client.show(picture(secret), "one")
        client.answer_to("one")
        client.send(id="announced", text="密码是")
        client.show(picture("芝麻开门"), "two")  # what was said before it counts
        client.answer_to("two")
    assert heard[0][1]["hidden"]
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for text in ("11010519491231002X", "芝麻开门"):
        assert text.encode() not in kept
        assert text not in json.dumps(heard, ensure_ascii=False)
        assert text not in caplog.text


def test_only_pictures_may_be_large_and_only_so_large(tmp_path: Path) -> None:
    reader = Scripted()
    settings: dict[str, Any] = {"max_picture_bytes": 200 * KIB, "max_bytes": 2 * KIB}
    with small_server(tmp_path, reader=reader, **settings) as url:
        client = Client(url)
        assert client.show(picture(ERROR, 200 * KIB)).status_code == 200
        refused(client.show(picture(ERROR, 200 * KIB + 1)), 413, "picture_too_large")
        text = {"id": "a", "text": "长" * 1000}
        refused(client.call("POST", "/messages", json=text), 413, "too_large")
        answer = client.call("POST", "/messages?id=b", data=b"x" * 100 * KIB)
        refused(answer, 413, "too_large")
        assert client.send(text="你好").status_code == 200
    assert reader.heard == [200 * KIB]


def test_one_route_takes_more_and_no_other() -> None:
    taken = admission.Admission(channels={"/w": 10}, larger_bodies={"/w/pictures": 99})
    sizes = {
        name: taken.max_body_bytes(name) for name in ("/w/pictures", "/w/pictures/a", "/w/a", "/w")
    }
    assert sizes == {"/w/pictures": 99, "/w/pictures/a": 10, "/w/a": 10, "/w": 10}


@pytest.mark.parametrize("id_", ["", "a b", "x" * 65])
def test_a_picture_without_a_sound_id_or_without_bytes_is_refused(tmp_path: Path, id_: str) -> None:
    reader = Scripted()
    with small_server(tmp_path, reader=reader) as url:
        client = Client(url)
        bad = client.call("POST", "/pictures", params={"id": id_}, data=picture(ERROR))
        refused(bad, 400, "bad_request")
        refused(client.show(b""), 400, "bad_request")
        stranger = client.show(picture(ERROR), headers={"Authorization": "Bearer x"})
        refused(stranger, 401, "no_session")
        foreign = client.show(picture(ERROR), headers={"Origin": "https://evil.example"})
        refused(foreign, 403, "origin_refused")
    assert reader.heard == []


def test_a_page_of_an_allowed_site_is_told_that_it_may(tmp_path: Path) -> None:
    friend = "https://www.example.gov.cn"
    with small_server(tmp_path, allowed_origins=[friend]) as url:
        client = Client(url)
        asked = {"Origin": friend, "Access-Control-Request-Method": "POST"}
        refusal = client.call("OPTIONS", "/pictures", headers=asked)
        assert refusal.status_code == 204
        assert refusal.headers["Access-Control-Allow-Origin"] == friend
        assert "Content-Type" in refusal.headers["Access-Control-Allow-Headers"]
        evil = client.call("OPTIONS", "/pictures", headers={**asked, "Origin": "https://evil.com"})
        assert evil.status_code == 403
        sent = client.show(picture(ERROR), headers={"Origin": friend})
        assert sent.headers["Access-Control-Allow-Origin"] == friend


def test_a_session_may_send_so_many_a_minute_and_no_other_waits(tmp_path: Path) -> None:
    reader = Scripted()
    with small_server(tmp_path, reader=reader, pictures_per_minute=2) as url:
        one, other = Client(url), Client(url)
        for _ in range(2):
            assert one.show(picture(ERROR)).status_code == 200
        refusal = refused(one.show(picture(ERROR, 300 * KIB)), 429, "too_many_pictures")
        assert str(refusal["retry_after"]) in refusal["message"]
        assert one.send(text="还能写").status_code == 200
        assert other.show(picture(ERROR)).status_code == 200
    assert len(reader.heard) == 3


def test_an_address_may_send_so_many_a_minute_and_pictures_count_as_messages(
    tmp_path: Path,
) -> None:
    with small_server(tmp_path, pictures_per_minute_per_address=2) as url:
        for _ in range(2):
            assert Client(url).show(picture(ERROR)).status_code == 200
        refused(Client(url).show(picture(ERROR)), 429, "too_many_pictures")
    with small_server(tmp_path, messages_per_minute=1) as url:
        client = Client(url)
        assert client.show(picture(ERROR)).status_code == 200
        refused(client.send(text="你好"), 429, "too_fast")


def test_a_reader_with_too_many_before_is_said_and_the_same_id_may_come_again(
    tmp_path: Path,
) -> None:
    reader = Scripted(problem=Reason.BUSY)
    with small_server(tmp_path, reader=reader) as url:
        client = Client(url)
        refusal = refused(client.show(picture(ERROR), "one"), 503, "pictures_busy")
        assert refusal["retry_after"] == pictures.BUSY_SECONDS
        assert client.history() == []
        reader.problem = None
        assert client.show(picture(ERROR), "one").status_code == 200
        assert client.answer_to("one")["text"] == f"听到：{ERROR}"


def test_so_many_bytes_are_in_memory_at_once_and_are_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MAX_BYTES_AT_ONCE", 150 * KIB)
    monkeypatch.setattr(pictures, "MAX_BYTES_AT_ONCE_PER_ADDRESS", 150 * KIB)
    with small_server(tmp_path) as url:
        client, other = Client(url), Client(url)
        with connect(url) as slow:
            slow.sendall(head(client, url, 100 * KIB) + b"x" * KIB)
            wait_until(lambda: other.show(picture(ERROR, 100 * KIB)).status_code == 503)
            assert other.show(picture(ERROR, 40 * KIB)).status_code == 200
        wait_until(lambda: Client(url).show(picture(ERROR, 100 * KIB)).status_code == 200)


def test_one_address_does_not_take_all_the_memory() -> None:
    held = pictures.Pictures(Settings(), Rates())
    half = pictures.MAX_BYTES_AT_ONCE_PER_ADDRESS
    with held.hold("a", half), held.hold("b", half - 1):
        for address, size in (("a", 1), ("c", 2)):
            with pytest.raises(BadRequest), held.hold(address, size):
                pass
        with held.hold("c", 1), contextlib.suppress(ZeroDivisionError), held.hold("b", 0):
            raise ZeroDivisionError
    assert not held._held


def test_a_slow_upload_ends_and_one_that_is_cut_short_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, make = Scripted(), admission.Admission
    monkeypatch.setattr("serving.protection.Admission", lambda: make(body_seconds=0.5))
    with small_server(tmp_path, reader=reader) as url:
        client = Client(url)
        with connect(url) as slow:
            slow.sendall(head(client, url, 100 * KIB, "slow") + b"x" * KIB)
            assert b" 408 " in slow.recv(4096).split(b"\r\n")[0]
        with connect(url) as cut:
            cut.sendall(head(client, url, 100 * KIB, "cut") + b"x" * KIB)
            cut.shutdown(socket.SHUT_WR)
            assert b" 200 " not in cut.recv(4096)
        with connect(url) as chunked:
            lines = ("Transfer-Encoding: chunked",)
            chunked.sendall(head(client, url, 0, "chunked", *lines) + b"1\r\nx\r\n0\r\n\r\n")
            assert b" 400 " in chunked.recv(4096).split(b"\r\n")[0]
        assert client.history() == []
        assert client.show(picture(ERROR)).status_code == 200
    assert len(reader.heard) == 1


def test_a_picture_that_comes_piece_by_piece_is_read_whole(tmp_path: Path) -> None:
    reader, content = Scripted(), picture(ERROR, 3_000)
    with small_server(tmp_path, reader=reader) as url:
        client = Client(url)
        with connect(url) as slow:
            slow.sendall(head(client, url, len(content), "slow"))
            for start in range(0, len(content), 500):
                time.sleep(0.02)
                slow.sendall(content[start : start + 500])
            assert b" 200 " in slow.recv(4096).split(b"\r\n")[0]
        assert client.answer_to("slow")["text"] == f"听到：{ERROR}"
    assert reader.heard == [3_000]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pictures_per_minute", -1),
        ("pictures_per_minute_per_address", 0.5),
        ("max_picture_bytes", 1),
        ("max_picture_bytes", 17 * 1024 * 1024),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(name: str, value: object) -> None:
    with pytest.raises(BadSettings, match=name):
        Settings.from_credentials({name: value})
