"""Lines that editors have chosen: kept once, checked as data/nlu is, and put into it."""

from __future__ import annotations

import stat
import sys
import threading
from pathlib import Path

import pytest

from data_checks import review as review_module
from data_checks.lines import Question, TrainingLine, read_lines
from data_checks.review import (
    DATA,
    BadReview,
    Finding,
    Review,
    annotated,
    check,
    fit,
    main,
    put_into,
    quick_findings,
)
from serving.tenants import VARIABLE
from tests.tenant_folders import HALL, make_tenants

NLU = """version: "3.1"

nlu:
  - intent: greet
    examples: |
      - 你好
      - 我在[杭州](region)呢

  # A comment.
  - intent: device_changed
    examples: |
      - 换了手机怎么办
"""


@pytest.fixture
def review(tmp_path: Path) -> Review:
    return Review(tmp_path / "review.yml")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "nlu"
    folder.mkdir()
    (folder / "chitchat.yml").write_text(NLU, encoding="utf-8")
    return folder


def found(review: Review) -> list[tuple[str, str]]:
    return [(line.intent, line.text) for line in review.lines()]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  平板\n能弄不 ", "平板 能弄不"),
        ("我的密码是[hidden:password]忘了", ""),
        ("[杭州](region)", ""),
        ("a{b}", ""),
        ("看\u202e不见", ""),
        ("长" * 201, ""),
        ("？！…", ""),
        ("", ""),
        ("- 平板 # 能弄: 不", "- 平板 # 能弄: 不"),
    ],
)
def test_what_can_be_a_line(text: str, line: str) -> None:
    assert fit(text) == line


def test_a_line_is_there_once(review: Review) -> None:
    review.add("greet", ["您好", "早上好"])
    review.add("device_changed", ["- 平板 # 能弄: 不", "您好！"])
    assert found(review) == [
        ("device_changed", "- 平板 # 能弄: 不"),
        ("device_changed", "您好！"),
        ("greet", "早上好"),
    ]
    assert stat.S_IMODE(review.path.stat().st_mode) == 0o600
    review.remove(["平板能弄不", "您好", "no such"])
    assert found(review) == [("greet", "早上好")]
    review.remove(["早上好"])
    assert found(review) == []
    assert [path.name for path in review.path.parent.iterdir() if "review." in path.name] == [
        "review.yml"
    ]


def test_many_add_at_once_and_nothing_is_lost(review: Review) -> None:
    def add(number: int) -> None:
        review.add("greet", [f"第{number}句", f"又第{number}句"])

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found(review)) == 24


@pytest.mark.parametrize(
    "text",
    [
        "nlu: [",
        "nlu: {a: 1}",
        "x",
        "nlu:\n  - intent: greet\n",
        "nlu:\n  - synonym: a\n    examples: |\n      - b\n",
        "\x00",
    ],
)
def test_a_damaged_file_is_said_and_left_alone(review: Review, text: str) -> None:
    review.path.write_text(text, encoding="utf-8")
    with pytest.raises(BadReview, match=r"review\.yml is not in the form"):
        review.lines()
    with pytest.raises(BadReview):
        review.add("greet", ["您好"])
    assert review.path.read_text(encoding="utf-8") == text


def test_an_edit_by_hand_is_kept(review: Review) -> None:
    review.path.write_text(NLU, encoding="utf-8")
    review.add("greet", ["您好"])
    lines = review.lines()
    assert "我在[杭州](region)呢" in [line.annotated for line in lines]
    assert len(lines) == 4


def test_what_the_pages_say_of_lines(review: Review, data: Path) -> None:
    review.add("greet", ["换了手机怎么办？", "请问平板电脑能弄吗", "早上好"])
    questions = [Question("请问平板电脑能弄不能", frozenset({"device_changed"}), "x")]
    questions.append(Question("请问平板电脑能弄吗呢", frozenset({"device_changed"}), "x"))
    lines = review.lines()
    said = quick_findings(lines, list(read_lines(data)), questions)
    assert {line.text: said.get(line.location) for line in lines} == {
        "换了手机怎么办？": Finding.DOUBLED,
        "请问平板电脑能弄吗": Finding.MEASURED,
        "早上好": None,
    }


def find(text: str) -> tuple[list[dict[str, object]], set[int]]:
    """Finds one place, and lets tokens begin and end anywhere."""
    at = text.find("杭州")
    match = {"entity": "region", "value": "杭州", "start": at, "end": at + 2}
    return ([match] if at >= 0 else []), set(range(len(text) + 1))


def test_places_are_annotated_unless_somebody_did() -> None:
    line = annotated(TrainingLine("我在杭州", "greet", [], "x:1"), find, frozenset())
    assert line.annotated == "我在[杭州](region)"
    assert annotated(line, lambda text: ([], set()), frozenset()) is line
    outside = annotated(TrainingLine("我在杭州", "greet", [], "x:1"), find, frozenset({"杭州"}))
    assert outside.annotated == "我在杭州"


def test_the_checks_are_those_of_the_training_lines(review: Review, data: Path) -> None:
    review.add("greet", ["换了手机怎么办", "请问平板电脑能弄吗", "我在杭州"])
    review.add("no_such", ["早上好"])
    questions = [Question("请问平板电脑能弄吗", frozenset({"device_changed"}), "x")]
    lines = review.lines()
    said = "\n".join(check(lines, list(read_lines(data)), questions, find, frozenset()))
    assert "device_changed at chitchat.yml:12" in said
    assert "a question for measuring only" in said
    assert "the place 杭州 is not annotated" in said
    assert "there is no intent no_such in data/nlu" in said
    assert len(said.splitlines()) == 4


def test_lines_are_put_behind_those_of_their_intent() -> None:
    changed = put_into(NLU, "greet", ["早上好", "在[杭州](region)"])
    assert changed == NLU.replace(
        "      - 我在[杭州](region)呢\n",
        "      - 我在[杭州](region)呢\n      - 早上好\n      - 在[杭州](region)\n",
    )
    assert put_into(NLU, "device_changed", ["x"]) == f"{NLU}      - x\n"
    assert put_into(NLU.rstrip("\n"), "device_changed", ["x"]) is not None
    assert put_into(NLU, "device", ["x"]) is None


def test_every_intent_of_the_project_takes_a_line() -> None:
    files = {path: path.read_text(encoding="utf-8") for path in DATA.glob("*.yml")}
    before = list(read_lines(DATA))
    for intent in {line.intent for line in before}:
        changed = [put_into(text, intent, ["一句新话"]) for text in files.values()]
        (only,) = (text for text in changed if text)
        (source,) = (text for text, new in zip(files.values(), changed, strict=True) if new)
        assert len(only) - len(source) == len("      - 一句新话\n"), intent
        assert only.replace("      - 一句新话\n", "") == source


def test_they_are_taken_over(
    review: Review,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(review_module, "entity_finder", lambda folder: find)
    monkeypatch.setattr(sys, "argv", ["review"])
    assert main(review, data) == 0
    assert "No line waits" in capsys.readouterr().out
    review.add("greet", ["在杭州，早上好", "换了手机怎么办"])
    assert main(review, data) == 1
    assert "2 lines wait, 1 of them with a finding." in capsys.readouterr().out
    assert (data / "chitchat.yml").read_text(encoding="utf-8") == NLU  # only looked at
    monkeypatch.setattr(sys, "argv", ["review", "--take"])
    assert main(review, data) == 0
    assert "1 lines were put into data/nlu, 1 wait." in capsys.readouterr().out
    taken = {line.annotated: line.intent for line in read_lines(data)}
    assert taken["在[杭州](region)，早上好"] == "greet"
    assert len(taken) == 4
    assert found(review) == [("greet", "换了手机怎么办")]


def test_those_of_tenants_are_taken_over_too(
    tmp_path: Path,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(VARIABLE, str(make_tenants(tmp_path / "tenants")))
    monkeypatch.setattr(review_module, "entity_finder", lambda folder: find)
    monkeypatch.setattr(review_module.Review.__init__, "__defaults__", (tmp_path / "review.yml",))
    of_hall = Review(tmp_path / "tenants" / HALL / "review.yml")
    of_hall.add("greet", ["在杭州，早上好", "换了手机怎么办"])
    Review(tmp_path / "review.yml").add("greet", ["早上好呀"])
    monkeypatch.setattr(sys, "argv", ["review", "--take"])
    assert main(data=data) == 0
    said = capsys.readouterr().out
    assert said.count("1 lines were put into data/nlu") == 2
    assert "Of the tenant hall:" in said
    assert "Of the tenant port:" not in said
    assert found(of_hall) == [("greet", "换了手机怎么办")]


def test_places_are_found_as_the_pipeline_finds_them(
    review: Review, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    review.add("greet", ["我人在苏州 早上好"])
    monkeypatch.setattr(sys, "argv", ["review", "--take"])
    assert main(review, data) == 0
    assert "我人在[苏州](region) 早上好" in (data / "chitchat.yml").read_text(encoding="utf-8")
