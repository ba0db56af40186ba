from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from channels.answers import CardOutput
from channels.guard import BadRequest, BadSettings, Guard, Limits
from channels.redaction.recall import Recall
from channels.rest import PictureLimits, Pictures, RestChannel, read_message
from tests.channels.wechat.picture_reader import ScriptedReader, first_line, picture

GUARD = Guard()
SMALL = PictureLimits(max_picture_bytes=3_000)


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


def pictures(limits: PictureLimits = SMALL, guard: Guard = GUARD) -> Pictures:
    return Pictures(guard, limits, ScriptedReader())


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_picture_is_taken_out_of_a_body() -> None:
    assert pictures().read(body(sender="a", picture=encoded(b"x" * 3_000))) == ("a", b"x" * 3_000)
    assert pictures().read(body(picture=encoded(b"x"))) == ("default", b"x")
    assert pictures().read(body(sender="a", message='a "picture"')) is None
    assert pictures().read(b"[]") is None


@pytest.mark.parametrize(
    ("raw", "status", "part"),
    [
        (body(picture="no base64!"), 400, "base64"),
        (body(picture="AAA"), 400, "base64"),
        (body(picture="图片"), 400, "base64"),
        (body(picture="AAAA\nAAAA"), 400, "base64"),
        (body(picture="data:image/png;base64,AAAA"), 400, "base64"),
        (body(picture=""), 400, "base64"),
        (body(picture=None), 400, "base64"),
        (body(picture=["AAAA"]), 400, "base64"),
        (body(picture="AAAA", message="x"), 400, "either"),
        (body(picture="AAAA", sender="website-1"), 400, "kept for the website"),
        (body(picture=encoded(b"x" * 3_001)), 413, "3000 bytes"),
        (body(picture="A" * 4_004), 413, "3000 bytes"),
        (body(picture="A" * 100_000), 413, "body"),
        (body(picture="AAAA", more="x" * GUARD.limits.most_bytes), 413, "body"),
        (b'{"picture": ', 400, "JSON"),
        (b'["picture"]', 400, "object"),
    ],
)
def test_a_bad_picture_is_told_what_is_wrong(raw: bytes, status: int, part: str) -> None:
    with pytest.raises(BadRequest, match=part) as error:
        pictures().read(raw)
    assert error.value.status == status
    assert error.value.__cause__ is None


def test_pictures_count_as_messages_and_by_themselves() -> None:
    raw = body(sender="a", picture="AAAA")
    for limits, messages in ((PictureLimits(1), 15), (PictureLimits(9, 1), 15), (SMALL, 1)):
        guard = Guard(Limits(messages_per_minute=messages))
        them = pictures(limits, guard)
        them.read(raw, "127.0.0.1")
        with pytest.raises(BadRequest) as error:
            them.read(raw, "127.0.0.1")
        assert (error.value.status, error.value.code) == (429, "too_fast")


def test_limits_of_pictures_are_read() -> None:
    given = {"max_picture_bytes": 2_000, "pictures_per_minute": 1}
    assert RestChannel.from_credentials(given).pictures._limits == PictureLimits(1, 60, 2_000)
    assert RestChannel.from_credentials(None).pictures._limits == PictureLimits()
    with pytest.raises(BadSettings, match=r"RestChannel: max_picture_bytes is"):
        RestChannel.from_credentials({"max_picture_bytes": 1 << 30})


class Server:
    """The channel on a server, and what Rasa is asked."""

    def __init__(self, limits: PictureLimits = SMALL) -> None:
        self.asked: list[UserMessage] = []
        self.reader = ScriptedReader()
        channel = RestChannel(pictures=limits, reader=self.reader)
        Sanic.test_mode = True
        self.app = Sanic(f"rest_{id(self)}", register=False, configure_logging=False)
        self.app.blueprint(channel.blueprint(self._answer), url_prefix="/webhooks/rest")

    async def _answer(self, message: UserMessage) -> None:
        self.asked.append(message)
        await message.output_channel.send_response(message.sender_id, {"text": "好的"})

    def post(self, raw: bytes) -> tuple[int, Any]:
        async def post() -> tuple[int, Any]:
            headers = {"Content-Type": "application/json", "Host": "localhost"}
            _, answer = await self.app.asgi_client.post(
                "/webhooks/rest/webhook", content=raw, headers=headers
            )
            return answer.status, json.loads(answer.body)

        return asyncio.run(post())
