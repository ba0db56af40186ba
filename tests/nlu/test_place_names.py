"""Names of places that are no words of the tokenizer."""

from __future__ import annotations

import pytest

from nlu.place_names import find_latin, find_towns

SPELLINGS = {"hangzhou": True, "yuhang": False, "xian": False, "beijing": True, "hongkong": True}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hangzhou", [("hangzhou", True)]),
        ("Hangzhou Yuhang", [("Hangzhou", True), ("Yuhang", False)]),
        ("hang zhou yu hang", [("hang zhou", True), ("yu hang", False)]),
        ("hangzhouyuhang", [("hangzhou", True), ("yuhang", True)]),
        ("在beijing的", [("beijing", True)]),
        ("Hong Kong", [("Hong Kong", True)]),
        ("Xi'an", [("Xi'an", True)]),
        ("xian", [("xian", False)]),
        ("hangzhouren", []),
        ("shanghangzhou", []),
        ("", []),
        ("'", []),
    ],
)
def test_names_in_latin_letters(text: str, expected: list[tuple[str, bool]]) -> None:
    found = [(text[span.start : span.end], span.sure) for span in find_latin(text, SPELLINGS)]
    assert found == expected


def test_the_longest_town_that_begins_where_a_word_does() -> None:
    towns = {"花桥镇", "桥镇", "民治街道", "兴隆乡"}
    text = "我在花桥镇 龙华民治街道 大兴隆乡"
    starts = {0, 1, 2, 6, 8, 13}
    found = find_towns(text, towns, ["镇", "街道", "乡"], starts)
    assert [text[stretch.start : stretch.stop] for stretch in found] == ["花桥镇", "民治街道"]
