"""The demo page of an imagined bureau, and the built window."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.live_messages import WEBSITE
from channels.website.origins import PAGE_SECURITY, SECURITY

FOLDER = Path(__file__).parent
REVALIDATED = {**SECURITY, "Cache-Control": "no-cache"}


@dataclass(frozen=True)
class Built:
    """A built file as it is sent."""

    fingerprint: tuple[int, int]
    tag: str
    plain: bytes
    packed: bytes


class Pages:
    """What a browser gets without a session."""

    def __init__(self, widget: Path) -> None:
        self._widget = widget
        self._built: Built | None = None

    async def demo(self, _: Request) -> HTTPResponse:
        """Serves the demo page."""
        page = (FOLDER / "demo.html").read_text(encoding="utf-8")
        return response.html(page, headers=PAGE_SECURITY)

    async def style(self, _: Request) -> HTTPResponse:
        """Serves the style sheet of the demo page."""
        style = (FOLDER / "demo.css").read_text(encoding="utf-8")
        return response.text(style, headers=REVALIDATED, content_type="text/css; charset=utf-8")

    async def widget(self, request: Request) -> HTTPResponse:
        """Serves the widget to any page; the API decides which one may use it."""
        built = self._load()
        headers = {
            **REVALIDATED,
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        if built is None:
            return response.text(WEBSITE["not_built"], status=503, headers=headers)
        headers.update({"ETag": built.tag, "Vary": "Accept-Encoding"})
        if request.headers.get("if-none-match") == built.tag:
            return response.empty(304, headers=headers)
        content = built.plain
        if "gzip" in request.headers.get("accept-encoding", ""):
            content = built.packed
            headers["Content-Encoding"] = "gzip"
        return response.raw(content, headers=headers, content_type="text/javascript; charset=utf-8")

    def _load(self) -> Built | None:
        try:
            status = self._widget.stat()
            fingerprint = (status.st_mtime_ns, status.st_size)
            if self._built is None or self._built.fingerprint != fingerprint:
                plain = self._widget.read_bytes()
                tag = f'"{hashlib.sha256(plain).hexdigest()[:32]}"'
                self._built = Built(fingerprint, tag, plain, gzip.compress(plain, mtime=0))
        except OSError:
            return None
        return self._built
