"""The guide in the widget: by clicking, typing, keyboard; interrupted in every way there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from scripts.readiness import free_port
from tests.conftest import Assistant, serve
from tests.website.chat import Chat

STEPS = 9
TRIES = 20  # at a time that should be short, on a machine with other work


def at(number: int) -> re.Pattern[str]:
    return re.compile(rf"\b{number}\s*/\s*{STEPS}\b")


def begin(chat: Chat) -> None:
    """Clicks until the first step of the guide by phone."""
    chat.click("找回密码")
    chat.click("能")
    expect(chat.last).to_contain_text(at(1))


def test_the_greeting_comes_within_a_second(browser: Browser, assistant: Assistant) -> None:
    times: list[float] = []
    # Other tests run beside this one on the same processors: the best counts.
    while len(times) < TRIES and min(times, default=1.0) >= 1.0:
        context = browser.new_context(locale="zh-CN")
        chat = Chat(context.new_page(), assistant.url)
        chat.visit()
        times.append(chat.open())
        assert "密码" in chat.last.inner_text()
        context.close()
    assert min(times) < 1, times


def test_the_whole_guide_by_clicking(chat: Chat) -> None:
    begin(chat)
    for number in range(2, STEPS + 1):
        chat.click("好了，下一步")
        expect(chat.last).to_contain_text(at(number))
        assert "应该看到" in chat.last.inner_text()
    chat.click("好了，下一步")
    chat.click("能登录了")
    assert chat.reply("怎样保管密码").is_visible()
    assert chat.own.count() == STEPS + 3


def test_the_whole_guide_by_typing(chat: Chat) -> None:
    chat.say("我忘记密码了")
    chat.say("能收到")
    for number in range(2, STEPS + 1):
        chat.say("好了下一步")
        expect(chat.last).to_contain_text(at(number))
    chat.say("下一步")
    answer = chat.say("可以登录了")
    assert chat.reply("怎样保管密码").is_visible(), answer


def test_the_whole_guide_with_the_keyboard_only(page: Page, assistant: Assistant) -> None:
    chat = Chat(page, assistant.url)
    chat.visit()
    tab_to(page, "launcher")
    page.keyboard.press("Enter")
    chat.answers.first.wait_for()
    wait_for_focus(page, "input")
    page.keyboard.type("用手机验证码找回")
    page.keyboard.press("Enter")
    chat.answer(1)
    for number in range(2, STEPS + 1):
        count = chat.answers.count()
        tab_to(page, "reply", "好了，下一步")
        page.keyboard.press("Enter")
        chat.answer(count)
        expect(chat.last).to_contain_text(at(number))
    page.keyboard.press("Escape")
    wait_for_focus(page, "launcher")


def wait_for_focus(page: Page, part: str) -> None:
    script = (
        "(part) => document.querySelector('zhaohui-chat').shadowRoot.activeElement"
        "?.dataset.part === part"
    )
    page.wait_for_function(script, arg=part)


def tab_to(page: Page, part: str, text: str = "") -> None:
    """Presses Tab until the focus is on a part of the window."""
    script = (
        "() => { const it = document.querySelector('zhaohui-chat').shadowRoot.activeElement;"
        " return it ? [it.dataset.part, it.textContent] : ['', '']; }"
    )
    for key in ["Tab"] * 60 + ["Shift+Tab"] * 60:
        page.keyboard.press(key)
        name, content = page.evaluate(script)
        if name == part and text in content:
            return
    raise AssertionError(f"the keyboard does not reach {part} {text}")


def test_a_digression_and_back(chat: Chat) -> None:
    begin(chat)
    chat.click("好了，下一步")
    assert "联络员" in chat.say("联络员是什么")
    assert not chat.last.locator('[data-block="step"]').count()
    chat.click("回到第 2 步")
    expect(chat.last).to_contain_text(at(2))


def test_a_reload_in_the_middle(chat: Chat) -> None:
    begin(chat)
    chat.click("好了，下一步")
    before = [chat.answers.all_inner_texts(), chat.own.all_inner_texts()]
    chat.page.reload()
    expect(chat.answers).to_have_count(len(before[0]))
    assert [chat.answers.all_inner_texts(), chat.own.all_inner_texts()] == before
    chat.click("好了，下一步")
    expect(chat.last).to_contain_text(at(3))


def test_two_tabs_of_one_session(chat: Chat, context: BrowserContext) -> None:
    begin(chat)
    with context.expect_page() as opened:  # the way in which a tab takes its session along
        chat.page.evaluate("() => { window.open(location.href, '_blank'); }")
    other = Chat(opened.value, chat.url)
    other.part("launcher").or_(other.part("input")).wait_for()
    if other.part("launcher").count():
        other.part("launcher").click()
    expect(other.last).to_contain_text(at(1))
    count = chat.answers.count()
    other.click("好了，下一步")
    expect(chat.answers).to_have_count(count + 1)
    expect(chat.last).to_contain_text(at(2))
    chat.click("好了，下一步")
    expect(other.last).to_contain_text(at(3))
    assert chat.own.all_inner_texts() == other.own.all_inner_texts()


def test_offline_and_back(chat: Chat, context: BrowserContext) -> None:
    begin(chat)
    count, own = chat.answers.count(), chat.own.count()
    context.set_offline(True)
    chat.part("input").fill("下一步")
    chat.part("input").press("Enter")
    expect(chat.part("status")).to_contain_text("断开")
    expect(chat.own).to_have_count(own + 1)
    chat.part("input").fill("还没写完")
    context.set_offline(False)
    expect(chat.answers).to_have_count(count + 1, timeout=30_000)
    expect(chat.last).to_contain_text(at(2))
    chat.page.wait_for_timeout(1000)
    assert chat.own.count() == own + 1  # sent once
    assert chat.part("input").input_value() == "还没写完"


def test_a_double_click_sends_once(chat: Chat) -> None:
    chat.click("找回密码")
    count = chat.answers.count()
    chat.reply("能").dblclick()
    chat.answer(count)
    chat.page.wait_for_timeout(1000)
    expect(chat.last).to_contain_text(at(1))
    assert chat.own.count() == 2


def test_a_lost_confirmation_doubles_nothing(chat: Chat) -> None:
    begin(chat)
    lost: list[str] = []

    def lose(route: Route) -> None:
        route.fetch()  # the server gets it, the page never hears of it
        lost.append(route.request.url)
        route.abort("connectionreset")

    chat.page.route("**/messages", lose, times=1)
    chat.click("好了，下一步")
    chat.page.wait_for_timeout(2500)
    assert len(lost) == 1
    expect(chat.last).to_contain_text(at(2))
    assert chat.own.count() == 3
    chat.click("好了，下一步")
    expect(chat.last).to_contain_text(at(3))


@pytest.mark.long
def test_the_server_is_killed_and_comes_back(
    context: BrowserContext, page: Page, tmp_path: Path
) -> None:
    port = free_port()
    chat = Chat(page, f"http://127.0.0.1:{port}")
    with serve(tmp_path, port) as first:
        chat.visit()
        chat.open()
        begin(chat)
        chat.click("好了，下一步")
        first.kill()
        count, own = chat.answers.count(), chat.own.count()
        chat.part("input").fill("下一步")
        chat.part("input").press("Enter")
        expect(chat.part("status")).to_contain_text("断开")
    with serve(tmp_path, port):
        expect(chat.answers).to_have_count(count + 1, timeout=60_000)
        expect(chat.last).to_contain_text(at(3))
        chat.click("好了，下一步")
        expect(chat.last).to_contain_text(at(4))
        assert chat.own.count() == own + 2
