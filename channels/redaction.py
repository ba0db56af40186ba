"""Hides what looks like a secret or a person's data in what people write.

The first rule that matches a stretch wins, the longest kinds first; check digits are not asked
for, because people mistype. Formats: credit code GB 32100, ID number GB 11643, mobile numbers
1[3-9] and nine digits. `redact` is idempotent: a mark is never hidden again.
"""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML

KINDS = ("id_number", "credit_code", "bank_card", "phone", "code", "password")

_WORDS = YAML(typ="safe").load(
    (Path(__file__).parent / "secret_words.yml").read_text(encoding="utf-8")
)


def _any(words: list[str]) -> str:
    """Returns a pattern for the words; one in Chinese may be written with a sign between."""
    longest = sorted(map(str, words), key=len, reverse=True)
    return "|".join(
        re.escape(it) if it.isascii() else r"[\s\-._*]?".join(map(re.escape, it)) for it in longest
    )


_D = r"[0-9\uff10-\uff19]"  # a digit, also full-width
_A = r"[0-9A-Za-z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"
_LETTER = r"[A-Za-z\uff21-\uff3a\uff41-\uff5a]"
_N = f"[{_WORDS['numerals']}]"
# What people put between groups of digits, and what only in long numbers.
_GAP = r"[\s\-\u2010-\u2015\uff0d._\u00b7]{0,2}"
_WIDE = r"[\s\-\u2010-\u2015\uff0d._\u00b7/,\uff0c\u3001*~\uff5e()\uff08\uff09]{0,4}"
_BEFORE, _AFTER = rf"(?<!{_A})", rf"(?!{_A})"
_START, _END = rf"(?<!{_D})", rf"(?!{_D})"  # letters may stand beside it
_UNIT = f"(?!{_GAP}(?:{_any(_WORDS['units'])}))"
_PUBLIC = rf"(?:0\d{{2,3}}{_GAP})?(?:{_any(_WORDS['public_numbers'])})\s*\Z"
_PUBLIC_START = rf"(?:{_any(_WORDS['public_numbers'])}){_AFTER}"
_QUOTES = r"(?:[\s\u2018-\u201d\"'(\uff08\u300a-\u3010]|\[(?!hidden:))*"
_LINK = rf"(?:{_QUOTES}(?:{_any(_WORDS['links'])}){_QUOTES})"
_VISIBLE = r"[!-Z\\^-~\uff01-\uff5e]"  # printable, no Chinese and no bracket of a mark
_HAS_DIGIT = rf"(?={_VISIBLE}*{_D})"
_CODE, _PASSWORD = (rf"(?:{_any(_WORDS[it])})" for it in ("code", "password"))
_NO_CODE = rf"(?:{_any(_WORDS['not_codes'])})[^0-9\n]{{0,4}}{_D}+"


def _run(character: str, least: int, most: int, gap: str = _GAP) -> str:
    return rf"{character}(?:{gap}{character}){{{least - 1},{most - 1}}}"


# The first six digits of a date of birth, as an ID number holds it: year, month, tens of the day.
_DATE = (
    rf"[12\uff11\uff12](?:{_WIDE}{_D}){{3}}{_WIDE}[01\uff10\uff11]{_WIDE}{_D}"
    rf"{_WIDE}[0-3\uff10-\uff13]"
)
_PHONE = rf"[1\uff11]{_WIDE}[3-9\uff13-\uff19](?:{_WIDE}{_D}){{9}}"
_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "id_number",
        rf"{_START}{_run(_D, 6, 6, _WIDE)}{_WIDE}{_DATE}(?:{_WIDE}{_D}){{4}}{_WIDE}"
        rf"[0-9Xx\uff10-\uff19\uff38\uff58*]{_END}",
    ),
    # The old ID number has 15 digits, as a bank card may; the word before it decides.
    (
        "id_number",
        rf"(?:{_any(_WORDS['id_number'])})[^0-9A-Za-z\uff10-\uff19\[]{{0,6}}?{_LINK}?"
        rf"(?P<secret>{_run(_D, 14, 20)}){_END}",
    ),
    (
        "credit_code",
        rf"{_BEFORE}(?=(?:{_A}{_WIDE})*{_LETTER}){_A}{_WIDE}{_A}{_WIDE}{_run(_D, 6, 6, _WIDE)}"
        rf"(?:{_WIDE}{_A}){{9,12}}{_AFTER}",
    ),
    # With the code of the country and no sign between, it is as long as a bank card.
    ("phone", rf"{_START}(?:\+|\uff0b|00)86{_WIDE}{_PHONE}(?!{_GAP}{_A})"),
    ("bank_card", rf"{_START}{_run(_D, 15, 21)}{_END}"),
    (
        "bank_card",
        rf"{_START}(?=(?:{_WIDE}{_D}){{15,21}}{_END})(?:{_D}{{3,8}}{_WIDE}){{2,6}}{_D}{{1,8}}{_END}",
    ),
    ("phone", rf"{_START}(?:(?:\+|\uff0b|00)?86{_WIDE})?{_PHONE}{_END}"),
    # Eleven to fourteen digits are a mistyped number of one of the kinds above.
    ("phone", rf"{_START}{_run(_D, 10, 14)}{_END}"),
    # The same in Chinese numerals.
    ("id_number", rf"(?<!{_N}){_N}{{18}}(?!{_N})"),
    ("bank_card", rf"(?<!{_N}){_N}{{15,21}}(?!{_N})"),
    ("phone", rf"(?<!{_N}){_N}{{10,14}}(?!{_N})"),
    ("code", rf"{_CODE}[^0-9A-Za-z\[]{{0,6}}?{_LINK}?(?P<secret>{_N}{{4,8}})(?!{_N}){_UNIT}"),
    ("password", rf"{_PASSWORD}.{{0,4}}?{_LINK}(?P<secret>{_N}{{4,20}}){_UNIT}"),
    ("code", rf"\A\s*(?P<secret>{_N}{{6}})\s*\Z"),
    (
        "code",
        rf"{_CODE}[^0-9A-Za-z\uff10-\uff19\[]{{0,8}}?{_LINK}?"
        rf"(?P<secret>{_run(_D, 4, 8)}){_AFTER}{_UNIT}",
    ),
    (
        "code",
        rf"{_CODE}{_LINK}(?P<secret>(?={_LETTER}*{_D})(?={_D}*{_LETTER}){_A}{{4,8}}){_AFTER}{_UNIT}",
    ),
    (
        "code",
        rf"{_BEFORE}(?!{_PUBLIC_START})(?P<secret>{_run(_D, 4, 8)}){_LINK}?[\s\u7684]*{_CODE}",
    ),
    ("code", rf"\A\s*(?!{_PUBLIC})(?P<secret>{_run(_D, 4, 8)})\s*[\u3002.!\uff01]?\s*\Z"),
    (
        "password",
        rf"{_PASSWORD}.{{0,4}}?{_LINK}(?P<secret>"
        rf"(?:{_VISIBLE} (?!{_VISIBLE}{{2}})){{3,31}}{_VISIBLE}|"
        rf"(?=(?:{_VISIBLE}\s?){{4}}){_VISIBLE}{{1,64}}(?: {_VISIBLE}{{1,64}}){{0,4}}){_UNIT}",
    ),
    (
        "password",
        rf"{_PASSWORD}[^0-9A-Za-z\uff10-\uff19\[\u3002\uff1b;\n]{{0,8}}?"
        rf"(?P<secret>{_HAS_DIGIT}{_VISIBLE}{{5,64}}){_UNIT}",
    ),
    # Six digits on their own are a code, unless they are called something else.
    (
        "code",
        rf"{_NO_CODE}|{_START}"
        rf"(?P<secret>{_D}{{6}}|{_D}{{3}}[ -]{_D}{{3}}|{_D}{{2}} {_D}{{2}} {_D}{{2}})"
        rf"(?!{_GAP}{_D}){_AFTER}{_UNIT}",
    ),
    # A message that is nothing but a strong password: three cases of signs, three digits.
    (
        "password",
        rf"\A\s*(?P<secret>(?=\S*[a-z])(?=\S*(?-i:[A-Z]|[!-/:-@]))(?=(?:\S*{_D}){{3}})"
        rf"(?!\S*(?:://|www\.)){_VISIBLE}{{7,32}})\s*\Z",
    ),
)
_RULES = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS)


def redact(text: str) -> str:
    """Returns `text` with every secret replaced by `[hidden:<kind>]`, the kind one of KINDS."""
    for kind, pattern in _RULES:
        text = pattern.sub(lambda match, kind=kind: _hide(match, kind), text)  # type: ignore[misc]
    return text


def _hide(match: re.Match[str], kind: str) -> str:
    mark = f"[hidden:{kind}]"
    if "secret" not in match.re.groupindex:
        return mark
    if match.group("secret") is None:  # what the rule takes note of, to leave it alone
        return match.group(0)
    start, end = match.span("secret")
    whole, offset = match.group(0), match.start()
    return whole[: start - offset] + mark + whole[end - offset :]
