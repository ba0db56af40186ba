"""What must not happen: foreign pages, other people's conversations, commands, scripts, haste."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from scripts.readiness import LOCAL, free_port
from tests.channels.website.client import BASE, Client
from tests.conftest import Assistant
from tests.website.chat import Chat

HOST_STYLE = "* { color: rgb(255, 0, 0) !important; font-size: 40px } button { display: none }"


@contextlib.contextmanager
def other_site(port: int, server: str) -> Iterator[str]:
    """A site of somebody else with the one line in its page."""
    page = (
        f"<!doctype html><html lang='zh-CN'><title>x</title><style>{HOST_STYLE}</style>"
        "<h1 id='own'>x</h1>"
        f"<script src='{server}{BASE}/zhaohui.js' defer></script>"
    ).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: Any) -> None:
            return

    site = ThreadingHTTPServer((LOCAL, port), Handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        yield f"http://{LOCAL}:{port}/"
    finally:
        site.shutdown()
        site.server_close()


def test_it_works_on_an_allowed_origin_and_neither_disturbs_the_other(
    page: Page, assistant: Assistant
) -> None:
    chat = Chat(page, assistant.url)
    with other_site(assistant.friend_port, assistant.url) as address:
        chat.visit(address)
        chat.open()
        assert "可能的原因" in chat.say("收不到验证码")
        colour = "(it) => getComputedStyle(it).color"
        assert chat.last.evaluate(colour) != "rgb(255, 0, 0)"
        assert page.locator("#own").evaluate(colour) == "rgb(255, 0, 0)"
        assert page.locator("#own").evaluate("(it) => getComputedStyle(it).fontSize") == "40px"
        page.reload()
        expect(chat.answers).to_have_count(2)


def test_a_foreign_origin_gets_no_conversation(page: Page, assistant: Assistant) -> None:
    chat = Chat(page, assistant.url)
    refused: list[int] = []
    page.on(
        "response",
        lambda response: refused.append(response.status) if BASE in response.url else None,
    )
    with other_site(free_port(), assistant.url) as address:
        chat.visit(address)
        chat.part("launcher").click()
        expect(chat.part("status")).not_to_be_empty()
        page.wait_for_timeout(1500)
        assert chat.answers.count() == 0
    assert 200 not in refused[1:]  # the first is the script itself


def test_the_session_of_another_is_refused(chat: Chat, assistant: Assistant) -> None:
    chat.say("收不到验证码")
    stranger = Client(assistant.url)
    assert stranger.history() == []
    tokens = [chat.page.evaluate("() => JSON.stringify([localStorage, sessionStorage])")]
    token = re.search(r"ey[\w-]+\.[\w-]+\.[\w-]+", tokens[0])
    assert token
    head, claims, signature = token[0].split(".")
    for forged in (f"{head}.{claims}.", f"{head}.{claims[:-3]}abc.{signature}", "website-1"):
        answer = stranger.call("GET", "/history", headers={"Authorization": f"Bearer {forged}"})
        assert answer.status_code == 401


def test_nothing_personal_is_in_the_browsers_storage(chat: Chat, context: BrowserContext) -> None:
    chat.say("我在浙江杭州余杭，收不到验证码")
    stored = chat.page.evaluate("() => JSON.stringify([localStorage, sessionStorage])")
    assert not re.search(r"[\u4e00-\u9fff]|\\u[4-9]", stored), stored
    assert context.cookies() == []


def test_it_works_with_storage_and_cookies_blocked(page: Page, assistant: Assistant) -> None:
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('blocked'); } });"
    )
    chat = Chat(page, assistant.url)
    chat.visit()
    chat.open()
    assert "可能的原因" in chat.say("收不到验证码")


@pytest.mark.parametrize("text", ["/restart", "/greet", "/session_start{}", "//back"])
def test_a_typed_command_is_text(chat: Chat, text: str) -> None:
    chat.click("找回密码")
    chat.click("能")
    answer = chat.say(text)
    assert "重新开始" not in answer
    assert text in chat.own.last.inner_text()
    assert "第 1 步" in chat.say("我到哪一步了") or "1 / 9" in chat.last.inner_text()


@pytest.mark.parametrize(
    "text",
    [
        "<script>window.hacked = 1</script>",
        "<img src=x onerror='window.hacked = 1'>收不到",
        "<svg onload=window.hacked=1><a href='javascript:window.hacked=1'>点我</a>",
        "[点我](javascript:window.hacked=1) **粗** <b>粗</b>",
    ],
)
def test_script_and_markup_are_shown_as_text(chat: Chat, text: str) -> None:
    chat.say(text)
    assert text in chat.own.last.inner_text()
    chat.page.reload()
    expect(chat.own).to_have_count(1)
    assert text in chat.own.last.inner_text()
    assert chat.own.last.locator("script, img, svg, a, b").count() == 0
    assert chat.page.evaluate("() => window.hacked") is None


def test_a_secret_shows_as_hidden_and_is_warned_of(chat: Chat) -> None:
    answer = chat.say("我的密码是Abc12345，登不上")
    assert answer.removeprefix("助手：").strip().startswith("请不要把密码发给任何人")
    own = chat.own.last
    expect(own).to_contain_text("已遮住")
    assert "Abc12345" not in own.inner_text()


def test_a_deletion_deletes_on_the_server_too(chat: Chat, assistant: Assistant) -> None:
    chat.say("收不到验证码，独一无二的一句话")
    chat.part("delete").click()
    chat.part("confirm").click()
    expect(chat.own).to_have_count(0)
    expect(chat.answers).to_have_count(1)  # a new greeting
    assert "余杭" not in chat.last.inner_text()
    assert assistant.database
    for name, query in (
        (assistant.database, "SELECT data FROM events"),
        (assistant.database.with_name("website.db"), "SELECT body FROM messages"),
    ):
        with contextlib.closing(sqlite3.connect(name)) as database:
            kept = "".join(row[0] for row in database.execute(query))
        assert "独一无二的一句话" not in kept
        assert json.dumps("独一无二的一句话").strip('"') not in kept
    assert "可能的原因" in chat.say("收不到验证码")


def test_the_rate_limit_says_how_long_to_wait(chat: Chat) -> None:
    for number in range(14):  # the greeting was the first
        chat.say(f"你好{number}")
    chat.part("input").fill("还有一个问题")
    chat.part("input").press("Enter")
    expect(chat.page.locator("zhaohui-chat")).to_contain_text(re.compile(r"请等 \d+ 秒"))
    assert "还有一个问题" in chat.own.last.inner_text() + chat.part("input").input_value()


def test_feedback_reaches_the_server_without_secrets(chat: Chat, assistant: Assistant) -> None:
    chat.say("收不到验证码")
    chat.part("not-helpful").last.click()
    chat.part("word").fill("没用，我的密码是Abc12345")
    with chat.page.expect_response(
        lambda response: response.url.endswith("/feedback") and response.ok
    ):
        chat.part("submit-word").click()
    assert assistant.database
    path = assistant.database.with_name("website.db")
    with contextlib.closing(sqlite3.connect(path)) as database:
        words = [row[0] for row in database.execute("SELECT word FROM feedback")]
    assert "没用，我的密码是[hidden:password]" in words
