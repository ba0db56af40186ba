"""Signatures and encryption of pushes and passive answers, written apart from the connector.

The rules are those of wechat.md ("Crypto"): AES-256-CBC, the key is the base64 of EncodingAESKey
plus "=", the vector its first 16 bytes, PKCS#7 with blocks of 32, and the plain text is 16 random
bytes, 4 bytes of length (big-endian), the message, and the appid or corpid. The published vectors
in wechat.md are this module's tests.
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class Unreadable(Exception):
    """What should have been an encrypted message is none, or not for this receiver."""


def signature(*parts: str) -> str:
    """Returns the SHA-1 of the sorted parts, joined, in hex."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def encrypt(aes_key: str, receiver: str, message: bytes) -> str:
    """Returns the base64 of the message, encrypted for the receiver (appid or corpid)."""
    plain = os.urandom(16) + struct.pack(">I", len(message)) + message + receiver.encode()
    padding = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(aes_key).encryptor()
    data = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(data).decode()


def decrypt(aes_key: str, receiver: str, encrypted: str) -> bytes:
    """Returns the message.

    Raises:
        Unreadable: Wrong base64, length, padding, length field or receiver.
    """
    try:
        data = base64.b64decode(encrypted, validate=True)
        decryptor = _cipher(aes_key).decryptor()
        plain = decryptor.update(data) + decryptor.finalize()
    except ValueError as error:
        raise Unreadable(str(error)) from None
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise Unreadable("padding")
    plain = plain[:-padding]
    if len(plain) < 20:
        raise Unreadable("too short")
    length = struct.unpack(">I", plain[16:20])[0]
    if plain[20 + length :] != receiver.encode():
        raise Unreadable("receiver")
    return plain[20 : 20 + length]
