"""What small print makes of characters."""

from __future__ import annotations

import pytest

from screenshots.signs import with_strokes


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("姓名和身份证号不是同-人", "姓名和身份证号不是同一人"),
        ("两次输入不-致", "两次输入不一致"),
        ("返回上—步", "返回上一步"),
    ],
)
def test_the_number_one_is_no_dash(read: str, right: str) -> None:
    assert with_strokes(read) == right


@pytest.mark.parametrize(
    "text", ["重置密码-人脸验证", "2026-11-27", "错误编号 RZ-5003", "登录 - 短信", "8-16 位"]
)
def test_a_dash_stays_one(text: str) -> None:
    assert with_strokes(text) == text
