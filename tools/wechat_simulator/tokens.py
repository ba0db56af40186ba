"""Access tokens of one account.

Rules: a token lives 7200 s (wechat.md, "Limits").
- `stable_token` gives the same token while it lives; in its last 5 minutes a new one, while the old
  one stays good to its end. A forced refresh ends the old one at once, at most 20 times a day, and
  one within 30 s of the last gives the token that is there (the platform's page on stable_token).
- `token` gives a new one every time, and the one before ends after 5 minutes. Both kinds know
  nothing of each other (same page).
- `gettoken` (WeCom) gives the same token while it lives, per app, and the token may die early.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass

from tools.wechat_simulator.clock import Clock
from tools.wechat_simulator.errors import Refusal

LIFE = 7200.0
OVERLAP = 300.0
FORCED_A_DAY = 20
FORCED_APART = 30.0
DAY = 86400.0
PLAIN_A_DAY = 2000


@dataclass
class Token:
    """One token: until when it is good, and the code that calls get when it is not.

    `corrupted`: calls with it are refused although the platform still gives it out.
    """

    value: str
    ends: float
    code: int = 42001
    corrupted: bool = False


class Tokens:
    """What the platform remembers of one account's tokens.

    Attributes:
        fetches: How many tokens were asked for, by kind: "stable", "forced", "plain", "corp".
        at_once: How many fetches are under way; `max_at_once` is the highest number so far.
        life: Seconds a new token lives.
        plain_a_day: How many tokens `token` gives in a day (reported in the platform's community).
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, Token] = {}
        self._current: dict[str, Token] = {}
        self._forced: list[float] = []
        self.fetches: Counter[str] = Counter()
        self.at_once = 0
        self.max_at_once = 0
        self.life = LIFE
        self.plain_a_day = PLAIN_A_DAY
        self._plain: list[float] = []

    def stable(self, force: bool = False) -> tuple[str, int]:
        """Returns a token and the seconds it still lives, as `stable_token` does."""
        self.fetches["forced" if force else "stable"] += 1
        now = self._clock.now()
        current = self._current.get("stable")
        if force:
            self._forced = [time for time in self._forced if time > now - DAY]
            recent = self._forced and now - self._forced[-1] < FORCED_APART
            if not recent or not self._alive(current):
                if len(self._forced) >= FORCED_A_DAY:
                    raise Refusal(45009)
                self._forced.append(now)
                if current:
                    self._end(current, now, 40001)
                current = self._issue("stable")
        elif not self._alive(current) or (current and current.ends - now <= OVERLAP):
            current = self._issue("stable")
        assert current
        return current.value, int(current.ends - now)

    def plain(self) -> tuple[str, int]:
        """Returns a new token, as `/cgi-bin/token` does; the last one ends in 5 minutes."""
        now = self._clock.now()
        self._plain = [other_token for other_token in self._plain if other_token > now - DAY]
        if len(self._plain) >= self.plain_a_day:
            raise Refusal(45009)
        self._plain.append(now)
        self.fetches["plain"] += 1
        last = self._current.get("plain")
        if last:
            self._end(last, min(last.ends, now + OVERLAP), 40001)
        token = self._issue("plain")
        return token.value, int(self.life)

    def corp(self) -> tuple[str, int]:
        """Returns the app's token, as WeCom's `gettoken` does."""
        self.fetches["corp"] += 1
        current = self._current.get("corp")
        if not self._alive(current):
            current = self._issue("corp")
        assert current
        return current.value, int(current.ends - self._clock.now())

    def check(self, value: str) -> None:
        """Passes a token of this account that is good.

        Raises:
            Refusal: 42001 for an expired one, 40001 for one that another has ended, or the code
                that a test has chosen.
        """
        token = self._issued[value]
        if token.corrupted or self._clock.now() >= token.ends:
            raise Refusal(token.code)

    def kill(self, code: int = 40001) -> None:
        """Ends every token before its time; calls with one get the code from now on."""
        for token in self._issued.values():
            self._end(token, min(token.ends, self._clock.now()), code)
        self._current.clear()

    def corrupt(self, code: int = 40001) -> None:
        """Makes every token useless while `stable_token` gives it out until a forced refresh."""
        for token in self._issued.values():
            token.corrupted, token.code = True, code

    def owns(self, value: str) -> bool:
        """Whether the token was given out for this account, living or not."""
        return value in self._issued

    def _alive(self, token: Token | None) -> bool:
        return token is not None and self._clock.now() < token.ends

    @staticmethod
    def _end(token: Token, ends: float, code: int) -> None:
        token.ends, token.code = ends, code

    def _issue(self, kind: str) -> Token:
        token = Token(secrets.token_urlsafe(96), self._clock.now() + self.life)
        self._issued[token.value] = token
        self._current[kind] = token
        return token
