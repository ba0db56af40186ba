"""Asks the rules about a text: which characters are hidden, as what, and which are public."""

from __future__ import annotations

import re
from itertools import groupby

from channels.redaction.forms import HIDDEN, KEPT, normal_form
from channels.redaction.names import names_beside
from channels.redaction.patterns import compiled, lists_in
from channels.redaction.rule import BY_FILE, RULES, Rule, Topic
from channels.redaction.vocabulary import is_known
from serving.placeholders import PLACEHOLDER, placeholder

# A person who has announced a password or a code sends it next.
_ANNOUNCED = frozenset(
    rule.name
    for rule in RULES
    if rule.topics and rule.topics <= {Topic.SECRET_NEXT, Topic.CODE_NEXT}
)
# What is said around a stretch speaks for a secret; the tagger has to agree.
WEAK_RULES = frozenset(rule.name for rule in BY_FILE["context"]) - _ANNOUNCED
# How sure it is to be of one character; chosen on `tests/channels/redaction/development.jsonl`.
MIN_AGREED = 0.25
PUBLIC = "public"  # a rule has found this character to be no secret
_HAS_PASSWORD = compiled("{password_word}")
_HAS_CODE = compiled("{code}")
_LETTER_OR_DIGIT = re.compile(r"[A-Za-z0-9]")
_JOINED_BEFORE = re.compile(r"(?:[A-Za-z0-9@#$%^&*_][\-./]?)+\Z")
_JOINED_BEHIND = re.compile(r"(?:[\-./]?[A-Za-z0-9@#$%^&*_])+")
_MAX_JOINED = 64  # characters before; there are no bounds behind
_MAX_PASSES = 4  # what one pass hides may make a topic for the next


def decide(
    text: str,
    topics: set[Topic],
    rules: tuple[Rule, ...] = RULES,
    chances: list[float] | None = None,
) -> list[str]:
    """Returns for each character of `text` the kind it is hidden as, PUBLIC, or "" for neither.

    The rules are asked in their order, the first that finds a stretch wins; then once more, until
    nothing more is found.

    Args:
        text: a message.
        topics: what the messages before it made its topic.
        rules: those that are asked.
        chances: for each character how sure the tagger is that it is secret, 0 to 1; without
            them the rules decide alone.
    """
    form = normal_form(text)
    kinds = [""] * len(text)
    hidden_kinds = set(PLACEHOLDER.findall(text))
    for _ in range(_MAX_PASSES):
        found, form_read = _one_pass(form, topics, hidden_kinds, rules, kinds, chances)
        if not found:
            break
        found += [(*span, "contact") for span in names_beside(form_read, found)]
        for start, end, kind in found:
            kinds[start:end] = [kind] * (end - start)
            form = form[:start] + HIDDEN * (end - start) + form[end:]
            hidden_kinds.add(kind)
    return kinds


def with_placeholders(text: str, kinds: list[str]) -> str:
    """Returns `text` with each hidden stretch replaced by `[hidden:<kind>]`."""
    parts, position = [], 0
    for kind, stretch in groupby(kinds):
        end = position + len(list(stretch))
        parts.append(text[position:end] if kind in ("", PUBLIC) else placeholder(kind))
        position = end
    return "".join(parts)


def with_what_is_joined(form: str, start: int, end: int) -> tuple[int, int]:
    """Returns a stretch with the letters, digits and signs directly before and behind it."""
    before = _JOINED_BEFORE.search(form, max(0, start - _MAX_JOINED), start)
    behind = _JOINED_BEHIND.match(form, end)
    return (before.start() if before else start), (behind.end() if behind else end)


def _one_pass(
    form: str,
    topics: set[Topic],
    hidden_kinds: set[str],
    rules: tuple[Rule, ...],
    kinds: list[str],
    chances: list[float] | None,
) -> tuple[list[tuple[int, int, str]], str]:
    """Returns what is found, as start, end and kind, and the form with it; notes what is public."""
    lists = lists_in(form)
    topics = topics | _topics(form, hidden_kinds, lists)
    found: list[tuple[int, int, str]] = []
    for rule in rules:
        if not rule.applies(topics, lists):
            continue
        group = "secret" if "secret" in rule.pattern.groupindex else 0
        for match in rule.pattern.finditer(form):
            start, end = match.span(group)
            if not counts(rule, form, start, end):
                continue
            if chances and is_weak(rule, form[start:end]) and max(chances[start:end]) < MIN_AGREED:
                continue
            if rule.kind:
                start, end = with_what_is_joined(form, start, end)
                found.append((start, end, rule.kind))
            else:
                kinds[start:end] = [kind or PUBLIC for kind in kinds[start:end]]
            form = form[:start] + (HIDDEN if rule.kind else KEPT) * (end - start) + form[end:]
    return found, form


def _topics(form: str, kinds: set[str], lists: set[str]) -> set[Topic]:
    announced = {
        Topic.SECRET: "password" in kinds
        or ("unsure" in kinds and "tried" in lists)
        or _HAS_PASSWORD.search(form),
        Topic.CODE: "code" in kinds or _HAS_CODE.search(form),
    }
    return {topic for topic, is_announced in announced.items() if is_announced}


def is_weak(rule: Rule, found: str) -> bool:
    """Tells whether a rule speaks for a secret so weakly that the tagger has to agree.

    So it is with what surrounds a stretch, and with Chinese words behind the word for a password.
    """
    if rule.name in _ANNOUNCED:
        return False
    return rule.name in WEAK_RULES or not _LETTER_OR_DIGIT.search(found)


def counts(rule: Rule, form: str, start: int, end: int) -> bool:
    """Tells whether what a rule has matched is what it is for, and not yet decided."""
    if start == end or HIDDEN in form[start:end]:
        return False
    if rule.not_before and rule.not_before.match(form, end):
        return False
    return not (rule.unknown_only and is_known(form[start:end], rule.models_known))
