"""Draws the pictures of the chat widget in `docs/`: `.venv/bin/python -m bench.draw_widget`.

Needs `make run` in another terminal and Chromium; everything on the pictures is the real thing.
"""

from __future__ import annotations

import sys
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize

from bench.browser import running_browser
from scripts.console import ROOT, guarded

DEMO = "/webhooks/website/demo"
PHONE, DESKTOP = ViewportSize(width=375, height=800), ViewportSize(width=1100, height=760)
Scheme = Literal["light", "dark"]
# What is said, line by line; a line that is a reply's title clicks it.
PICTURES: tuple[tuple[str, ViewportSize, Scheme, list[str]], ...] = (
    ("website", DESKTOP, "light", ["收不到验证码"]),
    ("website-step", PHONE, "light", ["找回密码", "能", "好了，下一步", "好了，下一步"]),
    ("website-dark", PHONE, "dark", ["我的密码是Abc12345，登不上"]),
    ("website-bureau", PHONE, "light", ["联系浙江省杭州市余杭区的登记机关"]),
)


def draw(
    browser: Browser, server: str, name: str, size: ViewportSize, scheme: Scheme, lines: list[str]
) -> None:
    """Opens the widget, says the lines, and keeps the picture."""
    context = browser.new_context(
        viewport=size,
        color_scheme=scheme,
        device_scale_factor=1.5 if size is PHONE else 1,
        locale="zh-CN",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(server + DEMO)
    page.locator('[data-part="launcher"]').click()
    page.locator('[data-part="reply"]').first.wait_for()
    for line in lines:
        say(page, line)
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    page.screenshot(path=ROOT / "docs" / f"{name}.png")
    context.close()


def say(page: Page, line: str) -> None:
    """Clicks the reply, or types the line, and waits for the answer."""
    answers = page.locator('[data-from="assistant"]')
    count = answers.count()
    reply = page.locator('[data-part="reply"]').get_by_text(line, exact=True)
    if reply.count():
        reply.click()
    else:
        page.locator('[data-part="input"]').fill(line)
        page.locator('[data-part="input"]').press("Enter")
    answers.nth(count).wait_for()
    page.locator('[data-part="reply"]').first.wait_for()


def main() -> int:
    """Draws all pictures."""
    server = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5005"
    with running_browser() as browser:
        for name, size, scheme, lines in PICTURES:
            draw(browser, server, name, size, scheme, lines)
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
