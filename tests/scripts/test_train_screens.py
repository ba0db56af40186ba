"""What the model of screens learns from, and that it has learnt from the present sources."""

from __future__ import annotations

import numpy as np
import pytest

from content_loader.load import load
from screenshots.model import PATH
from screenshots.reading import TextLine
from scripts.train_screens import (
    fingerprint,
    labels,
    read_means,
    read_pictures,
    read_texts,
    train,
)


def line(text: str) -> TextLine:
    return TextLine(text, 0, 0, 100, 20, 1.0)


def test_the_model_has_learnt_from_the_present_sources() -> None:
    with np.load(PATH, allow_pickle=False) as arrays:
        trained_on = str(arrays["sources"])
    assert trained_on == fingerprint(), "repeat `python -m scripts.train_screens`"


@pytest.mark.parametrize(
    ("texts", "sentence", "expected"),
    [
        (["提示", "验证码错误，请", "重新输入", "确定"], "验证码错误，请重新输入", [0, 1, 1, 0]),
        (["验证码错误，请重新输", "入", "入口"], "验证码错误，请重新输入", [1, 1, 0]),
        (["请到登记留口办理业务", "登记"], "请到登记窗口办理业务", [1, 0]),
        (["验证码", "登录"], "", [0, 0]),
    ],
)
def test_lines_of_a_sentence_are_known_also_if_read_with_errors(
    texts: list[str], sentence: str, expected: list[int]
) -> None:
    assert labels([line(text) for text in texts], sentence).astype(int).tolist() == expected


@pytest.mark.long
def test_a_training_gives_the_same_twice() -> None:
    pictures, texts, means = read_pictures(every=8), read_texts()[::20], read_means()[::20]
    one, two = train(pictures, texts, means), train(pictures, texts, means)
    assert one.keys() == two.keys()
    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_an_error_means_one_thing_that_there_is() -> None:
    errors, content = read_means(), load()
    known = {"", *content.troubles, *(f"screen:{name}" for name in content.screens)}
    assert {means for _, means in errors} <= known
    assert len({text for text, _ in errors}) == len(errors)


def test_no_text_is_an_error_and_none() -> None:
    texts = read_texts()
    errors = {text for text, is_error in texts if is_error}
    assert not errors & {text for text, is_error in texts if not is_error}
