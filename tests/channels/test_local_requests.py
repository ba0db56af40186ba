"""The REST channel answers programs of allowed machines only, and no page in a browser."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from multidict import CIMultiDict
from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from channels.bounds import BadSettings
from channels.refusals import BadRequest
from channels.rest import RestChannel
from scripts.readiness import LOCAL, address, free_port, say

JSON = {"Content-Type": "application/json"}
SENDER = {"sender": "me", "message": "hello"}


def problem(
    headers: dict[str, str] | CIMultiDict[str],
    peer: str = LOCAL,
    own: str = LOCAL,
    **settings: Any,
) -> BadRequest | None:
    """Returns why a request is refused; None if it is accepted."""
    whole = CIMultiDict({"Host": "127.0.0.1:5005", **JSON})
    whole.update(headers)
    connection = SimpleNamespace(sockname=(own, 5005))
    request: Any = SimpleNamespace(ip=peer, headers=whole, conn_info=connection)
    try:
        RestChannel.from_credentials(settings).local.check(request)
    except BadRequest as refusal:
        return refusal
    return None


def refused(status: int, part: str, *given: Any, **more: Any) -> None:
    refusal = problem(*given, **more)
    assert refusal is not None
    assert refusal.status == status
    assert part in str(refusal)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may(peer: str) -> None:
    assert problem({}, peer) is None


def test_this_machine_may_by_an_address_of_its_own() -> None:
    assert problem({"Host": "192.0.2.4:5005"}, "192.0.2.4", "192.0.2.4") is None
    assert problem({}, "::ffff:192.0.2.4", "192.0.2.4") is None


@pytest.mark.parametrize(
    "peer", ["192.0.2.4", "10.0.0.1", "172.17.0.1", "fe80::1%eth0", "2001:db8::1", "", "0.0.0.0"]
)
def test_another_machine_may_not_and_is_told_which_setting_allows_it(peer: str) -> None:
    refused(403, "allowed_peers", {}, peer, "192.0.2.9")
    refused(403, "allowed_peers", {}, peer, "192.0.2.9", allowed_peers=["198.51.100.0/24"])


def test_the_setting_allows_an_address_or_a_network() -> None:
    allowed: Any = {"allowed_peers": ["10.0.0.0/8", "2001:db8::7"]}
    assert problem({}, "10.1.2.3", "192.0.2.9", **allowed) is None
    assert problem({}, "::ffff:10.1.2.3", "192.0.2.9", **allowed) is None
    assert problem({}, "2001:db8::7", "2001:db8::9", **allowed) is None
    refused(403, "allowed_peers", {}, "2001:db8::8", "2001:db8::9", **allowed)
    assert problem({}, **allowed) is None


FORWARDED = [
    *["X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "X-Forwarded-Anything"],
    *["Forwarded", "Via", "X-Real-IP", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP"],
]


@pytest.mark.parametrize("name", FORWARDED)
@pytest.mark.parametrize("value", ["127.0.0.1", "203.0.113.9", ""])
def test_what_a_proxy_forwards_is_not_of_this_machine(name: str, value: str) -> None:
    refused(403, "trusted_proxies", {name: value})
    elsewhere: Any = {"trusted_proxies": ["10.0.0.1"], "address_header": name}
    refused(403, "trusted_proxies", {name: value}, **elsewhere)
    refused(403, "trusted_proxies", {name: value}, trusted_proxies=[LOCAL])


def test_behind_a_trusted_proxy_the_one_it_asks_for_counts() -> None:
    proxied: Any = {"trusted_proxies": [LOCAL], "address_header": "X-Forwarded-For"}
    for value in ("203.0.113.9", "127.0.0.1, 203.0.113.9", "rubbish", "127.0.0.1:80"):
        refused(403, "allowed_peers", {"X-Forwarded-For": value}, **proxied)
    assert problem({"X-Forwarded-For": "::1"}, **proxied) is None
    lines = CIMultiDict([("X-Forwarded-For", "127.0.0.1"), ("x-forwarded-for", "203.0.113.9")])
    whole = CIMultiDict([("Host", "127.0.0.1"), *JSON.items(), *lines.items()])
    connection = SimpleNamespace(sockname=(LOCAL, 5005))
    request: Any = SimpleNamespace(ip=LOCAL, headers=whole, conn_info=connection)
    with pytest.raises(BadRequest, match="allowed_peers"):
        RestChannel.from_credentials(proxied).local.check(request)
    allowed: Any = {**proxied, "allowed_peers": ["203.0.113.0/24"]}
    assert problem({"X-Forwarded-For": "203.0.113.9"}, **allowed) is None
    # An address that is ours on the connection is not believed from a header.
    refused(403, "allowed_peers", {"X-Forwarded-For": "192.0.2.4"}, own="192.0.2.4", **proxied)
    # The proxy has another header than the settings say: it is not known for whom it asks.
    refused(403, "address_header", {"X-Real-IP": "203.0.113.9"}, **proxied)


@pytest.mark.parametrize(
    "host",
    [
        *["localhost", "localhost:5005", "LOCALHOST", "127.0.0.1", "192.0.2.4:80", "[::1]:5005"],
        *["[::1]", "Assistant.internal:5005"],
    ],
)
def test_a_name_that_is_ours_may(host: str) -> None:
    assert problem({"Host": host}, allowed_hosts=["assistant.Internal"]) is None


@pytest.mark.parametrize(
    "host",
    [
        *["evil.example", "evil.example:5005", "localhost.evil.example", "localhost.", "", " "],
        *["127.0.0.1.evil.example", "127.0.0.1:5005@evil.example", "[evil]", "::1", "2130706433"],
        *["127.1", "assistant.internal", "localhost:5005:5005", "localhost,evil.example"],
    ],
)
def test_a_name_that_is_not_ours_is_refused_with_the_setting(host: str) -> None:
    refused(421, "allowed_hosts", {"Host": host})


def test_two_names_or_none_are_refused() -> None:
    connection = SimpleNamespace(sockname=(LOCAL, 5005))
    for hosts in ([], ["localhost", "localhost"], ["localhost", "evil.example"]):
        headers = CIMultiDict([*JSON.items(), *(("Host", host) for host in hosts)])
        request: Any = SimpleNamespace(ip=LOCAL, headers=headers, conn_info=connection)
        with pytest.raises(BadRequest) as refusal:
            RestChannel().local.check(request)
        assert refusal.value.status == 421


@pytest.mark.parametrize(
    "headers",
    [
        *[
            {"Origin": name}
            for name in ("https://evil.example", "null", "http://127.0.0.1:5005", "")
        ],
        *[{"Sec-Fetch-Site": name} for name in ("cross-site", "same-site", "same-origin", "")],
    ],
)
def test_a_page_may_not_whatever_its_origin(headers: dict[str, str]) -> None:
    refused(403, "pages", headers)
    assert problem({"Sec-Fetch-Site": "none"}) is None


@pytest.mark.parametrize(
    "content_type",
    [
        *["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
        *["text/plain; application/json", "application/jsonp", "", "application/json, text/plain"],
    ],
)
def test_what_a_form_can_send_is_refused(content_type: str) -> None:
    refused(415, "application/json", {"Content-Type": content_type})


def test_the_type_may_name_its_charset() -> None:
    assert problem({"Content-Type": "Application/JSON ; charset=utf-8"}) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[
            ("allowed_peers", other_value)
            for other_value in ("10.0.0.0/8", ["nonsense"], [5], {"a": 1}, True)
        ],
        *[
            ("allowed_hosts", other_value)
            for other_value in ("a.b", ["a b"], ["a:80"], ["*"], [5], [""], {"a": 1})
        ],
        ("alowed_hosts", ["a.b"]),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_by_its_name(name: str, value: Any) -> None:
    with pytest.raises(BadSettings, match=rf"channels\.rest\.RestChannel: .*{name}"):
        RestChannel.from_credentials({name: value})


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The channel on a real port, with an echo in Rasa's place."""
    Sanic._app_registry.clear()
    Sanic.test_mode = True
    app = Sanic("small_rest", configure_logging=False)

    async def echo(message: UserMessage) -> None:
        await message.output_channel.send_response("me", {"text": message.text})

    app.blueprint(RestChannel.from_credentials(None).blueprint(echo), url_prefix="/webhooks/rest")
    port, loop, ready = free_port(), asyncio.new_event_loop(), threading.Event()

    async def start() -> None:
        server = await app.create_server(LOCAL, port, return_asyncio_server=True)
        assert server
        await server.startup()
        await server.start_serving()
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(start())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(20)
    yield address(LOCAL, port)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)


def test_our_own_tools_are_answered(url: str) -> None:
    [answer] = say(url, "me", "hello")
    assert answer["text"] == "hello"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-Forwarded-For": "203.0.113.9"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
def test_over_http_a_refusal_says_why(url: str, headers: dict[str, str], status: int) -> None:
    answer = requests.post(
        f"{url}/webhooks/rest/webhook",
        json.dumps(SENDER),
        headers={**JSON, **headers},
        timeout=20,
    )
    assert answer.status_code == status
    assert status == 200 or answer.json()["error"]
