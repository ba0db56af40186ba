"""The training lines and the questions that are kept apart from them, with where each stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML

# The tables of questions that no line may be, or nearly be.
KEPT_APART = (
    "held_out.tsv",
    "development.tsv",
    "real_style.tsv",
    "two_meanings.tsv",
    "fraud.tsv",
)
_ANNOTATED = re.compile(r"\[([^\]]+)\]\(([a-z_]+)\)")


class Span(NamedTuple):
    """A stretch of a line that is annotated as an entity."""

    entity: str
    start: int
    end: int


@dataclass
class TrainingLine:
    """A line without its annotations; `spans` says what was annotated."""

    text: str
    intent: str
    spans: list[Span]
    location: str

    @property
    def annotated(self) -> str:
        """The line as Rasa reads it, with its annotations."""
        line = self.text
        for entity, start, end in reversed(self.spans):
            line = f"{line[:start]}[{line[start:end]}]({entity}){line[end:]}"
        return line

    @property
    def bare(self) -> str:
        """What is compared: see `bare`."""
        return bare(self.text)


class Question(NamedTuple):
    """A question for measuring: the text, the intents that are right, and its style."""

    text: str
    intents: frozenset[str]
    style: str


def read_lines(folder: Path) -> Iterator[TrainingLine]:
    """Yields every line below `folder`, with its location as `file:line`."""
    for path in sorted(folder.glob("*.yml")):
        yield from read_file(path)


def read_file(path: Path) -> Iterator[TrainingLine]:
    """Yields every line of a file, with its location as `file:line`."""
    parsed = YAML().load(path.read_text(encoding="utf-8"))
    for block in parsed["nlu"]:
        if "intent" not in block:
            continue
        first = block.lc.value("examples")[0] + 2
        for number, line in enumerate(str(block["examples"]).splitlines(), first):
            text, spans = _without_annotations(line[2:])
            yield TrainingLine(text, block["intent"], spans, f"{path.name}:{number}")


def read_measured(folder: Path) -> list[Question]:
    """Returns all questions that are only to be measured on or chosen by."""
    return [question for name in KEPT_APART for question in read_questions(folder / name)]


def read_questions(path: Path) -> list[Question]:
    """Returns the questions of a table of text, intents joined by `|`, and style.

    Raises:
        ValueError: naming the line, if a line has not three columns.
    """
    questions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("# "):
            continue
        columns = line.split("\t")
        if len(columns) != 3:
            raise ValueError(f"{path.name}:{number}: text, intents and style expected")
        questions.append(Question(columns[0], frozenset(columns[1].split("|")), columns[2]))
    return questions


def bare(text: str) -> str:
    """Returns a text without marks, blanks and width; a text of nothing else as it is."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", folded) or folded.strip()


def _without_annotations(line: str) -> tuple[str, list[Span]]:
    text, spans, last = "", [], 0
    for match in _ANNOTATED.finditer(line):
        text += line[last : match.start()]
        spans.append(Span(match[2], len(text), len(text) + len(match[1])))
        text += match[1]
        last = match.end()
    return text + line[last:], spans
