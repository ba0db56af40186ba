"""Building the widget: when it is needed, what is said when it cannot be done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import widget as builder

NPM = """#!/bin/sh
folder=$(pwd)
while [ $# -gt 0 ]; do [ "$1" = --prefix ] && folder=$2; [ "$1" = run ] && run=yes; shift; done
echo called >> "$folder/../calls"
[ -e "$folder/../broken" ] && {{ echo "npm ERR! no"; exit 1; }}
mkdir -p "$folder/node_modules" "$folder/dist"
[ "$run" ] && echo built > "$folder/dist/zhaohui.js"
exit 0
"""


@pytest.fixture
def widget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sources of a widget, with stand-ins for node and npm."""
    folder, programs = tmp_path / "widget", tmp_path / "bin"
    (folder / "src").mkdir(parents=True)
    programs.mkdir()
    package = {"engines": {"node": ">=20.19"}}
    (folder / "package.json").write_text(json.dumps(package), encoding="utf-8")
    (folder / "package-lock.json").write_text("{}", encoding="utf-8")
    (folder / "src" / "main.ts").write_text("1", encoding="utf-8")
    for name, text in (("node", "#!/bin/sh\necho v20.19.1\n"), ("npm", NPM.format())):
        (programs / name).write_text(text, encoding="utf-8")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr(builder, "LOG", tmp_path / "widget.log")
    return folder


def calls(widget: Path) -> int:
    path = widget.parent / "calls"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_it_is_built_once_and_again_when_a_source_changes(widget: Path) -> None:
    assert builder.ensure_widget(widget)
    assert calls(widget) == 2  # packages, then the build
    assert builder.ensure_widget(widget)
    assert calls(widget) == 2
    (widget / "src" / "main.ts").write_text("2", encoding="utf-8")
    assert builder.ensure_widget(widget)
    assert calls(widget) == 3  # the packages are the same
    (widget / "package-lock.json").write_text("{ }", encoding="utf-8")
    assert builder.ensure_widget(widget)
    assert calls(widget) == 5


def test_without_node_one_line_says_what_is_missing(
    widget: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(widget))
    assert not builder.ensure_widget(widget)
    [line] = capsys.readouterr().out.splitlines()
    assert "Node.js 20.19" in line
    assert "Everything else is served" in line


def test_an_old_node_is_named(widget: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (widget.parent / "bin" / "node").write_text("#!/bin/sh\necho v18.20.4\n", encoding="utf-8")
    assert not builder.ensure_widget(widget)
    assert "here is v18.20.4" in capsys.readouterr().out
    assert calls(widget) == 0


def test_a_failed_build_names_its_log(widget: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (widget.parent / "broken").touch()
    assert not builder.ensure_widget(widget)
    assert "widget.log" in capsys.readouterr().out
    assert not builder.is_built(widget)
