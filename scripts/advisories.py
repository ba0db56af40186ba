"""Asks the package index which public advisories on the locked packages our list does not know.

`scripts/advisories.yml` says what is known and why we stand on it; the tests hold the lock against
it without a network. This program is how the list is renewed: `python -m scripts.advisories`.
The index is the one that pip is set to; its JSON answers carry advisories of PyPA and GitHub.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import yaml
from packaging.specifiers import SpecifierSet

from scripts.console import ROOT, Failure, clean_environment, guarded

LOCK = ROOT / "requirements.lock"
LIST = ROOT / "scripts" / "advisories.yml"
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
SECONDS = 30
WORKERS = 6
# Says the index as pip knows it, without its user and password being printed by us.
ASK_PIP = """
from pip._internal.configuration import Configuration
from pip._internal.models.index import PyPI
settings = Configuration(isolated=False)
settings.load()
found = dict(settings.items())
names = (":env:.index-url", "install.index-url", "global.index-url")
print(next((found[name] for name in names if name in found), PyPI.simple_url))
"""


@dataclass(frozen=True)
class Advisory:
    """One entry of our list.

    `affected` is a range such as "<2.6.1" (PEP 440); `accepted` says why an affected version may
    be locked all the same, and is empty where none may.
    """

    packages: tuple[str, ...]
    affected: str
    ids: tuple[str, ...]
    fault: str
    accepted: str

    def names(self, package: str, version: str) -> bool:
        """Whether this version of the package is affected."""
        return package in self.packages and version in SpecifierSet(self.affected)


def read_lock(text: str) -> list[tuple[str, str]]:
    """The packages of a lock with their versions; one can have two, each for other systems."""
    return [(name.lower(), version) for name, version in LOCKED.findall(text)]


def read_list(text: str) -> list[Advisory]:
    """The entries of the list.

    Raises:
        KeyError: an entry lacks a field.
    """
    return [
        Advisory(
            packages=tuple(entry["packages"]),
            affected=entry["affected"],
            ids=tuple(entry["ids"]),
            fault=entry["fault"],
            accepted=entry.get("accepted", ""),
        )
        for entry in yaml.safe_load(text)["advisories"]
    ]


def undecided(locked: list[tuple[str, str]], advisories: list[Advisory]) -> list[str]:
    """A line for each locked version that an entry names without accepting it."""
    return [
        f"{package} {version} is affected by {', '.join(advisory.ids)} ({advisory.affected})"
        for package, version in locked
        for advisory in advisories
        if advisory.names(package, version) and not advisory.accepted
    ]


def outdated(locked: list[tuple[str, str]], advisories: list[Advisory]) -> list[str]:
    """A line for each entry that accepts what is locked no more."""
    return [
        f"{', '.join(advisory.packages)} {advisory.affected}: accepted, but nothing of it is locked"
        for advisory in advisories
        if advisory.accepted and not any(advisory.names(*package) for package in locked)
    ]


def unknown(
    package: str, version: str, answers: list[dict[str, Any]], advisories: list[Advisory]
) -> list[str]:
    """A line for each advisory of the index that no entry for this version knows by any name."""
    known = {
        name for advisory in advisories if advisory.names(package, version) for name in advisory.ids
    }
    return [
        f"{package} {version}: {answer['id']} {' '.join(answer['aliases'])}, fixed in"
        f" {', '.join(answer['fixed_in']) or 'no version'}: {' '.join(answer['details'].split())}"
        for answer in answers
        if not answer.get("withdrawn") and known.isdisjoint([answer["id"], *answer["aliases"]])
    ]


def ask_index(index: str, package: str, version: str) -> tuple[bool, list[dict[str, Any]]]:
    """Whether the index tells of this very version, and the advisories on it.

    Some indexes tell of the newest version only. What no version fixes is taken to be wrong in an
    older one too.

    Raises:
        OSError: the index does not answer.
    """
    answer = _get(f"{index}/{package}/{version}/json") or _get(f"{index}/{package}/json")
    if answer is None:
        return False, []
    advisories: list[dict[str, Any]] = answer.get("vulnerabilities") or []
    if answer["info"]["version"] == version:
        return True, advisories
    return False, [advisory for advisory in advisories if not advisory["fixed_in"]]


def _get(url: str) -> dict[str, Any] | None:
    """The answer, None when there is no such page; a user and password in `url` are sent along."""
    parts = urlsplit(url)
    request = urllib.request.Request(  # noqa: S310
        urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    )
    if parts.username is not None:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_header("Authorization", "Basic " + b64encode(user.encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
            answer: dict[str, Any] = json.load(response)
            return answer
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


def find_index() -> str:
    """Where the JSON answers of pip's index are, such as https://user:password@host/pypi.

    Raises:
        Failure: no pip is there to ask.
    """
    for python in (ROOT / ".uv" / "bin" / "python", Path(sys.executable)):
        done = (
            subprocess.run(
                [python, "-c", ASK_PIP],
                capture_output=True,
                check=False,
                env=clean_environment(),
                text=True,
            )
            if python.exists()
            else None
        )
        if done is not None and done.returncode == 0:
            return re.sub(r"/simple/?$", "/pypi", done.stdout.strip())
    raise Failure("No pip says which index to ask: run 'make lock', which installs one.")


def main() -> int:
    """Prints what the list does not know, and of which packages the index told nothing."""
    locked = read_lock(LOCK.read_text(encoding="utf-8"))
    advisories = read_list(LIST.read_text(encoding="utf-8"))
    index = find_index()
    with ThreadPoolExecutor(WORKERS) as pool:
        answers = list(pool.map(lambda package: ask_index(index, *package), locked))
    lines = undecided(locked, advisories) + outdated(locked, advisories)
    silent = []
    for (package, version), (listed, answer) in zip(locked, answers, strict=True):
        lines += unknown(package, version, answer, advisories)
        if not listed:
            silent.append(f"{package} {version}")
    print("\n".join(lines) or "Nothing that the list does not know.")
    print(f"The index told of {len(locked) - len(silent)} of {len(locked)} locked versions.")
    if silent:
        print(f"Look these up by hand, their changelogs too: {', '.join(silent)}.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(guarded(main))
