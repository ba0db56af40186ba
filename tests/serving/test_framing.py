"""Which heads of requests are framed plainly. Rules: RFC 9112."""

from __future__ import annotations

import pytest

from serving.framing import Head, Refusal, has_bare_line_end, read_head

HOST = b"Host: localhost"

PLAIN = {
    "a path": (b"GET / HTTP/1.1\r\nHost: a", ("GET", "/", 0)),
    "a query": (b"GET /x?a=%E4&b=[1] HTTP/1.1\r\nHost: a:80", ("GET", "/x?a=%E4&b=[1]", 0)),
    "a length": (b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 12", ("POST", "/x", 12)),
    "a length of zero": (b"GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0", ("GET", "/x", 0)),
    "blanks around a value": (b"PUT / HTTP/1.1\r\nHost:a\r\nContent-Length: \t7 ", ("PUT", "/", 7)),
    "HTTP/1.0 without Host": (b"GET / HTTP/1.0", ("GET", "/", 0)),
    "an address as Host": (b"GET / HTTP/1.1\r\nHost: [::1]:5005", ("GET", "/", 0)),
    "an expectation": (b"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue", ("PUT", "/", 0)),
    "a value in UTF-8": (b"GET / HTTP/1.1\r\nHost: a\r\nX: \xe4\xbd\xa0", ("GET", "/", 0)),
    "an upgrade": (b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c", ("GET", "/", 0)),
    "an empty value": (b"GET / HTTP/1.1\r\nHost: a\r\nX:", ("GET", "/", 0)),
}  # fmt: skip
LENGTHS = (
    *("-5", "+2", "1_0", "abc", "", "0x10", "1.0", "1e3", "5, 5", "5,", "5 5", " ", "-0", "--5"),
    *("\u0665", "\uff15", "5;", "9" * 16, "5\t5", '"5"'),
)
CODINGS = (
    *("chunked", "xchunked", "identity", "gzip, chunked", "Chunked", "chunked, chunked", ""),
    *("\tchunked", "chunked;a=1", "'chunked'"),
)
MALFORMED = {
    "nothing": b"",
    "no version": b"GET /\r\nHost: a",
    "another version": b"GET / HTTP/2.0\r\nHost: a",
    "no such version": b"GET / HTTP/1.9\r\nHost: a",
    "lower-case version": b"GET / http/1.1\r\nHost: a",
    "two blanks": b"GET  / HTTP/1.1\r\nHost: a",
    "a tab": b"GET\t/ HTTP/1.1\r\nHost: a",
    "a leading blank": b" GET / HTTP/1.1\r\nHost: a",
    "a leading line": b"\r\nGET / HTTP/1.1\r\nHost: a",
    "a blank at the end": b"GET / HTTP/1.1 \r\nHost: a",
    "a blank in the path": b"GET /a b HTTP/1.1\r\nHost: a",
    "no path": b"GET a HTTP/1.1\r\nHost: a",
    "all of the server": b"OPTIONS * HTTP/1.1\r\nHost: a",
    "a whole address": b"GET http://a/ HTTP/1.1\r\nHost: a",
    "a fragment": b"GET /a#b HTTP/1.1\r\nHost: a",
    "a control byte in the path": b"GET /a\x01 HTTP/1.1\r\nHost: a",
    "NUL in the path": b"GET /a\x00 HTTP/1.1\r\nHost: a",
    "no UTF-8 in the path": b"GET /\xff HTTP/1.1\r\nHost: a",
    "UTF-8 in the path": b"GET /\xe4\xbd\xa0 HTTP/1.1\r\nHost: a",
    "no UTF-8 in a value": b"GET / HTTP/1.1\r\nHost: a\r\nX: \xff",
    "no Host": b"GET / HTTP/1.1\r\nX: y",
    "two Hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: a",
    "an empty Host": b"GET / HTTP/1.1\r\nHost:",
    "a path as Host": b"GET / HTTP/1.1\r\nHost: a/b",
    "a person as Host": b"GET / HTTP/1.1\r\nHost: me@a",
    "an odd port": b"GET / HTTP/1.1\r\nHost: a:b",
    "half an address as Host": b"GET / HTTP/1.1\r\nHost: [::1",
    "two origins": b"GET / HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\nOrigin: http://a",
    "two types": b"GET / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Type: a/b",
    "a blank before the colon": b"GET / HTTP/1.1\r\nHost: a\r\nX : y",
    "a folded line": b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z",
    "no colon": b"GET / HTTP/1.1\r\nHost: a\r\nX",
    "no name": b"GET / HTTP/1.1\r\nHost: a\r\n: y",
    "an odd name": b"GET / HTTP/1.1\r\nHost: a\r\nX(): y",
    "a name in UTF-8": b"GET / HTTP/1.1\r\nHost: a\r\n\xe4\xbd\xa0: y",
    "an empty line within": b"GET / HTTP/1.1\r\nHost: a\r\n\r\nX: y",
    "LF alone": b"GET / HTTP/1.1\nHost: a",
    "LF alone in a value": b"GET / HTTP/1.1\r\nHost: a\r\nX: y\nZ: z",
    "CR alone in a value": b"GET / HTTP/1.1\r\nHost: a\r\nX: y\rZ: z",
    "CR at the end": b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r",
    "NUL in a value": b"GET / HTTP/1.1\r\nHost: a\r\nX: y\x00",
    "ESC in a value": b"GET / HTTP/1.1\r\nHost: a\r\nX: \x1b[31m",
    "DEL in a value": b"GET / HTTP/1.1\r\nHost: a\r\nX: \x7f",
    "a C1 control in a value": b"GET / HTTP/1.1\r\nHost: a\r\nX: \xc2\x85",
    "a line separator in a value": b"GET / HTTP/1.1\r\nHost: a\r\nX: \xe2\x80\xa8",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6",
    "a length twice": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\ncontent-length: 5",
    "a length beside a coding": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked"
    ),
}


@pytest.mark.parametrize(("raw", "expected"), PLAIN.values(), ids=PLAIN.keys())
def test_a_plain_head_is_read(raw: bytes, expected: tuple[str, str, int]) -> None:
    head = read_head(raw)
    assert (head.method, head.target, head.length) == expected


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_head_is_refused(raw: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        read_head(raw)
    assert caught.value.status == 400


@pytest.mark.parametrize("length", LENGTHS)
def test_a_length_is_digits_and_nothing_else(length: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_head(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length.encode())
    assert caught.value.status == 400


@pytest.mark.parametrize("coding", CODINGS)
def test_every_transfer_encoding_is_refused(coding: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_head(b"POST / HTTP/1.1\r\nHost: a\r\ntransfer-ENCODING: " + coding.encode())
    assert caught.value.status == 400


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PRI", "get", "G\u00cbT", "X" * 50])
def test_another_method_is_refused(method: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_head(f"{method} / HTTP/1.1\r\nHost: a".encode())
    assert caught.value.status in (400, 405)


def test_another_expectation_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        read_head(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: wonders")
    assert caught.value.status == 417


def test_a_refusal_repeats_nothing_of_a_value() -> None:
    with pytest.raises(Refusal) as caught:
        read_head(b"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: secret\x00")
    assert "secret" not in str(caught.value)


def test_the_fields_of_a_head() -> None:
    head = read_head(b"GET /a/b?c HTTP/1.1\r\nHOST: a\r\nX: 1\r\nx:  2 \r\nY:")
    assert head == Head("GET", "/a/b?c", 0, {"host": ["a"], "x": ["1", "2"], "y": [""]})
    assert head.path == "/a/b"
    assert (head.value("x"), head.value("y"), head.value("z")) == ("1", "", None)


@pytest.mark.parametrize(
    ("unfinished", "expected"),
    [
        *((b"GET / HTTP/1.1\r", False), (b"GET / HT", False), (b"", False), (b"A: b\r\nC", False)),
        *((b"GET /\n", True), (b"\nGET /", True), (b"GET /\rX", True), (b"A\r\n\n", True)),
    ],
)
def test_a_bare_line_end_is_seen_before_the_head_is_complete(
    unfinished: bytes, expected: bool
) -> None:
    assert has_bare_line_end(unfinished) is expected
