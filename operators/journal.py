"""Who did what and when: a list that is only added to, and that shows when somebody has changed it.

Each entry is sealed together with the seal before it, by a key that is not in the database; the
last seal is kept in a file of its own, so that a list which was cut off at its end shows as well.
Who may act as the account that runs the server on this machine has the key: against that the list
cannot help, other than by a copy elsewhere of the last line of `make account ARGS=journal`.

It is one list for all tenants, so that nothing can be taken out of it; each sees its own entries.
"""

from __future__ import annotations

import enum
import json
import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from operators.database import Database
from operators.secret_key import SecretKey, same
from serving.tenants import DEFAULT

_PURPOSE = "journal"
_BEGINNING = "-"  # in the place of a seal, before the first entry
COMMAND_LINE = "command line"  # who acts where no account does


class Deed(enum.Enum):
    """What is noted; `texts.yml` has a sentence for each."""

    LOGGED_IN = "logged_in"
    LOG_IN_FAILED = "log_in_failed"
    LOGGED_OUT = "logged_out"
    ACCOUNT_ADDED = "account_added"
    ROLE_CHANGED = "role_changed"
    TENANT_CHANGED = "tenant_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - no password
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ACCOUNT_UNLOCKED = "account_unlocked"
    SESSIONS_ENDED = "sessions_ended"
    TEXT_CHANGED = "text_changed"
    VERSION_RESTORED = "version_restored"
    WEBHOOK_TRIED = "webhook_tried"
    UNCLEAR_DECIDED = "unclear_decided"
    UNCLEAR_GIVEN_BACK = "unclear_given_back"
    REVIEW_REMOVED = "review_removed"
    CONVERSATION_OPENED = "conversation_opened"
    QUESTION_SAVED = "question_saved"
    QUESTION_DELETED = "question_deleted"
    FACTS_SAVED = "facts_saved"


@dataclass(frozen=True)
class Entry:
    """One line of the journal.

    Attributes:
        number: from 1 on, without gaps.
        time: in seconds since 1970.
        who: the name of an account, or `COMMAND_LINE`.
        deed: what was done.
        subject: to what or whom; empty if that is clear.
        tenant: whose pages it was done on.
    """

    number: int
    time: float
    who: str
    deed: str
    subject: str
    tenant: str = DEFAULT


class Journal:
    """The list in the database, and the last seal beside it."""

    def __init__(
        self, database: Database, key: SecretKey, head: Path, tenant: str = DEFAULT
    ) -> None:
        """Takes where it is kept.

        Args:
            database: with the entries.
            key: for the seals.
            head: the file with the last seal.
            tenant: whose entries are added and shown.
        """
        self._tenant = tenant
        self._database = database
        self._key = key
        self._head = head
        if not head.exists() and not database.read("SELECT 1 FROM journal LIMIT 1"):
            self._keep_head(0, _BEGINNING)

    def of(self, tenant: str) -> Journal:
        """Returns the same list as a tenant sees it."""
        return Journal(self._database, self._key, self._head, tenant)

    def note(self, connection: sqlite3.Connection, who: str, deed: Deed, subject: str = "") -> None:
        """Adds an entry within the transaction of what it tells of: both are kept, or neither."""
        number, before = self._last(connection)
        number += 1
        said = [round(time.time(), 3), who, deed.value, subject]
        if self._tenant != DEFAULT:
            said.append(self._tenant)
        entry = json.dumps(said, ensure_ascii=False)
        seal = self._seal(number, before, entry)
        connection.execute("INSERT INTO journal VALUES (?, ?, ?)", (number, entry, seal))
        self._database.after_commit(lambda: self._keep_head(number, seal))

    def entries(self, before: int | None = None, count: int = 50) -> list[Entry]:
        """Returns the tenant's newest entries, of those below a number if one is given."""
        rows = self._database.read(
            "SELECT number, entry FROM journal WHERE number < ?"
            " AND coalesce(json_extract(entry, '$[4]'), '') = ? ORDER BY number DESC LIMIT ?",
            before if before is not None else 2**62,
            self._tenant,
            count,
        )
        return [Entry(row["number"], *json.loads(row["entry"])) for row in rows]

    def entries_of_all(self) -> list[Entry]:
        """Returns the entries of all tenants, in their order."""
        rows = self._database.read("SELECT number, entry FROM journal ORDER BY number")
        return [Entry(row["number"], *json.loads(row["entry"])) for row in rows]

    def log_ins_of(self, name: str, count: int = 8) -> list[Entry]:
        """Returns the last log-ins to an account, also those that failed, newest first."""
        deeds = (Deed.LOGGED_IN.value, Deed.LOG_IN_FAILED.value)
        rows = self._database.read(
            "SELECT number, entry FROM journal WHERE json_extract(entry, '$[1]') = ?"
            " AND json_extract(entry, '$[2]') IN (?, ?) ORDER BY number DESC LIMIT ?",
            name,
            *deeds,
            count,
        )
        return [Entry(row["number"], *json.loads(row["entry"])) for row in rows]

    def first_broken(self) -> int | None:
        """Returns the number of the first entry that is not as it was written; None if all are."""
        before = _BEGINNING
        expected = 1
        head = self._read_head()
        for row in self._database.read("SELECT number, entry, seal FROM journal ORDER BY number"):
            seal = self._seal(expected, before, row["entry"])
            if row["number"] != expected or not same(seal, row["seal"]):
                return expected
            if head and head[0] == expected and not same(head[1], seal):
                return expected
            before, expected = seal, expected + 1
        if head is None:
            return None if expected == 1 else expected
        return expected if head[0] >= expected else None

    def head(self) -> str:
        """Returns number and seal of the last entry, to be kept elsewhere."""
        rows = self._database.read("SELECT number, seal FROM journal ORDER BY number DESC LIMIT 1")
        return f"{rows[0]['number']} {rows[0]['seal']}" if rows else "0"

    def _last(self, connection: sqlite3.Connection) -> tuple[int, str]:
        """Returns number and seal of what the next entry is added to.

        Where entries were cut off, that is not the last one that is there: the gap must not close.
        """
        row = connection.execute(
            "SELECT number, seal FROM journal ORDER BY number DESC LIMIT 1"
        ).fetchone()
        last = (row["number"], row["seal"]) if row else (0, _BEGINNING)
        head = self._read_head()
        if head is None:
            return last if row is None else (last[0] + 1, "")
        return head if head[0] >= last[0] else last

    def _seal(self, number: int, before: str, entry: str) -> str:
        return self._key.sign(_PURPOSE, f"{number}\n{before}\n{entry}")

    def _keep_head(self, number: int, seal: str) -> None:
        draft = self._head.with_name(f"{self._head.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{number} {seal}\n")
        draft.replace(self._head)

    def _read_head(self) -> tuple[int, str] | None:
        try:
            number, seal = self._head.read_text(encoding="ascii").split()
            return int(number), seal
        except (OSError, ValueError):
            return None
