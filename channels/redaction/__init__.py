"""Hides what looks like a secret or a person's data in what people write.

Rules are asked first (`rules/*.yml`): numbers by their form, secrets bound to their word, what is
public, secrets by what is said around them. What they have not decided a tagger reads, character
by character (`tagger.py`). In doubt a stretch is hidden, as `unsure`: the warning for it blames
nobody.
"""

from __future__ import annotations

from channels.redaction.by_rules import decide, with_marks
from channels.redaction.forms import COMMAND, MARK
from channels.redaction.memory import EMPTY, RECENT, Memory, remember
from channels.redaction.rule import BY_FILE
from channels.redaction.tagger import UNSURE, weigh

__all__ = ["EMPTY", "KINDS", "RECENT", "Memory", "redact", "remember"]

KINDS = (
    "id_number",
    "credit_code",
    "bank_card",
    "phone",
    "code",
    "password",
    "paper",
    "contact",
    UNSURE,
)
_NUMBERS = (*BY_FILE["numbers"], *BY_FILE["lengths"])


def redact(text: str, memory: Memory = EMPTY) -> str:
    """Returns `text` with every secret replaced by `[hidden:<kind>]`, the kind one of KINDS.

    Args:
        text: a message of a person.
        memory: what the person's messages before it have announced.
    """
    if COMMAND.match(text):
        return with_marks(text, decide(text, set(), _NUMBERS).kinds)
    topics = memory.topics(text)
    decision = decide(text, topics)
    if not MARK.search(text):  # else the tagger has read it before
        hidden = with_marks(text, weigh(decision, topics))
        if not MARK.search(hidden):
            return hidden
        # What the tagger has hidden may make a topic for the rules.
        text, decision = hidden, decide(hidden, topics)
    return with_marks(text, decision.kinds)
