"""What a person sees of the chat widget and does with it."""

from __future__ import annotations

import time

from playwright.sync_api import Locator, Page, expect

DEMO = "/webhooks/website/demo"


class Chat:
    """The widget in a tab."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def part(self, name: str) -> Locator:
        """Returns a part of the widget by its name in the page."""
        return self.page.locator(f'zhaohui-chat [data-part="{name}"]')

    @property
    def answers(self) -> Locator:
        """All answers so far."""
        return self.page.locator('zhaohui-chat [data-from="assistant"]')

    @property
    def own(self) -> Locator:
        """All messages of the person so far."""
        return self.page.locator('zhaohui-chat [data-from="person"]')

    @property
    def last(self) -> Locator:
        """The last answer."""
        return self.answers.last

    def visit(self, address: str | None = None) -> None:
        """Opens the page that holds the window."""
        self.page.goto(address or self.url + DEMO)

    def open(self) -> float:
        """Clicks the launcher and waits for the greeting; returns the seconds it took."""
        launcher = self.part("launcher")
        launcher.wait_for()
        began = time.monotonic()
        launcher.click()
        self.answers.first.wait_for()
        return time.monotonic() - began

    def say(self, text: str) -> str:
        """Types a text, sends it with Enter, and returns the answer."""
        count = self.answers.count()
        self.part("input").fill(text)
        self.part("input").press("Enter")
        return self.answer(count)

    def click(self, title: str) -> str:
        """Clicks a reply by its title and returns the answer."""
        count = self.answers.count()
        self.reply(title).click()
        return self.answer(count)

    def reply(self, title: str) -> Locator:
        """Returns the reply with a title."""
        return self.part("reply").get_by_text(title, exact=True)

    def answer(self, count: int) -> str:
        """Waits for the one answer beyond so many, and returns it."""
        expect(self.answers).to_have_count(count + 1)
        # The replies come back with the answer.
        self.part("reply").first.wait_for()
        return self.last.inner_text()

    def step(self) -> str:
        """Returns where one is in the guide, as the last answer shows it."""
        return self.last.locator('[data-block="step"]').inner_text()
