"""What a picture is taken for, by lines as they are read: pages made up for this, no real ones.

`readings.json` holds what was read on pictures of invented pages, some photographed askew, with
what is right for each; `python -m pytest -q -k screen` says which are wrong.
"""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from screenshots.blocks import without_bars
from screenshots.reading import Reading, TextLine
from screenshots.screen import Screen, ScreenKind, understand
from tests.scripted_pictures import reading_of as stacked

READINGS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "readings.json").read_text(encoding="utf-8")
)
MAX_SECONDS = 0.05  # of the processor for one picture, the median of all
DEFAULT = {"ink": (30, 30, 30), "paper": (255, 255, 255), "score": 0.99}


def reading_of(example: dict[str, Any]) -> Reading:
    lines = (
        TextLine(**{**line, "ink": tuple(line["ink"]), "paper": tuple(line["paper"])})
        for line in example["lines"]
    )
    return Reading(tuple(lines), example["width"], example["height"])


def screen(*rows: tuple[str, float, float], size: float = 30, **colours: Any) -> Screen:
    """Returns what a picture of 750 by 1334 is about, with texts at (left, top)."""
    lines = tuple(
        TextLine(text, left, top, left + size * len(text), top + size, **{**DEFAULT, **colours})
        for text, left, top in rows
    )
    return understand(Reading(lines, 750, 1334))


@pytest.mark.parametrize("example", READINGS, ids=lambda example: str(example["name"]))
def test_what_is_read_is_understood(example: dict[str, Any]) -> None:
    found = understand(reading_of(example))
    assert found.kind.value == example["kind"]
    assert found.page == example["page"]
    if example["sentence"]:
        sentence = "".join(found.sentence.split())
        expected = "".join(example["sentence"].split())
        # What a message goes on from may stand with it.
        is_message = found.kind is ScreenKind.MESSAGE
        assert expected in sentence if is_message else sentence == expected


def test_nothing_is_empty() -> None:
    assert understand(Reading((), 100, 100)) == Screen(ScreenKind.EMPTY)
    assert screen(("…", 10, 10)).kind is ScreenKind.EMPTY


def test_a_crop_with_nothing_but_an_error_is_an_error() -> None:
    found = screen(("验证码错误", 200, 600))
    assert found == Screen(ScreenKind.ERROR, "验证码错误", means="code_rejected")


@pytest.mark.parametrize(
    "text",
    [
        "办税员身份已失效，请法人重新授权",
        "操作员已被管理员停用",
        "该住户未登记，请联系物业",
    ],
)
def test_an_error_of_another_program_without_anything_beside_it_is_left_alone(text: str) -> None:
    """It has words of ours (identity, suspended, registered) and means nothing that is known."""
    assert screen((text, 100, 600)).kind is ScreenKind.OTHER


@pytest.mark.parametrize(
    "text", ["该身份证号不是本企业法定代表人的", "系统繁忙，请稍后再试", "账号已锁定，请明天再试"]
)
def test_an_error_that_means_something_is_taken_also_alone(text: str) -> None:
    found = screen((text, 100, 600))
    assert (found.kind, found.sentence) == (ScreenKind.ERROR, text)


def test_a_sentence_over_two_lines_is_joined() -> None:
    found = screen(("该手机号未绑定电子营业执照", 180, 600), ("请核对后重试", 285, 640))
    assert found.sentence == "该手机号未绑定电子营业执照请核对后重试"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("弹出来一句:系统繁忙，请稍后再试", "系统繁忙，请稍后再试"),
        ("它说：新密码不得与原密码一致", "新密码不得与原密码一致"),
        ("验证失败：姓名与证件号不一致", "验证失败：姓名与证件号不一致"),
        ("公安接口返回：证件号码不存在", "公安接口返回：证件号码不存在"),
        ("11月28日22:00至次日6:00停止使用", "11月28日22:00至次日6:00停止使用"),
        ("12月3日20：30至24：00系统维护，请稍候", "12月3日20：30至24：00系统维护，请稍候"),
    ],
)
def test_what_leads_to_a_repeated_error_is_no_part_of_it(text: str, sentence: str) -> None:
    assert screen(("电子营业执照", 200, 60), (text, 100, 600)).sentence == sentence


@pytest.mark.parametrize("page", ["手机银行", "电子税务局", "视频会员", "政务服务网", "支付宝"])
def test_an_error_on_the_page_of_another_is_none_of_ours(page: str) -> None:
    found = screen((page, 300, 120), ("登录", 100, 400), ("用户名或密码错误", 240, 700))
    assert found.kind is ScreenKind.OTHER


def test_a_sign_with_one_character_wrong_is_a_sign() -> None:
    found = screen(("电子营亚执照", 280, 120), ("系统繁忙，请稍后再试", 200, 700))
    assert found == Screen(ScreenKind.ERROR, "系统繁忙，请稍后再试", means="system_error")


def strange_reading(rng: random.Random) -> Reading:
    """Returns a reading with anything in it."""
    pieces = [
        "验证码错误",
        "电子营业执照",
        "确定",
        "",
        " ",
        "[hidden:code]",
        "😀",
        "a",
        "\n",
        "】【",
        "9:41",
    ]
    numbers = [0.0, -5.0, 1e9, float("nan"), float("inf"), -float("inf"), 12.5]
    lines = []
    for _ in range(rng.randrange(60)):
        text = "".join(rng.choice(pieces) for _ in range(rng.randrange(9)))
        text += "".join(chr(rng.randrange(32, 0xD7FF)) for _ in range(rng.randrange(5)))
        sides = [
            rng.choice(numbers) if rng.random() < 0.1 else rng.uniform(-50, 2000) for _ in range(4)
        ]
        left, top, right, bottom = sides
        red, green, blue = (rng.randrange(256) for _ in range(3))
        colours = ((red, green, blue), (blue, red, green))
        lines.append(TextLine(text, left, top, right, bottom, rng.random(), *colours))
    return Reading(tuple(lines), rng.choice([0, 1, 750, 10**6]), rng.choice([0, 1, 1334, 10**6]))


@pytest.mark.long
def test_any_reading_is_understood_as_something() -> None:
    rng = random.Random(17)
    for _ in range(1500):
        found = understand(strange_reading(rng))
        assert isinstance(found.kind, ScreenKind)
        nothing = found.kind in (ScreenKind.OTHER, ScreenKind.EMPTY)
        assert not (nothing and (found.sentence or found.page))


def test_it_is_quick() -> None:
    spent = []
    for example in READINGS:
        reading = reading_of(example)
        start = time.process_time()
        understand(reading)
        spent.append(time.process_time() - start)
    assert sorted(spent)[len(spent) // 2] < MAX_SECONDS


def test_a_fraud_is_not_left_alone_however_little_of_it_is_on_the_picture() -> None:
    texts = ["【市监局】您的营业执照即将失效，", "请填写银行卡号更新电签"]
    screen = understand(stacked(texts))
    assert screen.kind is ScreenKind.MESSAGE
    assert "银行卡号" in screen.sentence


def test_a_message_about_a_parcel_is_left_alone() -> None:
    parts = (
        ("[hidden:unsure]", 301, 166, 447, 209, 28, 248),
        ("信息·短信", 305, 256, 445, 294, 138, 255),
        ("今天16:32", 312, 292, 438, 330, 138, 255),
        ("【快柜】您的快递已存入东门小", 72, 368, 541, 410, 28, 233),
        ("区5号柜，取件码 [hidden:code]，请及", 54, 415, 528, 457, 28, 233),
        ("时取件。", 47, 457, 177, 508, 28, 233),
        ("短信", 43, 1216, 133, 1272, 138, 255),
    )
    lines = tuple(
        TextLine(text, left, top, right, bottom, 0.99, (ink, ink, ink), (paper, paper, paper))
        for text, left, top, right, bottom, ink, paper in parts
    )
    assert understand(Reading(lines, 750, 1334)).kind is ScreenKind.OTHER


@pytest.mark.parametrize(
    ("sentence", "means"),
    [
        ("刚才那条验证码不能再用了，请再获取一条", "code_rejected"),
        ("头像太小，请靠近镜头一点再刷", "face_failed"),
        ("两回输入的口令不一样", "screen:not_equal"),
        ("平台正在检修，暂时无法使用", "system_error"),
        ("您名下没有可以下载的执照", ""),  # no trouble that is known
    ],
)
def test_what_an_error_means_is_learnt(sentence: str, means: str) -> None:
    found = screen(("电子营业执照", 280, 120), ("找回密码", 280, 200), (sentence, 30, 600))
    assert found == Screen(ScreenKind.ERROR, sentence, means=means)


def test_the_address_of_a_browser_is_no_text_of_its_page() -> None:
    lines = ["qy.cjfw.test/#/forget?step=2", *["请输入绑定的手机号"] * 7]
    left = without_bars(stacked(lines)).lines
    assert [line.text for line in left] == lines[1:]
