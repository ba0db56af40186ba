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
MIN_PLACE = 0.3  # how likely the place of a page has to be, to be named
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
        place: of a PAGE, the name of the place in the procedure as dialogue acts call it
            (`new_password_page`, `login_page` ...); "" if it is none of them.
    """

    kind: ScreenKind
    sentence: str = ""
    place: str = ""


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
    chances = model().kind_chances(lines, blocks, texts, errors, messages)
    chances[ScreenKind.OTHER.value] *= CAUTION
    kind = ScreenKind(max(chances, key=lambda name: chances[name]))
    if kind is ScreenKind.ERROR:
        block = paragraph(lines, int(errors.argmax()), [float(it) for it in errors])
        return Screen(kind, block.sentence[:MAX_SENTENCE])
    if kind is ScreenKind.MESSAGE:
        return Screen(kind, _message(lines, blocks, messages)[:MAX_SENTENCE])
    if kind is ScreenKind.PAGE:
        places = model().place_chances(blocks, texts)
        place = max(places, key=lambda name: places[name])
        return Screen(kind, _title(blocks, look), place if places[place] >= MIN_PLACE else "")
    return Screen(kind)


def _message(lines: Sequence[TextLine], blocks: Sequence[Block], messages: Array) -> str:
    """Returns what matters of a chat: what is said may go over several bubbles."""
    best = lines[int(messages.argmax())]
    likely = max(SHARE_OF_BEST * messages.max(), MIN_TELLING)
    telling = [line for line, chance in zip(lines, messages, strict=True) if chance >= likely]
    chosen = [
        block.sentence
        for block in blocks
        if not block.is_chrome and any(line in telling for line in block.lines)
    ]
    own = next((block for block in blocks if best in block.lines), Block([best]))
    return " ".join(chosen) or own.sentence


def _title(blocks: Sequence[Block], look: Look) -> str:
    """Returns the title of a page: what stands first and is no chrome."""
    named = [it for it in blocks if not it.is_chrome and not it.is_hint]
    at_top = [it for it in named if it.top < TOP * look.height]
    found = next(iter(at_top or named), None)
    return found.sentence[:MAX_SENTENCE] if found else ""
