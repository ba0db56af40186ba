"""Passwords of accounts: which are taken, and how they are kept (argon2id)."""

from __future__ import annotations

import enum
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
MAX_LENGTH = 200
_MIN_DIFFERENT = 6
_AT_ONCE = threading.Semaphore(2)  # 64 MiB each
_hasher = PasswordHasher()  # RFC 9106, second recommended option
# Checked when there is no such account, so that an answer takes as long as with one.
_NOBODY = _hasher.hash("nobody has this password")


class Weakness(enum.Enum):
    """Why a password is not taken; `texts.yml` has a sentence for each."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_PLAIN = "too_plain"
    HOLDS_NAME = "holds_name"


def weakness(password: str, name: str) -> Weakness | None:
    """Tells why a password is not good enough for an account; None if it is."""
    text = _normal(password)
    if len(text) < MIN_LENGTH:
        return Weakness.TOO_SHORT
    if len(text) > MAX_LENGTH:
        return Weakness.TOO_LONG
    if name.casefold() in text.casefold():
        return Weakness.HOLDS_NAME
    if len(set(text)) < _MIN_DIFFERENT or text.isdecimal():
        return Weakness.TOO_PLAIN
    return None


def kept_form(password: str) -> str:
    """Returns what is kept of a password."""
    with _AT_ONCE:
        return _hasher.hash(_normal(password))


def fits(kept: str | None, password: str) -> bool:
    """Tells whether it is the password that was kept; takes its time also if none was."""
    if len(password) > MAX_LENGTH:
        return False
    with _AT_ONCE:
        try:
            return _hasher.verify(kept or _NOBODY, _normal(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Tells whether a password should be kept anew, as the parameters have become stronger."""
    return _hasher.check_needs_rehash(kept)


def _normal(password: str) -> str:
    """The same letters from any keyboard are the same password."""
    return unicodedata.normalize("NFKC", password)
