"""Sends a text to the webhook of a group, in the form that WeCom's group robots take.

The address holds a key, so it stands in an environment variable and in no log.
"""

from __future__ import annotations

import json
import logging
import os
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from operators.settings import BadSettings

logger = logging.getLogger(__name__)

MAX_BYTES = 2048  # of a text, which a group robot takes at most
_SECONDS = 10
_MAX_ANSWER_BYTES = 10_000


class NotSent(Exception):
    """A text that did not arrive; the message says why, without the address."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Another address would get the text, and perhaps the key."""

    def redirect_request(self, *_: Any) -> None:
        """Follows nothing."""


class Webhook:
    """The address of a group, or none."""

    def __init__(self, address: str, variable: str = "") -> None:
        """Takes the address, and the environment variable in which it stands, or may stand."""
        self.variable = variable
        self._address = address
        # The proxy of the environment, if there is one: offices often have no other way out.
        self._opener = urllib.request.build_opener(_NoRedirect)

    @classmethod
    def from_environment(cls, variable: str) -> Webhook:
        """Returns the webhook whose address stands in a variable; without it, there is none.

        Raises:
            BadSettings: if it is no address that can be meant.
        """
        address = os.environ.get(variable, "").strip() if variable else ""
        if address and not _is_address(address):
            raise BadSettings(
                f"the environment variable {variable} does not hold an address like"
                " https://host/path (http:// is taken for this machine only)"
            )
        return cls(address, variable)

    @property
    def is_set(self) -> bool:
        """Whether there is an address."""
        return bool(self._address)

    def send(self, text: str) -> None:
        """Sends a text.

        Raises:
            NotSent: if the other side does not say that it has taken it.
        """
        content = text.encode()[:MAX_BYTES].decode("utf-8", "ignore")
        body = {"msgtype": "text", "text": {"content": content}}
        request = urllib.request.Request(  # noqa: S310 - checked by `_is_address`
            self._address,
            json.dumps(body, ensure_ascii=False).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                said = answer.read(_MAX_ANSWER_BYTES)
        except HTTPError as error:
            raise NotSent(f"HTTP {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:  # some of them name the address
            raise NotSent(type(error).__name__) from None
        code = _code(said)
        if code:
            raise NotSent(f"errcode {code}")


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        local = parts.hostname in ("127.0.0.1", "localhost", "::1")
        parts.port  # noqa: B018 - raises if it is none
    except ValueError:
        return False
    is_plain = address.isascii() and address.isprintable() and " " not in address
    return bool(is_plain and parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and local)
    )


def _code(said: bytes) -> int:
    """Returns WeCom's error; 0 if there is none, or the answer is another program's."""
    try:
        answer = json.loads(said or b"{}")
    except ValueError:
        return 0
    code = answer.get("errcode", 0) if isinstance(answer, dict) else 0
    return code if isinstance(code, int) else 0
