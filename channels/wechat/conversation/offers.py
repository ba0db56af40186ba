"""What a person may click or type a number for: only what was offered to them. No I/O."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from serving.numerals import read_number

Button = dict[str, str]  # its `title` and its `payload`
MAX_OFFERS = 60  # a menu can still be clicked after many others
_NUMBER = re.compile(
    r"\s*([1-9][0-9]?|[\uff11-\uff19]|[\u2460-\u2468])(?:\ufe0f?\u20e3)?\s*[.\-)\]\u3002\uff0e\u3001\uff09]?\s*"
)


@dataclass
class Offers:
    """The offers of one conversation.

    Attributes:
        count: of the turns that have offered something; makes the ids unique.
        payloads: by the id that a click brings back, the oldest first.
        latest: the buttons of the last turn that had any.
        numbered: the buttons of the list that is numbered now; a number means one of it once.
    """

    # Not from 0: a menu of a conversation that is forgotten may still be on the screen.
    count: int = field(default_factory=lambda: secrets.randbelow(900_000) + 100_000)
    payloads: dict[str, str] = field(default_factory=dict)
    latest: list[Button] = field(default_factory=list)
    numbered: list[Button] = field(default_factory=list)

    def offer(self, buttons: Sequence[Button]) -> list[tuple[str, str]]:
        """Takes in the buttons of a turn; returns the id and the title of each."""
        self.count += 1
        self.latest = [dict(button) for button in buttons]
        ids = []
        for i, button in enumerate(buttons):
            # Digits only: of others, it is not certain that WeChat brings them back.
            id_ = f"{self.count}{i + 1:02}"
            self.payloads[id_] = button["payload"]
            ids.append((id_, button["title"]))
        for old in list(self.payloads)[:-MAX_OFFERS]:
            del self.payloads[old]
        return ids

    def clicked(self, id_: str) -> str | None:
        """Returns the payload behind the id of a click, or None if it was not offered."""
        return self.payloads.get(id_)

    def typed(self, text: str) -> str | None:
        """Returns the payload that a typed number means, or None; it means so only once.

        The words on one of the latest buttons mean it too: WeChat does not bring every id back.
        """
        for button in self.latest:
            if text.strip() == button["title"]:
                return button["payload"]
        number = number_in(text)
        if not 0 < number <= len(self.numbered):
            return None
        payload = self.numbered[number - 1]["payload"]
        self.numbered = []
        return payload


def number_in(text: str) -> int:
    """Returns the number of up to two digits that a text is; 0 if it is anything else."""
    match = _NUMBER.fullmatch(text)
    return (read_number(match[1]) or 0) if match else 0
