"""A cluster that runs, as `make cluster` starts it, and people who write through its nginx."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from channels.messages import unavailable
from scripts.cluster.settings import DEPLOY, Files
from scripts.console import ROOT, clean_environment
from scripts.readiness import LOCAL, free_port
from tests.channels.website.client import Client
from tests.conftest import PLENTY, WEBSITE

START_SECONDS = 300
PATIENCE = 120  # seconds until a message without an answer counts as lost


class RunningCluster:
    """What `cluster.json` says of it, and its parts as one may stop them."""

    def __init__(self, folder: Path, output: Path) -> None:
        self.files = Files(folder)
        self.output = output

    @property
    def state(self) -> dict[str, Any]:
        """What runs at this moment."""
        state: dict[str, Any] = json.loads(self.files.state.read_text(encoding="utf-8"))
        return state

    @property
    def url(self) -> str:
        """Where people reach it."""
        return str(self.state["url"])

    @property
    def database(self) -> str:
        """Of the conversations; the password is in the cluster's file."""
        return str(self.state["database"])

    def names(self, kind: str) -> list[str]:
        """Returns the names of the parts of a kind."""
        return [name for name in self.state["programs"] if name.startswith(kind)]

    def address(self, name: str) -> str:
        """Returns where a part listens."""
        return f"http://{LOCAL}:{name.split('@')[1]}"

    def send(self, name: str, number: signal.Signals) -> int:
        """Sends a signal to a part; returns its process."""
        process = int(self.state["programs"][name])
        os.kill(process, number)
        return process

    def wait_until_back(self, name: str, before: int) -> None:
        """Waits until a part that was killed is there again and says that it is ready."""
        end = time.monotonic() + START_SECONDS
        while self.state["programs"][name] == before or not self.is_ready(name):
            assert time.monotonic() < end, f"{name} did not come back"
            time.sleep(0.2)

    def is_ready(self, name: str) -> bool:
        """Tells whether a part would do its work now."""
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.address(name)}/ready", timeout=5).status_code == 200
        return False

    def answered(self, name: str) -> float:
        """Returns how many of the website's messages a worker has answered since its start."""
        text = requests.get(f"{self.address(name)}/metrics", timeout=10).text
        prefix = 'zhaohui_messages_total{channel="website",tenant=""} '
        found = [line for line in text.splitlines() if line.startswith(prefix)]
        return float(found[0].removeprefix(prefix)) if found else 0.0


@contextlib.contextmanager
def running_cluster(workers: int = 3, actions: int = 2) -> Iterator[RunningCluster]:
    """Starts a cluster without limits for an address, as the tests are one; ends it in the end."""
    with tempfile.TemporaryDirectory(prefix="zhaohui-cluster-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL may run as another user
        channels = yaml.safe_load((DEPLOY / "credentials.yml").read_text(encoding="utf-8"))
        channels[WEBSITE].update({**PLENTY, "messages_per_minute": 0, "streams_per_minute": 0})
        text = yaml.safe_dump(channels, allow_unicode=True)
        (folder / "credentials.yml").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "scripts.cluster", "--folder", name, "--without-limits"]
        command += [
            "--port",
            str(free_port()),
            "--workers",
            str(workers),
            "--actions",
            str(actions),
        ]
        output = folder / "output"
        with output.open("w") as file:
            program = subprocess.Popen(
                command,
                cwd=ROOT,
                env=clean_environment(),
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            end = time.monotonic() + START_SECONDS
            while "Ready at" not in output.read_text("utf-8"):
                assert program.poll() is None, output.read_text("utf-8")
                assert time.monotonic() < end, output.read_text("utf-8")
                time.sleep(0.3)
            cluster = RunningCluster(folder, output)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("REQUESTS_CA_BUNDLE", str(cluster.files.certificate))
                yield cluster
        finally:
            program.send_signal(signal.SIGTERM)
            program.wait(60)


@dataclass
class Person:
    """Somebody who writes one message after the other, and insists as the widget does.

    Attributes:
        url: where nginx is.
        texts: what is sent, one after the other without waiting for the answers.
        pause: seconds between two messages.
        ids: under which the messages were sent, in their order.
        repeated: how often a message was sent once more.
    """

    url: str
    texts: list[str]
    pause: float = 0.3
    ids: list[str] = field(default_factory=list)
    repeated: int = 0
    failure: str = ""
    client: Client | None = None

    def write(self) -> None:
        """Sends everything; what goes wrong is in `failure`."""
        try:
            self.client = self._insist(lambda: Client(self.url))
            for text in self.texts:
                id_ = uuid.uuid4().hex
                self.ids.append(id_)
                self._insist(lambda id_=id_, text=text: self._send(id_, text))
                time.sleep(self.pause)
        except Exception as error:
            self.failure = f"{type(error).__name__}: {error}"

    def _send(self, id_: str, text: str) -> None:
        assert self.client
        message = {"payload": text} if text.startswith("/") else {"text": text}
        reply = self.client.send(id=id_, **message)
        if reply.status_code != 200:
            raise requests.ConnectionError(f"{reply.status_code}: {reply.text[:200]}")

    def _insist(self, call: Any) -> Any:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return call()
            except (requests.RequestException, AssertionError):
                if time.monotonic() > end:
                    raise
                self.repeated += 1
                time.sleep(0.3)

    def check(self) -> int:
        """Checks that each message was answered once and in order; returns the apologies."""
        assert not self.failure, self.failure
        assert self.client
        end = time.monotonic() + PATIENCE
        while True:
            lines = self._insist(self.client.history)
            answers = [line for line in lines if line["from"] == "assistant"]
            answered = [id_ for line in answers for id_ in replied(line)]
            if set(self.ids) <= set(answered):
                break
            lost = len(set(self.ids) - set(answered))
            assert time.monotonic() < end, f"{lost} of {len(self.ids)} messages have no answer"
            time.sleep(0.3)
        sent = [line["id"] for line in lines if line["from"] == "person"]
        assert sent == self.ids, "not kept once and in order"
        assert answered == self.ids, "not answered once and in order"
        assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
        return sum(line["text"] == unavailable()["text"] for line in answers)


def replied(line: dict[str, Any]) -> list[str]:
    """Returns the ids of the messages that a line answers."""
    return list(line.get("replies_to") or [line["reply_to"]])


@contextlib.contextmanager
def writing(people: list[Person]) -> Iterator[list[threading.Thread]]:
    """Has people write during the block and waits for all of them in the end."""
    threads = [threading.Thread(target=person.write, daemon=True) for person in people]
    for thread in threads:
        thread.start()
    yield threads
    for thread in threads:
        thread.join(PATIENCE + 60)
        assert not thread.is_alive()
