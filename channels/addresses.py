"""From which address a request comes, also behind proxies."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence


class Addresses:
    """Tells for whom is asked, as far as the settings believe what is said about that.

    Args:
        trusted_proxies: addresses or networks that may say for whom they ask.
        header: the header in which they say it; without it, nobody is believed.
    """

    def __init__(self, trusted_proxies: Sequence[str], header: str | None) -> None:
        self._proxies = [ipaddress.ip_network(proxy, strict=False) for proxy in trusted_proxies]
        self._header = header

    def client(self, peer: str, headers: Mapping[str, str]) -> str:
        """Returns for whom `peer` asks, as it says it; itself if it is not believed or silent.

        A header is believed only from a trusted proxy; in a list, the last address counts that
        is no such proxy itself.
        """
        address = peer
        named = ",".join(self.named(peer, headers))
        for hop in reversed([part.strip() for part in named.split(",") if part.strip()]):
            address = hop
            if not self.trusts(hop):
                break
        return address

    def named(self, peer: str, headers: Mapping[str, str]) -> list[str]:
        """Returns the lines in which `peer` says for whom it asks; none if it is not believed."""
        if not self._header or not self.trusts(peer):
            return []
        return header_lines(headers, self._header)

    def counted(self, peer: str, headers: Mapping[str, str]) -> str:
        """Returns the address to count for a request that came from `peer`.

        It is that of `client`. Of IPv6, the network of one household (/64) counts.
        """
        parsed = parsed_address(self.client(peer, headers)) or parsed_address(peer)
        if isinstance(parsed, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((parsed, 64), strict=False))
        return str(parsed or peer)

    def trusts(self, address: str) -> bool:
        """Tells whether an address is that of a trusted proxy."""
        parsed = parsed_address(address)
        return parsed is not None and any(parsed in proxy for proxy in self._proxies)


def header_lines(headers: Mapping[str, str], name: str) -> list[str]:
    """Returns all lines of a header in their order: a proxy may add one of its own."""
    getall = getattr(headers, "getall", None)
    if getall:
        return list(getall(name, []))
    return [headers[name]] if name in headers else []


def parsed_address(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Returns an address, of IPv4 even if it is written in IPv6; None if it is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
