"""Finds in the lines of a picture what it is about: an error, a page, a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from screenshots.blocks import (
    Block,
    Look,
    blocks_of,
    paragraph,
    read_lines,
    without_bars,
)
from screenshots.features import Array, Texts
from screenshots.model import ScreenModel
from screenshots.reading import Reading, TextLine
from screenshots.signs import bare

MIN_CHARACTERS = 2  # letters and digits on a picture with text
MAX_SENTENCE = 300  # characters
MIN_PAGE = 0.3  # how likely a page of the procedure has to be, to be named
# A picture that has nothing to do with the matter and is asked about is worse than one of the
# matter about which the person is asked to say more: in doubt it is left alone.
CAUTION = 2.0
MIN_TELLING = 0.3  # how likely a line has to be part of a message
SHARE_OF_BEST = 0.3  # of the likeliest line of a message, from which another belongs to it
TOP = 0.16  # share of the height in which the title of a page stands


class ScreenKind(Enum):
    """What a picture shows."""

    ERROR = "error"  # a page or a dialog that says what is wrong
    PAGE = "page"  # a page of the procedure, with no error on it
    MESSAGE = "message"  # a text message or a chat, such as a forwarded fraud
    OTHER = "other"  # text that has nothing to do with the matter
    EMPTY = "empty"  # no text that could be read


@dataclass(frozen=True)
class Screen:
    """What was understood of a picture.

    Attributes:
        kind: what it shows.
        sentence: what matters on it, as it stands there (line breaks of one sentence joined): the
            error, the message, the title of the page; "" for OTHER and EMPTY.
        page: of a PAGE, its name in the procedure as dialogue acts call it
            (`new_password_page`, `login_page` ...); "" if it is none of them.
    """

    kind: ScreenKind
    sentence: str = ""
    page: str = ""


@lru_cache(maxsize=1)
def model() -> ScreenModel:
    """Returns the trained model, which is read once."""
    return ScreenModel()


def understand(reading: Reading) -> Screen:
    """Returns what a picture is about; secrets in the lines are hidden already."""
    reading = without_bars(reading)
    look, lines = Look.of(reading), read_lines(reading)
    if sum(character.isalnum() for line in lines for character in line.text) < MIN_CHARACTERS:
        return Screen(ScreenKind.EMPTY)
    blocks = blocks_of(reading, look)
    texts = Texts.of([bare(line.text) for line in lines])
    errors, messages = model().read(lines, look, texts)
    kinds = model().kind_probabilities(lines, blocks, texts, errors, messages)
    kinds[ScreenKind.OTHER.value] *= CAUTION
    kind = ScreenKind(max(kinds, key=lambda name: kinds[name]))
    if kind is ScreenKind.ERROR:
        block = paragraph(lines, int(errors.argmax()), errors.tolist())
        return Screen(kind, block.sentence[:MAX_SENTENCE])
    if kind is ScreenKind.MESSAGE:
        return Screen(kind, _message(lines, blocks, messages)[:MAX_SENTENCE])
    if kind is ScreenKind.PAGE:
        pages = model().page_probabilities(blocks, texts)
        page = max(pages, key=lambda name: pages[name])
        return Screen(kind, _title(blocks, look), page if pages[page] >= MIN_PAGE else "")
    return Screen(kind)


def _message(lines: Sequence[TextLine], blocks: Sequence[Block], messages: Array) -> str:
    """Returns what matters of a chat: what is said may go over several bubbles."""
    best = lines[int(messages.argmax())]
    likely = max(SHARE_OF_BEST * messages.max(), MIN_TELLING)
    telling = [
        line for line, probability in zip(lines, messages, strict=True) if probability >= likely
    ]
    chosen = [
        block.sentence
        for block in blocks
        if not block.is_chrome and any(line in telling for line in block.lines)
    ]
    own = next((block for block in blocks if best in block.lines), Block([best]))
    return " ".join(chosen) or own.sentence


def _title(blocks: Sequence[Block], look: Look) -> str:
    """Returns the title of a page: what stands first and is no chrome."""
    named = [block for block in blocks if not block.is_chrome and not block.is_hint]
    at_top = [block for block in named if block.top < TOP * look.height]
    found = next(iter(at_top or named), None)
    return found.sentence[:MAX_SENTENCE] if found else ""
