"""Every rule by the two examples that stand beside it: what it finds, and what it leaves alone."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from channels.redaction import KINDS
from channels.redaction.by_rules import counts
from channels.redaction.forms import normal_form
from channels.redaction.patterns import VOCABULARY
from channels.redaction.rule import RULES, Rule


def found_by(rule: Rule, text: str) -> list[str]:
    """Returns the stretches that a rule finds in a text on its own."""
    form = normal_form(text)
    group = "secret" if "secret" in rule.pattern.groupindex else 0
    spans = [match.span(group) for match in rule.pattern.finditer(form)]
    return [text[start:end].strip() for start, end in spans if counts(rule, form, start, end)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_finds_what_its_example_marks_and_nothing_in_the_other(rule: Rule) -> None:
    marked = re.findall("«(.*?)»", rule.example, re.DOTALL)
    assert marked
    assert found_by(rule, re.sub("[«»]", "", rule.example)) == marked
    assert found_by(rule, rule.other) == []


def test_rules_have_names_of_their_own_and_name_what_there_is() -> None:
    assert Counter(rule.name for rule in RULES).most_common(1)[0][1] == 1
    for rule in RULES:
        assert rule.kind is None or rule.kind in KINDS, rule.name
        assert (rule.words | rule.not_words) <= set(VOCABULARY), rule.name
