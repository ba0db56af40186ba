"""How well places are found: in generated sentences for every place, and in written ones."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.place_sentences import FRAMES, OTHER_FRAMES, sentences
from data_checks.findings import Find, entity_finder
from gazetteer.places import Gazetteer
from scripts.console import ROOT

HERE = ROOT / "tests" / "nlu"
Spans = set[tuple[int, int]]


@dataclass
class Found:
    """What was found, what should have been, and how much of it is the same."""

    sentences: int = 0
    found: int = 0
    wanted: int = 0
    right: int = 0

    def add(self, found: Spans, wanted: Spans) -> None:
        """Counts one sentence."""
        self.sentences += 1
        self.found += len(found)
        self.wanted += len(wanted)
        self.right += len(found & wanted)

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what should have been found that was."""
        return self.right / self.wanted if self.wanted else 1.0


def measure_places() -> dict[str, Found]:
    """Returns the counts for generated sentences, written ones, and such without a place."""
    results = {"generated": Found(), "written": Found(), "without a place": Found()}
    with tempfile.TemporaryDirectory() as folder:
        find = entity_finder(Path(folder))
        places = list(Gazetteer.load(ROOT / "content").places.values())
        dictionary = (ROOT / "nlu/jieba/places.txt").read_text(encoding="utf-8").splitlines()
        tags = {line.split()[0]: line.split()[2] for line in dictionary}
        for frames in (FRAMES, OTHER_FRAMES):
            for text, spans in sentences(places, tags, frames):
                results["generated"].add(_places(find, text), {*spans})
        for line in (HERE / "places_by_hand.txt").read_text(encoding="utf-8").splitlines():
            text, wanted = unmark(line)
            results["written"].add(_places(find, text), wanted)
        for line in (HERE / "not_places.txt").read_text(encoding="utf-8").splitlines():
            results["without a place"].add(_places(find, line), set())
    return results


def unmark(line: str) -> tuple[str, Spans]:
    """Returns a line without its square brackets, and where they stood."""
    text, spans = "", set()
    for part in re.split(r"(\[[^]]*])", line):
        if part.startswith("["):
            spans.add((len(text), len(text) + len(part) - 2))
        text += part.strip("[]")
    return text, spans


def _places(find: Find, text: str) -> Spans:
    return {
        (entity["start"], entity["end"]) for entity in find(text)[0] if entity["entity"] == "region"
    }
