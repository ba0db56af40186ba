"""Accounts, their roles and their sessions."""

from __future__ import annotations

import enum
import hashlib
import re
import secrets
import sqlite3
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from operators import passwords
from operators.database import Database
from operators.journal import Deed, Journal
from operators.settings import Settings
from serving.tenants import DEFAULT

_NAME = re.compile(r"\w[\w.-]{1,31}")
_TOKEN_BYTES = 32
ALL = "*"  # in the place of a tenant: the account may see the pages of every one
_NOTE_USE_SECONDS = 60  # how exactly it is known when a session was used last


class Role(enum.Enum):
    """What an account may do; each may also do what those before it may."""

    READER = "reader"
    EDITOR = "editor"
    OWNER = "owner"

    def may(self, needed: Role) -> bool:
        """Tells whether this role is enough where another is needed."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class NotPossible(ValueError):
    """An account cannot be changed as wished; the message says why, in one line."""


@dataclass(frozen=True)
class Account:
    """One account.

    Attributes:
        id: never used again for another.
        name: by which one logs in.
        role: what it may do.
        password: what is kept of its password.
        disabled: whether it cannot log in for the time being.
        tenant: whose pages it may see; `ALL` for those of every tenant, as it chooses.
    """

    id: int
    name: str
    role: Role
    password: str
    disabled: bool
    tenant: str = DEFAULT

    @property
    def home(self) -> str:
        """The tenant among whose accounts it is, in whose journal its log-ins stand."""
        return DEFAULT if self.tenant == ALL else self.tenant


@dataclass(frozen=True)
class Session:
    """One log-in that has not ended.

    Attributes:
        account: whose it is.
        token: the secret in the cookie.
        form_token: stands in each form, so that no other site can send one. It is another for each
            tenant: what was filled in on the pages of one is not taken for another.
        created: when, in seconds since 1970.
        tenant: whose pages are shown.
    """

    account: Account
    token: str
    form_token: str
    created: float
    tenant: str = DEFAULT


class Accounts:
    """All accounts and sessions. What changes is noted in the journal in the same transaction."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        settings: Settings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._journal = journal
        self._settings = settings
        self._clock = clock

    def all(self) -> list[Account]:
        """Returns all accounts by name."""
        rows = self._database.read("SELECT * FROM accounts ORDER BY name")
        return [_account(row) for row in rows]

    def find(self, name: str) -> Account | None:
        """Returns the account of a name, in whatever letters it was typed."""
        rows = self._database.read("SELECT * FROM accounts WHERE name = ?", normal_name(name))
        return _account(rows[0]) if rows else None

    def of(self, tenant: str) -> list[Account]:
        """Returns the accounts that may see a tenant's pages and no others, by name."""
        return [account for account in self.all() if account.tenant == tenant]

    def add(self, name: str, role: Role, password: str, who: str, tenant: str = DEFAULT) -> Account:
        """Makes an account.

        Args:
            name: by which one logs in.
            role: what it may do.
            password: its password.
            who: makes it.
            tenant: whose pages it may see, or `ALL`.

        Raises:
            NotPossible: if the name is none or is taken, or the password is weak.
        """
        name = normal_name(name)
        if not _NAME.fullmatch(name):
            raise NotPossible(
                "a name has 2 to 32 letters or digits, also . _ and - after the first"
            )
        _refuse_weak(password, name)
        kept = passwords.kept_form(password)
        with self._database.transaction() as connection:
            if connection.execute("SELECT 1 FROM accounts WHERE name = ?", (name,)).fetchone():
                raise NotPossible(f"there is an account {name} already")
            connection.execute(
                "INSERT INTO accounts (name, role, password, created, tenant)"
                " VALUES (?, ?, ?, ?, ?)",
                (name, role.value, kept, self._clock(), tenant),
            )
            journal = self._journal.of(DEFAULT if tenant == ALL else tenant)
            journal.note(connection, who, Deed.ACCOUNT_ADDED, f"{name} {role.value}")
        return self.known(name)

    def set_password(self, name: str, password: str, who: str) -> None:
        """Changes a password; every session of the account ends.

        Raises:
            NotPossible: if there is no such account, or the password is weak.
        """
        account = self.known(name)
        _refuse_weak(password, account.name)
        kept = passwords.kept_form(password)
        with self._database.transaction() as connection:
            connection.execute("UPDATE accounts SET password = ? WHERE id = ?", (kept, account.id))
            _end_sessions(connection, account)
            self._of(account).note(connection, who, Deed.PASSWORD_CHANGED, account.name)

    def set_role(self, name: str, role: Role, who: str) -> None:
        """Changes what an account may do.

        Raises:
            NotPossible: if there is no such account, or no owner would be left.
        """
        account = self.known(name)
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE accounts SET role = ? WHERE id = ?", (role.value, account.id)
            )
            _need_owner(connection)
            subject = f"{account.name} {role.value}"
            self._of(account).note(connection, who, Deed.ROLE_CHANGED, subject)

    def set_tenant(self, name: str, tenant: str, who: str) -> None:
        """Changes whose pages an account may see; its sessions end.

        Raises:
            NotPossible: if there is no such account, or no owner would be left.
        """
        account = self.known(name)
        with self._database.transaction() as connection:
            connection.execute("UPDATE accounts SET tenant = ? WHERE id = ?", (tenant, account.id))
            _need_owner(connection)
            _end_sessions(connection, account)
            # Both hear of it: those who lose an account, and those who get one.
            for home in {account.home, DEFAULT if tenant == ALL else tenant}:
                journal = self._journal.of(home)
                journal.note(
                    connection, who, Deed.TENANT_CHANGED, f"{account.name} {tenant or '-'}"
                )

    def set_disabled(self, name: str, disabled: bool, who: str) -> None:
        """Lets an account no longer in, or in again; its sessions end.

        Raises:
            NotPossible: if there is no such account, or no owner would be left.
        """
        account = self.known(name)
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE accounts SET disabled = ? WHERE id = ?", (int(disabled), account.id)
            )
            _need_owner(connection)
            _end_sessions(connection, account)
            deed = Deed.ACCOUNT_DISABLED if disabled else Deed.ACCOUNT_ENABLED
            self._of(account).note(connection, who, deed, account.name)

    def begin_session(self, account: Account, password: str) -> Session | None:
        """Logs an account in that has proven who it is; the token is new at each log-in.

        None if the password was changed, or the account disabled, since it was looked at.
        """
        now = self._clock()
        token, form_token = secrets.token_urlsafe(_TOKEN_BYTES), secrets.token_urlsafe(_TOKEN_BYTES)
        outdated = passwords.is_outdated(account.password)
        kept = passwords.kept_form(password) if outdated else account.password
        with self._database.transaction() as connection:
            same = connection.execute(
                "UPDATE accounts SET password = ? WHERE id = ? AND password = ? AND NOT disabled",
                (kept, account.id, account.password),
            )
            if same.rowcount != 1:
                return None
            connection.execute(
                "DELETE FROM sessions WHERE created < ? OR seen < ?", self._oldest(now)
            )
            connection.execute(
                "INSERT INTO sessions (token, account, form_token, created, seen)"
                " VALUES (?, ?, ?, ?, ?)",
                (_hashed(token), account.id, form_token, now, now),
            )
            self._of(account).note(connection, account.name, Deed.LOGGED_IN)
        return _session(account, token, form_token, now, DEFAULT)

    def session(self, token: str) -> Session | None:
        """Returns the session of a token, and notes its use; None if it has ended."""
        now = self._clock()
        rows = self._database.read(
            "SELECT accounts.*, form_token, sessions.created AS begun, seen,"
            " sessions.tenant AS chosen FROM sessions"
            " JOIN accounts ON accounts.id = sessions.account"
            " WHERE token = ? AND NOT disabled AND sessions.created >= ? AND seen >= ?",
            _hashed(token),
            *self._oldest(now),
        )
        if not rows:
            return None
        row = rows[0]
        if now - row["seen"] > min(_NOTE_USE_SECONDS, self._settings.idle_seconds / 10):
            with self._database.transaction() as connection:
                connection.execute(
                    "UPDATE sessions SET seen = ? WHERE token = ?", (now, _hashed(token))
                )
        return _session(_account(row), token, row["form_token"], row["begun"], row["chosen"])

    def choose(self, session: Session, tenant: str) -> None:
        """Has a session show the pages of another tenant; only that of an account for all may.

        Raises:
            NotPossible: if the account is bound to a tenant.
        """
        if session.account.tenant != ALL:
            raise NotPossible("this account sees the pages of one tenant")
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE sessions SET tenant = ? WHERE token = ?", (tenant, _hashed(session.token))
            )

    def session_count(self, account: Account) -> int:
        """Returns how many sessions of an account have not ended."""
        rows = self._database.read(
            "SELECT COUNT(*) AS count FROM sessions"
            " WHERE account = ? AND created >= ? AND seen >= ?",
            account.id,
            *self._oldest(self._clock()),
        )
        return int(rows[0]["count"])

    def end_session(self, session: Session) -> None:
        """Logs out."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE token = ?", (_hashed(session.token),))
            self._of(session.account).note(connection, session.account.name, Deed.LOGGED_OUT)

    def end_other_sessions(self, session: Session) -> None:
        """Logs the same account out everywhere else."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM sessions WHERE account = ? AND token != ?",
                (session.account.id, _hashed(session.token)),
            )
            name = session.account.name
            self._of(session.account).note(connection, name, Deed.SESSIONS_ENDED, name)

    def end_sessions_of(self, name: str, who: str) -> None:
        """Logs an account out everywhere.

        Raises:
            NotPossible: if there is no such account.
        """
        account = self.known(name)
        with self._database.transaction() as connection:
            _end_sessions(connection, account)
            self._of(account).note(connection, who, Deed.SESSIONS_ENDED, account.name)

    def _of(self, account: Account) -> Journal:
        return self._journal.of(account.home)

    def _oldest(self, now: float) -> tuple[float, float]:
        return now - self._settings.max_seconds, now - self._settings.idle_seconds

    def known(self, name: str) -> Account:
        """Returns the account of a name.

        Raises:
            NotPossible: if there is none.
        """
        account = self.find(name)
        if account is None:
            raise NotPossible(f"there is no account {name}")
        return account


def normal_name(name: str) -> str:
    """Returns a name as it is kept: the same in small and capital, narrow and wide letters."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def _account(row: sqlite3.Row) -> Account:
    return Account(
        row["id"],
        row["name"],
        Role(row["role"]),
        row["password"],
        bool(row["disabled"]),
        row["tenant"],
    )


def _session(account: Account, token: str, form_token: str, begun: float, chosen: str) -> Session:
    """Returns a session with the tenant whose pages it shows."""
    tenant = chosen if account.tenant == ALL else account.tenant
    if tenant != DEFAULT:
        form_token = _hashed(f"{form_token} {tenant}")
    return Session(account, token, form_token, begun, tenant)


def _refuse_weak(password: str, name: str) -> None:
    weakness = passwords.weakness(password, name)
    if weakness is passwords.Weakness.TOO_SHORT:
        raise NotPossible(f"a password has {passwords.MIN_LENGTH} characters or more")
    if weakness:
        raise NotPossible(f"this password is not taken: {weakness.value.replace('_', ' ')}")


def _need_owner(connection: sqlite3.Connection) -> None:
    """Refuses a change after which nobody could see the default's journal or accounts."""
    found = connection.execute(
        "SELECT 1 FROM accounts WHERE role = ? AND NOT disabled AND tenant IN (?, ?)",
        (Role.OWNER.value, DEFAULT, ALL),
    ).fetchone()
    if not found:
        raise NotPossible("no owner would be left: make another one first")


def _end_sessions(connection: sqlite3.Connection, account: Account) -> None:
    connection.execute("DELETE FROM sessions WHERE account = ?", (account.id,))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
