"""The widget's own tests, beside its code in `widget/`; and what it weighs."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from scripts.console import ROOT
from scripts.widget import what_is_missing

MAX_BYTES = 120 * 1024


def test_units_of_the_widget(widget: Path) -> None:
    lack = what_is_missing()
    if lack:
        pytest.skip(f"the widget's own tests were left out: {lack}")
    done = subprocess.run(
        ["npm", "test", "--prefix", "widget"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_the_widget_weighs_at_most_120_kilobytes(widget: Path) -> None:
    assert len(gzip.compress((ROOT / widget).read_bytes())) <= MAX_BYTES


def test_the_lock_of_the_widget_names_no_address() -> None:
    lock = (ROOT / "widget" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert not re.search(r"https?://(?!opencollective|github|tidelift)[^\"]*\.tgz", lock)
    assert '"integrity"' in lock
