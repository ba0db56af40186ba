"""Finds in the lines of a picture what it is about: an error, a page, a message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from screenshots.reading import Reading


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


def understand(reading: Reading) -> Screen:
    """Returns what a picture is about; secrets in the lines are hidden already."""
    raise NotImplementedError
