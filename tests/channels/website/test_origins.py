"""Which origins are ours, and which are echoed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from sanic.compat import Header
from sanic.request import Request
from sanic.response import empty

from channels.website.origins import Origins
from tests.channels.website.client import BASE
from tests.channels.website.small_server import small_server

FRIEND = "https://www.example.gov.cn"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with small_server(tmp_path_factory.mktemp("origins"), allowed_origins=[FRIEND]) as address:
        yield address


@pytest.mark.parametrize(
    "origin",
    [
        *("{host}", "//{host}", "https://", "file://{host}", "ftp://{host}", "http://{host}/"),
        *("http://{host}/x", "http://x@{host}", "http://{host}?", "http://{host}#", "null", ""),
        *("http://[x", "http://{host}.evil.example", "http://evil.example", "http:// {host}"),
        *("http://{host} http://{host}", "http://{host},http://evil.example", FRIEND + "/"),
    ],
)
def test_an_origin_that_does_not_match_in_full_is_refused_and_not_echoed(
    url: str, origin: str
) -> None:
    host = url.removeprefix("http://")
    header = {"Origin": origin.format(host=host)}
    for method, status in (("OPTIONS", 403), ("POST", 403)):
        answer = requests.request(method, f"{url}{BASE}/session", headers=header, timeout=20)
        assert answer.status_code == status
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("origin", ["http://{host}", "https://{host}", FRIEND, FRIEND.upper()])
def test_an_origin_of_ours_is_echoed(url: str, origin: str) -> None:
    header = {"Origin": origin.format(host=url.removeprefix("http://"))}
    answer = requests.options(f"{url}{BASE}/session", headers=header, timeout=20)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == header["Origin"]


def test_a_line_feed_in_an_origin_is_never_echoed() -> None:
    for text in ("http://host\n", "http://host\r\nX: y", "http://host\tx"):
        asked = Request(b"/", Header({"origin": text, "host": "host"}), "1.1", "GET", None, None)
        answer = empty()
        assert not Origins(()).allows(asked)
        Origins(()).add_headers(asked, answer)
        assert "Access-Control-Allow-Origin" not in answer.headers
