"""The operator's pages on a database of their own, asked directly and by real Chromium."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, sync_playwright

from bench.browser import find_chromium
from channels.live_messages import FILES
from channels.live_messages import FOLDER as CHANNELS
from content_loader.load import load
from operators import passwords
from operators.accounts import Role
from operators.app import make_app, make_server, make_site
from operators.settings import LOCAL, Settings
from operators.visit import Site
from operators.words import FOLDER
from scripts.console import ROOT

ENDPOINTS = """
tracker_store:
  type: channels.conversation_store.RedactingSQLTrackerStore
  dialect: sqlite
  db: conversations.db
"""
BASE = "http://127.0.0.1:5007"
PASSWORD = "keine Angst vor Katzen"
NAMES = {"li": Role.READER, "wang": Role.EDITOR, "zhang": Role.OWNER}


HASHER = passwords._hasher
LOOP = asyncio.new_event_loop()  # one for all clients: each has three files open


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real ones take a tenth of a second each."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    monkeypatch.setattr(passwords, "_NOBODY", hasher.hash("nobody"))


def asked_acts() -> set[str]:
    """Returns what a practical question may be counted as: acts that are learnt, and answers."""
    acts = {
        str(act).removeprefix("ask:")
        for path in (ROOT / "data" / "acts").glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
        for act in json.loads(line)["acts"]
        if act.startswith("ask:")
    }
    return acts | set(load().practical)


@dataclass
class Clock:
    """A clock that goes on only when it is told to."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


class Client:
    """A browser as far as cookies and forms go; sends the origin as a browser does."""

    def __init__(self, site: Site, base: str = BASE) -> None:
        self.base = base
        app = httpx.ASGITransport(make_app(site), raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=app, base_url=base)

    def request(self, method: str, path: str, **more):
        return LOOP.run_until_complete(self.http.request(method, path, **more))

    def get(self, path: str, **headers: str):
        return self.request("GET", path, headers=headers)

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str):
        given = {"Origin": self.base, **{name.replace("_", "-"): v for name, v in headers.items()}}
        return self.request("POST", path, data=fields or {"x": ""}, headers=given)

    def token(self, path: str) -> str:
        """Returns the token in the forms of a page."""
        found = re.search(r'name="form_token" value="([^"]+)"', self.get(path).text)
        assert found
        return found[1]

    def log_in(self, name: str, password: str = PASSWORD):
        fields = {"form_token": self.token("/login"), "name": name, "password": password}
        return self.post("/login", fields)


def client_of(site: Site, name: str) -> Client:
    """Returns somebody who is logged in."""
    client = Client(site)
    assert client.log_in(name).status_code == 303
    return client


@pytest.fixture
def clock() -> Clock:
    return Clock()


def copy_of_messages(folder: Path) -> Path:
    """Copies the files with the channels' sentences; returns the folder above them."""
    for name, _ in FILES.values():
        path = folder / "channels" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHANNELS / name, path)
    return folder / "channels"


@pytest.fixture
def empty_site(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    content = tmp_path / "project" / "content"
    shutil.copytree(FOLDER, content)
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text(ENDPOINTS)
    endpoints.chmod(0o600)
    site = make_site(Settings(), tmp_path, content, clock, channels=copy_of_messages(tmp_path))
    yield site
    site.unclear.conversations.close()
    site.database.close()


@pytest.fixture
def site(empty_site: Site) -> Site:
    """A reader, an editor and an owner, all with the same password."""
    for name, role in NAMES.items():
        empty_site.accounts.add(name, role, PASSWORD, "test")
    return empty_site


@pytest.fixture
def client(site: Site) -> Client:
    return Client(site)


@contextlib.contextmanager
def served(site: Site) -> Iterator[str]:
    """Serves the pages over HTTP."""
    with socket.socket() as listener:
        listener.bind((LOCAL, 0))
        port = listener.getsockname()[1]
        server = make_server(replace(site, settings=replace(site.settings, port=port)))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://{LOCAL}:{port}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where pages with three accounts are served."""
    with served(site) as address:
        yield address


@pytest.fixture
def empty_address(empty_site: Site) -> Iterator[str]:
    """Where pages without an account are served."""
    with served(empty_site) as address:
        yield address


# Not for the whole session: while Playwright runs, no other test may start an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.skip("the operator's pages were not tested in a browser: there is no Chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
