"""This machine's own nginx and PostgreSQL, each in a folder, as programs that we start."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path
from typing import Callable

import psycopg2

from scripts.console import Failure, clean_environment

USER = "zhaohui"  # of the database, and its name
ADMIN = "postgres"
SECONDS = 60.0
POSTGRESQL_FOLDERS = "/usr/lib/postgresql"  # where Debian has a version each
# What is looked for, and the package of Debian that has it.
PACKAGES = {
    "nginx": "nginx",
    "postgres": "postgresql",
    "initdb": "postgresql",
    "pg_dump": "postgresql",
}


def find(name: str) -> str | None:
    """Returns the path of a program of this machine, None if there is none."""
    newest = sorted(Path(POSTGRESQL_FOLDERS).glob("*/bin"), key=_version, reverse=True)
    usual = os.environ.get("PATH", os.defpath).split(os.pathsep)
    folders = [*map(str, newest), *usual, "/usr/local/sbin", "/usr/sbin", "/sbin"]
    return shutil.which(name, path=os.pathsep.join(folders))


def missing() -> str:
    """Returns in one line what is missing and how to get it; empty if all is there."""
    packages = sorted({package for name, package in PACKAGES.items() if not find(name)})
    if not packages:
        return ""
    return (
        f"Several workers need {', '.join(packages)} on this machine: on Debian"
        f" `apt-get install {' '.join(packages)}`, then repeat."
    )


def program(name: str) -> str:
    """Returns the path of a program of this machine.

    Raises:
        Failure: if there is none.
    """
    path = find(name)
    if not path:
        raise Failure(missing() or f"{name} is not on this machine.")
    return path


def prepare_postgresql(folder: Path, password: str) -> None:
    """Makes the files of a database server in a folder, unless they are there."""
    if (folder / "data" / "PG_VERSION").exists():
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    _give_away(folder)
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password, encoding="ascii")
    _give_away(secret)
    command = [program("initdb"), "-D", str(folder / "data"), "-U", ADMIN, "-E", "UTF8"]
    command += ["--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={secret}"]
    done = subprocess.run(
        [*as_postgres(), *command], cwd=folder, capture_output=True, check=False, text=True
    )
    secret.unlink()
    if done.returncode:
        shutil.rmtree(folder / "data", ignore_errors=True)
        raise Failure(f"PostgreSQL could not be set up: {done.stderr.strip()[-300:]}")


def postgresql_command(folder: Path, port: int) -> list[str]:
    """Returns how a database server is started in the foreground."""
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": 200,
        "log_min_error_statement": "panic",  # what people wrote is in statements
    }
    as_owner = as_postgres()
    if as_owner:  # the change of the user has taken this from `Program`
        as_owner += ["--pdeathsig", "INT"]
    command = [*as_owner, program("postgres"), "-D", str(folder / "data")]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def make_database(port: int, passwords: Path) -> None:
    """Makes the user and the database of the assistant, unless they are there."""
    found = {name: _password(passwords, name) for name in (ADMIN, USER)}
    connection = psycopg2.connect(
        host="127.0.0.1", port=port, user=ADMIN, password=found[ADMIN], dbname="postgres"
    )
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (USER,))
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {USER} LOGIN PASSWORD %s", (found[USER],))
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (USER,))
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {USER} OWNER {USER}")


def nginx_command(folder: Path) -> list[str]:
    """Returns how nginx is started in the foreground with the settings in a folder."""
    return [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def check_nginx(folder: Path) -> None:
    """Has nginx check its settings.

    Raises:
        Failure: with the first thing that is wrong.
    """
    command = [*nginx_command(folder), "-t"]
    done = subprocess.run(
        command, capture_output=True, check=False, text=True, env=clean_environment()
    )
    if done.returncode:
        problem = next((line for line in done.stderr.splitlines() if "[emerg]" in line), "")
        raise Failure(f"nginx refuses its settings: {problem or done.stderr.strip()[-300:]}")


def as_postgres() -> list[str]:
    """Returns what stands before a command that must not run as root."""
    if os.getuid():
        return []
    owner = _owner()
    groups = ["--regid", str(owner.pw_gid), "--clear-groups"]
    return [program("setpriv"), "--reuid", str(owner.pw_uid), *groups]


def wait_for(ready: Callable[[], bool], what: str) -> None:
    """Waits until something is ready.

    Raises:
        Failure: if it is not within a minute.
    """
    end = time.monotonic() + SECONDS
    while not ready():
        if time.monotonic() > end:
            raise Failure(f"{what} does not answer: see its log in logs/.")
        time.sleep(0.1)


def _owner() -> pwd.struct_passwd:
    for name in (ADMIN, "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Failure("PostgreSQL must not run as root, and there is no user `postgres`.")


def _give_away(path: Path) -> None:
    if not os.getuid():
        owner = _owner()
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _password(passwords: Path, user: str) -> str:
    """Returns a user's password from a file in the form of PGPASSFILE."""
    lines = passwords.read_text(encoding="ascii").splitlines()
    return next(line.split(":")[4] for line in lines if line.split(":")[3] == user)


def _version(folder: Path) -> float:
    name = folder.parent.name
    return float(name) if name.replace(".", "", 1).isdecimal() else 0.0
