"""Places as people write them: what the extractor finds and what the action makes of it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from content_loader.declare import PLACEHOLDER
from content_loader.load import load
from content_loader.shapes import Content
from data_checks.findings import Find, entity_finder
from tests.actions.actor import Actor, find_block

HERE = Path(__file__).parent


def read_lines() -> list[dict[str, str]]:
    """Returns the lines of `hard_places.tsv`, whose head says what the columns mean."""
    lines = (HERE / "hard_places.tsv").read_text(encoding="utf-8").splitlines()
    return list(
        csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    )


@pytest.fixture(scope="module")
def find(tmp_path_factory: pytest.TempPathFactory) -> Find:
    return entity_finder(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def content() -> Content:
    return load()


def longest_part(template: str) -> str:
    """Returns the longest part of a sentence that has no placeholder."""
    return max(PLACEHOLDER.split(template), key=len).strip()


def understood(message: dict[str, Any], content: Content) -> str:
    """Returns what a message makes of a place, in the words of `hard_places.tsv`."""
    if bureau := find_block(message, "bureau"):
        return str(bureau["place"])
    if choice := find_block(message, "list"):
        return "|".join(choice["items"])
    for name, key in (
        ("outside", "bureau.outside"),
        ("which zone", "bureau.which_zone"),
        ("too many", "bureau.which_many"),
    ):
        if key in content.texts and longest_part(content.texts[key]) in message["text"]:
            return name
    return "nothing"


@pytest.mark.parametrize("line", read_lines(), ids=lambda value: value["text"])
def test_hard_places(line: dict[str, str], find: Find, content: Content) -> None:
    found, _ = find(line["text"])
    message = Actor().send_found("inform_region", line["text"], found)
    got = understood(message, content)
    assert set(got.split("|")) == set(line["expected"].split("|"))
    assert line["says"] in message["text"]
