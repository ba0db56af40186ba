from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from channels.answers import CardOutput
from channels.guard import BadRequest, BadSettings, Guard, Limits
from channels.redaction.recall import Recall
from channels.rest import RestChannel, read_message

GUARD = Guard()


def body(**data: Any) -> bytes:
    return json.dumps(data).encode()


def test_a_message_is_read() -> None:
    assert read_message(body(sender="a", message="你好"), GUARD, Recall()) == ("a", "你好")
    assert read_message(body(sender=7, message=""), GUARD, Recall()) == ("7", "")
    assert read_message(body(message="x"), GUARD, Recall()) == ("default", "x")


@pytest.mark.parametrize(
    ("raw", "status", "part"),
    [
        (b"", 400, "JSON"),
        (b"\xff\xfe{}", 400, "UTF-8"),
        (b'{"message": "\xe4\xbd"}', 400, "UTF-8"),
        (b"[" * 50_000, 400, "JSON"),
        (b"[]", 400, "object"),
        (b"null", 400, "object"),
        (body(sender="a"), 400, "message"),
        (body(sender="a", message=None), 400, "message"),
        (body(sender="a", message=5), 400, "message"),
        (body(sender="a", message=["x"]), 400, "message"),
        (body(sender={}, message="x"), 400, "sender"),
        (body(sender=True, message="x"), 400, "sender"),
        (body(sender="", message="x"), 400, "sender"),
        (body(sender=" \u200b\x00", message="x"), 400, "sender"),  # nothing is left of it
        (body(sender="a" * 200, message="x"), 400, "sender"),
        (body(sender="website-" + "0" * 32, message="x"), 400, "kept for the website"),
        (body(sender="web\u200bsite-0", message="x"), 400, "kept for the website"),
        (body(sender="wechat-hall-0", message="x"), 400, "kept for WeChat"),
        (body(sender="a", message="x" * (GUARD.limits.most_characters + 1)), 413, "message"),
        (b" " * (GUARD.limits.most_bytes + 1), 413, "body"),
        (body(sender="a", message='/greet{"a":' + "[" * 600 + "]" * 600 + "}"), 400, "bracket"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(raw: bytes, status: int, part: str) -> None:
    with pytest.raises(BadRequest, match=part) as error:
        read_message(raw, GUARD, Recall())
    assert error.value.status == status


def test_limits_are_read_and_what_is_none_is_refused() -> None:
    assert RestChannel.from_credentials(None).guard.limits.messages_per_minute == 15
    given = {"messages_per_minute": 0}
    assert RestChannel.from_credentials(given).guard.limits.messages_per_minute == 0
    with pytest.raises(BadSettings, match=r"channels\.rest\.RestChannel: messages_per_minute is"):
        RestChannel.from_credentials({"messages_per_minute": "15"})


def test_what_was_announced_is_hidden_before_rasa_sees_it() -> None:
    recall = Recall()
    recall.add("a", "密码是")
    assert read_message(body(sender="a", message="平平安安"), GUARD, recall)[1] == (
        "[hidden:password]"
    )
    assert read_message(body(sender="b", message="平平安安"), GUARD, recall)[1] == "平平安安"


def test_secrets_are_hidden_before_rasa_sees_them() -> None:
    assert (
        read_message(body(message="密码是Abc12345"), GUARD, Recall())[1]
        == "密码是[hidden:password]"
    )
    # A zero-width space in the middle does not help it through.
    assert "482913" not in read_message(body(message="验证码482\u200b913"), GUARD, Recall())[1]


def test_an_answer_is_one_object_with_its_card() -> None:
    output = CardOutput()
    message = {"text": "t", "buttons": [{"title": "b", "payload": "/b"}], "card": {"kind": "step"}}
    asyncio.run(output.send_response("me", dict(message)))
    [sent] = output.messages
    assert sent["text"] == "t"
    assert sent["buttons"] == message["buttons"]
    assert sent["custom"] == {"kind": "step"}


def test_who_must_wait_is_told_so_before_secrets_are_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guard = Guard(Limits(messages_per_minute=1))
    read_message(body(sender="a", message="你好"), guard, Recall(), "127.0.0.1")
    monkeypatch.setattr("channels.guard.redact", None)  # calling it would fail
    with pytest.raises(BadRequest) as error:
        read_message(body(sender="a", message="你好"), guard, Recall(), "127.0.0.1")
    assert error.value.status == 429
