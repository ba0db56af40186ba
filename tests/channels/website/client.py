"""A page's side of the website's API, without a browser."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import requests

SECONDS = 60
BASE = "/webhooks/website"


class Client:
    """One tab with one session."""

    def __init__(self, url: str, token: str | None = None, **headers: str) -> None:
        self.url = url + BASE
        self.headers = headers
        self.token = token or self.open()["token"]

    def open(self, token: str | None = None) -> dict[str, Any]:
        """Opens a session, or renews one."""
        answer = self.call("POST", "/session", json={"token": token} if token else {})
        assert answer.status_code == 200, answer.text
        opened: dict[str, Any] = answer.json()
        return opened

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Sends a request with the token, if there is one yet."""
        headers = {**self.headers, **more.pop("headers", {})}
        if getattr(self, "token", None):
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return requests.request(method, self.url + path, headers=headers, timeout=SECONDS, **more)

    def send(self, **message: Any) -> requests.Response:
        """Sends a message under a fresh id, unless one is given."""
        message.setdefault("id", uuid.uuid4().hex)
        return self.call("POST", "/messages", json=message)

    def show(self, picture: bytes, id_: str | None = None, **more: Any) -> requests.Response:
        """Sends a picture under a fresh id, unless one is given."""
        path = f"/pictures?id={id_ or uuid.uuid4().hex}"
        return self.call("POST", path, data=picture, **more)

    def history(self, after: int = 0) -> list[dict[str, Any]]:
        """Returns the conversation so far."""
        answer = self.call("GET", f"/history?after={after}")
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def answer_to(self, id_: str) -> dict[str, Any]:
        """Waits for the answer to a message."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            found = [line for line in self.history() if line.get("reply_to") == id_]
            if found:
                assert len(found) == 1, found
                return found[0]
            time.sleep(0.05)
        raise AssertionError("no answer")

    def say(self, text: str) -> dict[str, Any]:
        """Sends a text and returns its answer."""
        return self._ask(text=text)

    def click(self, payload: str) -> dict[str, Any]:
        """Clicks what was offered and returns the answer."""
        return self._ask(payload=payload)

    def greet(self) -> dict[str, Any]:
        """Does what the widget does at first, and returns the greeting."""
        return self._ask(event="open")

    def listen(self, after: int = 0) -> Iterator[tuple[str, Any]]:
        """Yields the events of the stream as they come."""
        with self.call("GET", f"/events?after={after}", stream=True) as stream:
            assert stream.status_code == 200, stream.text
            assert stream.headers["Content-Type"].startswith("text/event-stream")
            kind = ""
            for raw in stream.iter_lines(chunk_size=1):
                line = raw.decode("utf-8")
                if line.startswith("event: "):
                    kind = line[len("event: ") :]
                elif line.startswith("data: "):
                    yield kind, json.loads(line[len("data: ") :])

    def _ask(self, **message: Any) -> dict[str, Any]:
        id_ = uuid.uuid4().hex
        answer = self.send(id=id_, **message)
        assert answer.status_code == 200, answer.text
        return self.answer_to(id_)
