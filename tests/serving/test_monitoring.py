"""Figures for programs on this machine alone, and whether a server is ready."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from sanic import Sanic, response

from scripts.readiness import LOCAL, address, free_port
from serving import monitoring, rasa_readiness
from serving.framing import Refusal, read_head
from serving.monitoring import METRICS, READY, check_local, serve_monitoring
from serving.rasa_readiness import rasa_problems
from tests.serving.servers import new_app, rasa_app, request, send_request, serving, statuses

KEPT = 0.5  # seconds that an answer holds in a test


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with serving(rasa_app(tmp_path_factory.mktemp("monitoring"))) as port:
        yield port


def figures(port: int) -> dict[tuple[str, str], float]:
    """Returns the values by name and first label."""
    body = send_request(port, request(METRICS)).partition(b"\r\n\r\n")[2].decode()
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


def test_a_program_on_this_machine_gets_the_figures(port: int) -> None:
    found = figures(port)
    assert found["process_resident_memory_bytes", ""] > 0
    logging.getLogger("channels.monitored.deeply").error("a test")
    logging.getLogger("channels.monitored.deeply").warning("a test")
    key = ("zhaohui_errors_total", "channels.monitored")
    assert figures(port)[key] - found.get(key, 0) == 1


@pytest.mark.parametrize(
    "field",
    ["Origin: http://127.0.0.1", "Sec-Fetch-Site: same-origin", "X-Forwarded-For: 10.0.0.1"],
)
def test_nobody_else_gets_them(port: int, field: str) -> None:
    assert statuses(send_request(port, request(METRICS, field))) == [403]
    assert statuses(send_request(port, request(f"{METRICS}?x", field))) == [403]
    assert b"zhaohui" not in send_request(port, request(METRICS, field))


def test_another_name_of_this_machine_is_refused(port: int) -> None:
    raw = request(METRICS).replace(b"Host: localhost", b"Host: evil.example")
    assert statuses(send_request(port, raw)) == [403]


@pytest.mark.parametrize(("peer", "is_admitted"), [("10.0.0.9", False), ("127.0.0.1", True)])
def test_another_machine_is_refused(peer: str, is_admitted: bool) -> None:
    head = read_head(f"GET {METRICS} HTTP/1.1\r\nHost: 127.0.0.1:5005".encode())
    other = read_head(b"GET /webhooks/website/ HTTP/1.1\r\nHost: example.gov.cn")
    check_local(other, peer)
    if is_admitted:
        check_local(head, peer)
    else:
        with pytest.raises(Refusal):
            check_local(head, peer)


def readiness(port: int) -> tuple[int, dict[str, Any]]:
    answer = send_request(port, request(READY))
    return statuses(answer)[0], json.loads(answer.partition(b"\r\n\r\n")[2])


def test_what_is_missing_is_said_and_asked_anew_after_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = ["the database is away"]
    asked: list[Sanic] = []

    async def problems(app: Sanic) -> list[str]:
        asked.append(app)
        return list(found)

    monkeypatch.setattr(monitoring, "KEPT_SECONDS", KEPT)
    app = new_app("monitored")
    serve_monitoring(app, problems)
    serve_monitoring(app)  # adds nothing
    with serving(app) as port:
        assert readiness(port) == (503, {"ready": False, "problems": found})
        readiness(port)
        assert len(asked) == 1
        found.clear()
        time.sleep(KEPT)
        assert readiness(port) == (200, {"ready": True, "problems": []})


class Store(TrackerStore):
    """A tracker store that may be away."""

    def __init__(self, is_away: bool) -> None:
        super().__init__(Domain.empty())
        self.is_away = is_away

    async def exists(self, conversation_id: str) -> bool:
        if self.is_away:
            raise OSError("a secret place")
        return False


@pytest.mark.parametrize(
    ("has_model", "is_away", "has_actions", "expected"),
    [
        (False, False, True, ["no model is loaded"]),
        (True, True, True, ["the conversations cannot be read (OSError)"]),
        (True, False, False, ["the action server does not answer"]),
        (True, False, True, []),
    ],
)
def test_what_rasa_needs(
    has_model: bool, is_away: bool, has_actions: bool, expected: list[str]
) -> None:
    actions = new_app("actions")

    @actions.get("/health")
    async def health(_: object) -> Any:
        return response.json({"status": "ok"})

    with serving(actions) as actions_port:
        url = f"{address(LOCAL, actions_port if has_actions else free_port())}/webhook"
        agent = SimpleNamespace(
            is_ready=lambda: has_model,
            tracker_store=FailSafeTrackerStore(Store(is_away)),  # as Rasa's agent has it
            action_endpoint=SimpleNamespace(url=url),
        )
        app: Any = SimpleNamespace(ctx=SimpleNamespace(agent=agent))
        assert asyncio.run(rasa_problems(app)) == expected


def test_an_action_server_that_hangs_is_one_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rasa_readiness, "SECONDS", 0.3)

    async def hang(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async def go() -> list[str]:
        server = await asyncio.start_server(hang, LOCAL, 0)
        port = server.sockets[0].getsockname()[1]
        endpoint = SimpleNamespace(url=f"{address(LOCAL, port)}/webhook")
        agent = SimpleNamespace(
            is_ready=lambda: True, tracker_store=Store(False), action_endpoint=endpoint
        )
        app: Any = SimpleNamespace(ctx=SimpleNamespace(agent=agent))
        return await rasa_problems(app)

    assert asyncio.run(go()) == ["the action server does not answer"]
