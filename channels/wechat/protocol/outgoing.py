"""A turn of the assistant as few sends: texts cut to size, buttons as a menu or numbered. No I/O.

WeChat lets five answers follow a message, so every send counts: as few as possible come first,
and only then where a text is best cut. The sizes are bytes of UTF-8, as on the pages "send a
message" of WeCom's customer service (KF) and "custom/send" of the official account.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import regex  # type: ignore[import-untyped]

_CHARACTER = regex.compile(r"\X")  # what a reader takes for one: flags, families, accents
_SURROGATE = re.compile("[\ud800-\udfff]")
# Signs, Chinese and Latin, as they stand in a pattern's brackets.
_ENDS = r"\u3002\uff01\uff1f\uff1b\u2026!?;"  # full stop, exclamation, question, semicolon, dots
_PAUSES = r"\uff0c\u3001\uff1a\uff09\u3011,:)\]"  # comma, list comma, colon, brackets
_CLOSERS = r"\u201d\u2019\u300d\u300f\u300b\u3009\uff09\u3011\"')\]}"  # quotes and brackets
_SENTENCE_END = re.compile(rf"[{_ENDS}][{_CLOSERS}]*\Z")
_PAUSE_END = re.compile(rf"[{_PAUSES}]\Z")
_NEVER_FIRST = re.compile(rf"[{_ENDS}{_PAUSES}{_CLOSERS}.%\u00b7\uff5e~\u2014]")
_NEVER_LAST = re.compile(r"[\u201c\u2018\u300c\u300e\u300a\u3008\uff08\u3010(\[{#$\uffe5\u00a5]\Z")
# How bad a cut is.
_PARAGRAPH, _LINE, _SENTENCE, _PAUSE, _BLANK, _BETWEEN, _INSIDE = 0, 1, 2, 8, 12, 20, 99


@dataclass(frozen=True)
class Part:
    """One send.

    Attributes:
        text: what is said; of a menu, what stands above it.
        items: the menu: the id that a click brings back, and what is written on it. Empty for a
            plain text.
    """

    text: str
    items: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a platform takes; the sizes are bytes of UTF-8.

    Attributes:
        menus: whether it has menus (`msgmenu`) at all.
        text_bytes: of a text.
        menu_items: in a menu.
        head_bytes: of what stands above a menu.
        content_bytes: of what is written on an item.
        id_bytes: of the id of an item.
    """

    menus: bool
    text_bytes: int = 2048
    menu_items: int = 10
    head_bytes: int = 1024
    content_bytes: int = 128
    id_bytes: int = 64


class Composed(NamedTuple):
    """A turn as sends, and whether numbers were shown, so that a typed number means a button."""

    parts: list[Part]
    numbered: bool


def compose(
    texts: Sequence[str],
    buttons: Sequence[tuple[str, str]],
    rules: Rules,
    number_line: str,
    numbered_hint: str,
) -> Composed:
    """Returns one turn as as few sends as the rules allow.

    The last one has the buttons: as a menu, or as numbered lines where there are no menus, where
    these buttons do not fit one, and where numbered lines save a send. A number is the place of
    the button in `buttons`, from 1.

    Args:
        texts: what the assistant says; blank ones do not count.
        buttons: the id that a click brings back, and the title; one without a title is not shown.
        rules: what the platform takes.
        number_line: how a numbered button looks, with `{number}` and `{title}`.
        numbered_hint: the line below the numbered buttons; "" for none.
    """
    text = "\n\n".join(other_text.strip() for other_text in texts if other_text.strip())
    titles = [(id_, " ".join(title.split())) for id_, title in buttons]
    lines = [
        number_line.format(number=number, title=title)
        for number, (_, title) in enumerate(titles, 1)
        if title
    ]
    if not lines:
        return Composed([Part(piece) for piece in cut(text, rules.text_bytes)], False)
    whole = "\n\n".join(filter(None, [text, "\n".join(filter(None, [*lines, numbered_hint]))]))
    numbered = [Part(piece) for piece in cut(whole, rules.text_bytes)]
    items = tuple(title for title in titles if title[1])
    if not _fits_menu(items, rules):
        return Composed(numbered, True)
    pieces = _pieces(text, rules.text_bytes, min(rules.head_bytes, rules.text_bytes)) or [""]
    if len(pieces) > len(numbered):
        return Composed(numbered, True)
    return Composed([*(Part(piece) for piece in pieces[:-1]), Part(pieces[-1], items)], False)


def cut(text: str, max_bytes: int) -> list[str]:
    """Returns a text in as few pieces as possible, each at most `max_bytes` long in UTF-8.

    Where that leaves a choice, the cuts are at the ends of paragraphs, else of lines, of sentences,
    at commas, at blanks, and only then between two characters. None is inside a word in Latin
    letters, a number, or an address, nor inside what a reader takes for one character, unless
    that alone is too long; nor does one part a closing sign from what it closes. Blanks at a cut
    are taken away, nothing else is.

    Raises:
        ValueError: if `max_bytes` is less than the four that a character may need.
    """
    return _pieces(text, max_bytes, max_bytes)


def _fits_menu(items: Sequence[tuple[str, str]], rules: Rules) -> bool:
    return (
        rules.menus
        and len(items) <= rules.menu_items
        and all(_size(id_) <= rules.id_bytes for id_, _ in items)
        and all(_size(title) <= rules.content_bytes for _, title in items)
    )


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _pieces(text: str, max_bytes: int, max_last: int) -> list[str]:
    """Cuts as `cut` does; the last piece has a bound of its own, at most that of the others."""
    if max_last < 4:
        raise ValueError("a piece must have room for one character, 4 bytes")
    units = _characters(_SURROGATE.sub("\ufffd", text).strip(), max_last)
    if not units:
        return []
    ends = list(accumulate((_size(unit) for unit in units), initial=0))
    count = len(units)
    blank = [unit.isspace() for unit in units]
    # Where a piece that begins at i may end at most: as far as it has room. Blanks behind it are
    # free, as they are taken away. Something is left for the last piece.
    furthest = [min(bisect_right(ends, ends[i] + max_bytes) - 1, count - 1) for i in range(count)]
    free = _free(blank)
    # How many pieces the rest from i needs: one if it fits, else one more than at the best cut.
    needed = [1] * (count + 1)
    for i in reversed(range(count)):
        if blank[i]:
            needed[i] = needed[i + 1]
        elif ends[count] - ends[i] > max_last:
            needed[i] = 1 + needed[free[furthest[i]]]
    ranks = _ranks(units)
    pieces, start = [], 0
    while needed[start] > 1:
        room = range(free[furthest[start]], start, -1)
        enough = [end for end in room if needed[end] == needed[start] - 1]
        end = min(enough, key=ranks.__getitem__)  # of equals the last: the fullest piece
        pieces.append("".join(units[start:end]).strip())
        start = free[end]
    return [*pieces, "".join(units[start:])]


def _characters(text: str, max_bytes: int) -> list[str]:
    """Returns a text as what must not be cut, unless it is longer than `max_bytes` bytes."""
    units: list[str] = []
    run: list[str] = []
    for character in [*_CHARACTER.findall(text), ""]:
        if run and not (character and _belong_together(run[-1], character)):
            word = "".join(run)
            units += [word] if _size(word) <= max_bytes else run
            run = []
        run += [character] if _size(character) <= max_bytes else list(character)
    return units


def _belong_together(before: str, after: str) -> bool:
    """Tells whether no cut may be between two characters.

    Those of one word, number or address in Latin letters, such as "12:30" or "a?b=c", belong
    together, and signs that close or open stay with what they close or open, as in print.
    """
    if before.isspace() or after.isspace():
        return False
    latin = before.isascii() and after.isascii()
    return latin or bool(_NEVER_FIRST.match(after) or _NEVER_LAST.search(before))


def _free(blank: Sequence[bool]) -> list[int]:
    """Returns for every place the first at or behind it that is not blank."""
    free = list(range(len(blank) + 1))
    for i in reversed(range(len(blank))):
        if blank[i]:
            free[i] = free[i + 1]
    return free


def _ranks(units: Sequence[str]) -> list[int]:
    """Returns how bad it is to cut before each character, from `_PARAGRAPH` to `_INSIDE`."""
    ranks = [_BETWEEN] * (len(units) + 1)
    for i in range(1, len(units)):
        before, after = units[i - 1], units[i]
        if after.isspace() or _belong_together(before, after):
            # Before blanks it is the same place as behind them, where it is judged.
            ranks[i] = _INSIDE
        elif before.isspace():
            ranks[i] = _rank_of_blanks(units, i)
        elif _ends_sentence(units, i):
            ranks[i] = _SENTENCE
        elif _PAUSE_END.search(before):
            ranks[i] = _PAUSE
    return ranks


def _rank_of_blanks(units: Sequence[str], i: int) -> int:
    """Returns how good a cut is behind blanks, the last of which stands before `i`."""
    start = i
    while start and units[start - 1].isspace():
        start -= 1
    lines = sum(unit in ("\n", "\r\n", "\r") for unit in units[start:i])
    if lines:
        return _PARAGRAPH if lines > 1 else _LINE
    before = units[start - 1]
    # A full stop ends a sentence too, but not that of "1. Open".
    if _ends_sentence(units, start) or (before[-1] == "." and not before[:-1].isdigit()):
        return _SENTENCE
    return _PAUSE if _PAUSE_END.search(before) else _BLANK


def _ends_sentence(units: Sequence[str], i: int) -> bool:
    """Tells whether a sentence ends before `i`, closing quotes and brackets included."""
    return bool(_SENTENCE_END.search("".join(units[max(0, i - 9) : i])))
