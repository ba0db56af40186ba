"""How a text looks on the website, and in WeChat: cut, with a menu or numbered. No I/O."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.wechat.messages import numbers_hint, say
from channels.wechat.protocol import outgoing
from channels.wechat.protocol.outgoing import Part, Rules
from operators.fields import PLACEHOLDER

_MAX_COMPARED = 4_000_000  # pairs of characters, about a second; texts are far below
_TEXT_BYTES = 2047  # as `channels/wechat/conversation/composing.py` cuts


@dataclass(frozen=True)
class Preview:
    """A text in three places.

    Attributes:
        website: as the widget shows it; its buttons stand below.
        menu: the sends where WeChat has menus.
        numbered: the sends where buttons become numbered lines.
        buttons: the titles of the buttons.
    """

    website: str
    menu: Sequence[Part]
    numbered: Sequence[Part]
    buttons: Sequence[str]


def preview(text: str, examples: Mapping[str, str], buttons: Sequence[str]) -> Preview:
    """Fills in examples and cuts as the channels do."""
    filled = PLACEHOLDER.sub(lambda found: examples.get(found[1], found[0]), text)
    ids = [(str(number), title) for number, title in enumerate(buttons)]
    line, hint = say("number_line"), numbers_hint(len(ids)) if ids else ""
    menu, numbered = (
        outgoing.compose([filled], ids, Rules(menus=menus, text_bytes=_TEXT_BYTES), line, hint)
        for menus in (True, False)
    )
    return Preview(filled, menu.parts, numbered.parts, buttons)


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """Returns what was removed, added and kept, in the order of reading.

    Each piece comes with `removed`, `added` or `kept`.
    """
    if len(before) * len(after) > _MAX_COMPARED:
        return [("removed", before), ("added", after)]
    pieces: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(("kept", before[start:end]))
            continue
        if start < end:
            pieces.append(("removed", before[start:end]))
        if new_start < new_end:
            pieces.append(("added", after[new_start:new_end]))
    return pieces
