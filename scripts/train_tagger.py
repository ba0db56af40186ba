"""Trains the tagger of `channels/redaction`: `python -m scripts.train_tagger`, some minutes.

To be repeated after a change of `channels/redaction`: its lines, its words, its rules, the
features. The model is committed, so that nobody who installs the assistant has to train it.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pycrfsuite

from channels.redaction.by_rules import decide, with_placeholders
from channels.redaction.features import features
from channels.redaction.forms import normal_form
from channels.redaction.memory import EMPTY
from channels.redaction.patterns import FOLDER
from channels.redaction.tagger import MODEL, OTHER, SECRET
from scripts.console import guarded, shown

LINES = FOLDER / "lines"
# Penalties on the sum and the squares of the weights, and how often a feature has to be seen.
SETTINGS = {"c1": 0.3, "c2": 0.1, "feature.minfreq": 5, "max_iterations": 100}
# What is done with its answers can change without a new training.
NOT_LEARNT = ("__init__.py", "tagger.py", "sender_memory.py")
FINGERPRINT = FOLDER / "tagger.sha256"


def fingerprint() -> str:
    """Returns one value for all that decides what the tagger learns."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for file in sorted(FOLDER.rglob("*")):
        if file.suffix in (".py", ".yml", ".jsonl") and file.name not in NOT_LEARNT:
            digest.update(f"{file.relative_to(FOLDER).as_posix()}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Returns the lines of a file: before (messages), text, secret (stretches of the text)."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def labels(text: str, secrets: list[str]) -> list[str]:
    """Returns for each character whether it is part of a secret.

    Raises:
        ValueError: if a secret does not stand in the text.
    """
    marked = [OTHER] * len(text)
    for secret in secrets:
        start = text.index(secret)
        while start >= 0:
            marked[start : start + len(secret)] = [SECRET] * len(secret)
            start = text.find(secret, start + 1)
    return marked


def examples() -> Iterator[tuple[list[list[str]], list[str]]]:
    """Yields the features and labels of each line that has text."""
    for path in sorted(LINES.glob("*.jsonl")):
        for line in read_lines(path):
            memory = EMPTY
            for message in line["before"]:
                memory = memory.after(
                    with_placeholders(message, decide(message, memory.topics(message)))
                )
            text = line["text"]
            if text:
                yield features(normal_form(text), memory.topics(text)), labels(text, line["secret"])


def main() -> int:
    """Writes the model and the fingerprint of what it was trained from."""
    trainer = pycrfsuite.Trainer(verbose=False)
    count = 0
    for rows, marked in examples():
        trainer.append(rows, marked)
        count += 1
    trainer.set_params(SETTINGS)
    print(f"Training the tagger on {count} lines.", flush=True)
    with TemporaryDirectory() as folder:
        trained = Path(folder) / "tagger.crfsuite"
        trainer.train(str(trained))
        MODEL.write_bytes(lzma.compress(trained.read_bytes()))
    FINGERPRINT.write_text(fingerprint() + "\n", encoding="utf-8")
    print(f"Written: {shown(MODEL)} ({MODEL.stat().st_size // 1024} kB).")
    return 0


if __name__ == "__main__":
    raise SystemExit(guarded(main))
