"""What the settings of several channels may be, and the error that names what is not."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator
from rasa.shared.exceptions import RasaException

from serving import settings
from serving.settings import Bounds, Says
from serving.tenants import BadTenant, is_name, read_tenant

_Shape = TypeVar("_Shape")


class BadSettings(RasaException):
    """Settings that would not do what their author wants; Rasa shows the message and ends."""


def read_settings(
    shape: type[_Shape], given: Mapping[str, Any] | None, location: str, below: str = ""
) -> _Shape:
    """Returns what stands at a location of `credentials.yml`, as `serving.settings.read` does.

    Args:
        shape: the dataclass that declares it.
        given: what stands there.
        location: the file and the channel.
        below: what is before the names in a refusal, as `accounts.hall.`.

    Raises:
        BadSettings: if a setting is missing, unknown or cannot be meant; it names the field.
    """
    return settings.read(shape, given, f"{location}: {below}", BadSettings)


def workers() -> int:
    """Returns how many workers Rasa will start."""
    value = os.environ.get("SANIC_WORKERS", "1")
    return int(value) if value.isdecimal() else 1


def _network(text: str) -> str:
    ipaddress.ip_network(text, strict=False)
    return text


def _tenant(name: str) -> str:
    """Refuses a tenant without a folder, whose people would be served with others' words."""
    if not is_name(name):
        raise ValueError("is no id of a tenant: small letters, digits and _, at most 32")
    try:
        read_tenant(name)
    except BadTenant as error:
        raise ValueError(
            f"names a tenant that cannot be served: {str(error).rstrip('.')}"
        ) from None
    return name


def _tenants(sites: Mapping[str, _Shape]) -> Mapping[str, _Shape]:
    for name in sites:
        _tenant(name)
    return sites


PerMinute = Annotated[int, Bounds(0, 100_000)]
KeptDays = Annotated[float, Bounds(1, 3_650)]
AnswerSeconds = Annotated[float, Bounds(0.1, 3_600)]
Network = Annotated[str, AfterValidator(_network), Says("is no address or network like 10.0.0.0/8")]
TenantName = Annotated[str, AfterValidator(_tenant)]
KnownTenants = AfterValidator(_tenants)  # of a mapping by their names
NothingIsEmpty = BeforeValidator(lambda given: () if given is None else given)
Networks = Annotated[tuple[Network, ...], NothingIsEmpty]
