"""Lists in `content/` that one may add to: causes, steps, words that are explained and others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from operators import yaml_text
from operators.fields import TROUBLES, Field, Problem, fingerprint, names_in, resolved, shape_at
from operators.history import History
from operators.journal import Deed
from operators.words import Conflict, NotChanged, Words, text_at
from operators.yaml_text import Entry, Path

MEANS = "means"  # of an error on a picture: a trouble, or a screen
_SCREEN = "screen:"
# Where they are; an asterisk is any name.
LISTS = (
    ("recover", r"ways\.[a-z_]+\.steps"),
    ("diagnose", r"troubles\.[a-z_]+\.causes"),
    ("answer", r"terms|systems"),
    ("picture", r"errors|frauds"),
)


@dataclass(frozen=True)
class EntryList:
    """One list, with the fields of an entry that one may write.

    Attributes:
        topic: the file, without `.yml`.
        path: of the list, as `troubles.face_failed.causes`.
        parts: what an entry has, each as an empty field; one without a key if it is a mere list.
        title: of what the list is a part of.
        text: all of it, as it is now.
    """

    topic: str
    path: str
    parts: tuple[Field, ...]
    title: str
    text: str

    @property
    def kind(self) -> str:
        """The last name of its path."""
        return self.path.rpartition(".")[2]

    @property
    def base(self) -> str:
        """Tells whether it is still the same list."""
        return fingerprint(self.text)

    def entry_of(self, texts: Mapping[str, str]) -> Entry:
        """Returns the entry that texts make, one for each part by its key.

        Raises:
            Problem: if one cannot be used; `at` among its values is its key.
        """
        entry: dict[str, str | tuple[str, ...]] = {}
        for part in self.parts:
            text = texts.get(part.key, "")
            try:
                part.check(text)
            except Problem as problem:
                raise Problem(problem.name, **{**problem.values, "at": part.key}) from problem
            lines = tuple(text.split("\n")) if text else ()
            entry[part.key] = lines if part.is_list else text
        mere = entry.get("")
        return mere if isinstance(mere, tuple) else entry


def is_list(topic: str, path: str) -> bool:
    """Tells whether one may add to a list."""
    return any(topic == name and re.fullmatch(form, path) for name, form in LISTS)


def entry_at(topic: str, path: str) -> tuple[str, int] | None:
    """Returns the list and the position of the entry at a path; None if it is in no such list."""
    found = re.fullmatch(r"(.+)\.([0-9]{1,4})", path)
    return (found[1], int(found[2])) if found and is_list(topic, found[1]) else None


def find(words: Words, topic: str, path: str) -> EntryList:
    """Returns a list that one may add to.

    Raises:
        KeyError: if there is none.
    """
    if not is_list(topic, path):
        raise KeyError(path)
    text = text_at(topic, words.effective(topic), path)
    if not text:
        raise KeyError(path)
    keys = path_of(path)
    parts = tuple(_parts(words, topic, keys))
    return EntryList(topic, path, parts, words.title_at(topic, (*keys, "x")), text)


def path_of(path: str) -> Path:
    """Returns the keys and positions of a path."""
    return tuple(int(key) if key.isdecimal() else key for key in path.split("."))


def with_entry(words: Words, some: EntryList, index: int, entry: Entry) -> str:
    """Returns the file with one more entry behind another, once it has passed every check.

    Raises:
        Problem: if it has not.
    """
    try:
        keys = path_of(some.path)
        file = words.edited(
            some.topic, keys, lambda text: yaml_text.with_entry(text, keys, index, entry)
        )
    except NotChanged as error:
        raise Problem("not_written") from error
    words.check(some.topic, file)
    return file


def add(
    words: Words, history: History, some: EntryList, index: int, entry: Entry, base: str, who: str
) -> None:
    """Adds an entry behind another; the list is the one that the editor has seen.

    Raises:
        Conflict: if it is not.
        Problem: if the entry cannot be used.
    """
    if base != some.base:
        raise Conflict
    history.notice(some.topic)
    before = words.read(some.topic)
    file = with_entry(words, some, index, entry)
    subject = f"{some.topic}.{some.path}.{index + 1}"
    history.put(some.topic, before, file, who, Deed.ENTRY_ADDED, subject)


def remove(
    words: Words, history: History, some: EntryList, index: int, base: str, who: str
) -> None:
    """Removes an entry; the list is the one that the editor has seen.

    Raises:
        Conflict: if it is not.
        Problem: if the files could not be used without the entry.
    """
    if base != some.base:
        raise Conflict
    history.notice(some.topic)
    before = words.read(some.topic)
    try:
        keys = path_of(some.path)
        file = words.edited(
            some.topic, keys, lambda text: yaml_text.without_entry(text, keys, index)
        )
    except NotChanged as error:
        raise Problem("last_entry") from error
    words.check(some.topic, file)
    subject = f"{some.topic}.{some.path}.{index}"
    history.put(some.topic, before, file, who, Deed.ENTRY_REMOVED, subject)


def _parts(words: Words, topic: str, keys: Path) -> list[Field]:
    shape = shape_at(topic, (*keys, 0))
    if shape.get("type") == "array":
        return [_part(words, topic, "", shape)]
    needed = shape.get("required", ())
    return [
        _part(words, topic, key, resolved(one))
        for key, one in shape.get("properties", {}).items()
        if key in needed
    ]


def _part(words: Words, topic: str, key: str, shape: dict[str, object]) -> Field:
    items = shape.get("items")
    rule = resolved(items) if isinstance(items, dict) else shape
    names, options = "", dict[str, str]()
    if key == MEANS:
        names, options = TROUBLES, {**words.options(TROUBLES), **_screens(words)}
    elif names_in(key):
        names, options = names_in(key), dict(words.options(names_in(key)))
    length, placeholders = rule.get("maxLength", 0), rule.get("placeholders", ())
    is_one = key == MEANS
    return Field(
        topic=topic,
        path=key,
        text="",
        is_list=isinstance(items, dict),
        max_length=length if isinstance(length, int) else 0,
        placeholders=tuple(placeholders) if isinstance(placeholders, list | tuple) else (),
        comment="",
        buttons=(),
        title="",
        names=names,
        options=options,
        max_names=1 if is_one else int(str(shape.get("maxItems", len(options)))),
        min_names=1 if is_one else 0,
    )


def _screens(words: Words) -> dict[str, str]:
    found = words.values("recover")
    return {
        f"{_SCREEN}{path[1]}": text
        for path, text in found.items()
        if path[0] == "screens" and path[2:] == ("text",)
    }
