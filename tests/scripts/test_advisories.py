"""The lock against the public advisories that we know; none of this needs a network."""

from __future__ import annotations

import datetime
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml

from scripts.advisories import (
    LIST,
    LOCK,
    Advisory,
    ask_index,
    find_index,
    outdated,
    read_list,
    read_lock,
    undecided,
    unknown,
)
from scripts.console import ROOT

LOCKED = read_lock(LOCK.read_text(encoding="utf-8"))
ADVISORIES = read_list(LIST.read_text(encoding="utf-8"))
DECISION = (ROOT / "docs/decisions/0001-old-packages.md").read_text(encoding="utf-8")
ENTRY = Advisory(("left-pad",), "<1.3", ("CVE-1", "GHSA-1"), "pads", "")


def test_no_locked_version_has_an_advisory_without_a_decision() -> None:
    assert undecided(LOCKED, ADVISORIES) == []


def test_every_decision_is_about_something_locked() -> None:
    assert outdated(LOCKED, ADVISORIES) == []


def test_affected_versions_are_told_from_others() -> None:
    assert undecided([("left-pad", "1.2.9")], [ENTRY]) != []
    assert undecided([("left-pad", "1.3"), ("right-pad", "1.0")], [ENTRY]) == []


def test_a_lock_that_falls_back_is_noticed() -> None:
    """Each package that we raised, at what Rasa pins."""
    before = {
        "aiohttp": "3.9.5",
        "dnspython": "2.3.0",
        "multidict": "5.2.0",
        "protobuf": "4.23.3",
        "pydantic": "1.10.9",
        "pymongo": "4.3.3",
        "python-socketio": "5.9.0",
        "pytest": "8.4.2",
        "sentry-sdk": "1.14.0",
        "setuptools": "70.3.0",
        "skops": "0.9.0",
        "tensorflow-cpu": "2.12.0",
        "wheel": "0.45.1",
    }
    for package, version in before.items():
        assert undecided([(package, version)], ADVISORIES) != [], package


def test_both_versions_of_a_package_are_read() -> None:
    lock = "numpy==1.23.5 ; sys_platform == 'darwin' \\\n    --hash=x\nnumpy==1.24.3 \\\n"
    assert read_lock(lock) == [("numpy", "1.23.5"), ("numpy", "1.24.3")]
    assert len(LOCKED) > 150


def test_the_decision_names_every_package_and_the_day() -> None:
    for advisory in ADVISORIES:
        for package in advisory.packages:
            assert f"`{package}`" in DECISION, package
        if advisory.accepted:
            assert advisory.ids[0] in DECISION, advisory.ids
    made_on = yaml.safe_load(LIST.read_text(encoding="utf-8"))["made_on"]
    assert isinstance(made_on, datetime.date)
    assert made_on.isoformat() in DECISION


def answer(number: str, *aliases: str, withdrawn: str | None = None) -> dict[str, object]:
    return {
        "id": number,
        "aliases": list(aliases),
        "fixed_in": ["1.3"],
        "details": "It pads\ntoo much.",
        "withdrawn": withdrawn,
    }


def test_what_the_index_tells_is_known_by_any_of_its_names() -> None:
    package = ("left-pad", "1.2.9")
    assert unknown(*package, [answer("PYSEC-1", "CVE-1")], [ENTRY]) == []
    (line,) = unknown(*package, [answer("PYSEC-2", "CVE-2")], [ENTRY])
    assert line == "left-pad 1.2.9: PYSEC-2 CVE-2, fixed in 1.3: It pads too much."
    assert unknown(*package, [answer("PYSEC-2", withdrawn="2026-01-01")], [ENTRY]) == []
    # Known of older versions only.
    assert len(unknown("left-pad", "1.4", [answer("PYSEC-1", "CVE-1")], [ENTRY])) == 1


class Index(BaseHTTPRequestHandler):
    """Knows one version by itself and, of each package, the newest."""

    def do_GET(self) -> None:
        advisories = [answer("PYSEC-2"), answer("PYSEC-3") | {"fixed_in": []}]
        newest = {"info": {"version": "2.0"}, "vulnerabilities": advisories}
        older = {"info": {"version": "1.0"}, "vulnerabilities": None}
        pages = {"/pypi/left-pad/json": newest, "/pypi/left-pad/1.0/json": older}
        if "private" in self.path and self.headers["Authorization"] != "Basic bWU6cEBzcw==":
            self.send_error(401)
            return
        pages["/pypi/private/json"] = newest
        if self.path not in pages:
            self.send_error(500 if "broken" in self.path else 404)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(pages[self.path]).encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def index() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/pypi"
    server.shutdown()
    server.server_close()


def test_the_index_is_asked_for_the_version_else_for_the_newest(index: str) -> None:
    fixed, unfixed = answer("PYSEC-2"), answer("PYSEC-3") | {"fixed_in": []}
    assert ask_index(index, "left-pad", "1.0") == (True, [])
    assert ask_index(index, "left-pad", "2.0") == (True, [fixed, unfixed])
    assert ask_index(index, "left-pad", "1.5") == (False, [unfixed])
    assert ask_index(index, "right-pad", "1.0") == (False, [])
    with pytest.raises(OSError):
        ask_index(index, "broken", "1.0")
    with pytest.raises(OSError):
        ask_index(index, "private", "2.0")
    assert ask_index(index.replace("//", "//me:p%40ss@"), "private", "2.0")[0]


def test_the_index_is_the_one_of_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://me:secret@index.example/root/simple/")
    assert find_index() == "https://me:secret@index.example/root/pypi"


def test_the_lock_has_hashes_and_names_no_index() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=sha256:[0-9a-f]{64}\b)", text, re.MULTILINE)
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
