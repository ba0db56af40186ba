"""Waiting until a server is ready, as units and containers do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from scripts.await_ready import await_ready
from scripts.cluster import backends
from scripts.console import Failure
from scripts.readiness import LOCAL, free_port


class Starting(BaseHTTPRequestHandler):
    """A server that is ready at its third answer, and answers its second message."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200 if len(self.asked) >= 3 else 503)
        self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'[{"text": "hello"}]' if self.asked.count(self.path) > 1 else b"[]")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Starting.asked = []
    server = ThreadingHTTPServer((LOCAL, 0), Starting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{LOCAL}:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_action_server_is_asked_until_it_is_ready(server: str) -> None:
    await_ready(server, is_alone=True, seconds=20)
    assert Starting.asked == ["/ready"] * 3


def test_a_worker_has_to_answer_a_message_too(server: str) -> None:
    await_ready(server, is_alone=False, seconds=20)
    assert Starting.asked.count("/webhooks/rest/webhook") == 2


def test_who_is_never_ready_is_said() -> None:
    began = time.monotonic()
    with pytest.raises(Failure, match="was not ready within 1 s"):
        await_ready(f"http://{LOCAL}:{free_port()}", is_alone=True, seconds=1)
    assert time.monotonic() - began < 5


def test_a_cluster_says_in_one_line_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"nginx"}
    monkeypatch.setattr(backends, "find", lambda name: name if name in there else None)
    line = backends.missing()
    assert "apt-get install postgresql" in line
    assert "\n" not in line
    monkeypatch.setattr(backends, "find", lambda name: name)
    assert backends.missing() == ""
