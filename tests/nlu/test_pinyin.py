"""How texts sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from pypinyin import lazy_pinyin

from data_checks.lines import read_questions
from nlu.pinyin import Pronunciation, fuzzy

PRONUNCIATION = Pronunciation.from_pypinyin()
syllables = PRONUNCIATION.syllables


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("验正码", "验证码"),
        ("严证吗", "验证码"),
        ("yanzhengma", "验证码"),
        ("mima忘了", "密码忘了"),
        ("收不到YZM".lower(), "收不到yzm"),
        ("刷练", "刷脸"),
        ("蓝不到", "难不到"),
        ("身分", "生分"),
    ],
)
def test_what_sounds_alike_is_alike(written: str, meant: str) -> None:
    assert syllables(written) == syllables(meant)


@pytest.mark.parametrize(("one", "other"), [("密码", "短信"), ("手机", "人脸"), ("是", "不")])
def test_what_sounds_different_is_different(one: str, other: str) -> None:
    assert syllables(one) != syllables(other)


def test_other_signs_stand_alone_and_blanks_are_left_out() -> None:
    assert syllables("a1 号，b") == ["a", "1", "fao" if fuzzy("hao") == "fao" else "hao", "b"]
    assert syllables("xyzq") == ["x", "y", "z", "q"]
    assert syllables("  ，。") == []
    assert syllables("q" * 500) == ["q"] * 500


def test_every_text_sounds_as_pypinyin_says() -> None:
    texts = [
        question.text for question in read_questions(Path(__file__).with_name("development.tsv"))
    ]
    for text in (
        *texts,
        "",
        " ",
        "\ud83d",
        "yanzheng马12,nihao",
        "〇〇",
        "𠀀好",
        "银行长得行",
        "都下不了",
    ):
        slowly = lazy_pinyin(text, errors=cast(Any, PRONUNCIATION._others))
        assert syllables(text) == [fuzzy(syllable) for syllable in slowly], text


def test_what_is_written_down_says_the_same(tmp_path: Path) -> None:
    assert Pronunciation.load(tmp_path) is None
    PRONUNCIATION.save(tmp_path)
    saved = Pronunciation.load(tmp_path)
    assert saved is not None
    for text in ("银行长得行", "yanzheng马12,nihao", "\ud83d 重置密码", "一行行字"):
        assert saved.syllables(text) == syllables(text)
