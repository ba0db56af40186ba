"""Hides what looks like a secret or a person's data in what people write.

Rules are asked (`rules/*.yml`): numbers by their form, secrets bound to their word, what is public,
secrets by what is said around them. A tagger reads the message character by character
(`tagger.py`): it finds what no rule describes, and has a say where what is said around a stretch
is all that speaks for a secret. In doubt a stretch is hidden, as `unsure`: the warning for it
blames nobody.
"""

from __future__ import annotations

from channels.redaction.by_rules import decide, with_marks
from channels.redaction.forms import COMMAND, MARK, normal_form
from channels.redaction.memory import EMPTY, RECENT, Memory, remember
from channels.redaction.rule import BY_FILE
from channels.redaction.tagger import UNSURE, read, with_stretches

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
        return with_marks(text, decide(text, set(), _NUMBERS))
    topics = memory.topics(text)
    if not MARK.search(text):  # else the tagger has read it before
        form = normal_form(text)
        chances = read(form, topics)
        kinds = with_stretches(form, decide(text, topics, chances=chances), chances)
        text = with_marks(text, kinds)
        if not MARK.search(text):
            return text
    # Beside something secret every rule counts; what is hidden may also make a topic for them.
    return with_marks(text, decide(text, topics))
