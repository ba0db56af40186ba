"""Requests as WeChat's servers send them, made without the code under test."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.channels.wechat.protocol.vectors import KEY, RECEIVER, TOKEN

NOW = 1_700_000_000.0
NONCE = "1320562132"
MESSAGE = {
    "ToUserName": "gh_test",
    "FromUserName": "o_person",
    "CreateTime": 1_700_000_000,
    "MsgType": "text",
    "Content": "密码忘了 😀",
    "MsgId": 1234567890123456,
}


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def encrypted(message: bytes, key: str = KEY, receiver: str = RECEIVER) -> str:
    plain = os.urandom(16) + len(message).to_bytes(4, "big") + message + receiver.encode()
    return sealed(plain + bytes([32 - len(plain) % 32]) * (32 - len(plain) % 32), key)


def sealed(plain: bytes, key: str = KEY) -> str:
    raw = base64.b64decode(key + "=")
    worker = Cipher(algorithms.AES(raw), modes.CBC(raw[:16])).encryptor()
    return base64.b64encode(worker.update(plain) + worker.finalize()).decode()


def xml(fields: dict[str, Any]) -> bytes:
    parts = [
        f"<{name}>{value}</{name}>"
        if isinstance(value, int)
        else f"<{name}><![CDATA[{value}]]></{name}>"
        for name, value in fields.items()
    ]
    return ("<xml>" + "\n".join(parts) + "</xml>").encode()


def dumped(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def query(timestamp: float = NOW, nonce: str = NONCE, **more: str) -> dict[str, str]:
    """The arguments with a right `signature`."""
    seconds = str(int(timestamp))
    right = signature(TOKEN, seconds, nonce)
    return {"signature": right, "timestamp": seconds, "nonce": nonce, **more}


def push(
    message: bytes | None = None,
    mode: str = "safe",
    as_json: bool = False,
    timestamp: float = NOW,
    key: str = KEY,
    receiver: str = RECEIVER,
    secret: str | None = None,
) -> tuple[dict[str, str], bytes]:
    """A genuine push: its arguments and its body.

    Args:
        message: the plain body; by default `MESSAGE`.
        mode: as the account is set.
        as_json: whether the body is JSON.
        timestamp: of the request.
        key: what encrypts it.
        receiver: what it is encrypted for.
        secret: the encrypted part itself, if it is to be special; rightly signed all the same.
    """
    write = dumped if as_json else xml
    message = write(MESSAGE) if message is None else message
    arguments = query(timestamp)
    if mode == "plain":
        return arguments | {"openid": "o_person"}, message
    secret = encrypted(message, key, receiver) if secret is None else secret
    outer: dict[str, Any] = {"ToUserName": "gh_test", "Encrypt": secret}
    if mode == "compatible":
        outer = MESSAGE | {"Content": "the plain copy"} | outer
    if mode == "kf":
        del arguments["signature"]
        outer = {"ToUserName": receiver, "AgentID": "", "Encrypt": secret}
    else:
        arguments |= {"openid": "o_person", "encrypt_type": "aes"}
    seconds, nonce = arguments["timestamp"], arguments["nonce"]
    arguments["msg_signature"] = signature(TOKEN, seconds, nonce, secret)
    return arguments, write(outer)
