"""The settings of the website's channel in `credentials.yml`, each with its default."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from channels.bounds import PER_MINUTE, BadSettings, Bounds
from channels.bursts import PAUSE
from channels.guard import Limits
from channels.website.limits import RequestLimits
from serving.admission import CEILING_BYTES

ROOT = Path(__file__).resolve().parents[2]
LOCATION = "credentials.yml, channels.website.channel.WebsiteChannel"
SHORTEST_SECRET = 32  # characters
BOUNDS = {
    "session_hours": Bounds(0.1, 24 * 3_650),
    "kept_days": Bounds(1, 3_650),
    "answer_seconds": Bounds(0.1, 3_600),
    "burst_seconds": PAUSE,
    "sessions_per_minute_per_address": PER_MINUTE,
    "pictures_per_minute": PER_MINUTE,
    "pictures_per_minute_per_address": PER_MINUTE,
    "max_picture_bytes": Bounds(1_024, CEILING_BYTES, whole=True),
}
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")


@dataclass(frozen=True)
class Settings:
    """What the operator decides.

    Attributes:
        allowed_origins: other sites whose pages may hold the widget, as `https://host[:port]`.
        database: the SQLite file with what the widget shows; its folder is the present one.
        widget: the built script.
        secret_variable: the environment variable with the key that signs sessions.
        secret_file: where a fresh key is kept when that variable is not set.
        session_hours: how long a session lasts without a visit.
        kept_days: after so many days without a message a conversation is deleted.
        sessions_per_minute_per_address: how many sessions one address may open; 0 for any.
        pictures_per_minute: of one session; 0: pictures are not taken.
        pictures_per_minute_per_address: of all sessions at one address; 0 for no limit.
        max_picture_bytes: of one picture; other requests have `max_bytes`.
        answer_seconds: after so long without an answer the person is told.
        burst_seconds: so long a text that looks unfinished waits for the next; 0 for no wait.
        limits: what all channels limit, under the same heading in the file.
        requests: what this channel limits besides, under the same heading too.
    """

    allowed_origins: tuple[str, ...] = ()
    database: str = "website.db"
    widget: str = "widget/dist/zhaohui.js"
    secret_variable: str = "ZHAOHUI_WEBSITE_SECRET"  # noqa: S105 - a name, no secret
    secret_file: str = ".website_secret"  # noqa: S105
    session_hours: float = 720
    kept_days: float = 30
    sessions_per_minute_per_address: int = 60
    pictures_per_minute: int = 6
    pictures_per_minute_per_address: int = 60
    max_picture_bytes: int = 8 * 1024 * 1024
    answer_seconds: float = 90
    burst_seconds: float = 0.8
    limits: Limits = field(default_factory=Limits)
    requests: RequestLimits = field(default_factory=RequestLimits)

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> Settings:
        """Reads the settings.

        Raises:
            BadSettings: if one is unknown or cannot be meant.
        """
        given = dict(credentials or {})
        own = {known_field.name for known_field in fields(cls)} - {"limits", "requests"}
        shared = {
            known_field.name for group in (Limits, RequestLimits) for known_field in fields(group)
        }
        unknown = sorted(set(given) - own - shared)
        if unknown:
            raise BadSettings(f"credentials.yml: the website knows no setting {unknown[0]!r}.")
        origins = tuple(
            str(site).rstrip("/").lower() for site in given.get("allowed_origins") or ()
        )
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise BadSettings(
                    f"credentials.yml: {origin!r} in allowed_origins is not like https://host."
                )
        for name, bounds in BOUNDS.items():
            if name in given:
                bounds.check(LOCATION, name, given[name])
        known = {name: value for name, value in given.items() if name in own}
        known["allowed_origins"] = origins
        limits = Limits.from_settings(given, LOCATION)
        return cls(**known, limits=limits, requests=RequestLimits.from_settings(given, LOCATION))

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
