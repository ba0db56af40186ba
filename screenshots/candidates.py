"""What on a picture may be its sentence: every line, and every run of lines that go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from screenshots.blocks import Block, continues
from screenshots.reading import TextLine
from screenshots.signs import SIGNS

MAX_LINES = 6  # of a sentence


@dataclass(frozen=True)
class Candidate:
    """Some lines that may be one sentence.

    Attributes:
        numbers: of the lines, from the first to the last.
        block: the lines.
        before: the number of a line that goes on in the first of them, if there is one.
        behind: the number of the line in which the last of them would go on.
    """

    numbers: tuple[int, ...]
    block: Block
    before: int | None
    behind: int | None

    @property
    def text(self) -> str:
        """The bare text, without the icon that may stand before it."""
        return without_icon(self.block.text)

    @property
    def sentence(self) -> str:
        """The text as it stands there, without the icon."""
        return without_icon(self.block.sentence)

    def shares(self, other: Candidate) -> bool:
        """Tells whether both have a line in common."""
        return not set(self.numbers).isdisjoint(other.numbers)


def candidates_of(lines: Sequence[TextLine]) -> list[Candidate]:
    """Returns the candidates among lines that are sorted from top to bottom."""
    behind = [_next(lines, number) for number in range(len(lines))]
    before = {following: number for number, following in enumerate(behind) if following is not None}
    found = []
    for number in range(len(lines)):
        run = [number]
        while True:
            last = behind[run[-1]]
            block = Block([lines[one] for one in run])
            found.append(Candidate(tuple(run), block, before.get(number), last))
            if last is None or len(run) == MAX_LINES:
                break
            run.append(last)
    return found


def _next(lines: Sequence[TextLine], number: int) -> int | None:
    return next(
        (
            other
            for other in range(number + 1, len(lines))
            if continues(lines[number], lines[other])
        ),
        None,
    )


def without_icon(text: str) -> str:
    """Returns a text without an icon before it that was read as a letter or mark."""
    return SIGNS.icon.sub("", text)
