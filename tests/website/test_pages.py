"""The widget in pages and behind proxies that get in its way; somebody else in Rasa's place."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from rasa.core.channels.channel import UserMessage

from tests.channels.website.small_server import small_server
from tests.website.chat import Chat
from tests.website.conftest import PHONE
from tests.website.test_accessibility import violations

SECONDS = 5.0  # until an answer is there, whatever stands between
TABS = 7  # one more than a browser has connections to a host over HTTP/1.1
LONG = "\n".join(f"第 {number} 行" for number in range(1, 41))


async def answer(message: UserMessage) -> None:
    """Greets; answers a text with itself, and one that asks for it with many lines."""
    text = LONG if message.text == "长" else f"听到：{message.text}"
    await asyncio.sleep(0.3)
    await message.output_channel.send_response(message.sender_id, {"text": text})


@pytest.fixture
def site(tmp_path: Path, widget: Path) -> Iterator[str]:
    """A server whose pages hold the window."""
    with small_server(tmp_path, answer, widget=str(widget)) as url:
        yield url


def host_page(
    page: Page, site: str, markup: str = "", script: str = "", kind: str = "defer"
) -> Chat:
    """Opens a page of a host with such a body and script, and the widget in it."""
    html = (
        "<!doctype html><html lang='zh-CN'><meta name='viewport' content='width=device-width'>"
        f"<title>x</title><body><main><h1>x</h1>{markup}</main><script>{script}</script>"
        f"<script src='/webhooks/website/zhaohui.js' {kind}></script></body>"
    )
    page.route(
        "**/host", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
    )
    chat = Chat(page, site)
    chat.visit(f"{site}/host")
    return chat


def ask(chat: Chat, text: str) -> float:
    """Sends a text; returns the seconds until its answer is there."""
    count = chat.answers.count()
    chat.part("input").fill(text)
    chat.part("input").press("Enter")
    began = time.monotonic()
    expect(chat.answers).to_have_count(count + 1)
    return time.monotonic() - began


@pytest.mark.parametrize("locks", [True, False])
def test_an_answer_comes_at_once_with_seven_tabs(
    context: BrowserContext, site: str, locks: bool
) -> None:
    if not locks:  # as on plain http
        context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    streams: list[str] = []
    context.on(
        "request", lambda request: streams.append(request.url) if "/events" in request.url else None
    )
    tabs = [Chat(context.new_page(), site) for _ in range(TABS)]
    loaded, times = [], []
    for tab in tabs:
        began = time.monotonic()
        tab.visit()
        tab.open()
        loaded.append(time.monotonic() - began)
    for number, tab in enumerate(tabs):
        times.append(ask(tab, f"问 {number}"))
    for tab in tabs:
        expect(tab.answers).to_have_count(TABS + 1)
    assert max(loaded) < SECONDS, loaded
    assert statistics.median(times) < 2 and max(times) < SECONDS, times
    assert len(streams) == 1 if locks else len(streams) <= TABS, streams


BUFFERED = """
    const original = window.fetch;
    window.fetch = async (...asked) => {
      const answer = await original(...asked);
      return new Response(await answer.text(), answer);
    };
"""


@pytest.mark.parametrize("held", ["by a proxy, headers and all", "by a script of the page"])
def test_the_greeting_and_answers_come_though_streams_are_held(
    page: Page, site: str, held: str
) -> None:
    kept: list[Route] = []
    if held.startswith("by a proxy"):
        page.route("**/events*", lambda route: kept.append(route))
    chat = host_page(page, site, script=BUFFERED if held.startswith("by a script") else "")
    times = [chat.open(), ask(chat, "一"), ask(chat, "二")]
    assert max(times) < SECONDS, times
    for request in kept:
        request.abort()


OLD_PAGE = """
    document.onkeydown = (event) => {
      const field = /^(input|textarea)$/i.test(event.target.tagName);
      if (!field && ['Backspace', ' ', 'Enter', 'ArrowLeft'].includes(event.key)) return false;
    };
    const names = ['wheel', 'touchmove', 'paste', 'copy', 'selectstart', 'mousedown'];
    for (const place of [window, document])
      for (const name of names)
        place.addEventListener(name, (event) => {
          event.cancelBubble = true;
          event.preventDefault();
        }, { capture: true, passive: false });
    window.addEventListener('keydown', (event) => {
      if (event.target.tagName === 'INPUT') return;
      event.returnValue = false;
      event.stopImmediatePropagation();
    }, true);
"""
TRAP = """
    const dialog = document.querySelector('#dialog');
    const back = (event) => {
      if (!dialog.contains(event.target)) dialog.querySelector('input').focus();
    };
    document.addEventListener('focusin', back, true);
    document.addEventListener('focus', back, true);
    for (const name of ['mousedown', 'touchstart', 'click'])
      document.addEventListener(name, (event) => {
        if (dialog.contains(event.target)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
      }, { capture: true, passive: false });
"""


def test_keys_wheel_and_selection_work_where_the_page_cancels_them(page: Page, site: str) -> None:
    style = "<style>* { user-select: none; -webkit-user-select: none }</style>"
    chat = host_page(page, site, style, OLD_PAGE)
    chat.open()
    field = chat.part("input")
    field.click()
    page.keyboard.type("a bc")
    page.keyboard.press("Backspace")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type(" ")
    expect(field).to_have_value("a  b")
    field.fill("长")
    page.keyboard.press("Enter")
    expect(chat.answers).to_have_count(2)
    log = page.get_by_role("log")
    end = log.evaluate("(it) => (it.scrollTop = it.scrollHeight, it.scrollTop)")
    log.hover()
    page.mouse.wheel(0, -200)
    page.wait_for_function(f"() => {LOG}.scrollTop < {end}")
    chat.last.locator(".line").nth(38).dblclick()
    assert page.evaluate("() => String(getSelection())").strip()


LOG = "document.querySelector('zhaohui-chat').shadowRoot.querySelector('[role=log]')"


TAKES_BACK = """
    const field = document.querySelector('#dialog input');
    field.addEventListener('focusout', (event) => {
      if (!event.relatedTarget?.closest('#dialog')) field.focus();
    });
"""
TAKES_BACK_LATER = """
    const field = document.querySelector('#dialog input');
    field.onblur = () => setTimeout(() => field.focus());
"""


@pytest.mark.parametrize("script", [TRAP, TAKES_BACK, TAKES_BACK_LATER])
def test_the_field_works_beside_a_dialog_that_keeps_the_focus(
    page: Page, site: str, script: str
) -> None:
    chat = host_page(page, site, "<div id='dialog'><input aria-label='x'></div>", script)
    page.locator("#dialog input").focus()
    chat.part("launcher").click()
    chat.answers.first.wait_for()
    chat.part("input").click()
    page.wait_for_timeout(200)  # nobody types at once; the dialog has taken its focus back by then
    page.keyboard.type("能写")
    chat.part("send").click()
    expect(chat.own).to_have_count(1)
    expect(chat.own.last).to_contain_text("能写")


def test_what_is_typed_survives_leaving_the_page_and_coming_back(page: Page, site: str) -> None:
    chat = host_page(page, site, script="addEventListener('unload', () => {})")  # not cached
    chat.open()
    chat.part("input").fill("写了一半")
    page.goto(f"{site}/webhooks/website/demo.css")
    page.go_back()
    expect(chat.part("input")).to_have_value("写了一半")


NEW_BODY = "Object.assign(document.createElement('body'), { innerHTML: '<p>x</p>' })"
NEW_PAGE = "<!doctype html><html><body><p>x</p></body></html>"
REPLACEMENTS = {
    "the body": f"document.documentElement.replaceChild({NEW_BODY}, document.body)",
    "the root": "document.replaceChild(Object.assign(document.createElement('html'),"
    f" {{ innerHTML: '{NEW_PAGE}' }}), document.documentElement)",
    "all by document.write": f"document.open(); document.write('{NEW_PAGE}'); document.close()",
    "the body, again and again": "let left = 8; const timer = setInterval(() => {"
    f" document.body.replaceWith({NEW_BODY}); if (!--left) clearInterval(timer); }}, 300)",
}


@pytest.mark.parametrize("what", REPLACEMENTS)
def test_the_page_may_replace_what_holds_the_widget(page: Page, site: str, what: str) -> None:
    chat = host_page(page, site, kind="type='module'")
    chat.open()
    chat.part("input").fill("写了一半")
    page.evaluate(f"() => {{ {REPLACEMENTS[what]} }}")
    page.wait_for_timeout(3_000 if "again" in what else 300)
    expect(chat.part("input")).to_have_value("写了一半")
    # document.write takes listeners away, also those that the widget needs for this:
    page.context.set_offline(True)
    expect(chat.part("status")).not_to_be_empty()
    page.context.set_offline(False)
    assert ask(chat, "还在") < SECONDS


@pytest.fixture
def on_phone(browser: Browser, site: str) -> Iterator[Chat]:
    """The widget on a phone, in a page that is longer than the screen."""
    size: Any = PHONE
    context = browser.new_context(viewport=size, locale="zh-CN", has_touch=True)
    chat = host_page(context.new_page(), site, "<div style='height: 3000px'>x</div>")
    chat.open()
    yield chat
    context.close()


def test_a_phone_scrolls_and_shows_what_it_should(on_phone: Chat) -> None:
    chat, page = on_phone, on_phone.page
    # The page behind stays where it is.
    page.mouse.move(180, 20)  # the head of the widget
    page.mouse.wheel(0, 600)
    chat.part("close").focus()
    page.keyboard.press("End")
    page.wait_for_timeout(300)
    assert page.evaluate("() => scrollY") == 0
    # The last message stays in view when the screen keyboard comes.
    ask(chat, "长")
    ask(chat, "最后一句")
    page.set_viewport_size({"width": 360, "height": 400})
    page.wait_for_timeout(300)
    box, log = chat.last.bounding_box(), page.get_by_role("log").bounding_box()
    assert box and log
    assert log["y"] <= box["y"] and box["y"] + box["height"] <= log["y"] + log["height"] + 1
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    # A reader further up is left there.
    page.evaluate(f"() => {{ {LOG}.scrollTop = 100; }}")
    page.wait_for_timeout(100)
    top = page.evaluate(
        """() => {
          const root = document.querySelector('zhaohui-chat').shadowRoot;
          window.seen = root.elementFromPoint(180, 250);
          return window.seen.getBoundingClientRect().top;
        }"""
    )
    page.evaluate(
        """async () => {
          const token = Object.values(localStorage)[0];
          const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
          const body = JSON.stringify({ id: 'elsewhere', text: '另一处' });
          await fetch('/webhooks/website/messages', { method: 'POST', headers, body });
        }"""
    )
    chat.part("newest").wait_for()
    # What is read stays where it is; what is above it may change its height.
    assert abs(page.evaluate("() => window.seen.getBoundingClientRect().top") - top) <= 1
    assert violations(chat) == []
    chat.part("newest").click()
    expect(chat.last).to_be_in_viewport()
    expect(chat.part("newest")).to_have_count(0)
    # No field is so small that iOS zooms in on it.
    chat.part("helpful").last.click()
    chat.part("word").wait_for()
    for name in ("word", "input"):
        size = chat.part(name).evaluate("(it) => parseFloat(getComputedStyle(it).fontSize)")
        assert size >= 16, name
