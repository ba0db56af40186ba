"""Who may: sessions, origins, clicks, sizes and rates."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from channels.bounds import BadSettings
from channels.website.limits import RequestLimits
from channels.website.sessions import AUDIENCE, NoSession, Sessions, new_conversation_id
from channels.website.settings import Settings, kept_secret
from tests.channels.website.client import BASE, Client
from tests.channels.website.small_server import small_server

SECRET = "s" * 40
FRIEND = "https://www.example.gov.cn"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("small")
    with small_server(
        folder, allowed_origins=[FRIEND], sessions_per_minute_per_address=0
    ) as address:
        yield address


def unsigned(conversation_id: str) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, {"sub": conversation_id, "aud": AUDIENCE, "exp": 9**12})
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join((*coded, b"")).decode()


def test_only_our_own_unexpired_tokens_are_read() -> None:
    conversation_id, sessions = new_conversation_id(), Sessions(SECRET, 1)
    token, expires = sessions.issue(conversation_id)
    assert sessions.read(token) == conversation_id
    assert 3590 < expires - time.time() < 3610
    claims = {"sub": conversation_id, "aud": AUDIENCE, "exp": expires}
    foreign = (
        "",
        "x.y.z",
        token[:-2],
        unsigned(conversation_id),
        Sessions(SECRET, -1).issue(conversation_id)[0],
        Sessions("t" * 40, 1).issue(conversation_id)[0],
        jwt.encode({**claims, "aud": "other"}, SECRET, algorithm="HS256"),
        jwt.encode({"sub": conversation_id, "aud": AUDIENCE}, SECRET, algorithm="HS256"),
        jwt.encode({**claims, "sub": "readiness"}, SECRET, algorithm="HS256"),
        jwt.encode(claims, SECRET, algorithm="HS512"),
    )
    for origin in foreign:
        with pytest.raises(NoSession):
            sessions.read(origin)


def test_the_key_is_of_the_environment_or_kept_in_a_private_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(secret_file=str(tmp_path / "key"))
    monkeypatch.setenv(settings.secret_variable, "too short")
    with pytest.raises(BadSettings, match=settings.secret_variable):
        settings.secret()
    monkeypatch.setenv(settings.secret_variable, SECRET)
    assert settings.secret() == SECRET
    assert not (tmp_path / "key").exists()
    monkeypatch.delenv(settings.secret_variable)
    kept = settings.secret()
    assert len(kept) >= 32
    assert kept == settings.secret() == kept_secret(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize(
    "settings",
    [{"allowed_orgins": []}, {"allowed_origins": ["*"]}, {"allowed_origins": ["www.example.cn"]}],
)
def test_settings_that_cannot_be_meant_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match=r"credentials\.yml"):
        Settings.from_credentials(settings)


OWN = ("session_hours", "kept_days", "answer_seconds", "sessions_per_minute_per_address")


REQUESTS = tuple(field.name for field in fields(RequestLimits))


@pytest.mark.parametrize(
    "name", [*OWN, *REQUESTS, "messages_per_minute", "max_bytes", "trusted_proxies"]
)
@pytest.mark.parametrize("value", ["90", True, -1, float("inf"), float("nan"), 10**9, [1]])
def test_a_number_that_cannot_be_meant_is_refused_by_its_name(name: str, value: Any) -> None:
    with pytest.raises(BadSettings, match=rf"^credentials\.yml, .*WebsiteChannel: .*{name} "):
        Settings.from_credentials({name: value})


@pytest.mark.parametrize("name", OWN[:3])
@pytest.mark.parametrize("value", [0, None])
def test_no_time_is_none(name: str, value: Any) -> None:
    with pytest.raises(BadSettings, match=name):
        Settings.from_credentials({name: value})
    assert getattr(Settings.from_credentials({name: 2.5}), name) == 2.5


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/history"),
        ("GET", "/events"),
        ("POST", "/messages"),
        ("POST", "/feedback"),
        ("DELETE", "/conversation"),
    ],
)
def test_without_a_session_nothing_is_told(url: str, method: str, path: str) -> None:
    mine = Client(url)
    for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": mine.token}):
        answer = requests.request(method, url + BASE + path, headers=header, timeout=20)
        assert answer.status_code == 401
        assert answer.json()["error"] == "no_session"
    asked = f"{url}{BASE}{path}?token={mine.token}"
    assert requests.request(method, asked, timeout=20).status_code == 401


def test_one_session_sees_nothing_of_another(url: str) -> None:
    mine, theirs = Client(url), Client(url)
    mine.say("只有我看得见")
    assert theirs.history() == []
    rated = theirs.call("POST", "/feedback", json={"seq": 2, "helpful": True})
    assert rated.status_code == 404
    assert theirs.send(payload="/next_step").status_code == 403  # offered to me, not to them
    assert mine.send(payload="/next_step").status_code == 200


def test_an_old_token_goes_on_and_a_bad_one_begins_anew(url: str) -> None:
    client = Client(url)
    client.say("你好")
    assert len(Client(url, client.open(client.token)["token"]).history()) == 2
    assert Client(url, client.open("forged")["token"]).history() == []


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://www.example.gov.cn.x"])
def test_a_foreign_origin_is_refused(url: str, origin: str) -> None:
    client = Client(url)
    for method, path in (("POST", "/session"), ("GET", "/history"), ("DELETE", "/conversation")):
        answer = client.call(method, path, headers={"Origin": origin})
        assert answer.status_code == 403
        assert answer.json()["error"] == "origin_refused"
        assert "Access-Control-Allow-Origin" not in answer.headers
    preflight = requests.options(url + BASE + "/messages", headers={"Origin": origin}, timeout=20)
    assert "Access-Control-Allow-Origin" not in preflight.headers
    assert client.history() == []  # the conversation is still there


def test_an_allowed_origin_and_our_own_may(url: str) -> None:
    for origin in (FRIEND, url):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        preflight = requests.options(url + BASE + "/messages", headers=headers, timeout=20)
        assert preflight.ok
        assert preflight.headers["Access-Control-Allow-Origin"] == origin
        assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
        assert "DELETE" in preflight.headers["Access-Control-Allow-Methods"]
        client = Client(url, Origin=origin)
        answer = client.send(text="你好")
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert "Origin" in answer.headers["Vary"]
        with client.call("GET", "/events", stream=True) as stream:
            assert stream.headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize("payload", ["/next_step", "/restart", "/greet", "", None, 5, ["/greet"]])
def test_a_click_on_what_was_not_offered_is_refused(url: str, payload: Any) -> None:
    answer = Client(url).send(payload=payload)
    assert answer.status_code == 403
    assert answer.json()["error"] == "payload_not_offered"


def test_a_click_shows_the_title_that_was_offered(url: str) -> None:
    client = Client(url)
    client.say("你好")
    client.send(id="click", payload="/next_step", title="<b>forged</b>")
    assert client.answer_to("click")["text"] == "听到：/next_step"
    assert [line["text"] for line in client.history() if line.get("id") == "click"] == ["下一步"]


@pytest.mark.parametrize("text", ["/restart", "  /greet", "//back", "\u200b/restart", "/"])
def test_typed_text_is_never_a_command(url: str, text: str) -> None:
    client = Client(url)
    assert "/" not in client.say(text)["text"]
    assert client.history()[0]["text"].strip() == text.replace("\u200b", "").strip()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_request"),
        (b"hello", 400, "bad_request"),
        (b"[1]", 400, "bad_request"),
        (b"\xff", 400, "bad_request"),
        (b'{"id": "a b", "text": "x"}', 400, "bad_request"),
        (b'{"id": "' + b"a" * 65 + b'", "text": "x"}', 400, "bad_request"),
        (b'{"text": "x"}', 400, "bad_request"),
        (b'{"id": "a"}', 400, "bad_request"),
        (b'{"id": "a", "text": 5}', 400, "bad_request"),
        (json.dumps({"id": "a", "text": "x" * 2001}).encode(), 413, "too_large"),
        (b" " * 70_000, 413, "too_large"),
    ],
)
def test_a_bad_message_is_refused_in_chinese(url: str, body: bytes, status: int, code: str) -> None:
    client = Client(url)
    answer = client.call("POST", "/messages", data=body)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert answer.json()["message"][0] > "\u4e00"
    assert client.history() == []


def test_an_endless_body_is_not_read_to_its_end(url: str) -> None:
    endless = (b"x" * 10_000 for _ in range(10_000))  # requests sends it in chunks
    # The server may hang up while we are still sending.
    with contextlib.suppress(requests.ConnectionError):
        assert Client(url).call("POST", "/messages", data=endless).status_code == 400


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(url: str) -> None:
    client = Client(url)
    with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])), timeout=5) as peer:
        head = f"POST {BASE}/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n"
        peer.sendall(f"{head}Authorization: Bearer {client.token}\r\n\r\n".encode())
        answer = peer.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"too_large"' in answer


def test_the_sixteenth_message_of_a_minute_must_wait(url: str) -> None:
    client = Client(url)
    for number in range(15):
        assert client.send(id=f"m{number}", text="你好").status_code == 200
    answer = client.send(id="m15", text="你好")
    assert answer.status_code == 429
    wait = answer.json()["retry_after"]
    assert 0 < wait <= 60
    assert answer.headers["Retry-After"] == str(wait)
    assert str(wait) in answer.json()["message"]
    assert client.send(id="m3", text="你好").json()["repeated"]  # a repetition is always answered
    assert Client(url).send(text="你好").status_code == 200  # nobody else waits


def test_one_address_is_limited_and_named_by_a_trusted_proxy_only(tmp_path: Path) -> None:
    limits: Any = {"messages_per_minute_per_address": 2, "sessions_per_minute_per_address": 3}
    with small_server(tmp_path, **limits) as url:
        header = {"X-Forwarded-For": "203.0.113.7"}
        clients = [Client(url, **header) for _ in range(3)]
        assert [other_client.send(text="好").status_code for other_client in clients] == [
            200,
            200,
            429,
        ]
        refused = requests.post(f"{url}{BASE}/session", json={}, timeout=20)
        assert refused.status_code == 429
    proxied: Any = {"trusted_proxies": ["127.0.0.1"], "address_header": "X-Forwarded-For"}
    with small_server(tmp_path, **limits, **proxied) as url:
        for number in range(5):
            client = Client(url, **{"X-Forwarded-For": f"203.0.113.{number}"})
            assert client.send(text="好").status_code == 200


def test_the_demo_page_is_shut_to_everything_foreign(url: str) -> None:
    page = requests.get(f"{url}{BASE}/demo", timeout=20)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in policy
    style = requests.get(f"{url}{BASE}/demo.css", timeout=20)
    for text in (page.text, style.text):
        assert "http" not in text
        assert "//" not in text.replace("*/", "")
    assert page.text.count("<script") == page.text.count("<script src=") == 1
    assert "style=" not in page.text
    assert " on" not in page.text.replace(" on-", "").replace(" one", "")


def test_the_widget_is_cached_by_its_tag(tmp_path: Path) -> None:
    widget = tmp_path / "built.js"
    with small_server(tmp_path, widget=str(widget)) as url:
        address = f"{url}{BASE}/zhaohui.js"
        missing = requests.get(address, timeout=20)
        assert missing.status_code == 503
        assert "Node.js" in missing.text
        widget.write_text("console.log('一')", encoding="utf-8")
        first = requests.get(address, timeout=20)
        assert first.text == "console.log('一')"
        assert first.headers["Content-Type"].startswith("text/javascript")
        tag = {"If-None-Match": first.headers["ETag"]}
        assert requests.get(address, headers=tag, timeout=20).status_code == 304
        widget.write_text("console.log('二')", encoding="utf-8")
        assert "二" in requests.get(address, headers=tag, timeout=20).text


def test_several_workers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANIC_WORKERS", "2")
    with pytest.raises(BadSettings, match="SANIC_WORKERS is above 1"):
        Settings.from_credentials({})
    Settings.from_credentials({"database": "postgresql://me@host/name"})
    monkeypatch.setenv("SANIC_WORKERS", "1")
    Settings.from_credentials({})


@pytest.mark.parametrize(
    ("database", "reason"),
    [
        ("", "neither the name of a file"),
        ("mysql://me@host/name", "neither the name of a file"),
        ("postgresql://me@host", "no address like"),
        ("postgresql://me@host:word/name", "no address like"),
        ("postgresql://me:s3cret@host/name", "put it into PGPASSFILE"),
        ("postgresql://me@host/name?password=s3cret", "put it into PGPASSFILE"),
    ],
)
def test_a_database_that_cannot_be_meant_is_refused(database: str, reason: str) -> None:
    with pytest.raises(BadSettings, match=reason) as refused:
        Settings.from_credentials({"database": database})
    assert "s3cret" not in str(refused.value)
