"""The rules of redaction: what they are, and those of `rules/*.yml` in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from channels.redaction.patterns import compiled, read

# The files in the order in which their rules are asked; the first that finds a stretch wins.
FILES = ("files", "numbers", "passwords", "times", "bound", "public", "lengths", "context")


class Topic(Enum):
    """What a person is talking about; some rules apply only then."""

    SECRET = "password"  # noqa: S105 - this message has the word, or one was hidden in it
    CODE = "code"
    SECRET_BEFORE = "password_before"  # noqa: S105 - one of the last messages had
    CODE_BEFORE = "code_before"
    SECRET_NEXT = "password_next"  # noqa: S105 - the last message said that now it comes
    CODE_NEXT = "code_next"
    NUMBER_NEXT = "number_next"  # the same of a paper, a card ...
    NUMBER_REST = "number_rest"  # a part of such a number may have been sent


@dataclass(frozen=True)
class Rule:
    """One rule: a stretch that it finds is hidden, or found to be public and kept.

    Attributes:
        name: what it is about, unique.
        pattern: what it finds; a group `secret` narrows it.
        example: a message in which « » stand around what the rule finds.
        other: a similar message in which it finds nothing.
        kind: as what the stretch is hidden; None if it is kept from all later rules.
        topics: if any are named, one of them must be talked about.
        not_topics: if any of them is talked about, the rule does not apply.
        words: if lists of `vocabulary.yml` are named, the message must have a word of one of them.
        not_words: the opposite: with a word of one of these lists the rule does not apply.
        not_before: where it follows, the match does not count.
        unknown_only: whether a stretch counts only if it is not made of well-known words.
        models_known: whether the model of a device without its brand (X100) is well known.
    """

    name: str
    pattern: re.Pattern[str]
    example: str
    other: str
    kind: str | None = None
    topics: frozenset[Topic] = frozenset()
    not_topics: frozenset[Topic] = frozenset()
    words: frozenset[str] = frozenset()
    not_words: frozenset[str] = frozenset()
    not_before: re.Pattern[str] | None = None
    unknown_only: bool = False
    models_known: bool = True

    @classmethod
    def read(cls, data: dict[str, Any]) -> Rule:
        """Returns the rule that a file holds as `data`.

        Raises:
            TypeError, ValueError, KeyError, re.error: if it holds none; with the rule's name.
        """
        try:
            values = dict(data)
            for key in ("pattern", "not_before"):
                if key in values:
                    values[key] = compiled(values[key])
            for key in ("topics", "not_topics"):
                values[key] = frozenset(Topic(name) for name in values.get(key, ()))
            for key in ("words", "not_words"):
                values[key] = frozenset(values.get(key, ()))
            return cls(**values)
        except (TypeError, ValueError, KeyError, re.error) as error:
            raise type(error)(f'rule "{data.get("name")}": {error}') from error

    def applies(self, topics: set[Topic], lists: set[str]) -> bool:
        """Tells whether the rule is asked, for these topics and lists with a word in the text."""
        return (
            (not self.topics or not self.topics.isdisjoint(topics))
            and self.not_topics.isdisjoint(topics)
            and (not self.words or not self.words.isdisjoint(lists))
            and self.not_words.isdisjoint(lists)
        )


BY_FILE: dict[str, tuple[Rule, ...]] = {
    name: tuple(map(Rule.read, read(f"rules/{name}.yml"))) for name in FILES
}
RULES: tuple[Rule, ...] = tuple(rule for rules in BY_FILE.values() for rule in rules)
