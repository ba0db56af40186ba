"""Finds a person's name that stands beside a hidden number or behind its own word."""

from __future__ import annotations

from channels.redaction.patterns import compiled

_KINDS = {"id_number", "phone", "bank_card", "paper", "contact"}
_BEFORE = compiled("{name_before_number}")
_AFTER = compiled("{name_after_number}")
_WITH_ITS_WORD = compiled("{name_with_its_word}")
_REACH = 16  # characters around a number


def names_beside(form: str, found: list[tuple[int, int, str]]) -> list[tuple[int, int]]:
    """Returns where names stand beside numbers of a person.

    Args:
        form: the text in normal form, with what was found hidden.
        found: start, end and kind of what was found.
    """
    numbers = [(start, end) for start, end, kind in found if kind in _KINDS]
    names: set[tuple[int, int]] = set()
    for start, end in numbers:
        offset = max(0, start - _REACH)
        if before := _BEFORE.search(form[offset:start]):
            names.add((offset + before.start("name"), offset + before.end("name")))
        if after := _AFTER.match(form[end : end + _REACH]):
            names.add((end + after.start("name"), end + after.end("name")))
    if numbers:
        names.update(match.span("name") for match in _WITH_ITS_WORD.finditer(form))
    return sorted(names)
