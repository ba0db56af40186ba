"""What the scripts show: progress on stdout, one line on stderr when something fails."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import sys
import time
from pathlib import Path
from typing import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "logs"
SECONDS_BETWEEN_LINES = 20
WIDTH = 100

# These would make another Python, or other packages, slip in, or each start a slow one.
FOREIGN = (
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "UV_CONSTRAINT",
    "UV_OVERRIDE",
    "UV_PROJECT_ENVIRONMENT",
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
)


class Failure(Exception):
    """Something the person can fix; the message is one line that says what and how."""


class Interrupted(Exception):
    """The person, or the system, asked to stop."""


def shown(path: Path) -> str:
    """The path as one would type it from the project's folder."""
    try:
        return str(path.relative_to(ROOT))
    except ValueError:
        return str(path)


def guarded(main: Callable[[], int]) -> int:
    """Runs `main`; whatever goes wrong becomes one line on stderr and a non-zero exit code."""
    try:
        return main()
    except Failure as failure:
        line = str(failure)
    except (Interrupted, KeyboardInterrupt):
        return 130
    except OSError as error:
        line = explain_os_error(error)
    sys.stdout.flush()
    print(" ".join(line.split()), file=sys.stderr)
    return 1


def explain_os_error(error: OSError) -> str:
    """One line for what the operating system refused."""
    where = error.filename or ROOT
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full ({where}): free about 3 GB, then repeat."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"No permission to write {where}: make it writable for you, then repeat."
    return f"{error.strerror or error} ({where}): fix this, then repeat."


def clean_environment(**more: str) -> dict[str, str]:
    """The environment for programs we start, without what leads them elsewhere."""
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    environment.update(PYTHONUTF8="1", PYTHONUNBUFFERED="1", **more)
    return environment


@contextlib.contextmanager
def exclusive(name: str, refusal: str = "") -> Iterator[None]:
    """Keeps a second program from doing the same in the same folder at the same time.

    It waits, or gives up where there is a `refusal`. One that was killed is in nobody's way.

    Raises:
        Failure: with `refusal`, if another is at it.
    """
    LOGS.mkdir(mode=0o700, exist_ok=True)
    path = LOGS / f".{name}.lock"
    path.touch(mode=0o600)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if refusal:
                raise Failure(refusal) from None
            print(f"Waiting for the {name} that another `make` is doing ...", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Progress:
    """One piece of long work: a line that is rewritten on a terminal, else a line at times."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.started = time.monotonic()
        self.live = sys.stdout.isatty()
        self.printed = self.started
        self._show(f"{label} ...", ending="" if self.live else "\n")

    @property
    def seconds(self) -> int:
        """How long the work has taken so far."""
        return round(time.monotonic() - self.started)

    def tick(self, detail: Callable[[], str] = str) -> None:
        """Tells how long it has taken and what is being done; call it as often as you like."""
        now = time.monotonic()
        if now - self.printed < (1 if self.live else SECONDS_BETWEEN_LINES):
            return
        self.printed = now
        text = f"{self.label} ... {self.seconds} s"
        self._show(f"{text}  {detail()}"[:WIDTH], ending="" if self.live else "\n")

    def done(self) -> None:
        """Says that it is finished."""
        self._show(f"{self.label}: done in {self.seconds} s", ending="\n")

    def broken(self) -> None:
        """Leaves the line, so that the error begins on its own."""
        if self.live:
            self._show("", ending="")

    def _show(self, text: str, ending: str) -> None:
        start = "\r\033[K" if self.live else ""
        with contextlib.suppress(OSError):  # the terminal may be gone
            print(f"{start}{text}", end=ending, flush=True)
