"""Which Python 3.10 the set-up takes: the newest that is there or can be fetched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.find_python import NEWEST, dotted
from tests.scripts.fake_project import SECONDS, FakeProject

SET_UP = """\
import scripts.setup as setup
setup.NEEDED_FRESH = 0
raise SystemExit(setup.guarded(setup.main))
"""
# The stand-in for uv finds the Python of these tests, which is never newer than this.
NEWER = dotted((*NEWEST[:2], NEWEST[2] + 8))
OLDER = dotted((*NEWEST[:2], 2))


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    folder = tmp_path / "project"
    folder.mkdir()
    return FakeProject(folder)


def set_up(project: FakeProject) -> str:
    """What the set-up prints."""
    program = project.start(SET_UP)
    output, errors = program.communicate(timeout=SECONDS)
    assert program.returncode == 0, errors
    assert errors == ""
    return output


def taken(project: FakeProject) -> str:
    """The Python that `.venv` was made with."""
    (call,) = [line for line in project.lines("uv-calls") if line.startswith("venv ")]
    return call.split(" --python ")[1].rsplit(" ", 1)[0]


def fetches(project: FakeProject) -> list[str]:
    return [line for line in project.lines("uv-calls") if line.startswith("python install")]


def test_newest_of_pyenv_goes_before_the_one_that_uv_would_take(project: FakeProject) -> None:
    project.write_python(f"pyenv/versions/{OLDER}/bin/python", OLDER)
    newest = project.write_python(f"pyenv/versions/{NEWER}/bin/python", NEWER)
    output = set_up(project)
    assert taken(project) == str(newest)
    assert fetches(project) == []
    assert "Warning" not in output


def test_newest_that_uv_lists_goes_before_the_one_that_it_would_take(
    project: FakeProject, tmp_path: Path
) -> None:
    elsewhere = FakeProject.write_python(project, str(tmp_path / "python3.10"), NEWER)
    entries = [{"path": None}, {"path": str(elsewhere)}]
    project.write("uv-list", json.dumps(entries))
    set_up(project)
    assert taken(project) == str(elsewhere)


@pytest.mark.parametrize("folder", [".venv", ".uv"])
def test_python_of_our_own_environments_is_not_taken(project: FakeProject, folder: str) -> None:
    python = project.write_python(f"{folder}/bin/other", NEWER)
    project.write("uv-list", json.dumps([{"path": str(python)}]))
    set_up(project)
    assert taken(project) != str(python)


def test_newer_one_is_fetched_when_only_an_older_one_is_there(project: FakeProject) -> None:
    project.write("uv-mode", "fetches")
    project.write_python("fetched/bin/python", dotted(NEWEST))
    output = set_up(project)
    assert fetches(project) == [f"python install {dotted(NEWEST)}"]
    assert taken(project).endswith(f"{dotted(NEWEST)}/bin/python")
    assert "Warning" not in output


def test_older_one_is_taken_with_a_warning_when_nothing_can_be_fetched(
    project: FakeProject,
) -> None:
    (project.folder / "bin/uv").write_text(
        (project.folder / "bin/uv").read_text("utf-8").replace('"python find "*)', '"nothing")'),
        "utf-8",
    )
    python = project.write_python(f"pyenv/versions/{OLDER}/bin/python", OLDER)
    project.write("uv-mode", "no-fetch")
    (warning,) = [line for line in set_up(project).splitlines() if "Warning" in line]
    assert OLDER in warning
    assert dotted(NEWEST) in warning
    assert taken(project) == str(python)
    # Once it is set up, nothing is searched or fetched any more.
    (project.folder / "uv-calls").unlink()
    assert set_up(project) == ""
    assert project.lines("uv-calls") == []


@pytest.mark.parametrize("version", ["3.11.9", "3.9.30", ""])
def test_other_versions_are_passed_over(project: FakeProject, version: str) -> None:
    python = project.write_python("pyenv/versions/3.10.30/bin/python", version)
    set_up(project)
    assert taken(project) != str(python)
