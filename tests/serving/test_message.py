"""The shape of a message: `docs/messages.md` and `serving/message.py` say the same."""

from __future__ import annotations

import json
import re
from typing import Any, get_args

import pytest

from scripts.console import ROOT
from serving.message import Block, Message
from tests.serving.shapes import fits

PAGE = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")


def examples(kind: str) -> list[dict[str, Any]]:
    """Returns the examples of the page, which are `block` or `message`."""
    return [json.loads(text) for text in re.findall(rf"```json {kind}\n(.*?)```", PAGE, re.S)]


BLOCKS = examples("block")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: str(block["type"]))
def test_an_example_has_the_shape_of_its_kind(block: dict[str, Any]) -> None:
    assert fits(block, Block)
    for field in block:
        wrong = "x" if isinstance(block[field], int) else 3
        assert not fits({**block, field: wrong}, Block), field
    assert not fits({**block, "more": "x"}, Block)


def test_the_message_has_its_shape() -> None:
    [message] = examples("message")
    assert fits(message, Message)
    assert message.keys() == Message.__annotations__.keys()


def test_the_page_has_each_field_of_each_kind() -> None:
    shown: dict[str, set[str]] = {}
    for block in BLOCKS:
        shown.setdefault(block["type"], set()).update(block)
    declared = {
        get_args(kind.__annotations__["type"])[0]: set(kind.__annotations__)
        for kind in get_args(Block)
    }
    assert shown == declared
    assert re.findall(r"^### (\w+)", PAGE, re.M) == list(declared)


@pytest.mark.parametrize("key", json.loads((ROOT / "widget/dev/answers.json").read_text("utf-8")))
def test_what_the_widget_is_tried_with_has_the_shape(key: str) -> None:
    answer = json.loads((ROOT / "widget/dev/answers.json").read_text("utf-8"))[key]
    message = {name: answer[name] for name in ("blocks", "buttons")}
    assert fits(message, Message)
