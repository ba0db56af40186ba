"""The set-up, with a stand-in for uv: no network, no packages."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path

import pytest

from scripts.console import guarded
from tests.scripts.fake_project import SECONDS, FakeProject, one_line

SET_UP = """\
import sys
import scripts.setup as setup
setup.NEEDED_FRESH = setup.NEEDED_UPDATE = int(sys.argv[1])
sys.exit(setup.guarded(setup.main))
"""
FINGERPRINT = ".venv/zhaohui-fingerprint.json"


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    folder = tmp_path / "a folder with blanks"
    folder.mkdir()
    return FakeProject(folder)


def set_up(project: FakeProject) -> list[str]:
    """What uv was asked for, without the questions for a Python."""
    (project.folder / "uv-calls").unlink(missing_ok=True)
    program = project.start(SET_UP, "0")
    _, errors = program.communicate(timeout=SECONDS)
    assert program.returncode == 0, errors
    calls = [line.split() for line in project.lines("uv-calls")]
    return [call[0] if call[0] == "venv" else call[1] for call in calls if call[0] != "python"]


def test_first_set_up_makes_everything_and_the_second_nothing(project: FakeProject) -> None:
    assert set_up(project) == ["venv", "sync"]
    assert set_up(project) == []


def test_packages_are_installed_with_hashes_only(project: FakeProject) -> None:
    set_up(project)
    sync = [line for line in project.lines("uv-calls") if line.startswith("pip sync")]
    assert all("--require-hashes" in line for line in sync)


def test_changed_lock_installs_into_the_same_environment(project: FakeProject) -> None:
    set_up(project)
    project.write("requirements.lock", "rasa==3.6.20\n")
    assert set_up(project) == ["sync"]
    assert set_up(project) == []


@pytest.mark.parametrize("fingerprint", ["", "{", "[]", "null"])
def test_broken_fingerprint_is_redone(project: FakeProject, fingerprint: str) -> None:
    set_up(project)
    project.write(FINGERPRINT, fingerprint)
    assert set_up(project) == ["venv", "sync"]


def test_environment_of_another_folder_is_redone(project: FakeProject) -> None:
    set_up(project)
    moved = json.loads((project.folder / FINGERPRINT).read_text()) | {"folder": "elsewhere"}
    project.write(FINGERPRINT, json.dumps(moved))
    assert set_up(project) == ["venv", "sync"]


def test_environment_without_its_python_is_redone(project: FakeProject) -> None:
    set_up(project)
    python = project.folder / ".venv/bin/python"
    python.unlink()
    python.symlink_to("removed")
    assert set_up(project) == ["venv", "sync"]


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("no-python", "Python 3.10"),
        ("no-space", "disk is full"),
        ("no-network", "No network"),
        ("bad-hash", "hash mismatch"),
    ],
)
def test_trouble_is_one_line_and_the_next_set_up_fixes_it(
    project: FakeProject, mode: str, says: str
) -> None:
    project.write("uv-mode", mode)
    line = one_line(project.start(SET_UP, "0"))
    assert says in line
    assert "details in logs/" in line
    assert not (project.folder / FINGERPRINT).exists()
    project.write("uv-mode", "")
    assert set_up(project) == ["venv", "sync"]


def test_failed_update_is_not_taken_for_complete(project: FakeProject) -> None:
    set_up(project)
    project.write("requirements.lock", "rasa==3.6.20\n")
    project.write("uv-mode", "no-space")
    one_line(project.start(SET_UP, "0"))
    project.write("uv-mode", "")
    assert "sync" in set_up(project)


@pytest.mark.parametrize("answer", ["exit 127", "echo uv 0.1.0", "echo pyenv: no such command"])
def test_uv_on_the_path_that_is_of_no_use_is_passed_over(project: FakeProject, answer: str) -> None:
    good = project.folder / "bin/uv"
    ours = project.folder / ".uv/bin/uv"
    ours.parent.mkdir(parents=True)
    good.rename(ours)
    project.write("bin/uv", f"#!/bin/sh\n{answer}\n").chmod(0o755)
    assert set_up(project) == ["venv", "sync"]


def test_python_of_pyenv_is_found_although_uv_does_not_see_it(project: FakeProject) -> None:
    python = project.folder / "pyenv/versions/3.10.9/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    project.write("uv-mode", "no-python")
    set_up(project)
    assert f"--python {python}" in "\n".join(project.lines("uv-calls"))


def test_nearly_full_disk_is_said_before_anything_is_fetched(project: FakeProject) -> None:
    assert "nearly full" in one_line(project.start(SET_UP, str(10**18)))
    assert project.lines("uv-calls") == []


@pytest.mark.parametrize(
    ("number", "says"),
    [(errno.ENOSPC, "disk is full"), (errno.EDQUOT, "disk is full"), (errno.EROFS, "permission")],
)
def test_refusal_of_the_system_is_one_line(
    capsys: pytest.CaptureFixture[str], number: int, says: str
) -> None:
    def refused() -> int:
        raise OSError(number, "refused", "some/file")

    assert guarded(refused) == 1
    errors = capsys.readouterr().err
    assert says in errors
    assert "some/file" in errors
    assert errors.count("\n") == 1
