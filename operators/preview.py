"""How a text looks on the website, and in WeChat: cut, with a menu or numbered. No I/O."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
        website: as the widget shows it; its buttons stand below. Empty where it shows none of it.
        menu: the sends where WeChat has menus.
        numbered: the sends where buttons become numbered lines.
        buttons: the titles of the buttons.
    """

    website: str
    menu: Sequence[Part]
    numbered: Sequence[Part]
    buttons: Sequence[str]


def preview(
    text: str,
    examples: Mapping[str, str],
    buttons: Sequence[str],
    messages: Mapping[str, Any] | None = None,
) -> Preview:
    """Fills in examples and cuts as the channels do.

    Args:
        text: what is said.
        examples: for the words in braces.
        buttons: the titles of those under it.
        messages: WeChat's sentences around buttons, where they are others than those in use.
    """
    filled = with_examples(text, examples)
    ids = [(str(number), title) for number, title in enumerate(buttons)]
    line: str = messages["number_line"] if messages else say("number_line")
    hint = numbers_hint(len(ids), messages) if ids else ""
    menu, numbered = (
        outgoing.compose([filled], ids, Rules(menus=menus, text_bytes=_TEXT_BYTES), line, hint)
        for menus in (True, False)
    )
    return Preview(filled, menu.parts, numbered.parts, buttons)


def with_examples(text: str, examples: Mapping[str, str]) -> str:
    """Returns a text with examples in the place of its words in braces."""
    return PLACEHOLDER.sub(lambda found: examples.get(found[1], found[0]), text)


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
