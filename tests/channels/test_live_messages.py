"""The channels' fixed sentences: in use as soon as they are saved; what would break is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from channels import live_messages
from channels.live_messages import FILES, FOLDER, BadMessages, LiveMessages, read
from channels.message_shapes import MessageShapes


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    changed = write.__dict__["at"] = write.__dict__.get("at", 1_000_000_000) + 1
    os.utime(path, (changed, changed))  # however coarse the clock of the disk is


def common(text: str) -> str:
    buttons = "[{title: 找回密码, payload: /recover_password}]"
    return f"unavailable:\n  text: {text}\n  buttons: {buttons}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "messages.yml"


@pytest.fixture
def live(path: Path) -> LiveMessages:
    shape = FILES["messages"][1]
    return LiveMessages(path, lambda text: read(text, shape, "messages.yml"))


def test_each_file_of_the_project_is_declared_and_good() -> None:
    assert set(FILES) == set(MessageShapes.model_fields)
    for name, (file, shape) in FILES.items():
        assert shape is MessageShapes.model_fields[name].annotation
        assert read((FOLDER / file).read_text(encoding="utf-8"), shape, file)


def test_a_change_is_in_use_with_the_next_sentence(live: LiveMessages, path: Path) -> None:
    write(path, common("请稍后。"))
    assert live["unavailable"]["text"] == "请稍后。"
    write(path, common("请明天。"))
    assert live["unavailable"]["text"] == "请明天。"


@pytest.mark.parametrize("broken", ["a: [", "- 1", "\udcff", common("''"), common("'{x}'"), ""])
def test_a_broken_edit_changes_nothing_and_is_logged_once(
    live: LiveMessages, path: Path, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    write(path, common("请稍后。"))
    assert live["unavailable"]["text"] == "请稍后。"
    path.write_bytes(broken.encode("utf-8", "surrogateescape"))
    os.utime(path, (5, 5))
    for _ in range(3):
        assert live["unavailable"]["text"] == "请稍后。"
    assert [line.levelname for line in caplog.records] == ["ERROR"]
    path.unlink()
    assert live["unavailable"]["text"] == "请稍后。"
    write(path, common("请明天。"))
    assert live["unavailable"]["text"] == "请明天。"


def test_without_a_good_one_to_begin_with_it_is_said_where_it_is_broken(
    live: LiveMessages, path: Path
) -> None:
    with pytest.raises(BadMessages, match="cannot be read"):
        live.current()
    write(path, common("'{x}'"))
    with pytest.raises(BadMessages, match=r"messages.yml:2: unavailable.text: unknown placeholder"):
        live.current()
    write(path, common("请稍后。"))
    assert live["unavailable"]["text"] == "请稍后。"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("rendering", '"⚠️ {text}"', "注意", "warning: {text} is missing"),
        ("rendering", "{see}", "{sea}", "step.see: unknown placeholder {sea}"),
        ("wechat", '"{number}. {title}"', '"{title}"', "number_line: {number} is missing"),
        ("wechat", "找{place}的", "找", "location: '找登记机关' does not match"),
        ("wechat", "请选择：", '"{a{b}}"', "menu_head: has a single brace"),
        ("website", "{seconds} 秒再发，刚才那条", "{minutes} 分", "unknown placeholder {minutes}"),
        ("website", "not_found:", "not_fund:", "not_fund: is not known here"),
        ("messages", "/contact_bureau", "contact_bureau", "does not match"),
    ],
)
def test_what_could_not_be_said_is_refused(name: str, old: str, new: str, said: str) -> None:
    file, shape = FILES[name]
    text = (FOLDER / file).read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadMessages) as error:
        read(text.replace(old, new), shape, file)
    assert said in str(error.value)


def test_what_is_rendered_follows_its_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, shape = FILES["rendering"]
    before = (FOLDER / file).read_text(encoding="utf-8")
    write(path, before)
    live = LiveMessages(path, lambda text: read(text, shape, file))
    monkeypatch.setattr("channels.rendering.RENDERING", live)
    from channels.rendering import render_block

    block = {"type": "warning", "about": "message", "text": "别发密码。"}
    assert render_block(block) == "⚠️ 别发密码。"  # type: ignore[arg-type]
    write(path, before.replace("⚠️ {text}", "注意：{text}"))
    assert render_block(block) == "注意：别发密码。"  # type: ignore[arg-type]
    assert live_messages.RENDERING["warning"] == "⚠️ {text}"
