"""Finds the Python 3.10 that Rasa needs, or lets uv fetch one."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from scripts.console import LOGS, ROOT, Failure, clean_environment, shown
from scripts.processes import run_to_end

VERSION = "3.10"
LOG = LOGS / "python.log"
# A Python built by hand may lack these, and Rasa would fail much later.
CHECK = "import ctypes, sqlite3, ssl, sys, zlib; sys.exit(sys.version_info[:2] != (3, 10))"


def get_python(uv: str) -> str:
    """The path of a Python 3.10 that has all its parts."""
    found = find_python(uv)
    if found:
        return found
    run_to_end(f"Fetching Python {VERSION}", [uv, "python", "install", VERSION], LOG)
    found = find_python(uv)
    if found:
        return found
    raise Failure(
        f"Python {VERSION} was neither found nor could it be fetched: connect to the network, or"
        f" install it, for example with 'pyenv install {VERSION}' or 'sudo apt install"
        f" python{VERSION} python{VERSION}-venv', then repeat; details in {shown(LOG)}."
    )


def find_python(uv: str) -> str | None:
    """A Python 3.10 of uv, of the system or of pyenv."""
    for candidate in [_known_to_uv(uv), *_of_pyenv()]:
        if candidate and is_whole(candidate):
            return candidate
    return None


def is_whole(python: str) -> bool:
    """Whether this is Python 3.10 with the modules that Rasa needs."""
    try:
        done = subprocess.run(
            [python, "-c", CHECK], capture_output=True, check=False, env=clean_environment()
        )
    except OSError:
        return False
    return done.returncode == 0


def _known_to_uv(uv: str) -> str | None:
    done = subprocess.run(
        [uv, "python", "find", "--system", "--no-python-downloads", VERSION],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=clean_environment(),
        text=True,
    )
    return done.stdout.strip() or None if done.returncode == 0 else None


def _of_pyenv() -> list[str]:
    """Those of pyenv, newest first; uv sees only the one that is switched on."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [path for path in root.glob(f"versions/{VERSION}.*") if path.is_dir()]
    folders.sort(key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)], reverse=True)
    return [str(folder / "bin" / "python") for folder in folders]
