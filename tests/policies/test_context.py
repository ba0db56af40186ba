"""What the assistant has asked, read from the slots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policies.act_policy import depends
from policies.acts import numbered
from policies.context import context_features, context_of, inner_context_of
from policies.contextual_lines import read_lines
from scripts.console import ROOT


@pytest.mark.parametrize(
    ("slots", "context"),
    [
        ({}, "none"),
        ({"pending_question": "way:phone"}, "way phone"),
        ({"pending_question": "step", "guide": {"way": "face", "step": 5}}, "step face 5"),
        ({"pending_question": "finish", "guide": {"way": "face", "step": 7}}, "finish face"),
        (
            {"pending_question": "cause", "diagnosis": {"trouble": "face_failed", "cause": 0}},
            "cause face_failed 1",
        ),
        (
            {"pending_question": "all_causes", "diagnosis": {"trouble": "face_failed", "cause": 2}},
            "causes face_failed",
        ),
        ({"pending_question": "return", "interrupted": "step"}, "return step"),
        ({"guide": {"way": "face", "step": 5}}, "return step"),
        ({"pending_question": "region"}, "region"),
        ({"pending_question": "region", "regions": ["朝阳"]}, "region_which"),
        ({"pending_question": "logged_in"}, "success login"),
        ({"pending_question": "confirm"}, "success cause"),
        ({"pending_question": "which_password"}, "system"),
        ({"pending_question": "fact:registration"}, "fact registration"),
    ],
)
def test_the_context_is_read_from_the_slots(slots: dict[str, Any], context: str) -> None:
    assert context_of(slots) == context


@pytest.mark.parametrize(
    ("slots", "context"),
    [
        ({}, ""),
        ({"pending_question": "way:phone"}, ""),
        ({"pending_question": "step", "guide": {"way": "face", "step": 5}}, ""),
        ({"pending_question": "return", "guide": {"way": "face", "step": 5}}, "step face 5"),
        ({"guide": {"way": "phone", "step": 2}}, "step phone 2"),
        (
            {"pending_question": "confirm", "diagnosis": {"trouble": "face_failed", "cause": 0}},
            "cause face_failed 1",
        ),
        (
            {
                "pending_question": "return",
                "guide": {"way": "face", "step": 5},
                "diagnosis": {"trouble": "face_failed", "cause": 2},
            },
            "cause face_failed 3",
        ),
        ({"pending_question": "cause", "diagnosis": {"trouble": "face_failed", "cause": 2}}, ""),
    ],
)
def test_behind_a_question_stands_the_cause_or_step_in_view(
    slots: dict[str, Any], context: str
) -> None:
    assert inner_context_of(slots) == context


def test_a_context_has_its_kind_and_each_longer_beginning() -> None:
    assert context_features("step phone 6") == ["step", "step phone", "step phone 6"]


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        (None, False),
        ([], False),
        (["matter"], True),  # an intent that says the same leaves no acts
        (["greet"], False),
        (["alone", "fact:platform=app"], False),
        (["fact:number=gone"], True),
        (["ask:cost"], True),
        (["matter", "failed"], True),
    ],
)
def test_the_rules_answer_what_does_not_depend_on_the_conversation(
    acts: list[str] | None, expected: bool
) -> None:
    assert depends(acts) is expected


def test_of_two_near_intents_the_person_is_asked() -> None:
    assert not depends(["matter"], "nlu_fallback")
    assert depends(["matter", "fact:number=gone"], "nlu_fallback")


@pytest.mark.parametrize(
    ("act", "text", "expected"),
    [
        ("go_to", "第十二步", "go_to:十二"),
        ("go_to", "6吧", "go_to:6"),
        ("item", "那个", "item"),
        ("item:last", "最后一个", "item:last"),
        ("wait", "等1下", "wait"),
        ("item", "836251", "item"),
        ("done_to", "第一步好了，第二步也好了", "done_to:二"),
        ("done_to", "第5步做完了，1遍过", "done_to:5"),
        ("done_to", "前面的好了", "done_to"),
    ],
)
def test_a_number_is_taken_from_the_message(act: str, text: str, expected: str) -> None:
    assert numbered(act, text) == expected


def test_a_broken_line_is_reported_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"q": "none", "text": "好"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.jsonl:1"):
        list(read_lines(tmp_path))


def test_no_measured_line_is_trained_on() -> None:
    measured = {(line["q"], line["text"]) for line in read_lines(Path(__file__).parent)}
    trained = {(line["q"], line["text"]) for line in read_lines(ROOT / "data" / "acts")}
    assert len(measured) >= 300
    assert len(trained) >= 5_000
    assert not measured & trained
