from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.console import ROOT
from serving.without_tensorflow import is_needless


def test_our_configuration_needs_no_tensorflow() -> None:
    assert is_needless(ROOT / "config.yml")


@pytest.mark.parametrize(
    "text",
    [
        "pipeline: [{name: nlu.a.B}, {name: DIETClassifier}]\npolicies: [{name: RulePolicy}]",
        "pipeline: [{name: nlu.a.B}]\npolicies: [{name: TEDPolicy}]",
        "pipeline: [{name: nlu.a.B}]",
        "pipeline: [: x",
        "",
    ],
)
def test_other_configurations_have_it(tmp_path: Path, text: str) -> None:
    config = tmp_path / "config.yml"
    config.write_text(text, encoding="utf-8")
    assert not is_needless(config)


def test_another_version_of_rasa_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.without_tensorflow.version", lambda _name: "3.7.0")
    assert not is_needless(ROOT / "config.yml")


def test_rasa_starts_without_it_and_a_call_says_why_it_is_missing() -> None:
    """In a process of its own, because this one may have loaded it."""
    code = """
import sys
from serving.without_tensorflow import Placeholders
sys.meta_path.insert(0, Placeholders())
import rasa.core.run
from rasa.graph_components.validators import default_recipe_validator
import tensorflow as tf
assert not hasattr(tf, "__version__")
assert not any(name.startswith(("tensorflow.python", "sklearn.base")) for name in sys.modules)
try:
    tf.constant([1])
except RuntimeError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "rasa run" in done.stdout, done.stderr
