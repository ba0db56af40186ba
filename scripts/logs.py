"""Logs of the programs we start: private, rotated, of bounded size whatever a program writes."""

from __future__ import annotations

import codecs
import contextlib
import logging
import os
import re
import threading
import time
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from scripts.console import LOGS

MAX_BYTES = 5 * 1024 * 1024  # of one file: some days of a busy server's warnings
BACKUPS = 4  # older files, the newest is `.1`; one program's logs take 25 MB at most
CHUNK_BYTES = 64 * 1024  # what a pipe holds on Linux
DRAIN_SECONDS = 1.0  # for what a program has written just before its end
# Of servers at other ports than the usual ones, which every test run makes anew.
OF_A_PORT = re.compile(r"[a-z]+-[0-9]+\.log(\.[0-9]+)?")
KEPT_SECONDS = 7 * 86_400.0


def prepare_folder(folder: Path) -> None:
    """Makes the folder of the logs; what is in it already is made private, too.

    Logs of unusual ports that nobody has written to for a week are removed. A file of somebody
    else stays as it is.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(PermissionError):
        folder.chmod(0o700)
    for path in folder.iterdir():
        with contextlib.suppress(PermissionError, FileNotFoundError):
            if path.is_symlink() or not path.is_file():
                continue
            age = time.time() - path.stat().st_mtime
            if OF_A_PORT.fullmatch(path.name) and age > KEPT_SECONDS:
                path.unlink()
            else:
                path.chmod(0o600)


class LogFile(RotatingFileHandler):
    """A file that only its owner may read, with the files before it.

    A new start is a new file, unless it goes on with what has stopped.
    """

    terminator = ""  # what is written comes with its own line ends

    def __init__(self, path: Path, goes_on: bool = False) -> None:
        super().__init__(
            str(path), maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8", delay=False
        )
        if path.stat().st_size and not goes_on:
            self.doRollover()

    def _open(self) -> TextIOWrapper:
        def private(name: str, flags: int) -> int:
            return os.open(name, flags, 0o600)

        path = self.baseFilename
        file = open(path, "a", encoding="utf-8", opener=private)  # noqa: SIM115
        Path(path).chmod(0o600)
        return file

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Lets a record go that cannot be written: the program must not wait for its log."""


class LogPipe:
    """What a program writes into, raw, instead of a file; ends when nobody can write any more.

    A thread of this process carries it into a `LogFile`.

    Attributes:
        end: the descriptor to write into, for `subprocess`.
    """

    def __init__(self, path: Path, goes_on: bool = False) -> None:
        if path.parent == LOGS:
            prepare_folder(path.parent)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = LogFile(path, goes_on)
        source, self.end = os.pipe()
        self._thread = threading.Thread(target=self._carry, args=(source,), daemon=True)
        self._thread.start()

    def release(self) -> None:
        """Closes our own end, once the program has it."""
        os.close(self.end)

    def drain(self, seconds: float = DRAIN_SECONDS) -> None:
        """Waits until all is in the file, not longer than that: a grandchild may hold the pipe."""
        self._thread.join(seconds)

    def _carry(self, source: int) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        with open(source, "rb", buffering=0) as pipe:
            for chunk in iter(lambda: pipe.read(CHUNK_BYTES), b""):
                # Not `makeLogRecord`: this process may have records of its own, escaped ones.
                text = decoder.decode(chunk)
                self._file.emit(logging.LogRecord("", logging.INFO, "", 0, text, None, None))
        self._file.close()
