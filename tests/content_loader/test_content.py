from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

import pytest

from content_loader.live import LiveContent
from content_loader.load import FOLDER, TOPICS, ContentError, _read, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "content"
    shutil.copytree(FOLDER, copy)
    return copy


def change(folder: Path, name: str, old: str, new: str) -> int:
    """Replaces the first `old` and returns its line number."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1))
    return text[: text.index(old)].count("\n") + 1


def test_the_content_is_fine() -> None:
    content = load()
    assert list(content.ways) == ["phone", "face", "liaison", "application_liaison", "bureau"]
    assert len(content.ways["phone"].steps) == 9
    assert len(content.troubles) >= 12


@pytest.mark.parametrize(
    ("name", "old", "new", "part"),
    [
        ("recover.yml", "title: 点“忘记密码”", "titel: 点", "ways.phone.steps.2"),
        ("diagnose.yml", "rules_out: [phone]", "rules_out: [fax]", "rules_out"),
        ("diagnose.yml", "title: 收不到验证码", "title: ", "troubles.code_not_received.title"),
        ("navigate.yml", "卡在第 {step} 步", "卡在第 {schritt} 步", "step.stuck"),
        (
            "chitchat.yml",
            "buttons: [menu]",
            "buttons: [no_such]",
            "chitchat.greet.buttons",
        ),
        ("buttons.yml", "menu: [find_way", "menu: [menu", "menu.0"),
        ("buttons.yml", "payload: /next_step", "payload: next", "buttons.next.payload"),
        ("recover.yml", "troubles: [entry_not_found]", "troubles: [nothing]", "troubles"),
        ("recover.yml", "failed: new_password", "failed: old_password", "ways.phone.failed"),
        ("diagnose.yml", "title: 收不到验证码", "title: 收不到 # 验证码", "put the text in quotes"),
    ],
)
def test_an_error_names_file_line_and_field(
    folder: Path, name: str, old: str, new: str, part: str
) -> None:
    line = change(folder, name, old, new)
    with pytest.raises(ContentError) as error:
        load(folder)
    message = str(error.value)
    assert f"content/{name}:" in message
    assert part in message
    lines = [int(other_line.split(":")[1]) for other_line in message.splitlines()]
    assert any(abs(other_line - line) <= 1 for other_line in lines), (message, line)


@pytest.mark.parametrize(
    ("name", "old", "new", "problems"),
    [
        (
            "recover.yml",
            "title: 点“忘记密码”",
            "titel: 点",
            ["ways.phone.steps.2.titel: is not known here", "ways.phone.steps.2.title: is missing"],
        ),
        (
            "chitchat.yml",
            "greet:",
            "greeet:",
            ["chitchat: 'greet' is missing; 'greeet' is not known here"],
        ),
        (
            "diagnose.yml",
            "title: 收不到验证码",
            "title: 收不到验证码收不到验证码收",
            [
                "troubles.code_not_received.title:"
                " '收不到验证码收不到验证码收' is longer than 12 characters"
            ],
        ),
        (
            "diagnose.yml",
            "title: 收不到验证码",
            "title:",
            ["troubles.code_not_received.title: nothing stands here"],
        ),
        (
            "recover.yml",
            "picture: forgot_link",
            "picture:",
            ["ways.phone.steps.2.picture: nothing stands here"],
        ),
        (
            "diagnose.yml",
            "rules_out: [phone]",
            "rules_out: [phone, phone]",
            ["troubles.code_not_received.rules_out: 'phone' stands here twice"],
        ),
        (
            "diagnose.yml",
            "immediate: true",
            "immediate: 1",
            ["troubles.phone_changed.immediate: 1 is neither true nor false"],
        ),
        (
            "diagnose.yml",
            "immediate: true",
            "immediate: false",
            ["troubles.phone_changed.causes: is empty, which only an immediate trouble may be"],
        ),
        (
            "diagnose.yml",
            "step: 6",
            "step: 60",
            ["troubles.code_not_received.after.step: the way 'phone' has fewer steps"],
        ),
        ("recover.yml", "    steps:", "    steps: 5\n    x:", ["ways.phone.steps: 5 is no list"]),
        (
            "buttons.yml",
            "payload: /next_step",
            "paylode: /next_step",
            ["buttons.next.paylode: is not known here", "buttons.next.payload: is missing"],
        ),
        (
            "case.yml",
            "  gone:",
            "  Gone:",
            ["facts.number.Gone: 'Gone' does not match ^[a-z_]+$"],
        ),
    ],
)
def test_an_error_says_what_is_wrong(
    folder: Path, name: str, old: str, new: str, problems: list[str]
) -> None:
    change(folder, name, old, new)
    with pytest.raises(ContentError) as error:
        load(folder)
    message = str(error.value)
    for problem in problems:
        assert problem in message
    assert "pydantic" not in message


@pytest.mark.parametrize("topic", TOPICS)
def test_the_quick_way_to_read_finds_the_same(topic: str) -> None:
    path = FOLDER / f"{topic}.yml"
    assert _read(path) == _read(path, with_lines=True)


@pytest.mark.parametrize("name", [f"{topic}.yml" for topic in TOPICS])
@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\x00", b"a: [1\nb: 2", b"- 1", b"{}"])
def test_a_damaged_file_is_named(folder: Path, name: str, damage: bytes) -> None:
    (folder / name).write_bytes(damage)
    with pytest.raises(ContentError, match=rf"content/{name}:\d+: "):
        load(folder)


@pytest.mark.parametrize("name", ["places.tsv", "bureau_names.tsv", "websites.tsv"])
def test_a_damaged_table_is_named(folder: Path, name: str) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("one\ttwo\tthree\tfour\n")
    with pytest.raises(ContentError, match=rf"{name}:\d+"):
        load(folder)


def test_an_edit_takes_effect_at_once(folder: Path) -> None:
    live = LiveContent(folder)
    change(folder, "chitchat.yml", "不客气！", "别客气！")
    assert live.current().chitchat["thank"].text.startswith("别客气！")


def test_a_broken_edit_changes_nothing_and_is_logged_once(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = LiveContent(folder)
    before = live.current()
    change(folder, "chitchat.yml", "text: 不客气", "txet: 不客气")
    with caplog.at_level(logging.ERROR):
        assert live.current() is before
        assert live.current() is before
    assert len(caplog.records) == 1
    assert "content/chitchat.yml:" in caplog.text
    change(folder, "chitchat.yml", "txet: 不客气", "text: 太客气")
    assert live.current().chitchat["thank"].text.startswith("太客气")
