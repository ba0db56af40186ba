"""The fixed sentences of the channels, each declared once: how long, and what is filled in.

Beside the files themselves this is all that the operator's pages have of them; it loads nothing of
Rasa's.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictStr

from serving.message import MAX_BUTTONS
from serving.shaped import PLACEHOLDER, Shape, Text


class Said(Text):
    """A sentence that is filled in with `str.format`, so that no other brace may stand in it."""

    def _check(self, text: str) -> str:
        if not text.strip():
            raise ValueError("is empty")
        rest = PLACEHOLDER.sub("", text)
        if "{" in rest or "}" in rest:
            raise ValueError("has a single brace")
        return super()._check(text)


_Word = Annotated[str, Said(20)]
_Words = Annotated[tuple[_Word, ...], Field(min_length=1)]
_Stems = tuple[StrictStr, ...]  # to recognise what comes by; said to nobody
_Sentence = Annotated[str, Said(200)]
_Later = Annotated[str, Said(200, "seconds")]
_Short = Annotated[str, Said(40)]


class Button(Shape):
    """A button under a fixed sentence."""

    title: Annotated[str, Said(16)]
    payload: Annotated[StrictStr, Field(pattern=r"^/[a-z_]+$")]


class Unavailable(Shape):
    """The answer where there is none."""

    text: _Sentence
    buttons: Annotated[tuple[Button, ...], Field(min_length=1, max_length=MAX_BUTTONS)]


class CommonMessages(Shape):
    """`channels/messages.yml`."""

    unavailable: Unavailable


class Step(Shape):
    """A step as mere text."""

    heading: Annotated[str, Said(60, "number", "total", "title", needed=["number", "title"])]
    see: Annotated[str, Said(40, "see", needed=["see"])]
    if_not: Annotated[str, Said(40, "if_not", needed=["if_not"])]


class Rendering(Shape):
    """`channels/rendering.yml`."""

    warning: Annotated[str, Said(40, "text", needed=["text"])]
    bullet: Annotated[str, Said(20, "item", needed=["item"])]
    numbered: Annotated[str, Said(20, "number", "item", needed=["number", "item"])]
    step: Step
    cause: Annotated[str, Said(60, "number", "total", "title", needed=["title"])]
    way: Annotated[str, Said(60, "number", "title", "who", needed=["number", "title"])]
    note: _Short


class WebsiteMessages(Shape):
    """`channels/website/messages.yml`, by the code of what is refused."""

    bad_request: _Sentence
    no_session: _Sentence
    origin_refused: _Sentence
    payload_not_offered: _Sentence
    too_large: _Sentence
    too_fast: _Later
    busy: _Later
    too_many_requests: _Later
    picture_too_large: _Sentence
    too_many_pictures: _Later
    pictures_busy: _Later
    too_many_streams: _Later
    broken: _Sentence
    not_found: _Sentence
    not_built: _Sentence


class Quotes(Shape):
    """By what a quote is recognised."""

    open: _Stems
    close: _Stems
    notices: _Stems
    open_above_line: _Stems
    close_above_line: _Stems
    labels: _Stems
    introductions: _Stems
    days: _Stems
    records: _Stems


class Placeholders(Shape):
    """By what a sentence of WeChat's own is recognised, in the place of what it cannot show."""

    traditional: StrictStr
    simplified: StrictStr
    unsupported: _Stems
    hidden: _Stems
    things: _Stems
    others: _Stems
    media: dict[str, _Stems]
    endings: _Stems


class WeChatMessages(Shape):
    """`channels/wechat/messages.yml`."""

    number_line: Annotated[str, Said(20, "number", "title", needed=["number", "title"])]
    number_hint: Annotated[str, Said(40, "numbers", needed=["numbers"])]
    number_separator: Annotated[str, Said(4)]
    number_unknown: Annotated[str, Said(100, "number")]
    menu_head: _Short
    more: _Short
    not_ready: _Sentence
    pokes: _Words
    voice: _Sentence
    image: _Sentence
    video: _Sentence
    file: _Sentence
    link: _Sentence
    card: _Sentence
    emoji: _Sentence
    empty: _Sentence
    unknown: _Sentence
    quote: _Sentence
    forwarded: _Sentence
    location: Annotated[StrictStr, Field(pattern=r"^[^{}]*\{place\}[^{}]*$")]  # asked, not said
    location_unnamed: _Sentence
    too_long: _Sentence
    too_fast: _Sentence
    busy: _Sentence
    pictures_too_fast: _Sentence
    handoff: _Sentence
    handoff_cannot_handle: _Sentence
    handoff_next_word: _Sentence
    handoff_note: Annotated[str, Said(100, "note", needed=["note"])]
    handoff_leave: _Sentence
    handoff_failed: _Sentence
    handoff_button: Annotated[str, Said(16)]
    handoff_again: _Sentence
    handoff_back: _Sentence
    leave_queue: _Words
    left_queue: _Sentence
    quotes: Quotes
    placeholders: Placeholders


class MessageShapes(Shape):
    """All of these files, by the names that the operator's pages have for them."""

    messages: CommonMessages
    wechat: WeChatMessages
    website: WebsiteMessages
    rendering: Rendering
