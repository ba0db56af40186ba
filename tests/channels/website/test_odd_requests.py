"""Odd but valid JSON is refused, never an error of ours."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.channels.website.client import Client
from tests.channels.website.small_server import small_server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("odd")


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with small_server(folder, sessions_per_minute_per_address=0) as address:
        yield address


@pytest.mark.parametrize("token", ["\ud800", "a.\ud800.c", "\u4e2d", "x" * 50_000])
def test_an_odd_token_begins_a_new_conversation(url: str, token: str) -> None:
    assert Client(url).open(token)["token"]


def test_an_odd_header_is_no_session(url: str) -> None:
    header: Any = {"Authorization": "Bearer \u4e2d".encode()}
    answer = requests.get(Client(url).url + "/history", headers=header, timeout=20)
    assert answer.status_code in (400, 401)


@pytest.mark.parametrize(
    "payload", ["/next_step\ud800", "\ud800", "/" + "x" * 3000, "/a\0b", "", None, 7, {}]
)
def test_an_odd_click_was_not_offered(url: str, payload: object) -> None:
    client = Client(url)
    answer = client.send(payload=payload)
    assert (answer.status_code, answer.json()["error"]) == (403, "payload_not_offered")
    assert client.history() == []


@pytest.mark.parametrize("seq", [0, -1, 2**53, 2**63, -(2**63) - 1, 10**30, True, 1.0, "2", None])
def test_an_odd_number_is_no_answer_to_rate(url: str, seq: object) -> None:
    answer = Client(url).call("POST", "/feedback", data=json.dumps({"seq": seq, "helpful": True}))
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_a_word_stays_when_an_answer_is_rated_again_without_one(url: str, folder: Path) -> None:
    client = Client(url)
    client.say("你好")
    for helpful, word in ((False, "没说清楚"), (True, ""), (False, None), (False, "还是不清楚")):
        rating = {"seq": 2, "helpful": helpful} | ({} if word is None else {"word": word})
        assert client.call("POST", "/feedback", json=rating).ok
        database = sqlite3.connect(folder / "website.db")
        [row] = database.execute("SELECT helpful, word FROM feedback")
        database.close()
        assert row == (helpful, word or "没说清楚")
