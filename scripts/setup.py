"""Makes `.venv`: Python 3.10 and every package of `requirements.lock`, its hash checked.

Does nothing when `.venv` fits the lock already. Needs only the standard library of any
Python from 3.8 on.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.console import (
    LOGS,
    ROOT,
    Failure,
    clean_environment,
    exclusive,
    guarded,
)
from scripts.explain import explain
from scripts.find_python import get_python
from scripts.get_uv import get_uv
from scripts.processes import run_to_end

VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
FINGERPRINT = VENV / "zhaohui-fingerprint.json"
LOG = LOGS / "setup.log"
MEGABYTE = 1024 * 1024
NEEDED_FRESH = 2500 * MEGABYTE
NEEDED_UPDATE = 500 * MEGABYTE
# The headers of TensorFlow's C++ side: 140 MB, only to compile extensions.
UNUSED = ("tensorflow/include",)


def wanted_fingerprint() -> dict[str, str]:
    """What `.venv` must have been made from to fit; a moved folder does not fit."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return {"lock": digest, "folder": str(ROOT)}


def present_fingerprint() -> dict[str, str] | None:
    """What `.venv` was made from; None when it is missing, unfinished or broken."""
    if not (VENV / "bin" / "python").exists():  # also when its Python was removed
        return None
    try:
        fingerprint = json.loads(FINGERPRINT.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return fingerprint if isinstance(fingerprint, dict) else None


def set_up() -> None:
    """Makes or repairs `.venv`."""
    wanted = wanted_fingerprint()
    if present_fingerprint() == wanted:
        return
    with exclusive("set-up"):
        present = present_fingerprint()
        if present == wanted:
            return
        fresh = present is None or present.get("folder") != wanted["folder"]
        check_space(NEEDED_FRESH if fresh else NEEDED_UPDATE)
        uv = get_uv()
        if fresh:
            make_environment(uv)
        FINGERPRINT.unlink(missing_ok=True)  # until the packages are all there
        install_packages(uv)
        remove_unused()
        write_fingerprint(wanted)


def check_space(needed: int) -> None:
    """Says so before anything is fetched when the disk is too full for it."""
    free = shutil.disk_usage(ROOT).free
    if free < needed:
        raise Failure(
            f"The disk is nearly full: {free // MEGABYTE} MB are free in {ROOT},"
            f" {needed // MEGABYTE} MB are needed; free some, then repeat."
        )


def make_environment(uv: str) -> None:
    """An empty `.venv`; an unfinished or foreign one goes."""
    python = get_python(uv)
    if VENV.exists() or VENV.is_symlink():
        print("Removing a .venv that is unfinished or does not fit", flush=True)
        remove(VENV)
    command = [uv, "venv", "--no-project", "--python", python, str(VENV)]
    done = subprocess.run(
        command, capture_output=True, check=False, cwd=ROOT, env=clean_environment(), text=True
    )
    if done.returncode != 0:
        LOG.touch(mode=0o600)
        LOG.write_text(done.stderr, encoding="utf-8")
        raise Failure(explain(done.stderr, LOG, "The folder .venv could not be made"))


def remove(path: Path) -> None:
    """Removes a folder, or the link that stands for one."""
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path)


def install_packages(uv: str) -> None:
    """Exactly the locked packages; those built here are built with locked tools too."""
    command = [uv, "pip", "sync", "--require-hashes", "--python", str(VENV / "bin" / "python")]
    command += ["--build-constraints", str(LOCK), str(LOCK)]
    program = run_to_end("Installing packages", command, LOG, detail=last_step)
    if program.exit_code != 0:
        raise Failure(explain(program.output(), LOG, "The packages could not be installed"))


def last_step(output: str) -> str:
    """What uv is doing, from what it has written."""
    steps = re.findall(r"^\s*((?:Downloading|Building|Prepared|Installed) .+)$", output, re.M)
    return steps[-1] if steps else ""


def remove_unused() -> None:
    """Removes files that no program of ours reads."""
    for folder in VENV.glob("lib/python*/site-packages"):
        for name in UNUSED:
            shutil.rmtree(folder / name, ignore_errors=True)


def write_fingerprint(fingerprint: dict[str, str]) -> None:
    """Says that `.venv` is complete; the file is there whole or not at all."""
    draft = FINGERPRINT.with_suffix(".draft")
    draft.write_text(json.dumps(fingerprint), encoding="utf-8")
    draft.replace(FINGERPRINT)


def main() -> int:
    """Sets up, or says in one line what is in the way."""
    set_up()
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
