"""The shapes of what stands in `content/`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gazetteer.places import Gazetteer

PLACEHOLDER = re.compile(r"\{(\w+)\}")
MENU = "menu"  # among names of buttons: all those of the menu


@dataclass(frozen=True)
class Step:
    """One step of a way: what to do, what one should then see, what can go wrong.

    `here` are the pages at which somebody has this step before them; `says` answers what the
    page says at this step, where that differs from `Content.screens`.
    """

    title: str
    do: str
    see: str
    if_not: str
    troubles: Sequence[str]
    picture: str | None = None
    here: Sequence[str] = ()
    says: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """One way to recover the password.

    `ask` is the question whether it suits the person, `ask_again` the same in other words,
    `unsure` says how to find out.
    """

    title: str
    short: str
    who: str
    needs: str
    differs: str
    finish: str
    steps: Sequence[Step]
    ask: str | None = None
    ask_again: str | None = None
    unsure: str | None = None
    failed: str | None = None


@dataclass(frozen=True)
class Cause:
    """One possible cause of a trouble and its remedy.

    By its `name` it is known when people speak of it (the acts `rules_out` and `points_to`).
    """

    title: str
    remedy: str
    picture: str | None = None
    name: str = ""


@dataclass(frozen=True)
class Trouble:
    """A failure a person reports; `rules_out` names the ways that end with it.

    With `immediate` they end at once; `then` is where it leads at the end, `ways` or `bureau`;
    `after` the way and step that come next once it is solved.
    """

    title: str
    intro: str
    causes: Sequence[Cause]
    last: str
    rules_out: Sequence[str]
    immediate: bool = False
    then: str = "ways"
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Spoken:
    """A fixed answer with the names of the buttons under it."""

    text: str
    buttons: Sequence[str]


@dataclass(frozen=True)
class System:
    """Another system whose password people mix up with the licence's."""

    title: str
    names: Sequence[str]
    text: str


@dataclass(frozen=True)
class Screen:
    """What a page says: the answer, the page it is seen on, the trouble it becomes."""

    text: str
    page: str | None = None
    trouble: str | None = None


@dataclass(frozen=True)
class KnownError:
    """What an error on a picture means: a trouble, or `screen:` and a screen of `recover.yml`.

    Of each of the `words` one has to stand in it; they are apart by "|".
    """

    means: str
    words: Sequence[str]

    def is_said(self, text: str) -> bool:
        """Tells whether a text is this error."""
        return all(any(word in text for word in words.split("|")) for words in self.words)


@dataclass(frozen=True)
class Fact:
    """Something a person has told, and what follows for the ways.

    `heard` is what is said to it, `title` what stands in a note to the bureau, `trouble` what is
    looked into when the fact is the answer to a way.
    """

    title: str
    heard: str = ""
    trouble: str | None = None
    excludes: Sequence[str] = ()
    postpones: Sequence[str] = ()
    allows: Sequence[str] = ()


@dataclass(frozen=True)
class Content:
    """Everything in `content/`; `texts` holds single sentences by their dotted path."""

    ways: Mapping[str, Way]
    troubles: Mapping[str, Trouble]
    answers: Mapping[str, Spoken]
    chitchat: Mapping[str, Spoken]
    scam: Spoken
    systems: Sequence[System]
    system_choices: Sequence[Mapping[str, str]]
    warnings: Mapping[str, str]
    buttons: Mapping[str, Mapping[str, str]]
    menu: Sequence[str]
    meanings: Mapping[str, str]
    practical: Mapping[str, Spoken]
    practical_same: Mapping[str, str]
    screens: Mapping[str, Screen]
    facts: Mapping[str, Mapping[str, Fact]]
    telltales: Sequence[str]
    frauds: Sequence[Sequence[str]]
    known_errors: Sequence[KnownError]
    trouble_words: Mapping[str, Sequence[str]]
    place_roles: Mapping[str, Sequence[str]]
    texts: Mapping[str, str]
    gazetteer: Gazetteer = field(repr=False)

    def text(self, key: str, **values: object) -> str:
        """Returns the sentence at `key` with its {placeholders} filled in.

        Raises:
            KeyError: if no file has that sentence.
        """
        return fill(self.texts[key], **values)


def fill(template: str, **values: object) -> str:
    """Replaces every {name} of `template` that is in `values`; other braces stay."""
    return PLACEHOLDER.sub(lambda m: str(values.get(m[1], m[0])), template)
