"""An editor tries a change before it is saved: by him alone, for a while, and counted nowhere."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from playwright.sync_api import Browser, expect

from channels.tryout_tokens import KEY_FILE, is_valid, read_key
from content_loader.load import load
from operators.accounts import Role
from operators.app import make_site
from operators.assistant import Assistant, NoAnswer
from operators.settings import Settings
from operators.tryouts import MAX_TRYOUTS, Subject, Tryouts
from operators.visit import Site
from operators.word_pages import openings_to
from tests.conftest import Assistant as Served
from tests.conftest import Conversation
from tests.operators.conftest import PASSWORD, Client, Clock, client_of, served
from tests.operators.test_pages import LOOKS, Scheme, fits, log_in, violations

FIELD = "answers.password_rules.text"
WORDINGS = "大厅门口能停车吗\n停车场在哪里\n开车来停哪儿"
SUBJECT = Subject("t", "navigate: {once_more: 又一遍}", "/words/navigate/save", {}, "又一遍")


class Scripted(Assistant):
    """Notes what it is asked, and answers with what the draft changes."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1")
        self.asked: list[dict[str, Any]] = []
        self.refusal = ""

    def say(self, said: Any) -> tuple[str, list[dict[str, Any]]]:
        if self.refusal:
            raise NoAnswer(self.refusal)
        self.asked.append(dict(said))
        text = str(yaml.safe_load(said["draft"]))
        buttons = [{"title": "下一个", "payload": "/next_step"}]
        return said.get("message", ""), [{"text": text, "buttons": buttons}]


@pytest.fixture
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture
def trying(site: Site, tmp_path: Path, clock: Clock, scripted: Scripted) -> Site:
    return replace(site, tryouts=Tryouts(tmp_path, site.words, scripted, clock))


def begin(
    client: Client, text: str = "密码要八位。", field: str = FIELD, topic: str = "answer"
) -> str:
    """Tries a text; returns the address of the conversation."""
    site_field = f"/words/{topic}/edit?field={field}"
    fields = {
        "form_token": client.token(site_field),
        "field": field,
        "base": "x",
        "text": text,
        "try": "1",
    }
    answer = client.post(f"/words/{topic}/save", fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def say(client: Client, path: str, **fields: str) -> Any:
    return client.post(path, {"form_token": client.token(path), **fields})


def test_a_text_is_tried_and_nothing_is_saved(trying: Site, scripted: Scripted) -> None:
    client, before = client_of(trying, "wang"), trying.words.read("answer")
    path = begin(client)
    assert say(client, path, message="密码要几位").status_code == 303
    page = client.get(path).text
    assert "密码要几位" in page and "密码要八位。" in page and trying.texts.tryout.uses in page
    [asked] = scripted.asked
    changes = {"answer": {"answers": {"password_rules": {"text": "密码要八位。"}}}}
    assert yaml.safe_load(asked["draft"]) == changes
    key = read_key(trying.tryouts._key_file)
    assert key and is_valid(key, asked["sender"], asked["expires"], asked["token"], trying.clock())
    say(client, path, button="0")
    assert scripted.asked[1]["payload"] == "/next_step"
    assert trying.words.read("answer") == before
    assert not [entry for entry in trying.journal.entries() if entry.deed == "text_changed"]


def test_it_leads_to_the_text_and_begins_anew(trying: Site, scripted: Scripted) -> None:
    client = client_of(trying, "wang")
    path = begin(client, "点这里。", "ways.phone.steps.2.do", "recover")
    say(client, path, open="1")
    assert [asked["payload"] for asked in scripted.asked] == [
        "/recover_by_phone",
        '/go_to_step{"step_number":"3"}',
    ]
    say(client, path, again="1")
    assert "点这里。" not in client.get(path).text.partition("<h2>")[0].partition("<ol")[2]
    say(client, path, message="你好")
    assert scripted.asked[2]["sender"] != scripted.asked[1]["sender"]


def test_the_form_is_there_to_save_or_to_go_on(trying: Site) -> None:
    client = client_of(trying, "wang")
    field = trying.words.field("answer", FIELD)
    path = begin(client)
    fields = {
        "form_token": client.token(path),
        "field": FIELD,
        "base": field.fingerprint,
        "text": "密码要八位。",
    }
    page = client.get(path).text
    assert f'name="field" value="{FIELD}"' in page and 'name="text" value="密码要八位。"' in page
    assert "密码要八位。" in client.post("/words/answer/save", {**fields, "look": "1"}).text
    assert client.post("/words/answer/save", fields).status_code == 303
    assert trying.words.field("answer", FIELD).text == "密码要八位。"


def test_a_question_is_tried(trying: Site, scripted: Scripted) -> None:
    client = client_of(trying, "wang")
    fields = {
        "form_token": client.token("/local/new"),
        "name": "",
        "base": "",
        "wordings": WORDINGS,
        "text": "大楼北侧。",
        "until": "2099-12-31",
        "try": "1",
    }
    answer = client.post("/local/save", fields)
    assert answer.status_code == 303
    path = answer.headers["location"]
    say(client, path, open="1")
    [asked] = scripted.asked
    assert asked["message"] == "大厅门口能停车吗"
    content = load(trying.words.folder, draft=asked["draft"])
    assert [one.text for one in content.local_questions.values()] == ["大楼北侧。"]
    assert trying.local.questions() == {}
    page = client.get(path).text
    assert 'name="until" value="2099-12-31"' in page and 'name="wordings"' in page


def test_what_cannot_be_used_is_said_before(trying: Site) -> None:
    client = client_of(trying, "wang")
    token = client.token(f"/words/answer/edit?field={FIELD}")
    fields = {"form_token": token, "field": FIELD, "base": "x", "text": "a" * 999, "try": "1"}
    answer = client.post("/words/answer/save", fields)
    assert answer.status_code == 422 and "太长了" in answer.text


def test_nobody_else_sees_it(trying: Site, scripted: Scripted) -> None:
    trying.accounts.add("zhou", Role.EDITOR, PASSWORD, "test")
    mine, other = client_of(trying, "wang"), client_of(trying, "zhou")
    path = begin(mine)
    answer = other.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/words?done=tryout_over")
    fields = {"form_token": other.token("/words"), "message": "你好"}
    assert other.post(path, fields).headers["location"] == "/words?done=tryout_over"
    assert scripted.asked == []


def test_it_ends_after_an_hour(trying: Site, clock: Clock) -> None:
    wang = trying.accounts.all()[0].name
    tryout = trying.tryouts.start(wang, SUBJECT)
    clock.now += 3599
    assert trying.tryouts.find(tryout.name, wang)
    clock.now += 2
    assert trying.tryouts.find(tryout.name, wang) is None
    first = trying.tryouts.start(wang, SUBJECT)
    for _ in range(MAX_TRYOUTS):
        trying.tryouts.start(wang, SUBJECT)
    assert trying.tryouts.find(first.name, wang) is None


@pytest.mark.parametrize("refusal", ["away", "refused", "no_channel", "unknown", "too_fast"])
def test_why_there_is_no_answer_is_said(trying: Site, scripted: Scripted, refusal: str) -> None:
    client, scripted.refusal = client_of(trying, "wang"), refusal
    path = begin(client)
    answer = say(client, path, message="在吗")
    assert answer.status_code == 422
    assert trying.texts.tryout.problem[refusal] in answer.text
    assert 'value="在吗"' in answer.text  # what was typed is not lost


def test_who_changes_the_files_meanwhile_is_heard(trying: Site, scripted: Scripted) -> None:
    client = client_of(trying, "wang")
    path = begin(client)
    file = trying.words.path("buttons")
    file.write_text(file.read_text(encoding="utf-8").replace("menu: [find_way", "menu: [gone"))
    assert trying.texts.tryout.problem.outdated in say(client, path, message="你好").text
    assert scripted.asked == []


def test_an_assistant_that_is_away_or_unknown(site: Site, tmp_path: Path) -> None:
    for url, name in (("", "unknown"), ("http://127.0.0.1:1", "away")):
        with pytest.raises(NoAnswer) as refused:
            Assistant(url).say({})
        assert refused.value.name == name
    unknown = Tryouts(tmp_path, site.words, Assistant(""))
    assert not unknown.is_possible
    client = client_of(replace(site, tryouts=unknown), "wang")
    page = client.get(f"/words/answer/edit?field={FIELD}").text
    assert site.texts.tryout["try"] not in page


def test_ways_to_a_text() -> None:
    intents = load().meanings
    assert openings_to("diagnose", "troubles.face_failed.causes.1.remedy", intents) == [
        "/face_failed"
    ]
    assert openings_to("recover", "ways.face.title", intents) == ["/recover_by_face"]
    assert openings_to("recover", "ways.bureau.steps.0.do", intents) == [
        '/recover_password{"extent":"bureau"}',
        '/go_to_step{"step_number":"1"}',
    ]
    assert openings_to("safety", "scam.text", intents) == ["/scam_concern"]
    assert openings_to("navigate", "step.first", intents) == []
    assert openings_to("chitchat", "chitchat.cannot_handle.text", intents) == []


def test_the_real_assistant_uses_it_there_and_nowhere_else(
    assistant: Served, tmp_path: Path, clock: Clock
) -> None:
    """Other words in one conversation, also of a question that nobody has saved."""
    if assistant.database is None:
        pytest.skip("the assistant that runs already has its own key")
    folder = assistant.database.parent
    site = make_site(Settings(assistant_url=assistant.url), folder, clock=clock)
    try:
        site.accounts.add("wang", Role.EDITOR, PASSWORD, "test")
        client, other = client_of(site, "wang"), Conversation(assistant)
        path = begin(client, "密码要八位以上，先试试这句。")
        say(client, path, open="1")
        page = client.get(path).text
        assert "密码要八位以上，先试试这句。" in page and site.texts.tryout.uses in page
        assert "先试试这句" not in other.say("密码有什么要求")["text"]
        token = client.token("/local/new")
        fields = {"wordings": WORDINGS, "text": "大楼北侧。", "name": "", "base": "", "try": "1"}
        path = client.post("/local/save", {"form_token": token, **fields}).headers["location"]
        say(client, path, message="车停在哪里啊")
        assert "大楼北侧。" in client.get(path).text
        assert "大楼北侧" not in other.say("车停在哪里啊")["text"]
        engine = sa.create_engine(f"sqlite:///{assistant.database}")
        with engine.connect() as connection:
            for table in ("events", "unclear", "standings"):
                query = sa.text(f"SELECT count(*) FROM {table} WHERE sender_id LIKE 'tryout%'")
                assert connection.execute(query).scalar() == 0
        engine.dispose()
    finally:
        site.unclear.conversations.close()
        site.database.close()
        for path_of_ours in folder.glob("operators.db*"):
            path_of_ours.unlink()
        shutil.rmtree(tmp_path, ignore_errors=True)
        (folder / KEY_FILE).unlink()


# Last: while Playwright runs, no other test may start an event loop.
@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_axe_finds_nothing_and_it_works_without_a_mouse(
    browser: Browser, trying: Site, size: Any, scheme: Scheme
) -> None:
    with served(trying) as address:
        context = browser.new_context(viewport=size, color_scheme=scheme, locale="zh-CN")
        page = context.new_page()
        log_in(page, address, "wang")
        page.goto(f"{address}/words/answer/edit?field={FIELD}")
        page.locator("#text").fill("密码要八位。")
        page.get_by_role("button", name=trying.texts.tryout["try"]).press("Enter")
        page.wait_for_url("**/tryouts/**")
        assert violations(page) == []
        assert fits(page)
        page.get_by_role("button", name=trying.texts.tryout.open).press("Enter")
        page.locator(".said .this").wait_for()
        page.locator("#message").fill("密码要几位")
        page.keyboard.press("Enter")
        page.get_by_text("密码要几位").wait_for()
        assert violations(page) == []
        assert fits(page)
        page.get_by_role("button", name=trying.texts.tryout.back).press("Enter")
        expect(page.locator("#text")).to_have_value("密码要八位。")
        page.get_by_role("button", name=trying.texts.field.save, exact=True).press("Enter")
        page.get_by_text(trying.texts.done.saved).wait_for()
        context.close()
