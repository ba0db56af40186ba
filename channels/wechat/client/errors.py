"""What the platforms answer when they refuse, and what each refusal means for us; no I/O.

The codes are those of the platforms' lists of return codes. The message that comes with a code is
never used: it may hold addresses and ids of people, and the platforms say that it changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# never      refused, and it would be again
# later      refused for now, nothing was done
# token      the access token is not valid
# ambiguous  no answer that can be understood: it may have been done
# unreached  nothing was sent
# unknown    refused with a code that is in no list of ours
Kind = Literal["never", "later", "token", "ambiguous", "unreached", "unknown"]


class ApiError(Exception):
    """A call that a platform did not carry out, or may not have carried out.

    Attributes:
        code: the platform's `errcode`; None if it gave none.
        name: what it means, in a few English words.
        kind: what can be done about it, see Kind.
        doubtful: whether it may have been done all the same, by this try or an earlier one.
    """

    def __init__(
        self, code: int | None, name: str, kind: Kind, doubtful: bool | None = None
    ) -> None:
        super().__init__(name if code is None else f"{code}, {name}")
        self.code = code
        self.name = name
        self.kind = kind
        self.doubtful = kind == "ambiguous" if doubtful is None else doubtful


class TooLarge(ApiError):
    """An answer has more bytes than are read."""


class NoToken(ApiError):
    """There is no access token to be had, so nothing else was asked; it is in the log."""


@dataclass(frozen=True)
class Meaning:
    """What a code means.

    Attributes:
        name: in a few words.
        kind: see Kind.
        advice: what the operator can do; empty where there is nothing to do.
    """

    name: str
    kind: Kind
    advice: str = ""


_NOT_ALLOWED = "the address of this server is not allowed"
_HOURS = Meaning("the person's 48 hours are over", "never", "The rest waits for their next word.")
_COUNT = Meaning("the person's sends are used up", "never", "The rest waits for their next word.")
_EXPIRED = Meaning("the access token has expired", "token")
_SLOWER = "the platform's limit of calls is reached"

MEANINGS: dict[int, Meaning] = {
    -1: Meaning("the platform is busy", "later"),
    40001: Meaning(
        "the access token or the secret is not valid",
        "token",
        "Check the account's id and secret, and whether another system ends our tokens.",
    ),
    40014: Meaning(
        "the access token is not valid", "token", "Check the account's id and the secret."
    ),
    42001: _EXPIRED,
    40007: Meaning("there is no such file, or its three days are over", "never"),
    45009: Meaning(_SLOWER, "later", "See the console for the limits of a day."),
    45011: Meaning(f"{_SLOWER} for this minute", "later"),
    45033: Meaning("too many calls at once", "later"),
    45002: Meaning("the text is longer than the platform takes", "never"),
    45015: _HOURS,
    45047: _COUNT,
    48001: Meaning(
        "the account has no right to this call",
        "never",
        "See the console for the account's rights; an unverified one needs verified: false.",
    ),
    40164: Meaning(_NOT_ALLOWED, "never", "Enter it in the console: Basic settings, IP whitelist."),
    60020: Meaning(_NOT_ALLOWED, "never", "Enter it in WeCom's console: the app's trusted IPs."),
    95001: _COUNT,
    95002: _HOURS,
    95004: Meaning("there is no such KF account", "never", "Check the corp id and the KF account."),
    95013: Meaning(
        "the conversation is ended", "never", "The rest waits for the person's next word."
    ),
    95017: Meaning(
        "KF's API is switched off", "never", "Switch it on in WeCom's console: WeChat KF, API."
    ),
    95018: Meaning("the conversation's state allows no send", "never", "The next line says why."),
}
# These belong to the days of every account; the operator need not do anything.
USUAL = frozenset({40007, 45015, 45047, 95001, 95002, 95013, 95018})


def refusal(code: int) -> ApiError:
    """Returns the error for a code that is not 0."""
    meaning = MEANINGS.get(code)
    if meaning is None:
        return ApiError(code, "see the platform's list of return codes", "unknown")
    return ApiError(code, meaning.name, meaning.kind)
