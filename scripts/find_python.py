"""Finds the newest Python 3.10 for Rasa, or lets uv fetch one."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from scripts.console import LOGS, ROOT, Failure, clean_environment, shown
from scripts.processes import run_to_end

VERSION = "3.10"
# The newest that uv 0.13.9 of scripts/uv.lock lists, looked up on 2026-11-27. Python's calendar
# (PEP 619) ends the security fixes of 3.10 in October 2026.
NEWEST = (3, 10, 22)
LOG = LOGS / "python.log"
# A Python built by hand may lack these, and Rasa would fail much later.
CHECK = (
    "import ctypes, sqlite3, ssl, sys, zlib; assert sys.implementation.name == 'cpython';"
    " print(*sys.version_info[:3])"
)


class Interpreter(NamedTuple):
    """A Python that runs, with its version such as (3, 10, 22)."""

    path: str
    version: tuple[int, ...]


def get_python(uv: str) -> str:
    """The path of the newest Python 3.10 that has all its parts and is here or can be fetched.

    Says so when it is older than `NEWEST`.

    Raises:
        Failure: none is here and none can be fetched.
    """
    found = find_python(uv)
    if found is None or found.version < NEWEST:
        fetch_python(uv, present=found is not None)
        found = find_python(uv)
    if found is None:
        raise Failure(
            f"Python {VERSION} was neither found nor could it be fetched: connect to the"
            f" network, or install it, for example with 'pyenv install {VERSION}' or 'sudo apt"
            f" install python{VERSION} python{VERSION}-venv', then repeat; details in"
            f" {shown(LOG)}."
        )
    if found.version < NEWEST:
        print(
            f"Warning: this uses Python {dotted(found.version)}, which lacks the security fixes up"
            f" to {dotted(NEWEST)}: connect to the network, or install that, for example with"
            f" 'pyenv install {dotted(NEWEST)}', then 'rm -r .venv' and repeat.",
            flush=True,
        )
    return found.path


def fetch_python(uv: str, present: bool) -> None:
    """Lets uv fetch the newest; one that it knows instead, if none is `present` at all."""
    # An older uv does not know the newest.
    for version in [dotted(NEWEST)] if present else [dotted(NEWEST), VERSION]:
        # Without a network, an older Python that is here must not wait long.
        environment = clean_environment(UV_HTTP_RETRIES="1" if present else "3")
        command = [uv, "python", "install", version]
        if run_to_end(f"Fetching Python {version}", command, LOG, environment).exit_code == 0:
            return


def find_python(uv: str) -> Interpreter | None:
    """The newest Python 3.10 of uv, of the system or of pyenv."""
    paths = dict.fromkeys([*_known_to_uv(uv), *_of_pyenv()])
    found = [Interpreter(path, version) for path in paths if (version := version_of(path))]
    return max(found, key=lambda python: python.version, default=None)


def version_of(python: str) -> tuple[int, ...] | None:
    """Its version, if this is Python 3.10 with the modules that Rasa needs."""
    try:
        done = subprocess.run(
            [python, "-c", CHECK],
            capture_output=True,
            check=False,
            env=clean_environment(),
            text=True,
        )
    except OSError:
        return None
    version = tuple(int(number) for number in re.findall(r"\d+", done.stdout))
    return version if done.returncode == 0 and version[:2] == (3, 10) else None


def dotted(version: tuple[int, ...]) -> str:
    """A version as one writes it."""
    return ".".join(map(str, version))


def _known_to_uv(uv: str) -> list[str]:
    """What uv would take, then all others that it sees; not those of our own environments."""
    first = _ask(uv, "find", "--system", "--no-python-downloads", VERSION).strip()
    listed = _ask(
        uv, "list", "--only-installed", "--all-versions", "--output-format", "json", VERSION
    )
    try:
        paths = [entry["path"] for entry in json.loads(listed)]
    except (ValueError, TypeError, KeyError):  # an uv that writes its list otherwise
        paths = []
    return [path for path in [first, *paths] if path and ROOT not in Path(path).parents]


def _ask(uv: str, *question: str) -> str:
    done = subprocess.run(
        [uv, "python", *question],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=clean_environment(),
        text=True,
    )
    return done.stdout if done.returncode == 0 else ""


def _of_pyenv() -> list[str]:
    """Those of pyenv; uv sees only the one that is switched on."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return [str(path / "bin" / "python") for path in root.glob(f"versions/{VERSION}.*")]
