"""The assistant that speed is compared with is what Rasa's users know."""

from __future__ import annotations

import yaml

from bench.stock_assistant import STORIES, TURNS, configuration, stories
from scripts.console import ROOT


def test_it_has_rasas_usual_components() -> None:
    config = yaml.safe_load(configuration())
    names = [part["name"] for part in (*config["pipeline"], *config["policies"])]
    assert {"JiebaTokenizer", "DIETClassifier", "RulePolicy", "TEDPolicy"} <= set(names)
    assert not [name for name in names if "." in name]  # none of ours


def test_its_stories_are_made_of_rules() -> None:
    text = stories(ROOT / "data" / "rules")
    assert "&" not in text  # Rasa would not read an anchor
    samples = yaml.safe_load(text)["stories"]
    assert len(samples) == STORIES
    for story in samples:
        kinds = [kind for step in story["steps"] for kind in step]
        assert kinds == ["intent", "action"] * TURNS
