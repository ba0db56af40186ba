"""Trains what tells screens apart and writes `screenshots/model.npz`, in about two minutes.

It learns from invented screens as they were read (`screenshots/lines/readings_*.jsonl`, a file for
each writer: what each is, its sentence, its pages under `places`, its lines), from invented texts
(`errors.txt`, `others.txt`), and from errors with what they mean (`means.tsv`: a trouble, `screen:`
and a screen of `content/recover.yml`, or `-` for none of them).
What one model says of its own training lines is worth nothing to the next, and writers repeat
themselves, so the screens of some writers are judged by models that were trained on the others.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import sys
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from screenshots.blocks import read_lines, without_bars
from screenshots.candidates import candidates_of, without_icon
from screenshots.features import BUCKETS, Texts
from screenshots.model import (
    PATH,
    Linear,
    Lines,
    all_buckets,
    measures_of_page,
    measures_of_picture,
    mixed,
    scale,
)
from screenshots.reading import Reading, TextLine
from screenshots.signs import bare
from scripts.console import ROOT, guarded, shown

Array = np.ndarray[Any, Any]

PACKAGE = ROOT / "screenshots"
LINES = PACKAGE / "lines"
SOURCES = (
    "blocks.py",
    "candidates.py",
    "features.py",
    "model.py",
    "signs.py",
    "screens.yml",
    "trees.py",
)
TEXTS = ("text", "message_text")
STRENGTH = {
    "text": 8.0,
    "message_text": 4.0,
    "error": 0.3,
    "message": 0.3,
    "kind": 2.0,
    "page": 4.0,
    "means": 8.0,
}
GROWTH: dict[str, dict[str, Any]] = {
    name: {
        "max_iter": trees,
        "learning_rate": 0.1,
        "max_leaf_nodes": 7,
        "min_samples_leaf": leaf,
        "l2_regularization": 5.0,
    }
    for name, trees, leaf in (("error", 150, 60), ("message", 60, 60), ("kind", 60, 20))
}
MAX_ITERATIONS = 150  # some stop there, before they are quite at their end
PARTS = 3
MIN_LIKENESS = 0.9  # of a candidate to the sentence, if it was read with errors
MAX_ASIDE = 8  # characters of a line beside a message that is surely none
MIN_SHARE = 0.75  # of a line that has to stand in the sentence, if it was read with errors
MIN_WHOLE = 4  # characters of a line that is part of the sentence by itself


@dataclass
class Picture:
    """One screen as it was read, with what is right for it.

    Attributes:
        writer: the file that it is from.
        kind: what it shows.
        sentence: the error or the message on it, or "".
        pages: the pages of the procedure that it may be.
        lines: what was read, at least one line.
    """

    writer: str
    kind: str
    sentence: str
    pages: list[str]
    lines: Lines

    @cached_property
    def is_wanted(self) -> Array:
        """Which lines are the sentence, bool."""
        return labels(self.lines.lines, self.sentence)

    @cached_property
    def target(self) -> int | None:
        """The number of the candidate that is the error; None if there is none."""
        whole = without_icon(same(self.sentence)) if self.kind == "error" else ""
        if not whole:
            return None
        likeness = [_likeness(candidate.text, whole) for candidate in self.lines.candidates]
        best = int(np.argmax(likeness))
        return best if likeness[best] >= MIN_LIKENESS else None

    def are_errors(self) -> Array:
        """Returns which candidates are the error, bool."""
        found = np.zeros(len(self.lines.candidates), bool)
        if self.target is not None:
            found[self.target] = True
        return found

    def are_messages(self) -> Array:
        """Returns which lines are the message, bool."""
        return self.is_wanted if self.kind == "message" else np.zeros(len(self.is_wanted), bool)

    def texts(self) -> Iterator[tuple[int, bool]]:
        """Yields the candidates whose words say something by themselves, and if it is an error."""
        for number, candidate in enumerate(self.lines.candidates):
            if number == self.target:
                yield number, True
            elif len(candidate.numbers) == 1 and not (
                self.kind == "error" and self.is_wanted[candidate.numbers[0]]
            ):
                yield number, False

    def message_texts(self) -> Iterator[tuple[int, bool]]:
        """Yields the lines whose words say something by themselves, and if it is the message."""
        for number, is_message in zip(self.lines.alone, self.are_messages(), strict=True):
            text = self.lines.candidates[number].text
            if is_message or self.kind != "message" or len(text) <= MAX_ASIDE:
                yield number, bool(is_message)


def _likeness(text: str, whole: str) -> float:
    matcher = difflib.SequenceMatcher(None, text, whole, False)
    return matcher.ratio() if matcher.real_quick_ratio() >= MIN_LIKENESS else 0.0


class Encoder:
    """The numbers of texts that are encoded together, which is much faster."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = sorted(set(texts))
        self._numbers = {text: number for number, text in enumerate(self._texts)}
        self._all = Texts.of(self._texts)

    def __call__(self, texts: Sequence[str]) -> Texts:
        """Returns the numbers of some of them."""
        numbers = [self._numbers[text] for text in texts]
        return Texts([self._all.buckets[number] for number in numbers], self._all.vectors[numbers])


def reading_of(example: dict[str, Any]) -> Reading:
    """Returns the reading in a line of a file, without bars."""
    lines = tuple(
        TextLine(text, left, top, right, bottom, score, tuple(colours[:3]), tuple(colours[3:]))
        for text, left, top, right, bottom, score, *colours in example["lines"]
    )
    return without_bars(Reading(lines, example["width"], example["height"]))


def fingerprint() -> str:
    """Returns one value for all that decides what is learnt."""
    digest = hashlib.sha256()
    for path in (*(PACKAGE / name for name in SOURCES), *sorted(LINES.iterdir())):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read_pictures(every: int = 1) -> list[Picture]:
    """Returns all screens that have a line, or one of so many."""
    examples = [
        (file.stem, json.loads(line))
        for file in sorted(LINES.glob("readings_*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ][::every]
    readings = [reading_of(example) for _, example in examples]
    encode = Encoder(
        candidate.text for reading in readings for candidate in candidates_of(read_lines(reading))
    )
    return [
        Picture(
            writer,
            example["kind"],
            example["sentence"],
            example["places"],
            Lines.of(reading, encode),
        )
        for (writer, example), reading in zip(examples, readings, strict=True)
        if read_lines(reading)
    ]


def read_texts() -> list[tuple[str, bool]]:
    """Returns texts, and whether each is an error."""
    return [
        (bare(line), name == "errors")
        for name in ("errors", "others")
        for line in (LINES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def read_means() -> list[tuple[str, str]]:
    """Returns errors, and what each means."""
    lines = (LINES / "means.tsv").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines)
    return [(without_icon(bare(text)), means.strip("-")) for means, text in pairs]


def train(
    pictures: Sequence[Picture],
    texts: Sequence[tuple[str, bool]],
    means: Sequence[tuple[str, str]],
) -> dict[str, Array]:
    """Returns the arrays of the model."""
    writers = sorted({picture.writer for picture in pictures})
    parts = np.array([writers.index(picture.writer) % PARTS for picture in pictures])
    alone = Texts.of([text for text, _ in texts]), [is_error for _, is_error in texts]
    splits = [(np.flatnonzero(parts != part), np.flatnonzero(parts == part)) for part in set(parts)]
    everything = np.arange(len(pictures))
    of_others: list[Array] = [np.empty(0)] * len(pictures)
    rows = _Rows(pictures)
    for rest, part in splits:
        text, message_text = (_fit_texts(_take(pictures, rest), alone, name) for name in TEXTS)
        rows.measure(part, text, message_text)
    arrays: dict[str, Array] = {}
    for name in ("error", "message"):
        arrays |= _fit_mixed(rows, everything, name)
    for rest, part in splits:
        error, message = (
            mixed(_fit_mixed(rows, rest, name), name) for name in ("error", "message")
        )
        for number in part:
            lines, error_rows = pictures[number].lines, rows.errors[number]
            errors = error.probabilities(error_rows)
            messages = message.probabilities(rows.messages[number])
            rows.pictures[number] = lines.picture_row(error_rows, errors, messages)
            of_others[number] = lines.of_lines(errors)
    arrays |= _fit_kinds(pictures, np.array(rows.pictures), of_others)
    arrays |= _fit_pages([one for one in pictures if one.kind == "page" and one.pages])
    for name in TEXTS:
        arrays |= _weights(_fit_texts(pictures, alone, name), name)
    return arrays | _fit_means(means)


def _take(pictures: Sequence[Picture], numbers: Array) -> list[Picture]:
    return [pictures[number] for number in numbers]


class _Rows:
    """The features of all pictures, each measured by models that have not learnt from it.

    Attributes:
        errors: of the candidates of each picture.
        messages: of its lines.
        pictures: of the whole.
    """

    def __init__(self, pictures: Sequence[Picture]) -> None:
        self._pictures = pictures
        empty: list[Array] = [np.empty(0)] * len(pictures)
        self.errors, self.messages, self.pictures = [*empty], [*empty], [*empty]

    def measure(self, numbers: Array, text: Any, message_text: Any) -> None:
        """Measures the candidates and lines of some pictures."""
        of_text, of_message = Linear(*_parts(text)), Linear(*_parts(message_text))
        for number in numbers:
            lines = self._pictures[number].lines
            self.errors[number] = lines.error_rows(of_text)
            self.messages[number] = lines.message_rows(of_message, self.errors[number])

    def of(self, numbers: Array, name: str) -> tuple[Array, Array]:
        """Returns the rows of some pictures for a model, and which of them are wanted."""
        pictures = _take(self._pictures, numbers)
        if name == "error":
            rows, wanted = self.errors, [picture.are_errors() for picture in pictures]
        else:
            rows, wanted = self.messages, [picture.are_messages() for picture in pictures]
        return np.vstack([rows[number] for number in numbers]), np.concatenate(wanted)


def _fit_texts(
    pictures: Sequence[Picture], alone: tuple[Texts, list[bool]], name: str
) -> LogisticRegression:
    """Fits what tells by words alone; a text that is wanted anywhere is nowhere unwanted."""
    found: dict[str, tuple[bool, Array, Array]] = {}
    for picture in pictures:
        chosen = picture.texts() if name == "text" else picture.message_texts()
        for number, is_wanted in chosen:
            text, texts = picture.lines.candidates[number].text, picture.lines.texts
            if text not in found or is_wanted:
                found[text] = is_wanted, texts.buckets[number], texts.vectors[number]
    wanted, buckets, vectors = zip(*found.values(), strict=True)
    texts, are_errors = alone
    are_wanted = are_errors if name == "text" else [False] * len(are_errors)
    rows = _rows([*buckets, *texts.buckets], np.vstack([np.array(vectors), texts.vectors]))
    return _fit(rows, [*wanted, *are_wanted], name)


def _fit_mixed(rows: _Rows, numbers: Array, name: str) -> dict[str, Array]:
    """Returns the arrays of a `Mixed`."""
    measures, wanted = rows.of(numbers, name)
    arrays = _scale(measures, name)
    model = _fit(scale(arrays, name)(measures), wanted, name)
    return arrays | _weights(model, name) | grow(measures, wanted, name)


def _fit_kinds(
    pictures: Sequence[Picture], rows: Array, errors: Sequence[Array]
) -> dict[str, Array]:
    arrays = _scale(rows, "kind")
    to_scale, kinds = scale(arrays, "kind"), [picture.kind for picture in pictures]
    texts = [picture.lines.line_texts() for picture in pictures]
    measures = [
        measures_of_picture(row, to_scale, of_lines, likely)
        for row, of_lines, likely in zip(rows, texts, errors, strict=True)
    ]
    model = _fit(_rows(list(map(all_buckets, texts)), np.array(measures)), kinds, "kind")
    arrays |= {"kinds": np.array(list(model.classes_))}
    return arrays | _weights(model, "kind") | grow(rows, kinds, "kind")


def _fit_pages(pictures: Sequence[Picture]) -> dict[str, Array]:
    texts = [picture.lines.line_texts() for picture in pictures]
    points = [
        measures_of_page(picture.lines.blocks, of_lines)
        for picture, of_lines in zip(pictures, texts, strict=True)
    ]
    names = [picture.pages[0] for picture in pictures]
    model = _fit(_rows(list(map(all_buckets, texts)), np.array(points)), names, "page")
    return {"pages": np.array(list(model.classes_))} | _weights(model, "page")


def _fit_means(errors: Sequence[tuple[str, str]]) -> dict[str, Array]:
    texts = Texts.of([text for text, _ in errors])
    wanted = [means for _, means in errors]
    model = _fit(_rows(texts.buckets, texts.vectors), wanted, "means")
    return {"meanings": np.array(list(model.classes_))} | _weights(model, "means")


def labels(lines: Sequence[TextLine], sentence: str) -> Array:
    """Returns which lines are part of a sentence, bool; a line may have been read with errors."""
    whole = same(sentence)
    found = np.zeros(len(lines), bool)
    for at, line in enumerate(lines):
        text = same(line.text)
        if not whole or not text:
            continue
        if text in whole:
            is_tail = whole.endswith(text) and found[max(at - 2, 0) : at].any()
            found[at] = len(text) >= min(MIN_WHOLE, 0.3 * len(whole)) or is_tail
        elif len(text) >= MIN_WHOLE:
            blocks = difflib.SequenceMatcher(None, text, whole, False).get_matching_blocks()
            shared = sum(block.size for block in blocks if block.size > 1)
            found[at] = shared >= MIN_SHARE * len(text)
    return found


def same(text: str) -> str:
    """Returns a text in half-width forms, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _fit(rows: Any, wanted: Any, name: str) -> LogisticRegression:
    model = LogisticRegression(C=STRENGTH[name], max_iter=MAX_ITERATIONS, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(rows, wanted)


def _parts(model: LogisticRegression) -> tuple[Array, Array]:
    return model.coef_, model.intercept_


def _weights(model: LogisticRegression, name: str) -> dict[str, Array]:
    weights, bias = _parts(model)
    return {name: weights.astype(np.float16), f"{name}_bias": bias.astype(np.float32)}


def _scale(measures: Array, name: str) -> dict[str, Array]:
    deviation = measures.std(axis=0)
    return {
        f"{name}_mean": measures.mean(axis=0).astype(np.float32),
        f"{name}_deviation": np.where(deviation > 0, deviation, 1).astype(np.float32),
    }


def grow(rows: Array, wanted: Any, name: str) -> dict[str, Array]:
    """Grows trees, and returns their arrays."""
    model = HistGradientBoostingClassifier(**GROWTH[name], early_stopping=False, random_state=0)
    model.fit(rows, wanted)
    grown = [tree.nodes for trees in model._predictors for tree in trees]
    size = max(map(len, grown))
    arrays: dict[str, Array] = {
        "feature": np.zeros((len(grown), size), np.int16),
        "threshold": np.full((len(grown), size), np.inf, np.float32),
        "left": np.zeros((len(grown), size), np.int16),
        "right": np.zeros((len(grown), size), np.int16),
        "value": np.zeros((len(grown), size), np.float32),
    }
    for row, nodes in enumerate(grown):
        own, is_leaf = np.arange(len(nodes)), nodes["is_leaf"].astype(bool)
        arrays["feature"][row, own] = np.where(is_leaf, 0, nodes["feature_idx"])
        arrays["threshold"][row, own] = np.where(is_leaf, np.inf, nodes["num_threshold"])
        arrays["left"][row, own] = np.where(is_leaf, own, nodes["left"])
        arrays["right"][row, own] = np.where(is_leaf, own, nodes["right"])
        arrays["value"][row, own] = nodes["value"]
    start = np.ravel(model._baseline_prediction)
    return {f"{name}_{field}": values for field, values in (arrays | {"start": start}).items()}


def _rows(buckets: Sequence[Array], measures: Array) -> csr_matrix:
    """Returns n-grams, as rows of length one, with the measures beside them."""
    ends = np.cumsum([0, *(len(row) for row in buckets)])
    values = np.concatenate([np.full(len(row), len(row) ** -0.5) for row in buckets])
    grams = csr_matrix((values, np.concatenate(buckets), ends), (len(buckets), BUCKETS))
    return hstack([grams, csr_matrix(measures)]).tocsr()


def save(arrays: dict[str, Array], path: Path = PATH) -> None:
    """Writes the model."""
    np.savez_compressed(path, **arrays)


def main() -> int:
    """Trains and writes."""
    pictures, texts, means = read_pictures(), read_texts(), read_means()
    save({**train(pictures, texts, means), "sources": np.array(fingerprint())})
    amounts = f"{len(pictures)} screens, {len(texts)} texts and {len(means)} errors"
    print(f"{shown(PATH)}: learnt from {amounts}.")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
