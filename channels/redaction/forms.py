"""The normal form in which rules read a text: the same length, so that offsets fit both.

People write digits in many scripts and shapes, and Chinese numerals for digits. The rules see
plain ASCII digits and simplified characters; what is hidden is cut out of the text as written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

from serving.placeholders import PLACEHOLDER

# What a click sends: an intent and its entities as JSON.
COMMAND = re.compile(r"\A/[a-z_]+(?:\{.*\})?\Z")
HIDDEN = "\ufffc"  # stands for each character that is hidden already
KEPT = "\ufffb"  # stands for each character that a rule has found to be public

_CHARACTERS: dict[str, str] = YAML(typ="safe").load(
    (Path(__file__).parent / "characters.yml").read_text(encoding="utf-8")
)
_SIMPLIFIED = str.maketrans(_CHARACTERS["traditional"], _CHARACTERS["simplified"])
_NUMERALS = dict(zip(_CHARACTERS["numerals"], _CHARACTERS["digits"], strict=True))
_N = "".join(_NUMERALS)
_HAN = range(0x4E00, 0xA000)
_GAP = r"[\s\-\u2010-\u2015._\u00b7,\u3001]"
_ORDINAL, _TENS = _CHARACTERS["ordinal"], _CHARACTERS["tens"]
_MIN_READ_OUT = 4  # as many numerals and digits in a row are read out digit by digit
_READ_OUT = re.compile(
    rf"(?<![{_ORDINAL}{_N}0-9{_TENS}])(?:"
    rf"(?:[0-9{_N}]{{2,}}|[0-9])(?:{_GAP}{{1,2}}(?:[0-9{_N}]{{2,}}|[0-9]))+"
    rf"|[{_N}](?:{_GAP}{{1,2}}[{_N}]){{3,}}|[0-9{_N}]{{4,}})(?![{_TENS}])"
)
_BETWEEN_LETTERS = re.compile(rf"(?<=[A-Za-z0-9])[{_N}]{{2,}}(?=[A-Za-z0-9])")
_LETTER_FOR_ZERO = re.compile(r"(?<=[0-9])[Oo](?=[\s\-]?[0-9]{2})")


def normal_form(text: str) -> str:
    """Returns `text` with plain digits, letters and simplified characters, of the same length.

    Placeholders of what is hidden already become as many HIDDEN characters.
    """
    text = PLACEHOLDER.sub(lambda placeholder: HIDDEN * len(placeholder.group()), text)
    plain = "".join(map(_plain, text)).translate(_SIMPLIFIED)
    plain = _LETTER_FOR_ZERO.sub("0", plain)
    plain = _BETWEEN_LETTERS.sub(_each_as_digit, plain)
    return _READ_OUT.sub(_as_digits, plain)


def _each_as_digit(run: re.Match[str]) -> str:
    return "".join(_NUMERALS.get(character, character) for character in run.group())


def _as_digits(run: re.Match[str]) -> str:
    text, head, tail = run.group(), "", ""
    behind = run.string[run.end() : run.end() + 1]
    is_last = len(text) > 1 and text[-2].isascii() and not text[-1].isascii()
    if is_last and behind and ord(behind) in _HAN:  # it counts something, or begins a word
        text, tail = text[:-1], text[-1]
    if text[1:].isascii() and not text[0].isascii():  # the end of a name before a number
        head, text = text[0], text[1:]
    digits = "".join(_NUMERALS.get(character, character) for character in text)
    return head + (digits if sum(map(str.isdigit, digits)) >= _MIN_READ_OUT else text) + tail


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character.isascii() or ord(character) in _HAN or character in _NUMERALS:
        return character
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category in ("Nl", "No"):  # such as Roman and circled numbers; of 10 and more the last digit
        number = unicodedata.numeric(character)
        return str(int(number) % 10) if number == int(number) else character
    if category in ("Mn", "Me"):  # what makes a digit a key of a keyboard
        return " "
    if category == "Sc":  # a currency sign inside a password is a sign like others
        return "$"
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if len(compatible) == 1 else character
