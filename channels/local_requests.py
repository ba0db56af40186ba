"""Which requests may reach a channel that believes any sender: those of programs here.

Nothing but the connection proves who asks, and three things lie between "it came from this machine"
and "its operator sent it": a server that listens on every address of the machine, as a plain
`rasa run` does; a proxy on this machine, behind which everybody seems local; and a web page that
the operator's browser shows, which can send requests to this machine as well.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sanic.request import Request

from channels.addresses import header_lines, networks, parsed_address
from channels.bounds import BadSettings
from channels.guard import Guard
from channels.refusals import BadRequest
from serving.forwarding import forwarding_field

# RFC 9110 section 7.2: a name or an address, and a port where it is not the usual one.
HOST = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]{1,5})?")
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


@dataclass(frozen=True)
class LocalRequests:
    """The check of one channel.

    Attributes:
        location: where the settings stand; a refusal names it.
        guard: says for whom a proxy asks that the settings trust.
        allowed_peers: other machines that may ask: addresses or networks.
        allowed_hosts: names by which programs may call this machine, beside its addresses and
            `localhost`, in small letters and without a port.
    """

    location: str
    guard: Guard
    allowed_peers: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()

    @classmethod
    def from_settings(
        cls, settings: Mapping[str, Any] | None, guard: Guard, location: str
    ) -> LocalRequests:
        """Takes `allowed_peers` and `allowed_hosts` from a channel's settings.

        Raises:
            BadSettings: if one cannot be meant; it names the field.
        """
        given = settings or {}
        peers = networks(location, "allowed_peers", given.get("allowed_peers"))
        hosts = given.get("allowed_hosts") or ()
        if not isinstance(hosts, list | tuple):
            raise BadSettings(f"{location}: allowed_hosts is not a list like [assistant.internal].")
        for host in hosts:
            if not isinstance(host, str) or not _NAME.fullmatch(host.lower()):
                problem = f"{host!r} in allowed_hosts is no name of a host, without a port"
                raise BadSettings(f"{location}: {problem}.")
        return cls(location, guard, peers, tuple(host.lower() for host in hosts))

    def check(self, request: Request) -> None:
        """Accepts a request with a JSON body that a program of an allowed machine has sent.

        Raises:
            BadRequest: with 403 for another machine, an unknown proxy or a web page; with 421 for
                a foreign name of this machine (RFC 9110 section 15.5.20), which a page on that
                name could have been given to reach it; with 415 if the body is not JSON. Each
                names the setting that allows it, where there is one.
        """
        self._check_peer(request)
        self._check_host(request)
        _check_no_page(request)
        content_type = header_lines(request.headers, "content-type")
        essence = [line.partition(";")[0].strip().lower() for line in content_type]
        if essence != ["application/json"]:
            raise BadRequest(415, "the body needs the header Content-Type: application/json")

    def _check_peer(self, request: Request) -> None:
        peer = request.ip
        client = self.guard.addresses.client(peer, request.headers)
        if not self.guard.addresses.named(peer, request.headers):
            found = forwarding_field(request.headers)
            if found:
                raise BadRequest(
                    403,
                    f"the request was forwarded ({found.title()}): name the proxy in"
                    " trusted_proxies, and the header in which it says for whom it asks in"
                    f" address_header ({self.location})",
                )
        address = parsed_address(client)
        own = parsed_address(request.conn_info.sockname[0])
        if address is not None and (
            address.is_loopback
            or (client == peer and address == own)
            or any(
                address in ipaddress.ip_network(allowed_peer, strict=False)
                for allowed_peer in self.allowed_peers
            )
        ):
            return
        raise BadRequest(
            403,
            "only programs on this machine may use this channel, because it believes any sender;"
            f" allowed_peers allows others ({self.location})",
        )

    def _check_host(self, request: Request) -> None:
        """Refuses a name that is not ours: a page on it would count as of the same origin."""
        lines = header_lines(request.headers, "host")
        host = HOST.fullmatch(lines[0].lower()) if len(lines) == 1 else None
        if host:
            name = host["ipv6"] or host["name"]
            if (
                name == "localhost"
                or name in self.allowed_hosts
                or parsed_address(name) is not None
            ):
                return
        raise BadRequest(
            421,
            "the header Host names neither an address nor localhost;"
            f" allowed_hosts allows other names ({self.location})",
        )


def _check_no_page(request: Request) -> None:
    """Refuses what a browser says it sends for a page, of whatever origin.

    `Origin` stands in every POST of a page (Fetch, section 3.2), `Sec-Fetch-Site` in every request
    to this machine; `none` is said of what the person does without a page (Fetch Metadata).
    """
    sites = header_lines(request.headers, "sec-fetch-site")
    if header_lines(request.headers, "origin") or any(site != "none" for site in sites):
        raise BadRequest(403, "this channel is for programs; web pages have the website's channel")
