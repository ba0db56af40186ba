"""A text that was read for secrets a moment ago is not read again, unless more was announced."""

from __future__ import annotations

import pytest

from channels import read_texts
from channels.read_texts import MAX_TEXTS, redact_again
from channels.redaction import EMPTY, Memory, redact


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are read, in their order."""
    texts: list[str] = []

    def count(text: str, memory: Memory) -> str:
        texts.append(text)
        return redact(text, memory)

    monkeypatch.setattr(read_texts, "redact", count)
    monkeypatch.setattr(read_texts, "_clean", type(read_texts._clean)())
    return texts


def test_a_text_without_a_secret_is_read_once(read: list[str]) -> None:
    assert redact_again("收不到验证码") == redact_again("收不到验证码") == "收不到验证码"
    assert read == ["收不到验证码"]


def test_what_was_announced_since_is_hidden(read: list[str]) -> None:
    assert redact_again("天王盖地虎") == "天王盖地虎"
    assert redact_again("天王盖地虎", EMPTY.after("我的密码是")) == "[hidden:password]"
    assert redact_again("天王盖地虎") == "天王盖地虎"
    assert len(read) == 2


def test_no_secret_is_remembered(read: list[str]) -> None:
    for _ in range(2):
        assert redact_again("我的手机号是13812345678") == "我的手机号是[hidden:phone]"
    assert len(read) == 2
    assert not read_texts._clean


def test_few_texts_are_remembered(read: list[str]) -> None:
    for number in range(MAX_TEXTS + 5):
        redact_again(f"第{number % 9}步{'好' * number}")
    assert len(read) == MAX_TEXTS + 5
    assert len(read_texts._clean) == MAX_TEXTS
