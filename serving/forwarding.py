"""Fields by which a proxy says that it passes a request on for somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterable

# RFC 7239, RFC 9110 section 7.6.3, and the usual ones of products.
_FORWARDING = re.compile(
    r"forwarded | via | x[-_]forwarded([-_].+)? | x-original-forwarded-for | x-envoy-.+"
    r" | x-(real|client|cluster-client|proxyuser|originating|remote|azure-client|azure-socket)-?ip"
    r" | x-appengine-user-ip | (true|fastly|fly)-client-ip | cf-connecting-ip | ali-cdn-real-ip",
    re.IGNORECASE | re.VERBOSE,
)


def forwarding_field(names: Iterable[str]) -> str | None:
    """Returns the first of the names of a request's fields that a proxy adds, None without any."""
    return next((name for name in names if _FORWARDING.fullmatch(name)), None)
