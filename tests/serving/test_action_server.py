"""Who may call the action server, and with what."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config
from rasa_sdk.endpoint import create_app
from rasa_sdk.plugin import plugin_manager
from sanic import Sanic
from sanic.exceptions import InvalidUsage

from scripts.console import ROOT
from scripts.readiness import LOCAL, address
from serving.action_server import KEY_FIELD, KEY_VARIABLE, CallerCheck, check_call
from serving.framing import Refusal, read_head
from serving.local_callers import is_local
from serving.protection import protect
from tests.serving.servers import logged, request, send_request, serving, statuses

KEY = "k" * 40
TRACKER: dict[str, Any] = {
    "sender_id": "a",
    "slots": {},
    "latest_message": {"text": "hello", "intent": {"name": "greet"}, "entities": []},
    "events": [],
    "paused": False,
    "active_loop": {},
}
CALL = json.dumps(
    {"next_action": "action_decline_topic", "sender_id": "a", "tracker": TRACKER, "domain": {}}
).encode()
JSON = "Content-Type: application/json"


def action_app() -> Sanic:
    """Returns the action server's app, as rasa_sdk makes it."""
    Sanic._app_registry.clear()
    Sanic.test_mode = True
    app = create_app("actions")
    plugin_manager().hook.attach_sanic_app_extensions(app=app)
    return app


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = action_app()

    @app.get("/broken")
    async def broken(_: object) -> None:
        raise ValueError("a secret of a person")

    with serving(app) as port:
        yield port


def changed(**parts: Any) -> bytes:
    return json.dumps({**json.loads(CALL), **parts}).encode()


def nested(levels: int) -> list[object]:
    value: list[object] = []
    for _ in range(levels):
        value = [value]
    return value


DEEP = nested(900)


def in_tracker(**parts: Any) -> bytes:
    return changed(tracker={**TRACKER, **parts})


def test_rasa_is_answered_again_and_again(port: int) -> None:
    endpoint = EndpointConfig(f"{address(LOCAL, port)}/webhook")
    for _ in range(2):
        answer = asyncio.run(endpoint.request(json=json.loads(CALL), method="post"))
        assert answer
        assert answer["responses"]
    with requests.Session() as session:
        for _ in range(3):
            assert session.post(f"{address(LOCAL, port)}/webhook", json=json.loads(CALL)).ok


@pytest.mark.parametrize("body", [
    b"", b"hello", b"[]", b"[1]", b"5", b"null", b'"x"', b"{}", b"\xff", b"[" * 50_000,
    changed(tracker=None), changed(tracker=[]), changed(tracker={}), changed(next_action=5),
    changed(next_action=None), changed(next_action=[]), changed(domain=[]), changed(domain="x"),
    changed(version=3), changed(version="1\nforged"), changed(sender_id={}),
    in_tracker(sender_id=None), in_tracker(slots=[]), in_tracker(slots=None), in_tracker(events={}),
    in_tracker(events=[1]), in_tracker(latest_message=[]), in_tracker(latest_message={"text": 5}),
    in_tracker(latest_message={"intent": "x"}), in_tracker(latest_message={"entities": [5]}),
    in_tracker(latest_message={"entities": {}}), in_tracker(active_loop="x"),
    in_tracker(slots={"place": DEEP}), in_tracker(latest_message={"metadata": {"a": DEEP}}),
])  # fmt: skip
def test_a_bad_body_gets_a_400_that_does_not_repeat_it(port: int, body: bytes) -> None:
    with logged() as log:
        answer = send_request(port, request("/webhook", JSON, method="POST", body=body))
    assert statuses(answer) == [400]
    assert b"request_body" not in answer
    assert log.tracebacks == []


def test_an_action_that_is_not_there(port: int) -> None:
    body = changed(next_action="action_none")
    answer = send_request(port, request("/webhook", JSON, method="POST", body=body))
    assert statuses(answer) == [404]


def test_an_error_of_ours_is_logged_and_repeats_nothing(port: int) -> None:
    with logged() as log:
        answer = send_request(port, request("/broken"))
    assert statuses(answer) == [500]
    assert b"secret" not in answer
    assert "ValueError" in log.tracebacks[0]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ((JSON, "Origin: http://localhost"), 403),
        ((JSON, "Origin: null"), 403),
        ((JSON, "Sec-Fetch-Site: cross-site"), 403),
        ((JSON, "Sec-Fetch-Site: none", "Sec-Fetch-Site: same-origin"), 403),
        ((JSON, "Sec-Fetch-Site: none"), 200),
        (("Content-Type: text/plain",), 415),
        (("Content-Type: application/x-www-form-urlencoded",), 415),
        (("Content-Type: application/json; boundary=x",), 415),
        ((), 415),
        ((JSON, "Content-Encoding: deflate"), 415),
        ((JSON, "Content-Encoding: gzip"), 415),
        ((JSON, "Content-Length: 99999999"), 413),
        ((JSON, "Content-Length: -5"), 400),
        ((JSON, "Transfer-Encoding: chunked"), 400),
        (("Content-Type: application/json; charset=UTF-8",), 200),
    ],
)
def test_what_a_page_could_send_is_refused(port: int, fields: tuple[str, ...], status: int) -> None:
    with logged() as log:
        answer = send_request(port, request("/webhook", *fields, method="POST", body=CALL))
    assert statuses(answer) == [status]
    assert log.tracebacks == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example:5055", "10.0.0.1", "localhost.a"])
def test_another_host_is_refused(port: int, host: str) -> None:
    raw = request("/health").replace(b"Host: localhost", f"Host: {host}".encode())
    assert statuses(send_request(port, raw)) == [403]


def test_a_page_gets_no_preflight(port: int) -> None:
    raw = request("/webhook", "Origin: http://evil.example", method="OPTIONS")
    answer = send_request(port, raw)
    assert statuses(answer) == [403]
    assert b"allow-origin" not in answer.lower()


def status_for(
    key: str, peer: str, given: str | None, host: str = "actions:5055", *fields: str
) -> int:
    lines = [f"Host: {host}", *fields, *([f"{KEY_FIELD}: {given}"] if given is not None else ())]
    head = read_head("\r\n".join(["GET /health HTTP/1.1", *lines]).encode())
    try:
        CallerCheck(key)(head, peer)
    except Refusal as refusal:
        return int(refusal.status)
    return 200


def test_another_machine_needs_the_key() -> None:
    assert status_for(KEY, "10.0.0.9", KEY) == 200
    for key, given in ((KEY, None), (KEY, ""), (KEY, KEY[:-1]), (KEY, "你"), ("", ""), ("", None)):
        assert status_for(key, "10.0.0.9", given) == 403
        assert status_for(key, "127.0.0.1", given) == 403  # by Host
        assert status_for(key, "127.0.0.1", given, "127.0.0.1:5055") == 200


@pytest.mark.parametrize("field", [
    "X-Forwarded-For: 127.0.0.1", "x-forwarded-proto: https", "Forwarded: for=127.0.0.1",
    "Via: 1.1 proxy", "X-Real-IP: 127.0.0.1", "X_Forwarded_For: 127.0.0.1",
    "X-Envoy-External-Address: 127.0.0.1", "Fly-Client-IP: 127.0.0.1",
    "X-Azure-ClientIP: 127.0.0.1", "X-Appengine-User-Ip: 127.0.0.1",
    "X-Originating-IP: 127.0.0.1", "Ali-Cdn-Real-Ip: 127.0.0.1",
])  # fmt: skip
def test_what_a_proxy_on_this_machine_forwards_needs_the_key(field: str) -> None:
    local = ("127.0.0.1", "127.0.0.1:5055")  # what nginx sends without a setting for Host
    assert status_for("", local[0], None, local[1], field) == 403
    assert status_for(KEY, local[0], None, local[1], field) == 403
    assert status_for(KEY, local[0], KEY, local[1], field) == 200


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        *(("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("::ffff:127.0.0.1", True)),
        *(("", True), ("10.0.0.1", False), ("::ffff:10.0.0.1", False), ("fe80::1%eth0", False)),
        *(("0.0.0.0", False), ("x", False)),
    ],
)
def test_which_peer_is_this_machine(peer: str, expected: bool) -> None:
    assert is_local(peer) is expected


def test_a_short_key_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(ValueError, match=KEY_VARIABLE):
        action_app()


def test_the_key_of_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    [check] = protect(action_app()).checks
    head = read_head(f"GET / HTTP/1.1\r\nHost: a\r\n{KEY_FIELD}: {KEY}".encode())
    check(head, "10.0.0.1")


def test_rasa_sends_the_key_that_endpoints_yml_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
    with_key = tmp_path / "endpoints.yml"
    with_key.write_text(re.sub(r"(?m)^  # (headers:|  X-)", r"  \1", text), encoding="utf-8")
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    assert read_endpoint_config(str(ROOT / "endpoints.yml"), "action_endpoint").headers == {}
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    endpoint = read_endpoint_config(str(with_key), "action_endpoint")
    assert {name.lower(): value for name, value in endpoint.headers.items()} == {KEY_FIELD: KEY}


def test_a_call_of_rasas_is_in_shape() -> None:
    check_call(CALL)
    with pytest.raises(InvalidUsage):
        check_call(b"[]")
