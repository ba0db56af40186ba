"""What the answer to a push means, judged as strictly as the platform does.

- `success` or nothing: no more to say (wechat.md, "All three").
- Anything that cannot be understood makes the platform tell the person that the service is out of
  order (the page on passive answers: no answer in 5 s, or odd data such as JSON; a mini-program
  SDK's issue on GitHub: also an encrypted "success").
- Sender and receiver must be swapped; in JSON mode the answer is JSON (wechat.md; the platform's
  community on forwarding).
- Compatible mode takes plain and encrypted answers, safe mode encrypted ones only.
- A mini-program has no passive texts: its page names only the hand-over.
- WeCom takes `success` or nothing for a KF event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.wechat_simulator.codec import Malformed, read_json, read_xml
from tools.wechat_simulator.crypto import Unreadable, decrypt, signature

if TYPE_CHECKING:
    from tools.wechat_simulator.account import Account
    from tools.wechat_simulator.pushes import Push

TEXT_BYTES = 2048
RICH = {"image", "voice", "video", "music", "news"}


@dataclass(frozen=True)
class Answer:
    """What an answer means.

    Attributes:
        kind: "silence", "text", "handoff", "failure", or a richer message type.
        text: The words of a text.
        worker: The agent named in a handoff, or "".
        why: What is wrong with a failure.
        encrypted: Whether it came encrypted.
    """

    kind: str
    text: str = ""
    worker: str = ""
    why: str = ""
    encrypted: bool = False


class _Odd(Exception):
    """The answer is not what it should be; says why."""


def interpret(account: Account, push: Push, body: bytes) -> Answer:
    """Returns what the body of a 200 answer means."""
    if body in (b"", b"success"):
        return Answer("silence")
    try:
        return _interpret(account, push, body)
    except (_Odd, Malformed, Unreadable) as error:
        return Answer("failure", why=f"{type(error).__name__.strip('_').lower()}: {error}")


def _interpret(account: Account, push: Push, body: bytes) -> Answer:
    if account.kind == "kf":
        raise _Odd("WeCom takes only success or nothing")
    read = read_json if account.format == "json" else read_xml
    fields = read(body)
    encrypted = "Encrypt" in fields
    if encrypted:
        fields = read(_opened(account, fields))
    elif account.mode == "safe":
        raise _Odd("plain in safe mode")
    return _meaning(account, push, fields, encrypted)


def _opened(account: Account, outer: dict[str, Any]) -> bytes:
    if account.mode == "plain":
        raise _Odd("encrypted in plain mode")
    missing = {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"} - set(outer)
    if missing:
        raise _Odd(f"no {', '.join(sorted(missing))}")
    encrypted = str(outer["Encrypt"])
    signed_with = str(outer["TimeStamp"]), str(outer["Nonce"])
    if not signed_with[0].isdigit():
        raise _Odd("TimeStamp is no number")
    if signature(account.token, *signed_with, encrypted) != outer["MsgSignature"]:
        raise _Odd("wrong MsgSignature")
    return decrypt(account.aes_key, account.id, encrypted)


def _meaning(account: Account, push: Push, fields: dict[str, Any], encrypted: bool) -> Answer:
    if fields.get("ToUserName") != push.fields["FromUserName"]:
        raise _Odd("ToUserName is not the person")
    if fields.get("FromUserName") != push.fields["ToUserName"]:
        raise _Odd("FromUserName is not the account")
    if not str(fields.get("CreateTime", "")).isdigit():
        raise _Odd("CreateTime is no number")
    kind = fields.get("MsgType")
    if kind == "transfer_customer_service":
        info = fields.get("TransInfo") or {}
        worker = str(info.get("KfAccount", "")) if isinstance(info, dict) else ""
        return Answer("handoff", worker=worker, encrypted=encrypted)
    if account.kind != "official_account":
        raise _Odd(f"a mini-program has no passive {kind}")
    if kind == "text":
        text = fields.get("Content")
        if not isinstance(text, str) or not text:
            raise _Odd("a text without Content")
        if len(text.encode()) > TEXT_BYTES:
            raise _Odd("a text of more than 2048 bytes")
        return Answer("text", text, encrypted=encrypted)
    if kind in RICH:
        return Answer(str(kind), encrypted=encrypted)
    raise _Odd("unknown MsgType")
