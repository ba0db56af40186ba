"""A change that an editor of a tenant tries is over that tenant's words, and nobody else's."""

from __future__ import annotations

from channels.tryout_tokens import is_valid, sign
from content_loader.live import LiveContents
from tests.operators.conftest import Client
from tests.operators.test_tenants import GREET, SECRET, Server
from tests.operators.test_tenants import server as server
from tests.tenant_folders import GREETINGS, HALL, PORT


def choose(client: Client, tenant: str) -> None:
    """Goes to the pages of a tenant, as who may see all."""
    form = {"form_token": client.token("/account"), "tenant": tenant}
    assert client.post("/tenant", form).status_code == 303


def test_a_draft_reaches_no_conversation_of_another_tenant(server: Server) -> None:
    fields = {"field": GREET, "base": "x", "text": SECRET, "try": "1"}
    paths = {}
    for name in ("hall_editor", "chief"):
        client = server.client(name)
        if name == "chief":
            choose(client, HALL)
        token = client.token(f"/words/chitchat/edit?field={GREET}")
        answer = client.post("/words/chitchat/save", {**fields, "form_token": token})
        paths[name] = answer.headers["location"]
    assert SECRET in server.client("hall_editor").get(paths["hall_editor"]).text
    for name in ("hall_owner", "port_editor", "port_owner", "wang", "zhang", "chief"):
        client = server.client(name)
        for path in paths.values():
            answer = client.get(path)
            assert SECRET not in answer.text
            assert answer.headers["location"] == "/words?done=tryout_over"
            posted = client.post(path, {"form_token": client.token("/account"), "message": "x"})
            assert posted.headers["location"] == "/words?done=tryout_over"
    chief = server.client("chief")
    choose(chief, HALL)
    assert SECRET in chief.get(paths["chief"]).text
    choose(chief, PORT)
    assert SECRET not in chief.get(paths["chief"]).text
    name = paths["hall_editor"].removeprefix("/tryouts/")
    tryout = server.site.of(HALL).tryouts.find(name, "hall_editor")
    assert tryout is not None
    assert server.site.of(PORT).tryouts.find(name, "hall_editor") is None
    contents = LiveContents(server.site.words.folder, server.folder)
    assert contents.current(HALL, tryout.subject.draft).chitchat["greet"].text == SECRET
    for tenant, greeting in GREETINGS.items():
        assert contents.current(tenant).chitchat["greet"].text == greeting
    key = b"0" * 64
    token = sign(key, tryout.conversation, 100)
    assert is_valid(key, tryout.conversation, 100, token, 1.0)
    assert not is_valid(key, tryout.conversation.replace(HALL, PORT), 100, token, 1.0)
