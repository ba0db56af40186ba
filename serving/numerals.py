"""The numbers that people write, in digits of any script or in Chinese numerals."""

from __future__ import annotations

import unicodedata

TEN = 10
MAX_NUMBER = 999


def value_of(character: str) -> int | None:
    """Returns the value of a numeral from zero to ten; None if a character is none."""
    value = unicodedata.numeric(character, None)
    return int(value) if value is not None and value in range(TEN + 1) else None


def read_number(text: str) -> int | None:
    """Reads a number in digits up to 999, or in Chinese up to 99; None if it is neither."""
    characters = "".join(text.split())
    values = [value for value in map(value_of, characters) if value is not None]
    if not values or len(values) < len(characters):
        return None
    if TEN in values:
        tens, ones = values[: values.index(TEN)], values[values.index(TEN) + 1 :]
        if len(tens) > 1 or len(ones) > 1 or TEN in ones:
            return None
        return (sum(tens) or 1) * TEN + sum(ones)
    number = 0
    for value in values:
        number = TEN * number + value
    return number if number <= MAX_NUMBER else None
