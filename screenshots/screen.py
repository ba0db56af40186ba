"""Finds in the lines of a picture what it is about: an error, a page, a message.

Lines become blocks (a sentence that goes over two lines is one), blocks that every screen has are
left out, and the rest is weighed by words, place and colour. The words stand in `screens.yml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from screenshots.blocks import Block, Look, blocks_of
from screenshots.reading import Reading
from screenshots.signs import SIGNS

MIN_ERROR = 2.5  # points from which on a block is an error
TOP = 0.25  # share of the height in which titles stand
MIN_STRANGER = 4  # characters of a line about something else; less may be a rest of any word
MIN_MESSAGE = 2  # points from which on a message of a messenger is about the matter
MIN_FORWARDED = 4  # the same for a block where nothing else shows a messenger
MAX_SENTENCE = 400  # characters
CENTRAL = 1  # points for standing in the middle, where toasts do
DARK = 80  # brightness of the paper up to which a page is dark
LOUD = 1.5  # points for a place or a colour that says "look here"


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


@dataclass(frozen=True)
class _Signs:
    """How much on a picture is of the procedure, of something else, and of neither.

    Attributes:
        own, foreign: points for blocks with such signs.
        strangers: blocks with neither, nor with words that its pages are made of.
        scraps: the same with those that are so short that they may be a rest of any word.
    """

    own: int
    foreign: int
    strangers: int
    scraps: int

    @property
    def is_own(self) -> bool:
        """Whether the page is one of the procedure."""
        return self.own > 0 and self.own >= self.foreign


def understand(reading: Reading) -> Screen:
    """Returns what a picture is about; secrets in the lines are hidden already."""
    look = Look.of(reading)
    blocks = blocks_of(reading, look)
    if sum(character.isalnum() for block in blocks for character in block.text) < 2:
        return Screen(ScreenKind.EMPTY)
    if _is_messenger(blocks):
        return _message(blocks, look) or Screen(ScreenKind.OTHER)
    place, points = _place(blocks)
    signs = _signs(blocks, look)
    error = _error(blocks, look)
    # Where a success or a moving face is the page, a word beside it is no error.
    if error and not place.startswith(("reset_success", "face_passed")):
        sentence, about_matter = error
        if _is_ours(sentence, about_matter, signs):
            return Screen(ScreenKind.ERROR, sentence[:MAX_SENTENCE])
    if place and (signs.is_own or signs.foreign + signs.strangers <= _strangers_at(place)):
        return Screen(ScreenKind.PAGE, _title(blocks, look), place)
    message = _message(blocks, look, MIN_FORWARDED)
    if message and SIGNS.suspicious.are_in(message.sentence):
        return message
    if signs.is_own and any(SIGNS.own_strong.are_in(it.text) for it in blocks) and not points:
        return Screen(ScreenKind.PAGE, _title(blocks, look))
    return Screen(ScreenKind.OTHER)


def _is_ours(sentence: str, about_matter: bool, signs: _Signs) -> bool:
    """Tells whether an error belongs to the procedure: by itself, its page, or standing alone."""
    if SIGNS.own_strong.are_in(sentence):
        return True
    if SIGNS.foreign.are_in(sentence):
        return False
    if signs.foreign:
        return signs.is_own and signs.own >= 2 * signs.foreign
    if signs.is_own:
        return True
    if about_matter:
        return not signs.strangers
    return not signs.scraps and SIGNS.general.are_in(sentence)


def _signs(blocks: Sequence[Block], look: Look) -> _Signs:
    own = foreign = strangers = scraps = 0
    for block in blocks:
        is_title = block.top < TOP * look.height or block.height > 1.3 * look.line
        weight = 2 if is_title else 1
        if SIGNS.foreign.are_in(block.text):
            foreign += 3 if is_title else 1
        elif SIGNS.own.are_in(block.text):
            own += weight
        elif not block.is_chrome and not _is_known(block):
            strangers += len(block.text) >= MIN_STRANGER
            scraps += 1
    return _Signs(own, foreign, strangers, scraps)


def _is_known(block: Block) -> bool:
    return (
        block.is_hint
        or SIGNS.known.are_in(block.text)
        or SIGNS.of_places.are_in(block.text)
        or _words_of_error(block) >= 1
        or not any(it.isalpha() for it in block.text)
    )


def _words_of_error(block: Block) -> float:
    """Returns the points for the words of a block: 2 where it surely tells an error."""
    if block.is_chrome or len(block.text) < 4:
        return 0
    sure, likely = SIGNS.sure.count(block.text), SIGNS.likely.count(block.text)
    return (2 if sure else 0) + 0.5 * min(sure, 2) + 0.5 * min(likely, 2)


def _error(blocks: Sequence[Block], look: Look) -> tuple[str, bool] | None:
    """Returns the sentence of the error and whether it is about the matter, None without any."""
    best: tuple[float, int] | None = None
    for number, block in enumerate(blocks):
        words = _words_of_error(block)
        if not words:
            continue
        is_loud = block.is_red or look.is_toast(block)
        is_dialog = _has_answers_below(blocks, number, look)
        points = words - (2 if block.is_hint and not is_loud and not is_dialog else 0)
        central = LOUD if look.light < DARK else CENTRAL  # in the dark, a toast is dark on dark
        points += LOUD if is_loud else central * look.is_central(block)
        points += LOUD * is_dialog
        points += 0.5 if SIGNS.matter.are_in(block.text) else 0
        if len(block.lines) == 1 and len(block.text) > 40:
            points -= 1
        if points >= MIN_ERROR and (best is None or points > best[0]):
            best = points, number
    if best is None:
        return None
    block = blocks[best[1]]
    sentence = block.sentence
    below = blocks[best[1] + 1] if best[1] + 1 < len(blocks) else None
    if below and _is_title_of(block, below, blocks, best[1] + 1, look):
        sentence = f"{sentence}{SIGNS.join}{below.sentence}"
    about = SIGNS.matter.are_in(sentence)
    return sentence, about


def _is_title_of(
    block: Block, below: Block, blocks: Sequence[Block], number: int, look: Look
) -> bool:
    """Tells whether a block is the title of a dialog whose text is the next block."""
    return (
        not below.is_chrome
        and not below.is_hint
        and len(block.text) <= 12
        and block.height > 1.05 * below.height
        and below.top - block.bottom < 2 * look.line
        and abs(below.middle - block.middle) < 2 * look.line
        and _has_answers_below(blocks, number, look)
    )


def _has_answers_below(blocks: Sequence[Block], number: int, look: Look) -> bool:
    """Tells whether the next thing below a block are the buttons of a dialog."""
    block = blocks[number]
    if number + 1 >= len(blocks) or not 0.2 * look.height < block.top < 0.8 * look.height:
        return False
    below = blocks[number + 1]
    gap = below.top - block.bottom
    return below.is_button and 0 < gap < 4.5 * look.line and not look.is_wide(below)


def _place(blocks: Sequence[Block]) -> tuple[str, int]:
    """Returns the place whose page it is, with its points; "" and 0 if it is none."""
    texts = [block.text for block in blocks]
    best, most = "", 0
    for name, place in SIGNS.places.items():
        if place.own and not any(SIGNS.own.are_in(text) for text in texts):
            continue
        if any(place.without.are_in(text) for text in texts):
            continue
        points = 0
        for signs, worth in place.signs:
            points += worth * any(signs.are_in(text) for text in texts)
        if points >= place.least and points > most:
            best, most = name, points
    return best, most


def _strangers_at(place: str) -> int:
    """Returns how many lines about something else may stand on the page of a place."""
    return SIGNS.places[place].strangers


def _title(blocks: Sequence[Block], look: Look) -> str:
    """Returns the title of a page: what stands first and is no chrome."""
    named = [it for it in blocks if not it.is_chrome and not it.is_hint]
    at_top = [it for it in named if it.top < TOP * look.height]
    found = next(iter(at_top or named), None)
    return found.sentence[:MAX_SENTENCE] if found else ""


def _is_messenger(blocks: Sequence[Block]) -> bool:
    """Tells whether it is the list of messages of a messenger."""
    return any(
        SIGNS.layout.are_in(block.text) or SIGNS.opening.search(block.text) for block in blocks
    )


def _message(blocks: Sequence[Block], look: Look, least: float = MIN_MESSAGE) -> Screen | None:
    """Returns the message that is most about the matter, None if none is."""
    spoken = [it for it in blocks if not it.is_chrome and len(it.text) >= 4 and it.top > look.bar]
    best = max(spoken, key=_worth, default=None)
    if best is None or _worth(best) < least:
        return None
    return Screen(ScreenKind.MESSAGE, best.sentence[:MAX_SENTENCE])


def _worth(block: Block) -> float:
    """Returns how much a message is about the matter."""
    opened = SIGNS.opening.search(block.text)
    matter = SIGNS.message_matter.count(block.text)
    suspicious = SIGNS.suspicious.count(block.text)
    if not matter + suspicious or (len(block.text) < 8 and not opened):
        return 0
    return 2 * (matter + suspicious) + min(len(block.text), 60) / 60
