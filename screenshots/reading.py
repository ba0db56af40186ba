"""The shapes that pass between the reader of pictures and those who ask it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Reason(Enum):
    """Why a picture was not read; the value names the sentence for people."""

    NOT_A_PICTURE = "not_a_picture"  # by its content, whatever its name says
    UNSUPPORTED = "unsupported"  # a picture or film of a kind that is not read, such as HEIC or SVG
    TOO_LARGE = "too_large"  # more bytes or more pixels than are read
    DAMAGED = "damaged"  # begins like a picture and cannot be opened to its end
    BUSY = "busy"  # too many wait already
    FAILED = "failed"  # the process ended or took too long
    OFF = "off"  # the packages that read are not installed, or the operator has switched it off


class NotRead(Exception):
    """A picture was not read.

    Attributes:
        reason: why.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class TextLine:
    """One line of text on a picture.

    Attributes:
        text: as it was read.
        left, top, right, bottom: its location in pixels of the picture as it was read, from the
            upper left corner.
        score: how sure the reading is, from 0 to 1.
        ink: the colour of the letters, red, green, blue from 0 to 255.
        paper: the colour around them.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    score: float
    ink: tuple[int, int, int] = (0, 0, 0)
    paper: tuple[int, int, int] = (255, 255, 255)


@dataclass(frozen=True)
class Reading:
    """What was read on a picture.

    Attributes:
        lines: from top to bottom, in one row from left to right.
        width, height: of the picture as it was read, in pixels; turned as EXIF says.
    """

    lines: tuple[TextLine, ...]
    width: int
    height: int
