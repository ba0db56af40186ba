"""The machine's own Chromium, with which pictures are drawn and the widget is tried."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from scripts.console import Failure

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """Returns the path of the machine's Chromium; None if there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """The machine's own Chromium; none is downloaded.

    Raises:
        Failure: if there is none.
    """
    path = find_chromium()
    if path is None:
        raise Failure(
            "Chromium was not found. Get it, on Debian with"
            " `apt-get install chromium fonts-noto-cjk`, then repeat."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
