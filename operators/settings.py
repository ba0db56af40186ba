"""What `settings.yml` says: where the pages are served and how long a log-in lasts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
FILE = Path(__file__).resolve().parent / "settings.yml"
LOCAL = "127.0.0.1"  # the one address that is listened on
LOCAL_NAMES = (LOCAL, "localhost", "[::1]")

_PUBLIC_URL = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?/?")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


class BadSettings(ValueError):
    """A setting that cannot be meant; the message is one line that names it."""


@dataclass(frozen=True)
class Settings:
    """The settings.

    Attributes:
        port: on which the pages are served.
        public_url: as a browser sends it as Origin, without a slash at its end; empty without a
            proxy.
        address_header: in which the proxy says for whom it asks; empty if it does not.
        idle_seconds: after which a session ends that nobody uses.
        max_seconds: after which it ends in any case.
        start_with_run: whether `make run` starts the pages.
    """

    port: int = 5007
    public_url: str = ""
    address_header: str = ""
    idle_seconds: float = 30 * 60
    max_seconds: float = 12 * 3600
    start_with_run: bool = True

    @property
    def secure(self) -> bool:
        """Whether visitors come over HTTPS."""
        return bool(self.public_url)

    @property
    def origins(self) -> frozenset[str]:
        """The origins under which the pages are reached."""
        if self.public_url:
            return frozenset({self.public_url})
        return frozenset(f"http://{name}:{self.port}" for name in LOCAL_NAMES)

    @property
    def url(self) -> str:
        """The address to tell people."""
        return self.public_url or f"http://{LOCAL}:{self.port}"

    @classmethod
    def load(cls, path: Path = FILE) -> Settings:
        """Reads the file.

        Raises:
            BadSettings: if a setting is unknown or cannot be meant.
        """
        try:
            given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except yaml.YAMLError as error:
            raise BadSettings(f"{path.name} is no YAML: {' '.join(str(error).split())}") from error
        if not isinstance(given, dict):
            raise BadSettings(f"{path.name}: not a list of `name: value`.")
        known = (
            "start_with_run", "port", "public_url", "address_header", "idle_minutes", "max_hours",
        )  # fmt: skip
        for name in given:
            if name not in known:
                raise BadSettings(f"{path.name}: there is no setting {name!r}.")
        public_url = str(given.get("public_url") or "")
        if public_url and not _PUBLIC_URL.fullmatch(public_url):
            raise BadSettings(
                f"{path.name}: public_url is not of the form https://name, in small letters and"
                " without a path."
            )
        header = str(given.get("address_header") or "")
        if header and not _HEADER.fullmatch(header):
            raise BadSettings(f"{path.name}: address_header is not the name of a header.")
        if header and not public_url:
            raise BadSettings(f"{path.name}: address_header stands without public_url.")
        start_with_run = given.get("start_with_run", True)
        if not isinstance(start_with_run, bool):
            raise BadSettings(f"{path.name}: start_with_run is neither true nor false.")
        return cls(
            port=int(_number(path, given, "port", 5007, 1, 65535)),
            public_url=public_url.rstrip("/").removesuffix(":443"),
            address_header=header,
            idle_seconds=60 * _number(path, given, "idle_minutes", 30, 1, 24 * 60),
            max_seconds=3600 * _number(path, given, "max_hours", 12, 0.1, 7 * 24),
            start_with_run=start_with_run,
        )


def _number(
    path: Path, given: dict[str, Any], name: str, usual: float, low: float, high: float
) -> float:
    value = given.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadSettings(f"{path.name}: {name} is not a number from {low} to {high}.")
    return value
