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
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, ViewportSize

from bench.browser import running_browser
from bench.operator_numbers import generate, keep
from channels.unclear import LEFT_SECONDS, Reason, UnclearMessage, keep_turn
from content_loader.load import load
from operators.accounts import Role
from operators.app import make_server, make_site
from operators.assistant import Assistant
from operators.settings import LOCAL, Settings
from operators.tryouts import Tryouts
from operators.unclear import Unclear
from operators.words import FOLDER
from scripts.console import ROOT, guarded

PHONE, DESKTOP = ViewportSize(width=375, height=720), ViewportSize(width=1100, height=720)
TALL = ViewportSize(width=1100, height=1800)
Scheme = Literal["light", "dark"]
FIELD = "/words/chitchat/edit?field=chitchat.cannot_handle.text"
QUESTION = "/local/new"
TRIED = "/words/answer/edit?field=answers.password_rules.text"
TRIED_TEXT = "密码的要求，请以设置密码那一页写的为准。"
WORDINGS = "大厅门口能停车吗\n附近哪里有停车场\n开车过来车停在哪里\n有没有地方停车\n停车位好找吗"
NEW = "我没有听懂您的意思，请换一种说法，或者点下面的按钮。"
DATABASES = ("conversations.db", "website.db")  # of numbers that are made up
UNCLEAR = "/unclear"
GROUP = "/unclear/1"  # the group of the first message
# What invented people have said that was not understood: how often, and why it is listed.
SAID: tuple[tuple[str, int, Reason], ...] = (
    ("你们周六上班吗", 6, Reason.FELL_BACK | Reason.LEFT),
    ("周六你们上不上班", 4, Reason.FELL_BACK),
    ("星期六你们上班吗", 3, Reason.ASKED_BACK),
    ("窗口中午休息吗", 3, Reason.FELL_BACK),
    ("中午窗口休不休息", 2, Reason.FELL_BACK | Reason.LEFT),
    ("电子营业执照怎么打印出来", 3, Reason.ASKED_BACK | Reason.RATED_DOWN),
    ("电子营业执照能打印吗", 1, Reason.FELL_BACK),
    ("社保卡丢了怎么补", 2, Reason.DECLINED | Reason.LEFT),
)
ANSWER = "您问的这一点，我没有听准。请换个说法再问一次；我不知道的，打 12345 能问到。"
PICTURES: tuple[tuple[str, ViewportSize, Scheme, str], ...] = (
    ("operator-unclear", DESKTOP, "light", UNCLEAR),
    ("operator-unclear-phone", PHONE, "dark", GROUP),
    ("operator-words", DESKTOP, "light", "/words?q=没听"),
    ("operator-text", DESKTOP, "light", FIELD),
    ("operator-text-phone", PHONE, "dark", FIELD),
    ("operator-journal", PHONE, "light", "/journal"),
    ("operator-numbers", TALL, "light", "/numbers"),
    ("operator-funnel-phone", PHONE, "light", "/numbers/guides#guide-phone"),
    ("operator-question", TALL, "light", QUESTION),
    ("operator-tryout", DESKTOP, "light", TRIED),
)


class Answers(Assistant):
    """Answers a click as the assistant does, from the content and the draft."""

    def __init__(self, content: Path) -> None:
        super().__init__("http://127.0.0.1:5005")
        self._content = content

    def say(self, said: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        """Returns the answer that is tried."""
        content = load(self._content, said["draft"])
        spoken = content.answers["password_rules"]
        titles = [content.buttons[name]["title"] if name in content.buttons
                  else content.meanings[name] for name in spoken.buttons]  # fmt: skip
        buttons = [{"title": title, "payload": "/greet"} for title in titles]
        return "", [{"text": spoken.text, "buttons": buttons}]


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
    if path == TRIED:
        page.locator("textarea").fill(TRIED_TEXT)
        page.locator("button[name=try]").click()
        page.locator("button[name=open]").click()
        page.locator(".said").wait_for()
        page.evaluate("scrollTo(0, 0)")
    page.mouse.move(0, 0)
    page.screenshot(path=ROOT / "docs" / f"{name}.png")
    context.close()


def change(page: Page) -> None:
    """Types another text and waits until the page shows it."""
    page.locator("textarea").fill(NEW)
    page.locator("#look .website", has_text=NEW).wait_for()


def fill(unclear: Unclear) -> None:
    """Keeps what was not understood, and has it sorted."""
    now = time.time() - 2 * LEFT_SECONDS
    with unclear.conversations.transaction() as connection:
        numbers = iter(range(1000))
        for text, count, reasons in SAID:
            for number in islice(numbers, count):
                keep_turn(
                    connection,
                    UnclearMessage(
                        sender_id=f"person {number}",
                        message_id=f"message {number}",
                        time=now - 5_000 * number,
                        text=text,
                        answer=ANSWER,
                        intent="contact_bureau",
                        reasons=reasons,
                    ),
                )
    unclear.sorter.start().join()


def write_question(page: Page) -> None:
    """Types a question and its answer and waits until the page shows what it would take."""
    page.locator("#wordings").fill(WORDINGS)
    page.locator("#text").fill("大楼北侧有地下停车场，办事两小时内免费。")
    page.locator("#button_1").select_option("contact_bureau")
    page.locator("#look .website").wait_for()


def main() -> int:
    """Draws all pictures."""
    password = secrets.token_hex(16)  # in which no name can stand
    with tempfile.TemporaryDirectory() as folder, socket.socket() as listener:
        content = Path(folder) / "project" / "content"
        shutil.copytree(FOLDER, content)
        listener.bind((LOCAL, 0))
        port = listener.getsockname()[1]
        for numbers, file in zip(generate(3_000, 120, time.time()), DATABASES, strict=True):
            keep(numbers, Path(folder) / file)
        shutil.copy(ROOT / "endpoints.yml", folder)
        site = make_site(Settings(port=port), Path(folder), content)
        site = replace(site, tryouts=Tryouts(Path(folder), site.words, Answers(content)))
        fill(site.unclear)
        for name, role in (("wang", Role.OWNER), ("li", Role.EDITOR)):
            site.accounts.add(name, role, password, "command line")
        server = make_server(site)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        with running_browser() as browser:
            for picture in PICTURES:
                draw(browser, f"http://{LOCAL}:{port}", password, picture)
        server.should_exit = True
        thread.join(10)
        site.unclear.conversations.close()
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
