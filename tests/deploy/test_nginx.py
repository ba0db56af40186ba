"""nginx with the settings of `deploy/nginx`, before a server that tells what reached it."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from scripts.cluster.backends import check_nginx, find, nginx_command, wait_for
from scripts.cluster.settings import DEPLOY, Files, Ports
from scripts.processes import Program
from scripts.readiness import LOCAL, free_port, is_free

pytestmark = pytest.mark.skipif(not find("nginx"), reason="nginx is not installed")
MEBIBYTE = 1024 * 1024
WEBSITE = "/webhooks/website"


class Upstream(BaseHTTPRequestHandler):
    """A worker, or an action server: tells in JSON what it was asked."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        if self.path.endswith("/events"):
            self.stream()
            return
        reached = {"port": self.server.server_port, "length": length, **dict(self.headers.items())}  # type: ignore[attr-defined]
        body = json.dumps(reached).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(3):
            self.wfile.write(f"data: {number}\n\n".encode())
            self.wfile.flush()
            time.sleep(0.5)

    do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the names of http.server

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@dataclass
class Front:
    """nginx as it runs."""

    ports: Ports
    files: Files
    session: requests.Session

    def url(self, path: str) -> str:
        return f"https://localhost:{self.ports.https}{path}"


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    """nginx with the limits of service, before one worker and one action server of two."""
    ports = Ports.choose(free_port(), 2, 2)
    files = Files(tmp_path / "cluster")
    files.write(ports, is_limited=True)
    check_nginx(files.nginx)
    upstreams = [Server((LOCAL, port), Upstream) for port in (ports.workers[1], ports.actions[1])]
    for upstream in upstreams:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
    program = Program("nginx", nginx_command(files.nginx), tmp_path / "nginx.log")
    session = requests.Session()
    session.trust_env, session.verify = False, str(files.certificate)
    try:
        wait_for(lambda: not is_free(ports.https), "nginx")
        yield Front(ports, files, session)
    finally:
        program.stop()
        for upstream in upstreams:
            upstream.shutdown()
            upstream.server_close()


def test_a_worker_learns_who_asks_and_by_which_name(front: Front) -> None:
    given = {"X-Forwarded-For": "203.0.113.9", "Origin": f"https://localhost:{front.ports.https}"}
    reached = front.session.post(front.url(f"{WEBSITE}/session"), json={}, headers=given).json()
    assert reached["X-Forwarded-For"] == LOCAL
    assert reached["Host"] == f"localhost:{front.ports.https}"
    assert reached["Origin"] == given["Origin"]
    assert reached["Content-Length"] == "2"  # no chunks, which the workers refuse
    assert reached["port"] == front.ports.workers[1]  # the first one does not run


def test_an_action_server_is_asked_without_a_word_of_a_proxy(front: Front) -> None:
    url = f"http://{LOCAL}:{front.ports.actions_proxy}/webhook"
    reached = requests.post(url, json={}, headers={"X-Zhaohui-Actions-Key": "key"}).json()
    assert reached["X-Zhaohui-Actions-Key"] == "key"
    assert reached["Host"] == LOCAL
    assert not [name for name in reached if "forwarded" in name.lower() or name == "Via"]
    assert reached["port"] == front.ports.actions[1]
    assert requests.get(url.replace("/webhook", "/metrics")).status_code == 404


def test_nothing_else_is_served(front: Front) -> None:
    for path in ("/", "/metrics", "/webhooks/rest/webhook", "/webhooks/", "/model/parse"):
        assert front.session.get(front.url(path)).status_code == 404, path
    assert front.session.get(front.url(f"{WEBSITE}/../../metrics")).status_code == 404
    assert front.session.get(front.url("/webhooks/wechat/hall")).status_code == 200
    assert front.session.get(front.url("/ready")).status_code == 200  # this machine may ask


def test_another_name_of_the_machine_gets_nothing(front: Front) -> None:
    with pytest.raises(requests.ConnectionError):
        front.session.get(front.url(f"{WEBSITE}/demo"), headers={"Host": "evil.example"})
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection((LOCAL, front.ports.https)) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="evil.example")


def test_bodies_are_as_large_as_the_workers_take(front: Front) -> None:
    picture, text = b"x" * 8 * MEBIBYTE, b"x" * 65536
    url = front.url
    assert front.session.post(url(f"{WEBSITE}/pictures?id=1"), data=picture).status_code == 200
    assert front.session.post(url(f"{WEBSITE}/messages"), data=text).status_code == 200
    assert front.session.post(url(f"{WEBSITE}/messages"), data=text + b"x").status_code == 413
    assert (
        front.session.post(url(f"{WEBSITE}/pictures?id=1"), data=picture + b"x").status_code == 413
    )


def test_who_asks_too_often_is_told_when_to_come_again(front: Front) -> None:
    replies = [front.session.post(front.url(f"{WEBSITE}/messages"), json={}) for _ in range(160)]
    refused = [reply for reply in replies if reply.status_code != 200]
    assert 120 <= len(replies) - len(refused) < 160
    assert {reply.status_code for reply in refused} == {429}
    assert {reply.headers["Retry-After"] for reply in refused} == {"5"}
    assert front.session.get(front.url(f"{WEBSITE}/history")).status_code == 200


def test_a_stream_comes_through_as_it_is_written(front: Front) -> None:
    began = time.monotonic()
    with front.session.get(front.url(f"{WEBSITE}/events"), stream=True) as stream:
        first = next(stream.iter_lines(chunk_size=1))
    assert first == b"data: 0"
    assert time.monotonic() - began < 0.5 + 0.4


def test_what_is_logged_names_nobody(front: Front) -> None:
    secret = {"Authorization": "Bearer a-token"}
    front.session.get(front.url(f"{WEBSITE}/history?after=17"), headers=secret)
    log = front.files.nginx / "access.log"
    wait_for(lambda: f"{WEBSITE}/history" in log.read_text("utf-8"), "the log")
    line = log.read_text("utf-8").splitlines()[-1]
    assert "a-token" not in line
    assert "after=17" not in line
    assert line.split()[1:4] == ["GET", f"{WEBSITE}/history", "200"]


def test_the_files_of_service_are_taken_by_nginx(tmp_path: Path) -> None:
    """As they are in `deploy/nginx`, with a certificate where they look for one."""
    files = Files(tmp_path)
    files.write(Ports.choose(free_port(), 1, 1), is_limited=True)
    key = files.nginx / "zhaohui" / "certificate.key"
    for path in sorted((DEPLOY / "nginx").rglob("*.conf")):
        text = path.read_text(encoding="utf-8")
        text = text.replace("/etc/nginx/zhaohui/certificate.pem", str(files.certificate))
        text = text.replace("/etc/nginx/zhaohui/certificate.key", str(key))
        text = text.replace("/var/log/nginx/", f"{tmp_path}/")
        (files.nginx / path.relative_to(DEPLOY / "nginx")).write_text(text, encoding="utf-8")
    main = files.nginx / "nginx.conf"
    text = main.read_text("utf-8")
    redirect = "    include zhaohui.conf;\n    include redirect.conf;\n"
    main.write_text(text.replace("    include zhaohui.conf;\n", redirect), encoding="utf-8")
    check_nginx(files.nginx)
