"""Looks for what pictures held in everything that is left of them."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from bench.pictures.judging import contains_secret
from bench.pictures.outcomes import Outcome

# Of a conversation, and what an answer is told by (twelve digits, with letters among them).
ID = re.compile(r"[0-9a-f-]{32,36}|(?=.*[a-f])[0-9a-f]{12}( \d)?")


def secrets_kept(
    outcomes: Iterable[Outcome], database: Path, logged: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Returns each picture of which a secret was kept, and where."""
    events = list(kept_texts(database))
    for outcome in outcomes:
        kept_in = {
            "what was seen": [outcome.seen.text, outcome.seen.shown],
            "metadata": [json.dumps(outcome.seen.metadata, ensure_ascii=False)],
            "an answer": outcome.replies,
            "the conversation": events,
            "the log": logged,
        }
        for name, texts in kept_in.items():
            # Each by itself: the end of one and the beginning of the next are nobody's number.
            pairs = product(texts, outcome.picture.secrets)
            if any(contains_secret(text, secret) for text, secret in pairs):
                yield outcome.picture.name, name


def kept_texts(database: Path) -> Iterator[str]:
    """Returns every text in the database, but no times and ids: their digits are nobody's."""
    with sqlite3.connect(database) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        for (name,) in tables:
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                for cell in row:
                    yield from _texts(cell)


def _texts(value: Any) -> Iterator[str]:
    """Returns the texts in a value, also in the JSON of a text."""
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    if isinstance(value, str):
        try:
            inner = json.loads(value)
        except ValueError:
            inner = None
        if isinstance(inner, dict | list):
            yield from _texts(inner)
        elif not ID.fullmatch(value):
            yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
