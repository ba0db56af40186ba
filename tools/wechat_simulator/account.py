"""What the three kinds of account have in common, as the operator sees it in the console."""

from __future__ import annotations

import asyncio
import secrets
import string
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from tools.wechat_simulator.clock import Clock
from tools.wechat_simulator.envelopes import sealed_query
from tools.wechat_simulator.errors import Refusal
from tools.wechat_simulator.media import Media
from tools.wechat_simulator.pushes import Pusher, UrlCheck, check_url
from tools.wechat_simulator.rate import Rate
from tools.wechat_simulator.tokens import Tokens

LETTERS = string.ascii_letters + string.digits


def random_letters(count: int) -> str:
    """Returns so many random letters and digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(count))


@dataclass
class Failure:
    """Something people would have noticed, or the operator should know.

    Attributes:
        at: When, by the fake's clock.
        person: The id of the person, or "".
        why: What was wrong with the bot's answer.
    """

    at: float
    person: str
    why: str


@dataclass
class Call:
    r"""One call of an API.

    Attributes:
        path: Such as "/cgi-bin/message/custom/send".
        at: When, by the fake's clock.
        body: The raw body.
        fields: What the body says, empty if it is malformed.
        answer: What was answered; None while it is not, or when a fault answered. For a file, how
            large it is.
        escaped: Whether the body holds \\uXXXX escapes, which people would be shown.
    """

    path: str
    at: float
    body: bytes
    fields: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] | None = None
    escaped: bool = False


class Account:
    """One account: its secrets, its switches and its people.

    Attributes:
        id: The appid, or the corpid of WeCom.
        secret: The app secret.
        token: The token of the push settings.
        aes_key: The EncodingAESKey that pushes are encrypted with; change it to rotate it.
        mode: "plain", "compatible" or "safe" (KF is always encrypted).
        format: "xml" or "json".
        pusher: How pushes are delivered, with switches, and all pushes so far (`pusher.pushes`).
        tokens: The access tokens, with counters.
        rate: Calls per minute.
        media: The files of this account.
        ip_allowed: False answers calls as from an address that is not allowed.
        calls: Every call of this account's APIs.
        failures: Where people were shown that the service is out of order.
        warnings: What works but should not be done.
    """

    kind = ""
    ip_refused = 40164

    def __init__(self, clock: Clock, spawn: Any, **settings: Any) -> None:
        self.clock = clock
        self._spawn = spawn
        self.name = ""
        self.id = "wx" + secrets.token_hex(8)
        self.secret = secrets.token_hex(16)
        self.token = random_letters(16)
        self.aes_key = random_letters(42) + "A"
        self.mode = "safe"
        self.format = "xml"
        self.ip_allowed = True
        self.calls: list[Call] = []
        self.failures: list[Failure] = []
        self.warnings: list[Failure] = []
        self.pusher = Pusher(self)
        self.tokens = Tokens(clock)
        self.media = Media(clock)
        self.rate = self._rate()
        for name, value in settings.items():
            if not hasattr(self, name):
                raise TypeError(f"no setting {name}")
            setattr(self, name, value)

    def _rate(self) -> Rate:
        return Rate(self.clock, 45011, blocks=False)

    @property
    def urls(self) -> list[str]:
        """The URLs that pushes go to, in turn: one, or one for each worker."""
        return self.pusher.urls

    @urls.setter
    def urls(self, value: list[str]) -> None:
        self.pusher.urls = value

    @property
    def original_id(self) -> str:
        """The receiver's name in pushes: the account's original id, or the corpid."""
        return "gh_" + self.id[-12:]

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs the work in the fake's event loop."""
        task: asyncio.Task[Any] = self._spawn(work)
        return task

    def admit(self, path: str) -> None:
        """Passes a call that this account may make.

        Raises:
            Refusal: The address is not allowed, or there were too many calls.
        """
        if not self.ip_allowed:
            raise Refusal(self.ip_refused)
        self.rate.count(path)

    def fail(self, person: str, why: str) -> None:
        """Records that the bot's answer was no good."""
        self.failures.append(Failure(self.clock.now(), person, why))

    def warn(self, person: str, why: str) -> None:
        """Records something that works but should not be done."""
        self.warnings.append(Failure(self.clock.now(), person, why))

    async def check_url(self, url: str = "") -> UrlCheck:
        """Checks the URL as the console does when the operator saves the settings."""
        return await check_url(self, url or self.urls[0])

    def called(self, path: str) -> list[Call]:
        """Returns the calls of one path."""
        return [call for call in self.calls if call.path == path]

    @property
    def refusals(self) -> Counter[int]:
        """How often each error code was answered, 0 left out."""
        codes = [(call.answer or {}).get("errcode", 0) for call in self.calls]
        return Counter(code for code in codes if code)

    def query(self, fields: dict[str, str]) -> dict[str, str]:
        """Returns signed query arguments for a hand-made request (hostile ones, in tests)."""
        return sealed_query(self, fields)
