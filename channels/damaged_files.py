"""Databases in SQLite files that cannot be read any more are kept under another name.

What serves then begins with a new file, and the log says so: one damaged file must not keep people
from an answer. To be called before SQLite opens the file to work with it.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from channels.private_files import JOURNALS

logger = logging.getLogger(__name__)

BUSY_SECONDS = 10.0  # so long somebody else who writes is waited for


def set_aside_if_damaged(path: Path) -> bool:
    """Keeps a database that cannot be read under another name; tells whether it did.

    A file that is not there, or is in use, is left as it is.
    """
    if is_sound(path):
        return False
    set_aside(path, "damaged", "damaged", logging.ERROR)
    return True


def last_written(path: Path) -> float:
    """Returns when a database was written last, in seconds since 1970; 0 if it is not there."""
    moments = [0.0]
    for suffix in ("", *JOURNALS):
        with contextlib.suppress(FileNotFoundError):
            moments.append(Path(f"{path}{suffix}").stat().st_mtime)
    return max(moments)


def is_sound(path: Path) -> bool:
    """Tells whether SQLite finds nothing wrong with a file; one in use or missing counts as sound.

    It looks through all of the file: a second for some hundred megabytes.
    """
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as database:
            return bool(database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        return True  # it cannot be opened, or is in use: said where it is opened
    except sqlite3.DatabaseError:
        return False


def set_aside(path: Path, reason: str, state: str, level: int) -> None:
    """Keeps a database under another name, and says so in the log.

    Args:
        path: of the file; its journals go with it.
        reason: a word in its new name.
        state: what is said of it.
        level: of the line in the log.

    Raises:
        OSError: if it cannot be renamed.
    """
    kept = path.with_name(f"{path.stem}.{int(time.time())}.{reason}{path.suffix}")
    for suffix in JOURNALS:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{suffix}").replace(f"{kept}{suffix}")
    path.replace(kept)
    logger.log(
        level,
        "%s is %s and is kept as %s: conversations begin anew."
        " Delete it when nobody needs it any more.",
        path.name,
        state,
        kept.name,
    )
