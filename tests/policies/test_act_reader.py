"""Reads acts where a network was trained; which of them count: `test_act_selection.py`."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message

from policies.act_reader import ActReader, with_inner


def test_a_guess_closes_no_case(monkeypatch: pytest.MonkeyPatch) -> None:
    config: Any = ActReader.get_default_config()
    reader = ActReader(config, None, Resource("test"))
    monkeypatch.setattr(reader._network, "is_trained", lambda: True)
    monkeypatch.setattr(reader._network, "rank", lambda *_: [("yes", 0.32), ("no", 0.1)])
    message = Message({"text": "第一格填了", "intent": {"name": "go_to_step", "confidence": 0.5}})
    assert reader.read(message, "success login") == ["done"]
    assert reader.read(message, "way phone") == ["yes"]


def test_what_speaks_of_the_cause_in_view_is_read_under_it_as_well() -> None:
    ranked = [("worked", 0.8), ("yes", 0.5), ("rules_out:light", 0.1), ("solved", 0.1)]
    inner = [("rules_out:light", 0.6), ("worked", 0.3), ("solved", 0.2), ("yes", 0.9)]
    of_cause = with_inner(ranked, inner, is_cause=True)
    assert of_cause == [("rules_out:light", 0.6), ("yes", 0.5), ("worked", 0.3), ("solved", 0.1)]
    # Behind a step nothing looks like a success that is none.
    assert with_inner(ranked, inner, is_cause=False)[0] == ("worked", 0.8)
