"""What is counted of conversations: kinds of messages, never what they say."""

from __future__ import annotations

import uuid

import pytest
import requests
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered

from channels.metrics import count_events
from serving.monitoring import REGISTRY
from tests.conftest import Assistant, Conversation

SECONDS = 10
NOT_UNDERSTOOD = "zhaohui_not_understood_total"


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.parametrize("tenant", ["", "hall"])
def test_a_turn_is_counted_once_by_what_it_was(tenant: str) -> None:
    of = {"channel": "wechat", "tenant": tenant}
    names = {
        "messages": ("zhaohui_messages_total", of),
        "lost": (NOT_UNDERSTOOD, {**of, "answer": "nothing"}),
        "asked": (NOT_UNDERSTOOD, {**of, "answer": "asked_back"}),
        "action": ("zhaohui_actions_total", {"action": "action_clarify_meaning"}),
    }
    before = {key: counted(name, **labels) for key, (name, labels) in names.items()}
    said = UserUttered("x", input_channel="wechat")
    answered = [ActionExecuted("action_clarify_meaning"), ActionExecuted("action_listen")]
    for slots in ((1, None), (2, "meaning")):
        count, question = slots
        asked = [SlotSet("fallback_count", count), SlotSet("pending_question", question)]
        count_events([said, *answered, *asked], tenant)
    count_events([said, *answered, SlotSet("fallback_count", 0)], tenant)
    count_events([SlotSet("fallback_count", 3), ActionExecuted("action_session_start")], tenant)
    found = {key: counted(name, **labels) - before[key] for key, (name, labels) in names.items()}
    assert found == {"messages": 3, "lost": 1, "asked": 1, "action": 3}
    assert not counted("zhaohui_actions_total", action="action_listen")


def test_a_channel_of_any_name_makes_no_label() -> None:
    count_events([UserUttered("x", input_channel="a person's name")])
    assert counted("zhaohui_messages_total", channel="other", tenant="")
    assert not counted("zhaohui_messages_total", channel="a person's name", tenant="")


def families(assistant: Assistant) -> dict[str, Metric]:
    text = requests.get(f"{assistant.url}/metrics", timeout=SECONDS).text
    return {family.name: family for family in text_string_to_metric_families(text)}


def value(found: dict[str, Metric], name: str, **labels: str) -> float:
    samples = found[name.removesuffix("_total").removesuffix("_count")].samples
    return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


def test_the_server_says_what_it_has_answered(
    assistant: Assistant, conversation: Conversation
) -> None:
    before = families(assistant)
    secret = uuid.uuid4().hex
    conversation.say(f"密码忘了 {secret}")
    conversation.say("蓝莓松饼的配方火星几号")
    after = families(assistant)
    for name in ("zhaohui_messages_total", "zhaohui_answer_seconds_count"):
        assert value(after, name, channel="rest") - value(before, name, channel="rest") == 2
    lost = "zhaohui_not_understood_total"
    assert value(after, lost, channel="rest") - value(before, lost, channel="rest") == 1
    text = requests.get(f"{assistant.url}/metrics", timeout=SECONDS).text
    assert secret not in text
    ready = requests.get(f"{assistant.url}/ready", timeout=SECONDS)
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
