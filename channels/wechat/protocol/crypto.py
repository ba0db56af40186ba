"""Signatures and encryption of WeChat's message push, official accounts and WeCom alike. No I/O.

The form is that of the platform's "message encryption and decryption" pages: AES-256-CBC, the key
is the base64 of 43 characters, its first half the initial vector. What is encrypted is 16 random
bytes, the length of the message in 4 bytes, the message, and the id of the receiver, padded to a
multiple of 32 bytes. A signature is the SHA-1 of the sorted parts, the secret token among them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # bytes; the padding's, twice the cipher's own
RANDOM = 16  # bytes before the length
HEAD = RANDOM + 4
_KEY = re.compile(r"[A-Za-z0-9+/]{43}")


class Refused(Exception):
    """A request that is not genuine, or not one at all.

    The text is for the log alone: it says what was wrong and holds nothing of the request. Who
    asked is told the status and nothing else.

    Attributes:
        status: the HTTP status of the answer: 403 for what does not prove where it comes from,
            400 for what cannot be read.
    """

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status


class Decrypted(NamedTuple):
    """A message, and which of the keys opened it, counted from 0."""

    message: bytes
    key: int


class Envelope(NamedTuple):
    """An encrypted answer with its signature, its fields in the order WeChat documents."""

    encrypt: str
    signature: str
    timestamp: str
    nonce: str


def sign(*parts: str) -> str:
    """Returns the signature of `parts` in any order: the hex SHA-1 of the sorted parts joined."""
    # A lone surrogate has no place in UTF-8, but must not be a way to raise something else.
    encoded = sorted(part.encode("utf-8", "surrogatepass") for part in parts)
    return hashlib.sha1(b"".join(encoded)).hexdigest()  # noqa: S324, the platform's choice


class Crypto:
    """The secrets of one account, and what is done with them."""

    def __init__(self, token: str, keys: Sequence[str], receiver: str) -> None:
        """Takes the secrets.

        Args:
            token: the Token of the platform's console.
            keys: EncodingAESKeys of 43 characters: the present one, then the previous one. None
                for an account in plain mode.
            receiver: the appid of the account, for WeCom the corpid.

        Raises:
            ValueError: if a key is malformed; it says which one and does not show it.
        """
        self._token = token
        self._receiver = receiver.encode("utf-8")
        self._keys = [_key(key, number) for number, key in enumerate(keys, 1)]

    def signed(self, signature: str, timestamp: str, nonce: str, *encrypted: str) -> bool:
        """Tells in constant time whether `signature` is that of the token and all these."""
        right = sign(self._token, timestamp, nonce, *encrypted)
        # As bytes: compare_digest raises on texts that are not ASCII.
        return hmac.compare_digest(right.encode(), signature.encode("utf-8", "surrogatepass"))

    def encrypt(self, message: bytes, random16: bytes | None = None, key: int = 0) -> str:
        """Returns `message` encrypted with one of the keys, in base64.

        Args:
            message: what is to be said.
            random16: 16 bytes to begin with, for tests; new ones if None.
            key: which key, counted from 0, the present one.

        Raises:
            ValueError: if there is no such key, or the random bytes are not 16.
        """
        if not 0 <= key < len(self._keys):
            raise ValueError("there is no such EncodingAESKey")
        random16 = os.urandom(RANDOM) if random16 is None else random16
        if len(random16) != RANDOM:
            raise ValueError("the random bytes are not 16")
        plain = random16 + len(message).to_bytes(4, "big") + message + self._receiver
        padding = BLOCK - len(plain) % BLOCK
        worker = _cipher(self._keys[key]).encryptor()
        sealed = worker.update(plain + bytes([padding]) * padding) + worker.finalize()
        return base64.b64encode(sealed).decode("ascii")

    def decrypt(self, encrypted: str) -> bytes:
        """Returns what was encrypted for this receiver with any of the keys.

        Raises:
            Refused: with 403 and always the same text, whatever is wrong with it.
        """
        return self.unlock(encrypted).message

    def unlock(self, encrypted: str) -> Decrypted:
        """Decrypts as `decrypt` does, and tells the key: an answer is to be encrypted with it.

        "Modified EncodingAESKey" in the platform's pages wants the present and the previous key
        tried, and the answer encrypted with the one that fitted.

        Raises:
            Refused: as `decrypt` does.
        """
        try:
            sealed = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError):
            sealed = b""
        if sealed and len(sealed) % BLOCK == 0:
            for number, key in enumerate(self._keys):
                worker = _cipher(key).decryptor()
                message = self._unwrap(worker.update(sealed) + worker.finalize())
                if message is not None:
                    return Decrypted(message, number)
        raise Refused(403, "what is encrypted does not fit the key and the receiver")

    def _unwrap(self, plain: bytes) -> bytes | None:
        """Returns the message in what was decrypted; None unless every byte is in its place."""
        padding = plain[-1]
        if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
            return None
        content = plain[:-padding]
        end = len(content) - len(self._receiver)
        if end < HEAD or int.from_bytes(content[RANDOM:HEAD], "big") != end - HEAD:
            return None
        return content[HEAD:end] if hmac.compare_digest(content[end:], self._receiver) else None

    def envelope(self, message: bytes, timestamp: str, nonce: str, key: int = 0) -> Envelope:
        """Returns a passive answer, encrypted and signed.

        Args:
            message: the answer, XML or JSON.
            timestamp: seconds since 1970.
            nonce: any text; that of the request will do.
            key: which of the keys, counted from 0: the one that opened the request.

        Raises:
            ValueError: as `encrypt` does.
        """
        encrypted = self.encrypt(message, key=key)
        return Envelope(encrypted, sign(self._token, timestamp, nonce, encrypted), timestamp, nonce)


def _key(text: str, number: int) -> bytes:
    # The last character carries two bits too many, which may be set: the platform ignores them.
    if not isinstance(text, str) or not _KEY.fullmatch(text):
        raise ValueError(
            f"EncodingAESKey number {number} is not 43 letters and digits as the console shows it"
        )
    return base64.b64decode(text + "=")


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
