"""Which pages may use the API from a browser, and the headers that say so."""

from __future__ import annotations

import re

from sanic.request import Request
from sanic.response import BaseHTTPResponse

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

    def __init__(self, allowed: tuple[str, ...]) -> None:
        self._allowed = frozenset(allowed)

    def allows(self, request: Request) -> bool:
        """Tells whether the page that asks may; a request without an origin is of no page.

        An origin has to match in full: scheme, host and port, and nothing else (RFC 6454, 6.2).
        """
        origin = request.headers.get("origin")
        if origin is None:
            return True
        if not ORIGIN.fullmatch(origin.lower()):
            return False
        host = request.headers.get("host", "").lower()
        # A proxy may have ended TLS before us, so both schemes are ours.
        return origin.lower() in {*self._allowed, f"http://{host}", f"https://{host}"}

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
