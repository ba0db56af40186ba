"""Thousands of random requests: no 5xx, no traceback, no hang, and still a server afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from scripts.readiness import LOCAL, address
from serving.protection import protect
from tests.serving.fuzz import Outcome, random_requests, send_all
from tests.serving.servers import Log, logged, rasa_app, request, send_request, serving, statuses
from tests.serving.test_action_server import CALL, action_app

PATHS = [
    *("/", "/webhooks/rest/", "/webhooks/rest/webhook"),
    *("/webhooks/wechat/", "/webhooks/wechat/hall"),
    *(
        f"/webhooks/website/{name}"
        for name in ("", "session", "history", "events", "messages", "conversation")
    ),
    *(
        f"/webhooks/website/{name}"
        for name in ("feedback", "demo", "demo.css", "zhaohui.js", "none")
    ),
]
BODIES = [b'{"sender": "a", "message": "hello"}', b'{"id": "1", "text": "hello"}', b'{"sender": 1}']
SECONDS = 1.0  # for a head, and for a body: what is cut off has to be answered as well


def assert_well(outcome: Outcome, log: Log) -> None:
    assert outcome.errors == []
    assert outcome.unanswered == []
    assert log.tracebacks == []
    assert all("\n" not in record.getMessage() for record in log.records)


@pytest.mark.parametrize("seed", [1, 2])
def test_random_requests_to_rasa_are_all_answered(seed: int, tmp_path: Path) -> None:
    app = rasa_app(tmp_path)
    protect(app).head_seconds = protect(app).body_seconds = SECONDS
    with serving(app) as port, logged() as log:
        token = requests.post(
            f"{address(LOCAL, port)}/webhooks/website/session", json={}, timeout=20
        ).json()["token"]
        raw = random_requests(seed, 2_000, PATHS, BODIES)
        held = f"Bearer {token}".encode()  # its stream of events would never end
        known = [
            each_request
            if b"/events" in each_request
            else each_request.replace(b"Bearer x.y.z", held)
            for each_request in raw
        ]
        outcome = send_all(port, known)
        assert_well(outcome, log)
        assert {200, 400, 404, 405, 413} <= set(outcome.counts)  # also beyond the framing
        assert statuses(send_request(port, request("/webhooks/website/"))) == [200]


def test_random_requests_to_the_action_server_are_all_answered() -> None:
    app = action_app()
    protect(app).head_seconds = protect(app).body_seconds = SECONDS
    paths = ["/webhook", "/webhook", "/webhook", "/health", "/actions", "/none"]
    parts = [CALL[:index] + CALL[index + 9 :] for index in range(0, len(CALL), 9)]
    with serving(app) as port, logged() as log:
        outcome = send_all(port, random_requests(3, 1_500, paths, [CALL, CALL, *parts]))
        assert_well(outcome, log)
        assert {200, 400, 403, 404, 413, 415} <= set(outcome.counts)
        assert statuses(send_request(port, request("/health"))) == [200]
