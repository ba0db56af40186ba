"""What takes the place of Rasa's functions gives what they give."""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import random
import warnings as python_warnings
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import MagicMock

import jsonschema
import pytest
import rasa
import structlog
from aiohttp import ClientConnectorError, web
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import (
    RULES,
    RULES_FOR_LOOP_UNHAPPY_PATH,
    RULES_NOT_IN_STORIES,
    RulePolicy,
)
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from rasa.utils.endpoints import EndpointConfig

from channels import faster_rasa
from channels.conversation_store import RASA_VERSION
from channels.faster_rasa import (
    check_for_unseen_features,
    find_rule,
    has_usual_shape,
    load_model,
    resolve_by_type,
    run_graph,
    validate_action_result,
)
from scripts.readiness import LOCAL, free_port

SCHEMA = RemoteAction.action_response_format_spec()
ODD: list[Any] = [
    None,
    True,
    1,
    1.5,
    "",
    "slot",
    "followup",
    "user",
    [],
    {},
    [1],
    [{}],
    {"name": "a"},
]


def test_it_is_for_the_version_that_is_installed() -> None:
    assert rasa.__version__ == RASA_VERSION


def test_each_event_has_its_class() -> None:
    first: dict[str, type[Event]] = {}
    for kind in all_subclasses(Event):
        first.setdefault(kind.type_name, kind)
    for _ in range(2):
        assert {name: resolve_by_type(name) for name in first} == first
    assert resolve_by_type("topic") is None
    with pytest.raises(ValueError, match="Unknown event"):
        resolve_by_type("nonsense")
    assert resolve_by_type("nonsense", Event) is Event
    with pytest.raises(ValueError, match="Unknown event"):
        resolve_by_type("nonsense")  # the default of one call is not that of the next


def test_what_is_there_when_a_model_is_loaded_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded: list[Any] = []
    monkeypatch.setattr(faster_rasa, "_original_load", lambda *given: loaded.append(given))
    gc.unfreeze()
    try:
        for model in ("one", "another"):  # what is left of the first may go then
            load_model(cast(Any, None), model)
            assert gc.get_freeze_count() > 1_000
    finally:
        gc.unfreeze()
    assert loaded == [(None, "one", None), (None, "another", None)]


def some_event(rng: random.Random) -> Any:
    kinds = ["slot", "followup", "slot", "action", "session_started", "x"]
    event: dict[str, Any] = {"event": rng.choice(kinds)}
    event |= {"name": "place", "value": 1, "timestamp": None}
    for _ in range(rng.randrange(3)):
        keys = ["event", "name", "timestamp", "metadata", "value", "policy", "hide_rule_turn"]
        event[rng.choice(keys)] = rng.choice(ODD)
    if rng.random() < 0.2:
        event.pop(rng.choice(list(event)))
    return event if rng.random() < 0.95 else rng.choice(ODD)


def test_an_answer_is_valid_as_by_the_schema() -> None:
    rng = random.Random(7)
    usual, schema = 0, jsonschema.Draft202012Validator(SCHEMA)
    action = RemoteAction("action_one", None)
    for _ in range(3000):
        result: Any = {
            "events": [some_event(rng) for _ in range(rng.randrange(3))],
            "responses": [{"text": "一"}],
        }
        if rng.random() < 0.2:
            result[rng.choice(["events", "responses"])] = rng.choice(ODD)
        if rng.random() < 0.05:
            result = rng.choice(ODD)
        is_valid = schema.is_valid(result)
        usual += has_usual_shape(result)
        assert not has_usual_shape(result) or is_valid, result
        if is_valid:
            assert validate_action_result(action, result)
        else:
            with pytest.raises(jsonschema.ValidationError, match="custom-actions"):
                validate_action_result(action, result)
    assert 300 < usual < 2700


def runner(nodes: dict[str, tuple[Any, tuple[str, ...]]], targets: set[str]) -> Any:
    """Returns a runner of Rasa's with functions in the place of components."""
    schema = GraphSchema(
        {
            name: SchemaNode(
                {need: need for need in needs},
                object,
                "create",
                "run",
                {},
                is_target=name in targets,
            )
            for name, (_, needs) in nodes.items()
        }
    )
    made: Any = DaskGraphRunner.__new__(DaskGraphRunner)
    made._graph_schema, made._execution_context = schema, SimpleNamespace()
    made._instantiated_nodes = {name: function for name, (function, _) in nodes.items()}
    return made


def node(name: str, calls: list[str]) -> Any:
    def run(*inputs: Any) -> tuple[str, Any]:
        calls.append(name)
        return name, [name, *[value[1] if isinstance(value, tuple) else value for value in inputs]]

    return run


dask_run = DaskGraphRunner.run


@pytest.mark.parametrize("seed", range(20))
def test_a_graph_gives_what_dask_gives_and_runs_each_node_once(seed: int) -> None:
    rng = random.Random(seed)
    calls: list[str] = []
    nodes: dict[str, tuple[Any, tuple[str, ...]]] = {}
    for number in range(12):
        names = [*nodes, "__message__", "__missing__"]
        needs = tuple(rng.sample(names, min(len(names), rng.randrange(4))))
        nodes[f"n{number}"] = (node(f"n{number}", calls), needs)
    targets = rng.sample(list(nodes), 3)
    graph = runner(nodes, set(targets))
    for wanted in (targets, targets[:1], None):
        expected = dask_run(graph, {"__message__": ["你好"]}, wanted)
        by_dask = sorted(calls)
        calls.clear()
        assert run_graph(graph, {"__message__": ["你好"]}, wanted) == expected
        assert sorted(calls) == by_dask
        calls.clear()


def test_what_dask_refuses_is_refused() -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    graph = runner({"a": (fail, ())}, {"a"})
    for run in (dask_run, run_graph):
        with pytest.raises(GraphRunError):
            run(graph, {}, ["a"])
        with pytest.raises(GraphRunError, match="clashes"):
            run(graph, {"b": "a"}, ["a"])


RULE_DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [ask, tell]
actions: [action_one, action_two]
forms: {form: {required_slots: []}}
slots:
  sure: {type: bool, initial_value: true, mappings: [{type: custom}]}
"""
)
rasa_find = RulePolicy._find_action_from_rules


def some_rules(rng: random.Random, *, by_intent: bool) -> dict[str, str]:
    """Returns rules of one or two turns; some, where that is wanted, need no intent."""
    rules = {}
    for _ in range(rng.randrange(1, 8)):
        first: dict[str, Any] = {"prev_action": {"action_name": "action_listen"}}
        if by_intent or rng.random() < 0.7:
            first["user"] = {"intent": rng.choice(["ask", "tell"])}
        elif rng.random() < 0.5:
            first["user"] = {"text": "一"}
        if rng.random() < 0.3:
            first["slots"] = {"sure": rng.choice([[1.0, 1.0], "None"])}
        second = {**first, "prev_action": {"action_name": rng.choice(["action_one", "action_two"])}}
        states = rng.choice([[first], [first], [first, second], [second, first]])
        rules[json.dumps(states, sort_keys=True)] = rng.choice(["action_one", "action_two"])
    return rules


def some_tracker(rng: random.Random) -> DialogueStateTracker:
    """Returns a conversation that ends anywhere."""
    tracker = DialogueStateTracker("a", RULE_DOMAIN.slots)
    for _ in range(rng.randrange(1, 5)):
        tracker.update(ActionExecuted("action_listen"))
        tracker.update(UserUttered(rng.choice("一二"), {"name": rng.choice(["ask", "tell"])}))
        if rng.random() < 0.3:
            tracker.update(SlotSet("sure", rng.choice([True, False, None])))
        if rng.random() < 0.1:
            tracker.update(ActiveLoop(rng.choice(["form", None])))
        if rng.random() < 0.6:
            tracker.update(ActionExecuted(rng.choice(["action_one", "action_two"])))
    return tracker


@pytest.mark.parametrize("by_intent", [True, False])
def test_rules_say_what_they_say_when_all_turns_are_worked_out(
    by_intent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(5)
    worked_out, found = 0, set()

    def count(*arguments: Any) -> Any:
        nonlocal worked_out
        worked_out += 1
        return rasa_find(*arguments)

    monkeypatch.setattr(faster_rasa, "_original_find", count)
    for _ in range(500):
        policy = RulePolicy(RulePolicy.get_default_config(), MagicMock(), MagicMock(), MagicMock())
        rules = some_rules(rng, by_intent=by_intent)
        hidden = rng.sample(list(rules), 1)
        policy.lookup = {
            RULES: rules,
            RULES_FOR_LOOP_UNHAPPY_PATH: {},
            RULES_NOT_IN_STORIES: hidden,
        }
        tracker = some_tracker(rng)
        predictions = []
        for find in (rasa_find, find_rule):
            monkeypatch.setattr(RulePolicy, "_find_action_from_rules", find)
            prediction, source = policy._predict(tracker, RULE_DOMAIN)
            predictions.append({**vars(prediction), "source": source})
        assert predictions[0] == predictions[1]
        found.add(prediction.max_confidence_index)
    assert len(found) > 2
    assert (worked_out < 750) is by_intent  # of twice 500; where the present state tells, none


def test_what_a_domain_does_not_have_is_warned_of_and_no_domain_is_made_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []
    empty = Domain.empty

    def count() -> Domain:
        made.append(1)
        return empty()

    monkeypatch.setattr(Domain, "empty", count)
    domain = copy.deepcopy(RULE_DOMAIN)
    for given, warnings in ((domain, 1), (empty(), 0), (None, 0)):
        processor: Any = SimpleNamespace(domain=given)
        made.clear()
        for _ in range(3):
            with structlog.testing.capture_logs(), python_warnings.catch_warnings(record=True) as w:
                python_warnings.simplefilter("always")
                check_for_unseen_features(processor, {"intent": {"name": "dance"}, "entities": []})
            assert len(w) == warnings
        assert len(made) == (given is not None)


def test_connections_to_the_action_server_are_kept_and_cookies_are_not() -> None:
    peers: list[Any] = []
    cookies: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        peers.append(request.transport and request.transport.get_extra_info("peername"))
        cookies.append(request.headers.get("Cookie"))
        response = web.json_response({"events": []})
        response.set_cookie("a", "b")
        return response

    async def go() -> None:
        app = web.Application()
        app.router.add_post("/webhook", answer)
        server = web.AppRunner(app)
        await server.setup()
        port = free_port()
        await web.TCPSite(server, LOCAL, port).start()
        endpoint = EndpointConfig(f"http://{LOCAL}:{port}/webhook")
        for _ in range(3):
            async with faster_rasa.session(endpoint) as session:
                assert (await session.post(str(endpoint.url))).status == 200
        await server.cleanup()

    asyncio.run(go())
    assert len(set(peers)) == 1
    assert cookies == [None] * 3


def test_a_kept_connection_that_ends_as_it_is_used_costs_no_answer() -> None:
    asked: list[int] = []
    kept: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kept.append(writer)
        number = len(kept)
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = int(head.lower().partition(b"content-length: ")[2].split()[0])
            await reader.readexactly(length)
            asked.append(number)
            if asked == [1, 1]:
                break  # the second request on the first connection
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
            writer.write(b"Content-Length: 14\r\n\r\n" + b'{"events": []}')
        writer.close()

    async def go() -> list[Any]:
        server = await asyncio.start_server(serve, LOCAL, free_port())
        port = server.sockets[0].getsockname()[1]
        endpoint = EndpointConfig(f"http://{LOCAL}:{port}/webhook")
        answers = [await endpoint.request(json={"next_action": "a"}) for _ in range(3)]
        server.close()
        for writer in kept:
            writer.close()
        await asyncio.sleep(0.05)
        with pytest.raises(ClientConnectorError):  # nobody is there: not asked again and again
            await endpoint.request(json={"next_action": "a"})
        return answers

    faster_rasa.make_faster()
    assert asyncio.run(go()) == [{"events": []}] * 3
    assert asked == [1, 1, 2, 2]


def test_kept_connections_that_have_all_ended_cost_no_answer() -> None:
    """As after a standstill of this process: each ends when it is used for the second time."""
    first = asyncio.Event()
    kept: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kept.append(writer)
        is_old = len(kept) <= 3
        if len(kept) == 3:
            first.set()
        for turn in range(2):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split()[0])
            await reader.readexactly(length)
            if turn and is_old:
                break
            await first.wait()  # three at once
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
            writer.write(b"Content-Length: 14\r\n\r\n" + b'{"events": []}')
        writer.close()

    async def go() -> Any:
        server = await asyncio.start_server(serve, LOCAL, free_port())
        port = server.sockets[0].getsockname()[1]
        endpoint = EndpointConfig(f"http://{LOCAL}:{port}/webhook")
        asked = {"next_action": "a"}
        await asyncio.gather(*(endpoint.request(json=asked) for _ in range(3)))
        answer = await endpoint.request(json=asked)
        server.close()
        for writer in kept:
            writer.close()
        return answer

    faster_rasa.make_faster()
    assert asyncio.run(go()) == {"events": []}
    assert len(kept) == 4
