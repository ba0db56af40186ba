"""Which runs of lines may be a sentence."""

from __future__ import annotations

import pytest

from screenshots.candidates import candidates_of, without_icon
from screenshots.reading import TextLine


def line(text: str, top: float, size: float = 30, left: float = 100) -> TextLine:
    return TextLine(text, left, top, left + size * len(text), top + size, 0.99)


def texts(*lines: TextLine) -> list[str]:
    return [candidate.text for candidate in candidates_of(lines)]


def test_a_line_that_goes_on_is_a_candidate_alone_and_with_the_next() -> None:
    first, second = line("该手机号未绑定电子营业执照", 100), line("请核对后重试", 140)
    assert texts(first, second) == [
        "该手机号未绑定电子营业执照",
        "该手机号未绑定电子营业执照请核对后重试",
        "请核对后重试",
    ]


def test_each_knows_in_which_line_it_would_go_on() -> None:
    lines = [line("该手机号未绑定电子营业执照", 100), line("请核对后重试", 140)]
    alone, whole, rest = candidates_of(lines)
    assert (alone.before, alone.behind) == (None, 1)
    assert (whole.before, whole.behind) == (None, None)
    assert (rest.before, rest.behind) == (0, None)
    assert alone.shares(whole)
    assert not alone.shares(rest)


@pytest.mark.parametrize(
    "second",
    [
        line("请核对后重试", 400),  # far below
        line("请核对后重试", 140, size=60),  # twice as high
        line("请核对后重试请核对后重试请核对后重试", 140),  # there was room for it above
    ],
)
def test_what_does_not_go_on_is_no_candidate(second: TextLine) -> None:
    assert len(texts(line("该手机号未绑定", 100), second)) == 2


@pytest.mark.parametrize(
    ("read", "text"),
    [
        ("!不可与最近三次的密码重复", "不可与最近三次的密码重复"),
        ("①验证码错误", "验证码错误"),
        ("×密码太短", "密码太短"),
        ("504 Gateway", "504 Gateway"),
        ("!", "!"),
    ],
)
def test_an_icon_before_a_sentence_is_no_part_of_it(read: str, text: str) -> None:
    assert without_icon(read) == text
