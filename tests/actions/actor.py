"""Runs actions as Rasa would, by the rules of data/rules, without a model or a server."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

import actions.chitchat
import actions.dialogue
import actions.navigate  # noqa: F401 - the three import all others
from channels.rendering import render
from scripts.console import ROOT


def read_rules() -> dict[str, str]:
    """Returns the action of each intent."""
    rules = {}
    for path in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            intent, action = rule["steps"]
            rules[intent["intent"]] = action["action"]
    return rules


def find_block(message: dict[str, Any], kind: str) -> dict[str, Any]:
    """Returns the first block of a kind in a message; an empty one if there is none."""
    return next((block for block in message["blocks"] if block["type"] == kind), {})


RULES = read_rules()
INTENTS: list[str] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]


def read_actions() -> dict[str, Action]:
    """Returns every action of ours by its name."""
    executor = ActionExecutor()
    executor.register_package("actions")
    return {name: run.__self__ for name, run in executor.actions.items()}


ACTIONS = read_actions()


@dataclass
class Actor:
    """A person's conversation with the actions alone."""

    slots: dict[str, Any] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)

    def send(
        self,
        intent: str,
        text: str | None = None,
        entities: dict[str, Any] | None = None,
        ranking: list[dict[str, Any]] | None = None,
        acts: Sequence[str] = (),
        near: Sequence[str] = (),
        asks_nothing: bool = False,
    ) -> dict[str, Any]:
        """Sends an understood message; returns the one message that comes back.

        With `acts`, the message is answered by these, as the policy has it; `near` are the topics
        that it may ask of, unless it surely asks nothing.
        """
        found = [{"entity": k, "value": v} for k, v in (entities or {}).items()]
        return self.send_found(intent, text, found, ranking, acts, near, asks_nothing)

    def send_found(
        self,
        intent: str,
        text: str | None,
        found: list[dict[str, Any]],
        ranking: list[dict[str, Any]] | None = None,
        acts: Sequence[str] = (),
        near: Sequence[str] = (),
        asks_nothing: bool = False,
    ) -> dict[str, Any]:
        """Sends a message with entities as the extractor finds them, which say where they stand."""
        latest = {
            "text": f"/{intent}" if text is None else text,
            "intent": {"name": intent, "confidence": 1.0},
            "intent_ranking": ranking or [],
            "entities": found,
            "acts": list(acts),
            "near_topics": list(near),
            "asks_nothing": asks_nothing,
        }
        return self._run(latest)

    def say_in_doubt(
        self, text: str, intent: dict[str, Any], acts: list[str], in_doubt: list[str]
    ) -> dict[str, Any]:
        """Sends a message whose acts are but guessed, as the reader of acts leaves it."""
        found = {"entities": [], "intent_ranking": [intent]}
        return self._run(
            {"text": text, "intent": intent, "acts": acts, "in_doubt": in_doubt, **found}
        )

    def hear(self, intent: str, text: str, acts: list[str], **read: Any) -> dict[str, Any]:
        """Sends a message with whatever else was read of it, by its name in the message."""
        found: dict[str, Any] = {"entities": [], "intent_ranking": []}
        understood = {"name": intent, "confidence": 1.0}
        return self._run({"text": text, "intent": understood, "acts": acts, **found, **read})

    def say_alone(self, intent: dict[str, Any], text: str, acts: list[str]) -> dict[str, Any]:
        """Sends a message whose acts say nothing: it is answered by its intent's own action."""
        found = {"entities": [], "intent_ranking": [intent]}
        return self._run({"text": text, "intent": intent, "acts": acts, **found}, alone=True)

    def offer(self, intent: str, text: str, name: str) -> dict[str, Any]:
        """Sends a message that may be a question of the operator's own."""
        latest = {
            "text": text,
            "intent": {"name": intent, "confidence": 1.0},
            "intent_ranking": [],
            "entities": [],
            "acts": [],
            "local_offer": name,
        }
        return self._run(latest)

    def send_picture(
        self, kind: str, sentence: str = "", intent: str = "send_picture", **fields: Any
    ) -> dict[str, Any]:
        """Sends what was read on a picture: `page`, `reason`, `hidden`, and the `acts` it has."""
        acts = fields.pop("acts", [])
        picture = {"kind": kind, "sentence": sentence, "page": "", "reason": "", "hidden": False}
        latest = {
            "text": sentence or "/send_picture",
            "intent": {"name": intent, "confidence": 1.0},
            "intent_ranking": [],
            "entities": [],
            "acts": acts,
            "metadata": {"picture": {**picture, **fields}},
        }
        return self._run(latest)

    def _run(self, latest: dict[str, Any], alone: bool = False) -> dict[str, Any]:
        """Answers a message, as the policies have it; a message that an action puts, too."""
        tracker = Tracker("test", dict(self.slots), latest, [], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        follows = latest["acts"] and not alone
        name = "action_follow_conversation" if follows else RULES[latest["intent"]["name"]]
        if "picture" in (latest.get("metadata") or {}):
            name = "action_answer_picture"
        events = asyncio.run(ACTIONS[name].run(dispatcher, tracker, {}))
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = json.loads(json.dumps(event["value"]))
        put = [event for event in events if event["event"] == "user"]
        if put:
            assert not dispatcher.messages
            return self._run(put[0]["parse_data"])
        assert len(dispatcher.messages) == 1
        message: dict[str, Any] = dispatcher.messages[0]
        message["text"] = render(message["blocks"])
        self.buttons = message["buttons"]
        return message

    def click(self, payload: str) -> dict[str, Any]:
        """Sends the payload of a button."""
        match = re.fullmatch(r"/([a-z_]+)(\{.*\})?", payload)
        assert match, payload
        entities = json.loads(match[2]) if match[2] else {}
        return self.send(match[1], payload, entities)
