"""Which pages may use the API from a browser, and the headers that say so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sanic.request import Request
from sanic.response import BaseHTTPResponse

from serving.tenants import DEFAULT

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
PAGE_SECURITY = {
    **SECURITY,
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "X-Frame-Options": "DENY",
}


ORIGIN = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


class Origins:
    """Our own origin and those the operator allows."""

    def __init__(
        self, allowed: Iterable[str], of_tenants: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        """Takes the sites that are not our own.

        Args:
            allowed: whose pages may ask.
            of_tenants: by tenant its sites, whose pages may ask as well; our own may be one.
        """
        sites = (of_tenants or {}).items()
        self._tenants = {site: tenant for tenant, its_sites in sites for site in its_sites}
        self._allowed = frozenset(allowed) | self._tenants.keys()

    def allows(self, request: Request) -> bool:
        """Tells whether the page that asks may; a request without an origin is of no page.

        An origin has to match in full: scheme, host and port, and nothing else (RFC 6454, 6.2).
        """
        origin = request.headers.get("origin")
        if origin is None:
            return True
        if not ORIGIN.fullmatch(origin.lower()):
            return False
        return origin.lower() in {*self._allowed, *_own(request)}

    def tenant(self, request: Request) -> str:
        """Returns whose site the page that asks is of; `DEFAULT` if it is no tenant's.

        Browsers leave the origin out where a page of ours only reads; the host says the same.
        """
        origin = request.headers.get("origin")
        sites = _own(request) if origin is None else (origin.lower(),)
        return next((self._tenants[site] for site in sites if site in self._tenants), DEFAULT)

    def add_headers(self, request: Request, response: BaseHTTPResponse) -> None:
        """Adds to an answer of the API what its page's browser asks for."""
        varies = response.headers.get("Vary")
        response.headers["Vary"] = f"{varies}, Origin" if varies else "Origin"
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        origin = request.headers.get("origin")
        if origin and self.allows(request):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
                response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
                response.headers["Access-Control-Max-Age"] = "600"


def _own(request: Request) -> tuple[str, str]:
    """Returns our own origin: a proxy may have ended TLS before us, so both schemes are ours."""
    host = request.headers.get("host", "").lower()
    return f"https://{host}", f"http://{host}"
