"""Which characters of a text come in."""

from __future__ import annotations

import unicodedata

_LINE_ENDS = str.maketrans("\u2028\u2029", "\n\n")


def clean(text: str) -> str:
    """Returns `text` without control, zero-width, direction and broken (surrogate) characters.

    Unicode's own ends of lines and paragraphs become plain ones.
    """
    return "".join(
        character
        for character in text.translate(_LINE_ENDS)
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )
