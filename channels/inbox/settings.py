"""Where a channel keeps what it has, as `credentials.yml` names it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from channels.inbox.database import POSTGRESQL

REDIS = ("redis://", "rediss://", "unix://")


def _database(name: str) -> str:
    """Refuses what is neither a file nor a PostgreSQL, and a password that would stand here."""
    if name.startswith(REDIS):
        raise ValueError(
            "is a Redis, which keeps nothing here any more: name a PostgreSQL,"
            f" {POSTGRESQL}user@host/name; docs/operating.md says how to take over what is in it"
        )
    if not name.startswith(POSTGRESQL):
        if not name.strip() or ":" in name:
            raise ValueError(f"is neither the name of a file nor {POSTGRESQL}user@host/name")
        return name
    try:
        url = make_url(name)
    except (ArgumentError, ValueError):  # its message might show a part of the address
        url = None
    if url is None or not url.database:
        raise ValueError(f"is no address like {POSTGRESQL}user@host:5432/name")
    if url.password is not None or "password" in url.query:
        raise ValueError("holds a password: put it into PGPASSFILE or PGPASSWORD")
    return name


DatabaseName = Annotated[str, AfterValidator(_database)]
