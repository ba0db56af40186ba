"""Reads acts where a network was trained; which of them count: `test_act_selection.py`."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message

from policies.act_reader import ActReader


def test_a_guess_closes_no_case(monkeypatch: pytest.MonkeyPatch) -> None:
    config: Any = ActReader.get_default_config()
    reader = ActReader(config, None, Resource("test"))
    monkeypatch.setattr(reader._network, "is_trained", lambda: True)
    monkeypatch.setattr(reader._network, "rank", lambda *_: [("yes", 0.32), ("no", 0.1)])
    message = Message({"text": "第一格填了", "intent": {"name": "go_to_step", "confidence": 0.5}})
    assert reader.read(message, "success login") == ["done"]
    assert reader.read(message, "way phone") == ["yes"]
