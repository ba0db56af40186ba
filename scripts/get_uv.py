"""Finds an uv that really runs, or installs the pinned one into `.uv`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

from scripts.console import LOGS, ROOT, Failure, clean_environment
from scripts.explain import explain
from scripts.processes import Program, run_to_end

PRIVATE = ROOT / ".uv"
PINNED = ROOT / "scripts" / "uv.lock"
LOG = LOGS / "uv.log"
OLDEST = (0, 8)


def find_uv(pinned: bool = False) -> str | None:
    """The path of an uv that runs and is new enough; a pyenv shim on PATH may be neither."""
    ours = [PRIVATE / "bin" / "uv", PRIVATE / "target" / "bin" / "uv"]
    for candidate in ours if pinned else [shutil.which("uv"), *ours]:
        if candidate and is_usable(str(candidate)):
            return str(candidate)
    return None


def is_usable(uv: str) -> bool:
    """Whether this uv answers and is new enough for our lock."""
    try:
        answer = subprocess.run(
            [uv, "--version"],
            capture_output=True,
            check=True,
            cwd=ROOT,
            env=clean_environment(),
            text=True,
            timeout=20,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    version = re.match(r"uv (\d+)\.(\d+)", answer.stdout)
    return version is not None and tuple(map(int, version.groups())) >= OLDEST


def get_uv(pinned: bool = False) -> str:
    """An uv to work with; installed into `.uv`, with its hash checked, when there is none.

    Any that is new enough installs the same packages, but only the pinned one writes the
    same lock for everybody.
    """
    found = find_uv(pinned)
    if found:
        return found
    shutil.rmtree(PRIVATE, ignore_errors=True)
    program = _install_in_venv() or _install_in_folder()
    found = find_uv(pinned) if program and program.exit_code == 0 else None
    if found:
        return found
    if program is None:
        raise Failure(
            "This Python has neither venv nor pip: install them, on Debian or Ubuntu with"
            " 'sudo apt install python3-venv', or install uv, then repeat."
        )
    raise Failure(explain(program.output(), LOG, "uv could not be installed"))


def _install_in_venv() -> Program | None:
    """None when this Python cannot make an environment with pip."""
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(PRIVATE)],
        capture_output=True,
        check=False,
        env=clean_environment(),
    )
    if made.returncode != 0:
        shutil.rmtree(PRIVATE, ignore_errors=True)
        return None
    return _pip_install(str(PRIVATE / "bin" / "python"))


def _install_in_folder() -> Program | None:
    """None when this Python has no pip either."""
    has_pip = subprocess.run(
        [sys.executable, "-m", "pip", "--version"],
        capture_output=True,
        check=False,
        env=clean_environment(),
    )
    if has_pip.returncode != 0:
        return None
    return _pip_install(sys.executable, "--target", str(PRIVATE / "target"))


def _pip_install(python: str, *where: str) -> Program:
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--only-binary=:all:", "-r", str(PINNED), *where]
    return run_to_end("Fetching uv", command, LOG)
