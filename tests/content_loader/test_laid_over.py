"""Folders laid over `content/`: what they say counts, and an error names the file it is in."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

import pytest

from content_loader.live import LiveContent, LiveContents
from content_loader.load import FOLDER, ContentError, load

PLAIN = load()
HELLO = "您好，这里是余杭。"
GREETING = f"chitchat:\n  greet: {{text: {HELLO}}}\n"
QUESTION = """\
questions:
  parking:
    wordings: [能停车吗, 有没有停车位, 车停哪]
    text: 大楼北侧有停车场。
bureaus: {}
"""


@pytest.fixture
def over(tmp_path: Path) -> Path:
    folder = tmp_path / "tenants" / "hall" / "content"
    folder.mkdir(parents=True)
    return folder


def write(folder: Path, name: str, text: str) -> None:
    """Writes a file such that a change is seen, however fast it follows another."""
    path = folder / name
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(path.stat().st_atime_ns, max(path.stat().st_mtime_ns, before) + 1))


def test_what_stands_under_a_name_replaces_it_and_all_else_stays(over: Path) -> None:
    write(over, "chitchat.yml", GREETING)
    content = load(FOLDER, over)
    assert content.chitchat["greet"].text == HELLO
    assert content.chitchat["greet"].buttons == PLAIN.chitchat["greet"].buttons
    assert content.chitchat["thank"] == PLAIN.chitchat["thank"]
    assert content.ways == PLAIN.ways
    assert content.texts == PLAIN.texts


def test_a_list_is_replaced_as_a_whole(over: Path) -> None:
    write(over, "buttons.yml", "menu: [find_way, contact_bureau]\n")
    assert load(FOLDER, over).menu == ("find_way", "contact_bureau")


def test_the_folder_on_top_counts(over: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    draft.mkdir()
    write(over, "chitchat.yml", f"{GREETING}  thank: {{text: 不谢。}}\n")
    write(draft, "chitchat.yml", "chitchat: {greet: {text: 试一试。}}\n")
    content = load(FOLDER, over, draft)
    assert content.chitchat["greet"].text == "试一试。"
    assert content.chitchat["thank"].text == "不谢。"
    assert load(FOLDER, over, tmp_path / "gone").chitchat["greet"].text == HELLO


def test_questions_of_its_own_are_not_mixed_with_those_below(tmp_path: Path, over: Path) -> None:
    below = tmp_path / "content"
    shutil.copytree(FOLDER, below)
    write(below, "local.yml", QUESTION)
    assert list(load(below, over).local_questions) == ["parking"]
    assert not load(below, over, inherits_local=False).local_questions
    write(over, "local.yml", QUESTION.replace("parking", "tower"))
    for inherits in (True, False):
        assert list(load(below, over, inherits_local=inherits).local_questions) == ["tower"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("chitchat.yml", "chitchat:\n  greet: {txet: 您好}\n", ":2: chitchat.greet.txet: is not"),
        (
            "chitchat.yml",
            "\nchitchat:\n  greet:\n    text: 您好{name}\n",
            ":4: chitchat.greet.text",
        ),
        ("chitchat.yml", "chitchat:\n  greet: {buttons: [nowhere]}\n", ":2: chitchat.greet.but"),
        ("chitchat.yml", "chitchat:\n  greet:\n", ":2: chitchat.greet: nothing stands here"),
        ("chitchat.yml", "chitchat: [1]\n", ":1: chitchat: "),
        ("chitchat.yml", "- 1\n", ":1: (whole file): "),
        ("chitchat.yml", "a: [1\n", ": not valid YAML"),
        ("recover.yml", "ways:\n  phone:\n    title: ''\n", ":3: ways.phone.title: '' is empty"),
        ("answer.yml", "answers:\n  new_one: {text: 好}\n", ":2: answers.new_one.buttons: is mis"),
        ("local.yml", "questions: {}\n", ":1: bureaus: is missing"),
        ("chitchats.yml", GREETING, ":1: (whole file): is none of"),
        ("chitchat.yaml", GREETING, ":1: (whole file): is none of"),
    ],
)
def test_an_error_names_the_file_that_is_laid_over(
    over: Path, name: str, text: str, said: str
) -> None:
    write(over, name, text)
    with pytest.raises(ContentError) as error:
        load(FOLDER, over)
    assert str(error.value).startswith(f"tenants/hall/content/{name}:")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_what_programs_leave_behind_is_no_error(over: Path) -> None:
    for name in (".chitchat.yml.swp", ".#chitchat.yml", "chitchat.yml~", "notes.txt"):
        write(over, name, "- [")
    assert load(FOLDER, over) is not None


def test_both_folders_are_live_and_the_last_good_stays(
    tmp_path: Path, over: Path, caplog: pytest.LogCaptureFixture
) -> None:
    below = tmp_path / "content"
    shutil.copytree(FOLDER, below)
    live = LiveContent(below, over)
    write(over, "chitchat.yml", GREETING)
    assert live.current().chitchat["greet"].text == HELLO
    thanks = (below / "chitchat.yml").read_text(encoding="utf-8").replace("不客气！", "别客气！")
    write(below, "chitchat.yml", thanks)
    assert live.current().chitchat["thank"].text.startswith("别客气！")
    assert live.current().chitchat["greet"].text == HELLO
    write(over, "chitchat.yml", "chitchat: {greet: {txet: 您好}}\n")
    with caplog.at_level(logging.ERROR):
        assert live.current().chitchat["greet"].text == HELLO
    assert "tenants/hall/content/chitchat.yml:1" in caplog.text


def test_each_tenant_has_its_words_and_nobody_elses(tmp_path: Path, over: Path) -> None:
    below = tmp_path / "content"
    shutil.copytree(FOLDER, below)
    write(below, "local.yml", QUESTION)
    write(over, "chitchat.yml", GREETING)
    contents = LiveContents(below, tmp_path / "tenants")
    assert contents.current("hall").chitchat["greet"].text == HELLO
    assert not contents.current("hall").local_questions
    assert contents.current().chitchat["greet"] == PLAIN.chitchat["greet"]
    assert contents.current("gone").chitchat["greet"] == PLAIN.chitchat["greet"]
    assert not contents.current("gone").local_questions
    assert contents.current("hall").gazetteer is contents.current().gazetteer


def test_a_tenant_that_begins_broken_has_the_common_words_until_it_is_right(
    tmp_path: Path, over: Path, caplog: pytest.LogCaptureFixture
) -> None:
    below = tmp_path / "content"
    shutil.copytree(FOLDER, below)
    write(below, "local.yml", QUESTION)
    write(over, "chitchat.yml", "chitchat: {greet: {txet: 您好}}\n")
    with caplog.at_level(logging.ERROR):
        contents = LiveContents(below, tmp_path / "tenants")
        for _ in range(3):
            content = contents.current("hall")
    assert content.chitchat["greet"] == PLAIN.chitchat["greet"]
    assert not content.local_questions
    assert len(caplog.records) == 1
    write(over, "chitchat.yml", GREETING)
    assert contents.current("hall").chitchat["greet"].text == HELLO
