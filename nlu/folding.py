"""Folds a text for matching: full width to half, Traditional to Simplified, same length.

Only the extractor's own matching sees the folded text; offsets hold for the original.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path


def read_variants(path: Path) -> dict[str, str]:
    """Reads `nlu/traditional.txt`: a pair of characters a line, `#` lines are skipped.

    Raises:
        OSError: if the file cannot be read.
        ValueError: naming file and line, if a line is not a pair.
    """
    variants = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        if len(line) != 2:
            raise ValueError(f"{path.name}:{number}: two characters expected, {line!r} found")
        variants[line[0]] = line[1]
    return variants


def fold(text: str, variants: Mapping[str, str]) -> str:
    """Returns `text` folded character by character; lone surrogates become question marks."""
    if text.isascii():
        return text
    return "".join(variants.get(character) or _fold_width(character) for character in text)


def _fold_width(character: str) -> str:
    if 0x4E00 <= ord(character) <= 0x9FFF or character.isascii():
        return character
    if 0xD800 <= ord(character) <= 0xDFFF:
        return "?"
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character
