"""A real PostgreSQL of Debian's for the tests, in a folder of its own, on a socket in it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2

FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
USER = "zhaohui"


def missing() -> str:
    """Returns why there is no PostgreSQL; empty if there is one."""
    found = FOLDERS or shutil.which("initdb")
    return "" if found else "PostgreSQL is not installed (apt install postgresql)"


def _program(name: str) -> str:
    return str(FOLDERS[0] / name) if FOLDERS else name


class Postgres:
    """One server; it may be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"postgresql://{USER}@/postgres?host={folder}"
        # It refuses to run as root.
        self._as: dict[str, Any] = {"cwd": folder}
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self._as |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._run("initdb", "-A", "trust", "-U", USER, "--no-sync")

    def start(self) -> None:
        """Starts it, and returns when it answers."""
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Ends it as a kill does: all connections with it."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    @contextlib.contextmanager
    def connect(self) -> Iterator[Any]:
        """Gives a cursor, each statement of which is a transaction."""
        connection = psycopg2.connect(self.url)
        connection.autocommit = True
        try:
            yield connection.cursor()
        finally:
            connection.close()

    def _run(self, name: str, *arguments: str) -> None:
        command = [_program(name), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self._as)


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Gives a server that runs until the end of the block."""
    # Not pytest's folder: its path is too long for a socket, and closed to another user.
    folder = Path(tempfile.mkdtemp(prefix="zhaohui-pg-"))
    try:
        server = Postgres(folder)
        server.start()
        try:
            yield server
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):  # a test has stopped it
                server.stop()
    finally:
        shutil.rmtree(folder)
