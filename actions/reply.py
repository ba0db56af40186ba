"""What is said in a turn until it is sent: blocks and buttons, and what goes with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from enum import Enum

from content_loader.shapes import MENU, Content, Spoken, fill
from serving.message import (
    MAX_BUTTONS,
    Block,
    Button,
    Handoff,
    Outcome,
    ParagraphBlock,
    WarningBlock,
)

PLAIN = {"type", "text"}  # keys of a block that is a mere text


class Gist(Enum):
    """What a message comes to, which decides whether the same may be said twice running."""

    GUIDANCE = "leads on in a case"
    ANSWER = "answers a question"
    FRAUD = "says what to do about a fraud"


class Reply:
    """The message that goes out, as it grows.

    Attributes:
        content: what can be said.
        gist: what the message that came in comes to.
        handoff: that a human shall take over, and why.
        outcome: what the person has just reported, for those who count it.
    """

    def __init__(self, content: Content) -> None:
        self.content = content
        self.gist = Gist.GUIDANCE
        self.handoff: Handoff | None = None
        self.outcome: Outcome | None = None
        self._blocks: list[Block] = []
        self._buttons: list[Button] = []

    def say(self, key: str, **values: object) -> None:
        """Adds the sentence that stands at `key` in `content/`."""
        self.say_text(self.content.text(key, **values))

    def say_text(self, text: str) -> None:
        """Adds a text that comes from `content/`."""
        self.add(paragraph(text))

    def say_spoken(self, spoken: Spoken) -> None:
        """Adds a fixed answer and its buttons."""
        self.say_text(spoken.text)
        self.offer(*spoken.buttons)

    def warn_of_fraud(self, spoken: Spoken) -> None:
        """Adds what to do about a fraud, and its buttons."""
        self.add({"type": "warning", "about": "fraud", "text": spoken.text.strip()})
        self.offer(*spoken.buttons)
        self.gist = Gist.FRAUD

    def add(self, block: Block) -> None:
        """Adds a block, unless this message has it already; one that is no mere text leads on."""
        if block not in self._blocks:
            self._blocks.append(block)
        if block.keys() != PLAIN:
            self.gist = Gist.GUIDANCE

    def offer(self, *names: str, **values: object) -> None:
        """Adds the buttons `names`, of `buttons` or, for an intent, of `meanings`.

        MENU stands for those of the menu.
        """
        for name in names:
            if name == MENU:
                self.offer(*self.content.menu)
            elif name in self.content.buttons:
                button = self.content.buttons[name]
                self.offer_button(
                    fill(button["title"], **values), fill(button["payload"], **values)
                )
            else:
                self.offer_button(self.content.meanings[name], f"/{name}")

    def offer_something(self) -> None:
        """Adds the usual buttons where there is none."""
        if not self._buttons:
            self.offer("find_way", "contact_bureau")

    def offer_button(self, title: str, payload: str, first: bool = False) -> None:
        """Adds one button, once; beyond four, the later ones are left out."""
        button: Button = {"title": title, "payload": payload}
        if payload in (other_button["payload"] for other_button in self._buttons):
            return
        if first:
            self._buttons.insert(0, button)
        else:
            self._buttons.append(button)
        del self._buttons[MAX_BUTTONS:]

    def offer_first(self, name: str, **values: object) -> None:
        """Adds the button `name` before all others."""
        button = self.content.buttons[name]
        title, payload = (fill(button[key], **values) for key in ("title", "payload"))
        self.offer_button(title, payload, first=True)

    def said_so_far(self) -> int:
        """Returns how many blocks were added in this turn, for `take_back_to`."""
        return len(self._blocks)

    def take_back_to(self, amount: int) -> None:
        """Takes back all but the first `amount` blocks, and every button."""
        del self._blocks[amount:]
        self._buttons, self.gist = [], Gist.GUIDANCE

    @staticmethod
    def fingerprint(blocks: Sequence[Block]) -> str:
        """Returns what blocks are told by in the slot `said`."""
        said = json.dumps(blocks, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    def start_message_over(self) -> None:
        """Takes back what was said and offered so far in this turn."""
        self._blocks, self._buttons, self.handoff = [], [], None
        self.gist = Gist.GUIDANCE


def paragraph(text: str) -> ParagraphBlock:
    """Returns a text as a block."""
    return {"type": "paragraph", "text": text.strip()}


def warning(text: str) -> WarningBlock:
    """Returns a warning of what stands in the person's message as a block."""
    return {"type": "warning", "about": "message", "text": text.strip()}
