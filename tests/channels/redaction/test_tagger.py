"""The tagger beside the rules; how much it finds of messages is in `test_measured.py`."""

from __future__ import annotations

import time

import pytest

from channels import redaction
from channels.redaction import redact, tagger
from channels.redaction.by_rules import PUBLIC, decide
from channels.redaction.features import features
from channels.redaction.forms import normal_form
from channels.redaction.memory import remember
from channels.redaction.rule import Topic
from channels.redaction.tagger import MODEL
from scripts.train_tagger import FINGERPRINT, LINES, fingerprint, labels, read_lines


def test_the_committed_model_was_trained_from_what_is_here() -> None:
    assert FINGERPRINT.read_text(encoding="utf-8").strip() == fingerprint(), (
        "python -m scripts.train_tagger"
    )


@pytest.mark.parametrize("path", sorted(LINES.glob("*.jsonl")), ids=lambda path: path.stem)
def test_lines_can_be_learnt_from(path: object) -> None:
    for line in read_lines(path):  # type: ignore[arg-type]
        marked = labels(line["text"], line["secret"])
        assert len(marked) == len(line["text"])
        assert (tagger.SECRET in marked) == bool(line["secret"])
        assert bool(line["secret"]) == (line["kind"] != "innocent"), line["text"]


def test_a_secret_that_is_not_in_its_line_is_an_error() -> None:
    with pytest.raises(ValueError, match="substring not found"):
        labels("没有秘密", ["abc"])


def test_every_place_of_a_secret_is_marked() -> None:
    assert "".join(labels("aXbaX", ["aX"])) == "SSOSS"


@pytest.mark.parametrize(
    ("before", "text", "secret"),
    [
        (["密码是啥子你问我哇"], "春暖花开四个字", "春暖花开"),
        ([], "用19751220日日都登得上", "19751220"),
        ([], "语音里念的是，幺三，洞七，六九", "幺三"),
    ],
)
def test_what_no_rule_finds_is_hidden(before: list[str], text: str, secret: str) -> None:
    memory = remember(before)
    kinds = decide(text, memory.topics(text))
    start = text.index(secret)
    by_rules = kinds[start : start + len(secret)]
    assert any(kind in ("", PUBLIC) for kind in by_rules), "a rule finds it by now"
    assert secret not in redact(text, memory)


@pytest.mark.parametrize(
    "text",
    [
        "pwd是什么的缩写",
        "404",
        "再jian",
        "\ud800",
        "\0",
        "\x7f\u2028",
    ],
)
def test_innocent_messages_stay(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("text", ["密码是abcdefgh", "密码（ab12cd34）", "mima shi zhangwei"])
def test_what_is_bound_to_its_word_needs_no_agreement(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redaction, "read", lambda form, topics: [0.0] * len(form))
    assert "[hidden:password]" in redact(text)


def test_what_only_its_surroundings_speak_for_needs_agreement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "我设的是Lmq7788"
    assert "[hidden:" in redact(text)
    monkeypatch.setattr(redaction, "read", lambda form, topics: [0.0] * len(form))
    assert redact(text) == text


def test_what_came_hidden_is_left_to_the_rules() -> None:
    hidden = redact("密码是 [hidden:password] 还是 Hx77@lm")
    assert hidden == "密码是 [hidden:password] 还是 [hidden:password]"
    assert redact(hidden) == hidden


def test_features_do_not_hang_on_the_order_of_sets() -> None:
    form = normal_form("我密码是abc123登不上")
    first, second = (features(form, set(Topic)) for _ in range(2))
    assert [sorted(row) for row in first] == [sorted(row) for row in second]


@pytest.mark.parametrize(
    "unit",
    [
        "密码是什么，验证码 4 位，手机号后面 3 个，身份证和银行卡都在家里。",
        *(
            "0 ",
            "1.",
            "1、",
            "1-",
            "1/",
            "(1",
            "**1",
            "一 ",
            "壹 ",
            "是",
            "是1",
            "1年",
            "a.",
            "1\n",
        ),
        *("“1", "中间是5094", "后三个159", "不对7410", "六个零", "密码 ", "验证码是一", "路1号之"),
    ],
)
def test_a_long_message_is_read_in_time(unit: str) -> None:
    text = (unit * 2000)[:2000]
    started = time.process_time()
    redact(text)
    assert time.process_time() - started < 1


def test_a_model_that_is_missing_says_how_to_make_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tagger, "MODEL", MODEL.with_name("none"))
    tagger._model.cache_clear()
    try:
        with pytest.raises(FileNotFoundError, match=r"python -m scripts\.train_tagger"):
            redact("你好")
    finally:
        tagger._model.cache_clear()
