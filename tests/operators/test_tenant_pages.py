"""The pages of two tenants in real Chromium: chosen, changed, and not seen by the other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from content_loader.live import LiveContents
from operators.accounts import ALL, Role
from operators.app import make_site
from operators.settings import Settings
from operators.visit import Site
from operators.words import FOLDER
from tests.operators.conftest import PASSWORD, Clock, served
from tests.operators.test_pages import LOOKS, Scheme, fits, violations
from tests.tenant_folders import GREETINGS, HALL, NAMES, PORT, make_tenants
from tests.website.conftest import DESKTOP, PHONE

SAID = "您好，余杭为您服务。"


@pytest.fixture
def two(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    """Pages of two tenants, with one who may choose and one who may not."""
    content = tmp_path / "project" / "content"
    shutil.copytree(FOLDER, content)
    site = make_site(
        Settings(), tmp_path, content, clock, tenants=make_tenants(tmp_path / "tenants")
    )
    site.accounts.add("chief", Role.OWNER, PASSWORD, "test", ALL)
    site.accounts.add("port_editor", Role.EDITOR, PASSWORD, "test", PORT)
    yield site
    site.unclear.conversations.close()
    site.database.close()


def enter(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def choose(page: Page, title: str) -> None:
    page.get_by_label("单位", exact=True).select_option(label=title)
    page.get_by_role("button", name="换", exact=True).click()
    expect(page.locator(".site")).to_contain_text(title)


def test_an_editor_changes_what_one_tenant_says(browser: Browser, two: Site) -> None:
    with served(two) as address:
        context = browser.new_context(viewport=DESKTOP, locale="zh-CN")  # type: ignore[arg-type]
        page = context.new_page()
        enter(page, address, "chief")
        choose(page, NAMES[HALL])
        page.goto(f"{address}/words/chitchat")
        greeting = page.locator("li", has_text=GREETINGS[HALL])
        expect(greeting).to_contain_text("本单位的说法")
        greeting.get_by_role("link").click()
        expect(page.get_by_text("默认单位的说法：")).to_be_visible()
        page.get_by_label("文字", exact=True).fill(SAID)
        page.get_by_role("button", name="保存", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("已保存")
        contents = LiveContents(two.words.folder, two.tenants.folder)
        assert contents.current(HALL).chitchat["greet"].text == SAID
        assert contents.current(PORT).chitchat["greet"].text == GREETINGS[PORT]
        page.get_by_role("link", name="改“", exact=False).first.click()
        page.get_by_role("button", name="用默认单位的说法").click()
        expect(page.get_by_role("status")).to_contain_text("已保存")
        assert contents.current(HALL).chitchat == contents.current().chitchat
        context.close()


def test_the_other_tenant_sees_nothing_of_it(browser: Browser, two: Site) -> None:
    with served(two) as address:
        context = browser.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
        page = context.new_page()
        enter(page, address, "port_editor")
        expect(page.locator(".site")).to_contain_text(NAMES[PORT])
        assert page.get_by_label("单位", exact=True).count() == 0
        for path in ("/words", "/words/chitchat", "/words/chitchat/history", "/local", "/numbers"):
            page.goto(f"{address}{path}")
            text = page.content()
            assert NAMES[HALL] not in text
            assert GREETINGS[HALL] not in text
        context.close()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_axe_finds_nothing_and_it_fits(
    browser: Browser, two: Site, size: Any, scheme: Scheme, tmp_path: Path
) -> None:
    with served(two) as address:
        context = browser.new_context(
            viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="zh-CN"
        )
        page = context.new_page()
        enter(page, address, "chief")
        choose(page, NAMES[HALL])
        paths = ["/words", "/words/chitchat", "/words/chitchat/edit?field=chitchat.greet.text"]
        for path in [*paths, "/alarms", "/accounts"]:
            page.goto(f"{address}{path}")
            assert violations(page) == []
            assert fits(page), page.url
        context.close()
