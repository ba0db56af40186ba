"""What a model answers is written down beside it; where that cannot be, all goes on without it."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest

from data_checks.lines import read_questions
from scripts import known_questions
from scripts.console import Failure
from scripts.known_questions import QUESTIONS, ensure_known, known_path
from scripts.train import QUIET, ensure_model


def test_without_questions_no_model_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_questions, "QUESTIONS", tmp_path / "none.tsv")
    known = ensure_known(tmp_path / "zhaohui-x.tar.gz", QUIET)
    assert known == tmp_path / "zhaohui-x.known.npz"
    assert list(tmp_path.iterdir()) == []


def test_a_model_of_before_is_said_to_be_one(tmp_path: Path) -> None:
    model = tmp_path / "zhaohui-x.tar.gz"
    with tarfile.open(model, "w:gz"):
        pass
    with pytest.raises(Failure, match="earlier version"):
        known_questions._background(model)


def test_a_model_that_cannot_be_asked_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "zhaohui-x.tar.gz"
    model.write_bytes(b"")
    assert not ensure_known(model, QUIET).exists()
    assert "known_questions.log" in capsys.readouterr().out


def test_the_answers_of_the_model_are_those_to_the_development_questions() -> None:
    model = ensure_model()
    ensure_known(model, QUIET)
    with np.load(known_path(model), allow_pickle=False) as arrays:
        questions = read_questions(QUESTIONS)
        assert arrays["asked"].tolist() == [question.text for question in questions]
        assert arrays["vectors"].shape == (len(questions), 512)
        assert len(arrays["against"]) == len(arrays["intents"]) == len(questions)
        assert arrays["right"].mean() > 0.9
