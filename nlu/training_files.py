"""Has Rasa read the files of training lines once, in a fifth of the time.

Rasa reads them for each language that it is asked for, which are two; checks them by a parser that
takes longer than all the rest of the reading; and copies the lines six times on their way to the
first component. `make check` checks them, so that a training need not.
"""

from __future__ import annotations

from functools import lru_cache

from rasa.shared.importers import utils
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.fingerprints import with_lines

_read = utils.training_data_from_paths


def read_once() -> None:
    """Has Rasa use the functions below, in a program that trains and ends."""
    utils.training_data_from_paths = training_data_from_paths
    RasaYAMLReader.validate = accept
    TrainingData.merge = merge


def training_data_from_paths(paths: list[str], language: str) -> TrainingData:
    """Returns the lines of files; in our format they are the same in each language."""
    return _read_files(tuple(paths))


@lru_cache(maxsize=1)
def _read_files(paths: tuple[str, ...]) -> TrainingData:
    return _read(paths, "")


def merge(data: TrainingData, *others: TrainingData | None) -> TrainingData:
    """Returns training data with what others have behind; no line is copied."""
    there = [data, *(other for other in others if other)]
    merged = with_lines(data, [line for other in there[1:] for line in other.training_examples])
    for name in ("entity_synonyms", "responses"):
        setattr(
            merged, name, {key: value for one in there for key, value in getattr(one, name).items()}
        )
    for name in ("regex_features", "lookup_tables"):
        setattr(merged, name, [each for one in there for each in getattr(one, name)])
    return merged


def accept(reader: RasaYAMLReader, text: str) -> None:
    """Stands for the check of a file."""
