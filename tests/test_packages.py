"""What Rasa needs of the packages that the lock raises above its pins, or leaves out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.console import ROOT

# As `rasa run` without our Makefile: Rasa's error reporting is on there. It sends nothing before
# an error, and the key is nobody's.
CODE = """
import rasa.__main__, rasa.core.run, rasa.core.channels, rasa.core.tracker_store, rasa.telemetry
import rasa_sdk.endpoint, sentry_sdk
rasa.telemetry.initialize_error_reporting()
print("ready", sentry_sdk.VERSION)
"""
# `-W error` would stop at the warnings that Rasa 3.6 had before; these are new ones.
NEW_WARNINGS = ("slated for removal", "Pyparsing", "never awaited", "Protobuf", "NumPy")


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    environment = {
        "HOME": str(tmp_path_factory.mktemp("home")),
        "PATH": os.defpath,
        "PYTHONWARNINGS": "default",
        "RASA_TELEMETRY_ENABLED": "true",
        "RASA_EXCEPTION_WRITE_KEY": "nobody@nowhere",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    return subprocess.run(
        [sys.executable, "-c", CODE],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=environment,
        text=True,
        timeout=120,
    )


def test_plain_rasa_starts_with_its_error_reporting(
    start: subprocess.CompletedProcess[str],
) -> None:
    assert start.returncode == 0, start.stderr[-2000:]
    assert start.stdout.startswith("ready")


def test_a_start_prints_no_warning_of_a_raised_package(
    start: subprocess.CompletedProcess[str],
) -> None:
    assert [
        line for line in start.stderr.splitlines() if any(w in line for w in NEW_WARNINGS)
    ] == []


@pytest.mark.parametrize("module", ["dns", "mattermostwrapper", "rocketchat_API", "skops", "wheel"])
def test_what_is_left_out_is_not_there(module: str) -> None:
    found = list((Path(sys.prefix) / "lib").glob(f"python3.*/site-packages/{module}*"))
    assert found == []
