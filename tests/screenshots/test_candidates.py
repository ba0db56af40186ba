"""Which runs of lines may be a sentence."""

from __future__ import annotations

import pytest

from screenshots.candidates import candidates_of, without_icon
from screenshots.reading import TextLine
from screenshots.signs import bare


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
        line("重新发送", 132),  # the words of a button
        line("剩余3次机会", 132),  # a count of its own
    ],
)
def test_what_does_not_go_on_is_no_candidate(second: TextLine) -> None:
    assert len(texts(line("该手机号未绑定", 100), second)) == 2


@pytest.mark.parametrize(
    "below", ["如有疑问请咨询12345", "可截图联系客服", "错误码 A0231", "为什么会这样？"]
)
def test_what_stands_small_beneath_a_sentence_is_no_part_of_it(below: str) -> None:
    assert texts(line("支付宝实名与执照不一致", 100), line(below, 132)) == [
        "支付宝实名与执照不一致",
        bare(below),
    ]
    open_one = line("支付宝实名与执照不一致，", 100)
    assert bare(open_one.text + below) in texts(open_one, line(below, 132))


@pytest.mark.parametrize(
    ("first", "second"),
    [("该验证码已经失效，请", "重新发送"), ("您输入的密码有误，", "还有3次机会")],
)
def test_a_sentence_that_asks_for_more_goes_on_in_the_words_of_a_button(
    first: str, second: str
) -> None:
    assert bare(first + second) in texts(line(first, 100), line(second, 132))


def test_the_end_of_a_full_line_may_have_the_words_of_a_button() -> None:
    first, second = "长时间未操作，为了您的安全已自动", "退出"
    assert bare(first + second) in texts(line(first, 100), line(second, 132))


def test_the_first_line_of_a_paragraph_may_stand_in() -> None:
    first = line("各项业务于11月21日暂停办理", 100, left=160)
    second = line("，请合理安排时间，给您带来不便", 140)
    assert bare(first.text + second.text) in texts(first, second)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        ("!不可与最近三次的密码重复", "不可与最近三次的密码重复"),
        ("①验证码错误", "验证码错误"),
        ("×密码太短", "密码太短"),
        ("× 密码太短", "密码太短"),
        ("⊗ 密码太短", "密码太短"),
        ("◉密码太短", "密码太短"),
        ("密码太短 ×", "密码太短"),
        ("“密码”太短", "“密码”太短"),
        ("【电子执照】密码太短", "【电子执照】密码太短"),
        ("504 Gateway", "504 Gateway"),
        ("!", "!"),
    ],
)
def test_an_icon_before_a_sentence_is_no_part_of_it(read: str, text: str) -> None:
    assert without_icon(read) == text
