"""Builds the website's chat widget in `widget/` with Node.js, unless it is built already.

Without Node.js it says so in one line; everything else works without the window.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.console import LOGS, ROOT, clean_environment, exclusive, guarded, shown
from scripts.processes import run_to_end

WIDGET = ROOT / "widget"
BUILT = WIDGET / "dist" / "zhaohui.js"
FINGERPRINT = WIDGET / "dist" / "zhaohui-fingerprint.txt"
LOG = LOGS / "widget.log"
MADE = ("node_modules", "dist")


def ensure_widget(widget: Path = WIDGET) -> bool:
    """Builds the widget when its sources have changed; tells whether there is a fitting one."""
    if not (widget / "package.json").exists():
        return False
    if is_built(widget):
        return True
    lack = what_is_missing(widget)
    if lack:
        print(f"The chat widget is not built: {lack}. Everything else is served.", flush=True)
        return False
    with exclusive("widget"):
        return is_built(widget) or build(widget)


def is_built(widget: Path = WIDGET) -> bool:
    """Whether the built widget is of the present sources."""
    fingerprint = widget / "dist" / FINGERPRINT.name
    try:
        fits = fingerprint.read_text(encoding="ascii") == digest(widget)
    except OSError:
        return False
    return fits and (widget / "dist" / BUILT.name).exists()


def digest(widget: Path) -> str:
    """A number for the sources; it changes with any of them."""
    sums = hashlib.sha256()
    for path in sorted(widget.rglob("*")):
        parts = path.relative_to(widget).parts
        if path.is_file() and parts[0] not in MADE:
            sums.update("/".join(parts).encode() + b"\0" + path.read_bytes() + b"\0")
    return sums.hexdigest()


def what_is_missing(widget: Path = WIDGET) -> str:
    """Says what must be installed to build the widget; empty if nothing."""
    package = json.loads((widget / "package.json").read_text(encoding="utf-8"))
    wanted = version(package.get("engines", {}).get("node", ""))
    needed = ".".join(str(expected) for expected in wanted) or "20"
    for name in ("node", "npm"):
        if not shutil.which(name):
            return f"it needs Node.js {needed} or newer with npm, and there is no `{name}`"
    done = subprocess.run(["node", "--version"], capture_output=True, check=False, text=True)
    if version(done.stdout) < wanted:
        return f"it needs Node.js {needed} or newer, and here is {done.stdout.strip()}"
    return ""


def version(text: str) -> tuple[int, ...]:
    """The first version in a text, as numbers."""
    found = re.search(r"\d+(?:\.\d+)*", text)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def build(widget: Path) -> bool:
    """Installs the locked packages and builds; says where the reason is when that fails."""
    npm = shutil.which("npm") or "npm"
    folder = ["--prefix", str(widget)]
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--include=dev"]
    steps = {
        "Installing the widget's packages": [npm, "ci", *folder, *quiet],
        "Building the chat widget": [npm, "run", "build", *folder],
    }
    present = digest(widget)
    lock = hashlib.sha256((widget / "package-lock.json").read_bytes()).hexdigest()
    installed = widget / "node_modules" / ".zhaohui-lock"
    for label, command in steps.items():
        if "ci" in command and installed.exists() and installed.read_text("ascii") == lock:
            continue
        program = run_to_end(label, command, LOG, clean_environment(NO_UPDATE_NOTIFIER="1"))
        if program.exit_code != 0:
            print(
                f"The chat widget could not be built: see {shown(LOG)}. Everything else is served.",
                flush=True,
            )
            return False
        if "ci" in command:
            installed.write_text(lock, encoding="ascii")
    (widget / "dist" / FINGERPRINT.name).write_text(present, encoding="ascii")
    return True


def main() -> int:
    """Builds; without the widget the exit code is 0 all the same."""
    ensure_widget()
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
