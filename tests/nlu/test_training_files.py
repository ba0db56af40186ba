"""Files that are read once hold what Rasa reads by itself, and nothing is read twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.shared.importers import utils
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu import training_files

FIRST = """version: "3.1"
nlu:
- intent: greet
  examples: |
    - 你好
    - 你好
    - 在吗 [厦门](city)
- synonym: 厦门
  examples: |
    - 鹭岛
"""
SECOND = """version: "3.1"
nlu:
- intent: goodbye
  examples: |
    - 再见
- regex: number
  examples: |
    - \\d+
- lookup: town
  examples: |
    - 集美
"""


@pytest.fixture
def changed() -> Iterator[None]:
    """Rasa as it is in a training, for one test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(utils, "training_data_from_paths", utils.training_data_from_paths)
        patch.setattr(RasaYAMLReader, "validate", RasaYAMLReader.validate)
        patch.setattr(TrainingData, "merge", TrainingData.merge)
        training_files._read_files.cache_clear()
        yield
    training_files._read_files.cache_clear()


def read(folder: Path) -> list[TrainingData]:
    importer = TrainingDataImporter.load_from_config(
        str(folder / "config.yml"), str(folder / "domain.yml"), [str(folder / "data")]
    )
    return [importer.get_nlu_data(), importer.get_nlu_data("zh")]


def content(data: TrainingData) -> tuple[object, ...]:
    lines = [sorted(line.data.items(), key=repr) for line in data.training_examples]
    return lines, data.entity_synonyms, data.regex_features, data.lookup_tables, data.responses


@pytest.mark.usefixtures("changed")
def test_the_lines_are_those_that_rasa_reads(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name, text in (
        ("data/first.yml", FIRST),
        ("data/second.yml", SECOND),
        ("config.yml", "language: zh\n"),
        ("domain.yml", "intents: [greet, goodbye]\n"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    rasas = [content(data) for data in read(tmp_path)]
    training_files.read_once()
    ours = read(tmp_path)
    assert [content(data) for data in ours] == rasas
    texts = [line.get("text") for line in ours[0].nlu_examples]
    assert texts == ["你好", "在吗 厦门", "再见"]
    first, second = ([id(line) for line in data.nlu_examples] for data in ours)
    assert first == second


@pytest.mark.usefixtures("changed")
def test_merging_changes_neither_side() -> None:
    one = TrainingData([Message({"text": "a"})], {"b": "c"})
    other = TrainingData([Message({"text": "d"})], {"e": "f"}, [{"name": "n", "pattern": "p"}])
    merged = training_files.merge(one, None, other)
    assert merged.training_examples == [*one.training_examples, *other.training_examples]
    assert merged.entity_synonyms == {"b": "c", "e": "f"}
    assert (one.entity_synonyms, one.regex_features) == ({"b": "c"}, [])
