"""For whom a request asks, with proxies and without."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from channels.guard import Guard, Limits

PROXIED = Limits(trusted_proxies=("10.0.0.0/8", "::1"), address_header="X-Forwarded-For")


@pytest.mark.parametrize(
    ("limits", "peer", "header", "address"),
    [
        (Limits(), "198.51.100.1", "203.0.113.9", "198.51.100.1"),
        (Limits(trusted_proxies=("10.0.0.1",)), "10.0.0.1", "203.0.113.9", "10.0.0.1"),
        (PROXIED, "198.51.100.1", "203.0.113.9", "198.51.100.1"),
        (PROXIED, "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (PROXIED, "10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (PROXIED, "10.0.0.1", "rubbish", "10.0.0.1"),
        (PROXIED, "10.0.0.1", "", "10.0.0.1"),
        (PROXIED, "::1", "2001:db8:1:2:3::9", "2001:db8:1:2::/64"),
        (Limits(), "::ffff:198.51.100.1", "", "198.51.100.1"),
        (PROXIED, "::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (PROXIED, "10.0.0.1", "203.0.113.9, ::ffff:10.0.0.2", "203.0.113.9"),
    ],
)
def test_an_address_is_believed_from_a_trusted_proxy_only(
    limits: Limits, peer: str, header: str, address: str
) -> None:
    assert Guard(limits).addresses.counted(peer, {"X-Forwarded-For": header}) == address


def test_a_line_that_the_proxy_adds_counts_more_than_the_clients_own() -> None:
    headers = CIMultiDict([("X-Forwarded-For", "1.1.1.1"), ("x-forwarded-for", "203.0.113.9")])
    assert Guard(PROXIED).addresses.counted("10.0.0.1", headers) == "203.0.113.9"
    assert Guard(PROXIED).addresses.counted("10.0.0.1", CIMultiDict()) == "10.0.0.1"
