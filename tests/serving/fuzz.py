"""Random requests as raw bytes: well-formed ones that were changed, and noise. Seeded."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from random import Random

from scripts.readiness import LOCAL
from tests.serving.servers import statuses

AT_ONCE = 40  # connections
QUIET_SECONDS = 0.05  # after an answer, the server has nothing more to say
HANG_SECONDS = 10.0  # no answer after so long is a hang

METHODS = ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "get", "X\x00", "")
VERSIONS = ("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/1.1 ", "", "http/1.1")
QUERIES = (
    "",
    "?after=1",
    "?after=-1",
    "?after=%ff",
    "?timestamp=1&nonce=\udcff",
    "?[x",
    "?a=%00&&=",
)
ODD_PATHS = (
    *("/", "*", "//", "/../..", "/%", "/%ff%fe", "/\udcff\udcfe", "/\x00", "/\x7f", "/a b", "/#"),
    *("x", "http://[x", "http://localhost/", "//[", "/你好", "/" + "a" * 9000),
    *("/webhooks/wechat/%0d%0aX:y",),
)
FIELDS = (
    *("Host: localhost", "Host: [x", "Host: a\r\nHost: b", "Host:", "Host: \udcff"),
    *("Content-Length: 0", "Content-Length: 2", "Content-Length: -5", "Content-Length: abc"),
    *("Content-Length: +2", "Content-Length: 1_0", "Content-Length: 99999999999"),
    *("Content-Length: 2\r\nContent-Length: 3", "Content-Length : 2", "Content-Length: 2,2"),
    *("Transfer-Encoding: chunked", "Transfer-Encoding: xchunked"),
    *("transfer-encoding: gzip, chunked", "Origin: http://[x", "Origin: null"),
    *("Origin: http://localhost", "Origin: a\nb", "Origin: \udcff"),
    *("Origin: http://evil.example\r\nOrigin: http://localhost", "Origin: file://localhost"),
    *("Authorization: Bearer x.y.z", "Authorization: Bearer \udcff"),
    *("Authorization: Bearer \x00", "Content-Type: application/json", "Content-Type: \udcff"),
    *("Content-Type: multipart/form-data", "Expect: 100-continue", "Expect: x"),
    *("Upgrade: websocket", "Connection: Upgrade", "Connection: x", "X-Forwarded-For: \udcff"),
    *("Forwarded: for=[x", "X-Forwarded-Proto: \x01", "Cookie: \udcff=;;"),
    *("If-None-Match: \udcff", "Accept-Encoding: gzip;q=x", "Content-Encoding: deflate"),
    *("Range: x", " folded", "no colon", ": no name", "N\x00: v", "X: " + "y" * 9000),
    *("\udcff: \udcff", "X: \r y", "Access-Control-Request-Method: \udcff"),
    *("Access-Control-Request-Headers: \x01, [", "X-Request-ID: \udcff"),
)
BODIES = (
    *(b"", b"{}", b"[]", b"\xff\xfe", b'{"token": "x"}', b"[" * 5000, b"x" * 70_000),
    *(b"\x00" * 100, b"0\r\n\r\n", b"zz\r\nx\r\n", b"-1\r\n", b"5;x=y\r\nhello\r\n0\r\n\r\n"),
    *(b"1" * 100 + b"\r\n", b"2\r\n{}\r\n0\r\nX: y\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    *(b"NaN", b"1e999", b'"\\ud800"', b"<xml><ToUserName>a</ToUserName></xml>"),
    *(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',),
)


@dataclass
class Outcome:
    """What the server made of the requests.

    Attributes:
        counts: how many responses had a status.
        errors: the requests that got a 5xx.
        unanswered: those that got nothing, and no end of the connection either.
    """

    counts: dict[int, int] = field(default_factory=dict)
    errors: list[bytes] = field(default_factory=list)
    unanswered: list[bytes] = field(default_factory=list)


def random_requests(seed: int, number: int, paths: list[str], bodies: list[bytes]) -> list[bytes]:
    """Returns requests for paths of the server and others; the same for the same seed."""
    rng = Random(seed)
    return [_random_request(rng, paths, bodies) for _ in range(number)]


def _random_request(rng: Random, paths: list[str], bodies: list[bytes]) -> bytes:
    if rng.random() < 0.05:
        return rng.randbytes(rng.randint(1, 300)) + rng.choice([b"", b"\r\n\r\n"])
    path = rng.choice(paths) if rng.random() < 0.9 else rng.choice(ODD_PATHS)
    query = rng.choice(QUERIES) if rng.random() < 0.5 else ""
    method = rng.choice(METHODS[:2]) if rng.random() < 0.6 else rng.choice(METHODS)
    version = VERSIONS[0] if rng.random() < 0.9 else rng.choice(VERSIONS)
    body = (
        rng.choice([*BODIES, *bodies]) if method in ("POST", "PUT") or rng.random() < 0.05 else b""
    )
    fields = ["Host: localhost"] if rng.random() < 0.95 else []
    fields += rng.choices(FIELDS, k=rng.choice([0, 0, 0, 0, 0, 1, 1, 2, 4]))
    if rng.random() < 0.7:
        fields.append("Content-Type: application/json")
    if body and rng.random() < 0.8:
        fields.append(f"Content-Length: {len(body) + rng.choice([0, 0, 0, 0, -1, 1])}")
    rng.shuffle(fields)
    line_end = "\r\n" if rng.random() < 0.95 else rng.choice(["\n", "\r", "\n\r", "\r\n "])
    lines = [f"{method} {path}{query} {version}", *fields, "", ""]
    raw = bytearray(line_end.join(lines).encode("utf-8", "surrogateescape") + body)
    if rng.random() < 0.2:
        for _ in range(rng.randint(1, 4)):
            _change(rng, raw)
    return bytes(raw) or b"\r"


def _change(rng: Random, raw: bytearray) -> None:
    """Changes, removes, adds or repeats some bytes at a random index."""
    index = rng.randrange(len(raw) + 1)
    match rng.randrange(5):
        case 0:
            raw[index : index + 1] = rng.randbytes(1)
        case 1:
            del raw[index : index + rng.randint(1, 5)]
        case 2:
            raw[index:index] = rng.choice(
                [b"\x00", b"\r", b"\n", b"\r\n", b" ", b"\xff", b":", b"%"]
            )
        case 3:
            del raw[index:]
        case _:
            raw[index:index] = raw[index : index + 20]


def send_all(port: int, requests: list[bytes]) -> Outcome:
    """Sends each request on a connection of its own."""
    outcome = Outcome()

    async def send(raw: bytes, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                answer = await asyncio.wait_for(_send_request(port, raw), HANG_SECONDS)
            except asyncio.TimeoutError:
                outcome.unanswered.append(raw)
                return
        for status in statuses(answer):
            outcome.counts[status] = outcome.counts.get(status, 0) + 1
            if status >= 500:
                outcome.errors.append(raw)

    async def send_each() -> None:
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(send(raw, gate) for raw in requests))

    asyncio.run(send_each())
    return outcome


async def _send_request(port: int, raw: bytes) -> bytes:
    answer = b""
    reader, writer = await asyncio.open_connection(LOCAL, port)
    with contextlib.suppress(ConnectionError):
        writer.write(raw)
        await writer.drain()
        while True:
            try:
                waiting = QUIET_SECONDS if answer else None
                part = await asyncio.wait_for(reader.read(65_536), waiting)
            except asyncio.TimeoutError:
                break
            answer += part
            if not part:
                break
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return answer
