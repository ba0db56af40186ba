"""The fake's own crypto against the vectors that the platforms publish."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tools.wechat_simulator.codec import (
    Malformed,
    displayed,
    escaped,
    read_json,
    read_xml,
    write_xml,
)
from tools.wechat_simulator.crypto import Unreadable, decrypt, encrypt, signature

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APPID = "wx2c2769f8efd9abc2"
ENCRYPTED = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PG"
    "HQHFVAFmOD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6"
    "tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp"
    "3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhv"
    "Ql+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)


def test_wecom_vector() -> None:
    echo = (
        "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
    )
    key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
    signed = signature("QDG6eK", "1409659589", "263014780", echo)
    assert signed == "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    assert decrypt(key, "wx5823bf96d3bd56c7", echo) == b"1616140317555161061"


def test_official_account_vector() -> None:
    signed_with = ("spamtest", "1409735669", "1320562132")
    assert signature(*signed_with) == "16120ec1b8dbb870f510d87ce6bc2463eae6ca1a"
    assert signature(*signed_with, ENCRYPTED) == "5d197aaffba7e9b25a30732f161a50dee96bd5fa"
    fields = read_xml(decrypt(KEY, APPID, ENCRYPTED))
    assert fields["Content"] == "abcdteT"
    assert fields["MsgType"] == "text"


def test_what_is_encrypted_can_be_decrypted_and_only_by_its_receiver() -> None:
    for length in (0, 1, 11, 12, 13, 31, 32, 33, 5000):
        assert decrypt(KEY, APPID, encrypt(KEY, APPID, b"x" * length)) == b"x" * length
    with pytest.raises(Unreadable):
        decrypt(KEY, "wx0000000000000000", encrypt(KEY, APPID, b"hello"))
    for broken in ("", "?", "AAAA", ENCRYPTED[:-4], ENCRYPTED[4:]):
        with pytest.raises(Unreadable):
            decrypt(KEY, APPID, broken)


def test_wrong_padding_and_too_short() -> None:
    def sealed(plain: bytes) -> str:
        key = base64.b64decode(KEY + "=")
        encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()

    good = bytes(16) + (5).to_bytes(4, "big") + b"hello" + APPID.encode()
    assert decrypt(KEY, APPID, sealed(good + b"\x15" * 21)) == b"hello"
    for end in (b"\x15" * 20 + b"\x00", b"\x15" * 20 + b"\x21", b"\x14" + b"\x15" * 20):
        with pytest.raises(Unreadable, match="padding"):
            decrypt(KEY, APPID, sealed(good + end))
    with pytest.raises(Unreadable, match="too short"):
        decrypt(KEY, APPID, sealed(bytes(19) + b"\x0d" * 13))


def test_what_is_no_message() -> None:
    for xml in (b"<html></html>", b"", b"<xml>"):
        with pytest.raises(Malformed):
            read_xml(xml)
    for text in (b"[]", b"1", b"", b"{", b"\xff"):
        with pytest.raises(Malformed):
            read_json(text)


def test_xml_survives_whatever_people_write() -> None:
    text = "a]]>b <x>&amp; 你好\n👩‍👩‍👧"
    assert read_xml(write_xml({"Content": text, "Info": {"N": 3}})) == {
        "Content": text,
        "Info": {"N": "3"},
    }


def test_escapes_are_shown_as_they_stand() -> None:
    assert displayed(rb'"\u4f60\\u4f60"') == rb'"\\u4f60\\u4f60"'
    assert escaped(rb'"\u4f60"')
    assert not escaped(rb'"\\u4f60 \n"')
