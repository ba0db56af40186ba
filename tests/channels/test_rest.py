from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from channels.answers import AnswerCollector
from channels.bounds import BadSettings
from channels.guard import Guard, Limits
from channels.redaction.sender_memory import SenderMemory
from channels.refusals import BadRequest
from channels.rest import Base64Limits, Pictures, RestChannel, read_message
from scripts.readiness import LOCAL, address, free_port
from tests.channels.wechat.picture_reader import ScriptedReader, first_line, picture

GUARD = Guard()
SMALL = Base64Limits(max_picture_bytes=3_000)


def body(**data: Any) -> bytes:
    return json.dumps(data).encode()


def test_a_message_is_read() -> None:
    assert read_message(body(sender="a", message="你好"), GUARD, SenderMemory()) == ("a", "你好")
    assert read_message(body(sender=7, message=""), GUARD, SenderMemory()) == ("7", "")
    assert read_message(body(message="x"), GUARD, SenderMemory()) == ("default", "x")


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
        (body(sender="a", message="x" * (GUARD.limits.max_characters + 1)), 413, "message"),
        (b" " * (GUARD.limits.max_bytes + 1), 413, "body"),
        (body(sender="a", message='/greet{"a":' + "[" * 600 + "]" * 600 + "}"), 400, "bracket"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(raw: bytes, status: int, part: str) -> None:
    with pytest.raises(BadRequest, match=part) as error:
        read_message(raw, GUARD, SenderMemory())
    assert error.value.status == status


def test_limits_are_read_and_what_is_none_is_refused() -> None:
    assert RestChannel.from_credentials(None).guard.limits.messages_per_minute == 15
    given = {"messages_per_minute": 0}
    assert RestChannel.from_credentials(given).guard.limits.messages_per_minute == 0
    with pytest.raises(BadSettings, match=r"channels\.rest\.RestChannel: messages_per_minute is"):
        RestChannel.from_credentials({"messages_per_minute": "15"})


def test_what_was_announced_is_hidden_before_rasa_sees_it() -> None:
    memories = SenderMemory()
    memories.add("a", "密码是")
    assert read_message(body(sender="a", message="平平安安"), GUARD, memories)[1] == (
        "[hidden:password]"
    )
    assert read_message(body(sender="b", message="平平安安"), GUARD, memories)[1] == "平平安安"


def test_secrets_are_hidden_before_rasa_sees_them() -> None:
    assert (
        read_message(body(message="密码是Abc12345"), GUARD, SenderMemory())[1]
        == "密码是[hidden:password]"
    )
    # A zero-width space in the middle does not help it through.
    assert (
        "482913" not in read_message(body(message="验证码482\u200b913"), GUARD, SenderMemory())[1]
    )


def test_an_answer_is_one_object_with_its_blocks() -> None:
    output = AnswerCollector()
    buttons, blocks = [{"title": "b", "payload": "/b"}], [{"type": "paragraph", "text": "t"}]
    message = {"text": "t", "buttons": buttons, "blocks": blocks, "attachment": None}
    asyncio.run(output.send_response("me", dict(message)))
    [sent] = output.messages
    assert sent == {"recipient_id": "me", "text": "t", "buttons": buttons, "blocks": blocks}


def test_who_must_wait_is_told_so_before_secrets_are_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guard = Guard(Limits(messages_per_minute=1))
    read_message(body(sender="a", message="你好"), guard, SenderMemory(), "127.0.0.1")
    monkeypatch.setattr("channels.guard.redact_again", None)  # calling it would fail
    with pytest.raises(BadRequest) as error:
        read_message(body(sender="a", message="你好"), guard, SenderMemory(), "127.0.0.1")
    assert error.value.status == 429


def pictures(limits: Base64Limits = SMALL, guard: Guard = GUARD) -> Pictures:
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
        (body(picture="AAAA", more="x" * GUARD.limits.max_bytes), 413, "body"),
        (b'{"picture": ', 400, "JSON"),
        (b'["picture"]', 400, "object"),
    ],
)
def test_a_bad_picture_is_told_what_is_wrong(raw: bytes, status: int, part: str) -> None:
    with pytest.raises(BadRequest, match=part) as error:
        pictures().read(raw)
    assert error.value.status == status


def test_pictures_count_as_messages_and_by_themselves() -> None:
    raw = body(sender="a", picture="AAAA")
    for limits, messages in ((Base64Limits(1), 15), (Base64Limits(9, 1), 15), (SMALL, 1)):
        guard = Guard(Limits(messages_per_minute=messages))
        them = pictures(limits, guard)
        them.read(raw, "127.0.0.1")
        with pytest.raises(BadRequest) as error:
            them.read(raw, "127.0.0.1")
        assert (error.value.status, error.value.code) == (429, "too_fast")


def test_limits_of_pictures_are_read() -> None:
    given = {"max_picture_bytes": 2_000, "pictures_per_minute": 1}
    assert RestChannel.from_credentials(given).pictures._limits == Base64Limits(1, 60, 2_000)
    assert RestChannel.from_credentials(None).pictures._limits == Base64Limits()
    with pytest.raises(BadSettings, match=r"RestChannel: max_picture_bytes is"):
        RestChannel.from_credentials({"max_picture_bytes": 1 << 30})


class Server:
    """The channel on a port, and what Rasa is asked."""

    def __init__(self, limits: Base64Limits) -> None:
        self.asked: list[UserMessage] = []
        self.reader = ScriptedReader()
        self._channel = RestChannel(pictures=limits, reader=self.reader)
        self._url = ""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[aiohttp.ClientSession]:
        Sanic._app_registry.clear()
        Sanic.test_mode = True
        app, port = Sanic("pictures_by_rest", configure_logging=False), free_port()
        app.blueprint(self._channel.blueprint(self._answer), url_prefix="/webhooks/rest")
        server = await app.create_server(LOCAL, port, return_asyncio_server=True)
        assert server
        await server.startup()
        await server.start_serving()
        self._url = f"{address(LOCAL, port)}/webhooks/rest/webhook"
        async with aiohttp.ClientSession() as http:
            yield http
        await server.close()

    async def post(self, http: aiohttp.ClientSession, **data: Any) -> tuple[int, Any]:
        async with http.post(self._url, json=data) as answer:
            return answer.status, await answer.json()

    async def _answer(self, message: UserMessage) -> None:
        self.asked.append(message)
        assert message.output_channel
        await message.output_channel.send_response(message.sender_id, {"text": "好的"})


def test_a_picture_is_read_and_answered_as_usual(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("channels.pictures.understand", first_line)
    limits = Base64Limits(9, 9, 200_000)
    large = picture("账号或密码错误", 150_000)

    async def run() -> None:
        server = Server(limits)
        async with server.running() as http:
            status, answers = await server.post(http, sender="a", picture=encoded(large))
            assert (status, answers) == (200, [{"recipient_id": "a", "text": "好的"}])
            assert server.reader.got == [large]
            assert server.asked[0].text == "账号或密码错误"
            assert server.asked[0].metadata["picture"]["kind"] == "error"
            status, _ = await server.post(http, sender="a", picture=encoded(b"<html>"))
            assert (status, server.asked[1].text) == (200, "/send_picture")
            assert server.asked[1].metadata["picture"]["reason"] == "not_a_picture"
            # What is announced on a picture is hidden in the text behind it, and the reverse.
            await server.post(http, sender="a", picture=encoded(picture("我的密码是")))
            await server.post(http, sender="a", message="平平安安")
            assert server.asked[3].text == "[hidden:password]"
            assert not server.asked[3].metadata or "picture" not in server.asked[3].metadata
            await server.post(http, sender="b", message="我的密码是")
            await server.post(http, sender="b", picture=encoded(picture("平平安安")))
            assert server.asked[5].text == "[hidden:password]"
            assert server.asked[5].metadata["picture"]["hidden"] is True
            status, answer = await server.post(http, sender="a", message="长" * 30_000)
            assert status == 413  # a text keeps its limit
            status, answer = await server.post(http, sender="a", picture="A" * 400_000)
            assert status == 413
            status, answer = await server.post(http, sender="a", picture="?")
            assert (status, answer) == (400, {"error": '"picture" is not base64'})
            assert len(server.asked) == 6

    asyncio.run(run())
    assert "平平安安" not in caplog.text


def test_where_pictures_are_off_none_is_read() -> None:
    async def run() -> None:
        server = Server(Base64Limits(pictures_per_minute=0))
        async with server.running() as http:
            status, _ = await server.post(http, picture=encoded(picture("账号或密码错误")))
            assert status == 200
            assert server.asked[0].metadata["picture"]["reason"] == "off"
            assert not server.reader.got

    asyncio.run(run())
