"""What `settings.yml` says: where the pages are served and how long a log-in lasts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, with_config

from serving.settings import Bounds, Flag, Says, read

ROOT = Path(__file__).resolve().parent.parent
FILE = Path(__file__).resolve().parent / "settings.yml"
LOCAL = "127.0.0.1"  # the one address that is listened on
LOCAL_NAMES = (LOCAL, "localhost", "[::1]")


class BadSettings(ValueError):
    """A setting that cannot be meant; the message is one line that names it."""


NothingIsEmpty = BeforeValidator(lambda given: given or "")


@with_config(extra="forbid")
@dataclass(frozen=True)
class Settings:
    """The settings.

    Attributes:
        port: on which the pages are served.
        public_url: as a browser sends it as Origin, without a slash at its end; empty without a
            proxy.
        address_header: in which the proxy says for whom it asks; empty if it does not.
        idle_minutes: after which a session ends that nobody uses.
        max_hours: after which it ends in any case.
        start_with_run: whether `make run` starts the pages.
        assistant_folder: with the assistant's `endpoints.yml` and `credentials.yml`; empty for the
            project's own.
        assistant_url: where Rasa's server is on this machine; empty if it is not to be asked.
        webhook_variable: the environment variable with the address alarms are sent to.
        min_messages: of a day; with fewer, nothing is said of shares of them.
        slow_seconds: an answer that takes longer is slow.
        free_gigabytes: less on the disk is an alarm.
        expiring_days: so long before its last day, an answer of the operator's own is one.
    """

    port: Annotated[int, Bounds(1, 65_535)] = 5007
    public_url: Annotated[
        str,
        Field(pattern=r"^(https://[a-z0-9.-]+(:[0-9]{1,5})?/?)?$"),
        NothingIsEmpty,
        AfterValidator(lambda url: url.rstrip("/").removesuffix(":443")),
        Says("is not of the form https://name, in small letters and without a path"),
    ] = ""
    address_header: Annotated[
        str,
        Field(pattern=r"^([A-Za-z][A-Za-z0-9-]*)?$"),
        NothingIsEmpty,
        Says("is not the name of a header"),
    ] = ""
    idle_minutes: Annotated[float, Bounds(1, 24 * 60)] = 30
    max_hours: Annotated[float, Bounds(0.1, 7 * 24)] = 12
    start_with_run: Flag = True
    assistant_folder: Annotated[str, NothingIsEmpty] = ""
    assistant_url: Annotated[
        str,
        Field(pattern=r"^(http://(127\.0\.0\.1|localhost|\[::1\]):[0-9]{1,5})?$"),
        NothingIsEmpty,
        Says("is not of the form http://127.0.0.1:5005"),
    ] = "http://127.0.0.1:5005"
    webhook_variable: Annotated[
        str,
        Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$"),
        NothingIsEmpty,
        Says("is not the name of an environment variable"),
    ] = "ZHAOHUI_ALARM_WEBHOOK"
    min_messages: Annotated[int, Bounds(1, 1_000_000)] = 50
    slow_seconds: Annotated[float, Bounds(0.05, 60)] = 5
    free_gigabytes: Annotated[float, Bounds(0, 10_000)] = 2
    expiring_days: Annotated[int, Bounds(0, 365)] = 7

    @property
    def idle_seconds(self) -> float:
        """After so long without use a session ends."""
        return 60 * self.idle_minutes

    @property
    def max_seconds(self) -> float:
        """After so long a session ends in any case."""
        return 3600 * self.max_hours

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
        settings = read(cls, given, f"{path.name}: ", BadSettings)
        if settings.address_header and not settings.public_url:
            raise BadSettings(f"{path.name}: address_header stands without public_url.")
        return settings
