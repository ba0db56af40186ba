"""Puts the lines of a picture together into blocks: a sentence that goes over lines is one."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import median

from screenshots.reading import Reading, TextLine
from screenshots.signs import SIGNS, bare

MIN_SCORE = 0.4  # of a line that counts as read
MAX_GAP = 0.8  # heights of a line between two lines of one sentence
LIKE_HEIGHT = 0.68  # of the smaller line to the larger
LIKE_HEIGHT_OF_REST = 0.5  # the same where the lower line is one or two characters
BAR = 0.07  # share of the height that the status bar may take
RED = 70  # by which red has to be above green and blue
CONTRAST = 70  # in brightness between a toast and its page
ADDRESS = re.compile(r"(https?:/{1,2})?[\w-]+(\.[\w-]{2,}){1,4}(/[\w/#?=&.%:-]*)?", re.ASCII)
MAX_INDENT = 3  # heights of a line by which the first line of a paragraph stands in
ADDRESS_TOP = 0.25  # share of the height in which the address of a browser stands
LETTER = 1.6  # heights of a line, with the room around it, to widths of a letter
NEAR_TOP = 5  # lines among which the clock of the status bar is
MAX_HAN_OF_STATUS = 4  # Chinese characters, as the name of a network has
MAX_REST, FULL_LINE = 2, 8  # letters of the rest of a sentence, and of the line before it
WIDE = 0.6  # share of the width of a button that goes over the page

Colour = tuple[int, int, int]


def brightness(colour: Colour) -> float:
    """Returns how bright a colour is, from 0 to 255."""
    red, green, blue = colour
    return 0.3 * red + 0.59 * green + 0.11 * blue


@dataclass
class Block:
    """Lines that belong together, from top to bottom."""

    lines: list[TextLine] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        """The text in half-width forms, without spaces, to compare."""
        return bare("".join(line.text for line in self.lines))

    @cached_property
    def sentence(self) -> str:
        """The text as it stands there, lines joined; words of letters keep a space between."""
        joined = ""
        for line in self.lines:
            text = " ".join(line.text.split())
            spaced = joined and joined[-1].isascii() and joined[-1].isalpha()
            joined += f" {text}" if spaced and text[:1].isascii() and text[:1].isalpha() else text
        return joined

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.lines[0].top

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return max(line.bottom for line in self.lines)

    @property
    def left(self) -> float:
        """The left edge."""
        return min(line.left for line in self.lines)

    @property
    def right(self) -> float:
        """The right edge."""
        return max(line.right for line in self.lines)

    @property
    def middle(self) -> float:
        """The middle between left and right."""
        return (self.left + self.right) / 2

    @property
    def height(self) -> float:
        """The height of a line."""
        return median(height_of(line) for line in self.lines)

    @property
    def paper(self) -> Colour:
        """The colour around the letters."""
        return self.lines[0].paper

    @cached_property
    def is_chrome(self) -> bool:
        """Whether every screen may have it: the status bar, a button, a key."""
        return bool(SIGNS.chrome.fullmatch(self.text) or SIGNS.status.fullmatch(self.text))

    @cached_property
    def is_button(self) -> bool:
        """Whether it may be the button of a dialog."""
        return bool(SIGNS.chrome.fullmatch(self.text)) and len(self.text) >= 1

    @cached_property
    def is_hint(self) -> bool:
        """Whether it says what to type, or what to do in some case."""
        return bool(SIGNS.hints.fullmatch(self.text))

    @property
    def is_red(self) -> bool:
        """Whether it is written in red, on anything but red."""
        red, green, blue = self.lines[0].ink
        paper = self.lines[0].paper
        return red - max(green, blue) > RED and paper[0] - max(paper[1:]) < RED / 2


@dataclass(frozen=True)
class Look:
    """What is usual on a picture.

    Attributes:
        width, height: of the picture.
        line: the usual height of a line.
        light: how bright the paper usually is.
        bar: where the status bar ends.
    """

    width: float
    height: float
    line: float
    light: float
    bar: float

    @classmethod
    def of(cls, reading: Reading) -> Look:
        """Returns the look of a picture."""
        lines = [line for line in reading.lines if line.text.strip()]
        return cls(
            max(reading.width, 1),
            max(reading.height, 1),
            median([height_of(line) for line in lines] or [1]),
            median([brightness(line.paper) for line in lines] or [255]),
            BAR * reading.height,
        )

    def is_toast(self, block: Block) -> bool:
        """Tells whether a block stands on a patch of its own in the middle of the page."""
        centre = (block.top + block.bottom) / 2
        return (
            0.2 * self.height < centre < 0.85 * self.height
            and abs(block.middle - self.width / 2) < 0.12 * self.width
            and abs(brightness(block.paper) - self.light) > CONTRAST
        )

    def is_central(self, block: Block) -> bool:
        """Tells whether a block stands in the middle of the page, where toasts do."""
        centre = (block.top + block.bottom) / 2
        return (
            0.35 * self.height < centre < 0.68 * self.height
            and abs(block.middle - self.width / 2) < 0.06 * self.width
            and block.right - block.left < 0.85 * self.width
        )

    def is_wide(self, block: Block) -> bool:
        """Tells whether a block goes over most of the width."""
        return block.right - block.left > WIDE * self.width


def without_bars(reading: Reading) -> Reading:
    """Returns a reading without what stands above a page, also on a photograph.

    That is the row of clock, network and battery, and the address of a browser.
    """
    lines = sorted(reading.lines, key=lambda line: line.top)
    first_lines = lines[:NEAR_TOP]
    clock = next((line for line in first_lines if SIGNS.clock.fullmatch(bare(line.text))), None)
    left = tuple(
        line
        for line in reading.lines
        if not (clock and _is_beside(line, clock)) and not _is_address(line, reading)
    )
    return replace(reading, lines=left)


def _is_beside(line: TextLine, clock: TextLine) -> bool:
    """Tells whether a line stands in the row of the clock and may be part of a status bar."""
    distance = abs(line.top + line.bottom - clock.top - clock.bottom)
    is_short = sum(map(is_han, line.text)) <= MAX_HAN_OF_STATUS
    return distance < 2 * height_of(clock) and is_short


def _is_address(line: TextLine, reading: Reading) -> bool:
    """Tells whether a line is the address of a browser."""
    is_on_top = line.top < ADDRESS_TOP * reading.height
    return is_on_top and ADDRESS.fullmatch(bare(line.text)) is not None


def is_han(character: str) -> bool:
    """Tells whether a character is a Chinese one."""
    return 0x4E00 <= ord(character) < 0xA000


def read_lines(reading: Reading) -> list[TextLine]:
    """Returns the lines that count as read, from top to bottom."""
    return sorted(filter(_is_read, reading.lines), key=lambda line: (line.top, line.left))


def continues(line: TextLine, below: TextLine) -> bool:
    """Tells whether a text goes on from a line to one below: alike, near, with no room before."""
    height, other = _letter_height(line), _letter_height(below)
    usual = (height + other) / 2
    texts = bare(line.text), bare(below.text)
    min_ratio = LIKE_HEIGHT if len(texts[1]) > 2 else LIKE_HEIGHT_OF_REST
    if min(height, other) < min_ratio * max(height, other):
        return False
    gap = below.top - line.bottom
    slant = height_of(line) - height  # the box around a line that is askew is higher than it
    if not -0.6 * usual - slant < gap < 0.95 * usual:
        return False
    if texts[0][-1:] in SIGNS.ends or SIGNS.chrome.fullmatch(texts[0]):
        return False
    is_open = texts[0][-1:] in SIGNS.pauses or texts[0][-1:] in SIGNS.leads
    if not is_open and SIGNS.asides.fullmatch(texts[1]):
        return False
    if len(texts[1]) > 1 and SIGNS.chrome.fullmatch(texts[1]):  # a button, or the end of a sentence
        is_rest = len(texts[1]) <= MAX_REST and len(texts[0]) >= FULL_LINE
        if gap > 0.45 * usual or not (is_rest or texts[0][-1:] in SIGNS.leads):
            return False
    is_indented = (
        usual < line.left - below.left < MAX_INDENT * usual and line.right > below.right - usual
    )
    if is_indented:
        return _have_like_colours(line, below)
    if _width(below) > _width(line) + 1.2 * usual:  # there was room: it did not break there
        return False
    is_left = abs(line.left - below.left) < usual
    is_centred = abs(line.left + line.right - below.left - below.right) < 2 * usual
    return (is_left or is_centred) and _have_like_colours(line, below)


def _letter_height(line: TextLine) -> float:
    """Returns about how high the letters are, also of a line that is askew."""
    units = sum(1.0 if ord(character) > 0xFF else 0.55 for character in bare(line.text))
    return min(height_of(line), max(LETTER * _width(line) / max(units, 1), 1.0))


def _have_like_colours(line: TextLine, other: TextLine) -> bool:
    return (
        abs(_redness(line.ink) - _redness(other.ink)) < RED
        and abs(_blueness(line.ink) - _blueness(other.ink)) < 80
        and abs(brightness(line.ink) - brightness(other.ink)) < 90
        and abs(brightness(line.paper) - brightness(other.paper)) < CONTRAST
    )


def _redness(colour: Colour) -> int:
    return colour[0] - max(colour[1:])


def _blueness(colour: Colour) -> int:
    return colour[2] - min(colour[:2])


def _width(line: TextLine) -> float:
    return line.right - line.left


def blocks_of(reading: Reading, look: Look) -> list[Block]:
    """Returns the blocks of a picture, from top to bottom."""
    lines = read_lines(reading)
    blocks: list[Block] = []
    in_bubbles = any(
        SIGNS.layout.are_in(text) or SIGNS.opening.search(text)
        for text in (bare(line.text) for line in lines)
    )
    for line in lines:
        if line.bottom < look.bar and SIGNS.status.fullmatch(bare(line.text)):
            continue
        for block in reversed(blocks[-8:]):
            if _goes_on(block.lines[-1], line, block.lines, in_bubbles):
                block.lines.append(line)
                break
        else:
            blocks.append(Block([line]))
    return blocks


def _is_read(line: TextLine) -> bool:
    numbers = (line.left, line.top, line.right, line.bottom, line.score)
    return bool(line.text.strip()) and all(map(math.isfinite, numbers)) and line.score >= MIN_SCORE


def height_of(line: TextLine) -> float:
    """Returns the height of a line, at least one pixel."""
    return max(line.bottom - line.top, 1.0)


def _goes_on(line: TextLine, below: TextLine, lines: Sequence[TextLine], in_bubbles: bool) -> bool:
    """Tells whether a line goes on in the one below it; in a bubble, whatever room it had."""
    height, other = height_of(line), height_of(below)
    usual = (height + other) / 2
    gap = below.top - line.bottom
    min_ratio = LIKE_HEIGHT if len(bare(below.text)) > 2 else LIKE_HEIGHT_OF_REST
    if min(height, other) < min_ratio * max(height, other):
        return False
    if not -0.5 * usual < gap < MAX_GAP * usual:
        return False
    first = lines[0]
    is_left = abs(below.left - line.left) < 1.3 * usual or abs(below.left - first.left) < usual
    is_centred = abs(below.left + below.right - line.left - line.right) < 2 * usual
    if not (is_left or is_centred):
        return False
    longest = max(_width(other_line) for other_line in (*lines, below))
    had_room = line.right - line.left < longest - 2.2 * usual
    if had_room and not (in_bubbles and is_left and line.top > 2 * usual):
        return False
    if abs(brightness(line.paper) - brightness(below.paper)) > CONTRAST:
        return False
    texts = bare(line.text), bare(below.text)
    if len(lines) == 1 and SIGNS.chrome.fullmatch(texts[0]):
        return False
    if gap > 0.5 * usual and any(SIGNS.hints.fullmatch(text) for text in texts):
        return False
    is_button = len(texts[1]) > 1 and SIGNS.chrome.fullmatch(texts[1])
    return not (is_button and (gap > 0.5 * usual or texts[0][-1] in SIGNS.ends))
