"""A random walker: thousands of turns over buttons and intents, from every state it gets into."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from actions.turn import live_content
from scripts.console import ROOT
from serving.message import Message
from tests.actions.actor import INTENTS, RULES, Actor
from tests.serving.shapes import fits

TURNS = 6_000
ACTS = sorted(
    {
        act
        for path in sorted((ROOT / "data" / "acts").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for act in json.loads(line)["acts"]
    }
)
PLACES = ["杭州", "朝阳区", "余杭", "莱芜市", "不存在市", "吉林", "110105", ""]
NUMBERS = ["6", "六", "十二", "0", "999", "１", "abc", "-1", ""]
WORDS = [
    "好了",
    "然后呢",
    "没有",
    "",
    "   ",
    "[hidden:code]",
    "http://a.example.com/x",
    "全部",
]


def check(message: dict[str, Any], apology: str, trail: list[str]) -> None:
    where = " > ".join(trail[-12:])
    shape = {name: message[name] for name in Message.__annotations__ if name in message}
    assert fits(shape, Message), where
    assert message["text"].strip(), where
    assert apology not in message["text"], where
    assert "{" not in message["text"], where
    assert len(message["text"]) < 1200, where
    buttons = message["buttons"]
    assert 1 <= len(buttons) <= 4, where
    assert len({button["payload"] for button in buttons}) == len(buttons), where
    for button in buttons:
        assert button["title"].strip(), where
        assert "{" not in button["title"], where
        assert button["payload"].lstrip("/").split("{")[0] in RULES, where


@pytest.mark.parametrize("seed", range(5))
def test_random_walk(seed: int) -> None:
    rng, actor = random.Random(seed), Actor()
    trail: list[str] = []
    apology = live_content.current().chitchat["apology"].text
    for turn in range(TURNS // 5):
        if turn % 60 == 0:
            actor, trail = Actor(), []
        if actor.buttons and rng.random() < 0.6:
            payload = rng.choice(actor.buttons)["payload"]
            trail.append(payload)
            message = actor.click(payload)
        else:
            intent = rng.choice([*INTENTS, "nlu_fallback"])
            entities: dict[str, Any] = {}
            if rng.random() < 0.5:
                entities["region"] = rng.choice(PLACES)
            if rng.random() < 0.5:
                entities["step_number"] = rng.choice(NUMBERS)
            if rng.random() < 0.1:
                entities["extent"] = rng.choice(["all", "next", "bureau", "change", "?"])
            if rng.random() < 0.2:
                entities["other_system"] = rng.choice(["U盾", "没听说过的系统"])
            ranking: list[dict[str, Any]] = [
                {"name": name, "confidence": rng.random()} for name in rng.sample(INTENTS, 3)
            ]
            ranking.sort(key=lambda candidate: -candidate["confidence"])
            text = rng.choice(WORDS)
            acts = rng.sample(ACTS, rng.randint(1, 3)) if rng.random() < 0.5 else []
            trail.append(f"{intent} {entities} {text!r} {acts}")
            message = actor.send(intent, text, entities, ranking, acts)
        check(message, apology, trail)


def test_every_intent_answers_in_every_state() -> None:
    apology = live_content.current().chitchat["apology"].text
    states: dict[str, dict[str, Any]] = {}
    rng, actor = random.Random(7), Actor()
    for _ in range(4_000):
        payloads = [button["payload"] for button in actor.buttons] or ["/greet"]
        actor.click(rng.choice(payloads))
        memory = (
            actor.slots.get(name)
            for name in ("pending_question", "interrupted", "guide", "diagnosis")
        )
        states.setdefault(
            str([value if isinstance(value, str) else bool(value) for value in memory]),
            dict(actor.slots),
        )
        if rng.random() < 0.1:
            actor = Actor()
    assert len(states) > 15
    for slots in states.values():
        for intent in [*INTENTS, "nlu_fallback"]:
            check(Actor(dict(slots)).send(intent), apology, [str(slots), intent])


def test_no_state_is_a_trap() -> None:
    """From wherever clicking leads, few clicks lead to the bureau or to a way."""
    rng = random.Random(3)
    for _ in range(60):
        actor = Actor()
        message = actor.send("greet")
        for _ in range(25):
            message = actor.click(rng.choice(actor.buttons)["payload"])
        for _ in range(12):
            payloads = [button["payload"] for button in message["buttons"]]
            if any(payload.startswith(("/contact_bureau", "/recover")) for payload in payloads):
                break
            message = actor.click(rng.choice(payloads))
        else:
            pytest.fail(f"no way out of {actor.slots}")
