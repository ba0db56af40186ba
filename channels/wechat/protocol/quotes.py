"""Which words of a text are the person's own, and which are quoted or forwarded. No I/O.

WeChat puts a quote into the text of a message: the name and the words in corner brackets, a line of
dashes, and below it what the person says; a copied answer has the quote at its end. Quoted are
mostly words of ours, so they are context and no message; they are dropped. The stems that tell a
quote from a notice that somebody copies stand in `messages.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from channels.wechat.messages import MESSAGES

Context = Literal["", "quote", "forwarded"]

# Message types of WeChat's clients and of gateways; the documented ones of the platforms have none.
QUOTE_TYPES = ("quote", "refermsg", "refer_msg", "reference", "reply")
FORWARD_TYPES = ("merged_msg", "merged", "chatrecord", "chat_record", "forward")

_STEMS: dict[str, Any] = MESSAGES["quotes"]
_NOTICES = tuple(_STEMS["notices"])
_RECORDS = tuple(record.casefold() for record in _STEMS["records"])
_LINE_END = re.compile(r"\r\n|[\r\u2028\u2029]")
_DASH = r"[-\u2010-\u2015\u2212\u2500\u2501\uff0d\ufe63]"
_BLANK = r"[ \t\xa0\u2005\u3000]"
_RULE = re.compile(rf"{_BLANK}*{_DASH}(?:{_BLANK}*{_DASH}){{2,}}{_BLANK}*")
_SPACED = re.compile(rf"{_BLANK}*{_DASH}(?:{_BLANK}+{_DASH}){{2,}}{_BLANK}*")
_OPEN, _CLOSE = tuple(_STEMS["open"]), tuple(_STEMS["close"])
_OPEN_ABOVE, _CLOSE_ABOVE = (
    tuple(_STEMS[name]) for name in ("open_above_line", "close_above_line")
)
_COLON = r"\s*[:\uff1a]"


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_SPEAKER = re.compile(rf"\s*(?:{_either(_OPEN_ABOVE)})\s*([^\n:\uff1a]{{1,40}}?){_COLON}")
_LABELS, _DAYS = _either(_STEMS["labels"]), _either(_STEMS["days"])
# "[quote] ..." says for sure what it is; "quote: ..." and "quote name: ..." if something follows.
_MARKED = re.compile(rf"\s*[\[\u3010\uff3b(\uff08]\s*(?:{_LABELS})\s*[\]\u3011\uff3d)\uff09]", re.I)
_LABELLED = re.compile(rf"\s*(?:{_LABELS})(?:{_COLON}|\s+([^\n:\uff1a]{{1,40}}?){_COLON})", re.I)
_INTRODUCED = re.compile(rf"\s*(?:{_either(_STEMS['introductions'])})")
_LABEL_END = re.compile(r"[:\uff1a\]\u3011\uff3d]\s*\Z")
_CITED = re.compile(r"\s*[>\uff1e]")
_SAID = re.compile(r"\s*[^\n:\uff1a]{1,40}[:\uff1a]\s*\S")
_SUMMARY = re.compile(r"\s*[\[\u3010\uff3b]([^\[\]\u3010\u3011\n]{1,40})[\]\u3011\uff3d]")
_DATE = r"[0-9]{4}[-/.\u5e74][0-9]{1,2}[-/.\u6708][0-9]{1,2}\u65e5?"
_DATE_RULE = re.compile(
    rf"{_BLANK}*{_DASH}{{2,}}{_BLANK}*(?:{_DATE}|(?:{_DAYS})[^\n]{{0,12}}?){_BLANK}*"
    rf"{_DASH}{{2,}}{_BLANK}*",
    re.I,
)
_SPOKE_AT = re.compile(rf"{_BLANK}*\S.{{0,40}}?{_BLANK}+{_DATE}{_BLANK}+[0-9]{{1,2}}:[0-9]{{2}}\S*")
_CLIENT_XML = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?<msg[\s>]")
# The types of `appmsg` in the XML of WeChat's clients: an answer to a message, a forwarded chat.
_REFERS, _FORWARDS = "57", ("19", "40")


def own_words(text: str) -> tuple[str, Context]:
    """Returns what the person says, and what else the text holds.

    Without a quote, the text comes back as it is. With one, the person's words may be empty.
    """
    if _CLIENT_XML.match(text):
        return _in_xml(text)
    lines = _LINE_END.sub("\n", text).split("\n")
    if (start := _record(lines)) is not None:
        return "\n".join(lines[:start]).strip(), "forwarded"
    rules = [i for i, line in enumerate(lines) if _RULE.fullmatch(line)]
    for i in reversed(rules):
        above, below = ("\n".join(part).strip() for part in (lines[:i], lines[i + 1 :]))
        is_quote = above.startswith(_OPEN) and above.endswith(_CLOSE)
        is_quote |= above.endswith(_CLOSE_ABOVE) and _is_spoken(above)
        if is_quote or _is_introduced(lines[0]):
            return below, "quote"
        if above and _is_quote_below(below):
            return above, "quote"
        if _SPACED.fullmatch(lines[i]) and below:
            return below, "quote"
    if (own := _below_label(lines)) is not None:
        return own, "quote"
    return _around_brackets(text, lines)


def is_record_title(title: str) -> bool:
    """Tells whether a title is that of a forwarded chat."""
    return re.sub(r"[\W_]+\Z", "", title).casefold().endswith(_RECORDS)


def _around_brackets(text: str, lines: list[str]) -> tuple[str, Context]:
    """Returns what stands below or above a quote in brackets with lines of its own."""
    if _is_spoken(lines[0]):
        depth = 0
        for i, line in enumerate(lines):
            depth += sum(map(line.count, _OPEN)) - sum(map(line.count, _CLOSE))
            if depth <= 0:
                if line.rstrip().endswith(_CLOSE):
                    return "\n".join(lines[i + 1 :]).strip(), "quote"
                break
    if text.rstrip().endswith(_CLOSE):
        for i, line in enumerate(lines[1:], 1):
            if _is_spoken(line):
                return "\n".join(lines[:i]).strip(), "quote"
    return text, ""


def _is_introduced(line: str) -> bool:
    """Tells whether a line says that what follows is a quote."""
    return any(pattern.match(line) for pattern in (_INTRODUCED, _MARKED)) or _is_labelled(line)


def _is_labelled(line: str) -> bool:
    """Tells whether a line begins with the word for a quote, and no notice."""
    label = _LABELLED.match(line)
    return label is not None and not (label[1] or "").endswith(_NOTICES)


def _is_quote_below(text: str) -> bool:
    """Tells whether a text is all quoted, as it stands below a line."""
    bracketed = text.startswith(_OPEN) and text.endswith(_CLOSE) and _is_spoken(text)
    return bracketed or _is_introduced(text)


def _below_label(lines: list[str]) -> str | None:
    """Returns what stands below a quote that is marked by a word or by signs; None without one."""
    cited = next((i for i, line in enumerate(lines) if not _CITED.match(line)), len(lines))
    rest = "\n".join(lines[cited:]).strip()
    if cited and rest:
        return rest
    if not _is_introduced(lines[0]):
        return None
    # A word that stands alone is followed by the quote.
    is_alone = _LABEL_END.search(lines[0]) is not None
    rest = "\n".join(lines[2 if is_alone else 1 :]).strip()
    return rest if rest or not _is_labelled(lines[0]) else None


def _is_spoken(line: str) -> bool:
    """Tells whether a line begins with somebody's name and words in brackets, and no notice."""
    speaker = _SPEAKER.match(line)
    return speaker is not None and not speaker[1].endswith(_NOTICES)


def _record(lines: list[str]) -> int | None:
    """Returns the line at which a forwarded or copied chat begins; None if there is none."""
    summary = _SUMMARY.match(lines[0])
    if summary and is_record_title(summary[1]) and _SAID.match(lines[0][summary.end() :]):
        return 0
    for i, line in enumerate(lines[:-1]):
        if _DATE_RULE.fullmatch(line):
            return i
        if is_record_title(line) and any(map(_SAID.match, lines[i + 1 :])):
            return i
    spoken = [i for i, line in enumerate(lines[:-1]) if _SPOKE_AT.fullmatch(line)]
    return spoken[0] if len(spoken) > 1 or spoken == [0] else None


def _in_xml(text: str) -> tuple[str, Context]:
    """Returns the words in the XML of WeChat's clients, which some gateways pass on."""
    try:
        root: Element = fromstring(text.strip(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return text, ""
    title, kind = (root.findtext(f"appmsg/{name}") or "" for name in ("title", "type"))
    if kind.strip() == _REFERS or root.find("appmsg/refermsg") is not None:
        return title.strip(), "quote"
    if kind.strip() in _FORWARDS or root.find("appmsg/recorditem") is not None:
        return "", "forwarded"
    return text, ""
