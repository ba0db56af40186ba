"""Draws the pictures of the operator's pages in `docs/`: `python -m bench.draw_operators`.

Needs only Chromium: it serves the pages on a copy of `content/`, with accounts of their own.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from operators.accounts import Role
from operators.app import make_server, make_site
from operators.settings import LOCAL, Settings
from operators.words import FOLDER
from scripts.console import ROOT

PHONE, DESKTOP = ViewportSize(width=375, height=720), ViewportSize(width=1100, height=720)
TALL = ViewportSize(width=1100, height=1500)
Scheme = Literal["light", "dark"]
FIELD = "/words/chitchat/edit?field=chitchat.cannot_handle.text"
QUESTION = "/local/new"
WORDINGS = "大厅门口能停车吗\n附近哪里有停车场\n开车过来车停在哪里\n有没有地方停车\n停车位好找吗"
NEW = "我没有听懂您的意思，请换一种说法，或者点下面的按钮。"
PICTURES: tuple[tuple[str, ViewportSize, Scheme, str], ...] = (
    ("operator-words", DESKTOP, "light", "/words?q=没听"),
    ("operator-text", DESKTOP, "light", FIELD),
    ("operator-text-phone", PHONE, "dark", FIELD),
    ("operator-journal", PHONE, "light", "/journal"),
    ("operator-question", TALL, "light", QUESTION),
)


def draw(
    browser: Browser, server: str, password: str, picture: tuple[str, ViewportSize, Scheme, str]
) -> None:
    """Logs in, opens a page, and keeps the picture."""
    name, size, scheme, path = picture
    context = browser.new_context(
        viewport=size,
        color_scheme=scheme,
        device_scale_factor=1.5 if size is PHONE else 1,
        locale="zh-CN",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{server}/login")
    page.locator("#name").fill("wang")
    page.locator("#password").fill(password)
    page.locator("main button").click()
    page.goto(server + path)
    if path == FIELD:
        change(page)
    if path == QUESTION:
        write_question(page)
    page.mouse.move(0, 0)
    page.screenshot(path=ROOT / "docs" / f"{name}.png")
    context.close()


def change(page: Page) -> None:
    """Types another text and waits until the page shows it."""
    page.locator("textarea").fill(NEW)
    page.locator("#look .website", has_text=NEW).wait_for()


def write_question(page: Page) -> None:
    """Types a question and its answer and waits until the page shows what it would take."""
    page.locator("#wordings").fill(WORDINGS)
    page.locator("#text").fill("大楼北侧有地下停车场，办事两小时内免费。")
    page.locator("#button_1").select_option("contact_bureau")
    page.locator("#look .website").wait_for()


def main() -> int:
    """Draws all pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.stderr.write(
            "Chromium was not found: install it, on Debian with the package chromium\n"
        )
        return 1
    password = secrets.token_urlsafe(16)
    with tempfile.TemporaryDirectory() as folder, socket.socket() as listener:
        content = Path(folder) / "project" / "content"
        shutil.copytree(FOLDER, content)
        listener.bind((LOCAL, 0))
        port = listener.getsockname()[1]
        site = make_site(Settings(port=port), Path(folder), content)
        for name, role in (("wang", Role.OWNER), ("li", Role.EDITOR)):
            site.accounts.add(name, role, password, "command line")
        server = make_server(site)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for picture in PICTURES:
                draw(browser, f"http://{LOCAL}:{port}", password, picture)
        server.should_exit = True
        thread.join(10)
    return 0


if __name__ == "__main__":
    sys.exit(main())
