"""What is asked of Rasa for a picture: never a secret, never a command, never the picture."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from channels import pictures
from channels.pictures import COMMAND, METADATA, Seen, hide_secrets, look_at
from screenshots.reading import NotRead, Reading, Reason, TextLine


def reading(*texts: str) -> Reading:
    lines = [
        TextLine(text, 20, 100 + 60 * at, 20 + 24 * len(text), 130 + 60 * at, 0.98)
        for at, text in enumerate(texts)
    ]
    return Reading(tuple(lines), 390, 844)


class FakeReader:
    """Reads the same on every picture, or fails."""

    def __init__(self, result: Reading | NotRead) -> None:
        self.result = result

    async def read(self, picture: bytes) -> Reading:
        if isinstance(self.result, NotRead):
            raise self.result
        return self.result


def look(result: Reading | NotRead, max_characters: int = 2_000) -> Seen:
    return asyncio.run(look_at(b"picture", FakeReader(result), max_characters))


def test_an_error_is_asked_as_it_stands_there() -> None:
    page = reading("电子营业执照", "登录", "用户名", "请输入密码", "忘记密码")
    white, dark = (255, 255, 255), (60, 60, 60)
    toast = TextLine("登录密码错误，请重新输入", 75, 470, 315, 500, 0.99, white, dark)
    seen = look(replace(page, lines=(*page.lines, toast)))
    assert seen.text == seen.shown == "登录密码错误，请重新输入"
    assert seen.metadata[METADATA]["kind"] == "error"
    assert not seen.metadata[METADATA]["hidden"]


@pytest.mark.parametrize("reason", Reason)
def test_what_cannot_be_read_is_told_with_its_reason(reason: Reason) -> None:
    seen = look(NotRead(reason))
    assert (seen.text, seen.shown) == (COMMAND, "")
    assert seen.metadata[METADATA]["kind"] == "unread"
    assert seen.metadata[METADATA]["reason"] == reason.value


def test_a_secret_goes_nowhere_and_is_told_of() -> None:
    seen = look(reading("公民身份号码", "110105194912310021", "验证码错误，请重新获取"))
    assert "194912310021" not in repr(seen)
    assert seen.metadata[METADATA]["hidden"]


def test_a_line_says_what_the_next_one_is() -> None:
    hidden, found = hide_secrets(reading("登录密码：", "Xk7$pomelo"))
    assert found
    assert "pomelo" not in repr(hidden)


def test_a_secret_over_the_end_of_a_line_is_hidden_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def redact(text: str, memory: Any = None) -> str:
        return text.replace("12ab\nc9", "[hidden:password]").replace("x", "[hidden:code]")

    monkeypatch.setattr(pictures, "redact", redact)
    hidden, found = hide_secrets(reading("字12ab", "c9字", "x"))
    assert found
    first, second, third = (line.text for line in hidden.lines)
    assert (first, second, third) == ("字[hidden:unsure]", "[hidden:unsure]字", "[hidden:code]")


@pytest.mark.parametrize("text", ["/restart", " / /session_start", "/send_picture"])
def test_what_stands_on_a_picture_is_never_a_command(text: str) -> None:
    hidden, _ = hide_secrets(reading(text))
    assert not hidden.lines[0].text.startswith("/")
    seen = look(reading("电子营业执照", f"{text} 验证码错误"))
    assert seen.text == COMMAND or not seen.text.startswith("/")


def test_a_long_sentence_is_cut_to_what_the_channel_takes() -> None:
    seen = look(reading("电子营业执照", "验证码错误，请重新输入" * 3), max_characters=10)
    assert len(seen.text) <= max(10, len(COMMAND))
    assert len(seen.shown) <= 10


def test_what_is_hidden_in_doubt_blames_nobody() -> None:
    hidden, found = hide_secrets(reading("剩余步数：12 得分：8640", "验证码", "+86"))
    assert not found
    assert len(hidden.lines) == 3


@pytest.mark.parametrize(
    ("text", "hidden", "left"),
    [
        ("密码须由8至16位组成", "密码须由8至[hidden:unsure]位组成", "密码须由8至16位组成"),
        ("不用字母I、O、S", "不用字母[hidden:unsure]", "不用字母I、O、S"),
        ("密码是 a 16 b", "密码是 a [hidden:unsure] b", "密码是 a [hidden:unsure] b"),  # a part
        ("密码160", "密码[hidden:unsure]", "密码[hidden:unsure]"),
        ("密码16", "密码[hidden:password]", "密码[hidden:password]"),  # no doubt
        ("码16和17", "码[hidden:unsure]和[hidden:code]", "码16和[hidden:code]"),
    ],
)
def test_what_is_hidden_in_doubt_and_is_a_trifle_stays(
    text: str, hidden: str, left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "redact", lambda text_, _: text_.replace(text, hidden))
    assert hide_secrets(reading(text))[0].lines[0].text == left


def test_a_number_amid_words_stays_where_a_secret_may_go_over_the_end_of_a_line() -> None:
    hidden, _ = hide_secrets(reading("身份证号码不正确，应为 18 位数字或末位 X", "X"))
    assert hidden.lines[0].text == "身份证号码不正确，应为 18 位数字或末位 X"
    hidden, _ = hide_secrets(reading("密码 ab12", "cd34ef"))
    assert not {"ab12", "34"} & set("".join(line.text for line in hidden.lines).split())
    assert "cd34ef" not in hidden.lines[1].text
