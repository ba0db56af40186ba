"""Secrets come from the files that variables name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.console import ROOT
from serving.secret_files import read_secret_files


def test_a_variable_gets_what_stands_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret of the operator\n", encoding="utf-8")
    environment = {"ZHAOHUI_KEY_FILE": str(tmp_path / "key"), "OTHER_FILE": "/nowhere"}
    read_secret_files(environment)
    assert environment["ZHAOHUI_KEY"] == "secret of the operator"
    assert "OTHER" not in environment
    read_secret_files(environment)  # again, in a process that this one has started


@pytest.mark.parametrize(
    ("content", "given", "problem"),
    [
        (None, {}, "cannot be read"),
        (b"", {}, "is empty"),
        (b"\xff\xfe", {}, "no text in UTF-8"),
        (b"one", {"ZHAOHUI_KEY": "another"}, "both set"),
    ],
)
def test_what_cannot_be_meant_is_said_without_the_secret(
    tmp_path: Path, content: bytes | None, given: dict[str, str], problem: str
) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=problem) as refused:
        read_secret_files({**given, "ZHAOHUI_KEY_FILE": str(path)})
    assert "another" not in str(refused.value)


def test_rasa_says_so_in_one_line() -> None:
    environment = {**os.environ, "ZHAOHUI_KEY_FILE": "/nowhere/key"}
    done = subprocess.run(
        [sys.executable, "-m", "serving.without_tensorflow", "--help"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 1
    line = "ZHAOHUI_KEY_FILE: /nowhere/key cannot be read (No such file or directory).\n"
    assert done.stderr == line
