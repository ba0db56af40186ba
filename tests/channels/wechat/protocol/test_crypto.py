"""Signatures and encryption: the published vectors, and everything that can be wrong inside."""

from __future__ import annotations

import base64
import hmac
import random

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from channels.wechat.protocol import crypto
from channels.wechat.protocol.crypto import Crypto, Refused, sign
from tests.channels.wechat.protocol.vectors import KEY, OFFICIAL, OLD_KEY, RECEIVER, TOKEN, WECOM


def ours(*keys: str, receiver: str = RECEIVER) -> Crypto:
    return Crypto(TOKEN, keys or (KEY,), receiver)


def seal(plain: bytes, key: str = KEY) -> str:
    """Encrypts bytes as they are, whatever they say about themselves."""
    raw = base64.b64decode(key + "=")
    worker = Cipher(algorithms.AES(raw), modes.CBC(raw[:16])).encryptor()
    return base64.b64encode(worker.update(plain) + worker.finalize()).decode()


def padded(content: bytes, block: int = 32) -> bytes:
    padding = block - len(content) % block
    return content + bytes([padding]) * padding


def content(message: bytes, receiver: str = RECEIVER, length: int | None = None) -> bytes:
    size = len(message) if length is None else length
    return b"r" * 16 + size.to_bytes(4, "big") + message + receiver.encode()


def test_the_published_vector_of_wecom() -> None:
    worker = Crypto(WECOM.token, [WECOM.key], WECOM.receiver)
    assert worker.signed(WECOM.signature, WECOM.timestamp, WECOM.nonce, WECOM.encrypted)
    assert worker.decrypt(WECOM.encrypted) == b"1616140317555161061"


def test_the_published_vector_of_the_official_account() -> None:
    worker = Crypto(OFFICIAL.token, [OFFICIAL.key], OFFICIAL.receiver)
    assert worker.signed(OFFICIAL.plain_signature, OFFICIAL.timestamp, OFFICIAL.nonce)
    assert worker.signed(OFFICIAL.signature, OFFICIAL.timestamp, OFFICIAL.nonce, OFFICIAL.encrypted)
    assert b"<![CDATA[abcdteT]]>" in worker.decrypt(OFFICIAL.encrypted)


def test_a_signature_is_of_sorted_parts() -> None:
    assert sign("b", "a", "c") == sign("c", "b", "a") == sign("abc")
    assert sign("b", "a") != sign("b", "a", "c")


def test_signatures_are_compared_in_constant_time_as_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = []
    genuine = hmac.compare_digest

    def compare(left: bytes, right: bytes) -> bool:
        compared.append((type(left), type(right)))
        return genuine(left, right)

    monkeypatch.setattr(crypto.hmac, "compare_digest", compare)  # type: ignore[attr-defined]
    right = sign(TOKEN, "1", "2")
    assert ours().signed(right, "1", "2")
    for wrong in ("", right[:-1], right.upper(), "签名", "\ud800", right + "0", "\x00"):
        assert not ours().signed(wrong, "1", "2")
    ours().decrypt(ours().encrypt(b"x"))
    assert set(compared) == {(bytes, bytes)}
    assert len(compared) >= 9


@pytest.mark.parametrize("part", range(3))
def test_a_signature_covers_every_part(part: int) -> None:
    parts = ["1409735669", "1320562132", "encrypted"]
    right = sign(TOKEN, *parts)
    assert ours().signed(right, *parts)
    parts[part] += "x"
    assert not ours().signed(right, *parts)


def test_what_is_encrypted_comes_back_at_every_length() -> None:
    source = random.Random(5)
    for length in [*range(70), 1000, 65_536]:
        message = source.randbytes(length)
        encrypted = ours().encrypt(message)
        assert ours().decrypt(encrypted) == message
        assert len(base64.b64decode(encrypted)) % 32 == 0


def test_the_random_bytes_are_new_each_time_and_can_be_given() -> None:
    assert ours().encrypt(b"x") != ours().encrypt(b"x")
    given = b"0123456789abcdef"
    assert ours().encrypt(b"x", given) == seal(padded(given + b"\0\0\0\1x" + RECEIVER.encode()))
    with pytest.raises(ValueError, match="16"):
        ours().encrypt(b"x", b"short")


def test_the_previous_key_still_opens_and_tells_which_it_was() -> None:
    both = ours(KEY, OLD_KEY)
    assert both.unlock(ours(OLD_KEY).encrypt(b"old")) == (b"old", 1)
    assert both.unlock(ours(KEY).encrypt(b"new")) == (b"new", 0)
    assert ours(OLD_KEY).decrypt(both.encrypt(b"answer", key=1)) == b"answer"
    with pytest.raises(Refused):
        ours(KEY).decrypt(ours(OLD_KEY).encrypt(b"old"))


GOOD = content(b"<xml><a>1</a></xml>")
WRONG = {
    "no padding at all": GOOD + b"\0" * (64 - len(GOOD)),
    "padding of 0": padded(content(b"x" * 23))[:-32] + b"\0" * 32,
    "padding of 33": content(b"x" * (96 - 33 - 20 - len(RECEIVER))) + b"\x21" * 33,
    "padding of 255": padded(GOOD)[:-1] + b"\xff",
    "padding that differs": padded(GOOD)[:-2] + bytes([1, padded(GOOD)[-1]]),
    "padding longer than all": b"\x20" * 32,
    "padding to the cipher's block only": padded(content(b"x" * (80 - 38 - 5)), 16),
    "nothing but random bytes": padded(b"r" * 16),
    "no length": padded(b"r" * 18),
    "no receiver": padded(b"r" * 16 + b"\0\0\0\1x"),
    "length one too small": padded(content(b"hello", length=4)),
    "length one too large": padded(content(b"hello", length=6)),
    "length 0": padded(content(b"hello", length=0)),
    "length up to the end": padded(content(b"hello", length=5 + len(RECEIVER))),
    "length of 4 GiB": padded(content(b"hello", length=2**32 - 1)),
    "length little-endian": padded(
        b"r" * 16 + (5).to_bytes(4, "little") + b"hello" + RECEIVER.encode()
    ),
    "another receiver": padded(content(b"hello", "wx0000000000000000")),
    "a receiver with more": padded(content(b"hello", RECEIVER + "0")),
    "a receiver with less": padded(content(b"hello", RECEIVER[:-1])),
    "a receiver in other case": padded(content(b"hello", RECEIVER.upper())),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_inside_is_refused_without_a_hint(name: str) -> None:
    plain = WRONG[name]
    assert len(plain) % 16 == 0, "the cipher itself must take it"
    with pytest.raises(Refused) as refused:
        ours(KEY, OLD_KEY).decrypt(seal(plain))
    assert refused.value.status == 403
    with pytest.raises(Refused) as other:
        ours().decrypt("!")
    assert str(refused.value) == str(other.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "encrypted",
    [
        *["", " ", "=", "A", "AAAA", "AAAAA", "AA==AA==", "中文", "\ud800", "\x00", "-_-_" * 16],
        *[seal(padded(GOOD))[:-4], seal(padded(GOOD)) + "AAAA", seal(padded(GOOD))[1:]],
        *["\n" + seal(padded(GOOD)), seal(padded(GOOD)).replace("A", " ", 1) + " "],
        *[base64.b64encode(b"r" * 16).decode(), base64.b64encode(b"r" * 48).decode()],
    ],
)
def test_what_is_no_base64_of_whole_blocks_is_refused(encrypted: str) -> None:
    with pytest.raises(Refused) as refused:
        ours().decrypt(encrypted)
    assert refused.value.status == 403


def test_every_flipped_bit_is_noticed_or_changes_the_message_only() -> None:
    """CBC has no seal of its own: the signature is what protects; nothing else may be raised."""
    sealed = bytearray(base64.b64decode(seal(padded(GOOD))))
    for i in range(len(sealed) * 8):
        sealed[i // 8] ^= 1 << i % 8
        try:
            message = ours().decrypt(base64.b64encode(sealed).decode())
        except Refused:
            pass
        else:
            assert len(message) == len(GOOD) - 20 - len(RECEIVER)
        sealed[i // 8] ^= 1 << i % 8


def test_without_keys_nothing_opens() -> None:
    plain = Crypto(TOKEN, [], RECEIVER)
    with pytest.raises(Refused):
        plain.decrypt(seal(padded(GOOD)))
    with pytest.raises(ValueError, match="no such"):
        plain.encrypt(b"x")


@pytest.mark.parametrize(
    "key", ["", "short", KEY + "=", KEY[:-1] + "!", KEY[:-1] + "键", KEY + "a"]
)
def test_a_malformed_key_is_named_by_number_and_not_shown(key: str) -> None:
    with pytest.raises(ValueError, match="EncodingAESKey number 2") as problem:
        Crypto(TOKEN, [KEY, key], RECEIVER)
    assert not key or key not in str(problem.value)
    assert KEY[:8] not in str(problem.value)


def test_an_envelope_is_signed() -> None:
    sealed = ours(KEY, OLD_KEY).envelope("回答".encode(), "1409735669", "1320562132", key=1)
    assert (sealed.timestamp, sealed.nonce) == ("1409735669", "1320562132")
    assert ours().signed(sealed.signature, sealed.timestamp, sealed.nonce, sealed.encrypt)
    assert ours(OLD_KEY).decrypt(sealed.encrypt).decode() == "回答"
