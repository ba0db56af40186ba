"""The settings of the website's channel in `credentials.yml`, each with its default."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, with_config

from channels.bounds import (
    AnswerSeconds,
    BadSettings,
    KeptDays,
    KnownTenants,
    NothingIsEmpty,
    PerMinute,
    read_settings,
    workers,
)
from channels.bursts import Pause
from channels.guard import Limits, PictureLimits
from channels.inbox.database import POSTGRESQL
from channels.inbox.settings import DatabaseName
from channels.website.limits import RequestLimits
from serving.settings import Bounds, Says

ROOT = Path(__file__).resolve().parents[2]
LOCATION = "credentials.yml, channels.website.channel.WebsiteChannel"
SHORTEST_SECRET = 32  # characters
Origin = Annotated[
    str,
    Field(pattern=r"^(https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?)$"),
    BeforeValidator(lambda site: str(site).rstrip("/").lower()),
    Says("is not like https://host"),
]


@with_config(extra="forbid")
@dataclass(frozen=True)
class Settings:
    """What the operator decides.

    Attributes:
        allowed_origins: other sites whose pages may hold the widget, as `https://host[:port]`.
        tenants: by the id of a tenant its sites, which need not stand among those above.
        database: what the widget shows: a SQLite file, in the present folder, or where several
            workers run `postgresql://user@host/name`; its password is in the file that `PGPASSFILE`
            names, or in `PGPASSWORD`.
        widget: the built script.
        secret_variable: the environment variable with the key that signs sessions.
        secret_file: where a fresh key is kept when that variable is not set.
        session_hours: how long a session lasts without a visit.
        kept_days: after so many days without a message a conversation is deleted.
        sessions_per_minute_per_address: how many sessions one address may open; 0 for any.
        answer_seconds: after so long without an answer the person is told.
        burst_seconds: so long a text that looks unfinished waits for the next; 0 for no wait.
        limits: what all channels limit, under the same heading in the file.
        pictures: what they limit of pictures, under it too.
        requests: what this channel limits besides, under the same heading too.
    """

    allowed_origins: Annotated[tuple[Origin, ...], NothingIsEmpty] = ()
    tenants: Annotated[
        Mapping[str, Annotated[tuple[Origin, ...], NothingIsEmpty]],
        BeforeValidator(lambda given: {} if given is None else given),
        KnownTenants,
    ] = field(default_factory=dict)
    database: DatabaseName = "website.db"
    widget: str = "widget/dist/zhaohui.js"
    secret_variable: str = "ZHAOHUI_WEBSITE_SECRET"  # noqa: S105 - a name, no secret
    secret_file: str = ".website_secret"  # noqa: S105
    session_hours: Annotated[float, Bounds(0.1, 24 * 3_650)] = 720
    kept_days: KeptDays = 30
    sessions_per_minute_per_address: PerMinute = 60
    answer_seconds: AnswerSeconds = 90
    burst_seconds: Pause = 0.8
    limits: Limits = field(default_factory=Limits)
    pictures: PictureLimits = field(default_factory=PictureLimits)
    requests: RequestLimits = field(default_factory=RequestLimits)

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> Settings:
        """Reads the settings.

        Raises:
            BadSettings: if one is unknown or cannot be meant, or if there are several workers and
                the database is a file.
        """
        settings = read_settings(cls, credentials, LOCATION)
        if workers() > 1 and not settings.database.startswith(POSTGRESQL):
            raise BadSettings(
                f"{LOCATION}: database is a file for one worker, but SANIC_WORKERS is above 1: set"
                f" it to 1, or name a PostgreSQL, {POSTGRESQL}user@host/name."
            )
        _refuse_shared_sites(settings.tenants)
        return settings

    def secret(self) -> str:
        """Returns the key that signs sessions: of the environment, else a kept fresh one.

        Raises:
            BadSettings: if the key in the environment is too short.
        """
        secret = os.environ.get(self.secret_variable, "").strip()
        if secret:
            if len(secret) < SHORTEST_SECRET:
                raise BadSettings(
                    f"{self.secret_variable} is shorter than {SHORTEST_SECRET} characters."
                )
            return secret
        return kept_secret(ROOT / self.secret_file)


def _refuse_shared_sites(sites: Mapping[str, tuple[str, ...]]) -> None:
    """Refuses a site of two tenants: nobody could tell whose visitors its own are."""
    owners: dict[str, str] = {}
    for tenant, origins in sites.items():
        for origin in origins:
            first = owners.setdefault(origin, tenant)
            if first != tenant:
                raise BadSettings(f"{LOCATION}: tenants has {origin} under {first} and {tenant}.")


def kept_secret(path: Path) -> str:
    """Returns the key in a file that only its owner may read; makes both when missing."""
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 600
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # whole or not at all; another process may have been faster
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    path.chmod(0o600)
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < SHORTEST_SECRET:
        raise BadSettings(f"{path.name} holds no key: remove it, and a fresh one is made.")
    return secret
