"""How numbers are read, wherever somebody has written one."""

from __future__ import annotations

import pytest

from serving.numerals import read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("6", 6),
        ("六", 6),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十一", 21),
        ("１２", 12),
        ("0", 0),
        ("", None),
        ("abc", None),
        ("½", None),
        ("9999", None),
        ("-1", None),
        ("1 2", 12),
        ("②", 2),
        ("十十", None),
        ("二三十", None),
        ("十二三", None),
    ],
)
def test_numbers_are_read(text: str, number: int | None) -> None:
    assert read_number(text) == number
