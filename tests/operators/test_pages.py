"""Every page in real Chromium: axe-core finds nothing, it fits, and works without a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from operators.app import PAGES
from operators.visit import Site
from scripts.console import ROOT
from scripts.widget import ensure_widget
from tests.operators.conftest import PASSWORD
from tests.website.conftest import DESKTOP, PHONE

AXE = ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
NARROW = {"width": 320, "height": 568}
Scheme = Literal["dark", "light"]
SHOWN = [page.path for page in PAGES if page.method == "GET" and page.role and page.path != "/"]


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP, NARROW], ids=["phone", "desktop", "narrow"])
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
    for path in (*SHOWN, "/nothing"):
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
