"""From the picture that a person sent to what Rasa is asked; the same in every channel.

The picture is read on this machine (`screenshots`), and only what matters of the text that was
read goes on, with its secrets hidden as in typed text. The picture itself is never kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Protocol

from channels.guard import clean
from channels.redaction import EMPTY, Memory, redact
from channels.redaction.forms import MARK
from screenshots.reading import NotRead, Reading
from screenshots.screen import Screen, ScreenKind, understand

METADATA = "picture"  # the key in the metadata of a message
COMMAND = "/send_picture"  # what Rasa is asked for a picture without a sentence to understand
_RUN = re.compile(rf"{MARK.pattern}|[0-9A-Za-z]{{2,}}")  # what is hidden, or may be half a secret
SPEAKING = (ScreenKind.ERROR, ScreenKind.MESSAGE)  # what stands on them is understood like speech


class Reads(Protocol):
    """Whoever reads pictures, as `screenshots.reader.Reader` does."""

    async def read(self, picture: bytes) -> Reading:
        """Returns the lines on a picture; raises NotRead."""


@dataclass(frozen=True)
class Seen:
    """What was seen on a picture, with nothing secret in it.

    Attributes:
        text: what Rasa is asked: the sentence that matters, or COMMAND.
        shown: the text that was read and stands in the history; "" if nothing was.
        metadata: of the message to Rasa: under METADATA a dict with `kind` (a value of
            ScreenKind, or "unread"), `sentence`, `place`, `reason` (a value of Reason if
            unread, else ""), and `hidden` (whether there was a secret on the picture).
    """

    text: str
    shown: str
    metadata: dict[str, Any]


async def look_at(
    picture: bytes, reader: Reads, max_characters: int, memory: Memory = EMPTY
) -> Seen:
    """Returns what was seen on a picture; it never raises for what the picture is.

    Args:
        picture: its bytes, as they came.
        reader: reads it.
        max_characters: of a text of the channel.
        memory: what the person's messages before it have announced.
    """
    try:
        reading, hidden = hide_secrets(await reader.read(picture), memory)
    except NotRead as problem:
        return unread(problem)
    screen = understand(reading)
    sentence = screen.sentence[:max_characters]
    return _seen(replace(screen, sentence=sentence), hidden)


def unread(problem: NotRead) -> Seen:
    """Returns what Rasa is told of a picture that could not be fetched or read."""
    told = {
        "kind": "unread",
        "sentence": "",
        "place": "",
        "reason": problem.reason.value,
        "hidden": False,
    }
    return Seen(COMMAND, "", {METADATA: told})


def hide_secrets(reading: Reading, memory: Memory = EMPTY) -> tuple[Reading, bool]:
    """Returns a reading with its secrets hidden, and whether there were any.

    The lines are looked at together, because one often says what the next one is.
    """
    cleaned = [" ".join(clean(line.text).split()) for line in reading.lines]
    redacted = redact("\n".join(cleaned), memory).split("\n")
    if len(redacted) != len(cleaned):  # a secret goes over the end of a line, its halves unknown
        redacted = [_RUN.sub(_hide_run, redact(line, memory)) for line in cleaned]
    lines = tuple(
        replace(line, text=text.lstrip("/ "))
        for line, text in zip(reading.lines, redacted, strict=True)
    )
    return replace(reading, lines=lines), any(MARK.search(text) for text in redacted)


def _hide_run(run: re.Match[str]) -> str:
    return run.group() if MARK.fullmatch(run.group()) else "[hidden:unsure]"


def _seen(screen: Screen, hidden: bool) -> Seen:
    told = {
        "kind": screen.kind.value,
        "sentence": screen.sentence,
        "place": screen.place,
        "reason": "",
        "hidden": hidden,
    }
    speaks = screen.kind in SPEAKING and screen.sentence
    return Seen(screen.sentence if speaks else COMMAND, screen.sentence, {METADATA: told})
