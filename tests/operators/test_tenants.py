"""Two tenants on one server: what one sees and changes, the other never does, whatever it tries."""

from __future__ import annotations

import contextlib
import datetime
import json
import re
import shutil
import sqlite3
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from channels.conversation_store import RedactingSQLTrackerStore
from channels.counts import Figure
from content_loader.live import LiveContents
from content_loader.load import TOPICS, load
from operators import entries, passwords
from operators.accounts import ALL, NotPossible, Role
from operators.app import make_site
from operators.conversations import EVENTS
from operators.database import Database
from operators.fields import Field
from operators.journal import Journal
from operators.numbers import Span
from operators.recent import recent_messages
from operators.secret_key import SecretKey
from operators.settings import Settings
from operators.tenant_words import TenantWords
from operators.tryouts import Subject
from operators.visit import Site
from operators.words import FOLDER
from serving.tenants import content_of, prefix_of, tenant_of
from tests.operators.conftest import ENDPOINTS, PASSWORD, Client, Clock, client_of
from tests.operators.unclear_messages import DOMAIN, Speaker
from tests.tenant_folders import GREETINGS, HALL, NAMES, PORT, make_tenants

PEOPLE = {
    "hall_reader": (Role.READER, HALL),
    "hall_editor": (Role.EDITOR, HALL),
    "hall_owner": (Role.OWNER, HALL),
    "port_editor": (Role.EDITOR, PORT),
    "port_owner": (Role.OWNER, PORT),
    "zhang": (Role.OWNER, ""),
    "wang": (Role.EDITOR, ""),
    "chief": (Role.OWNER, ALL),
}
GREET = "chitchat.greet.text"
SECRET = "余杭才有的一句话"
QUESTION = {
    "wordings": "能停车吗\n有没有停车位\n车停在哪里",
    "text": "大楼北侧有停车场。",
    "until": "",
    "base": "",
    "name": "",
}


@dataclass
class Server:
    """A site with two tenants, and who asks it."""

    site: Site
    folder: Path
    speaker: Speaker

    def client(self, name: str) -> Client:
        return client_of(self.site, name)

    def change_greeting(self, name: str, text: str) -> int:
        """Changes the greeting as somebody; returns the status."""
        client = self.client(name)
        path = f"/words/chitchat/edit?field={GREET}"
        page = client.get(path).text
        base = re.findall(r'name="base" value="(\w+)"', page)[0]
        fields = {"form_token": client.token(path), "field": GREET, "base": base, "text": text}
        return int(client.post("/words/chitchat/save", fields).status_code)


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[Server]:
    folder = make_tenants(tmp_path / "tenants")
    content = tmp_path / "project" / "content"
    shutil.copytree(FOLDER, content)
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text(ENDPOINTS)
    site = make_site(Settings(), tmp_path, content, clock, tenants=folder)
    for name, (role, tenant) in PEOPLE.items():
        site.accounts.add(name, role, PASSWORD, "test", tenant)
    store = RedactingSQLTrackerStore(DOMAIN, db=str(tmp_path / "conversations.db"))
    yield Server(site, folder, Speaker(store))
    store.engine.dispose()
    site.unclear.conversations.close()
    site.database.close()


def sender(tenant: str, number: int) -> str:
    return f"{prefix_of('website-', tenant)}{number}"


# Words


def test_what_a_tenant_says_is_said_by_it_alone(server: Server) -> None:
    before = server.site.words.read("chitchat")
    assert server.change_greeting("hall_editor", SECRET) == 303
    contents = LiveContents(server.site.words.folder, server.folder)
    assert contents.current(HALL).chitchat["greet"].text == SECRET
    assert contents.current(PORT).chitchat["greet"].text == GREETINGS[PORT]
    assert contents.current().chitchat["greet"] == load().chitchat["greet"]
    assert server.site.words.read("chitchat") == before
    for name in ("port_editor", "wang", "zhang"):
        client = server.client(name)
        for path in ("/words/chitchat", "/words?q=余杭才有", "/words/chitchat/history"):
            assert SECRET not in client.get(path).text
        assert "这里是余杭" not in client.get("/words/chitchat/history").text


def test_a_version_of_another_tenant_is_not_there(server: Server) -> None:
    server.change_greeting("hall_editor", SECRET)
    owner = server.client("hall_owner")
    numbers = re.findall(r"/versions/(\d+)", owner.get("/words/chitchat/history").text)
    assert numbers
    for name in ("port_editor", "port_owner", "wang", "zhang"):
        client = server.client(name)
        token = client.token("/account")
        for number in (*numbers, "1", "2", "3", "4"):
            page = client.get(f"/versions/{number}")
            assert SECRET not in page.text
            assert GREETINGS[HALL] not in page.text
            if number in numbers:
                assert page.status_code == 404
                posted = client.post(f"/versions/{number}", {"form_token": token, "base": "x"})
                assert posted.status_code == 404
    assert load(FOLDER, content_of(HALL, server.folder)).chitchat["greet"].text == SECRET


def test_the_common_text_again_leaves_nothing_behind(server: Server) -> None:
    path = server.folder / HALL / "content" / "chitchat.yml"
    common = load().chitchat["greet"].text
    page = server.client("hall_editor").get(f"/words/chitchat/edit?field={GREET}").text
    assert common.split("\n")[0] in page
    assert server.change_greeting("hall_editor", common) == 303
    assert path.read_text(encoding="utf-8") == "{}\n"
    assert server.change_greeting("hall_editor", SECRET) == 303
    assert path.read_text(encoding="utf-8") == f"chitchat:\n  greet:\n    text: {SECRET}\n"


def another(field: Field) -> str:
    """Returns another text that may stand in a field."""
    if not field.names:
        return field.text.split("\n")[0][: field.max_length - 1] + "！"
    names = field.text.split()
    new = [name for name in field.options if name not in names]
    return "\n".join([*names, new[0]] if new and len(names) < field.max_names else names[:-1])


@pytest.mark.long
def test_every_kind_of_text_can_be_said_otherwise(server: Server) -> None:
    words = TenantWords(server.site.words.folder, server.folder / "new" / "content")
    for topic in TOPICS:
        fields = words.fields(topic)
        for field in fields[:: max(1, len(fields) // 3)]:
            text = another(field)
            before = words.read(topic)
            file = words.with_text(field, text)
            words.write(topic, before, file)
            changed = {other.path: other.text for other in words.fields(topic)}
            assert changed.pop(field.path) == text
            others = {other.path: other.text for other in fields if other.path != field.path}
            assert changed == others
            assert words.field(topic, field.path).common == field.text
            words.write(topic, file, words.with_text(words.field(topic, field.path), field.text))
            assert words.fields(topic) == fields
    assert words.state() == ""


def test_what_was_written_by_hand_stays(server: Server) -> None:
    path = server.folder / HALL / "content" / "chitchat.yml"
    own = f"# 余杭\nchitchat:\n  # 先问好\n  greet: {{text: '{GREETINGS[HALL]}'}}\n"
    path.write_text(own, encoding="utf-8")
    words = TenantWords(server.site.words.folder, path.parent)
    changed = words.with_text(words.field("chitchat", "chitchat.thank.text"), "不谢。")
    assert "# 余杭" in changed
    assert "# 先问好" in changed
    assert f"'{GREETINGS[HALL]}'" in changed


def test_a_change_that_cannot_be_used_is_refused(server: Server) -> None:
    for text in ("您好{name}", "", "长" * 500):
        assert server.change_greeting("hall_editor", text) == 422
    assert load(FOLDER, content_of(HALL, server.folder)).chitchat["greet"].text == GREETINGS[HALL]


@pytest.mark.parametrize("text", [SECRET, load().chitchat["greet"].text])
def test_a_draft_is_tried_over_what_the_tenant_says(server: Server, text: str) -> None:
    """Also one that goes back to the common text, which leaves the tenant's file."""
    words = server.site.of(HALL).words
    draft = words.draft("chitchat", words.with_text(words.field("chitchat", GREET), text))
    contents = LiveContents(words.folder, server.folder)
    assert contents.current(HALL, draft).chitchat["greet"].text == text
    assert contents.current(HALL).chitchat["greet"].text == GREETINGS[HALL]
    tryouts = server.site.of(HALL).tryouts
    subject = Subject("x", draft, "/x", {}, text)
    tryout = tryouts.start("hall_editor", subject)
    assert tenant_of(tryout.conversation) == HALL
    assert tryouts.find(tryout.name, "hall_editor") is tryout
    for tenant, name in ((PORT, "hall_editor"), ("", "hall_editor"), (HALL, "hall_owner")):
        assert server.site.of(tenant).tryouts.find(tryout.name, name) is None
    assert server.client("port_editor").get(f"/tryouts/{tryout.name}").status_code == 303


def test_an_entry_is_added_and_removed_for_one_tenant(server: Server) -> None:
    site = server.site.of(HALL)
    before = load().terms
    terms = entries.find(site.words, "answer", "terms")
    entry = terms.entry_of({"names": "执照亭", "text": "余杭自助打印执照的机器。"})
    last = len(before) - 1
    entries.add(site.words, site.history, terms, last, entry, terms.base, "hall_editor")
    contents = LiveContents(site.words.folder, server.folder)
    assert contents.current(HALL).terms[-1].names == ("执照亭",)
    assert contents.current(HALL).terms[:-1] == before
    assert contents.current(PORT).terms == contents.current().terms == before
    terms = entries.find(site.words, "answer", "terms")
    entries.remove(site.words, site.history, terms, last + 1, terms.base, "hall_editor")
    assert contents.current(HALL).terms == before
    assert site.words.read("answer") == "{}\n"


# Questions


def test_questions_are_answered_for_one_tenant(server: Server) -> None:
    editor = server.client("hall_editor")
    form = {**QUESTION, "form_token": editor.token("/local/new")}
    assert editor.post("/local/save", form).status_code == 303
    contents = LiveContents(server.site.words.folder, server.folder)
    (name,) = contents.current(HALL).local_questions
    assert not contents.current(PORT).local_questions
    assert not contents.current().local_questions
    for other in ("port_editor", "wang"):
        client = server.client(other)
        token = client.token("/account")
        assert "北侧" not in client.get("/local").text
        assert "北侧" not in client.get(f"/local/edit?name={name}").text
        stolen = {"form_token": token, "name": name, "base": "", "number": "1"}
        for path in ("/local/delete", "/local/restore"):
            client.post(path, stolen)
        client.post("/local/save", {**QUESTION, **stolen, "text": "没有停车场。"})
    assert contents.current(HALL).local_questions[name].text == "大楼北侧有停车场。"


def test_messages_to_others_are_not_shown_beside_a_draft(server: Server) -> None:
    senders = [sender(HALL, 1), sender(PORT, 2), sender("", 3), "wechat-~hall~a-4", "wechat-hall-5"]
    rows = []
    for number, name in enumerate(senders, 1):
        ranking = [{"name": "out_of_scope", "confidence": 0.9}]
        parsed = {"intent": ranking[0], "intent_ranking": ranking}
        event = json.dumps({"text": f"停车{number}", "parse_data": parsed})
        rows.append(
            {"sender_id": name, "type_name": "user", "timestamp": time.time(), "data": event}
        )
    conversations = server.site.unclear.conversations
    with conversations.transaction() as connection:
        connection.execute(sa.insert(EVENTS), rows)
    shown = {
        tenant: sorted(message.text for message in recent_messages(conversations, tenant=tenant))
        for tenant in (HALL, PORT, "", "hal", "h")
    }
    assert shown == {
        HALL: ["停车1", "停车4"], PORT: ["停车2"], "": ["停车3", "停车5"], "hal": [], "h": [],
    }  # fmt: skip


# Numbers and what was not understood


def test_numbers_are_of_one_tenant(server: Server) -> None:
    slots = {"fallback_count": 1}
    for number in range(1, 4):
        server.speaker.turn("停车", sender=sender(HALL, number), slots=slots, ago=0)
    server.speaker.turn("停车", sender=sender("", 9), slots=slots, ago=0)
    sums = {
        tenant: sum(
            server.site.of(tenant)
            .numbers.sums(Figure.MESSAGES, Span.of("days28", datetime.date.today()), by=["what"])
            .values()
        )
        for tenant in (HALL, PORT, "")
    }
    assert sums == {HALL: 3, PORT: 0, "": 1}
    for name, total in (("hall_reader", 3), ("port_editor", 0), ("wang", 1)):
        client = server.client(name)
        for more in ("", "?tenant=hall", "?channel=hall", "?tenant=*"):
            table = client.get(f"/numbers/not_understood.csv{more}")
            assert table.headers["content-type"].startswith("text/csv")
            cells = [int(cell) for cell in re.findall(r"(?m),(\d+)\r?$", table.text)]
            assert sum(cells) == total, table.text
        for path in ("..%2Ftenants%2Fhall", "hall", "not_understood%00"):
            assert client.get(f"/numbers/{path}.csv").status_code == 404


def test_messages_and_conversations_of_another_tenant_cannot_be_reached(server: Server) -> None:
    secret = "停车场在哪里呀"
    ids = [
        server.speaker.turn(secret, sender=sender(HALL, number), slots={"fallback_count": 1})
        for number in (1, 2)
    ]
    assert ids
    server.speaker.turn("平板能弄不", sender=sender(PORT, 3), slots={"fallback_count": 1})
    sites = {tenant: server.site.of(tenant) for tenant in (HALL, PORT, "")}
    for site in sites.values():
        site.unclear.sorter.start().join()
    (group,) = sites[HALL].unclear.overview().groups
    assert group.count == 2
    assert [g.count for g in sites[PORT].unclear.overview().groups] == [1]
    assert not sites[""].unclear.overview().groups
    message = group.wordings[0].id
    for name in ("port_editor", "port_owner", "wang", "zhang"):
        client = server.client(name)
        token = client.token("/account")
        reason = {"form_token": token, "reason": "看看是哪一步没说清楚", "choice": "nothing"}
        reason |= {f"id_{message}": "1", "decision": "nothing"}
        for path in (f"/unclear/{group.id}", f"/unclear/messages/{message}", "/unclear"):
            assert secret not in client.get(path).text
        for path in (
            f"/unclear/{group.id}", f"/unclear/{group.id}/back", f"/unclear/messages/{message}",
        ):  # fmt: skip
            assert secret not in client.post(path, reason).text
    assert sites[HALL].unclear.overview().groups[0].count == 2
    for tenant in ("", PORT):
        assert not sites[tenant].unclear.has(message)
        assert sites[tenant].unclear.group(group.id) is None
        assert sites[tenant].unclear.decide(group.id, [message], "nothing", "x", "x") == 0
        assert not sites[tenant].unclear.give_back(group.id, "nothing", "x", "x")
        assert sites[tenant].unclear.open_conversation(message, "x", "x") == []
    assert len(sites[HALL].unclear.open_conversation(message, "x", "x")) == 2


def test_similar_messages_to_two_tenants_are_two_groups(server: Server) -> None:
    for number, tenant in enumerate((HALL, PORT, ""), 1):
        server.speaker.turn(
            "停车场在哪里呀", sender=sender(tenant, number), slots={"fallback_count": 1}
        )
    groups = []
    for tenant in (HALL, PORT, ""):
        site = server.site.of(tenant)
        site.unclear.sorter.start().join()
        found = site.unclear.overview().groups
        assert [group.count for group in found] == [1]
        groups += [group.id for group in found]
    assert len(set(groups)) == 3


def test_lines_for_the_training_wait_apart(server: Server) -> None:
    server.site.of(HALL).unclear.review.add("device_changed", ["换了新手机以后怎么登录"])
    assert "换了新手机" in server.client("hall_editor").get("/unclear/review").text
    for name in ("port_editor", "wang"):
        client = server.client(name)
        assert "换了新手机" not in client.get("/unclear/review").text
        form = {"form_token": client.token("/account"), "line": "换了新手机以后怎么登录"}
        client.post("/unclear/review", form)
    assert len(server.site.of(HALL).unclear.review.lines()) == 1


# Accounts, journal, alarms


def test_an_owner_sees_the_accounts_of_the_tenant_alone(server: Server) -> None:
    seen = {
        name: {other for other in PEOPLE if f'<th scope="row">{other}</th>' in page}
        for name, page in (
            (name, server.client(name).get("/accounts").text)
            for name in ("hall_owner", "port_owner", "zhang", "chief")
        )
    }
    assert seen == {
        "hall_owner": {"hall_reader", "hall_editor", "hall_owner"},
        "port_owner": {"port_editor", "port_owner"},
        "zhang": {"zhang", "wang"},
        "chief": {"zhang", "wang", "chief"},
    }
    victims = [server.client(name) for name in ("port_editor", "wang", "chief")]
    owner = server.client("hall_owner")
    for name in ("port_editor", "wang", "chief", "Port_Editor"):
        form = {"form_token": owner.token("/accounts"), "name": name}
        owner.post("/accounts/sessions", form)
    for victim in victims:
        assert victim.get("/account").status_code == 200


def test_a_journal_is_of_one_tenant_and_sealed_for_all(server: Server) -> None:
    server.change_greeting("hall_editor", SECRET)
    server.client("port_editor")
    pages = {
        name: server.client(name).get("/journal").text
        for name in ("hall_owner", "port_owner", "zhang")
    }
    assert "hall_editor" in pages["hall_owner"]
    assert "port_editor" in pages["port_owner"]
    for name, others in (("hall_owner", "port_"), ("port_owner", "hall_"), ("zhang", "hall_")):
        assert others not in pages[name].split("<main")[1]
    assert server.site.journal.first_broken() is None
    everything = server.site.journal.entries_of_all()
    assert {entry.tenant for entry in everything} == {"", HALL, PORT}


def test_alarms_are_of_one_tenant(server: Server) -> None:
    today = datetime.date.today().isoformat()
    for _ in range(1):
        editor = server.client("hall_editor")
        form = {**QUESTION, "until": today, "form_token": editor.token("/local/new")}
        assert editor.post("/local/save", form).status_code == 303
    for tenant in (HALL, PORT, ""):
        for _ in range(2):
            server.site.of(tenant).alarms.look()
    kinds = {
        tenant: {alarm.kind for alarm in server.site.of(tenant).alarms.open()}
        for tenant in (HALL, PORT, "")
    }
    assert kinds[HALL] == {"expires"}
    assert kinds[PORT] == set()
    assert "expires" not in kinds[""]
    assert "车停在哪里" not in server.client("port_owner").get("/alarms").text


def test_alarms_go_to_the_tenants_own_group(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = server.folder / HALL / "tenant.yml"
    file.write_text("name: 余杭\nwebhook_variable: HALL_GROUP\n", encoding="utf-8")
    other = server.folder / PORT / "tenant.yml"
    other.write_text("name: 北仑\nwebhook_variable: PORT_GROUP\n", encoding="utf-8")
    monkeypatch.setenv("ZHAOHUI_ALARM_WEBHOOK", "https://host.example/default")
    monkeypatch.setenv("HALL_GROUP", "https://host.example/hall")
    monkeypatch.setenv("PORT_GROUP", "not an address")
    assert server.site.of(HALL).alarms.webhook._address == "https://host.example/hall"
    assert not server.site.of(PORT).alarms.webhook.is_set
    assert "not an address" not in caplog.text
    assert "PORT_GROUP" in server.client("port_owner").get("/alarms").text


# Whose pages


@pytest.mark.parametrize("name", ["hall_owner", "zhang", "hall_editor"])
@pytest.mark.parametrize("wanted", [PORT, "", "*", "../port", "gone", HALL])
def test_who_is_bound_cannot_choose(server: Server, name: str, wanted: str) -> None:
    client = server.client(name)
    form = {"form_token": client.token("/account"), "tenant": wanted}
    assert client.post("/tenant", form).status_code == 404
    page = client.get("/words").text
    assert (NAMES[HALL] in page) == name.startswith("hall")
    assert NAMES[PORT] not in page


def test_who_is_for_all_chooses_and_forms_of_before_are_refused(server: Server) -> None:
    chief = server.client("chief")
    old = chief.token("/account")
    page = chief.get("/words").text
    assert NAMES[HALL] in page
    assert NAMES[PORT] in page
    for wanted in ("gone", "../hall", "*", "Hall"):
        assert chief.post("/tenant", {"form_token": old, "tenant": wanted}).status_code == 404
    assert chief.post("/tenant", {"form_token": old, "tenant": HALL}).status_code == 303
    path = f"/words/chitchat/edit?field={GREET}"
    page = chief.get(path).text
    assert GREETINGS[HALL] in page
    base = re.findall(r'name="base" value="(\w+)"', page)[0]
    # Another tab still has the pages of the default open.
    form = {"form_token": old, "field": GREET, "base": base, "text": SECRET}
    assert chief.post("/words/chitchat/save", form).status_code == 403
    assert chief.post("/tenant", {"form_token": old, "tenant": ""}).status_code == 403
    assert chief.post("/words/chitchat/save", {**form, "form_token": chief.token(path)})
    assert load(FOLDER, content_of(HALL, server.folder)).chitchat["greet"].text == SECRET
    journal = server.client("hall_owner").get("/journal").text
    assert "chief" in journal


def test_a_tenant_that_is_gone_shows_no_other(server: Server) -> None:
    chief, editor = server.client("chief"), server.client("port_editor")
    chief.post("/tenant", {"form_token": chief.token("/account"), "tenant": PORT})
    shutil.rmtree(server.folder / PORT)
    assert NAMES[PORT] not in chief.get("/words").text
    assert chief.get("/accounts").text.count("zhang")
    assert GREETINGS[HALL] not in editor.get("/words/chitchat").text


def test_a_tenant_that_comes_is_there_at_once(server: Server) -> None:
    chief = server.client("chief")
    (server.folder / "new").mkdir()
    (server.folder / "new" / "tenant.yml").write_text("name: 新来的局\n", encoding="utf-8")
    assert "新来的局" in chief.get("/words").text
    chief.post("/tenant", {"form_token": chief.token("/account"), "tenant": "new"})
    assert "新来的局" in chief.get("/words/chitchat").text


def test_without_tenants_nothing_is_shown_of_them(site: Site) -> None:
    client = client_of(site, "zhang")
    for path in ("/words", "/accounts", "/alarms", f"/words/chitchat/edit?field={GREET}"):
        page = client.get(path).text
        assert "单位" not in page.split("<main")[0]
        assert 'action="/tenant"' not in page


def test_an_account_changes_its_tenant_on_the_command_line_alone(server: Server) -> None:
    accounts = server.site.accounts
    client = server.client("port_editor")
    accounts.set_tenant("port_editor", HALL, "command line")
    assert client.get("/words").status_code == 303  # its sessions have ended
    assert GREETINGS[HALL] in server.client("port_editor").get("/words/chitchat").text
    accounts.set_tenant("chief", PORT, "command line")
    with pytest.raises(NotPossible, match="no owner would be left"):
        accounts.set_tenant("zhang", HALL, "command line")


# A database of before


OLD = """
CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
    password TEXT NOT NULL, created REAL NOT NULL, disabled INTEGER NOT NULL DEFAULT 0);
CREATE TABLE sessions (token TEXT PRIMARY KEY, account INTEGER NOT NULL, form_token TEXT NOT NULL,
    created REAL NOT NULL, seen REAL NOT NULL);
CREATE TABLE journal (number INTEGER PRIMARY KEY, entry TEXT NOT NULL, seal TEXT NOT NULL);
CREATE TABLE versions (number INTEGER PRIMARY KEY, topic TEXT NOT NULL, time REAL NOT NULL,
    who TEXT NOT NULL, fingerprint TEXT NOT NULL, file BLOB NOT NULL);
CREATE TABLE alarms (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL,
    said TEXT NOT NULL, since REAL NOT NULL, until REAL, begin_sent INTEGER NOT NULL DEFAULT 0,
    end_sent INTEGER NOT NULL DEFAULT 0);
"""


def test_a_database_of_before_is_the_defaults(tmp_path: Path, clock: Clock) -> None:
    key = SecretKey.load(tmp_path / ".operators_key")
    file = zlib.compress(b"chitchat: {}\n")
    with contextlib.closing(sqlite3.connect(tmp_path / "operators.db")) as old, old:
        old.executescript(OLD)
        row = ("zhang", "owner", passwords.kept_form(PASSWORD), 1.0)
        old.execute("INSERT INTO accounts (name, role, password, created) VALUES (?, ?, ?, ?)", row)
        values = ("chitchat", 1.0, "zhang", "x", file)
        old.execute("INSERT INTO versions VALUES (1, ?, ?, ?, ?, ?)", values)
        entry = json.dumps([1.0, "zhang", "logged_in", ""])
        seal = key.sign("journal", f"1\n-\n{entry}")
        old.execute("INSERT INTO journal VALUES (1, ?, ?)", (entry, seal))
        old.execute("INSERT INTO alarms (kind, subject, said, since) VALUES ('disk', '', '{}', 1)")
    (tmp_path / ".operators_journal").write_text(f"1 {seal}\n")
    (tmp_path / "operators.db").chmod(0o600)
    folder = make_tenants(tmp_path / "tenants")
    site = make_site(Settings(), tmp_path, clock=clock, tenants=folder)
    client = client_of(site, "zhang")
    assert client.get("/accounts").status_code == 200
    assert NAMES[HALL] not in client.get("/words").text
    assert site.history.version(1) is not None
    assert site.of(HALL).history.version(1) is None
    assert [alarm.kind for alarm in site.alarms.open()] == ["disk"]
    assert not site.of(HALL).alarms.open()
    assert site.journal.first_broken() is None
    assert {entry.who for entry in site.journal.entries()} == {"zhang"}
    assert not site.of(HALL).journal.entries()
    site.database.close()
    reopened = Database(tmp_path / "operators.db")  # a second time changes nothing
    assert Journal(reopened, key, tmp_path / ".operators_journal").first_broken() is None
    reopened.close()
