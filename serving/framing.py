"""Checks that the head of an HTTP/1.x request is framed plainly. Pure: no input, no output.

Sanic 21.12 believes lengths that are not numbers of bytes, reads `Transfer-Encoding` by words of
its own, and parses what follows as a request. So only heads that every server and proxy reads in
the same way go on to Sanic; all others are refused. Section numbers are those of RFC 9112.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BODYLESS_METHODS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
# Fields that say one thing only: a second line of one is a contradiction (section 3.2, 6.3).
SINGLE_FIELDS = frozenset(
    {"authorization", "content-length", "content-type", "expect", "host", "origin"}
)

_REQUEST_LINE = re.compile(r"([!-~]+) ([!-~]+) HTTP/1\.([01])")  # section 3: one space each
_TARGET = re.compile(r"/[!\"$-~]*")  # section 3.2.1: origin-form, visible ASCII, no fragment
_FIELD = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+):(.*)", re.DOTALL)  # section 5
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")  # a tab may stand in a value
_BARE_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)")  # section 2.2
_LENGTH = re.compile(r"[0-9]{1,15}")  # section 6.2, far below what a Python integer may cost
_HOST = re.compile(r"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class Refusal(Exception):
    """A request that is not served; the connection ends with the answer.

    Attributes:
        status: the HTTP status, always 4xx.
    """

    def __init__(self, status: HTTPStatus, problem: str) -> None:
        super().__init__(problem)
        self.status = status


@dataclass(frozen=True)
class Head:
    """The head of a request that is framed plainly.

    Attributes:
        method: one of `METHODS`.
        target: the path and query as they were sent, visible ASCII.
        length: of the body, in bytes.
        fields: the values by lower-case name; of a repeated field, all in their order.
    """

    method: str
    target: str
    length: int
    fields: dict[str, list[str]]

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def value(self, name: str) -> str | None:
        """Returns the first value of a field, None if the request has no such field."""
        return next(iter(self.fields.get(name, ())), None)


def has_bare_line_end(buffer: bytes | bytearray) -> bool:
    """Tells whether a line of an unfinished head ends with LF or CR alone (section 2.2)."""
    return _BARE_LINE_END.search(buffer) is not None


def read_head(raw: bytes) -> Head:
    """Reads a head, without the blank line that ends it.

    Raises:
        Refusal: with 400 unless the head is framed plainly, with 405 for a method that nothing
            here serves, with 417 for an expectation other than 100-continue.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed("the head is not UTF-8") from error
    if has_bare_line_end(raw):
        raise _malformed("a line of the head does not end with CR LF")
    request_line, *lines = text.split("\r\n")
    parts = _REQUEST_LINE.fullmatch(request_line)
    if parts is None:
        raise _malformed("the request line is not METHOD TARGET HTTP/1.1")
    method, target, minor = parts.groups()
    if not _TARGET.fullmatch(target):
        raise _malformed("the target is not a path")
    if method not in METHODS:
        raise Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "there is no such method")
    fields = _read_fields(lines)
    if "host" not in fields and minor == "1":
        raise _malformed("there is no Host")
    if "host" in fields and not _HOST.fullmatch(fields["host"][0]):
        raise _malformed("Host is not a name or address with a port")
    expectation = fields.get("expect", ["100-continue"])[0]
    if expectation.lower() != "100-continue":
        raise Refusal(HTTPStatus.EXPECTATION_FAILED, "only 100-continue can be expected")
    return Head(method, target, _length(fields), fields)


def _read_fields(lines: list[str]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for line in lines:
        field = _FIELD.fullmatch(line)
        if field is None:
            raise _malformed("a line of the head is not NAME: VALUE")
        name, value = field[1].lower(), field[2].strip(" \t")
        if _CONTROL.search(value):
            raise _malformed("a value holds a control character")
        if name in fields and name in SINGLE_FIELDS:
            raise _malformed(f"there are two lines of {name}")
        fields.setdefault(name, []).append(value)
    return fields


def _length(fields: dict[str, list[str]]) -> int:
    """Returns the length of the body in bytes (section 6.3)."""
    if "transfer-encoding" in fields:
        raise _malformed("Transfer-Encoding is not served: send Content-Length")
    length = fields.get("content-length", ["0"])[0]
    if not _LENGTH.fullmatch(length):
        raise _malformed("Content-Length is not a number")
    return int(length)


def _malformed(problem: str) -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, problem)
