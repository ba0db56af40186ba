"""Serves the operator's pages, or manages accounts: `python -m operators --help`."""

from __future__ import annotations

import argparse
import getpass
import os
import socket
import sqlite3
import sys
import threading
from dataclasses import replace
from pathlib import Path

from operators.accounts import ALL, NotPossible, Role
from operators.alarms import Alarms, watch
from operators.app import make_server, make_site
from operators.journal import COMMAND_LINE
from operators.settings import LOCAL, ROOT, BadSettings, Settings
from operators.texts import moment
from operators.visit import Site
from serving.tenants import DEFAULT


def main(folder: Path = ROOT) -> int:
    """Does what the command line says; what is wrong is one line on stderr."""
    os.umask(0o077)
    options = _parser().parse_args()
    try:
        settings = Settings.load()
        if options.command == "serve":
            if options.beside_the_assistant and not settings.start_with_run:
                return 0
            given = {"port": options.port, "assistant_url": options.assistant}
            settings = replace(settings, **{k: v for k, v in given.items() if v is not None})
            return _serve(settings, folder)
        return _manage(make_site(settings, folder), options)
    except sqlite3.OperationalError as error:  # in use, a full disk
        problem = f"the file operators.db cannot be used: {error}"
    except sqlite3.Error as error:
        problem = (
            f"the file operators.db is damaged ({error}): put a copy of it in its place, or move it"
            " away with .operators_journal and make the accounts anew"
        )
    except ValueError as error:  # also `BadSettings` and `NotPossible`
        problem = str(error)
    except OSError as error:
        problem = f"{error.strerror or error} ({error.filename or 'operators.db'})"
    except KeyboardInterrupt:  # the way to end the server
        return 0 if options.command == "serve" else 130
    sys.stderr.write(f"{problem[:1].upper()}{problem[1:].rstrip('.')}.\n")
    return 1


def _serve(settings: Settings, folder: Path) -> int:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOCAL, settings.port))
        except OSError as error:
            raise BadSettings(
                f"port {settings.port} is taken or not allowed: end the program that uses it, or"
                " choose another with `make operator OPERATOR_PORT=5008`"
            ) from error
        site = make_site(settings, folder)
        site.words.state()  # takes a second the first time, which nobody shall wait for
        site.unclear.sorter.start()  # what came while the pages were not served
        sys.stdout.write(
            f"The operator's pages: {settings.url}\n{first_steps(site)}Ctrl-C ends it.\n"
        )
        sys.stdout.flush()
        stop = threading.Event()
        threading.Thread(target=watch, args=(lambda: _alarms(site), stop), daemon=True).start()
        make_server(site).run(sockets=[listener])
        stop.set()
    return 0


def _alarms(site: Site) -> list[Alarms]:
    """Returns the alarms of all tenants."""
    return [site.of(tenant).alarms for tenant in site.tenants.names()]


def first_steps(site: Site) -> str:
    """Says how the first account is made; nothing when there is one."""
    if site.accounts.all():
        return ""
    return 'There is no account yet; make the first: make account ARGS="add NAME --role owner"\n'


def _manage(site: Site, options: argparse.Namespace) -> int:
    accounts, who = site.accounts, COMMAND_LINE
    said = ""
    if options.command == "add":
        tenant = _tenant(site, options.tenant)
        account = accounts.add(options.name, Role(options.role), _read_password(), who, tenant)
        pages = f", for {_pages(tenant)}" if tenant else ""
        said = f"{account.name} may log in as {account.role.value}{pages}."
    elif options.command == "password":
        accounts.known(options.name)
        accounts.set_password(options.name, _read_password(), who)
        said = f"{options.name} has a new password and is logged out everywhere."
    elif options.command == "role":
        accounts.set_role(options.name, Role(options.role), who)
        said = f"{options.name} is now {options.role}."
    elif options.command == "tenant":
        tenant = _tenant(site, options.tenant)
        accounts.set_tenant(options.name, tenant, who)
        said = f"{options.name} now sees {_pages(tenant)} and is logged out everywhere."
    elif options.command in ("disable", "enable"):
        accounts.set_disabled(options.name, options.command == "disable", who)
        said = f"{options.name} is {options.command}d."
    elif options.command == "unlock":
        site.log_in.unlock(options.name, who)
        said = "Nobody has to wait any more."
    elif options.command == "list":
        for account in accounts.all():
            state = "disabled" if account.disabled else f"{accounts.session_count(account)} log-ins"
            whose = f"\t{account.tenant}" if account.tenant else ""
            sys.stdout.write(f"{account.name}\t{account.role.value}\t{state}{whose}\n")
    elif options.command == "journal":
        return _show_journal(site)
    if said:
        sys.stdout.write(f"{said}\n")
    return 0


def _show_journal(site: Site) -> int:
    for entry in site.journal.entries_of_all():
        line = f"{entry.number}\t{moment(entry.time)}\t{entry.who}\t{entry.deed}\t{entry.subject}"
        line += f"\t{entry.tenant}" if entry.tenant else ""
        sys.stdout.write(f"{line.rstrip()}\n")
    broken = site.journal.first_broken()
    if broken is not None:
        raise NotPossible(f"the journal was changed from entry {broken} on")
    sys.stdout.write("The journal is as it was written. Its last entry and seal: ")
    sys.stdout.write(f"{site.journal.head()}\n")
    return 0


def _tenant(site: Site, given: str) -> str:
    """Returns the tenant that the command line names.

    Raises:
        NotPossible: if there is none of this id.
    """
    if given in (ALL, "all"):
        return ALL
    if given in ("", "default"):
        return DEFAULT
    if given not in site.tenants.names():
        known = ", ".join(site.tenants.names()[1:]) or "none"
        raise NotPossible(f"there is no tenant {given}; there are: {known}")
    return given


def _pages(tenant: str) -> str:
    """Returns whose pages an account sees, in words."""
    return f"the pages of {'every tenant' if tenant == ALL else tenant or 'the default'}"


def _read_password() -> str:
    """Asks twice on a terminal; else takes the first line, as from a program."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password (12 characters or more): ")
    if getpass.getpass("Once more: ") != password:
        raise NotPossible("these are two different passwords")
    return password


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m operators", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the pages until Ctrl-C")
    serve.add_argument("--port", type=int, help="instead of the one in settings.yml")
    serve.add_argument("--assistant", help="where Rasa is, instead of what settings.yml says")
    serve.add_argument(
        "--beside-the-assistant",
        action="store_true",
        help="only if settings.yml says that `make run` starts them",
    )
    roles = [role.value for role in Role]
    for name, help_text in (
        ("add", "make an account"),
        ("password", "give an account a new password"),
        ("role", "change what an account may do"),
        ("tenant", "change whose pages an account may see"),
        ("disable", "let an account no longer in"),
        ("enable", "let it in again"),
        ("unlock", "forget failed log-ins, so that nobody has to wait"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("name")
        if name == "add":
            command.add_argument("--role", choices=roles, required=True)
            command.add_argument(
                "--tenant", default="", help="whose pages it may see; all for those of every tenant"
            )
        if name == "tenant":
            command.add_argument("tenant", help="its id, or default, or all")
        if name == "role":
            command.add_argument("role", choices=roles)
    commands.add_parser("list", help="list the accounts")
    commands.add_parser("journal", help="show who did what, and check that nobody changed it")
    return parser


if __name__ == "__main__":
    sys.exit(main())
