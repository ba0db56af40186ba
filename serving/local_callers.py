"""Tells programs on this machine from who only seems to be one."""

from __future__ import annotations

import ipaddress
import re
from enum import Enum

from serving.forwarding import forwarding_field
from serving.framing import Head

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PORT = re.compile(r":[0-9]+$")


class Stranger(Enum):
    """What somebody is who is no program on this machine."""

    PAGE = "a page in a browser, of whatever origin"
    MACHINE = "another machine"
    FORWARDED = "somebody for whom a proxy on this machine asks"
    HOST = "somebody who calls this machine by another name, as a page on that name would"


def stranger(head: Head, peer: str) -> Stranger | None:
    """Returns what a caller is, None for a program on this machine.

    Args:
        head: of the request.
        peer: the address of the connection, empty for a socket file.
    """
    if is_page(head):
        return Stranger.PAGE
    if not is_local(peer):
        return Stranger.MACHINE
    if forwarding_field(head.fields):
        return Stranger.FORWARDED
    host = _PORT.sub("", head.value("host") or "localhost").lower()
    return None if host in LOCAL_HOSTS else Stranger.HOST


def is_page(head: Head) -> bool:
    """Tells whether a browser sends a request for a page.

    `Origin` stands in every POST of a page (Fetch, section 3.2), `Sec-Fetch-Site` in every request
    to this machine; `none` is said of what the person does without a page (Fetch Metadata).
    """
    sites = head.fields.get("sec-fetch-site", [])
    return "origin" in head.fields or any(site != "none" for site in sites)


def is_local(peer: str) -> bool:
    """Tells whether a peer's address is this machine's; of a socket file, it is empty."""
    if not peer:
        return True
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
