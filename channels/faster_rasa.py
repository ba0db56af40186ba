"""What Rasa does anew for every message though its result is always the same, done once.

Each function takes the place of one of Rasa's and gives the same results. They are written against
one version of Rasa; `channels.conversation_store` leaves another version as it is.
"""

from __future__ import annotations

import gc
import weakref
from asyncio import AbstractEventLoop, get_running_loop, sleep
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
from jsonschema.exceptions import best_match
from rasa.core.actions.action import ActionSessionStart, RemoteAction
from rasa.core.agent import Agent
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.constants import DOCS_BASE_URL
from rasa.shared.core.constants import ACTION_LISTEN_NAME, USER
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, ReminderScheduled, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker, is_prev_action_listen_in_state
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.utils.endpoints import EndpointConfig

from channels.trackers import CheckpointedTracker

AGAIN_SECONDS = (0.0, 0.05, 0.2)  # before a request is made again whose connection has ended
KEPT_SECONDS = 1.0  # a connection without a request; servers keep it for longer


class _KeptConnector(aiohttp.TCPConnector):
    """Connections that are open until they idle, or until the process ends."""

    def __del__(self, *_: Any) -> None:
        """Is silent, where aiohttp would warn that they were not closed."""


# What an action's event may have besides, each of a type of its own.
_OF_ACTIONS = ("policy", "confidence", "hide_rule_turn", "action_text")
Order = list[tuple[str, Any, tuple[str, ...]]]  # nodes, and the names of what each one needs

_original_load = Agent.load_model
_original_resolve = Event.resolve_by_type
_original_slots = ActionSessionStart._slot_set_events_from_tracker
_original_find = RulePolicy._find_action_from_rules
_original_check = MessageProcessor._check_for_unseen_features
_original_reminder = MessageProcessor._is_reminder_still_valid

_event_classes: dict[str, type[Event]] = {}
_connectors: weakref.WeakKeyDictionary[AbstractEventLoop, aiohttp.TCPConnector] = (
    weakref.WeakKeyDictionary()
)
_orders: weakref.WeakKeyDictionary[DaskGraphRunner, dict[tuple[str, ...], Order]] = (
    weakref.WeakKeyDictionary()
)
# How many rules a policy had, and these by the intent that they need.
_by_intent: weakref.WeakKeyDictionary[RulePolicy, tuple[int, dict[str, dict[str, str]] | None]] = (
    weakref.WeakKeyDictionary()
)


def make_faster() -> None:
    """Puts the functions in the place of Rasa's; a second call changes nothing."""
    Agent.load_model = load_model
    Event.resolve_by_type = staticmethod(resolve_by_type)
    RemoteAction._validate_action_result = validate_action_result
    EndpointConfig.session = session
    DaskGraphRunner.run = run_graph
    MessageProcessor._check_for_unseen_features = check_for_unseen_features
    RulePolicy._find_action_from_rules = find_rule
    FailSafeTrackerStore.init_tracker = init_tracker
    ActionSessionStart._slot_set_events_from_tracker = staticmethod(slots_of_session)
    MessageProcessor._is_reminder_still_valid = staticmethod(is_reminder_valid)


def load_model(agent: Agent, model_path: str | Path, fingerprint: str | None = None) -> None:
    """Loads a model; Python's collector of cyclic garbage leaves alone what is there by then.

    It would look through a million objects every few hundred messages, while all who wait would
    wait for a sixth of a second longer.
    """
    gc.unfreeze()  # of a model before
    _original_load(agent, model_path, fingerprint)
    gc.collect()
    gc.freeze()


def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """Returns the class of an event; Rasa looks through all classes for each event."""
    found = _event_classes.get(type_name)
    if found is None:
        found = _original_resolve(type_name, default)
        if found is not None and found is not default:
            _event_classes[type_name] = found
    return found


def validate_action_result(action: RemoteAction, result: Any) -> bool:
    """Checks an action server's answer; Rasa checks the schema itself each time before.

    Raises:
        ValidationError: if the answer is not in the shape that Rasa documents.
    """
    if has_usual_shape(result):
        return True
    error = best_match(_validator().iter_errors(result))
    if error is None:
        return True
    error.message += (
        ". Failed to validate Action server response from API, make sure your response from the"
        " Action endpoint is valid. For more information about the format visit"
        f" {DOCS_BASE_URL}/custom-actions"
    )
    raise error


def has_usual_shape(result: Any) -> bool:
    """Whether an answer has only slots and events without more, which the schema allows.

    One that has more is left to the schema.
    """
    if not isinstance(result, dict):
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    if not isinstance(events, list) or not isinstance(responses, list):
        return False
    return all(isinstance(response, dict) for response in responses) and all(
        map(_is_usual_event, events)
    )


def _is_usual_event(event: Any) -> bool:
    if not isinstance(event, dict):
        return False
    name = event.get("event")
    has_name = isinstance(event.get("name"), str)
    is_usual = (
        name in ("followup", "session_started")
        or (name == "slot" and has_name and "value" in event)
        or (name == "action" and has_name and all(event.get(key) is None for key in _OF_ACTIONS))
    )
    return (
        is_usual
        and type(event.get("timestamp")) in (int, float, type(None))
        and type(event.get("metadata")) in (dict, type(None))
    )


def session(endpoint: EndpointConfig) -> aiohttp.ClientSession:
    """Returns an HTTP session like Rasa's whose connection stays open for the next request.

    Cookies and settings are of one request, as Rasa's are; only connections are shared.
    """
    basic = endpoint.basic_auth
    loop = get_running_loop()
    connector = _connectors.get(loop)
    if connector is None or connector.closed:
        connector = _KeptConnector(limit=0, keepalive_timeout=KEPT_SECONDS)
        _connectors[loop] = connector
    return aiohttp.ClientSession(
        connector=connector,
        connector_owner=False,
        headers=endpoint.headers,
        auth=aiohttp.BasicAuth(basic["username"], basic["password"]) if basic else None,
        timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
        middlewares=(ask_once_more,),
    )


async def ask_once_more(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Repeats a request whose connection the other side has closed: an action changes nothing.

    A kept connection may end in the moment in which it is used again, as when a proxy reads its
    settings anew; and after a standstill of this process, all that are kept have ended.

    Raises:
        aiohttp.ClientConnectionError: if it fails again and again, or nobody listens there.
    """
    for pause in AGAIN_SECONDS:
        try:
            return await handler(request)
        except aiohttp.ClientConnectorError:
            raise
        except aiohttp.ClientConnectionError:
            await sleep(pause)  # the loop hears which other kept connections have ended
    return await handler(request)


def run_graph(
    runner: DaskGraphRunner,
    inputs: dict[str, Any] | None = None,
    targets: list[str] | None = None,
) -> dict[str, Any]:
    """Runs the components of a model one after the other; Rasa has dask plan each run anew.

    Raises:
        GraphRunError: if a component cannot be run.
    """
    wanted = tuple(targets or runner._graph_schema.target_names)
    orders = _orders.setdefault(runner, {})
    order = orders.get(wanted)
    if order is None:
        order = orders[wanted] = _order(runner, wanted)
    results: dict[str, Any] = {}
    names = {name for name, _, _ in order} if inputs else set()
    for name, value in (inputs or {}).items():
        if isinstance(value, str) and value in names:
            raise GraphRunError(f"Input value '{value}' clashes with a node name.")
        results[name] = (name, value)
    try:
        for name, node, needs in order:
            if name not in results:
                results[name] = node(*[results.get(need, need) for need in needs])
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(results[name] for name in wanted)


def find_rule(
    policy: RulePolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    use_text_for_last_user_input: bool,
) -> tuple[str | None, str | None, bool]:
    """Returns the action of the rule that fits, the rule, and whether a loop goes on after a break.

    Right after a message the present state tells, as long as no rule that fits it looks further
    back; Rasa works out the states of all turns, once for rules of texts and once of intents.
    """
    is_plain = tracker.latest_action_name == ACTION_LISTEN_NAME and not tracker.active_loop_name
    by_intent = _rules_by_intent(policy) if is_plain else None
    if by_intent is not None:
        if use_text_for_last_user_input:
            return None, None, False
        state = domain.get_active_state(tracker)
        user = state.get(USER, {})
        user.pop(TEXT, None)
        rules = by_intent.get(str(user.get(INTENT)), {})
        keys = policy._get_possible_keys(rules, [state])
        if keys and all(len(policy._rule_key_to_state(key)) == 1 for key in keys):
            key = max(keys, key=len)
            return rules[key], key, False
    found: tuple[str | None, str | None, bool] = _original_find(
        policy, tracker, domain, use_text_for_last_user_input
    )
    return found


def _rules_by_intent(policy: RulePolicy) -> dict[str, dict[str, str]] | None:
    """Returns the rules that may fit right after a message; None if some of them need no intent."""
    amount = len(policy.lookup[RULES])
    if policy not in _by_intent or _by_intent[policy][0] != amount:
        by_intent: dict[str, dict[str, str]] | None = {}
        for key, action in policy.lookup[RULES].items():
            end = policy._rule_key_to_state(key)[-1]
            if by_intent is None or not is_prev_action_listen_in_state(end):
                continue
            if INTENT in end.get(USER, {}):
                by_intent.setdefault(end[USER][INTENT], {})[key] = action
            else:
                by_intent = None
        _by_intent[policy] = amount, by_intent
    return _by_intent[policy][1]


def check_for_unseen_features(processor: MessageProcessor, parse_data: dict[str, Any]) -> None:
    """Warns of what the domain does not have; Rasa makes an empty one for each message, too."""
    domain = processor.domain
    if domain is not None and "is_empty" not in vars(domain):
        domain.is_empty = partial(bool, domain.is_empty())
    _original_check(processor, parse_data)


def init_tracker(store: FailSafeTrackerStore, sender_id: str) -> DialogueStateTracker:
    """Returns the tracker of the store that is wrapped; Rasa's own would hide no secrets."""
    return store._tracker_store.init_tracker(sender_id)


def slots_of_session(tracker: DialogueStateTracker) -> list[SlotSet]:
    """Returns the slots that a new session takes over, also those set before a checkpoint."""
    _load_all(tracker)
    slots: list[SlotSet] = _original_slots(tracker)
    return slots


def is_reminder_valid(tracker: DialogueStateTracker, reminder: ReminderScheduled) -> bool:
    """Whether no restart came after a reminder, also after one before a checkpoint."""
    _load_all(tracker)
    return bool(_original_reminder(tracker, reminder))


def _load_all(tracker: DialogueStateTracker) -> None:
    if isinstance(tracker, CheckpointedTracker):
        tracker.load_all()


def _order(runner: DaskGraphRunner, targets: Iterable[str]) -> Order:
    """Returns the nodes that the targets need, each after those that it needs itself."""
    nodes = runner._graph_schema.minimal_graph_schema(list(targets)).nodes
    order: Order = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        if name in seen or name not in nodes:
            return
        seen.add(name)
        needs = tuple(nodes[name].needs.values())
        for need in needs:
            visit(need)
        order.append((name, runner._instantiated_nodes[name], needs))

    for target in targets:
        visit(target)
    return order


@cache
def _validator() -> Any:
    """Returns the validator of an action server's answers."""
    schema = RemoteAction.action_response_format_spec()
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)
