"""Which requests may reach a channel that believes any sender: those of programs here.

Nothing but the connection proves who asks, and three things lie between "it came from this machine"
and "its operator sent it": a server that listens on every address of the machine, as a plain
`rasa run` does; a proxy on this machine, behind which everybody seems local; and a web page that
the operator's browser shows, which can send requests to this machine as well.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, Field
from sanic.request import Request

from channels.addresses import header_lines, parsed_address
from channels.bounds import Networks, NothingIsEmpty
from channels.guard import Guard
from channels.refusals import BadRequest
from serving.forwarding import forwarding_field
from serving.settings import Says

# RFC 9110 section 7.2: a name or an address, and a port where it is not the usual one.
HOST = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]{1,5})?")
HostName = Annotated[
    str,
    Field(pattern=r"^[a-z0-9_-]+(\.[a-z0-9_-]+)*$"),
    BeforeValidator(lambda name: name.lower() if isinstance(name, str) else name),
    Says("is no name of a host, without a port"),
]


@dataclass(frozen=True)
class Callers:
    """Who may ask beside the programs of this machine; the names are those of the settings.

    Attributes:
        allowed_peers: other machines: addresses or networks.
        allowed_hosts: names by which programs may call this machine, beside its addresses and
            `localhost`, in small letters and without a port.
    """

    allowed_peers: Networks = ()
    allowed_hosts: Annotated[tuple[HostName, ...], NothingIsEmpty] = ()


@dataclass(frozen=True)
class LocalRequests:
    """The check of one channel.

    Attributes:
        location: where the settings stand; a refusal names it.
        guard: says for whom a proxy asks that the settings trust.
        callers: who may ask.
    """

    location: str
    guard: Guard
    callers: Callers = Callers()

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
                for allowed_peer in self.callers.allowed_peers
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
                or name in self.callers.allowed_hosts
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
