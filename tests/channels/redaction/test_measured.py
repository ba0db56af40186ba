"""How much is kept and hidden of messages whose writers did not know the rules.

No line of these files was learnt from. `first_run.jsonl` is two sets whose first run is what
counts; `measured.jsonl` has decided no rule: nobody looked at its lines to write one; on
`development.jsonl` the tagger's thresholds were chosen; some of `conversations.jsonl` were looked
at. Some secrets nothing can tell: a poem as a password, a password in the picture of a keyboard.
"""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from channels.redaction import EMPTY, redact

FOLDER = Path(__file__).parent
MEASURED = ("measured.jsonl", "development.jsonl", "first_run.jsonl")


def read(name: str) -> list[Any]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def plain(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


def is_left(secret: str, text: str, hidden: str) -> bool:
    """Tells whether any three signs of a secret are left that were not said beside it as well."""
    said = plain(secret)
    beside = [plain(part) for part in text.split(secret)]
    left = [plain(part) for part in re.split(r"\[hidden:\w+\]", hidden)]
    size = min(3, len(said))
    pieces = {said[start : start + size] for start in range(len(said) - size + 1)}
    return any(
        any(piece in part for part in left) and not any(piece in part for part in beside)
        for piece in pieces
    )


def counts(lines: list[Any]) -> tuple[int, int]:
    """Returns how many lines with a secret keep a part of one, and innocent ones lose one."""
    kept = blamed = 0
    for line in lines:
        memory, before = EMPTY, []
        for text in line["before"]:
            before.append(redact(text, memory))
            memory = memory.after(before[-1])
        hidden = redact(line["text"], memory)
        if line["secret"]:
            kept += any(is_left(secret, line["text"], hidden) for secret in line["secret"])
        else:
            blamed += hidden != line["text"] or before != line["before"]
    return kept, blamed


def test_messages_that_decided_no_rule() -> None:
    lines = read("measured.jsonl")
    assert sum(bool(line["secret"]) for line in lines) == 240
    kept, blamed = counts(lines)
    assert kept <= 8
    assert blamed <= 2


def test_messages_that_were_measured_once() -> None:
    kept, blamed = counts(read("first_run.jsonl"))  # 960 with a secret, 780 innocent
    assert kept <= 10
    assert blamed <= 10


def test_messages_that_chose_the_thresholds() -> None:
    kept, blamed = counts(read("development.jsonl"))
    assert kept <= 14
    assert blamed <= 5


def test_messages_of_whole_conversations() -> None:
    """Each with the memory of those before it."""
    kept = blamed = 0
    for messages in read("conversations.jsonl"):
        memory = EMPTY
        for message in messages:
            hidden = redact(message["text"], memory)
            memory = memory.after(hidden)
            secrets = message["secret"]
            kept += any(is_left(secret, message["text"], hidden) for secret in secrets)
            blamed += not secrets and hidden != message["text"]
    assert kept <= 2
    assert blamed <= 4  # two of them describe a password


def test_hiding_again_changes_nothing() -> None:
    for line in [line for name in MEASURED for line in read(name)]:
        hidden = redact(line["text"])
        assert redact(hidden) == hidden
