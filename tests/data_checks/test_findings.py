"""The check of the training lines: each kind of finding, and that ours has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_checks import findings
from data_checks.__main__ import main
from data_checks.findings import badly_annotated, doubled, entity_finder, near_measured, too_few
from data_checks.lines import Question, Span, TrainingLine, read_lines, read_questions

NLU = """version: "3.1"

nlu:
  - intent: greet
    examples: |
      - 你好
      - 我在[杭州](region)呢
"""


def line(text: str, intent: str = "greet") -> TrainingLine:
    return TrainingLine(text, intent, [], "x.yml:1")


def test_lines_are_read_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "chitchat.yml").write_text(NLU, encoding="utf-8")
    first, second = read_lines(tmp_path)
    assert (first.text, first.location) == ("你好", "chitchat.yml:6")
    assert (second.text, second.location) == ("我在杭州呢", "chitchat.yml:7")
    assert second.spans == [("region", 2, 4)]
    assert [each_line.annotated for each_line in (first, second)] == [
        "你好",
        "我在[杭州](region)呢",
    ]


def test_doubles_are_told_within_and_across_intents() -> None:
    (within,) = doubled([line("你好！"), line("你 好")])
    assert "the same line" in within
    (across,) = doubled([line("你好！"), line("你好", "thank")])
    assert "thank here, greet at" in across
    assert not list(doubled([line("你好"), line("您好"), line("👍"), line("👎")]))


def test_few_lines_are_told() -> None:
    (finding,) = too_few([line(str(number)) for number in range(findings.FEWEST_LINES - 1)])
    assert "greet has 199 lines" in finding
    assert not list(too_few([line(str(number)) for number in range(findings.FEWEST_LINES)]))


@pytest.mark.parametrize(
    "text", ["收不到验证码怎么办呀", "收不到 验证码，怎么办", "收不到验证码怎么办吗"]
)
def test_what_is_near_a_measured_question_is_told(text: str) -> None:
    questions = [Question("收不到验证码怎么办", frozenset({"code_not_received"}), "everyday")]
    assert list(near_measured([line(text)], questions))
    assert not list(near_measured([line("验证码总不来，急")], questions))


def test_places_and_broken_entities_are_told(tmp_path: Path) -> None:
    find = entity_finder(tmp_path)
    (finding,) = badly_annotated([line("我在杭州开店")], find)
    assert "杭州 is not annotated" in finding
    broken = line("营业执照密码忘了")
    broken.spans.append(Span("other_system", 1, 3))
    (finding,) = badly_annotated([broken], find)
    assert "amid a token" in finding


def test_a_table_with_a_missing_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "q.tsv").write_text("# head\n你好\tgreet\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"q\.tsv:2"):
        read_questions(tmp_path / "q.tsv")


@pytest.mark.long
def test_our_lines_have_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0, capsys.readouterr().out
