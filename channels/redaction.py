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
    return "|".join(re.escape(str(it)) for it in sorted(words, key=len, reverse=True))


_D = r"[0-9\uff10-\uff19]"  # a digit, also full-width
_A = r"[0-9A-Za-z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"
_LETTER = r"[A-Za-z\uff21-\uff3a\uff41-\uff5a]"
_GAP = r"[\s\-\u2010-\u2015\uff0d._\u00b7]{0,2}"  # what people put between groups of digits
_BEFORE, _AFTER = rf"(?<!{_A})", rf"(?!{_A})"
_UNIT = f"(?!{_GAP}(?:{_any(_WORDS['units'])}))"
_PUBLIC = rf"(?:0\d{{2,3}}{_GAP})?(?:{_any(_WORDS['public_numbers'])})\s*\Z"
_PUBLIC_START = rf"(?:{_any(_WORDS['public_numbers'])}){_AFTER}"
_LINK = rf"(?:[\s\u2018-\u201d\"'(\uff08]*(?:{_any(_WORDS['links'])})[\s\u2018-\u201d\"'(\uff08]*)"
_VISIBLE = r"[!-Z\\-~\uff01-\uff5e]"  # printable, no Chinese and no opening bracket of a mark
_HAS_DIGIT = rf"(?={_VISIBLE}*{_D})"


def _run(character: str, least: int, most: int) -> str:
    return rf"{character}(?:{_GAP}{character}){{{least - 1},{most - 1}}}"


# The first six digits of a date of birth, as an ID number holds it: year, month, tens of the day.
_DATE = (
    rf"[12\uff11\uff12](?:{_GAP}{_D}){{3}}{_GAP}[01\uff10\uff11]{_GAP}{_D}"
    rf"{_GAP}[0-3\uff10-\uff13]"
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            "id_number",
            rf"{_BEFORE}{_run(_D, 6, 6)}{_GAP}{_DATE}(?:{_GAP}{_D}){{4}}{_GAP}"
            rf"[0-9Xx\uff10-\uff19\uff38\uff58*]{_AFTER}",
        ),
        # The old ID number has 15 digits, as a bank card may; the word before it decides.
        (
            "id_number",
            rf"(?:{_any(_WORDS['id_number'])})[^0-9A-Za-z\uff10-\uff19\[]{{0,6}}?{_LINK}?"
            rf"(?P<secret>{_run(_D, 14, 20)}){_AFTER}",
        ),
        (
            "credit_code",
            rf"{_BEFORE}(?=(?:{_A}{_GAP})*{_LETTER}){_A}{_GAP}{_A}{_GAP}{_run(_D, 6, 6)}"
            rf"(?:{_GAP}{_A}){{9,12}}{_AFTER}",
        ),
        # With the code of the country and no sign between, it is as long as a bank card.
        (
            "phone",
            rf"{_BEFORE}(?:\+|\uff0b|00)86{_GAP}[1\uff11]{_GAP}[3-9\uff13-\uff19]"
            rf"(?:{_GAP}{_D}){{9}}(?!{_GAP}{_A})",
        ),
        ("bank_card", rf"{_BEFORE}{_run(_D, 15, 21)}{_AFTER}"),
        (
            "phone",
            rf"{_BEFORE}(?:(?:\+|\uff0b|00)?86{_GAP})?[1\uff11]{_GAP}[3-9\uff13-\uff19]"
            rf"(?:{_GAP}{_D}){{9}}{_AFTER}",
        ),
        # Eleven to fourteen digits are a mistyped number of one of the kinds above.
        ("phone", rf"{_BEFORE}{_run(_D, 10, 14)}{_AFTER}"),
        (
            "code",
            rf"(?:{_any(_WORDS['code'])})[^0-9A-Za-z\uff10-\uff19\[]{{0,8}}?{_LINK}?"
            rf"(?P<secret>{_run(_D, 4, 8)}){_AFTER}{_UNIT}",
        ),
        (
            "code",
            rf"{_BEFORE}(?!{_PUBLIC_START})(?P<secret>{_run(_D, 4, 8)}){_LINK}?"
            rf"[\s\u7684]*(?:{_any(_WORDS['code'])})",
        ),
        (
            "code",
            rf"\A\s*(?!{_PUBLIC})(?P<secret>{_run(_D, 4, 8)})\s*[\u3002.!\uff01]?\s*\Z",
        ),
        (
            "password",
            rf"(?:{_any(_WORDS['password'])}).{{0,4}}?{_LINK}(?P<secret>"
            rf"(?:{_VISIBLE} (?!{_VISIBLE}{{2}})){{3,31}}{_VISIBLE}|"
            rf"(?=(?:{_VISIBLE}\s?){{4}}){_VISIBLE}{{1,64}}(?: {_VISIBLE}{{1,64}}){{0,4}}){_UNIT}",
        ),
        (
            "password",
            rf"(?:{_any(_WORDS['password'])})[^0-9A-Za-z\uff10-\uff19\[\u3002\uff1b;\n]{{0,8}}?"
            rf"(?P<secret>{_HAS_DIGIT}{_VISIBLE}{{5,64}}){_UNIT}",
        ),
        # Six digits that were received, filled in or named are a code, whatever they are called.
        (
            "code",
            rf"(?:{_LINK}|{_any(_WORDS['code_verbs'])})[^0-9A-Za-z\uff10-\uff19\[]{{0,3}}?"
            rf"(?P<secret>{_run(_D, 6, 6)}){_AFTER}(?!{_GAP}{_D}){_UNIT}",
        ),
        # A message that is nothing but a strong password: three cases of signs, three digits.
        (
            "password",
            rf"\A\s*(?P<secret>(?=\S*[a-z])(?=\S*(?-i:[A-Z]|[!-/:-@]))(?=(?:\S*{_D}){{3}})"
            rf"(?!\S*(?:://|www\.)){_VISIBLE}{{7,32}})\s*\Z",
        ),
    )
)


def redact(text: str) -> str:
    """Returns `text` with every secret replaced by `[hidden:<kind>]`, the kind one of KINDS."""
    for kind, pattern in _RULES:
        text = pattern.sub(lambda match, kind=kind: _hide(match, kind), text)  # type: ignore[misc]
    return text


def _hide(match: re.Match[str], kind: str) -> str:
    mark = f"[hidden:{kind}]"
    if "secret" not in match.re.groupindex:
        return mark
    start, end = match.span("secret")
    whole, offset = match.group(0), match.start()
    return whole[: start - offset] + mark + whole[end - offset :]
