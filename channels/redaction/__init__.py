"""Hides what looks like a secret or a person's data in what people write.

Rules are asked (`rules/*.yml`): numbers by their form, secrets bound to their word, what is public,
secrets by what is said around them. A tagger reads the message character by character
(`tagger.py`): it finds what no rule describes, and has a say where what is said around a stretch
is all that speaks for a secret. In doubt a stretch is hidden, as `unsure`: the warning for it
blames nobody.
"""

from __future__ import annotations

import re

from channels.redaction.by_rules import WEAK_RULES, decide, with_placeholders
from channels.redaction.forms import COMMAND, HIDDEN, normal_form
from channels.redaction.memory import EMPTY, RECENT, Memory, remember
from channels.redaction.rule import RULES, Topic
from channels.redaction.tagger import UNSURE, read, with_stretches
from serving.placeholders import PLACEHOLDER

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
_STRONG = tuple(rule for rule in RULES if rule.name not in WEAK_RULES)
_COMMAND_SIGNS = re.compile(r'\A/[a-z_]+|[{}\[\]":,_]')
_SPOKEN = re.compile(r'[^{}\[\]":,]+')  # what stands between the signs of a command
_NAME = re.compile(r"/?[a-z_]+|[0-9]{1,2}")  # of an intent, an entity or a value, or a step


def redact(text: str, memory: Memory = EMPTY) -> str:
    """Returns `text` with every secret replaced by `[hidden:<kind>]`, the kind one of KINDS.

    Args:
        text: a message of a person.
        memory: what the person's messages before it have announced.
    """
    if COMMAND.match(text):
        return with_placeholders(text, _kinds_of_command(text))
    topics = memory.topics(text)
    if not PLACEHOLDER.search(text):  # else the tagger has read it before
        text = with_placeholders(text, _kinds(text, topics))
        if not PLACEHOLDER.search(text):
            return text
    # Beside something secret every rule counts; what is hidden may also make a topic for them.
    return with_placeholders(text, decide(text, topics))


def _kinds(text: str, topics: set[Topic]) -> list[str]:
    """Returns for each character the kind it is hidden as, by the rules and the tagger together."""
    form = normal_form(text)
    chances = read(form, topics)
    return with_stretches(form, decide(text, topics, chances=chances), chances)


def _kinds_of_command(text: str) -> list[str]:
    """Returns the kinds of what a click sends, or somebody who types the like of it."""
    text = PLACEHOLDER.sub(lambda placeholder: HIDDEN * len(placeholder.group()), text)
    words = _COMMAND_SIGNS.sub(lambda sign: " " * len(sign.group()), text)
    kinds = decide(words, set(), _STRONG)
    for match in _SPOKEN.finditer(text):
        start, end = match.span()
        is_read = HIDDEN in match.group() or any(kinds[start:end])
        if not is_read and not _NAME.fullmatch(match.group()):
            kinds[start:end] = _kinds(match.group(), set())
    return kinds
