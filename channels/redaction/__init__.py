"""Hides what looks like a secret or a person's data in what people write.

Rules in order (`rules/*.yml`), the first that finds a stretch wins: numbers by their form,
secrets bound to their word, what is public, secrets by what is said around them. In doubt a
stretch is hidden, as `unsure`: the warning for it blames nobody.
"""

from __future__ import annotations

import re

from channels.redaction.forms import COMMAND, HIDDEN, KEPT, MARK, normal_form
from channels.redaction.memory import EMPTY, RECENT, Memory, remember
from channels.redaction.names import names_beside
from channels.redaction.patterns import compiled, lists_in
from channels.redaction.rule import BY_FILE, RULES, Rule, Topic
from channels.redaction.vocabulary import is_known

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
    "unsure",
)
_NUMBERS = (*BY_FILE["numbers"], *BY_FILE["lengths"])
_HAS_PASSWORD = compiled("{password_word}")
_HAS_CODE = compiled("{code}")
_JOINED_BEFORE = re.compile(r"(?:[A-Za-z0-9@#$%^&*_][\-./]?)+\Z")
_JOINED_BEHIND = re.compile(r"(?:[\-./]?[A-Za-z0-9@#$%^&*_])+")
_MAX_JOINED = 64  # characters before; there are no bounds behind
_MAX_PASSES = 4  # what one pass hides may make a topic for the next


def redact(text: str, memory: Memory = EMPTY) -> str:
    """Returns `text` with every secret replaced by `[hidden:<kind>]`, the kind one of KINDS.

    Args:
        text: a message of a person.
        memory: what the person's messages before it have announced.
    """
    if COMMAND.match(text):
        return _apply(_NUMBERS, text, set())
    for _ in range(_MAX_PASSES):
        hidden = _apply(RULES, text, memory.topics(text))
        if hidden == text:
            break
        text = hidden
    return text


def _apply(rules: tuple[Rule, ...], text: str, topics: set[Topic]) -> str:
    form = normal_form(text)
    lists = lists_in(form)
    topics = topics | _topics(form, set(MARK.findall(text)), lists)
    found: list[tuple[int, int, str]] = []
    for rule in rules:
        if not rule.applies(topics, lists):
            continue
        group = "secret" if "secret" in rule.pattern.groupindex else 0
        for match in rule.pattern.finditer(form):
            start, end = match.span(group)
            if not _counts(rule, form, start, end):
                continue
            if rule.kind:
                start, end = _with_what_is_joined(form, start, end)
                found.append((start, end, rule.kind))
            form = form[:start] + (HIDDEN if rule.kind else KEPT) * (end - start) + form[end:]
    found += [(start, end, "contact") for start, end in names_beside(form, found)]
    parts, position = [], 0
    for start, end, kind in sorted(found):
        parts += [text[position:start], f"[hidden:{kind}]"]
        position = end
    return "".join([*parts, text[position:]])


def _with_what_is_joined(form: str, start: int, end: int) -> tuple[int, int]:
    """Returns a stretch with the letters, digits and signs directly before and behind it."""
    before = _JOINED_BEFORE.search(form, max(0, start - _MAX_JOINED), start)
    behind = _JOINED_BEHIND.match(form, end)
    return (before.start() if before else start), (behind.end() if behind else end)


def _topics(form: str, kinds: set[str], lists: set[str]) -> set[Topic]:
    told = {
        Topic.SECRET: "password" in kinds
        or ("unsure" in kinds and "tried" in lists)
        or _HAS_PASSWORD.search(form),
        Topic.CODE: "code" in kinds or _HAS_CODE.search(form),
    }
    return {topic for topic, is_told in told.items() if is_told}


def _counts(rule: Rule, form: str, start: int, end: int) -> bool:
    """Tells whether what a rule has matched is what it is for, and not yet decided."""
    if start == end or HIDDEN in form[start:end]:
        return False
    if rule.not_before and rule.not_before.match(form, end):
        return False
    return not (rule.unknown_only and is_known(form[start:end], rule.models_known))
