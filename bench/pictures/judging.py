"""What of a picture is right: the same text, the right next turn, and no secret."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from bench.pictures.specs import Picture, read
from content_loader.load import load

COVERED = re.compile(r"\+?\d*[*\u2022\u00b7]{3,}\d*")
LONG, RUN = 8, 6  # of a secret of 8 characters or more, 6 in a row are a part that was kept


def same(text: str) -> str:
    """Returns a text without spaces, and with one width for all letters and marks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def uncovered(text: str) -> str:
    """Returns the same without numbers that the page itself covers in part: they are not kept."""
    return COVERED.sub("", same(text))


@cache
def steps() -> list[tuple[str, tuple[str, ...]]]:
    """Returns each step of each way as a move, and the pages from which it is the next."""
    return [
        (f"step {name} {number}", tuple(step.here))
        for name, way in load().ways.items()
        for number, step in enumerate(way.steps, start=1)
    ]


def wanted(picture: Picture) -> list[str]:
    """Returns the moves of a reply that are right for a picture."""
    turns = read("turns")
    moves: list[str] = []
    for name in picture.next:
        moves += [name] if " " in name else turns["intents"].get(name, [f"cause {name}"])
    for page in picture.pages:
        moves += turns["pages"].get(page, [move for move, here in steps() if page in here])
    return moves


def contains_secret(text: str, secret: str) -> bool:
    """Tells whether a secret, or a large part of a long one, stands in a text."""
    text, secret = same(text).replace("-", ""), same(secret).replace("-", "")
    if secret.isdigit() and len(secret) < LONG:
        return re.search(rf"(?<!\d){secret}(?!\d)", text) is not None
    length = RUN if len(secret) >= LONG else len(secret)
    runs = {secret[at : at + length] for at in range(len(secret) - length + 1)}
    return any(run in text for run in runs if len(set(run)) > 1)
