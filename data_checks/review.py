"""Lines for the next training that editors have chosen on the operator's pages.

They wait in a file beside the project's, in the form of `data/nlu`, those of a tenant in its own
folder. `python -m data_checks.review` checks them as `python -m data_checks` checks those; with
`--take` it annotates the places in them and puts those without a finding into `data/nlu`. The
others stay, each with its finding.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from itertools import chain
from pathlib import Path

import yaml

from data_checks.findings import (
    Find,
    badly_annotated,
    doubled,
    entity_finder,
    names_outside,
    near_measured,
)
from data_checks.lines import (
    Question,
    Span,
    TrainingLine,
    bare,
    read_file,
    read_lines,
    read_measured,
)
from scripts.console import ROOT, Failure, guarded
from serving.placeholders import PLACEHOLDER
from serving.tenants import folder_of_all, names

DATA = ROOT / "data" / "nlu"
MEASURED = ROOT / "tests" / "nlu"
NAME = "review.yml"
MAX_LENGTH = 200  # characters of a line that teaches something
_HEAD = """\
# Lines that editors have chosen for the next training. `make review` checks them, and
# `make review ARGS=--take` puts those that pass into data/nlu.
version: "3.1"

nlu:
"""
_UNFIT = re.compile(r"[\[\]{}\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")


class BadReview(Failure):
    """The file is not in the form of `data/nlu`; the message says what is wrong."""


class Finding(Enum):
    """What the checks say of a line that waits."""

    DOUBLED = "doubled"  # it is a training line already
    MEASURED = "measured"  # it is, or nearly is, a question that is only to be measured on


def fit(text: str) -> str:
    """Returns a message as a line; empty if it cannot be one.

    Nothing that was hidden becomes a line, nothing that the form of the file would take for an
    annotation, and nothing that is too long to say one thing.
    """
    line = " ".join(text.split())
    if PLACEHOLDER.search(line) or _UNFIT.search(line) or len(line) > MAX_LENGTH:
        return ""
    return line if any(letter.isalnum() for letter in line) else ""


class Review:
    """The file. It is changed under a lock, so that nothing that is added meanwhile is lost."""

    def __init__(self, path: Path = ROOT / NAME) -> None:
        self.path = path

    def lines(self) -> list[TrainingLine]:
        """Returns all lines that wait.

        Raises:
            BadReview: if the file is not in the form of `data/nlu`.
        """
        if not self.path.exists():
            return []
        try:
            lines = list(read_file(self.path))
            # What is not a line would be lost when the file is written anew.
            blocks = yaml.safe_load(self.path.read_text(encoding="utf-8"))["nlu"]
            if len(lines) != sum(len(block["examples"].splitlines()) for block in blocks):
                raise ValueError("it holds something else than lines of intents")
        except Exception as error:  # of YAML, or of what stands in it
            problem = " ".join(str(error).split())[:200]
            message = f"{self.path.name} is not in the form of data/nlu: {problem}"
            raise BadReview(message) from error
        return lines

    def add(self, intent: str, texts: Iterable[str]) -> None:
        """Adds lines for an intent, each once; one that waits for another intent changes sides."""
        new = {bare(text): text for text in texts}
        with self.changing() as lines:
            kept = [line for line in lines if line.bare not in new]
            kept += [TrainingLine(text, intent, [], "") for text in new.values()]
            self._write(kept)

    def remove(self, texts: Iterable[str]) -> None:
        """Removes lines, however they are punctuated."""
        gone = {bare(text) for text in texts}
        with self.changing() as lines:
            self._write([line for line in lines if line.bare not in gone])

    @contextlib.contextmanager
    def changing(self) -> Iterator[list[TrainingLine]]:
        """Gives the lines while nobody else may change the file."""
        lock = os.open(
            self.path.with_name(".operators_review"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self.lines()
        finally:
            os.close(lock)

    def _write(self, lines: Sequence[TrainingLine]) -> None:
        by_intent: dict[str, list[str]] = {}
        for line in lines:
            by_intent.setdefault(line.intent, []).append(line.annotated)
        text = _HEAD if lines else f"{_HEAD.rstrip()} []\n"
        for intent, annotated in sorted(by_intent.items()):
            text += f"  - intent: {intent}\n    examples: |\n"
            text += "".join(f"      - {line}\n" for line in annotated)
        draft = self.path.with_name(f".operators_{self.path.name}.{secrets.token_hex(4)}")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)


def quick_findings(
    waiting: Sequence[TrainingLine], trained: Sequence[TrainingLine], measured: list[Question]
) -> Mapping[str, Finding]:
    """Returns what the checks say of lines that wait, by location, without looking for places."""
    found = {}
    for finding, said in (
        (Finding.MEASURED, near_measured(list(waiting), measured)),
        (Finding.DOUBLED, doubled([*trained, *waiting])),
    ):
        for sentence in said:
            found[_location(sentence)] = finding
    own = {line.location for line in waiting}
    return {location: finding for location, finding in found.items() if location in own}


def annotated(line: TrainingLine, find: Find, outside: frozenset[str]) -> TrainingLine:
    """Returns a line with the places in it annotated; as it is if somebody has annotated it."""
    if line.spans:
        return line
    found, _ = find(line.text)
    spans = [
        Span("region", match["start"], match["end"])
        for match in found
        if match["entity"] == "region" and match["value"] not in outside
    ]
    return replace(line, spans=sorted(spans, key=lambda span: span.start))


def put_into(text: str, intent: str, lines: Sequence[str]) -> str | None:
    """Returns a file of `data/nlu` with lines added to an intent; None if it is not in the file."""
    block = re.search(
        rf"(?m)^  - intent: {re.escape(intent)}\n    examples: \|\n(?:      - .*\n|[ \t]*\n)*", text
    )
    if block is None:
        return None
    end = block.start() + len(block[0].rstrip("\n")) + 1
    return text[:end] + "".join(f"      - {line}\n" for line in lines) + text[end:]


def take_over(review: Review, good: Sequence[TrainingLine], data: Path = DATA) -> int:
    """Puts lines into the files of their intents and out of the review; returns how many."""
    by_intent: dict[str, list[TrainingLine]] = {}
    for line in good:
        by_intent.setdefault(line.intent, []).append(line)
    taken: list[str] = []
    for intent, lines in by_intent.items():
        for path in sorted(data.glob("*.yml")):
            changed = put_into(
                path.read_text(encoding="utf-8"), intent, [line.annotated for line in lines]
            )
            if changed is not None:
                path.write_text(changed, encoding="utf-8")
                taken += [line.text for line in lines]
    review.remove(taken)
    return len(taken)


def check(
    waiting: Sequence[TrainingLine],
    trained: Sequence[TrainingLine],
    measured: list[Question],
    find: Find,
    outside: frozenset[str],
) -> list[str]:
    """Returns what `python -m data_checks` would say of the lines if they were in `data/nlu`."""
    known = {line.intent for line in trained}
    own = {line.location for line in waiting}
    said = chain(
        (
            f"{line.location}: there is no intent {line.intent} in data/nlu: {line.text}"
            for line in waiting
            if line.intent not in known
        ),
        doubled([*trained, *waiting]),
        near_measured(list(waiting), measured),
        badly_annotated(list(waiting), find, outside),
    )
    return [sentence for sentence in said if _location(sentence) in own]


def main(review: Review | None = None, data: Path = DATA) -> int:
    """Prints the findings; with `--take` puts the other lines into `data/nlu`.

    Returns:
        1 if there is a finding; with `--take` 0, as what has one only waits.
    """
    parser = argparse.ArgumentParser(prog="python -m data_checks.review", description=__doc__)
    parser.add_argument(
        "--take", action="store_true", help="put the lines without a finding into data/nlu"
    )
    options = parser.parse_args()
    of_tenants = [folder_of_all() / tenant / NAME for tenant in names()]
    reviews = [review] if review else [Review(), *map(Review, of_tenants)]
    reviews = [one for one in reviews if one.lines()]
    if not reviews:
        print("No line waits to be reviewed.")
        return 0
    outside = names_outside()
    code = 0
    with tempfile.TemporaryDirectory() as folder:
        find = entity_finder(Path(folder))
        for one in reviews:
            if one.path in of_tenants:
                print(f"Of the tenant {one.path.parent.name}:")
            code = max(code, _reviewed(one, data, find, outside, options.take))
    return code


def _reviewed(review: Review, data: Path, find: Find, outside: frozenset[str], takes: bool) -> int:
    """Prints the findings of one file, or takes over what has none; returns the exit code."""
    waiting = [annotated(line, find, outside) for line in review.lines()]
    findings = check(waiting, list(read_lines(data)), read_measured(MEASURED), find, outside)
    bad = {_location(sentence) for sentence in findings}
    good = [line for line in waiting if line.location not in bad]
    for sentence in findings:
        print(sentence)
    if takes:
        count = take_over(review, good, data)
        print(f"{count} lines were put into data/nlu, {len(bad)} wait. Now: make train.")
        return 0
    print(f"{len(waiting)} lines wait, {len(bad)} of them with a finding.")
    return 1 if findings else 0


def _location(sentence: str) -> str:
    """Returns the `file:line` with which a finding begins."""
    return ":".join(sentence.split(":", 2)[:2])


if __name__ == "__main__":
    sys.exit(guarded(main))
