"""A draft changes what it names, for who has it, and the files stay as they are."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
import yaml

from content_loader.drafts import difference, merged, with_draft, write_draft
from content_loader.live import MAX_DRAFTS, LiveContent
from content_loader.load import FOLDER, ContentError, load

BEFORE = {"a": {"b": 1, "c": [1, 2], "d": {"e": "x"}}, "f": "y", "g": {"h": 1}}
AFTER = {"a": {"b": 1, "c": [2], "d": {"e": "z", "new": {"i": 2}}}, "f": {"now": "table"}}
DRAFT = write_draft({"navigate": {"once_more": "又一遍："}})


def test_a_difference_makes_one_document_of_another() -> None:
    change = difference(BEFORE, AFTER)
    assert change == {
        "a": {"c": [2], "d": {"e": "z", "new": {"i": 2}}},
        "f": {"now": "table"},
        "g": None,
    }
    assert merged(BEFORE, change) == AFTER
    assert difference(BEFORE, BEFORE) == {}
    assert merged(BEFORE, {}) == BEFORE


@pytest.mark.parametrize(
    "text", ["12:30", "yes", "0o14", "2026-01-01", "1.5", "a: b", "一\n二", ""]
)
def test_what_is_written_is_read_as_it_was(text: str) -> None:
    change = {"local": {"a": text, "until": datetime.date(2026, 1, 2), "n": 1.5, "gone": None}}
    draft = write_draft(change)
    assert yaml.safe_load(draft) == change  # as the pipeline reads it
    assert with_draft({"local": {"gone": 1}}, draft) == {
        "local": {name: value for name, value in change["local"].items() if value is not None}
    }


@pytest.mark.parametrize("draft", ["a: [", "- a", "text", "nothing: {a: b}"])
def test_what_is_no_draft_is_refused(draft: str) -> None:
    with pytest.raises(ValueError):
        with_draft({"local": {}}, draft)
    with pytest.raises(ContentError):
        load(FOLDER, draft=draft)


def test_who_has_the_draft_gets_it_and_nobody_else() -> None:
    live = LiveContent()
    before = live.current().text("navigate.once_more")
    assert live.current(DRAFT).text("navigate.once_more") == "又一遍："
    assert live.current().text("navigate.once_more") == before
    assert live.current(DRAFT) is live.current(DRAFT)  # made once
    for number in range(MAX_DRAFTS):
        live.current(write_draft({"navigate": {"once_more": f"{number}"}}))
    assert live.current(DRAFT).text("navigate.once_more") == "又一遍："


def test_a_draft_lies_over_the_files_as_they_are_now(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(FOLDER, folder)
    live = LiveContent(folder)
    live.current(DRAFT)
    path = folder / "navigate.yml"
    text = path.read_text(encoding="utf-8")
    menu = live.current().text("navigate.menu")
    path.write_text(text.replace(menu, "别的话，更长一些"), encoding="utf-8")
    assert live.current(DRAFT).text("navigate.menu") == "别的话，更长一些"
    assert live.current(DRAFT).text("navigate.once_more") == "又一遍："


def test_a_draft_that_cannot_be_used_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    live = LiveContent()
    draft = write_draft({"navigate": {"once_more": "太长" * 30, "secret": "geheim"}})
    assert live.current(draft) is live.current()
    assert "geheim" not in caplog.text and "not used" in caplog.text
