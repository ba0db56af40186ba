"""Writes `requirements.lock` and `scripts/uv.lock` anew; `--upgrade` takes newer versions."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from scripts.console import ROOT, Failure, clean_environment, guarded
from scripts.get_uv import get_uv

COMPILE = (
    "pip compile --universal --python-version 3.10 --generate-hashes --no-emit-index-url"
    " --no-emit-find-links --quiet --custom-compile-command".split()
)
# uv repeats on nearly every line that the lock is for Python 3.10 on three systems.
EVERYWHERE = re.compile(
    r" ; python_full_version < '3\.11' and \(\(platform_machine == 'aarch64' and sys_platform =="
    r" 'linux'\) or \(platform_machine == 'x86_64' and sys_platform == 'linux'\) or"
    r" sys_platform == 'darwin'\)(?= \\$)",
    re.MULTILINE,
)


def compile_lock(uv: str, source: str, lock: str, *options: str) -> None:
    """Resolves `source` into `lock`, with every version pinned and every hash."""
    command = [uv, *COMPILE, "make lock", source, "--output-file", lock, *options]
    if subprocess.run(command, check=False, cwd=ROOT, env=clean_environment()).returncode != 0:
        raise Failure(f"{lock} could not be written: the reason stands above.")
    shorten(ROOT / lock)


def shorten(lock: Path) -> None:
    """Leaves out the markers that say nothing."""
    text = EVERYWHERE.sub("", lock.read_text(encoding="utf-8"))
    draft = lock.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(lock)


def main() -> int:
    """Writes both locks."""
    uv = get_uv(pinned=True)
    options = sys.argv[1:]
    compile_lock(uv, "pyproject.toml", "requirements.lock", "--extra", "test", *options)
    compile_lock(uv, "scripts/uv.in", "scripts/uv.lock", *options)
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
