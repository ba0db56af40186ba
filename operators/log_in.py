"""Logging in: slower after each failure, by account and by address, and never closed for ever.

A browser in which somebody has logged in to an account before is known by a signed cookie, and its
failures are counted apart (OWASP calls it a device cookie): who guesses at an account from
elsewhere slows down others who do, not its owner at the usual desk.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from operators import passwords
from operators.accounts import Account, Accounts, Session
from operators.database import Database
from operators.journal import Deed, Journal
from operators.secret_key import SecretKey

_PURPOSE = "known browser"
UNKNOWN_NAME = "?"  # what was typed may be a password in the wrong field
_FORGOTTEN_SECONDS = 24 * 3600  # after which a count of failures begins anew


@dataclass(frozen=True)
class _Limit:
    """How failures slow down: some are free, then each doubles the wait.

    Attributes:
        free: how many may follow one another at once.
        max_seconds: how long one waits at most.
    """

    free: int
    max_seconds: float

    def wait(self, failures: int) -> float:
        """Returns how many seconds must lie between the last failure and the next try."""
        if failures < self.free:
            return 0.0
        return min(2.0 ** min(failures - self.free + 1, 30), self.max_seconds)


# An account from unknown browsers: a minute at most, or anybody could keep its owner out.
_LIMITS = {
    "account": _Limit(free=4, max_seconds=60),
    "address": _Limit(free=10, max_seconds=900),
    "browser": _Limit(free=5, max_seconds=900),
    "confirming": _Limit(free=5, max_seconds=900),
}


class TooSoon(Exception):
    """A try that was not looked at.

    Attributes:
        seconds: how long to wait, a whole number.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class LogIn:
    """Checks names and passwords, and counts failures."""

    def __init__(
        self,
        database: Database,
        accounts: Accounts,
        journal: Journal,
        key: SecretKey,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._journal = journal
        self._key = key
        self._clock = clock

    def attempt(self, name: str, password: str, address: str, browser: str) -> Session | None:
        """Logs in; None if name or password are wrong, and it does not tell which.

        Args:
            name: as it was typed.
            password: as it was typed.
            address: from where.
            browser: the cookie of a known browser, empty or forged if it is none.

        Raises:
            TooSoon: after failures; then nothing is looked at, and it counts as none.
        """
        account = self._accounts.find(name)
        subjects = self._subjects(account, name, address, browser)
        # Counted as a failure before it is known to be one, so that many at once count as many.
        self._count(subjects)
        kept = account.password if account and not account.disabled else None
        if not passwords.fits(kept, password) or account is None:
            with self._database.transaction() as connection:
                who = account.name if account else UNKNOWN_NAME
                journal = self._journal.of(account.home) if account else self._journal
                journal.note(connection, who, Deed.LOG_IN_FAILED)
            return None
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM failures WHERE subject = ?", (subjects[0],))
            # Of the address only this one: others' passwords could be guessed in between.
            for subject in subjects[1:]:
                connection.execute(
                    "UPDATE failures SET count = count - 1 WHERE subject = ? AND count > 0",
                    (subject,),
                )
        return self._accounts.begin_session(account, password)

    def confirm(self, account: Account, password: str) -> bool:
        """Tells whether who is logged in knows the password.

        Raises:
            TooSoon: after failures.
        """
        subject = f"confirming {account.id}"
        self._count([subject])
        if not passwords.fits(account.password, password):
            with self._database.transaction() as connection:
                self._journal.note(connection, account.name, Deed.LOG_IN_FAILED)
            return False
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM failures WHERE subject = ?", (subject,))
        return True

    def known_browser(self, account: Account) -> str:
        """Returns a cookie by which the browser is known next time."""
        text = f"{account.id}.{secrets.token_urlsafe(16)}"
        return f"{text}.{self._key.sign(_PURPOSE, text)}"

    def unlock(self, name: str, who: str) -> None:
        """Forgets all failures; `name` is whose trouble it was about."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM failures")
            self._journal.note(connection, who, Deed.ACCOUNT_UNLOCKED, name)

    def _subjects(
        self, account: Account | None, name: str, address: str, browser: str
    ) -> Sequence[str]:
        text, _, signature = browser.rpartition(".")
        if (
            account
            and text.startswith(f"{account.id}.")
            and self._key.is_signed(_PURPOSE, text, signature)
        ):
            return (f"browser {text}",)
        # A name that is none is slowed down like one that is, or one could tell them apart.
        whose = str(account.id) if account else self._key.sign("unknown name", name[:100])[:16]
        return (f"account {whose}", f"address {address}")

    def _count(self, subjects: Sequence[str]) -> None:
        now = self._clock()
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM failures WHERE last < ?", (now - _FORGOTTEN_SECONDS,))
            wait = 0.0
            for subject in subjects:
                row = connection.execute(
                    "SELECT count, last FROM failures WHERE subject = ?", (subject,)
                ).fetchone()
                if row:
                    limit = _LIMITS[subject.partition(" ")[0]]
                    passed = now - row["last"]
                    if passed >= 0:  # else the clock was set back: nobody waits for it
                        wait = max(wait, limit.wait(row["count"]) - passed)
            if wait > 0:
                raise TooSoon(int(wait) + 1)
            for subject in subjects:
                connection.execute(
                    "INSERT INTO failures VALUES (?, 1, ?) ON CONFLICT (subject)"
                    " DO UPDATE SET count = count + 1, last = excluded.last",
                    (subject, now),
                )
