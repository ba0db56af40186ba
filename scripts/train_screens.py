"""Trains what tells screens apart and writes `screenshots/model.npz`, in about a minute.

It learns from invented screens as they were read (`screenshots/lines/readings.jsonl`: what each
is, its sentence, its pages under `places`, its lines) and from invented texts (`errors.txt`,
`others.txt`).
What one model says of its own training lines is worth nothing to the next, so each part of the
screens is judged by models that were trained on the others.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from screenshots.blocks import Block, Look, blocks_of, read_lines, without_bars
from screenshots.features import BUCKETS, Texts, line_features, ngrams, vectors_of
from screenshots.model import (
    PATH,
    Linear,
    all_buckets,
    measures_of_line,
    measures_of_page,
    measures_of_picture,
)
from screenshots.reading import Reading, TextLine
from screenshots.signs import bare
from scripts.console import ROOT, guarded, shown

Array = np.ndarray[Any, Any]

PACKAGE = ROOT / "screenshots"
LINES = PACKAGE / "lines"
SOURCES = ("blocks.py", "features.py", "model.py", "signs.py", "screens.yml")
STRENGTH = {"text": 20.0, "error": 1.0, "message": 1.0, "kind": 4.0, "page": 4.0}
PARTS = 4
MIN_SHARE = 0.75  # of a line that has to stand in the sentence, if it was read with errors
MIN_WHOLE = 4  # characters of a line that is part of the sentence by itself


@dataclass
class Picture:
    """One screen as it was read, with what is right for it."""

    kind: str
    sentence: str
    pages: list[str]
    look: Look
    lines: list[TextLine]
    blocks: list[Block]

    @classmethod
    def of(cls, example: dict[str, Any]) -> Picture:
        """Makes one from a line of the file."""
        lines = tuple(
            TextLine(text, left, top, right, bottom, score, tuple(colours[:3]), tuple(colours[3:]))
            for text, left, top, right, bottom, score, *colours in example["lines"]
        )
        reading = without_bars(Reading(lines, example["width"], example["height"]))
        look = Look.of(reading)
        return cls(
            example["kind"],
            example["sentence"],
            example["places"],
            look,
            read_lines(reading),
            blocks_of(reading, look),
        )


def fingerprint() -> str:
    """Returns one value for all that decides what is learnt."""
    digest = hashlib.sha256()
    for path in (*(PACKAGE / name for name in SOURCES), *sorted(LINES.iterdir())):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read_pictures() -> list[Picture]:
    """Returns all screens that have a line."""
    text = (LINES / "readings.jsonl").read_text(encoding="utf-8")
    pictures = [Picture.of(json.loads(line)) for line in text.splitlines()]
    return [picture for picture in pictures if picture.lines]


def read_texts() -> list[tuple[str, bool]]:
    """Returns texts, and whether each is an error."""
    return [
        (bare(line), name == "errors")
        for name in ("errors", "others")
        for line in (LINES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def train(pictures: Sequence[Picture], texts: Sequence[tuple[str, bool]]) -> dict[str, Array]:
    """Returns the arrays of the model."""
    parts = np.arange(len(pictures)) % PARTS
    lines = _lines_of(pictures)
    alone = _Alone(Texts.of([text for text, _ in texts]), [is_error for _, is_error in texts])
    text = _fit_texts(lines, alone)
    for part in range(PARTS):
        of_others = _fit_texts([lines[number] for number in np.flatnonzero(parts != part)], alone)
        for number in np.flatnonzero(parts == part):
            lines[number].measure(of_others)
    error, message = (_fit_lines(lines, kind) for kind in ("error", "message"))
    rows: list[Array] = [np.empty(0)] * len(pictures)
    for part in range(PARTS):
        rest = [lines[number] for number in np.flatnonzero(parts != part)]
        models = [_fit_lines(rest, kind) for kind in ("error", "message")]
        for number in np.flatnonzero(parts == part):
            errors, messages = (lines[number].probabilities(model) for model in models)
            picture = pictures[number]
            rows[number] = measures_of_picture(
                picture.lines, picture.blocks, lines[number].texts, errors, messages
            )
    grams = [all_buckets(picture_lines.texts) for picture_lines in lines]
    kinds, kind = _fit_names(grams, np.array(rows), [picture.kind for picture in pictures], "kind")
    numbers = [
        number
        for number, picture in enumerate(pictures)
        if picture.kind == "page" and picture.pages
    ]
    points = np.array(
        [measures_of_page(pictures[number].blocks, lines[number].texts) for number in numbers]
    )
    names = [pictures[number].pages[0] for number in numbers]
    pages, page = _fit_names([grams[number] for number in numbers], points, names, "page")
    fitted = {"text": text, "error": error, "message": message, "kind": kind, "page": page}
    arrays: dict[str, Array] = {"kinds": np.array(kinds), "pages": np.array(pages)}
    for name, model in fitted.items():
        arrays[name] = _weights(model).astype(np.float16)
        arrays[f"{name}_bias"] = model.intercept_.astype(np.float32)
    return arrays


@dataclass
class _Alone:
    """Texts that stand on no picture, and which of them are errors."""

    texts: Texts
    are_errors: list[bool]


class _Lines:
    """The lines of a picture on their way through the models."""

    def __init__(self, picture: Picture, texts: Texts) -> None:
        self.picture = picture
        self.texts = texts
        self.is_wanted = labels(picture.lines, picture.sentence)
        self.measures = line_features(picture.lines, picture.look)

    def wanted(self, kind: str) -> Array:
        """Returns which lines are the sentence of a picture of this kind, bool."""
        is_kind = self.picture.kind == kind
        return self.is_wanted if is_kind else np.zeros(len(self.is_wanted), bool)

    def measure(self, text: LogisticRegression) -> None:
        """Adds to the measures of each line what its words alone say."""
        probabilities = text.predict_proba(_rows(self.texts.buckets, self.texts.vectors))[:, 1]
        pairs = zip(self.measures, probabilities, strict=True)
        self.measures = np.array([measures_of_line(row, probability) for row, probability in pairs])

    def probabilities(self, model: LogisticRegression) -> Array:
        """Returns how likely each line is what the model looks for."""
        linear = Linear(_weights(model), model.intercept_)
        pairs = zip(self.texts.buckets, self.measures, strict=True)
        return np.array([linear.probability(buckets, measures) for buckets, measures in pairs])


def _lines_of(pictures: Sequence[Picture]) -> list[_Lines]:
    """Returns the lines of each picture; all texts are encoded together."""
    texts = [[bare(line.text) for line in picture.lines] for picture in pictures]
    vectors = vectors_of([text for some in texts for text in some])
    ends = np.cumsum([len(some) for some in texts])
    return [
        _Lines(picture, Texts([ngrams(text) for text in some], vectors[end - len(some) : end]))
        for picture, some, end in zip(pictures, texts, ends, strict=True)
    ]


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


def _fit_texts(lines: Sequence[_Lines], alone: _Alone) -> LogisticRegression:
    buckets = [
        *alone.texts.buckets,
        *(row for picture_lines in lines for row in picture_lines.texts.buckets),
    ]
    vectors = np.concatenate(
        [alone.texts.vectors, *(picture_lines.texts.vectors for picture_lines in lines)]
    )
    wanted = np.concatenate(
        [alone.are_errors, *(picture_lines.wanted("error") for picture_lines in lines)]
    )
    return _fit(_rows(buckets, vectors), wanted, "text")


def _fit_lines(lines: Sequence[_Lines], kind: str) -> LogisticRegression:
    buckets = [row for picture_lines in lines for row in picture_lines.texts.buckets]
    measures = np.concatenate([picture_lines.measures for picture_lines in lines])
    wanted = np.concatenate([picture_lines.wanted(kind) for picture_lines in lines])
    return _fit(_rows(buckets, measures), wanted, kind)


def _fit_names(
    buckets: Sequence[Array], measures: Array, names: Sequence[str], what: str
) -> tuple[list[str], LogisticRegression]:
    model = _fit(_rows(buckets, measures), names, what)
    return list(model.classes_), model


def _fit(rows: csr_matrix, wanted: Any, what: str) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH[what], max_iter=1_000).fit(rows, wanted)


def _weights(model: LogisticRegression) -> Array:
    weights: Array = model.coef_
    return weights


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
    pictures, texts = read_pictures(), read_texts()
    save({**train(pictures, texts), "sources": np.array(fingerprint())})
    print(f"{shown(PATH)}: learnt from {len(pictures)} screens and {len(texts)} texts.")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
