"""Makes the text of a message from its blocks, for whatever shows nothing but text.

The text is complete by itself: REST, the shell and WeChat show it, and so does the widget where it
does not know a block. Its fixed words stand in `channels/rendering.yml`, which may change any time.
"""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import assert_never

from channels.live_messages import RENDERING
from serving.message import Block, ListBlock, StepBlock


def render(blocks: Iterable[Block]) -> str:
    """Returns the text of blocks, with a blank line between two."""
    return "\n\n".join(map(render_block, blocks))


def render_block(block: Block) -> str:
    """Returns the text of one block."""
    if block["type"] == "paragraph":
        return block["text"]
    if block["type"] == "warning":
        return block["text"] if block["about"] == "fraud" else _fill("warning", text=block["text"])
    if block["type"] == "list":
        return "\n".join(_list_lines(block))
    if block["type"] == "step":
        return "\n".join(_step_lines(block))
    if block["type"] == "cause":
        number, total, title = block["number"], block["total"], block["title"]
        return f"{_fill('cause', number=number, total=total, title=title)}\n{block['remedy']}"
    if block["type"] == "ways":
        ways = enumerate(block["ways"], 1)
        return "\n".join(_fill("way", number=number, **way) for number, way in ways)
    if block["type"] == "bureau":
        return "\n".join(block["facts"])
    if block["type"] == "note":
        return f"{RENDERING['note']}\n{block['text']}"
    assert_never(block)


def _list_lines(block: ListBlock) -> list[str]:
    words = "numbered" if block["numbered"] else "bullet"
    title = [block["title"]] if "title" in block else []
    items = enumerate(block["items"], 1)
    return title + [_fill(words, number=number, item=item) for number, item in items]


def _step_lines(block: StepBlock) -> list[str]:
    words = RENDERING["step"]
    return [
        words["heading"].format(**block),
        block["do"],
        words["see"].format(**block),
        words["if_not"].format(**block),
    ]


def _fill(name: str, **values: object) -> str:
    return str(RENDERING[name].format(**values))
