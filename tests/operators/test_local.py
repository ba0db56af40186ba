"""The operator's own questions and facts of bureaus in forms: saved, live, deleted, restored."""

from __future__ import annotations

import datetime
import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, expect
from rasa.core.tracker_store import SQLTrackerStore

from content_loader.live import LiveContent
from nlu.local_questions import read_entries
from nlu.sentence_encoder import encode_all
from operators import reach
from operators.conversations import EVENTS, Conversations
from operators.reach import Reach
from operators.recent import recent_messages
from operators.visit import Site
from tests.channels.inbox.postgres import missing, running_postgres
from tests.operators.conftest import Client, client_of
from tests.operators.test_pages import context as context
from tests.operators.test_pages import fits, log_in, violations
from tests.website.conftest import DESKTOP, PHONE

WORDINGS = "大厅门口能停车吗\n附近哪里有停车场\n开车过来车停在哪里"
QUESTION = {"wordings": WORDINGS, "text": "大楼北侧有地下停车场。", "button_1": "contact_bureau"}
TODAY = datetime.date.today()


def save(client: Client, name: str = "", base: str = "", **fields: str) -> Any:
    """Sends the form of a question as a browser does."""
    form = {**QUESTION, "name": name, "base": base, "until": "", **fields}
    return client.post("/local/save", {**form, "form_token": client.token("/local/new")})


def only(site: Site) -> tuple[str, Any]:
    """Returns the one question that there is, with its name."""
    ((name, question),) = site.local.questions().items()
    return name, question


def form_of(client: Client, name: str) -> dict[str, str]:
    """Returns the hidden fields of the page of a question."""
    page = client.get(f"/local/edit?name={name}").text
    return dict(re.findall(r'name="(name|base|form_token)" value="([^"]*)"', page))


def write_known(folder: Path, *questions: tuple[str, str, bool], against: float = 22.0) -> None:
    """Writes what a model answers to some questions, as a training leaves it."""
    texts = [text for text, _, _ in questions]
    np.savez(
        folder / "zhaohui-test.known.npz",
        lines=np.array(100),
        names=np.array(["密", "密码", "码"]),
        counts=np.array([60, 50, 60]),
        projection=np.eye(512, 8, dtype=np.float16),
        within=np.eye(1, 8, dtype=np.float16),
        outside=np.eye(1, 8, dtype=np.float16),
        asked=np.array(texts),
        normalised=np.array(texts),
        vectors=encode_all(texts).astype(np.float16),
        against=np.full(len(texts), against),
        intents=np.array([intent for _, intent, _ in questions]),
        right=np.array([right for _, _, right in questions]),
    )


@pytest.fixture
def known(site: Site, tmp_path: Path) -> Site:
    """Pages beside a model that knows what it answers to three questions."""
    folder = tmp_path / "models"
    folder.mkdir()
    write_known(
        folder,
        ("停车场在哪里", "out_of_scope", False),
        ("附近有停车场吗", "contact_bureau", True),
        ("密码忘了怎么办", "recover_password", True),
    )
    return replace(site, reach=Reach(folder))


def test_a_question_is_saved_and_live_at_once(site: Site) -> None:
    live = LiveContent(site.words.folder)
    client = client_of(site, "wang")
    answer = save(client, until="2099-12-31")
    assert (answer.status_code, answer.headers["location"]) == (303, "/local?done=question_saved")
    name, question = only(site)
    assert question.wordings == tuple(WORDINGS.split("\n"))
    assert live.current().local_questions[name].text == "大楼北侧有地下停车场。"
    entry = read_entries(site.words.path("local"))[0]  # as the assistant reads it
    assert entry.wordings == question.wordings
    assert entry.until == datetime.date(2099, 12, 31)
    assert site.journal.entries()[0].deed == "question_saved"
    page = client.get("/local").text
    assert "大厅门口能停车吗" in page and "2099-12-31" in page


def test_what_was_written_by_hand_stays(site: Site) -> None:
    path = site.words.path("local")
    path.write_text(
        "# oben\nquestions:\n  wifi: # mitten\n    wordings: [有无线网吗, \"wifi密码\", 怎么连网]\n"
        "    text: |-\n      一\n      二\n\nbureaus: {}\n# unten\n",
        encoding="utf-8",
    )  # fmt: skip
    client = client_of(site, "wang")
    assert save(client, text="一行\n\n又一行").status_code == 303
    file = path.read_text(encoding="utf-8")
    for part in (
        "# oben\n",
        "wifi: # mitten",
        '[有无线网吗, "wifi密码", 怎么连网]',
        "# unten",
        "|-\n      一\n",
    ):
        assert part in file
    assert [question.text for question in site.local.questions().values()] == [
        "一\n二",
        "一行\n\n又一行",
    ]
    versions = site.history.versions("local")
    assert [version.who for version in versions] == ["wang", ""]


@pytest.mark.parametrize(
    ("fields", "sentence", "field"),
    [
        ({"wordings": "一\n二"}, "至少要写 3 种", "wordings"),
        ({"wordings": "一\n二\n二"}, "写了两遍", "wordings"),
        ({"wordings": f"一\n二\n{'三' * 61}"}, "有 61 个字", "wordings"),
        ({"wordings": "一\n二\n{三}"}, "不能用花括号", "wordings"),
        ({"wordings": "一\n二\n三\x07"}, "看不见的字符", "wordings"),
        ({"text": ""}, "不能是空的", "text"),
        ({"text": "长" * 601}, "有 601 个字", "text"),
        ({"text": "{place}"}, "不能用花括号", "text"),
        ({"until": "31.12.2099"}, "日期要写成", "until"),
        ({"button_1": "no_such"}, "no_such", "wordings"),
    ],
)
def test_what_cannot_be_used_is_said_at_the_field(
    site: Site, fields: dict[str, str], sentence: str, field: str
) -> None:
    client = client_of(site, "wang")
    before = site.words.read("local")
    answer = save(client, **fields)
    assert answer.status_code == 422
    problem = re.search(rf'id="{field}-problem">([^<]*)<', answer.text)
    assert problem and sentence in problem[1]
    assert site.words.read("local") == before


def test_the_same_wording_stands_under_one_question_only(site: Site) -> None:
    client = client_of(site, "wang")
    save(client)
    answer = save(client, wordings="大厅门口能停车吗\n二二\n三三")
    assert answer.status_code == 422
    assert len(site.local.questions()) == 1


def test_nobody_overwrites_what_he_has_not_seen(site: Site) -> None:
    client, other = client_of(site, "wang"), client_of(site, "zhang")
    save(client)
    name, _ = only(site)
    hidden = form_of(client, name)
    assert save(other, **form_of(other, name) | {"text": "他的"}).status_code == 303
    answer = save(client, **hidden | {"text": "我的"})
    assert answer.status_code == 409
    assert "他的" in answer.text and "我的" in answer.text
    assert only(site)[1].text == "他的"
    base = re.search(r'name="base" value="(\w+)"', answer.text)
    assert base
    assert save(client, name, base[1], text="我的").status_code == 303
    assert only(site)[1].text == "我的"


def test_a_question_is_deleted_and_put_back(site: Site) -> None:
    client = client_of(site, "wang")
    save(client)
    name, question = only(site)
    assert client.post("/local/delete", form_of(client, name)).status_code == 303
    assert not site.local.questions()
    assert read_entries(site.words.path("local")) == []
    page = client.get("/local").text
    number = re.search(r'name="number" value="(\d+)"', page)
    assert number
    fields = {"name": name, "number": number[1], "form_token": client.token("/local/new")}
    assert "question_restored" in client.post("/local/restore", fields).headers["location"]
    assert only(site) == (name, question)
    assert "question_changed" in client.post("/local/restore", fields).headers["location"]
    for odd in ("", "x", "9" * 30, "99"):
        client.post("/local/restore", {**fields, "number": odd})
    assert site.journal.first_broken() is None


def test_a_file_that_is_broken_by_hand_is_said_and_kept(site: Site) -> None:
    path = site.words.path("local")
    path.write_text("questions: {a: [", encoding="utf-8")
    client = client_of(site, "wang")
    assert "not valid YAML" in client.get("/local").text
    assert save(client).status_code == 422
    assert path.read_text(encoding="utf-8") == "questions: {a: ["


def test_what_would_be_taken_is_shown_before(known: Site) -> None:
    client = client_of(known, "wang")
    form = {**QUESTION, "look": "1", "form_token": client.token("/local/new")}
    page = client.post("/local/save", form).text
    spared = page.index(known.texts.local.spared)
    assert page.index("附近有停车场吗") > spared
    assert "密码忘了怎么办" not in page
    assert known.local.questions() == {}
    wide = client.post("/local/save", {**form, "wide": "1"}).text
    assert known.texts.local.spared not in wide
    assert known.texts.local.taken_better in wide
    assert "联系当地市监局" in wide  # what is answered today


def test_a_question_is_as_strict_as_better_answers_want(known: Site) -> None:
    client = client_of(known, "wang")
    assert save(client).status_code == 303
    name, question = only(known)
    assert question.strictness > 0
    hidden = form_of(client, name)
    assert save(client, **hidden | {"wide": "1"}).status_code == 303
    assert only(known)[1].strictness == 0


def test_a_wording_that_the_others_do_not_find_is_shown(
    known: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "TAKEN", 8.0)  # three known questions are far from all else
    client = client_of(known, "wang")
    form = {**QUESTION, "form_token": client.token("/local/new")}
    assert known.texts.local.alone not in client.post("/local/look", form).text
    odd = "食堂中午有什么菜"
    page = client.post("/local/look", {**form, "wordings": f"{WORDINGS}\n{odd}"}).text
    alone = page.partition(known.texts.local.alone_intro)[2].partition("</ul>")[0]
    assert re.findall(r"<li>([^<]+)</li>", alone) == [odd]


def test_a_question_like_another_is_warned_of(known: Site) -> None:
    client = client_of(known, "wang")
    save(client)
    form = {"wordings": "大厅门口能不能停车\n乙乙\n丙丙", "text": "x", "name": "", "base": ""}
    page = client.post("/local/look", {**form, "form_token": client.token("/local/new")}).text
    assert "“大厅门口能不能停车”和另一条的“大厅门口能停车吗”" in page


def write_conversations(site: Site, *messages: tuple[str, str, float]) -> None:
    """Writes messages (text, intent, age in days) as Rasa's tracker store keeps them."""
    now = time.time()
    rows = [{"type_name": "bot", "timestamp": now, "data": "x"}]
    rows.append({"type_name": "user", "timestamp": now, "data": "{}"})
    for text, intent, age in messages:
        ranking = [{"name": intent, "confidence": 0.9}]
        event = {"text": text, "parse_data": {"intent": ranking[0], "intent_ranking": ranking}}
        row = {"type_name": "user", "timestamp": now - age * 86400, "data": json.dumps(event)}
        rows.append(row)
    with site.unclear.conversations.transaction() as connection:
        SQLTrackerStore.SQLEvent.__table__.create(connection, checkfirst=True)
        connection.execute(sa.insert(EVENTS), [{"sender_id": "x", **row} for row in rows])


@pytest.mark.parametrize("on_postgresql", [False, True], ids=["sqlite", "postgresql"])
def test_the_messages_that_would_be_taken_are_shown(
    known: Site, tmp_path: Path, on_postgresql: bool
) -> None:
    if not on_postgresql:
        look_at_messages(known)
    elif missing():
        pytest.skip(missing())
    else:
        with running_postgres() as server:
            (tmp_path / "endpoints.yml").write_text(
                "tracker_store:\n  type: channels.conversation_store.RedactingSQLTrackerStore\n"
                f"  dialect: postgresql\n  url: {server.url}\n"
            )
            look_at_messages(known)
            known.unclear.conversations.close()


def look_at_messages(known: Site) -> None:
    write_conversations(
        known,
        ("我的车停在哪里合适", "out_of_scope", 1),
        ("我的车停在哪里合适", "out_of_scope", 2),
        ("好的谢谢", "thank", 1),
        ("/affirm", "affirm", 1),
        ("门口停车场的车停在哪里", "out_of_scope", 40),
    )
    client = client_of(known, "wang")
    form = {**QUESTION, "form_token": client.token("/local/new")}
    page = client.post("/local/look", form).text
    assert page.count("我的车停在哪里合适") == 1
    assert known.texts.local.answers.out_of_scope in page
    for text in ("好的谢谢", "/affirm", "门口停车场的车"):
        assert text not in page


def test_a_database_that_cannot_be_read_shows_no_messages(tmp_path: Path) -> None:
    assert recent_messages(Conversations(tmp_path)) == []
    (tmp_path / "conversations.db").write_text("no database at all")
    assert recent_messages(Conversations(tmp_path)) == []


def test_without_a_model_one_may_save_as_well(site: Site, tmp_path: Path) -> None:
    empty = replace(site, reach=Reach(tmp_path / "nothing"))
    client = client_of(empty, "wang")
    form = {**QUESTION, "form_token": client.token("/local/new")}
    assert "make train" in client.post("/local/look", form).text
    assert save(client).status_code == 303


def test_facts_of_a_bureau(site: Site) -> None:
    client = client_of(site, "wang")
    page = client.get("/local/places?q=余杭").text
    assert "浙江省杭州市余杭区" in page
    code = re.search(r"code=(\d+)", page)
    assert code
    path = f"/local/places/edit?code={code[1]}"
    form = {"code": code[1], "base": "", "form_token": client.token(path)}
    said = {"address": "文一西路 1 号", "phone": "0571-12345678", "until": "2099-01-01"}
    assert client.post("/local/places/save", {**form, **said}).status_code == 303
    facts = LiveContent(site.words.folder).current().local_facts[code[1]]
    assert (facts.address, facts.phone, facts.hours) == ("文一西路 1 号", "0571-12345678", "")
    assert "文一西路" in client.get("/local/places").text
    stale = client.post("/local/places/save", {**form, **said, "address": "别处"})
    assert stale.status_code == 409
    base = re.search(r'name="base" value="(\w+)"', client.get(path).text)
    assert base
    wrong = client.post("/local/places/save", {**form, "base": base[1], "phone": "打 12345"})
    assert wrong.status_code == 422 and "电话只能有数字" in wrong.text
    assert client.post("/local/places/save", {**form, "base": base[1]}).status_code == 303
    assert site.local.facts() == {}
    assert "bureaus: {}" in site.words.read("local")
    assert client.post("/local/places/save", {**form, "code": "1"}).status_code == 404


def test_a_reader_reads(site: Site) -> None:
    save(client_of(site, "wang"))
    client = client_of(site, "li")
    page = client.get("/local").text
    assert "停车" in page and "/local/edit" not in page and "/local/new" not in page
    token = client.token("/account")
    for path in ("save", "delete", "restore", "look", "places/save"):
        assert client.post(f"/local/{path}", {"form_token": token}).status_code == 403


def test_what_a_question_holds_is_never_run(known: Site) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    client = client_of(known, "wang")
    assert save(client, wordings=f"{evil}\n二二二\n三三三", text=evil).status_code == 303
    name, _ = only(known)
    for path in ("/local", f"/local/edit?name={name}", f"/local/new?wording={evil}", "/journal"):
        page = client.get(path).text
        assert "<script>alert" not in page and "<img" not in page


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_editor_writes_a_question(
    browser: Browser, context: BrowserContext, known: Site, size: Any
) -> None:
    from tests.operators.conftest import served

    page = context.new_page()
    page.set_viewport_size(size)
    with served(known) as address:
        log_in(page, address, "wang")
        page.get_by_role("link", name="自己的问答", exact=True).click()
        page.get_by_role("link", name="写一条新的").click()
        page.get_by_label("别人会怎样问").fill(WORDINGS)
        page.get_by_label("回答", exact=True).fill("在北侧。")
        page.get_by_label("按钮 1").select_option(label="联系当地市监局")
        look = page.locator("#look")
        expect(look.locator(".bubble.website")).to_have_text("在北侧。")
        expect(look.get_by_text("很像，但不会接走")).to_be_visible()
        assert violations(page) == []
        assert fits(page)
        page.get_by_label("回答", exact=True).fill("{x}")
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_label("回答", exact=True)).to_be_focused()
        assert violations(page) == []
        page.get_by_label("回答", exact=True).fill("在北侧。")
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("status")).to_contain_text("已保存，下一条消息就用它。")
        assert violations(page) == []
        page.get_by_role("link", name="改“大厅门口能停车吗”").click()
        page.get_by_role("button", name="删除这条").click()
        expect(page.get_by_role("status")).to_contain_text("已删除")
        page.get_by_role("button", name="恢复“大厅门口能停车吗”").click()
        expect(page.get_by_role("status")).to_contain_text("已恢复")
        page.get_by_role("link", name="本地机关的资料").click()
        page.get_by_label("找一个地方").fill("余杭")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="填浙江省杭州市余杭区的资料").first.click()
        page.get_by_label("办公时间").fill("周一至周五 9:00 到 17:00")
        assert violations(page) == []
        assert fits(page)
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("status")).to_contain_text("已保存")
        assert violations(page) == []
        assert fits(page)
