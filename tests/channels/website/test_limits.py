"""History, renewal, streams, feedback and deletion are limited; people do not come near it."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from rasa.core.channels.channel import UserMessage
from sqlalchemy.exc import OperationalError

from channels.guard import Limits
from channels.rate import Rates
from channels.refusals import BadRequest
from channels.website import api, message_handler
from channels.website.limits import OpenStreams, RequestLimit, RequestLimits
from channels.website.records import Records
from channels.website.settings import Settings
from tests.channels.website.client import BASE, Client
from tests.channels.website.small_server import small_server

PROXIED: Any = {"trusted_proxies": ["127.0.0.1"], "address_header": "X-Forwarded-For"}
Ask = Callable[[Client], requests.Response]


@pytest.fixture(autouse=True)
def quick_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first byte of an empty conversation's stream is its heartbeat."""
    monkeypatch.setattr(message_handler, "HEARTBEAT_SECONDS", 0.1)


def history(client: Client) -> requests.Response:
    return client.call("GET", "/history")


def renewal(client: Client) -> requests.Response:
    return client.call("POST", "/session", json={"token": client.token})


def stream(client: Client) -> requests.Response:
    with client.call("GET", "/events", stream=True) as answer:
        if answer.status_code != 200:
            assert answer.json()  # a refusal is an answer with an end
        return answer


def feedback(client: Client) -> requests.Response:
    return client.call("POST", "/feedback", json={"seq": 2, "helpful": True})


def deletion(client: Client) -> requests.Response:
    return client.call("DELETE", "/conversation")


def refused(answer: requests.Response, code: str = "too_many_requests") -> None:
    assert answer.status_code == 429
    refusal = answer.json()
    assert refusal["error"] == code
    assert 0 < refusal["retry_after"] <= 60
    assert answer.headers["Retry-After"] == str(refusal["retry_after"])
    assert str(refusal["retry_after"]) in refusal["message"]


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (history, "history_per_minute"),
        (renewal, "renewals_per_minute"),
        (stream, "streams_per_minute"),
        (feedback, "feedback_per_minute"),
    ],
)
def test_one_session_must_wait_and_no_other(tmp_path: Path, ask: Ask, name: str) -> None:
    limits: Any = {name: 3}
    with small_server(tmp_path, **limits) as url:
        one, other = Client(url), Client(url)
        for client in (one, other):
            client.send(text="你好", id="m")
            wait_for_answer(client)
        asked = [ask(one) for _ in range(3 - (ask is history))]
        assert {question.status_code for question in asked} == {200}
        for _ in range(2):
            refused(ask(one))
        if ask is not history:
            assert ask(other).status_code == 200
        assert one.send(text="还在").status_code == 200


def wait_for_answer(client: Client) -> None:
    """Waits without many requests."""
    time.sleep(0.5)
    assert client.call("GET", "/history").status_code == 200


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (history, "history_per_minute_per_address"),
        (renewal, "renewals_per_minute_per_address"),
        (stream, "streams_per_minute_per_address"),
        (feedback, "feedback_per_minute_per_address"),
        (deletion, "deletions_per_minute_per_address"),
    ],
)
def test_one_address_must_wait_and_no_other(tmp_path: Path, ask: Ask, name: str) -> None:
    limits: Any = {name: 3}
    with small_server(tmp_path, **PROXIED, **limits) as url:

        def client(address: str) -> Client:
            return Client(url, **{"X-Forwarded-For": address})

        # Two addresses of one network of IPv6 count as one.
        same = [client(f"2001:db8:1:2::{number}") for number in range(1, 6)]
        answers = [ask(message).status_code for message in same]
        assert [answer == 429 for answer in answers] == [False] * 3 + [True] * 2
        refused(ask(same[-1]))
        assert ask(client("2001:db8:1:3::1")).status_code != 429
        if ask is deletion:
            assert history(same[-1]).status_code == 200  # what was not deleted is still there


@pytest.mark.parametrize(
    "what", [{"text": "你好"}, {"text": 5}, {"payload": "/not_offered"}, {"text": "长" * 3_000}]
)
def test_what_is_refused_counts_too_and_nothing_is_read_for_who_must_wait(
    tmp_path: Path, what: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_server(tmp_path, messages_per_minute=3) as url:
        client = Client(url)
        for number in range(3):
            assert client.send(id=f"m{number}", **what).status_code != 429
        monkeypatch.setattr("channels.guard.redact_again", None)  # calling it would fail
        assert client.send(id="m4", **what).status_code == 429


def test_a_message_sent_again_counts_as_a_look_into_the_history(tmp_path: Path) -> None:
    with small_server(tmp_path, history_per_minute=3) as url:
        client = Client(url)
        sent = [client.send(id="same", text="你好") for _ in range(4)]
        assert [message.json().get("repeated") for message in sent] == [None, True, True, True]
        refused(client.send(id="same", text="你好"))


def test_an_address_holds_so_many_streams_and_gives_them_back(tmp_path: Path) -> None:
    with small_server(tmp_path, streams_per_address=3) as url:
        clients = [Client(url) for _ in range(4)]
        with contextlib.ExitStack() as opened:
            for client in clients[:3]:
                held = opened.enter_context(client.call("GET", "/events", stream=True))
                assert held.status_code == 200
            refused(stream(clients[3]), "too_many_streams")
            # Without a stream the widget asks for the history.
            assert history(clients[3]).status_code == 200
            assert clients[3].send(text="你好").status_code == 200
        assert any(opens(clients[3]) for _ in range(50))


def test_there_are_so_many_streams_in_total(tmp_path: Path) -> None:
    with small_server(tmp_path, streams_in_total=2, **PROXIED) as url:
        clients = [Client(url, **{"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(3)]
        with contextlib.ExitStack() as opened:
            for client in clients[:2]:
                opened.enter_context(client.call("GET", "/events", stream=True))
            refused(stream(clients[2]), "too_many_streams")
        assert any(opens(clients[2]) for _ in range(50))


def opens(client: Client) -> bool:
    """Tells whether a stream opens now; the end of another is noticed a moment later."""
    time.sleep(0.05)
    return stream(client).status_code == 200


def test_a_page_that_takes_nothing_holds_its_place_for_a_while_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "SEND_SECONDS", 0.5)

    async def long_answer(message: UserMessage) -> None:
        await message.output_channel.send_response(message.sender_id, {"text": "长" * 5_000_000})

    with small_server(tmp_path, long_answer, streams_per_address=1) as url:
        client, other = Client(url), Client(url)
        client.send(id="m", text="你好")
        client.answer_to("m")
        host, port = urlsplit(url).hostname, urlsplit(url).port
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            deaf.connect((host, port))
            asked = f"GET {BASE}/events HTTP/1.1\r\nHost: {host}:{port}\r\n"
            deaf.sendall(f"{asked}Authorization: Bearer {client.token}\r\n\r\n".encode())
            time.sleep(0.2)
            refused(stream(other), "too_many_streams")
            assert any(opens(other) for _ in range(100))


def test_zero_is_no_limit() -> None:
    streams, limit = OpenStreams(0, 0), RequestLimit(Rates(), "x", 0, 0)
    with contextlib.ExitStack() as opened:
        for _ in range(1_000):
            opened.enter_context(streams.hold("a"))
            limit.admit("s", "a")


def test_what_is_counted_is_forgotten_when_it_ends() -> None:
    streams = OpenStreams(2, 3)
    for number in range(1_000):
        with streams.hold(str(number)), contextlib.suppress(ZeroDivisionError), streams.hold("x"):
            raise ZeroDivisionError
    assert not streams._open
    with streams.hold("a"), streams.hold("a"), streams.hold("b"):
        for address in ("a", "b", "c"):
            with pytest.raises(BadRequest), streams.hold(address):
                pass
    assert not streams._open


PEOPLE, TABS = 30, 3  # an office behind one address
LOOKS = 60 / 2.5  # a minute, of a tab without a stream
AWAITING_LOOKS = 60 / 1 + 60 / 4  # of the one tab that awaits an answer all the time


def test_a_person_and_an_office_are_not_refused() -> None:
    limits, of_requests = Limits(), RequestLimits()
    histories = RequestLimit(
        Rates(),
        "history",
        of_requests.history_per_minute,
        of_requests.history_per_minute_per_address,
    )
    streams = OpenStreams(of_requests.streams_per_address, of_requests.streams_in_total)
    with contextlib.ExitStack() as opened:
        for person in range(PEOPLE):
            for _ in range(int((TABS - 1) * LOOKS + AWAITING_LOOKS)):
                histories.admit(str(person), "office")
            for _ in range(TABS):
                opened.enter_context(streams.hold("office"))
    # All open the widget within a minute, ask, and go through pages, tabs and answers.
    assert Settings().sessions_per_minute_per_address >= PEOPLE
    assert limits.messages_per_minute_per_address >= PEOPLE * 60 / 10
    assert of_requests.renewals_per_minute_per_address >= PEOPLE * TABS * 6
    assert of_requests.streams_per_minute_per_address >= PEOPLE * TABS * 6
    assert of_requests.feedback_per_minute_per_address >= PEOPLE * 6
    assert of_requests.deletions_per_minute_per_address >= PEOPLE


def test_what_could_not_be_kept_is_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The widget sends a message again and again while the disk is full."""

    def fails(*_: Any) -> None:
        raise OperationalError("INSERT", {}, OSError("database or disk is full"))

    with small_server(tmp_path, messages_per_minute=2) as url:
        client = Client(url)
        client.send(id="one", text="你好")
        monkeypatch.setattr(Records, "add_request", fails)
        assert [client.send(id="two", text="在吗").status_code for _ in range(5)] == [500] * 5
        monkeypatch.undo()
        assert client.send(id="two", text="在吗").status_code == 200
        assert client.send(id="three", text="在吗").status_code == 429
