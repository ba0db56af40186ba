"""Fetches the picture of a message: by its media id from the account's API, or by its address.

Fields and calls are those of the platforms' pages: "receiving ordinary messages" of the official
account (image: PicUrl, MediaId), "getTempMedia" of the mini-program's customer service (GET
/cgi-bin/media/get with access_token and media_id; only pictures; the bytes, or JSON with an errcode
in their place, 40007 for an id that is not valid), and 90254, "getting temporary material", of
WeCom, which KF's media ids belong to (the same call; ids are good for three days).

An account that is not verified has no right to that call, so its pictures come from their PicUrl.
That stands in a push, which in plain mode nothing proves: it is fetched only from the platform's
own hosts.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from channels.addresses import parsed_address
from channels.wechat.client.errors import ApiError, TooLarge
from channels.wechat.client.http_client import CONNECT_SECONDS
from channels.wechat.client.platforms import Platform
from channels.wechat.protocol.incoming import Incoming
from channels.wechat.settings import Account
from screenshots.reading import NotRead, Reason

logger = logging.getLogger(__name__)

PATH = "/cgi-bin/media/get"
FETCH_SECONDS = 6.0  # for one picture, with every try and the token
# Seen in pushes (mmsns in old ones) and on the platform's own pages.
HOSTS = frozenset({"mmbiz.qpic.cn", "mmecoa.qpic.cn", "mmsns.qpic.cn", "mmbiz.qlogo.cn"})
_OWN_PATH = re.compile(r"/mmbiz[A-Za-z0-9_/-]*")  # as the platform's pictures have it


class Media:
    """The way to the pictures of all accounts.

    Args:
        platforms: of the accounts that have a secret, by name.
        max_bytes: of a picture.
        resolver: finds the addresses of the hosts of PicUrl.
    """

    def __init__(
        self,
        platforms: Mapping[str, Platform],
        max_bytes: int,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._platforms = platforms
        self._max_bytes = max_bytes
        self._resolver = resolver

    def is_there(self, account: Account, incoming: Incoming) -> bool:
        """Tells whether a picture can be fetched as far as its message says."""
        if _has_api(account):
            return bool(incoming.data.get("media_id"))
        return picture_url(account, incoming.data.get("url", "")) is not None

    async def fetch(self, account: Account, incoming: Incoming) -> bytes:
        """Returns the picture of a message, whatever it turns out to be.

        Raises:
            NotRead: if it is not had, with TOO_LARGE or FAILED.
            StoreError: if the store does not answer.
        """
        reason = Reason.FAILED
        try:
            return await asyncio.wait_for(self._fetch(account, incoming), FETCH_SECONDS)
        except TooLarge:
            reason = Reason.TOO_LARGE
        except asyncio.TimeoutError:
            logger.warning("%s: a picture did not come within %s s", account.name, FETCH_SECONDS)
        except ApiError:
            pass  # it is in the log
        raise NotRead(reason)  # here, so that it has no context that shows an address

    async def _fetch(self, account: Account, incoming: Incoming) -> bytes:
        if _has_api(account):
            api = self._platforms[account.name].api
            query = {"media_id": incoming.data.get("media_id", "")}
            return await api.fetch(PATH, query, api.until(None, FETCH_SECONDS), self._max_bytes)
        url = picture_url(account, incoming.data.get("url", ""))
        if url is None:
            raise ApiError(None, "the picture is not at the platform's", "never")
        own = None if _origin(str(url)) == _origin(account.api) else self._resolver or PublicOnly()
        outcome = await self._download(url, own)
        if isinstance(outcome, ApiError):
            logger.warning("%s: a picture could not be fetched: %s", account.name, outcome)
            raise outcome
        return outcome

    async def _download(self, url: URL, resolver: AbstractResolver | None) -> bytes | ApiError:
        """Returns what stands at an address: asked for without a cookie, a token or a name."""
        timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS, sock_connect=CONNECT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    timeout=timeout,
                ) as session,
                session.get(
                    url, headers={"Accept-Encoding": "identity"}, allow_redirects=False
                ) as response,
            ):
                if response.status != 200:
                    return ApiError(None, f"HTTP status {response.status}", "never")
                content = bytearray()
                async for chunk in response.content.iter_chunked(65_536):
                    content += chunk
                    if len(content) > self._max_bytes:
                        response.close()
                        return TooLarge(None, "it is too large", "never")
                return bytes(content)
        except Exception as error:  # whatever it is, its words may show the address
            return ApiError(None, f"no whole picture came: {type(error).__name__}", "never")


class PublicOnly(AbstractResolver):
    """Resolves names to public addresses only: a name that has another as well is refused."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Returns the addresses of a host.

        Raises:
            OSError: if there are none, or one is not public.
        """
        found = await self._inner.resolve(host, port, family)
        if not all(is_public(address["host"]) for address in found):
            raise OSError("the host has an address that is not public")
        return found

    async def close(self) -> None:
        """Ends nothing: there is nothing open."""


def is_public(address: str) -> bool:
    """Tells whether an address is one of the public internet's."""
    parsed = parsed_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.sixtofour:
        parsed = parsed.sixtofour
    return parsed is not None and parsed.is_global and not parsed.is_multicast


def picture_url(account: Account, given: str) -> URL | None:
    """Returns the address of a picture; None if it is not at the platform's.

    It is at one of its hosts, and then fetched by HTTPS whatever is given; or where the operator
    says that the account's API is (`api`), such as the imitation.
    """
    try:
        parts = urlsplit(given)
        port = parts.port
        if parts.username is not None or parts.password is not None:
            return None
        if account.api and _origin(given) == _origin(account.api):
            is_picture = _OWN_PATH.fullmatch(parts.path) and not parts.query
            return URL(given, encoded=True) if is_picture else None
        if parts.scheme not in ("http", "https") or parts.hostname not in HOSTS:
            return None
        if port not in (None, {"http": 80, "https": 443}[parts.scheme]):
            return None
        query = f"?{parts.query}" if parts.query else ""
        return URL(f"https://{parts.hostname}{parts.path or '/'}{query}", encoded=True)
    except ValueError:
        return None


def _has_api(account: Account) -> bool:
    return account.verified and bool(account.secret)


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
