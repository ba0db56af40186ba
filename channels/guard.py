"""The guard in front of every channel: what may come in, how much of it, and how often.

Secrets are hidden (`channels.redaction`), odd characters taken out (`channels.characters`), sizes
and rates limited, and typed text stays text. Each channel makes one `Guard` from its settings in
`credentials.yml`. Who asks is in `channels.addresses`, how it is refused in `channels.refusals`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from channels.addresses import Addresses
from channels.bounds import Networks, PerMinute
from channels.characters import clean
from channels.rate import Limit, Rates
from channels.read_texts import redact_again
from channels.redaction import EMPTY, Memory
from channels.refusals import BadRequest, refuse_haste
from serving.admission import CEILING_BYTES
from serving.settings import Bounds, Says

_COMMAND = re.compile(r"[\s/]*")
HeaderName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"),
    Says("is no name like X-Forwarded-For"),
]


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

    max_characters: Annotated[int, Bounds(1, 1_000_000)] = 2_000
    max_bytes: Annotated[int, Bounds(1_024, 16 * 1024 * 1024)] = 64 * 1024
    messages_per_minute: PerMinute = 15
    messages_per_minute_per_address: PerMinute = 240
    trusted_proxies: Networks = ()
    address_header: HeaderName | None = None


@dataclass(frozen=True)
class PictureLimits:
    """How many pictures one may send, and how large; the names are those of the settings.

    Attributes:
        pictures_per_minute: of one session; 0: pictures are not taken.
        pictures_per_minute_per_address: of all sessions at one address; 0 for no limit.
        max_picture_bytes: of one picture; all else has `max_bytes`.
    """

    pictures_per_minute: PerMinute = 6
    pictures_per_minute_per_address: PerMinute = 60
    max_picture_bytes: Annotated[int, Bounds(1_024, CEILING_BYTES)] = 8 * 1024 * 1024


class Guard:
    """What all channels ask before they let something in.

    Attributes:
        limits: how much and how often.
        addresses: for whom a request asks.
        rates: counts.
    """

    def __init__(self, limits: Limits | None = None, rates: Rates | None = None) -> None:
        self.limits = limits or Limits()
        self.rates = rates or Rates()
        self._per_session = Limit("messages", self.limits.messages_per_minute)
        self._per_address = Limit(
            "messages at an address", self.limits.messages_per_minute_per_address
        )
        self.addresses = Addresses(self.limits.trusted_proxies, self.limits.address_header)

    def admit(self, session: str, address: str) -> None:
        """Counts one message.

        Raises:
            BadRequest: with 429 and the waiting time when there were too many.
        """
        refuse_haste(self.rates.admit(*self.counted(session, address)))

    def counted(self, session: str, address: str) -> tuple[tuple[Limit, str], ...]:
        """Returns what is counted of one message, for `Rates.admit`."""
        return (self._per_session, session), (self._per_address, address)

    def take_back(self, session: str, address: str) -> None:
        """Counts the last message no longer: it could not be kept, and will be sent again."""
        self.rates.take_back(*self.counted(session, address))

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
        return redact_again(self._plain(text, name), memory)

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
        words = redact_again(plain[start:], memory)
        return plain[:start] + words, words

    def _plain(self, text: object, name: str) -> str:
        if not isinstance(text, str):
            raise BadRequest(400, f'"{name}" is missing or not a text')
        maximum = self.limits.max_characters
        if len(text) > maximum:
            raise BadRequest(413, f'"{name}" is longer than {maximum} characters', "too_large")
        return clean(text)
