"""The really trained assistant behind real servers, started once for all tests that talk to it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from channels.tryout_tokens import KEY_FILE
from scripts.console import ROOT
from scripts.processes import Program, StopRequest
from scripts.readiness import LOCAL, address, free_port
from scripts.servers import Servers
from scripts.train import ensure_model

WEBSITE = "channels.website.channel.WebsiteChannel"
TRYOUT = "channels.tryout.TryoutChannel"
SCRIPTED_PICTURES = "tests.scripted_pictures.ScriptedPictures"
PLENTY = {
    "burst_seconds": 0,  # no wait for a second text; what it does is tested on its own
    "messages_per_minute_per_address": 0,
    "sessions_per_minute_per_address": 0,
    "history_per_minute": 0,  # the tests' own client looks every 50 ms
    "history_per_minute_per_address": 0,
    "renewals_per_minute_per_address": 0,
    "streams_per_minute_per_address": 0,
    "deletions_per_minute_per_address": 0,
    "feedback_per_minute_per_address": 0,
}


@dataclass
class Assistant:
    """A running assistant: where it listens and where it keeps conversations."""

    url: str
    database: Path | None = None
    logs: tuple[Path, ...] = ()
    friend_port: int = 0  # pages of this port on this machine are an allowed origin
    programs: list[Program] = field(default_factory=list)

    def kill(self) -> None:
        """Ends the servers without a warning, as a power cut does."""
        for program in self.programs:
            os.killpg(program.process_id, signal.SIGKILL)
            program.stop()

    def post(self, body: bytes, channel: str = "rest") -> tuple[int, Any]:
        """Sends raw bytes to a channel like REST; returns the status and the JSON."""
        request = urllib.request.Request(
            f"{self.url}/webhooks/{channel}/webhook", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@dataclass
class Conversation:
    """One person's conversation with the assistant."""

    assistant: Assistant
    sender: str = field(default_factory=lambda: uuid.uuid4().hex)
    buttons: list[dict[str, str]] = field(default_factory=list)

    def say(self, text: str) -> dict[str, Any]:
        """Sends a text and returns the one message that comes back."""
        return self._send({"message": text}, "rest")

    def show(self, seen: list[str] | str) -> dict[str, Any]:
        """Sends a picture with these lines on it, or one that is not read for this reason."""
        picture = {"reason": seen} if isinstance(seen, str) else {"lines": seen}
        return self._send(picture, "scripted_pictures")

    def _send(self, content: dict[str, Any], channel: str) -> dict[str, Any]:
        body = json.dumps({"sender": self.sender, **content}).encode()
        status, messages = self.assistant.post(body, channel)
        assert status == 200, messages
        assert len(messages) == 1, messages
        message: dict[str, Any] = messages[0]
        assert message["text"].strip()
        self.buttons = message.get("buttons", [])
        assert len(self.buttons) <= 4
        return message

    def click(self, title: str) -> dict[str, Any]:
        """Clicks a button of the last message by its title."""
        payloads = [button["payload"] for button in self.buttons if button["title"] == title]
        assert payloads, f"no button {title}, but {[button['title'] for button in self.buttons]}"
        return self.say(payloads[0])


@contextlib.contextmanager
def serve(
    folder: Path, port: int = 0, website: dict[str, Any] | None = None
) -> Iterator[Assistant]:
    """Starts the servers on free ports, with conversations in `folder`; ends them afterwards.

    `website` are settings of the website's channel; unless it says otherwise, one machine may
    send as much as many tests do.
    """
    model = ensure_model()
    actions_port, friend_port = free_port(), free_port()
    settings = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    settings["action_endpoint"]["url"] = f"{address(LOCAL, actions_port)}/webhook"
    settings["tracker_store"]["db"] = str(folder / "conversations.db")
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(yaml.safe_dump(settings), encoding="utf-8")
    channels = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8"))
    channels[WEBSITE].update(
        {
            "database": str(folder / "website.db"),
            "secret_file": str(folder / ".website_secret"),
            "allowed_origins": [address(LOCAL, friend_port)],
            **PLENTY,
            **(website or {}),
        }
    )
    channels[SCRIPTED_PICTURES] = {}
    channels[TRYOUT]["key_file"] = str(folder / KEY_FILE)
    credentials = folder / "credentials.yml"
    credentials.write_text(yaml.safe_dump(channels), encoding="utf-8")
    servers = Servers(LOCAL, port or free_port(), actions_port, endpoints, credentials)
    with StopRequest() as request, servers.running(model, request):
        logs = (servers.log("rasa"), servers.log("actions"))
        database = folder / "conversations.db"
        yield Assistant(servers.url, database, logs, friend_port, servers.programs)


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The assistant; set ZHAOHUI_URL to talk to one that is running already."""
    running = os.environ.get("ZHAOHUI_URL")
    if running:
        yield Assistant(running)
        return
    with serve(tmp_path_factory.mktemp("assistant")) as assistant:
        yield assistant


@pytest.fixture
def conversation(assistant: Assistant) -> Conversation:
    """A conversation of somebody who has not written before."""
    return Conversation(assistant)
