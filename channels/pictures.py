"""From the picture that a person sent to what Rasa is asked; the same in every channel.

The picture is read on this machine (`screenshots`), and only what matters of the text that was
read goes on, with its secrets hidden as in typed text. The picture itself is never kept.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from typing import Any, Protocol

from channels.characters import clean
from channels.redaction import EMPTY, Memory, redact
from channels.redaction.tagger import UNSURE
from screenshots.blocks import without_bars
from screenshots.reading import NotRead, Reading
from screenshots.screen import Screen, ScreenKind, understand
from serving.placeholders import PLACEHOLDER, placeholder

logger = logging.getLogger(__name__)

METADATA = "picture"  # the key in the metadata of a message
COMMAND = "/send_picture"  # what Rasa is asked for a picture without a sentence to understand
# Numbers that a page covers itself, countdowns, and addresses of pages.
_COVERED = r"\+?\d{0,4}[*\u2022\u00b7.]{3,}\d{0,4}"
_COUNTDOWN = r"(?<!\d)\d{1,3} ?[sS](?![A-Za-z])"
_ADDRESS = r"https?://[\w./%-]+"
_OF_PAGES = re.compile(f"{_COVERED}|{_COUNTDOWN}|{_ADDRESS}", re.ASCII)
_MAY_BE_SECRET = re.compile(r"[0-9A-Za-z]{2}|[^\W\u4e00-\u9fff_]{4}")
# What is hidden, or may be half a secret.
_RUN = re.compile(rf"{PLACEHOLDER.pattern}|[0-9A-Za-z]{{2,}}")
# Too little to be a secret: a number of one or two digits, or letters that are named one by one.
_TRIFLE = re.compile(r" ?(?:[0-9]{1,2}|[A-Za-z](?:\u3001[A-Za-z])+) ?")
_NUMBER, _WORD = re.compile("[0-9]{1,2}"), re.compile(r"[\u4e00-\u9fff]")
_OF_NUMBERS = re.compile(r"[0-9A-Za-z*.-]")  # beside it, a trifle is a part of something
_MAX_HIDDEN = 8  # stretches of a text that are looked at for trifles
SPEAKING = (ScreenKind.ERROR, ScreenKind.MESSAGE)  # what stands on them is understood like speech


class Reads(Protocol):
    """What reads pictures, as `screenshots.reader.Reader` does."""

    async def read(self, picture: bytes) -> Reading:
        """Returns the lines on a picture; raises NotRead."""


class PictureReader(Reads, Protocol):
    """Who reads pictures for a server."""

    async def start(self) -> None:
        """Gets ready, so that the first picture does not wait."""

    async def close(self) -> None:
        """Ends what was started."""


async def start(reader: PictureReader) -> None:
    """Has a reader ready before the first picture comes, which tries again if this fails."""
    try:
        await reader.start()
    except Exception as error:
        logger.error("Pictures cannot be read: %s", type(error).__name__)


@dataclass(frozen=True)
class Seen:
    """What was seen on a picture, with nothing secret in it.

    Attributes:
        text: what Rasa is asked: the sentence that matters, or COMMAND.
        shown: the text that was read and stands in the history; "" if nothing was.
        metadata: of the message to Rasa: under METADATA a dict with `kind` (a value of
            ScreenKind, or "unread"), `sentence`, `page`, `means` (of an error, as in Screen),
            `reason` (a value of Reason if unread, else ""), and `hidden` (whether there was a
            secret on the picture).
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
    sentence = _hide(screen.sentence, memory)[:max_characters]
    return _seen(replace(screen, sentence=sentence), hidden or _tells_of_secret(sentence))


def unread(problem: NotRead) -> Seen:
    """Returns what Rasa is told of a picture that could not be fetched or read."""
    seen_fields = {
        "kind": "unread",
        "sentence": "",
        "page": "",
        "means": "",
        "reason": problem.reason.value,
        "hidden": False,
    }
    return Seen(COMMAND, "", {METADATA: seen_fields})


def hide_secrets(reading: Reading, memory: Memory = EMPTY) -> tuple[Reading, bool]:
    """Returns a reading with its secrets hidden, and whether there surely were any.

    Each line is looked at together with the one before and the one behind it: a label says what
    its value is, and a number makes a name beside it personal. What every screen has, such as a
    clock or a number that the page itself covers with stars, is no secret of anybody.
    """
    reading = without_bars(reading)
    plain = [clean(line.text).replace("\n", " ") for line in reading.lines]
    plain = [" ".join(_OF_PAGES.sub(" ", text).split()).lstrip("/ ") for text in plain]
    hidden = list(plain)
    for at in range(len(plain)):
        if not _MAY_BE_SECRET.search(plain[at]):
            continue
        for first in (at - 1, at):
            pair = plain[max(first, 0) : first + 2]
            for number, text in enumerate(_redacted(pair, memory), start=max(first, 0)):
                hidden[number] = _more_hidden(hidden[number], text)
    lines = (replace(line, text=text) for line, text in zip(reading.lines, hidden, strict=True))
    return replace(reading, lines=tuple(lines)), any(map(_tells_of_secret, hidden))


def _tells_of_secret(text: str) -> bool:
    """Tells whether something is hidden that surely is a secret: screens are full of numbers."""
    return any(found[1] != UNSURE for found in PLACEHOLDER.finditer(text))


def _redacted(lines: list[str], memory: Memory) -> list[str]:
    """Returns lines that were redacted as one text, with their ends where they were."""
    redacted = _hide("\n".join(lines), memory).split("\n")
    if len(redacted) == len(lines):
        return redacted
    # A secret goes over the end of a line, and where its halves begin and end is not known. They
    # do not stand amid words.
    return [_RUN.sub(_hide_run, redact(line, memory)) for line in lines]


def _hide(text: str, memory: Memory) -> str:
    """Returns a text with its secrets hidden; what is hidden in doubt and is a trifle stays.

    Pages are full of rules ("8 to 16 characters", "the letters I, O, S") whose numbers stand near
    the word for a password, as a person's password would.
    """
    hidden = redact(text, memory)
    pieces = PLACEHOLDER.split(hidden)  # a text, a kind, a text, a kind, ... a text
    texts, kinds = pieces[::2], pieces[1::2]
    if UNSURE not in kinds or len(kinds) > _MAX_HIDDEN or not all(map(str.strip, texts[1:-1])):
        return hidden
    stretches = re.fullmatch("(.+?)".join(map(re.escape, texts)), text, re.DOTALL)
    if not stretches:
        return hidden
    kept = texts[0]
    for number, (kind, stretch) in enumerate(zip(kinds, stretches.groups(), strict=True)):
        beside = texts[number].rstrip()[-1:] + texts[number + 1].lstrip()[:1]
        is_trifle = kind == UNSURE and not _OF_NUMBERS.search(beside) and _TRIFLE.fullmatch(stretch)
        kept += (stretch if is_trifle else placeholder(kind)) + texts[number + 1]
    return kept


def _more_hidden(one: str, other: str) -> str:
    """Returns the text of which less is left."""
    return min(one, other, key=lambda text: len(PLACEHOLDER.sub("", text)))


def _hide_run(run: re.Match[str]) -> str:
    is_left = PLACEHOLDER.fullmatch(run.group()) or _is_amid_words(run)
    return run.group() if is_left else placeholder(UNSURE)


def _is_amid_words(run: re.Match[str]) -> bool:
    """Tells whether a number of one or two digits has Chinese words on both sides of it."""
    before, behind = run.string[: run.start()].rstrip(), run.string[run.end() :].lstrip()
    return bool(_NUMBER.fullmatch(run.group()) and _WORD.match(before[-1:]) and _WORD.match(behind))


def _seen(screen: Screen, hidden: bool) -> Seen:
    seen_fields = {
        "kind": screen.kind.value,
        "sentence": screen.sentence,
        "page": screen.page,
        "means": screen.means,
        "reason": "",
        "hidden": hidden,
    }
    speaks = screen.kind in SPEAKING and screen.sentence
    return Seen(screen.sentence if speaks else COMMAND, screen.sentence, {METADATA: seen_fields})
