"""Two sites on one real assistant: two greetings and titles, two sets of answers, numbers apart."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, expect

from scripts.readiness import LOCAL, address, free_port
from serving.tenants import VARIABLE, tenant_of
from tests.channels.website.client import Client
from tests.conftest import Assistant, Conversation, serve
from tests.tenant_folders import GREETINGS, HALL, PORT, TITLES, make_tenants
from tests.website.chat import Chat
from tests.website.test_safety import other_site

ANSWER = "余杭大楼北侧有停车场。"
QUESTION = f"""\
questions:
  parking:
    wordings: [能停车吗, 有没有停车位, 停车场在哪里]
    text: {ANSWER}
bureaus: {{}}
"""


@dataclass
class Server:
    """An assistant with a site for each tenant.

    Attributes:
        ports: of the sites on this machine.
        folder: with those of the tenants.
    """

    assistant: Assistant
    ports: dict[str, int]
    folder: Path

    def client(self, tenant: str) -> Client:
        """Returns a page of a tenant's site, without a browser."""
        if not tenant:
            return Client(self.assistant.url)
        return Client(self.assistant.url, Origin=address(LOCAL, self.ports[tenant]))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("two")
    tenants = make_tenants(folder / "tenants")
    ports = {HALL: free_port(), PORT: free_port()}
    sites = {tenant: [address(LOCAL, port)] for tenant, port in ports.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tenants))
        with serve(folder, website={"tenants": sites}) as assistant:
            yield Server(assistant, ports, tenants)


@pytest.mark.parametrize("tenant", [HALL, PORT])
def test_each_site_has_its_greeting_and_title(
    context: BrowserContext, server: Server, tenant: str
) -> None:
    with other_site(server.ports[tenant], server.assistant.url) as site:
        chat = Chat(context.new_page(), server.assistant.url)
        chat.visit(site)
        chat.open()
        expect(chat.answers.first).to_contain_text(GREETINGS[tenant])
        expect(chat.page.locator("zhaohui-chat #title")).to_have_text(TITLES[tenant])
        # What it does not say otherwise is said as everywhere.
        assert "第 1 步" in chat.say("手机号还在用，怎么找回密码") + chat.say("能收到验证码")


def test_everybody_else_is_greeted_as_before(server: Server) -> None:
    greeting = server.client("").greet()["text"]
    conversation = Conversation(server.assistant).say("/greet")["text"]
    for other in (greeting, conversation):
        assert "找回电子营业执照密码" in other
        assert GREETINGS[HALL] not in other


def test_a_question_of_one_tenants_is_answered_to_its_visitors_alone(server: Server) -> None:
    path = server.folder / HALL / "content" / "local.yml"
    path.write_text(QUESTION, encoding="utf-8")
    assert server.client(HALL).say("能停车吗")["text"] == ANSWER  # live, with the next message
    assert ANSWER not in server.client(PORT).say("能停车吗")["text"]
    assert ANSWER not in server.client("").say("能停车吗")["text"]
    forged = {"sender": f"website-~{HALL}~{'0' * 32}", "message": "能停车吗"}
    status, said = server.assistant.post(str(forged).replace("'", '"').encode())
    assert status == 400, said


def test_a_change_is_live_and_a_broken_one_changes_nothing(server: Server) -> None:
    path = server.folder / PORT / "content" / "chitchat.yml"
    before = path.read_text(encoding="utf-8")
    for text, greeting in (
        (before.replace("北仑", "北仑港"), GREETINGS[PORT].replace("北仑", "北仑港")),
        ("chitchat:\n  greet: {txet: 坏了}\n", GREETINGS[PORT].replace("北仑", "北仑港")),
        (before, GREETINGS[PORT]),
    ):
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(time.time_ns(), time.time_ns()))
        assert server.client(PORT).greet()["text"] == greeting
        assert server.client(HALL).greet()["text"] == GREETINGS[HALL]
    log = server.assistant.logs[1].read_text(encoding="utf-8")
    assert "tenants/port/content/chitchat.yml:2" in log


def test_numbers_and_conversations_are_kept_apart(server: Server) -> None:
    for tenant in (HALL, PORT, ""):
        server.client(tenant).say("收不到验证码")
    engine = sa.create_engine(f"sqlite:///{server.assistant.database}")
    with engine.connect() as connection:
        senders = connection.execute(sa.text("SELECT DISTINCT sender_id FROM events")).scalars()
        assert {tenant_of(sender) for sender in senders} == {HALL, PORT, ""}
        counted = connection.execute(sa.text("SELECT DISTINCT tenant FROM counts_of_tenants"))
        assert set(counted.scalars()) == {HALL, PORT}
        assert connection.execute(sa.text("SELECT COUNT(*) FROM counts")).scalar()
    engine.dispose()
