"""What goes between the platform and the bot, to be looked at: secrets left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from tools.wechat_simulator.account import Account, Call
from tools.wechat_simulator.envelopes import Request
from tools.wechat_simulator.pushes import Attempt, Push, Pusher

# Keys, tokens, signatures, encrypted texts and people's ids are long, and no words.
_LONG = re.compile(r"(?=[\w+/=-]{0,200}?[A-Z0-9])([\w+/=-]{6})[\w+/=-]{14,}", re.ASCII)
HIDDEN = "***"


@dataclass(frozen=True)
class Tapped:
    """One try of a push."""

    at: float
    push: Push
    request: Request
    attempt: Attempt


class TappedPusher(Pusher):
    """A pusher that keeps its requests."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.urls = account.urls
        self.tapped: list[Tapped] = []

    async def _attempt(self, push: Push, request: Request) -> Attempt:
        at = self._account.clock.now()
        attempt = await super()._attempt(push, request)
        self.tapped.append(Tapped(at, push, request, attempt))
        return attempt


class Tap:
    """The traffic of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._pusher = TappedPusher(account)
        account.pusher = self._pusher
        self._pushes = self._calls = 0

    def start_anew(self) -> None:
        """Begins anew: what was before is not shown any more."""
        self._pushes, self._calls = len(self._pusher.tapped), len(self._account.calls)

    def lines(self) -> Iterator[str]:
        """Yields the requests and answers since `start_anew`, in their order."""
        both: list[tuple[float, list[str]]] = [
            *((push.at, self._push(push)) for push in self._pusher.tapped[self._pushes :]),
            *((call.at, self._call(call)) for call in self._account.calls[self._calls :]),
        ]
        for _, lines in sorted(both, key=lambda move: move[0]):
            yield from lines

    def _push(self, tapped: Tapped) -> list[str]:
        query = "&".join(
            f"{name}={self._short(value)}" for name, value in tapped.request.query.items()
        )
        lines = [
            f"platform -> bot  POST {urlsplit(tapped.attempt.url).path}?{query}",
            f"    {self._short(tapped.request.body.decode())}",
        ]
        if b"Encrypt" in tapped.request.body:
            inside = json.dumps(tapped.push.fields, ensure_ascii=False)
            lines.append(f"    inside: {self._short(inside)}")
        body = self._short(tapped.attempt.body.decode("utf-8", "replace"))
        lines.append(
            f"    <- {tapped.attempt.status} in {tapped.attempt.took:.2f} s: {body or '(empty)'}"
        )
        if tapped.attempt.answer and tapped.attempt.answer.encrypted:
            lines.append(f"    inside: {tapped.attempt.answer.kind} {tapped.attempt.answer.text!r}")
        return lines

    def _call(self, call: Call) -> list[str]:
        answer = json.dumps(call.answer, ensure_ascii=False)
        body = self._short(call.body.decode("utf-8", "replace"))
        return [f"bot -> platform  {call.path}", f"    {body}", f"    <- {self._short(answer)}"]

    def _short(self, text: str) -> str:
        """Returns a text in which what only machines read is shortened."""
        for secret in (self._account.secret, self._account.token, self._account.aes_key):
            text = text.replace(secret, HIDDEN)
        return _LONG.sub(r"\1…", text)
