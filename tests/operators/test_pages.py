"""Every page in real Chromium: axe-core finds nothing, it fits, and works without a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Route, expect

from operators.app import PAGES
from operators.visit import Site
from scripts.console import ROOT
from scripts.widget import ensure_widget
from tests.operators.conftest import PASSWORD
from tests.operators.test_access import address_of
from tests.website.conftest import DESKTOP, PHONE

AXE = ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
NARROW = {"width": 320, "height": 568}
# Two of six are seen every time; each takes long, a page after the other.
LOOKS = [
    pytest.param(PHONE, "light", id="phone-light"),
    pytest.param(DESKTOP, "dark", id="desktop-dark"),
    pytest.param(PHONE, "dark", id="phone-dark", marks=pytest.mark.long),
    pytest.param(DESKTOP, "light", id="desktop-light", marks=pytest.mark.long),
    pytest.param(NARROW, "light", id="narrow-light", marks=pytest.mark.long),
    pytest.param(NARROW, "dark", id="narrow-dark", marks=pytest.mark.long),
]
Scheme = Literal["dark", "light"]
SHOWN = [
    address_of(page.path)
    for page in PAGES
    if page.method == "GET" and page.role and page.path != "/" and not page.path.endswith(".csv")
]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor; every error in a page, also what the policy refuses, fails the test."""
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on(
        "console",
        lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield context
    context.close()
    assert errors == []


def violations(page: Page) -> list[str]:
    """Returns what axe-core finds; it is put in beside the page's policy, as a tester's tool."""
    if not AXE.exists() and not ensure_widget():
        pytest.skip("axe-core was left out: run `npm ci` in widget/, then repeat `make test`")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("() => axe.run(document)")
    assert found["passes"]
    return [
        f"{page.url} {violation['id']}: {violation['help']}:"
        f" {[node['target'] for node in violation['nodes']][:3]}"
        for violation in found["violations"]
    ]


def fits(page: Page) -> bool:
    wide = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return not page.evaluate(wide)


def log_in(page: Page, address: str, name: str = "zhang", password: str = PASSWORD) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_axe_finds_nothing_and_it_fits(
    browser: Browser, address: str, size: Any, scheme: Scheme
) -> None:
    context = browser.new_context(
        viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="zh-CN"
    )
    page = context.new_page()
    log_in(page, address, password="wrong")
    expect(page.get_by_role("alert")).to_have_text("账号或密码不对。")
    assert violations(page) == []
    assert fits(page)
    log_in(page, address)
    page.goto(f"{address}/words/chitchat")  # so that there is a version
    for path in (*SHOWN, "/words?q=密码", "/words/bureau/edit?field=which_more", "/nothing"):
        page.goto(f"{address}{path}")
        assert violations(page) == []
        assert fits(page), page.url
    context.close()


def test_large_text_still_fits(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=NARROW, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    log_in(page, address)
    for path in SHOWN:
        page.goto(f"{address}{path}")
        page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
        assert fits(page), page.url
    context.close()


def test_without_a_mouse(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/login")
    expect(page.get_by_label("账号")).to_be_focused()
    page.keyboard.type("zhang")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    while page.evaluate("() => document.activeElement.textContent") != "退出":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("已退出。")
    page.goto(f"{address}/account")
    expect(page).to_have_url(f"{address}/login")


def test_a_problem_is_said_at_the_field(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    log_in(page, address)
    page.goto(f"{address}/account")
    page.get_by_label("现在的密码").fill("wrong password")
    page.get_by_label("新密码", exact=True).fill("x" * 20)
    page.get_by_label("再输一遍新密码").fill("x" * 20)
    page.get_by_role("button", name="改密码").click()
    field = page.get_by_label("现在的密码")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description("现在的密码不对。")
    assert violations(page) == []


def test_the_first_account_is_told_of(
    context: BrowserContext, empty_site: Site, empty_address: str
) -> None:
    page = context.new_page()
    page.goto(empty_address)
    expect(page.get_by_text('make account ARGS="add NAME --role owner"')).to_be_visible()
    assert violations(page) == []


def test_another_page_cannot_frame_or_read_these(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    log_in(page, address)
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    assert cookies["zhaohui_session"]["httpOnly"]
    assert cookies["zhaohui_session"]["sameSite"] == "Strict"
    assert page.evaluate("() => document.cookie") == ""


def test_an_editor_changes_a_text_and_goes_back(
    context: BrowserContext, address: str, site: Site
) -> None:
    page = context.new_page()
    log_in(page, address, "wang")
    page.get_by_role("link", name="文字", exact=True).click()
    page.get_by_label("找一句话").fill("我没听明白")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="我没听明白您的意思").click()
    text = page.locator("li", has_text="我没听明白")
    text.get_by_role("link", name="改").click()
    look = page.locator("#look")
    expect(look.get_by_text("还没有改。")).to_be_visible()
    page.get_by_label("文字", exact=True).fill("我没有听懂<b>这句话</b>。")
    expect(look.locator(".bubble.website")).to_have_text("我没有听懂<b>这句话</b>。")
    expect(look.locator("ins").first).to_be_visible()
    expect(look.get_by_text("1. 找回密码")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("文字", exact=True).fill("{name}")
    expect(look.locator(".problem")).to_contain_text("不能用花括号")
    page.get_by_role("button", name="保存").click()
    field = page.get_by_label("文字", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(
        "最多 400 个字。 这里不能用花括号。 这里不能用花括号（name）。"
    )
    assert violations(page) == []
    field.fill("我没有听懂。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("已保存，下一条消息就用它。")
    assert site.words.field("chitchat", "chitchat.cannot_handle.text").text == "我没有听懂。"
    page.locator("li", has_text="我没有听懂。").get_by_role("link", name="改").click()
    page.get_by_role("button", name="改回这句").click()
    expect(page.locator("li:target")).to_contain_text("我没听明白您的意思。")
    page.get_by_role("link", name="谁改过什么").click()
    expect(page.locator("section")).to_have_count(3)
    assert violations(page) == []
    page.locator("section").nth(1).get_by_role("link").click()
    page.get_by_role("button", name="回到这一版").click()
    expect(page.get_by_role("status")).to_contain_text("已回到那一版，下一条消息就用它。")
    assert site.words.field("chitchat", "chitchat.cannot_handle.text").text == "我没有听懂。"


def test_what_is_typed_before_the_script_runs_is_shown(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    log_in(page, address, "wang")
    waiting: list[Route] = []
    page.route("**/pages.js*", lambda route: waiting.append(route))
    page.goto(f"{address}/words/chitchat/edit?field=chitchat.greet.text", wait_until="commit")
    page.get_by_label("文字", exact=True).fill("您好呀！")
    [script] = waiting
    script.continue_()
    expect(page.locator("#look .bubble.website")).to_have_text("您好呀！")


def test_typed_words_are_not_left_behind_by_mistake(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    log_in(page, address, "wang")
    page.goto(f"{address}/words/chitchat/edit?field=chitchat.greet.text")
    page.get_by_label("文字", exact=True).press_sequentially("x")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.get_by_role("link", name="不改了").click()
    page.wait_for_url("**/words/chitchat#*")
    assert asked == ["beforeunload"]


def test_without_scripts_all_works_as_well(browser: Browser, address: str, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    log_in(page, address, "wang")
    page.goto(f"{address}/words/chitchat/edit?field=chitchat.greet.text")
    page.get_by_label("文字", exact=True).fill("您好！")
    page.get_by_role("button", name="先看看").click()
    expect(page.locator(".bubble.website")).to_have_text("您好！")
    assert site.words.field("chitchat", "chitchat.greet.text").text != "您好！"
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert site.words.field("chitchat", "chitchat.greet.text").text == "您好！"
    context.close()
