"""The guard in front of every channel: what may come in, how much of it, and how often.

Secrets are hidden (`channels.redaction`), odd characters taken out, sizes and rates limited, and
typed text stays text. Each channel makes one `Guard` from its settings in `credentials.yml`.
"""

from __future__ import annotations

import ipaddress
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from rasa.shared.exceptions import RasaException

from channels.rate import RateLimit
from channels.redaction import EMPTY, Memory, redact

WEBSITE_PREFIX = "website-"  # of the senders that the website alone may name
WECHAT_PREFIX = "wechat-"  # and of WeChat's
_LINE_ENDS = str.maketrans("\u2028\u2029", "\n\n")
_COMMAND = re.compile(r"[\s/]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class BadSettings(RasaException):
    """Settings that would not do what their author wants; Rasa shows the message and ends."""


class BadRequest(ValueError):
    """A request that cannot be served.

    Attributes:
        status: the HTTP status that says so.
        code: one word for programs, such as `too_large`.
        retry_after: how many seconds to wait before it can be served, if waiting helps.
    """

    def __init__(
        self, status: int, problem: str, code: str = "bad_request", retry_after: int | None = None
    ) -> None:
        super().__init__(problem)
        self.status = status
        self.code = code
        self.retry_after = retry_after


@dataclass(frozen=True)
class Bounds:
    """What a number in the settings may be, both ends included."""

    minimum: float
    maximum: float
    whole: bool = False

    def check(self, location: str, name: str, value: object) -> None:
        """Raises BadSettings, with the location and the name, unless a value is such a number."""
        number = int if self.whole else (int, float)
        if (
            isinstance(value, bool)
            or not isinstance(value, number)
            or not self.minimum <= value <= self.maximum  # also false for what is no number (.nan)
        ):
            kind = "whole number" if self.whole else "number"
            raise BadSettings(
                f"{location}: {name} is not a {kind} from {self.minimum:,} to {self.maximum:,}."
            )


PER_MINUTE = Bounds(0, 100_000, whole=True)
_BOUNDS = {
    "max_characters": Bounds(1, 1_000_000, whole=True),
    "max_bytes": Bounds(1_024, 16 * 1024 * 1024, whole=True),
    "messages_per_minute": PER_MINUTE,
    "messages_per_minute_per_address": PER_MINUTE,
}


@dataclass(frozen=True)
class Limits:
    """How much and how often one may write; the names are those of the settings.

    Attributes:
        max_characters: of one text.
        max_bytes: of the body of a request.
        messages_per_minute: of one session; 0 for no limit.
        messages_per_minute_per_address: of all sessions at one address; 0 for no limit.
        trusted_proxies: addresses or networks that may say for whom they ask.
        address_header: the header in which they say it; without it, nobody is believed.
    """

    max_characters: int = 2_000
    max_bytes: int = 64 * 1024
    messages_per_minute: int = 15
    messages_per_minute_per_address: int = 240
    trusted_proxies: tuple[str, ...] = ()
    address_header: str | None = None

    @classmethod
    def from_settings(
        cls, settings: Mapping[str, Any] | None, location: str = "credentials.yml"
    ) -> Limits:
        """Takes what is a limit from a channel's settings; the rest keeps its default.

        Raises:
            BadSettings: with the location where they stand, if one is no limit.
        """
        names = {field.name for field in fields(cls)}
        known = {name: value for name, value in (settings or {}).items() if name in names}
        for name, bounds in _BOUNDS.items():
            if name in known:
                bounds.check(location, name, known[name])
        if "trusted_proxies" in known:
            known["trusted_proxies"] = networks(
                location, "trusted_proxies", known["trusted_proxies"]
            )
        header = known.get("address_header")
        if header is not None and not (isinstance(header, str) and _HEADER.fullmatch(header)):
            raise BadSettings(f"{location}: address_header is no name like X-Forwarded-For.")
        return cls(**known)


class Guard:
    """What all channels ask before they let something in."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._per_session = RateLimit(self.limits.messages_per_minute)
        self._per_address = RateLimit(self.limits.messages_per_minute_per_address)
        self._proxies = [
            ipaddress.ip_network(proxy, strict=False) for proxy in self.limits.trusted_proxies
        ]

    def admit(self, session: str, address: str) -> None:
        """Counts one message.

        Raises:
            BadRequest: with 429 and the waiting time when there were too many.
        """
        refuse_haste(max(self._per_session.wait(session), self._per_address.wait(address)))
        self._per_session.count(session)
        self._per_address.count(address)

    def read(self, body: bytes) -> dict[str, Any]:
        """Returns the JSON object in a body.

        Raises:
            BadRequest: with 413 if it is too large, with 400 if it is no JSON object in UTF-8.
        """
        if len(body) > self.limits.max_bytes:
            raise self.too_large()
        try:
            data = json.loads(body.decode("utf-8"))
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            raise BadRequest(400, "the body is not JSON in UTF-8") from error
        if not isinstance(data, dict):
            raise BadRequest(400, "the body is not a JSON object")
        return data

    def too_large(self) -> BadRequest:
        """Returns the refusal of a body that is too large."""
        problem = f"the body is longer than {self.limits.max_bytes} bytes"
        return BadRequest(413, problem, "too_large")

    def text(self, text: object, name: str = "message", memory: Memory = EMPTY) -> str:
        """Returns a text, cleaned and with its secrets hidden.

        Args:
            text: what came.
            name: of the field, for the refusal.
            memory: what the person's messages before it have announced.

        Raises:
            BadRequest: with 413 if it is too long, with 400 if it is none.
        """
        return redact(self._plain(text, name), memory)

    def typed(self, text: object, name: str = "text", memory: Memory = EMPTY) -> tuple[str, str]:
        """Returns a typed text twice: to show it, and for Rasa, where no slash may lead it.

        Rasa runs what begins with a slash as a command. The slashes are kept in the first only.
        The arguments are those of `text`.

        Raises:
            BadRequest: as `text` does.
        """
        plain = self._plain(text, name)
        slashes = _COMMAND.match(plain)
        start = slashes.end() if slashes else 0
        words = redact(plain[start:], memory)
        return plain[:start] + words, words

    def _plain(self, text: object, name: str) -> str:
        if not isinstance(text, str):
            raise BadRequest(400, f'"{name}" is missing or not a text')
        maximum = self.limits.max_characters
        if len(text) > maximum:
            raise BadRequest(413, f'"{name}" is longer than {maximum} characters', "too_large")
        return clean(text)

    def client(self, peer: str, headers: Mapping[str, str]) -> str:
        """Returns for whom `peer` asks, as it says it; itself if it is not believed or silent.

        A header is believed only from a trusted proxy; in a list, the last address counts that
        is no such proxy itself.
        """
        address = peer
        if self.limits.address_header and self.trusts(peer):
            named = ",".join(header_lines(headers, self.limits.address_header))
            for hop in reversed([part.strip() for part in named.split(",") if part.strip()]):
                address = hop
                if not self.trusts(hop):
                    break
        return address

    def address(self, peer: str, headers: Mapping[str, str]) -> str:
        """Returns the address to count for a request that came from `peer`.

        It is that of `client`. Of IPv6, the network of one household (/64) counts.
        """
        parsed = parsed_address(self.client(peer, headers)) or parsed_address(peer)
        if isinstance(parsed, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((parsed, 64), strict=False))
        return str(parsed or peer)

    def trusts(self, address: str) -> bool:
        """Tells whether an address is that of a trusted proxy."""
        parsed = parsed_address(address)
        return parsed is not None and any(parsed in proxy for proxy in self._proxies)


def refuse_haste(wait: int) -> None:
    """Raises a BadRequest with 429 if one must wait."""
    if wait:
        raise BadRequest(429, f"too many messages: wait {wait} s", "too_fast", wait)


def clean(text: str) -> str:
    """Returns `text` without control, zero-width, direction and broken (surrogate) characters.

    Unicode's own ends of lines and paragraphs become plain ones.
    """
    return "".join(
        character
        for character in text.translate(_LINE_ENDS)
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )


def networks(location: str, name: str, given: object) -> tuple[str, ...]:
    """Returns a list of addresses or networks from the settings.

    Raises:
        BadSettings: with the location and the name, if it is something else.
    """
    if given is None:
        return ()
    if not isinstance(given, list | tuple):
        raise BadSettings(f"{location}: {name} is not a list like [127.0.0.1, 10.0.0.0/8].")
    for network in given:
        try:
            if not isinstance(network, str):
                raise ValueError
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            problem = f"{network!r} in {name} is no address or network like 10.0.0.0/8"
            raise BadSettings(f"{location}: {problem}.") from None
    return tuple(given)


def header_lines(headers: Mapping[str, str], name: str) -> list[str]:
    """Returns all lines of a header in their order: a proxy may add one of its own."""
    getall = getattr(headers, "getall", None)
    if getall:
        return list(getall(name, []))
    return [headers[name]] if name in headers else []


def parsed_address(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Returns an address, of IPv4 even if it is written in IPv6; None if it is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
