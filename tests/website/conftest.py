"""Real Chromium for the tests of the widget; without it they are left out, and say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.browser import find_chromium
from scripts.widget import ensure_widget, is_built, what_is_missing
from tests.conftest import Assistant
from tests.website.chat import Chat

PHONE, DESKTOP = {"width": 360, "height": 640}, {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def widget() -> Path:
    """The built window."""
    if not is_built() and not ensure_widget():
        pytest.skip(f"the chat widget was not tested: {what_is_missing() or 'see logs/widget.log'}")
    return Path("widget/dist/zhaohui.js")


# Not for the whole session: while Playwright runs, no other test may start an event loop.
@pytest.fixture(scope="module")
def browser(widget: Path) -> Iterator[Browser]:
    """The machine's own Chromium; none is downloaded."""
    path = find_chromium()
    if path is None:
        pytest.skip(
            "the chat widget was not tested in a browser: there is no Chromium; get it with"
            " `apt-get install chromium fonts-noto-cjk` (Debian), then repeat `make test`"
        )
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor with nothing in the browser yet; every error in a page fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    context.set_default_timeout(15_000)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of that visitor."""
    return context.new_page()


@pytest.fixture
def chat(page: Page, assistant: Assistant) -> Chat:
    """The demo page of the real assistant with its widget opened."""
    chat = Chat(page, assistant.url)
    chat.visit()
    chat.open()
    return chat
