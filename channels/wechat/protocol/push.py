"""The webhook verifier: does one HTTP request come from WeChat, and what does it say? No I/O.

WeChat's message push in its three modes, and WeCom's callback. The URL of every request has
`timestamp` and `nonce`; `signature` covers these two, and `msg_signature` what is encrypted too.

| mode         | the body holds             | what proves it                               |
|--------------|----------------------------|----------------------------------------------|
| "plain"      | the fields                 | `signature`, which does not cover the body   |
| "compatible" | the fields, and encrypted  | `msg_signature`; the plain copy is not read  |
| "safe"       | the fields encrypted       | `msg_signature`                              |
| "kf"         | the fields encrypted       | `msg_signature`, also at the check of the URL|

Whatever is wrong, `Refused` is raised and nothing else; its status is all that may be told. It is
403 until the proof is there, so that nobody learns from it which accounts exist; then 400.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from channels.wechat.protocol.codec import Fields, read, write_json, write_xml
from channels.wechat.protocol.crypto import Crypto, Refused

Mode = Literal["plain", "compatible", "safe", "kf"]
CLOCK_TOLERANCE_SECONDS = 300.0  # retries come within 15 s, the rest is for clocks that are wrong
SUCCESS = b"success"  # "I have it, and say nothing": no retry follows
TEXT, XML, JSON = (
    f"{name}; charset=utf-8" for name in ("text/plain", "text/xml", "application/json")
)
_MAX_LENGTHS = {
    "timestamp": 12,
    "nonce": 128,
    "signature": 128,
    "msg_signature": 128,
    "echostr": 2_048,
}
_WHOLE = re.compile(r"[1-9][0-9]*")


class WrongTime(Refused):
    """Rightly signed at another time: it is sent once more by somebody, or our clock is wrong."""


@dataclass(frozen=True)
class Opened:
    """A genuine push.

    Attributes:
        fields: what it says.
        json: whether it was JSON; otherwise XML. A passive answer takes the same form.
        encrypted: whether it came encrypted; so does its passive answer.
        timestamp: of the request, seconds since 1970.
        nonce: of the request.
        key: which of the account's keys opened it, counted from 0.
    """

    fields: Fields
    json: bool
    encrypted: bool
    timestamp: str
    nonce: str
    key: int = 0


class WebhookVerifier:
    """Lets in what one account's platform sends, and nothing else."""

    def __init__(
        self,
        token: str,
        keys: Sequence[str],
        receiver: str,
        mode: Mode,
        clock: Callable[[], float] = time.time,
        clock_tolerance_seconds: float = CLOCK_TOLERANCE_SECONDS,
    ) -> None:
        """Takes the secrets of an account.

        Args:
            token: the Token of the platform's console.
            keys: its EncodingAESKeys, the present one first; in plain mode, none are needed.
            receiver: the appid; for "kf" the corpid.
            mode: as it is set in the console.
            clock: the platform's time, in seconds since 1970; see `platform_clock`.
            clock_tolerance_seconds: how far a request's time may be from the clock's, before and
                after.

        Raises:
            ValueError: if a key is malformed, or none is there though the mode encrypts.
        """
        if mode != "plain" and not keys:
            raise ValueError(f"the mode {mode!r} needs an EncodingAESKey")
        self._crypto = Crypto(token, keys, receiver)
        self._mode = mode
        self._clock = clock
        self._clock_tolerance = clock_tolerance_seconds

    def check_url(self, query: Mapping[str, Any]) -> str:
        """Returns what a GET, the platform's check of the URL, is to be answered with.

        Args:
            query: the arguments; a value may be a list, as in Sanic's `request.args`.

        Raises:
            WrongTime: if it is rightly signed and too old or too new.
            Refused: if the platform did not send it.
        """
        arguments = _arguments(query)
        echo = arguments.get("echostr", "")
        if self._mode == "kf":
            self._verify(arguments, echo)
            try:
                return self._crypto.decrypt(echo).decode("utf-8")
            except UnicodeDecodeError:
                raise Refused(400, "the echo is not UTF-8") from None
        self._verify(arguments)
        if not echo or not echo.isprintable():
            raise Refused(400, "the echo is missing or has control characters")
        return echo

    def open(self, query: Mapping[str, Any], body: bytes) -> Opened:
        """Returns what a POST says, once it is known to be genuine.

        Args:
            query: the arguments, as for `check_url`.
            body: as it came.

        Raises:
            WrongTime: if it is rightly signed and too old or too new.
            Refused: if it is not genuine, or cannot be read.
        """
        arguments = _arguments(query)
        kind = arguments.get("encrypt_type", "")
        if self._mode == "plain":
            if kind not in ("", "raw"):
                raise Refused(403, "the push is encrypted, but the mode in the settings is plain")
            self._verify(arguments)
            fields, is_json = read(body)
            return Opened(fields, is_json, False, arguments["timestamp"], arguments["nonce"])
        # Without this, an attacker who learns one `signature` could say anything in plain.
        if kind != "aes" and (kind or self._mode == "compatible"):
            raise Refused(403, "the push is not encrypted, but the mode in the settings wants it")
        _needed(arguments, "msg_signature")  # before the body is read at all
        if "signature" in arguments:
            self._verify(arguments)
        try:
            outer, is_json = read(body)
        except Refused as problem:
            raise Refused(403, str(problem)) from None
        encrypted = outer.get("Encrypt")
        if not isinstance(encrypted, str) or not encrypted:
            raise Refused(403, "the push has not one encrypted part")
        self._verify(arguments, encrypted)
        message, key = self._crypto.unlock(encrypted)
        fields, _ = read(message)
        return Opened(fields, is_json, True, arguments["timestamp"], arguments["nonce"], key)

    def reply(self, opened: Opened, fields: Mapping[str, Any] | None) -> tuple[bytes, str]:
        """Returns the passive answer to a push, in its form and mode, and its content type.

        It is encrypted with the key that opened the push, and signed with the push's timestamp and
        nonce: the platform reads both from the answer, older clients from what they asked.

        Args:
            opened: what is answered.
            fields: what is said; None to say nothing, which stops the retries.
        """
        if fields is None:
            return SUCCESS, TEXT
        write, content_type = (write_json, JSON) if opened.json else (write_xml, XML)
        if not opened.encrypted:
            return write(fields), content_type
        sealed = self._crypto.envelope(write(fields), opened.timestamp, opened.nonce, opened.key)
        return write(
            {
                "Encrypt": sealed.encrypt,
                "MsgSignature": sealed.signature,
                "TimeStamp": int(sealed.timestamp),
                "Nonce": sealed.nonce,
            }
        ), content_type

    def _verify(self, arguments: Mapping[str, str], *encrypted: str) -> None:
        """Raises Refused unless the signature, with something encrypted the other one, is right."""
        name = "msg_signature" if encrypted else "signature"
        signature = _needed(arguments, name)
        timestamp, nonce = _needed(arguments, "timestamp"), _needed(arguments, "nonce")
        if not _WHOLE.fullmatch(timestamp):
            raise Refused(403, "the timestamp is not a number")
        if not self._crypto.signed(signature, timestamp, nonce, *encrypted):
            raise Refused(403, f"the {name} is wrong")
        if abs(self._clock() - int(timestamp)) > self._clock_tolerance:
            raise WrongTime(403, "the timestamp is too far from the time; is our clock right?")


def _arguments(query: Mapping[str, Any]) -> dict[str, str]:
    """Returns the arguments, each given once, as a text of bearable length."""
    arguments: dict[str, str] = {}
    for name, value in query.items():
        values: Iterable[Any] = value if isinstance(value, (list, tuple)) else [value]
        for text in values:
            if name in arguments:
                raise Refused(403, "an argument of the query is repeated")
            if not isinstance(text, str) or len(text) > _MAX_LENGTHS.get(name, 2_048):
                raise Refused(403, "an argument of the query is too long or not a text")
            arguments[name] = text
    return arguments


def _needed(arguments: Mapping[str, str], name: str) -> str:
    value = arguments.get(name)
    if not value:
        raise Refused(403, f"the query has no {name}")
    return value
