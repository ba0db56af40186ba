"""Databases that only their owner may read."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

# SQLite gives a journal the mode that its database has when the journal is made; one that was
# left behind by a kill keeps its own (sqlite.org, "Temporary Files Used By SQLite").
JOURNALS = ("-wal", "-shm", "-journal")


def make_private(database: Path) -> None:
    """Makes a SQLite file, if it is not there, and lets nobody but its owner read or write it.

    To be called before SQLite opens the file, so that there is no moment in which others may read
    it. Journals that are there already are made private too.

    Raises:
        OSError: if the file cannot be made, or belongs to somebody else.
    """
    # One that is there is not opened: to close it again would free the locks that SQLite holds on
    # it elsewhere in this process (sqlite.org, "How To Corrupt An SQLite Database", 2.2).
    with contextlib.suppress(FileExistsError):
        os.close(os.open(database, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if database.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(database))
    for suffix in ("", *JOURNALS):
        with contextlib.suppress(FileNotFoundError):
            Path(f"{database}{suffix}").chmod(0o600)
