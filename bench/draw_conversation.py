"""Draws `docs/conversation.png` from a real one: `.venv/bin/python -m bench.draw_conversation`.

Needs `make run` in another terminal and Chromium. What is said stands in
`bench/conversation.txt`; a line that is a button's title clicks it.
"""

from __future__ import annotations

import html
import sys
import uuid

from bench.browser import running_browser
from scripts.console import ROOT, guarded
from scripts.readiness import say

WIDTH, HEIGHT, SHOWN = 460, 930, 3
STYLE = """
body { margin: 0; padding: 16px; background: #eef1f5;
       font: 15px/1.5 "Noto Sans CJK SC", sans-serif }
p { margin: 8px 0; padding: 8px 12px; border-radius: 12px; white-space: pre-wrap; max-width: 84% }
.me { background: #1f6feb; color: #fff; margin-left: auto; width: fit-content }
.bot { background: #fff; width: fit-content }
.buttons { display: flex; flex-wrap: wrap; gap: 6px }
.buttons span { border: 1px solid #1f6feb; color: #1f6feb; border-radius: 14px; padding: 2px 10px }
"""


def hold_conversation(server: str, lines: list[str]) -> list[str]:
    """Says the lines; returns a piece of HTML for each with its answer."""
    sender = uuid.uuid4().hex
    buttons: dict[str, str] = {}
    pieces = []
    for line in lines:
        [answer] = say(server, sender, buttons.get(line, line))
        buttons = {button["title"]: button["payload"] for button in answer.get("buttons", [])}
        titles = "".join(f"<span>{html.escape(button)}</span>" for button in buttons)
        pieces.append(
            f'<p class="me">{html.escape(line)}</p><p class="bot">{html.escape(answer["text"])}</p>'
            f'<div class="buttons">{titles}</div>'
        )
    return pieces


def main() -> int:
    """Conversations and draws the last turns."""
    server = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5005"
    lines = (ROOT / "bench" / "conversation.txt").read_text(encoding="utf-8").splitlines()
    pieces = hold_conversation(server, lines)[-SHOWN:]
    with running_browser() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.set_content(f"<meta charset=utf-8><style>{STYLE}</style>{''.join(pieces)}")
        page.screenshot(path=ROOT / "docs" / "conversation.png")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
