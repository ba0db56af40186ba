"""Hostile pushes, rightly signed ones among them: nothing but `Refused` leaves the verifier."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest

from channels.wechat.protocol.codec import MAX_BYTES
from channels.wechat.protocol.crypto import Refused
from channels.wechat.protocol.incoming import from_push
from channels.wechat.protocol.push import Mode, Opened, WebhookVerifier
from tests.channels.wechat.protocol.envelopes import (
    MESSAGE,
    NOW,
    dumped,
    encrypted,
    push,
    query,
    xml,
)
from tests.channels.wechat.protocol.test_codec import JSON, XML
from tests.channels.wechat.protocol.test_crypto import WRONG, seal
from tests.channels.wechat.protocol.vectors import KEY, OLD_KEY, RECEIVER, TOKEN

ENCRYPTED: list[Mode] = ["compatible", "safe", "kf"]
MODES: list[Mode] = ["plain", *ENCRYPTED]


def as_bytes(hostile: str | bytes) -> bytes:
    return hostile if isinstance(hostile, bytes) else hostile.encode()


BODIES = {f"XML: {name}": as_bytes(fields) for name, fields in XML.items()}
BODIES |= {f"JSON: {name}": as_bytes(fields) for name, fields in JSON.items()}


def opened(mode: Mode, arguments: dict[str, Any], body: bytes) -> Opened:
    return WebhookVerifier(TOKEN, [KEY, OLD_KEY], RECEIVER, mode, lambda: NOW).open(arguments, body)


@pytest.mark.parametrize("mode", ENCRYPTED)
@pytest.mark.parametrize("name", WRONG)
def test_rightly_signed_and_wrong_inside(mode: Mode, name: str) -> None:
    with pytest.raises(Refused) as refused:
        opened(mode, *push(mode=mode, secret=seal(WRONG[name])))
    assert refused.value.status == 403


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", BODIES)
def test_rightly_signed_and_a_hostile_message(mode: Mode, name: str) -> None:
    arguments, body = push(BODIES[name], mode)
    with pytest.raises(Refused) as refused:
        opened(mode, arguments, body)
    unread = mode != "plain" and len(body) > MAX_BYTES  # so the proof inside is not found
    assert refused.value.status == (403 if unread else 400)


@pytest.mark.parametrize("mode", ENCRYPTED)
@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_envelope(mode: Mode, name: str) -> None:
    arguments, _ = push(mode=mode)
    with pytest.raises(Refused) as refused:
        opened(mode, arguments, BODIES[name])
    assert refused.value.status == 403  # the proof is about what should be inside


@pytest.mark.parametrize("mode", ENCRYPTED)
@pytest.mark.parametrize(
    "body",
    [
        b"<xml><Encrypt>%s</Encrypt><Encrypt>%s</Encrypt></xml>",
        b"<xml><Encrypt><a>%s</a></Encrypt></xml>",
        b"<xml><a><Encrypt>%s</Encrypt></a></xml>",
        b"<xml><encrypt>%s</encrypt></xml>",
        b"<xml><Encrypt> %s</Encrypt></xml>",
        b"<xml><Encrypt></Encrypt></xml>",
        b'{"Encrypt": ["%s"]}',
        b'{"Encrypt": {"a": "%s"}}',
        b'{"Encrypt": "%s", "Encrypt": "%s"}',
        b'{"Encrypt": 1}',
        b'{"Encrypt": null}',
        b'{"Encrypt": true}',
        b'{"Encrypt": ""}',
        b'{"Encrypt": "\\ud800"}',
        b'[{"Encrypt": "%s"}]',
    ],
)
def test_an_envelope_of_odd_shape(mode: Mode, body: bytes) -> None:
    secret = encrypted(xml(MESSAGE))
    arguments, _ = push(mode=mode, secret=secret)
    with pytest.raises(Refused):
        opened(mode, arguments, body.replace(b"%s", secret.encode()))


def test_every_truncation_of_a_genuine_push_is_refused() -> None:
    for mode in MODES:
        for as_json in (False, True):
            arguments, body = push(mode=mode, as_json=as_json)
            for end in range(len(body)):
                with pytest.raises(Refused):
                    opened(mode, arguments, body[:end])


@pytest.mark.parametrize("mode", MODES)
def test_without_a_proof_every_refusal_is_the_same(mode: Mode) -> None:
    arguments, body = push(mode=mode)
    unsigned = {name: argument for name, argument in arguments.items() if "signature" not in name}
    forged = unsigned | {"signature": "0" * 40, "msg_signature": "0" * 40}
    queries: list[dict[str, Any]] = [{}, {"echostr": ""}, unsigned, forged]
    queries += [unsigned | {"signature": "", "msg_signature": ""}, forged | {"echostr": "\n"}]
    odd: list[dict[str, Any]] = [{"nonce": ["0", "0"]}, {"timestamp": "x"}, {"nonce": ""}, {"a": 1}]
    queries += [forged | {"echostr": "1"} | text for text in odd]
    bodies = [body, b"", b"<xml>", b"<xml></xml>", b"\xff", b"x" * 70_000, b'{"Encrypt": 1}']
    here = WebhookVerifier(TOKEN, [KEY], RECEIVER, mode, lambda: NOW)
    for asked in queries:
        with pytest.raises(Refused) as refused:
            here.check_url(asked)
        assert refused.value.status == 403, asked
        for sent in bodies:
            with pytest.raises(Refused) as refused:
                here.open(asked, sent)
            assert refused.value.status == 403, (asked, sent)


def test_nothing_takes_long() -> None:
    bodies = [b"<" * MAX_BYTES, b"<a>" * (MAX_BYTES // 3), b"[" * MAX_BYTES, b"&" * MAX_BYTES]
    bodies += [b'<xml a="' + b"x" * 60_000, b"<xml>" + b"&lt;" * 16_000, b"<xml><!--" * 7_000]
    bodies += [b'{"' + b"\\u0000" * 10_000, b"{" + b'"a":' * 16_000, b"-" * MAX_BYTES]
    bodies += [b"1" * MAX_BYTES, b'{"a":' + b"1" * 60_000 + b"}", b" " * MAX_BYTES, b"x" * 10**7]
    arguments = query()
    for body in bodies:
        started = time.perf_counter()
        with pytest.raises(Refused):
            opened("plain", arguments, body)
        assert time.perf_counter() - started < 1


def mutated(source: random.Random, body: bytes) -> bytes:
    """Changes a body here and there."""
    changed = bytearray(body)
    for _ in range(source.randrange(1, 4)):
        at = source.randrange(len(changed) + 1)
        kind = source.randrange(5)
        if kind == 0:
            changed[at : at + source.randrange(1, 20)] = b""
        elif kind == 1:
            changed[at:at] = source.randbytes(source.randrange(1, 9))
        elif kind == 2:
            changed[at : at + 1] = source.choice([*b"<>&]\"'{}[],:\\!", 0, 0xFF, 0xC0]).to_bytes(
                1, "big"
            )
        elif kind == 3:
            start = source.randrange(len(changed) + 1)
            changed[at:at] = changed[start : start + source.randrange(40)]
        else:
            tokens = [b"<![CDATA[", b"]]>", b"<!DOCTYPE x>", b"</xml>", b"<xml>", b"&#0;", b"NaN"]
            changed[at:at] = source.choice([*tokens, b"<?xml encoding='x'?>", b'{"a":', b"1e999"])
    return bytes(changed)


def test_whatever_the_body_nothing_but_refused_leaves_the_verifier() -> None:
    source = random.Random(11)
    through = 0
    for turn in range(3_000):
        mode = source.choice(MODES)
        as_json = source.random() < 0.5
        arguments: dict[str, Any]
        if turn % 3 == 0:  # inside, and rightly signed
            message = mutated(source, (dumped if as_json else xml)(MESSAGE))
            arguments, body = push(message, mode, as_json)
        elif turn % 3 == 1:  # the envelope
            arguments, body = push(mode=mode, as_json=as_json)
            body = mutated(source, body)
        else:  # the arguments
            genuine, body = push(mode=mode, as_json=as_json)
            arguments = dict(genuine)
            name = source.choice(list(arguments))
            odd: Any = source.choice(
                [None, 7, [], [""], ["a", "b"], "\ud800", "\x00", "中", "9" * 99]
            )
            arguments[name] = odd
        try:
            from_push(opened(mode, arguments, body).fields)
            through += 1
        except Refused as refused:
            assert refused.status in (400, 403)
    assert 100 < through < 2_000, "the fuzz is of use only if some pass"


def test_random_bytes_and_random_json_are_refused_or_read() -> None:
    source = random.Random(12)
    leaves: list[Any] = [None, True, 0, -1, 2**63, 1.5, "", "中", "\ud800", [], {}, "x" * 300]

    def value(depth: int) -> Any:
        if depth == 0 or source.random() < 0.4:
            return source.choice(leaves)
        if source.random() < 0.5:
            return [value(depth - 1) for _ in range(source.randrange(3))]
        return {source.choice([*MESSAGE, "Event", "Encrypt"]): value(depth - 1) for _ in range(3)}

    for _ in range(2_000):
        fields = {name: value(3) for name in source.sample([*MESSAGE, "Event", "EventKey"], 6)}
        fields |= source.choice([{}, MESSAGE, {"MsgType": "event"}])
        for body in (json.dumps(fields).encode(), source.randbytes(source.randrange(200))):
            try:
                from_push(opened("plain", query(), body).fields)
            except Refused as refused:
                assert refused.status == 400
