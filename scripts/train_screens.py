"""Trains what tells screens apart and writes `screenshots/model.npz`, in about a minute.

It learns from invented screens as they were read (`screenshots/lines/readings.jsonl`: what each
is, its sentence, its places, its lines) and from invented texts (`errors.txt`, `others.txt`).
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
STRENGTH = {"text": 20.0, "error": 1.0, "message": 1.0, "kind": 4.0, "place": 4.0}
PARTS = 4
MIN_SHARE = 0.75  # of a line that has to stand in the sentence, if it was read with errors
MIN_WHOLE = 4  # characters of a line that is part of the sentence by itself


@dataclass
class Picture:
    """One screen as it was read, with what is right for it."""

    kind: str
    sentence: str
    places: list[str]
    look: Look
    lines: list[TextLine]
    blocks: list[Block]

    @classmethod
    def of(cls, told: dict[str, Any]) -> Picture:
        """Makes one from a line of the file."""
        lines = tuple(
            TextLine(text, left, top, right, bottom, score, tuple(colours[:3]), tuple(colours[3:]))
            for text, left, top, right, bottom, score, *colours in told["lines"]
        )
        reading = without_bars(Reading(lines, told["width"], told["height"]))
        look = Look.of(reading)
        return cls(
            told["kind"],
            told["sentence"],
            told["places"],
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
    return [it for it in pictures if it.lines]


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
        other = _fit_texts([it for it, at in zip(lines, parts, strict=True) if at != part], alone)
        for picture in (it for it, at in zip(lines, parts, strict=True) if at == part):
            picture.measure(other)
    error, message = (_fit_lines(lines, kind) for kind in ("error", "message"))
    rows: list[Array] = [np.empty(0)] * len(pictures)
    for part in range(PARTS):
        rest = [it for it, at in zip(lines, parts, strict=True) if at != part]
        models = [_fit_lines(rest, kind) for kind in ("error", "message")]
        for number in np.flatnonzero(parts == part):
            errors, messages = (lines[number].chances(model) for model in models)
            picture = pictures[number]
            rows[number] = measures_of_picture(
                picture.lines, picture.blocks, lines[number].texts, errors, messages
            )
    grams = [all_buckets(line.texts) for line in lines]
    kinds, kind = _fit_names(grams, np.array(rows), [it.kind for it in pictures], "kind")
    pages = [at for at, it in enumerate(pictures) if it.kind == "page" and it.places]
    points = np.array([measures_of_page(pictures[at].blocks, lines[at].texts) for at in pages])
    names = [pictures[at].places[0] for at in pages]
    places, place = _fit_names([grams[at] for at in pages], points, names, "place")
    fitted = {"text": text, "error": error, "message": message, "kind": kind, "place": place}
    arrays: dict[str, Array] = {"kinds": np.array(kinds), "places": np.array(places)}
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
        chances = text.predict_proba(_rows(self.texts.buckets, self.texts.vectors))[:, 1]
        pairs = zip(self.measures, chances, strict=True)
        self.measures = np.array([measures_of_line(row, chance) for row, chance in pairs])

    def chances(self, model: LogisticRegression) -> Array:
        """Returns how likely each line is what the model looks for."""
        linear = Linear(_weights(model), model.intercept_)
        pairs = zip(self.texts.buckets, self.measures, strict=True)
        return np.array([linear.chance(buckets, measures) for buckets, measures in pairs])


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
            shared = sum(it.size for it in blocks if it.size > 1)
            found[at] = shared >= MIN_SHARE * len(text)
    return found


def same(text: str) -> str:
    """Returns a text in half-width forms, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _fit_texts(lines: Sequence[_Lines], alone: _Alone) -> LogisticRegression:
    buckets = [*alone.texts.buckets, *(row for it in lines for row in it.texts.buckets)]
    vectors = np.concatenate([alone.texts.vectors, *(it.texts.vectors for it in lines)])
    wanted = np.concatenate([alone.are_errors, *(it.wanted("error") for it in lines)])
    return _fit(_rows(buckets, vectors), wanted, "text")


def _fit_lines(lines: Sequence[_Lines], kind: str) -> LogisticRegression:
    buckets = [row for it in lines for row in it.texts.buckets]
    measures = np.concatenate([it.measures for it in lines])
    wanted = np.concatenate([it.wanted(kind) for it in lines])
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
    ends = np.cumsum([0, *(len(it) for it in buckets)])
    values = np.concatenate([np.full(len(it), len(it) ** -0.5) for it in buckets])
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
