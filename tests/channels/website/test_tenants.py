"""Whose conversation it is, is said by the site alone, and by nobody who asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from rasa.core.channels.channel import UserMessage

from channels.bounds import BadSettings
from channels.website.sessions import Sessions
from channels.website.settings import Settings
from serving.tenants import VARIABLE, tenant_of
from tests.channels.website.client import BASE, Client
from tests.channels.website.small_server import small_server
from tests.tenant_folders import HALL, PORT, TITLES, make_tenants

SITES = {HALL: "https://www.hall.gov.cn", PORT: "https://www.port.gov.cn:8443"}
FRIEND = "https://www.friend.gov.cn"


async def name_tenant(message: UserMessage) -> None:
    """Answers with the tenant that the conversation's id names."""
    text = tenant_of(message.sender_id) or "default"
    await message.output_channel.send_response(message.sender_id, {"text": text})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tenants")


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(make_tenants(folder / "tenants")))
        sites = {tenant: [site] for tenant, site in SITES.items()}
        settings: dict[str, Any] = {"allowed_origins": [FRIEND], "tenants": sites}
        with small_server(folder, name_tenant, **settings) as address:
            yield address


@pytest.mark.parametrize("tenant", [HALL, PORT])
def test_a_site_opens_conversations_of_its_tenant(url: str, tenant: str) -> None:
    client = Client(url, Origin=SITES[tenant])
    assert client.greet()["text"] == tenant
    assert client.say("你好")["text"] == tenant
    assert client.open()["title"] == TITLES[tenant]


@pytest.mark.parametrize("headers", [{}, {"Origin": FRIEND}, {"Origin": "{url}"}])
def test_all_others_are_of_the_default(url: str, headers: dict[str, str]) -> None:
    client = Client(url, **{name: value.format(url=url) for name, value in headers.items()})
    assert client.greet()["text"] == "default"
    assert "title" not in client.open()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "www.hall.gov.cn"},
        {"X-Tenant": HALL},
        {"Referer": SITES[HALL]},
        {"Origin": FRIEND, "Host": "www.hall.gov.cn"},
    ],
)
def test_no_other_header_makes_somebody_a_tenants_visitor(
    url: str, headers: dict[str, str]
) -> None:
    assert Client(url, **headers).greet()["text"] == "default"


@pytest.mark.parametrize(
    "origin",
    [
        "https://www.hall.gov.cn.evil.example",
        "https://www.hall.gov.cn:444",
        "http://www.hall.gov.cn",
        "https://hall.gov.cn",
        "null",
    ],
)
def test_a_site_that_is_nearly_a_tenants_is_refused(url: str, origin: str) -> None:
    answer = requests.post(f"{url}{BASE}/session", headers={"Origin": origin}, json={}, timeout=20)
    assert answer.status_code == 403


def test_what_a_page_sends_says_nothing_of_the_tenant(url: str) -> None:
    client = Client(url, Origin=SITES[PORT])
    forged = {"tenant": HALL, "metadata": {"tenant": HALL}, "sender": f"website-~{HALL}~0"}
    answer = client.call("POST", "/session", json=forged, headers={"Authorization": ""})
    assert answer.status_code == 200
    client.token = answer.json()["token"]
    assert client.greet()["text"] == PORT
    assert client.send(text="你好", id="forged", **forged).status_code == 200
    assert client.answer_to("forged")["text"] == PORT


def test_a_token_is_good_on_its_tenants_sites_only(url: str) -> None:
    hall = Client(url, Origin=SITES[HALL])
    hall.say("你好")
    for other in (SITES[PORT], FRIEND):
        thief = Client(url, hall.token, Origin=other)
        for method, path in (("GET", "/history"), ("GET", "/events"), ("DELETE", "/conversation")):
            assert thief.call(method, path).status_code == 401
        assert thief.send(text="你好").status_code == 401
        # It gets a conversation of its own instead.
        assert thief.open(hall.token)["token"] != hall.token
    assert len(hall.history()) == 2
    assert hall.open(hall.token)["token"] == hall.token


def test_a_token_for_a_conversation_of_ones_choice_cannot_be_made(url: str, folder: Path) -> None:
    forged, _ = Sessions("x" * 48, 1).issue(f"website-~{HALL}~{'0' * 32}")
    assert Client(url, forged, Origin=SITES[HALL]).call("GET", "/history").status_code == 401


def test_a_judgement_counts_for_its_tenant_alone(url: str, folder: Path) -> None:
    client = Client(url, Origin=SITES[HALL])
    client.say("你好")
    assert client.call("POST", "/feedback", json={"seq": 2, "helpful": False}).status_code == 200
    engine = sa.create_engine(f"sqlite:///{folder / 'website.db'}")
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT tenant, what FROM counts_of_tenants")).all()
        assert {tuple(row) for row in rows} == {(HALL, "no")}
        assert not connection.execute(sa.text("SELECT * FROM counts")).all()
    engine.dispose()


def test_our_own_host_may_be_a_tenants(folder: Path, tmp_path: Path) -> None:
    """Behind a proxy with two names; a browser sends no origin where a page of ours only reads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(folder / "tenants"))
        with small_server(tmp_path, name_tenant, tenants={HALL: ["https://hall.example"]}) as url:
            client = Client(url, Host="hall.example")
            assert client.greet()["text"] == HALL
            page = Client(url, client.token, Host="hall.example", Origin="https://hall.example")
            assert page.say("你好")["text"] == HALL
            assert Client(url).greet()["text"] == "default"


@pytest.mark.parametrize(
    ("sites", "said"),
    [
        ({"gone": ["https://a.example"]}, "tenants/gone/tenant.yml: the file is missing"),
        ({"../hall": ["https://a.example"]}, "is no id of a tenant"),
        ({HALL: ["https://a.example/x"]}, "is not like https://host"),
        ({HALL: ["https://a.example"], PORT: ["https://A.example/"]}, "under hall and port"),
        ([HALL], "is not a list of `name: value`"),
    ],
)
def test_a_setting_that_cannot_be_meant_stops_the_start(
    url: str, sites: Any, said: str, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setenv(VARIABLE, str(folder / "tenants"))
    with pytest.raises(BadSettings) as error:
        Settings.from_credentials({"tenants": sites})
    assert said in str(error.value)


def test_without_the_setting_there_are_no_tenants() -> None:
    nothings: list[dict[str, Any]] = [{}, {"tenants": None}, {"tenants": {}}]
    for nothing in nothings:
        assert Settings.from_credentials(nothing).tenants == {}
