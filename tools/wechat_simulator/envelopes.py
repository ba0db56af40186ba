"""The HTTP request of one push, in every mode and format.

From wechat.md: the plain `signature` covers token, timestamp and nonce; with encryption there are
`encrypt_type=aes` and a `msg_signature` that covers the encrypted text too; WeCom sends only the
latter. In compatible mode the plain fields and the encrypted copy stand side by side, in safe mode
only the receiver's name and the encrypted copy (the platforms' page on message encryption, and
pushes recorded in public). Official account and mini-program also put `openid` into the query.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.wechat_simulator.codec import write_json, write_xml
from tools.wechat_simulator.crypto import encrypt, signature

if TYPE_CHECKING:
    from tools.wechat_simulator.account import Account


@dataclass(frozen=True)
class Request:
    """What is sent to the bot."""

    query: dict[str, str]
    body: bytes
    content_type: str


def timestamp_and_nonce(account: Account) -> tuple[str, str]:
    """Returns a fresh timestamp and nonce."""
    return str(int(account.clock.now())), str(secrets.randbelow(2**31))


def envelope(
    account: Account,
    fields: dict[str, Any],
    person: str = "",
    signed_with: tuple[str, str] | None = None,
) -> Request:
    """Returns the request that carries the fields of a push."""
    timestamp, nonce = signed_with or timestamp_and_nonce(account)
    write = write_json if account.format == "json" else write_xml
    content_type = "application/json" if account.format == "json" else "text/xml"
    query = {"timestamp": timestamp, "nonce": nonce}
    if account.kind != "kf":
        query = {"signature": signature(account.token, timestamp, nonce), **query}
        if person:
            query["openid"] = person
    if account.kind != "kf" and account.mode == "plain":
        return Request(query, write(fields), content_type)
    encrypted = encrypt(account.aes_key, account.id, write(fields))
    if account.kind != "kf":
        query["encrypt_type"] = "aes"
    query["msg_signature"] = signature(account.token, timestamp, nonce, encrypted)
    outer: dict[str, Any] = {"ToUserName": fields["ToUserName"], "Encrypt": encrypted}
    if account.kind == "kf":
        outer["AgentID"] = ""
    elif account.mode == "compatible":
        outer = {**fields, "Encrypt": encrypted}
    return Request(query, write(outer), content_type)


def sealed_query(account: Account, fields: dict[str, str]) -> dict[str, str]:
    """Returns the fields with a timestamp, a nonce and the plain signature added."""
    timestamp, nonce = timestamp_and_nonce(account)
    signed = signature(account.token, timestamp, nonce)
    return {"signature": signed, "timestamp": timestamp, "nonce": nonce, **fields}


def url_check(account: Account) -> tuple[dict[str, str], str]:
    """Returns the query of a URL check, and the text that must come back."""
    timestamp, nonce = timestamp_and_nonce(account)
    echo = str(secrets.randbelow(9 * 10**18) + 10**18)
    if account.kind != "kf":
        signed = signature(account.token, timestamp, nonce)
        query = {"signature": signed, "timestamp": timestamp, "nonce": nonce, "echostr": echo}
        return query, echo
    encrypted = encrypt(account.aes_key, account.id, echo.encode())
    signed = signature(account.token, timestamp, nonce, encrypted)
    query = {"msg_signature": signed, "timestamp": timestamp, "nonce": nonce, "echostr": encrypted}
    return query, echo
