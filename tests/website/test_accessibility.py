"""axe-core finds nothing, on a phone and a desktop, light and dark; and nothing comes from afar."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, expect

from scripts.console import ROOT
from tests.conftest import Assistant
from tests.website.chat import Chat
from tests.website.conftest import DESKTOP, PHONE

AXE = ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
Scheme = Literal["dark", "light"]


def violations(chat: Chat) -> list[str]:
    """Returns what axe-core finds in the page with everything in it."""
    if not AXE.exists():
        pytest.skip("axe-core was left out: run `npm ci` in widget/, then repeat `make test`")
    chat.page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = chat.page.evaluate("() => axe.run(document)")
    assert found["passes"]
    return [
        f"{violation['id']}: {violation['help']}:"
        f" {[node['target'] for node in violation['nodes']][:3]}"
        for violation in found["violations"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP, {"width": 320, "height": 568}])
def test_axe_finds_nothing(
    browser: Browser, assistant: Assistant, size: Any, scheme: Scheme
) -> None:
    context = browser.new_context(
        viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="zh-CN"
    )
    chat = Chat(context.new_page(), assistant.url)
    chat.visit()
    chat.part("launcher").wait_for()
    assert violations(chat) == []
    chat.open()
    chat.click("找回密码")
    chat.click("看全部办法")
    chat.click("短信验证码") if chat.reply("短信验证码").count() else chat.say("用手机验证码找回")
    assert violations(chat) == []
    chat.say("收不到验证码")
    chat.say("我的密码是Abc12345")
    chat.say("联系浙江省杭州市余杭区的登记机关")
    assert violations(chat) == []
    wide = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not chat.page.evaluate(wide)
    chat.part("delete").click()
    chat.part("confirm").wait_for()
    assert violations(chat) == []
    context.close()


def test_large_text_still_fits(browser: Browser, assistant: Assistant) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 568}, locale="zh-CN")
    page = context.new_page()
    chat = Chat(page, assistant.url)
    chat.visit()
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    chat.open()
    chat.say("收不到验证码")
    assert chat.part("input").is_visible()
    box = chat.part("send").bounding_box()
    assert box and box["x"] + box["width"] <= 320 and box["y"] + box["height"] <= 568
    context.close()


def test_nothing_comes_from_another_host(browser: Browser, assistant: Assistant) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    asked: list[str] = []
    refused: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "console", lambda message: refused.append(message.text) if message.type == "error" else None
    )
    chat = Chat(page, assistant.url)
    chat.visit()
    chat.open()
    chat.click("找回密码")
    chat.click("能")
    assert [
        question for question in asked if not question.startswith((assistant.url, "data:"))
    ] == []
    assert refused == []  # the content policy has stopped nothing that is needed
    context.close()


def test_enter_that_ends_a_composition_does_not_send(
    browser: Browser, assistant: Assistant
) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    chat = Chat(page, assistant.url)
    chat.visit()
    chat.open()
    chat.part("input").focus()
    session = context.new_cdp_session(page)
    session.send(
        "Input.imeSetComposition", {"text": "shou bu dao", "selectionStart": 11, "selectionEnd": 11}
    )
    session.send(
        "Input.dispatchKeyEvent",
        {"type": "keyDown", "key": "Process", "windowsVirtualKeyCode": 229},
    )
    page.wait_for_timeout(300)
    assert chat.own.count() == 0
    session.send("Input.insertText", {"text": "收不到"})
    assert chat.part("input").input_value() == "收不到"
    page.keyboard.press("Enter")
    chat.answer(1)
    expect(chat.own).to_have_count(1)
    context.close()


def test_the_log_is_a_live_region_and_every_control_has_a_name(
    browser: Browser, assistant: Assistant
) -> None:
    context = browser.new_context(locale="zh-CN")
    chat = Chat(context.new_page(), assistant.url)
    chat.visit()
    chat.open()
    expect(chat.page.get_by_role("log")).to_have_count(1)
    for control in chat.page.locator("zhaohui-chat button, zhaohui-chat textarea").all():
        assert control.get_attribute("aria-label") or control.inner_text().strip()
    context.close()
