"""Finds in the lines of a picture what it is about: an error, a page, a message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from screenshots.blocks import Block, read_lines, without_bars
from screenshots.features import Array, Texts
from screenshots.model import Lines, ScreenModel
from screenshots.reading import Reading
from screenshots.signs import SIGNS, bare

MIN_CHARACTERS = 2  # letters and digits on a picture with text
MAX_SENTENCE = 300  # characters
NOTHING = ""  # what an error means that is none of those that are known
MIN_REST = 1e-6  # of a likelihood, so that nothing is divided by zero
MIN_MEANS = 0.4  # how likely an error has to mean something, for that to be said
MIN_PAGE = 0.3  # how likely a page of the procedure has to be, to be named
# A picture that has nothing to do with the matter and is asked about is worse than one of the
# matter about which the person is asked to say more: in doubt it is left alone.
CAUTION = 1.5
# A page with an error on it is a page as well, and who sends a picture mostly sends an error.
PAGE_SHARE = 0.45
MIN_TELLING = 0.3  # how likely a line has to be part of a message
SHARE_OF_BEST = 0.3  # of the likeliest line of a message, from which another belongs to it
TOP = 0.16  # share of the height in which the title of a page stands
MIN_LURE = 20  # characters of a text that may be a fraud
# What leads to words that somebody repeats ("the page says:") is less like an error than this, as
# logarithm of odds; of 104 errors with a colon no first part was.
MAX_LEAD = -9.5
# None of a time or an address.
COLON = re.compile(r"(?<![0-9A-Za-z])[:\uff1a]|[:\uff1a](?![0-9A-Za-z])")
MIN_QUOTED = 0.0  # the logarithm of odds from which what somebody quotes is an error


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
        means: of an ERROR, what it surely means: a trouble, or `screen:` and a screen of
            `content/recover.yml`; "" if that is not sure.
    """

    kind: ScreenKind
    sentence: str = ""
    page: str = ""
    means: str = ""


@lru_cache(maxsize=1)
def model() -> ScreenModel:
    """Returns the trained model, which is read once."""
    return ScreenModel()


def understand(reading: Reading) -> Screen:
    """Returns what a picture is about; secrets in the lines are hidden already."""
    reading = without_bars(reading)
    characters = (character for line in read_lines(reading) for character in line.text)
    if sum(character.isalnum() for character in characters) < MIN_CHARACTERS:
        return Screen(ScreenKind.EMPTY)
    lines = Lines.of(reading)
    found = model().find(lines)
    kinds = {**found.kinds}
    kinds[ScreenKind.OTHER.value] *= CAUTION
    kinds[ScreenKind.PAGE.value] *= PAGE_SHARE
    kind = ScreenKind(max(kinds, key=lambda name: kinds[name]))
    if kind is ScreenKind.ERROR:
        error = _Error.of(lines.candidates[int(found.errors.argmax())].sentence)
        if kinds[kind.value] >= error.strangeness * kinds[ScreenKind.OTHER.value]:
            return error.screen
        kind = ScreenKind.OTHER
    if kind is ScreenKind.MESSAGE:
        message = _message(lines, found.messages)
        if quoted := _quoted_error(message):
            return _Error.of(quoted).screen
        if _is_strangers(lines):
            return Screen(ScreenKind.OTHER)
        return Screen(kind, message[:MAX_SENTENCE])
    if kind is ScreenKind.PAGE:
        pages = model().page_probabilities(lines)
        page = max(pages, key=lambda name: pages[name])
        return Screen(kind, _title(lines), page if pages[page] >= MIN_PAGE else "")
    if lure := _lure(lines):
        return Screen(ScreenKind.MESSAGE, lure[:MAX_SENTENCE])
    return Screen(kind)


@dataclass(frozen=True)
class _Error:
    """An error with what it means.

    Attributes:
        screen: that shows it.
        strangeness: how many times likelier it means nothing that is known than anything, from 1
            on. What decides what a picture is knows no meanings, so the odds of both multiply.
    """

    screen: Screen
    strangeness: float

    @classmethod
    def of(cls, sentence: str) -> _Error:
        """Understands an error as it stands on a picture."""
        sentence = _without_lead(sentence)[:MAX_SENTENCE]
        meanings = model().meaning_probabilities(bare(sentence))
        means = max(meanings, key=lambda name: meanings[name])
        is_sure = meanings[means] >= MIN_MEANS
        screen = Screen(ScreenKind.ERROR, sentence, means=means if is_sure else "")
        return cls(screen, max(1.0, meanings[NOTHING] / max(1 - meanings[NOTHING], MIN_REST)))


def _without_lead(sentence: str) -> str:
    """Returns an error that somebody repeats without what leads to it."""
    lead, colon, rest = COLON.sub("\n", sentence, count=1).partition("\n")
    if not (lead.strip() and colon and rest.strip()):
        return sentence
    odds = model().text.of_texts(Texts.of([bare(text) for text in (lead, rest, sentence)]))
    of_lead, of_rest, of_all = odds
    return rest.strip() if of_lead < MAX_LEAD and of_rest > of_all else sentence


def _lure(lines: Lines) -> str:
    """Returns a text about the licence that asks for something suspicious, "" if there is none.

    However little of a forwarded fraud is on a picture, it is not left alone.
    """
    text = " ".join(block.sentence for block in lines.blocks if not block.is_chrome)
    whole = bare(text)
    is_one = SIGNS.own.are_in(whole) and SIGNS.suspicious.are_in(whole)
    return text if is_one and len(whole) >= MIN_LURE else ""


def _is_strangers(lines: Lines) -> bool:
    """Tells whether messages are about parcels, sales and the like, and nothing of the matter."""
    texts = [bare(line.text) for line in lines.lines]
    ours = (SIGNS.message_matter, SIGNS.own, SIGNS.suspicious)
    is_ours = any(words.are_in(text) for words in ours for text in texts)
    return not is_ours and any(map(SIGNS.strangers.are_in, texts))


def _message(lines: Lines, messages: Array) -> str:
    """Returns what matters of a chat: what is said may go over several bubbles."""
    best = lines.lines[int(messages.argmax())]
    likely = max(SHARE_OF_BEST * messages.max(), MIN_TELLING)
    telling = [
        line
        for line, probability in zip(lines.lines, messages, strict=True)
        if probability >= likely
    ]
    chosen = [
        block.sentence
        for block in lines.blocks
        if not block.is_chrome and any(line in telling for line in block.lines)
    ]
    own = next((block for block in lines.blocks if best in block.lines), Block([best]))
    return " ".join(chosen) or own.sentence


def _quoted_error(message: str) -> str:
    """Returns the error that somebody quotes in a message, "" if there is none."""
    quoted = [found[1] for found in SIGNS.quoted.finditer(message)]
    odds = model().text.of_texts(Texts.of([bare(text) for text in quoted]))
    return next((text for text, odd in zip(quoted, odds, strict=True) if odd > MIN_QUOTED), "")


def _title(lines: Lines) -> str:
    """Returns the title of a page: what stands first and is no chrome."""
    named = [block for block in lines.blocks if not block.is_chrome and not block.is_hint]
    at_top = [block for block in named if block.top < TOP * lines.look.height]
    found = next(iter(at_top or named), None)
    return found.sentence[:MAX_SENTENCE] if found else ""
