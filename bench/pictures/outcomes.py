"""What became of the pictures that were sent, and whether that is right."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bench.pictures.judging import same, uncovered, wanted
from bench.pictures.specs import Picture
from bench.replies import fits
from channels.pictures import METADATA, Seen

# What a trouble or a page leads to.
PART = re.compile(r"cause |screen |step |ask (phone|face)|scam")


@dataclass(frozen=True)
class Outcome:
    """What became of one picture.

    Attributes:
        picture: what was sent.
        lines: that were read, joined.
        left: what the hiding of secrets left of them.
        seen: what was seen on it.
        moves: what the answers did: to the picture, and to a yes if it asked for one.
        replies: the texts of the answers.
        seconds: from its bytes to the first answer.
    """

    picture: Picture
    lines: str
    left: str
    seen: Seen
    moves: frozenset[str]
    replies: tuple[str, ...]
    seconds: float

    @property
    def metadata(self) -> dict[str, Any]:
        """What the metadata of the message to Rasa say of the picture."""
        metadata: dict[str, Any] = self.seen.metadata[METADATA]
        return metadata

    @property
    def is_exact(self) -> bool:
        """Whether the error sentence was found just as it stands, also with its title."""
        return uncovered(self.seen.shown) in self._sayings

    @property
    def was_read(self) -> bool:
        """Whether the error sentence, or the telling part of a message, is in the lines."""
        return same(self.picture.says or self.picture.telling) in same(self.lines)

    @property
    def was_left(self) -> bool:
        """Whether it is in what the hiding of secrets left."""
        return same(self.picture.says or self.picture.telling) in same(self.left)

    @property
    def is_right(self) -> bool:
        """Whether the next turn is one of the right ones."""
        return any(fits(move, set(self.moves)) for move in wanted(self.picture))

    @property
    def is_taken(self) -> bool:
        """Whether a picture of something else was taken for a trouble or a page."""
        kind, page = self.metadata["kind"], self.metadata["page"]
        return kind == "error" or bool(page) or any(map(PART.match, self.moves))

    @property
    def _sayings(self) -> set[str]:
        says = self.picture.says
        titles = [
            value[1] if kind == "result" else value[0]
            for block in self.picture.drawn.get("blocks", ())
            for kind, value in block.items()
            if kind in ("dialog", "bottom", "result")
        ]
        titles.append(self.picture.drawn.get("heading", ""))
        return {uncovered(says), *(uncovered(title + says) for title in titles)}


@dataclass
class Run:
    """All that was measured.

    Attributes:
        outcomes: of every picture.
        at_once: seconds of each of the pictures that came ten at a time.
        kept: name of a picture and where one of its secrets was found.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    at_once: list[float] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
