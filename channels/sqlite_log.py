"""SQLite files whose commits go to a log first (`-wal`), and wait for no disk.

A kill loses nothing; a power cut may lose the last moments, never the file (sqlite.org,
"Write-Ahead Logging" and "PRAGMA synchronous"). What is deleted is overwritten in the file, and
stands in the log until that is emptied.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

logger = logging.getLogger(__name__)

SWITCH_SECONDS = 10.0  # so long others who use a file without a log are waited for
EMPTY_SECONDS = 5.0  # and others who read what stands in a log that is to be emptied
PAUSE_SECONDS = 0.05


def use_log(path: Path) -> None:
    """Has a file use a log from now on; where that cannot be, it goes on without, and says so."""
    try:
        with closing(sqlite3.connect(path, timeout=SWITCH_SECONDS)) as connection:
            mode = _mode(connection, "journal_mode = WAL")
    except sqlite3.OperationalError as error:
        mode = str(error)
    if mode != "wal":
        logger.warning("%s has no log, so each message waits for the disk: %s.", path.name, mode)


def prepare(connection: sqlite3.Connection, _: object = None) -> None:
    """Sets what holds for one connection: only with a log need a commit not wait for the disk."""
    level = "NORMAL" if _mode(connection, "journal_mode") == "wal" else "FULL"
    for setting in (f"synchronous = {level}", "secure_delete = ON"):
        connection.execute(f"PRAGMA {setting}")


def empty_log(path: Path) -> None:
    """Writes the log into the file and empties it, with what was deleted; nobody is kept waiting.

    While others read what stands in it, it is tried again for some seconds; then the log is left to
    the next time, and a warning says so.
    """
    end = time.monotonic() + EMPTY_SECONDS
    try:
        # Without a time to wait of its own: SQLite would keep all who write waiting meanwhile.
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() > end:
                    raise sqlite3.OperationalError("it is read by others")
                time.sleep(PAUSE_SECONDS)
    except sqlite3.Error as error:
        logger.warning(
            "The log of %s keeps what was deleted until the next deletion: %s.", path.name, error
        )


def _mode(connection: sqlite3.Connection, pragma: str) -> str:
    return str(connection.execute(f"PRAGMA {pragma}").fetchone()[0])
