"""Accounts made in the terminal, and the server as a process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from channels.counts import Ending, Figure, Miss
from channels.redaction import KINDS
from channels.unclear import Reason
from data_checks.review import Finding
from operators import texts
from operators.__main__ import main
from operators.accounts import Role
from operators.app import make_site
from operators.entries import LISTS
from operators.local_file import FACTS
from operators.number_tables import CHANNELS
from operators.numbers import SPANS
from operators.settings import BadSettings, Settings
from operators.unclear import DECISIONS
from operators.visit import FOLDER
from operators.words import Words
from scripts.console import ROOT
from scripts.readiness import answers, free_port
from scripts.servers import OPERATORS_READY
from serving.tenants import VARIABLE
from tests.operators.conftest import PASSWORD, asked_acts
from tests.tenant_folders import HALL, PORT, make_tenants

RUN = """\
import pathlib, sys
from operators.__main__ import main
sys.exit(main(pathlib.Path(sys.argv.pop(1))))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def run(folder: Path, *arguments: str, says: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, str(folder), *arguments],
        cwd=ROOT, input=says, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip


def test_an_account_is_made_used_and_changed(folder: Path) -> None:
    made = run(folder, "add", "Zhang", "--role", "owner", says=f"{PASSWORD}\n")
    assert (made.returncode, made.stderr) == (0, "")
    assert PASSWORD not in made.stdout
    assert run(folder, "add", "li", "--role", "reader", says=f"{PASSWORD}\n").returncode == 0
    assert run(folder, "role", "li", "editor").returncode == 0
    assert run(folder, "password", "li", says="another long password\n").returncode == 0
    assert run(folder, "disable", "li").returncode == 0
    assert run(folder, "enable", "li").returncode == 0
    assert run(folder, "unlock", "li").returncode == 0
    assert run(folder, "list").stdout == "li\teditor\t0 log-ins\nzhang\towner\t0 log-ins\n"
    shown = run(folder, "journal")
    assert shown.returncode == 0
    assert shown.stdout.splitlines()[-1].startswith("The journal is as it was written.")
    site = make_site(Settings(), folder)
    assert site.accounts.known("ZHANG").role is Role.OWNER
    assert [entry.who for entry in site.journal.entries()] == ["command line"] * 7
    site.database.close()


@pytest.mark.long
def test_an_account_is_bound_to_a_tenant(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(make_tenants(folder / "tenants")))
    owner = ["--role", "owner"]
    assert run(folder, "add", "zhang", *owner, says=f"{PASSWORD}\n").returncode == 0
    made = run(folder, "add", "li", *owner, "--tenant", HALL, says=f"{PASSWORD}\n")
    assert made.stdout == "li may log in as owner, for the pages of hall.\n"
    made = run(folder, "add", "wang", *owner, "--tenant", "gone", says=f"{PASSWORD}\n")
    assert made.returncode == 1
    assert made.stderr == "There is no tenant gone; there are: hall, port.\n"
    for tenant, said in (("all", "every tenant"), ("default", "the default"), (PORT, PORT)):
        changed = run(folder, "tenant", "li", tenant)
        assert changed.stdout == f"li now sees the pages of {said} and is logged out everywhere.\n"
    alone = run(folder, "tenant", "zhang", PORT)
    assert "No owner would be left" in alone.stderr
    assert run(folder, "list").stdout == ("li\towner\t0 log-ins\tport\nzhang\towner\t0 log-ins\n")
    shown = run(folder, "journal").stdout
    assert "account_added\tli owner\thall\n" in shown
    assert "tenant_changed\tli port\tport\n" in shown


@pytest.mark.parametrize(
    ("arguments", "says", "problem"),
    [
        (["add", "x", "--role", "owner"], PASSWORD, "A name has 2 to 32"),
        (["add", "a b", "--role", "owner"], PASSWORD, "A name has 2 to 32"),
        (["add", "../zhang", "--role", "owner"], PASSWORD, "A name has 2 to 32"),
        (["add", "zhang", "--role", "owner"], "short", "A password has 12 characters"),
        (["password", "nobody"], PASSWORD, "There is no account nobody"),
        (["role", "nobody", "owner"], "", "There is no account nobody"),
        (["disable", "nobody"], "", "There is no account nobody"),
    ],
)
def test_what_is_wrong_is_one_line(
    folder: Path, arguments: list[str], says: str, problem: str
) -> None:
    done = run(folder, *arguments, says=says)
    assert done.returncode == 1
    assert done.stderr.startswith(problem)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", [".operators_key", "operators.db"])
def test_a_damaged_file_is_one_line_that_names_it(folder: Path, name: str) -> None:
    run(folder, "list")
    for path in folder.glob(f"{name}*"):
        path.write_bytes(b"\xff damaged" * 1000)
    for command in ("list", "serve"):
        done = run(folder, command)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert name in done.stderr


def test_a_changed_journal_is_told(folder: Path) -> None:
    run(folder, "add", "zhang", "--role", "owner", says=f"{PASSWORD}\n")
    (folder / ".operators_journal").unlink()
    done = run(folder, "journal")
    assert done.returncode == 1
    assert "was changed from entry 2 on" in done.stderr


def test_the_server_says_where_it_is_and_ends_when_asked(folder: Path) -> None:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder), "serve", "--port", str(port)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert server.stdout
    said = [server.stdout.readline() for _ in range(3)]
    assert said[0] == f"The operator's pages: http://127.0.0.1:{port}\n"
    assert 'make account ARGS="add NAME --role owner"' in said[1]
    assert said[2] == OPERATORS_READY
    deadline = time.monotonic() + 20
    while not answers(f"http://127.0.0.1:{port}/health") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert answers(f"http://127.0.0.1:{port}/health")
    second = run(folder, "serve", "--port", str(port))
    assert second.returncode == 1
    assert second.stderr.startswith(f"Port {port} is taken")
    server.send_signal(signal.SIGINT)
    rest, _ = server.communicate(timeout=20)
    assert (server.returncode, rest) == (0, "")


def test_it_is_off_beside_the_assistant_when_the_settings_say_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "load", lambda: Settings(start_with_run=False))
    monkeypatch.setattr(sys, "argv", ["operators", "serve", "--beside-the-assistant"])
    assert main(folder) == 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", "no YAML"),
        ("prot: 1", "prot is no setting"),
        ("port: 0", "port"),
        ("port: x", "port"),
        ("port: true", "port"),
        ("idle_minutes: -1", "idle_minutes"),
        ("max_hours: 10000", "max_hours"),
        ("public_url: http://a.example", "public_url"),
        ("public_url: https://a.example/path", "public_url"),
        ("address_header: X-Forwarded-For", "without public_url"),
        ("public_url: https://a.example\naddress_header: 'a b'", "address_header"),
        ("start_with_run: maybe", "start_with_run"),
        ("[]\n", ""),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "settings.yml"
    path.write_text(text)
    if not problem:
        assert Settings.load(path) == Settings()
        return
    with pytest.raises(BadSettings, match=problem):
        Settings.load(path)


def test_the_settings_that_are_committed_are_the_usual_ones() -> None:
    assert Settings.load() == Settings()


def leaves(sentences: dict[str, Any]) -> Iterator[str]:
    """Yields the names of sentences, whatever group within a group they are in."""
    for name, value in sentences.items():
        if isinstance(value, dict):
            yield from leaves(value)
        else:
            yield name.removesuffix("_hint")


def test_every_sentence_of_the_pages_is_used() -> None:
    used = "".join(
        path.read_text(encoding="utf-8")
        for path in (*FOLDER.rglob("*.html"), *FOLDER.rglob("*.py"))
    )
    fields = [field for topic in Words.topics for field in Words().fields(topic)]
    looked_up = {
        "done", "role", "deed", "weakness", "nav", "problem", "field", "alarm", "unreadable",
    }  # fmt: skip
    from_elsewhere = {
        "topic": {*Words.topics, *Words.tables},
        "key_of": set(Words.topics),
        "key": {field.key for field in fields},
        "group": {name for field in fields for name in field.group.split(".")},
        "placeholder": {name for field in fields for name in field.placeholders},
        "account": {role.value for role in Role},
        "asked": asked_acts(),
        "local_places": {*FACTS, *(f"{name}_hint" for name in FACTS)},
        "unclear": {*DECISIONS, *(f"choice_{name}" for name in ("means", *DECISIONS))},
        "reason": set(Reason.__members__),
        "hidden": set(KINDS),
        "review": {finding.value for finding in Finding},
        "entries": {name for _, where in LISTS for name in re.findall("[a-z]+", where)},
    }
    for group, sentences in texts.load().items():
        if group == "numbers":
            counted = {name.value for names in (Figure, Ending, Miss) for name in names}
            known = {*counted, "cannot_handle", "asked", "stuck", "send_picture", *SPANS, *CHANNELS}
            for name in leaves(sentences):
                parts = f".{name}" in used or f'"{name}"' in used or f"_{name}" in used
                assert parts or name in known, name
            continue
        for name in sentences:
            said = f"{group}.{name}" in used or f"texts.{name}" in used
            by_name = group in looked_up and f'"{name}"' in used
            command = group == "accounts" and f'("{name.removeprefix("command_")}"' in used
            assert said or by_name or command or name in from_elsewhere.get(group, ()), name
