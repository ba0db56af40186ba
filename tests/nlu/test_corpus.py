"""Counting the n-grams of all lines at once gives what counting them line by line gives."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from nlu.corpus import BEGIN, BETWEEN, END, Corpus

RNG = random.Random(1)
LINES = [
    [],
    ["a"],
    ["b", "b", "b", "b"],
    *[RNG.choices("abcdefg", k=RNG.randrange(12)) for _ in range(60)],
    ["two words", "a"],
]


def ngrams(units: list[str], length: int) -> list[str]:
    bounded = [BEGIN, *units, END] if units else []
    return [BETWEEN.join(bounded[at : at + length]) for at in range(len(bounded) - length + 1)]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_lines_are_counted_once_however_often_they_have_an_ngram(length: int) -> None:
    expected = Counter(ngram for units in LINES for ngram in set(ngrams(units, length)))
    assert Corpus(LINES).count_lines(length) == expected


@pytest.mark.parametrize("length", [1, 2, 3])
def test_each_line_has_its_ngrams_as_often_as_they_are_in_it(length: int) -> None:
    known = sorted({ngram for units in LINES[::2] for ngram in ngrams(units, length)})
    columns = {ngram: column for column, ngram in enumerate(known)}
    found = zip(*Corpus(LINES).times(length, columns), strict=True)
    expected = {
        (line, columns[ngram], times)
        for line, units in enumerate(LINES)
        for ngram, times in Counter(ngrams(units, length)).items()
        if ngram in columns
    }
    assert set(found) == expected


def test_nothing_has_no_ngrams() -> None:
    nothing: list[list[list[str]]] = [[], [[]], [["a"]]]
    for lines in nothing:
        corpus = Corpus(lines)
        assert corpus.count_lines(5) == {}
        assert [len(part) for part in corpus.times(5, {"x": 0})] == [0, 0, 0]
        assert len(corpus) == len(lines)


def test_more_units_than_can_be_numbered_are_refused() -> None:
    corpus = Corpus([[chr(0x4E00 + number) for number in range(5_000)]])
    with pytest.raises(OverflowError, match="5002 units"):
        corpus.count_lines(6)
