"""When a model is trained, and which one is taken; a stand-in does the training."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scripts.fake_project import SECONDS, FakeProject, one_line

FINGERPRINT = "import scripts.train as train; print(train.fingerprint())"
KEPT = 3


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    folder = tmp_path / "a folder with blanks"
    folder.mkdir()
    return FakeProject(folder)


def fingerprint(project: FakeProject) -> str:
    return subprocess.check_output(
        [sys.executable, "-c", FINGERPRINT], cwd=project.folder, text=True, timeout=SECONDS
    ).strip()


def train(project: FakeProject) -> str:
    program = project.script("train")
    output, errors = program.communicate(timeout=SECONDS)
    assert program.returncode == 0, errors
    return output.splitlines()[-1].removeprefix("Model: ")


@pytest.mark.parametrize(
    "name",
    [
        "config.yml",
        "domain.yml",
        "requirements.lock",
        "data/nlu/chitchat.yml",
        "data/rules/new.yml",
        "nlu/jieba/words.txt",
        "nlu/new_component.py",
        "nlu/entities.yml",
    ],
)
def test_every_kind_of_source_changes_the_fingerprint(project: FakeProject, name: str) -> None:
    before = fingerprint(project)
    project.write(name, "something else\n")
    assert fingerprint(project) != before


def test_renamed_and_removed_sources_change_the_fingerprint(project: FakeProject) -> None:
    before = fingerprint(project)
    words = project.folder / "nlu/jieba/words.txt"
    renamed = words.rename(words.with_name("others.txt"))
    after = fingerprint(project)
    renamed.unlink()
    assert len({before, after, fingerprint(project)}) == 3


def test_nothing_else_changes_the_fingerprint(project: FakeProject) -> None:
    before = fingerprint(project)
    for name in (
        "README.md",
        "actions/chitchat.py",
        "content/chitchat.yml",
        "endpoints.yml",
        "nlu/__pycache__/x.pyc",
        "data/nlu/.chitchat.yml.swp",
        "data/nlu/chitchat.yml~",
        "logs/train.log",
    ):
        project.write(name, "something else\n")
    os.utime(project.folder / "domain.yml", (1, 1))
    assert fingerprint(project) == before


def test_trains_only_when_no_model_fits(project: FakeProject) -> None:
    first = train(project)
    assert first == f"models/zhaohui-{fingerprint(project)}.tar.gz"
    assert train(project) == first
    assert len(project.lines("rasa-calls")) == 1
    project.write("domain.yml", "another\n")
    assert train(project) != first
    assert len(project.lines("rasa-calls")) == 2


def test_half_written_model_in_place_is_trained_anew(project: FakeProject) -> None:
    model = project.folder / train(project)
    whole = model.read_bytes()
    for broken in (b"", whole[: len(whole) // 2], b"no archive"):
        model.write_bytes(broken)
        train(project)
        assert len(model.read_bytes()) > len(broken)
    assert len(project.lines("rasa-calls")) == 4


@pytest.mark.parametrize(
    ("mode", "says"),
    [("half", "training failed"), ("fails", "no such component"), ("no-space", "disk is full")],
)
def test_failed_training_is_one_line_and_leaves_no_model(
    project: FakeProject, mode: str, says: str
) -> None:
    project.write("rasa-mode", mode)
    line = one_line(project.script("train"))
    assert says in line
    assert "logs/train.log" in line
    assert project.models() == []
    project.write("rasa-mode", "")
    assert (project.folder / train(project)).exists()


def test_sources_edited_during_the_training_are_trained(project: FakeProject) -> None:
    project.write("rasa-mode", "edited")
    assert train(project) == f"models/zhaohui-{fingerprint(project)}.tar.gz"
    assert len(project.lines("rasa-calls")) == 2
    assert len(project.models()) == 1


def test_keeps_the_newest_models_and_those_of_others(project: FakeProject) -> None:
    project.write("models/mine.tar.gz", "of somebody else")
    trained = []
    for number in range(KEPT + 2):
        project.write("domain.yml", f"{number}\n")
        trained.append(train(project).removeprefix("models/"))
    assert project.models() == sorted(trained[-KEPT:])
    assert (project.folder / "models/mine.tar.gz").exists()
