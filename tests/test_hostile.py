"""Hostile input over HTTP: a sensible answer or a clear 4xx, and the conversation goes on."""

from __future__ import annotations

import json
import re
import sqlite3

import pytest

from tests.conftest import Assistant, Conversation

TEXTS = {
    "empty": "",
    "blank": "  \n\t ",
    "one sign": "。",
    "emoji": "😀👨‍👩‍👧‍👦🇨🇳",
    "controls": "\x01\x02\x1b[31m收不到\x07",
    "zero width": "收\u200b不\u200b到\u200b验证码",
    "right to left": "\u202e码证验到不收",
    "null bytes": "收不到\x00验证码",
    "lone surrogate": "\ud800\udfff",
    "restart": "/restart",
    "session start": "/session_start{}",
    "back": "/back",
    "unknown intent": "/no_such_intent",
    "intent with rubbish": '/go_to_step{"step_number": {"a": [1]}}',
    "intent with broken JSON": '/go_to_step{"step_number": ',
    "intent of another kind": "/nlu_fallback",
    "json": '{"intent": {"name": "affirm"}, "$ref": "#"}',
    "sql": "'; DROP TABLE events; --",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "template": "{{7*7}} ${7*7} {step} %s",
    "long": "收不到验证码" * 300,
    "one character long": "码" * 2_000,
    "digits": "1" * 1_900,
    "slashes": "/" * 500,
}
BODIES = {
    "nothing": b"",
    "no JSON": b"hello",
    "a list": b"[1]",
    "broken UTF-8": b'{"sender": "x", "message": "\xe6\x94\xb6\xe4"}',
    "UTF-16": '{"message": "x"}'.encode("utf-16"),
    "no message": b'{"sender": "x"}',
    "a number": b'{"sender": "x", "message": 5}',
    "a list as sender": b'{"sender": [], "message": "x"}',
    "100,000 characters": json.dumps({"sender": "x", "message": "码" * 100_000}).encode(),
    "100,000 ASCII characters": json.dumps({"sender": "x", "message": "a" * 100_000}).encode(),
    "deep": b'{"message": ' + b"[" * 20_000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_hostile_text_is_answered_and_the_conversation_goes_on(
    text: str, conversation: Conversation
) -> None:
    conversation.say("手机验证码找回")
    message = conversation.say(text)
    assert "Traceback" not in message["text"]
    assert "alert(1)" not in message["text"]
    assert "第 3 步 / 共 9 步" in conversation.say('/go_to_step{"step_number":"3"}')["text"] or (
        text.startswith(("/restart", "/back", "/session_start"))
    )
    assert "可能的原因 1 / 5" in conversation.say("收不到验证码")["text"]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_bad_request_gets_a_4xx_that_says_why(body: bytes, assistant: Assistant) -> None:
    status, answer = assistant.post(body)
    assert 400 <= status < 500
    assert answer["error"]
    assert "Traceback" not in str(answer)


def test_secrets_are_warned_of_and_kept_nowhere(assistant: Assistant) -> None:
    if assistant.database is None:
        pytest.skip("the database of a running assistant is not ours to read")
    conversation = Conversation(assistant)
    secrets = ["Abc12345", "482913", "11010519491231002X", "6222021234567890123", "13812345678"]
    texts = ["我的密码是{}", "验证码{}", "身份证{}", "银行卡{}", "我手机{}收不到验证码"]
    for text, secret in zip(texts, secrets, strict=True):
        answer = conversation.say(text.format(secret))["text"]
        assert answer.startswith("⚠️")
        assert secret not in answer
    with sqlite3.connect(assistant.database) as database:
        kept = "\n".join(row[0] for row in database.execute("SELECT data FROM events"))
    kept = re.sub(r"\d+\.\d{5,}", "", kept)  # a secret may stand by chance in a confidence or time
    assert "[hidden:password]" in kept
    for secret in secrets:
        assert secret not in kept
