"""The webhook verifier: genuine requests of every mode come in, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from multidict import CIMultiDict
from sanic.request import RequestParameters

from channels.wechat.protocol.codec import read_json, read_xml
from channels.wechat.protocol.crypto import Crypto, Refused
from channels.wechat.protocol.push import Mode, WebhookVerifier
from tests.channels.wechat.protocol.envelopes import (
    MESSAGE,
    NONCE,
    NOW,
    dumped,
    encrypted,
    push,
    query,
    signature,
    xml,
)
from tests.channels.wechat.protocol.vectors import KEY, OFFICIAL, OLD_KEY, RECEIVER, TOKEN, WECOM

ENCRYPTED: list[Mode] = ["compatible", "safe", "kf"]
MODES: list[Mode] = ["plain", *ENCRYPTED]
TIMESTAMP = str(int(NOW))


def verifier(mode: Mode, *keys: str, now: float = NOW, receiver: str = RECEIVER) -> WebhookVerifier:
    return WebhookVerifier(TOKEN, keys or (KEY,), receiver, mode, lambda: now)


def refused(act: Callable[..., object], *given: object, status: int = 0) -> Refused:
    with pytest.raises(Refused) as problem:
        act(*given)
    assert problem.value.status in ((status,) if status else (400, 403))
    return problem.value


def texts(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items()}


def test_the_published_check_of_wecom() -> None:
    theirs = WebhookVerifier(
        WECOM.token, [WECOM.key], WECOM.receiver, "kf", lambda: float(WECOM.timestamp)
    )
    arguments = {
        "msg_signature": WECOM.signature,
        "timestamp": WECOM.timestamp,
        "nonce": WECOM.nonce,
        "echostr": WECOM.encrypted,
    }
    assert theirs.check_url(arguments) == "1616140317555161061"


@pytest.mark.parametrize("mode", ["compatible", "safe"])
def test_the_published_push_of_the_official_account(mode: Mode) -> None:
    theirs = WebhookVerifier(
        OFFICIAL.token, [OFFICIAL.key], OFFICIAL.receiver, mode, lambda: float(OFFICIAL.timestamp)
    )
    arguments = {
        "signature": OFFICIAL.plain_signature,
        "timestamp": OFFICIAL.timestamp,
        "nonce": OFFICIAL.nonce,
        "encrypt_type": "aes",
        "msg_signature": OFFICIAL.signature,
    }
    opened = theirs.open(arguments, xml({"ToUserName": "gh_1", "Encrypt": OFFICIAL.encrypted}))
    assert opened.fields["Content"] == "abcdteT"
    assert (opened.json, opened.encrypted, opened.nonce) == (False, True, OFFICIAL.nonce)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_a_genuine_push_is_opened(mode: Mode, as_json: bool) -> None:
    opened = verifier(mode).open(*push(mode=mode, as_json=as_json))
    assert opened.fields == (MESSAGE if as_json else texts(MESSAGE))
    assert (opened.json, opened.encrypted) == (as_json, mode != "plain")
    assert (opened.timestamp, opened.nonce, opened.key) == (TIMESTAMP, NONCE, 0)


def test_in_compatible_mode_the_plain_copy_does_not_count() -> None:
    arguments, body = push(mode="compatible")
    assert b"the plain copy" in body
    assert verifier("compatible").open(arguments, body).fields["Content"] == MESSAGE["Content"]


@pytest.mark.parametrize("mode", ENCRYPTED)
def test_the_previous_key_is_accepted_and_answered_with(mode: Mode) -> None:
    both = verifier(mode, KEY, OLD_KEY)
    opened = both.open(*push(mode=mode, key=OLD_KEY))
    assert opened.key == 1
    answer = read_xml(both.reply(opened, {"MsgType": "text", "Content": "好"})[0])
    assert b"<Content>" in Crypto(TOKEN, [OLD_KEY], RECEIVER).decrypt(answer["Encrypt"])
    refused(verifier(mode).open, *push(mode=mode, key=OLD_KEY), status=403)


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_the_check_of_the_url_is_answered(mode: Mode) -> None:
    assert verifier(mode).check_url(query(echostr="4375120948345356249")) == "4375120948345356249"


def test_the_check_of_the_url_of_kf_is_decrypted() -> None:
    echo = encrypted(b"1616140317555161061")
    right = signature(TOKEN, TIMESTAMP, NONCE, echo)
    arguments = {"timestamp": TIMESTAMP, "nonce": NONCE, "echostr": echo, "msg_signature": right}
    assert verifier("kf").check_url(arguments) == "1616140317555161061"
    for name in arguments:
        refused(verifier("kf").check_url, arguments | {name: arguments[name] + "0"})
    refused(verifier("kf").check_url, query(echostr=echo))
    latin = encrypted(b"\xff")
    right = signature(TOKEN, TIMESTAMP, NONCE, latin)
    refused(verifier("kf").check_url, arguments | {"echostr": latin, "msg_signature": right})


def echoed(mode: Mode) -> dict[str, str]:
    if mode != "kf":
        return query(echostr="4375120948345356249")
    echo = encrypted(b"1")
    return query(echostr=echo) | {"msg_signature": signature(TOKEN, TIMESTAMP, NONCE, echo)}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seconds", [-301, -86_400, 301, 86_400, 10**9])
def test_old_and_future_requests_are_refused(mode: Mode, seconds: int) -> None:
    late = verifier(mode, now=NOW + seconds)
    refused(late.open, *push(mode=mode), status=403)
    refused(late.check_url, echoed(mode), status=403)
    for within in (-300, -299, 0, 299, 300):
        near = verifier(mode, now=NOW + within)
        near.open(*push(mode=mode))
        near.check_url(echoed(mode))


BAD_SIGNATURES = ["", "0" * 40, "a", "签名", "\ud800", "\x00", "0" * 128, "0" * 100_000]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["signature", "msg_signature"])
def test_a_wrong_signature_of_either_kind_is_refused(mode: Mode, name: str) -> None:
    arguments, body = push(mode=mode)
    if name not in arguments:
        return
    right = arguments[name]
    flipped = ("1" if right[0] == "0" else "0") + right[1:]
    for wrong in [*BAD_SIGNATURES, flipped, right[:-1], right + "0", right.upper(), right + " "]:
        refused(verifier(mode).open, arguments | {name: wrong}, body)
    other = next(other_name for other_name in ("msg_signature", "signature") if other_name != name)
    if other in arguments:  # that of the other kind is none either
        swapped = arguments | {name: arguments[other]}
        refused(verifier(mode).open, swapped, body, status=403)
    without = {key: value for key, value in arguments.items() if key != name}
    if mode == "plain" or name == "msg_signature":
        refused(verifier(mode).open, without, body)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["timestamp", "nonce"])
def test_missing_and_changed_arguments_are_refused(mode: Mode, name: str) -> None:
    arguments, body = push(mode=mode)
    for wrong in ("", arguments[name] + "0", "1", " " + arguments[name], "\ud800"):
        refused(verifier(mode).open, arguments | {name: wrong}, body)
    del arguments[name]
    refused(verifier(mode).open, arguments, body, status=403)
    refused(verifier(mode).open, {}, body)
    refused(verifier(mode).check_url, {}, status=403)


@pytest.mark.parametrize(
    "timestamp",
    [
        *["1700000000.5", "+1700000000", "1_700_000_000", "１７００００００００", "01700000000"],
        *["-1700000000", "1e9", "NaN", "0x6553f100", "1" * 13, "9" * 5_000, "1700000000\n"],
    ],
)
def test_a_timestamp_that_is_no_plain_number_is_refused(timestamp: str) -> None:
    arguments = query() | {"timestamp": timestamp, "signature": signature(TOKEN, timestamp, NONCE)}
    refused(verifier("plain").open, arguments, xml(MESSAGE), status=403)
    refused(verifier("plain").check_url, arguments | {"echostr": "1"}, status=403)


@pytest.mark.parametrize("mode", MODES)
def test_a_repeated_argument_is_refused(mode: Mode) -> None:
    arguments, body = push(mode=mode)
    once = {name: [value] for name, value in arguments.items()}
    assert verifier(mode).open(RequestParameters(once), body).fields
    assert verifier(mode).open(CIMultiDict(arguments), body).fields
    for name, value in arguments.items():
        twice = RequestParameters(once | {name: [value, value]})
        refused(verifier(mode).open, twice, body, status=403)
        pairs = CIMultiDict([*arguments.items(), (name, "x")])
        refused(verifier(mode).open, pairs, body, status=403)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("value", [None, 1, b"1", {}, [None], "x" * 3_000])
def test_an_odd_argument_is_refused(mode: Mode, value: object) -> None:
    arguments, body = push(mode=mode)
    refused(verifier(mode).open, arguments | {"openid": value}, body, status=403)
    refused(verifier(mode).check_url, echoed(mode) | {"echostr": value}, status=403)


@pytest.mark.parametrize("mode", ["compatible", "safe"])
def test_a_plain_push_is_no_way_around_encryption(mode: Mode) -> None:
    """Who learns one signature, which the plain mode's does not bind to a body, gains nothing."""
    for arguments in (query(), query(encrypt_type="raw"), query(encrypt_type="aes")):
        refused(verifier(mode).open, arguments, xml(MESSAGE))
    arguments, _ = push(mode=mode)
    refused(verifier(mode).open, arguments, xml(MESSAGE), status=403)
    refused(verifier(mode).open, arguments, dumped(MESSAGE), status=403)
    for kind in ("raw", "AES", "des", "aes "):
        genuine, body = push(mode=mode)
        refused(verifier(mode).open, genuine | {"encrypt_type": kind}, body, status=403)
    genuine, body = push(mode="compatible")
    del genuine["encrypt_type"]
    refused(verifier("compatible").open, genuine, body, status=403)


def test_an_encrypted_push_to_a_plain_account_is_refused_with_the_reason() -> None:
    problem = refused(verifier("plain").open, *push(mode="compatible"), status=403)
    assert "plain" in str(problem)


@pytest.mark.parametrize("mode", ENCRYPTED)
def test_a_push_for_somebody_else_is_refused(mode: Mode) -> None:
    refused(verifier(mode).open, *push(mode=mode, receiver="wx0000000000000000"), status=403)
    refused(verifier(mode).open, *push(mode=mode, key=OLD_KEY), status=403)
    arguments, body = push(mode=mode)
    _, other = push(mode=mode)  # encrypted anew, so signed differently
    refused(verifier(mode).open, arguments, other, status=403)
    theirs = WebhookVerifier("another-token", [KEY], RECEIVER, mode, lambda: NOW)
    refused(theirs.open, arguments, body, status=403)


def test_a_mode_that_encrypts_needs_a_key() -> None:
    for mode in ENCRYPTED:
        with pytest.raises(ValueError, match="EncodingAESKey"):
            WebhookVerifier(TOKEN, [], RECEIVER, mode)
    assert WebhookVerifier(TOKEN, [], "", "plain", lambda: NOW).open(*push(mode="plain")).fields


@pytest.mark.parametrize("echo", ["", "\n", "1\r\nSet-Cookie: a=b", "\x00", "x" * 3_000])
def test_an_odd_echo_is_not_echoed(echo: str) -> None:
    too_long = len(echo) > 2_048  # is refused before the signature is looked at
    refused(verifier("plain").check_url, query(echostr=echo), status=403 if too_long else 400)
    refused(verifier("plain").check_url, query(echostr=echo) | {"signature": "0" * 40}, status=403)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_the_passive_answer_has_the_form_and_the_mode_of_the_push(
    mode: Mode, as_json: bool
) -> None:
    here = verifier(mode)
    opened = here.open(*push(mode=mode, as_json=as_json))
    fields = {"ToUserName": "o_person", "CreateTime": 1, "MsgType": "text", "Content": "好]]>😀"}
    body, content_type = here.reply(opened, fields)
    assert content_type.startswith("application/json" if as_json else "text/xml")
    assert content_type.endswith("charset=utf-8")
    reader = read_json if as_json else read_xml
    if mode != "plain":
        outer = reader(body)
        assert set(outer) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
        assert str(outer["TimeStamp"]) == TIMESTAMP
        right = signature(TOKEN, str(outer["TimeStamp"]), outer["Nonce"], outer["Encrypt"])
        assert outer["MsgSignature"] == right
        body = Crypto(TOKEN, [KEY], RECEIVER).decrypt(outer["Encrypt"])
    assert reader(body) == (fields if as_json else texts(fields))


@pytest.mark.parametrize("mode", MODES)
def test_to_say_nothing_is_success(mode: Mode) -> None:
    here = verifier(mode)
    body, content_type = here.reply(here.open(*push(mode=mode)), None)
    assert (body, content_type) == (b"success", "text/plain; charset=utf-8")


def test_a_nonce_cannot_break_out_of_the_answer() -> None:
    here = verifier("safe")
    odd = "]]></Nonce><Content>"
    secret = encrypted(xml(MESSAGE))
    arguments = query(nonce=odd, encrypt_type="aes") | {
        "msg_signature": signature(TOKEN, TIMESTAMP, odd, secret)
    }
    opened = here.open(arguments, xml({"Encrypt": secret}))
    assert read_xml(here.reply(opened, {"a": "b"})[0])["Nonce"] == odd


def test_a_refusal_holds_nothing_of_the_request() -> None:
    words = [TOKEN, KEY, RECEIVER, NONCE, TIMESTAMP, "o_person", str(MESSAGE["Content"])]
    for mode in MODES:
        arguments, body = push(mode=mode)
        for name in arguments:
            changed = arguments | {name: arguments[name] + "0"}
            try:
                verifier(mode).open(changed, body)
            except Refused as problem:
                shown = json.dumps([str(problem), repr(problem)])
                assert not [
                    word for word in [*words, *changed.values()] if len(word) > 3 and word in shown
                ]
