"""What stands for something hidden is the same on both sides and in the widget."""

from __future__ import annotations

from channels.redaction import KINDS
from scripts.console import ROOT
from serving.placeholders import PLACEHOLDER, placeholder


def test_each_kind_is_read_back() -> None:
    assert PLACEHOLDER.findall(" ".join(map(placeholder, KINDS))) == [*KINDS]


def test_the_widget_looks_for_the_same() -> None:
    parts = (ROOT / "widget/src/text/parts.ts").read_text(encoding="utf-8")
    assert PLACEHOLDER.pattern.replace("(", "").replace(")", "") in parts
