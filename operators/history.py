"""Earlier versions of the files in `content/`: who changed what and when, and the way back.

A change by hand or by git is noticed when the pages look at a file, and kept as a version as well.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from operators.database import Database
from operators.fields import Field, fingerprint
from operators.journal import Deed, Journal
from operators.texts import moment
from operators.words import Conflict, Words, differences, text_at
from serving.tenants import DEFAULT

_MAX_NUMBER = 2**63 - 1  # of SQLite
OUTSIDE = ""  # who changes a file without these pages has no name here


@dataclass(frozen=True)
class Version:
    """A file as it was from a moment on.

    Attributes:
        number: counts all versions of all files.
        topic: which file.
        time: in seconds since 1970; of a change outside, when the file was written.
        who: the name of an account, or `OUTSIDE`.
        file: the text of the file.
        before: the file in the version before; empty if there is none.
    """

    number: int
    topic: str
    time: float
    who: str
    file: str
    before: str

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """What differs from the version before: path, text before, text after."""
        return differences(self.topic, self.before, self.file) if self.before else []


class History:
    """All versions, in the database."""

    def __init__(
        self, database: Database, journal: Journal, words: Words, tenant: str = DEFAULT
    ) -> None:
        """Takes whose files these are: a tenant has versions of its own."""
        self._tenant = tenant
        self._database = database
        self._journal = journal
        self._words = words

    def notice(self, topic: str) -> None:
        """Keeps the file as a version if it is not the last one."""
        file = self._words.read(topic)
        if self._last_fingerprint(topic) == fingerprint(file):
            return
        with self._database.transaction() as connection:
            self._add(connection, topic, self._words.changed_at(topic), OUTSIDE, file)

    def save(self, field: Field, text: str, base: str, who: str) -> None:
        """Changes a text: the file, a version, and a line in the journal.

        Args:
            field: the text as it is now.
            text: what it shall be.
            base: the fingerprint of the text that the editor has seen.
            who: the editor's account.

        Raises:
            Conflict: if somebody has changed the same text, or the file, meanwhile.
            Problem: if the text cannot be used.
        """
        if base != field.fingerprint:
            raise Conflict
        before = self._words.read(field.topic)
        file = self._words.with_text(field, text)
        deed, subject = Deed.TEXT_CHANGED, f"{field.topic}.{field.path}"
        self.put(field.topic, before, file, who, deed, subject)

    def restore(self, version: Version, base: str, who: str) -> None:
        """Makes a file what it was in a version.

        Args:
            version: the version.
            base: the fingerprint of the file that the editor has seen the differences to.
            who: the editor's account.

        Raises:
            Conflict: if the file has changed meanwhile.
            Problem: if the other files no longer go with it.
        """
        before = self._words.read(version.topic)
        if fingerprint(before) != base:
            raise Conflict
        self._words.check(version.topic, version.file)
        subject = f"{version.topic} {moment(version.time)}"
        self.put(version.topic, before, version.file, who, Deed.VERSION_RESTORED, subject)

    def versions(self, topic: str, count: int = 30) -> list[Version]:
        """Returns the newest versions of a file."""
        rows = self._database.read(
            "SELECT * FROM versions WHERE topic = ? AND tenant = ? ORDER BY number DESC LIMIT ?",
            topic,
            self._tenant,
            count + 1,
        )
        return list(_versions(rows))[:count]

    def version(self, number: int) -> Version | None:
        """Returns one version; None if the tenant has none of this number."""
        if number > _MAX_NUMBER:
            return None
        rows = self._database.read(
            "SELECT * FROM versions WHERE number <= ? AND tenant = ? AND topic ="
            " (SELECT topic FROM versions WHERE number = ? AND tenant = ?)"
            " ORDER BY number DESC LIMIT 2",
            number,
            self._tenant,
            number,
            self._tenant,
        )
        return next(_versions(rows), None)

    def of_text(self, topic: str, path: str) -> list[tuple[Version, str]]:
        """Returns the versions in which a text became another, with what it was before."""
        found = []
        for version in self.versions(topic, 200):
            before = text_at(topic, version.before, path) if version.before else ""
            if before and before != text_at(topic, version.file, path):
                found.append((version, before))
        return found

    def put(self, topic: str, before: str, file: str, who: str, deed: Deed, subject: str) -> None:
        """Keeps a file that was checked: in its place, as a version, and a line in the journal.

        Raises:
            Conflict: if it is no longer as it was before.
        """
        with self._database.transaction() as connection:
            self._add(connection, topic, time.time(), who, file)
            self._journal.note(connection, who, deed, subject)
            self._words.write(topic, before, file)

    def _add(
        self, connection: sqlite3.Connection, topic: str, moment: float, who: str, file: str
    ) -> None:
        compressed = zlib.compress(file.encode("utf-8"))
        connection.execute(
            "INSERT INTO versions (topic, time, who, fingerprint, file, tenant)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (topic, moment, who, fingerprint(file), compressed, self._tenant),
        )

    def _last_fingerprint(self, topic: str) -> str:
        rows = self._database.read(
            "SELECT fingerprint FROM versions WHERE topic = ? AND tenant = ?"
            " ORDER BY number DESC LIMIT 1",
            topic,
            self._tenant,
        )
        return rows[0]["fingerprint"] if rows else ""


def _versions(rows: list[sqlite3.Row]) -> Iterator[Version]:
    files = [zlib.decompress(row["file"]).decode("utf-8") for row in rows]
    for index, row in enumerate(rows):
        before = files[index + 1] if index + 1 < len(files) else ""
        yield Version(row["number"], row["topic"], row["time"], row["who"], files[index], before)
