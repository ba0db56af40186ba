"""A turn as few sends: within the bytes, cut at good places, nothing lost, buttons kept."""

from __future__ import annotations

import random
import textwrap
import time
import unicodedata
from itertools import pairwise

import pytest

from channels.wechat.protocol.outgoing import Composed, Part, Rules, compose, cut

MENUS, NO_MENUS = Rules(menus=True), Rules(menus=False)
LINE, HINT = "{number}. {title}", "回复数字 1、2 即可"
WHOLE = ["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "é", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "한", "நி", "\r\n", "👩🏻‍🚀"]


def composed(
    texts: list[str], buttons: list[tuple[str, str]], rules: Rules = MENUS, hint: str = HINT
) -> Composed:
    return compose(texts, buttons, rules, LINE, hint)


def size(text: str) -> int:
    return len(text.encode())


def solid(text: str) -> str:
    return "".join(text.split())


def test_a_short_text_stays_as_it_is() -> None:
    text = "第一段。\n\n第二段。\n\n\n  第三段。"
    assert cut(text, 2048) == [text]
    assert cut(f"\n {text} \n", 2048) == [text]
    assert cut("", 2048) == cut(" \n\t\u3000", 2048) == []


def test_a_text_at_the_bound_is_one_piece() -> None:
    text = "中" * 682 + "ab"
    assert size(text) == 2048
    assert cut(text, 2048) == [text]
    assert [size(piece) for piece in cut(text + "c", 2048)] in ([2046, 3], [2048, 1])
    assert cut(text + " " * 500, 2048) == [text]


def test_sentences_are_kept_whole() -> None:
    for end in "。！？；…!?;":
        pieces = cut(f"这是一句话{end}" * 300, 2048)
        assert len(pieces) == -(-size(f"这是一句话{end}" * 300) // 2048)
        assert all(piece.endswith(f"话{end}") for piece in pieces)
    pieces = cut("他说：“这是一句话。”（真的！）" * 100, 2048)
    assert all(piece.endswith("）") for piece in pieces)
    pieces = cut("This is a sentence. " * 300, 2048)
    assert all(piece.endswith("sentence.") for piece in pieces)


def test_the_best_place_that_costs_no_send_is_taken() -> None:
    sentence = "这是一句比较长的话，里面有逗号。"
    first, second = sentence * 20, sentence * 25
    assert cut(f"{first}\n\n{second}", 2048) == [first, second]
    assert cut(f"{first}\n{second}", 2048) == [first, second]
    lines = "\n".join(f"{i}. 打开手机上的设置，再点第{i}项" for i in range(1, 100))
    pieces = cut(lines, 2048)
    assert "\n".join(pieces) == lines
    assert len(pieces) == 3
    commas = "没有句号只有逗号，" * 200
    assert all(piece.endswith("，") for piece in cut(commas, 2048))
    blanks = "no full stop and no comma " * 200
    assert all(piece in blanks and piece[0] in "nfsac" for piece in cut(blanks, 2048))
    words = {word for piece in cut(blanks, 2048) for word in piece.split()}
    assert words == set("no full stop and no comma".split())


def test_numbers_and_addresses_are_cut_only_if_there_is_no_other_place() -> None:
    text = "请拨打12345或者打开https://www.gsxt.gov.cn/a?b=c&d=1,2的网页看13:30的说明" * 60
    for max_bytes in range(100, 400, 7):
        pieces = cut(text, max_bytes)
        for before, after in pairwise(pieces):
            assert not (before[-1].isascii() and after[0].isascii()), (before[-9:], after[:9])
    assert cut("1" * 20, 8) == ["1" * 8, "1" * 8, "1" * 4]


def test_no_piece_begins_with_what_closes_or_ends_with_what_opens() -> None:
    text = "（一二三）“四五六”。七八九，《十》……" * 50
    for max_bytes in range(60, 200, 5):
        for piece in cut(text, max_bytes):
            assert piece[0] not in "）”。，》…、！？"
            assert piece[-1] not in "（“《"


def test_blank_lines_cost_no_send() -> None:
    assert len(cut("\n\n".join(["短"] * 400), 2048)) == 1
    parts, _ = composed(["一。", "二。\n\n三。"], [], NO_MENUS)
    assert parts == [Part("一。\n\n二。\n\n三。")]


@pytest.mark.parametrize(
    "character", [other_character for other_character in WHOLE if other_character != "\r\n"]
)
def test_what_is_read_as_one_character_is_never_cut(character: str) -> None:
    for shift in range(30):
        pieces = cut("x" * shift + character * 40, 64)
        assert "".join(pieces) == "x" * shift + character * 40
        for piece in pieces:
            assert piece.lstrip("x").replace(character, "") == ""


def test_a_character_longer_than_a_piece_is_cut_all_the_same() -> None:
    monster = "e" + "\u0301" * 500
    pieces = cut(monster, 100)
    assert "".join(pieces) == monster
    assert max(map(size, pieces)) <= 100
    with pytest.raises(ValueError, match="4 bytes"):
        cut("x", 3)


def test_half_characters_are_replaced() -> None:
    assert cut("a\ud800b", 10) == ["a\ufffdb"]


def test_random_texts() -> None:
    source = random.Random(7)
    signs = [
        "。",
        "，",
        "\n",
        "\n\n",
        " ",
        "　",
        "！",
        "”",
        "（",
        "1",
        ".",
        "abc",
        "中",
        "文",
        "字",
        "🙂",
    ]
    for _ in range(1_500):
        max_bytes = source.choice([30, 40, 64, 100, 2048])
        units = source.choices(signs + WHOLE[:9], k=source.randrange(200))
        text = "".join(units)
        pieces = cut(text, max_bytes)
        assert all(0 < size(piece) <= max_bytes and piece == piece.strip() for piece in pieces)
        assert solid("".join(pieces)) == solid(text)
        position = 0
        for piece in pieces:  # each is a stretch of the text, with nothing but blanks between
            found = text.index(piece, position)
            assert text[position:found].strip() == ""
            position = found + len(piece)
            assert not unicodedata.combining(piece[0])
            assert piece[0] not in "\u200d\ufe0f\u20e3\U0001f3fd"


def test_there_is_no_way_with_fewer_pieces() -> None:
    source = random.Random(8)
    for _ in range(500):
        max_bytes = source.choice([30, 40, 64, 100])
        units = source.choices(["中", "文", "🙂", " ", "\n", *WHOLE[:9]], k=source.randrange(200))
        now, count = "", 0
        for unit in units:  # each takes as much as it can
            if size((now + unit).strip()) > max_bytes:
                now, count = "", count + 1
            now = (now + unit).lstrip()
        assert len(cut("".join(units), max_bytes)) == count + bool(now)
        words = " ".join("x" * source.randrange(1, 12) for _ in range(source.randrange(100)))
        assert len(cut(words, max_bytes)) == len(textwrap.wrap(words, max_bytes))


def test_long_texts_are_cut_quickly() -> None:
    for text in (
        "中文字。" * 5_000,
        "x" * 20_000,
        "\n" * 9_999 + "x" + " " * 9_999 + "y",
        ")" * 9_999,
    ):
        started = time.perf_counter()
        cut(text, 2048)
        assert time.perf_counter() - started < 2


BUTTONS = [("1-1", "找回密码"), ("1-2", "联系当地市监局")]


def test_a_turn_with_buttons_is_one_menu() -> None:
    assert composed(["请选择。"], BUTTONS) == ([Part("请选择。", tuple(BUTTONS))], False)
    assert composed(["一", " ", "", "二"], BUTTONS)[0] == [Part("一\n\n二", tuple(BUTTONS))]


def test_without_menus_the_buttons_are_numbered_in_the_same_send() -> None:
    parts, numbered = composed(["请选择。"], BUTTONS, NO_MENUS)
    assert parts == [Part(f"请选择。\n\n1. 找回密码\n2. 联系当地市监局\n{HINT}")]
    assert numbered
    assert composed(["请选择。"], BUTTONS, NO_MENUS, "")[0][0].text.endswith("市监局")


def test_no_buttons_no_numbers() -> None:
    assert composed([], []) == ([], False)
    assert composed(["好。"], []) == ([Part("好。")], False)
    assert composed(["好。"], [("1-1", " ")], NO_MENUS) == ([Part("好。")], False)


def test_buttons_alone_are_shown() -> None:
    assert composed([], BUTTONS) == ([Part("", tuple(BUTTONS))], False)
    assert composed([], BUTTONS, NO_MENUS)[0][0].text.startswith("1. 找回密码\n")


def test_a_text_too_long_for_a_menus_head_has_numbers_if_that_saves_a_send() -> None:
    text = "这是一句话。" * 60  # 1080 bytes
    parts, numbered = composed([text], BUTTONS)
    assert numbered
    assert len(parts) == 1
    assert size(parts[0].text) <= 2048
    at_bound = "中" * 341 + "x"
    assert size(at_bound) == 1024
    assert composed([at_bound], BUTTONS) == ([Part(at_bound, tuple(BUTTONS))], False)


def test_of_a_long_text_the_last_piece_carries_the_menu() -> None:
    text = "这是一句话。" * 150  # 2700 bytes
    parts, numbered = composed([text], BUTTONS)
    assert not numbered
    assert [bool(part.items) for part in parts] == [False, True]
    assert size(parts[0].text) <= 2048
    assert size(parts[1].text) <= 1024
    assert parts[0].text + parts[1].text == text
    assert all(part.text.endswith("。") for part in parts)


def test_a_long_text_that_would_need_one_more_send_for_the_menu_is_numbered() -> None:
    text = "这是一句话。" * 190  # 3420 bytes: 2048 + 1024 are too few
    parts, numbered = composed([text], BUTTONS)
    assert numbered
    assert len(parts) == 2
    assert parts[-1].text.endswith(f"1. 找回密码\n2. 联系当地市监局\n{HINT}")


@pytest.mark.parametrize(
    "buttons",
    [
        [(f"1-{i}", f"第{i}个") for i in range(11)],
        [("1-1", "中" * 43)],
        [("i" * 65, "找回密码")],
    ],
)
def test_buttons_that_fit_no_menu_are_numbered(buttons: list[tuple[str, str]]) -> None:
    parts, numbered = composed(["请选择。"], buttons)
    assert numbered
    assert all(title in parts[0].text for _, title in buttons)
    fitting = [(id_[:64], title[:42]) for id_, title in buttons[:10]]
    assert composed(["请选择。"], fitting) == ([Part("请选择。", tuple(fitting))], False)


def test_a_number_is_the_place_of_the_button_also_behind_one_without_a_title() -> None:
    parts, _ = composed(["好。"], [("1-1", ""), ("1-2", " 找\n回 ")], NO_MENUS, "")
    assert parts[0].text == "好。\n\n2. 找 回"
    braces = composed(["{number}"], [("1-1", "{title}")], NO_MENUS, "")
    assert braces.parts[0].text == "{number}\n\n1. {title}"


def test_random_turns() -> None:
    source = random.Random(9)
    for _ in range(500):
        sentences = ["这是一句话，有逗号。", "短。", "再看\n\n下一段", "👨‍👩‍👧‍👦", "x"]
        texts = ["".join(source.choices(sentences, k=source.randrange(80))) for _ in range(3)]
        buttons = [
            (f"1-{i}", "标" * source.choice([1, 4, 42, 43])) for i in range(source.randrange(12))
        ]
        rules = source.choice([MENUS, NO_MENUS])
        parts, numbered = composed(texts, buttons, rules)
        assert all(not part.items for part in parts[:-1])
        for part in parts:
            assert size(part.text) <= (1024 if part.items else 2048)
            assert len(part.items) <= 10
        shown = "\n".join(part.text for part in parts)
        assert solid(shown).startswith(solid("".join(texts)))
        assert numbered == (bool(buttons) and not parts[-1].items)
        if numbered:
            assert HINT in shown
            lines = shown.splitlines()
            assert all(f"{i}. {title}" in lines for i, (_, title) in enumerate(buttons, 1))
        elif buttons:
            assert rules.menus
            assert parts[-1].items == tuple(buttons)
