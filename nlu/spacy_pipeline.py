"""Builds the spaCy pipeline that finds places, other systems, extents and step numbers.

No trained Chinese pipeline is needed: a blank one splits a text into characters, and a span
ruler marks every word of `nlu/jieba`, every name of `nlu/places/names.txt` and every pattern of
`nlu/entities.yml`, also overlapping ones. `nlu.entity_rules` decides between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import spacy
from ruamel.yaml import YAML
from spacy.language import Language

STEP = "step_number"
SAID_STEP = "said_step_number"  # a number that is a step's only where little follows it


def read_entity_config(path: Path) -> dict[str, Any]:
    """Reads `nlu/entities.yml`.

    Raises:
        OSError: if the file cannot be read.
    """
    entity_config: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return entity_config


def build_pipeline(dictionaries: Path, names: Path, entity_config: dict[str, Any]) -> Language:
    """Returns the pipeline; its spans carry the dictionary's tag or a kind of step as label.

    Raises:
        OSError: if a dictionary or the file of names cannot be read.
    """
    files = sorted(dictionaries.glob("*.txt"))
    nlp = spacy.blank("zh")
    config = {"phrase_matcher_attr": "LOWER", "validate": False}
    ruler: Any = nlp.add_pipe("span_ruler", config=config)
    patterns: list[dict[str, Any]] = [
        {"label": tag, "pattern": word}
        for word, _, tag in chain(read_dictionary(names), *map(read_dictionary, files))
        if tag in entity_config["tags"]
    ]
    steps = entity_config[STEP]
    patterns += [
        {"label": STEP, "pattern": _tokens(pattern, steps)} for pattern in steps["patterns"]
    ]
    patterns += [
        {"label": SAID_STEP, "pattern": _tokens([*text, "number"], steps)} for text in steps["said"]
    ]
    ruler.add_patterns(patterns)
    return nlp


def read_dictionary(path: Path) -> Iterator[tuple[str, int, str]]:
    """Yields word, frequency and tag of each line of a dictionary of jieba's that has all three.

    Raises:
        OSError: if the file cannot be read.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = line.split()
        if len(parts) == 3:
            yield parts[0], int(parts[1]), parts[2]


def _tokens(pattern: list[str], steps: dict[str, Any]) -> list[dict[str, Any]]:
    kinds: dict[str, dict[str, Any]] = {
        "number": {"TEXT": {"IN": steps["number"]}, "OP": "{1,3}"},
        "digit": {"IS_DIGIT": True, "OP": "{1,3}"},
    }
    return [kinds.get(part, {"LOWER": part}) for part in pattern]
