"""Writes down what a model answers today, beside the model: `python -m scripts.known_questions`.

The operator's pages compare a new question of the operator's own with it (`operators/reach.py`):
which of the development questions it would take, and from which answers. They load no model.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.console import LOGS, ROOT, Failure, clean_environment, guarded, shown
from scripts.processes import run_to_end
from serving.without_tensorflow import Placeholders, is_needless

QUESTIONS = ROOT / "tests" / "nlu" / "development.tsv"
ENDING = ".known.npz"
LOG = LOGS / "known_questions.log"
BACKGROUND = "background.npz"


def known_path(model: Path) -> Path:
    """Returns where the answers of a model belong."""
    return model.with_name(model.name.removesuffix(".tar.gz") + ENDING)


def ensure_known(model: Path, quiet: dict[str, str]) -> Path:
    """Writes the answers of a model down unless that was done; returns where they belong.

    Nothing but a page needs them: where they cannot be had, a line says so, and all goes on.
    """
    known = known_path(model)
    if known.exists() or not QUESTIONS.exists():
        return known
    command = [sys.executable, "-m", "scripts.known_questions", str(model)]
    environment = clean_environment(**quiet)
    program = run_to_end("Asking the model the known questions", command, LOG, environment)
    if program.exit_code or not known.exists():
        print(f"The model could not be asked: the reason is in {shown(LOG)}.", flush=True)
    return known


def write(model: Path) -> Path:
    """Asks the model, and writes what it answers."""
    import numpy as np

    from data_checks.lines import Question, read_questions
    from nlu.local_questions import Background, doubt_of, message_form
    from nlu.sentence_encoder import encode_all

    questions: Sequence[Question] = read_questions(QUESTIONS)
    parsed = _ask(model, [question.text for question in questions])
    doubts = [doubt_of(one["intent_ranking"]) for one in parsed]
    intents = [str(one["intent"]["name"]) for one in parsed]
    normalise = message_form()
    texts = [normalise(question.text) for question in questions]
    vectors = encode_all(texts)
    background = Background.load(_background(model))
    known = known_path(model)
    draft = known.with_name(f".{known.name}")
    with draft.open("wb") as file:
        np.savez(
            file,
            **background.arrays(),
            asked=np.array([question.text for question in questions], str),
            normalised=np.array(texts, str),
            vectors=vectors.astype(np.float16),
            against=np.array(
                [background.against(v, doubt) for v, doubt in zip(vectors, doubts, strict=True)]
            ),
            intents=np.array(intents, str),
            right=np.array(
                [name in q.intents for name, q in zip(intents, questions, strict=True)], bool
            ),
        )
    draft.replace(known)
    return known


def _ask(model: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)  # else Rasa prints every question
    agent = Agent.load(str(model))

    async def ask_all() -> list[dict[str, Any]]:
        return [await agent.parse_message(text) for text in texts]

    return asyncio.run(ask_all())


def _background(model: Path) -> io.BytesIO:
    """Returns the file of the model in which the reader of such questions keeps what it learnt.

    Raises:
        Failure: if the model has none.
    """
    with tarfile.open(model) as archive:
        names = [name for name in archive.getnames() if Path(name).name == BACKGROUND]
        found = archive.extractfile(names[0]) if names else None
        if found is None:
            raise Failure(
                f"{shown(model)} has no {BACKGROUND}: it is a model of an earlier version"
            )
        return io.BytesIO(found.read())


def main() -> int:
    """Writes the answers of the model on the command line."""
    os.chdir(ROOT)
    if is_needless(ROOT / "config.yml"):
        sys.meta_path.insert(0, Placeholders())
    known = write(Path(sys.argv[1]))
    print(f"Known questions: {shown(known)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
