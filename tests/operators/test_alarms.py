"""Alarms: found, begun, ended, shown, and sent to a group once each."""

from __future__ import annotations

import datetime
import http.server
import json
import shutil
import sys
import threading
import time
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from bench.operator_numbers import keep
from channels.counts import Figure, Increments
from operators.__main__ import main
from operators.alarms import TOKEN_SECONDS, Alarms, Checks, watch
from operators.assistant import Assistant
from operators.numbers import Numbers
from operators.settings import BadSettings, Settings
from operators.visit import Site
from operators.webhook import MAX_BYTES, NotSent, Webhook
from scripts.readiness import free_port
from tests.operators.conftest import Clock, client_of
from tests.operators.test_pages import NARROW, fits, log_in, violations
from tests.website.conftest import DESKTOP

NOON = time.mktime((2026, 11, 29, 12, 0, 0, 0, 0, -1))
TODAY = datetime.date(2026, 11, 29)
KEY = "key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


@dataclass
class Other:
    """Another server: what it got, and what it answers by path."""

    port: int = 0
    got: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def texts(self) -> list[str]:
        assert all(body.keys() == {"msgtype", "text"} for body in self.got)
        assert all(body["msgtype"] == "text" for body in self.got)
        return [body["text"]["content"] for body in self.got]


@pytest.fixture
def other() -> Iterator[Other]:
    state = Other(answers={"/hook": (200, '{"errcode": 0, "errmsg": "ok"}'), "/ready": (200, "{}")})

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            code, text = state.answers.get(self.path.partition("?")[0], (404, ""))
            self.send_response(code)
            if code == 302:
                self.send_header("Location", text)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/json"
            state.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.answer()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield state
        server.shutdown()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def settings() -> Settings:
    return Settings(assistant_url="", free_gigabytes=0)


@pytest.fixture
def space(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How much is free on the disk, of a hundred gigabytes."""
    usage = namedtuple("usage", "total used free")
    found = {"free": 50 * 10**9}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**11, 0, found["free"]))
    return found


@pytest.fixture
def alarms(
    site: Site, tmp_path: Path, other: Other, clock: Clock, settings: Settings, space: Any
) -> Alarms:
    checks = Checks(settings, Numbers(tmp_path), Assistant(""), site.content, tmp_path, clock)
    webhook = Webhook(f"{other.url}/hook?{KEY}")
    return Alarms(site.database, checks, webhook, site.texts, clock)


def look_twice(alarms: Alarms) -> list[str]:
    """Returns what goes on after two looks."""
    alarms.look()
    alarms.look()
    return [alarms.sentence(alarm) for alarm in alarms.open()]


def add(folder: Path, *found: tuple[Figure, int, str, int]) -> None:
    """Adds numbers of days back from today."""
    numbers = Increments()
    for figure, back, what, count in found:
        day = TODAY - datetime.timedelta(back)
        number = day.year * 10_000 + day.month * 100 + day.day
        numbers.count(figure, number, "website", what, by=count)
    keep(numbers, folder / "conversations.db")


def test_it_begins_at_the_second_look_and_both_ends_are_sent_once(
    alarms: Alarms, other: Other, space: dict[str, int], clock: Clock
) -> None:
    space["free"] = 10**9
    alarms.look()
    assert alarms.open() == []
    for _ in range(3):
        alarms.look()
    [alarm] = alarms.open()
    assert alarm.since == NOON
    assert other.texts() == ["找回助手有告警：\n2026-11-29 12:00 磁盘快满了，只剩 1.0 GB。"]
    space["free"] = 50 * 10**9
    clock.now += 3600
    alarms.look()
    alarms.look()
    assert alarms.open() == []
    [past] = alarms.past(5)
    assert (past.since, past.until) == (NOON, NOON + 3600)
    assert other.texts()[1:] == [
        "找回助手的告警结束了：\n2026-11-29 13:00 磁盘快满了，只剩 1.0 GB。"
    ]


def test_what_did_not_arrive_is_sent_again(
    alarms: Alarms, other: Other, space: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    space["free"] = 10**9
    for answer in ((500, ""), (200, '{"errcode": 93000}'), (302, f"{other.url}/elsewhere")):
        other.answers["/hook"] = answer
        look_twice(alarms)
        assert alarms.problem in ("HTTP 500", "errcode 93000", "HTTP 302")
    assert KEY not in caplog.text
    assert other.url not in caplog.text
    sent = len(other.got)
    other.answers["/hook"] = (200, "ok")
    look_twice(alarms)
    assert (len(other.got) - sent, alarms.problem) == (1, "")


def test_an_alarm_that_nobody_heard_of_has_no_end_to_send(
    alarms: Alarms, other: Other, space: dict[str, int]
) -> None:
    other.answers["/hook"] = (500, "")
    space["free"] = 10**9
    look_twice(alarms)
    space["free"] = 50 * 10**9
    other.answers["/hook"] = (200, "{}")
    other.got.clear()
    alarms.look()
    assert other.got == []


def test_a_blip_is_no_alarm(alarms: Alarms, other: Other, space: dict[str, int]) -> None:
    for free in (10**9, 50 * 10**9, 10**9, 50 * 10**9):
        space["free"] = free
        alarms.look()
    assert (alarms.open(), alarms.past(5), other.got) == ([], [], [])


def test_more_than_usual_is_not_understood(alarms: Alarms, tmp_path: Path) -> None:
    usual = [(Figure.MESSAGES, 5, "", 1000), (Figure.NOT_UNDERSTOOD, 5, "nothing", 40)]
    add(tmp_path, *usual, (Figure.MESSAGES, 0, "", 100), (Figure.NOT_UNDERSTOOD, 0, "nothing", 9))
    assert look_twice(alarms) == []  # 9 % is twice the usual 4 %, and 5 points more
    add(tmp_path, (Figure.NOT_UNDERSTOOD, 0, "asked_back", 3))
    assert look_twice(alarms) == ["没听懂的消息多了：今天占 12%，平时占 4%。"]


def test_what_is_out_of_scope_was_understood(alarms: Alarms, tmp_path: Path) -> None:
    usual = [(Figure.MESSAGES, 5, "", 1000), (Figure.NOT_UNDERSTOOD, 5, "nothing", 40)]
    today = [(Figure.MESSAGES, 0, "", 100), (Figure.NOT_UNDERSTOOD, 0, "out_of_scope", 90)]
    add(tmp_path, *usual, *today)
    assert look_twice(alarms) == []


@pytest.mark.parametrize(("today", "before"), [(49, 1000), (100, 49)])
def test_of_few_messages_nothing_is_said(
    alarms: Alarms, tmp_path: Path, today: int, before: int
) -> None:
    add(tmp_path, (Figure.MESSAGES, 3, "", before), (Figure.MESSAGES, 0, "", today))
    add(tmp_path, (Figure.NOT_UNDERSTOOD, 0, "nothing", today))
    assert look_twice(alarms) == []


def test_slow_answers_and_none_at_all(alarms: Alarms, tmp_path: Path) -> None:
    fine = [(Figure.ANSWER_SECONDS, 0, "0.5", 86), (Figure.ANSWER_SECONDS, 0, "5", 4)]
    add(tmp_path, (Figure.MESSAGES, 0, "", 100), *fine, (Figure.ANSWER_SECONDS, 0, "10", 9))
    add(tmp_path, (Figure.UNANSWERED, 0, "", 5))
    assert look_twice(alarms) == []
    add(tmp_path, (Figure.ANSWER_SECONDS, 0, "more", 3), (Figure.UNANSWERED, 0, "", 1))
    assert sorted(look_twice(alarms)) == [
        "今天有 6 条消息没答上来，只道了歉。",
        "回答慢：今天有 12% 的回答超过 5 秒。",
    ]


def test_an_answer_that_expires_is_an_alarm(alarms: Alarms, site: Site) -> None:
    path = site.words.folder / "local.yml"
    question = "{wordings: [停车吗, 能停车吗, 有车位吗], text: 有。, until: %s}"

    def write(until: str, place: str) -> None:
        facts = f"bureaus: {{'330110': {{hours: 九点到五点, until: {place}}}}}"
        path.write_text(f"questions: {{parking: {question % until}}}\n{facts}\n", encoding="utf-8")

    write("2026-12-07", "2026-12-07")
    assert look_twice(alarms) == []  # eight days
    write("2026-12-06", "2026-11-01")
    assert look_twice(alarms) == [
        "“浙江省杭州市余杭区”的内容只用到 2026-11-01 为止，请在“自己的问答”里看看要不要改。",
        "“停车吗”的内容只用到 2026-12-06 为止，请在“自己的问答”里看看要不要改。",
    ]
    path.write_text("questions: [", encoding="utf-8")
    look_twice(alarms)  # the last good version stays in use
    write("2027-12-06", "2027-11-01")
    assert look_twice(alarms) == []


def test_a_database_that_cannot_be_read_is_an_alarm(alarms: Alarms, tmp_path: Path) -> None:
    (tmp_path / "conversations.db").write_bytes(b"x" * 5000)
    assert look_twice(alarms) == ["对话的数据库读不了。"]


def figures(count: int, tenant: str = "") -> str:
    name = "zhaohui_wechat_token_failures_total"
    labels = f'account="hall",tenant="{tenant}"'
    return f"# TYPE {name} counter\n{name}{{{labels}}} {count}.0\nzhaohui_messages_total 3.0\n"


@pytest.fixture
def of_assistant(
    site: Site, tmp_path: Path, other: Other, clock: Clock, settings: Settings, space: Any
) -> Alarms:
    checks = Checks(
        settings, Numbers(tmp_path), Assistant(other.url), site.content, tmp_path, clock
    )
    return Alarms(site.database, checks, Webhook(""), site.texts, clock)


def test_an_assistant_that_is_away_is_an_alarm(of_assistant: Alarms, other: Other) -> None:
    assert look_twice(of_assistant) == []
    other.answers["/ready"] = (503, "{}")
    away = ["助手没有在运行，或者还没有准备好，现在答不了。"]
    assert look_twice(of_assistant) == away
    other.answers["/ready"] = (200, "{}")
    assert look_twice(of_assistant) == []
    other.port = free_port()
    assistant = Assistant(other.url)
    assert (assistant.is_ready(), assistant.token_failures()) == (False, {})


def test_tokens_that_wechat_does_not_give_are_an_alarm(
    of_assistant: Alarms, other: Other, clock: Clock
) -> None:
    said = ["微信没有给“hall”访问令牌，可能收不到也发不出消息。"]
    for count, expected in ((7, []), (7, []), (8, said), (8, said)):
        other.answers["/metrics"] = (200, figures(count))
        assert look_twice(of_assistant) == expected
    clock.now += TOKEN_SECONDS
    assert look_twice(of_assistant) == []
    other.answers["/metrics"] = (200, figures(1))  # after a restart it counts anew
    assert look_twice(of_assistant) == said
    other.answers["/metrics"] = (200, "<html>")
    assert look_twice(of_assistant) == said


@pytest.mark.parametrize(
    "address",
    ["http://example.com/x", "ftp://a/b", "https://:1", "file:///etc/passwd", "https://a b/", "x"],
)
def test_an_address_that_cannot_be_meant_is_refused_without_being_said(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("ZHAOHUI_ALARM_WEBHOOK", address)
    with pytest.raises(BadSettings) as raised:
        Webhook.from_environment("ZHAOHUI_ALARM_WEBHOOK")
    assert "ZHAOHUI_ALARM_WEBHOOK" in str(raised.value)
    assert address not in str(raised.value) or address == "x"


def test_an_address_stands_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?{KEY}\n")
    assert Webhook.from_environment("HOOK").is_set
    assert not Webhook.from_environment("NO_HOOK").is_set
    assert not Webhook.from_environment("").is_set


def test_a_long_text_is_cut_between_characters(other: Other) -> None:
    Webhook(f"{other.url}/hook").send("告" * 1000)
    [text] = other.texts()
    assert text == "告" * (MAX_BYTES // 3)


def test_who_cannot_be_reached_is_said_without_the_address() -> None:
    with pytest.raises(NotSent) as raised:
        Webhook(f"http://127.0.0.1:{free_port()}/{KEY}").send("x")
    assert str(raised.value) == "URLError"


def test_the_page_shows_alarms_and_an_owner_tries_the_group(
    site: Site, alarms: Alarms, other: Other, space: dict[str, int]
) -> None:
    site = replace(site, alarms=alarms)
    space["free"] = 10**9
    look_twice(alarms)
    owner = client_of(site, "zhang")
    page = owner.get("/alarms").text
    assert "磁盘快满了，只剩 1.0 GB。" in page
    assert '<b class="badge">1</b>' in owner.get("/words").text
    assert KEY not in page
    assert other.url not in page
    other.got.clear()
    answer = owner.post("/alarms/try", {"form_token": owner.token("/alarms")})
    assert answer.headers["location"] == "/alarms?done=webhook_tried"
    assert other.texts() == [site.texts.alarms.trial]
    assert "试发一条告警" in owner.get("/journal").text
    other.answers["/hook"] = (403, "")
    answer = owner.post("/alarms/try", {"form_token": owner.token("/alarms")})
    assert answer.headers["location"] == "/alarms"
    assert "上一条没有送到（HTTP 403）" in owner.get("/alarms").text
    reader = client_of(site, "li")
    assert "试发一条" not in reader.get("/alarms").text


def test_without_a_group_the_page_says_how_to_have_one(site: Site) -> None:
    owner = client_of(site, "zhang")
    page = owner.get("/alarms").text
    assert "ZHAOHUI_ALARM_WEBHOOK" in page
    assert owner.post("/alarms/try", {"form_token": owner.token("/account")}).status_code == 303


def test_looking_goes_on_after_an_error(
    alarms: Alarms, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[int] = []
    stop = threading.Event()

    def look() -> None:
        looks.append(1)
        if len(looks) == 1:
            raise OSError("no such disk")
        stop.set()

    monkeypatch.setattr(alarms, "look", look)
    monkeypatch.setattr("operators.alarms.LOOK_SECONDS", 0.01)
    watch(lambda: [alarms], stop)
    assert len(looks) == 2
    assert "OSError" in caplog.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_alarms(
    browser: Browser, site: Site, address: str, space: dict[str, int], scheme: Any, tmp_path: Path
) -> None:
    space["free"] = 10**9
    look_twice(site.alarms)
    (tmp_path / "conversations.db").write_bytes(b"x" * 5000)
    look_twice(site.alarms)
    (tmp_path / "conversations.db").unlink()
    site.alarms.look()
    for size in (DESKTOP, NARROW):
        context = browser.new_context(viewport=size, color_scheme=scheme, locale="zh-CN")  # type: ignore[arg-type]
        page = context.new_page()
        log_in(page, address)
        page.get_by_role("link", name="告警").click()
        expect(page.get_by_text("磁盘快满了")).to_be_visible()
        expect(page.get_by_text("对话的数据库读不了。")).to_be_visible()
        assert violations(page) == []
        assert fits(page)
        context.close()


def test_the_server_looks_while_it_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: Other
) -> None:
    looked = threading.Event()
    asked: list[bool] = []

    def look(alarms: Alarms) -> None:
        asked.append(alarms._checks._assistant.is_ready())
        looked.set()

    def serve(_: Site) -> SimpleNamespace:
        return SimpleNamespace(run=lambda sockets: looked.wait(20))

    monkeypatch.setattr("operators.alarms.LOOK_SECONDS", 0.01)
    monkeypatch.setattr("operators.__main__.make_server", serve)
    monkeypatch.setattr(Alarms, "look", look)
    port = str(free_port())
    monkeypatch.setattr(sys, "argv", ["x", "serve", "--port", port, "--assistant", other.url])
    assert main(tmp_path) == 0
    assert looked.is_set()
    assert asked[0]


@pytest.mark.parametrize(("tenant", "heard"), [("port", True), ("hall", False), ("", True)])
def test_an_account_is_an_alarm_of_its_tenant_and_of_who_runs_the_server(
    site: Site,
    tmp_path: Path,
    other: Other,
    clock: Clock,
    settings: Settings,
    space: Any,
    tenant: str,
    heard: bool,
) -> None:
    assistant, numbers = Assistant(other.url), Numbers(tmp_path, tenant=tenant)
    checks = Checks(settings, numbers, assistant, site.content, tmp_path, clock, tenant)
    alarms = Alarms(site.database, checks, Webhook(""), site.texts, clock, tenant)
    other.answers["/metrics"] = (200, figures(1, "port"))
    assert look_twice(alarms) == []
    other.answers["/metrics"] = (200, figures(2, "port"))
    assert bool(look_twice(alarms)) == heard
    other.answers["/ready"] = (503, "{}")  # what concerns the machine is not said to a tenant
    away = [said for said in look_twice(alarms) if "没有在运行" in said]
    assert bool(away) == (not tenant)
