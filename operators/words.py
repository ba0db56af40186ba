"""The texts of `content/` as fields that one can fill in, checked as the assistant checks them."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from content_loader.files import Files
from content_loader.load import FOLDER, TOPICS, ContentError, load
from content_loader.shapes import MENU
from operators import yaml_text
from operators.yaml_text import ODD, Leaf, NotChanged

__all__ = ["FOLDER", "TOPICS", "Conflict", "Field", "NotChanged", "Problem", "Words"]

_PROBLEM = re.compile(r"[^:\n]+/(\w+)\.(?:yml|tsv):(\d+): ([^:]*): (.*)")
_NAMED_BY_INTENT = ("answer", "chitchat", "safety")  # their entries have the names of intents
_SHAPES: dict[str, Any] = Files.model_json_schema()
_MODE = 0o644  # of a file that is new: the assistant may run as another user
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Conflict(Exception):
    """Somebody has changed the same text meanwhile."""


class Problem(Exception):
    """A text that cannot be used.

    Attributes:
        name: which sentence of `texts.yml` says why, under `problem`.
        values: what is filled in there.
    """

    def __init__(self, name: str, /, **values: object) -> None:
        super().__init__(name)
        self.name = name
        self.values = values


@dataclass(frozen=True)
class Field:
    """One text, or one list of words.

    Attributes:
        topic: the file, without `.yml`.
        path: where it stands, as `ways.phone.steps.0.do`.
        text: as it is now; of a list, one word a line.
        is_list: whether each line is a word of its own.
        max_length: of the text, or of each word.
        placeholders: which words in braces may be filled in.
        comment: what the file says of it.
        buttons: the names of the buttons under the answer, if it has any.
        title: of what it is a part of, as a person would say it; empty if the file has no words
            for that.
        common: of a tenant's text, the one that all others say, if that is another; else None.
    """

    topic: str
    path: str
    text: str
    is_list: bool
    max_length: int
    placeholders: tuple[str, ...]
    comment: str
    buttons: tuple[str, ...]
    title: str
    common: str | None = None

    @property
    def group(self) -> str:
        """The path of what it is a part of."""
        return self.path.rpartition(".")[0]

    @property
    def key(self) -> str:
        """The last name of its path."""
        return self.path.rpartition(".")[2]

    @property
    def fingerprint(self) -> str:
        """Tells whether it is still the same text."""
        return fingerprint(self.text)

    def check(self, text: str) -> None:
        """Checks a text by what may stand in this field.

        Raises:
            Problem: if it cannot be used.
        """
        if ODD.search(text):
            raise Problem("odd")
        entries = text.split("\n") if self.is_list else [text]
        if len(set(entries)) != len(entries):
            raise Problem("twice")
        for entry in entries:
            if not entry.strip():
                raise Problem("empty")
            if len(entry) > self.max_length:
                raise Problem("too_long", count=len(entry), max=self.max_length)
            if "{" in PLACEHOLDER.sub("", entry) or "}" in PLACEHOLDER.sub("", entry):
                raise Problem("brace")
            for name in PLACEHOLDER.findall(entry):
                if name not in self.placeholders:
                    raise Problem("placeholder" if self.placeholders else "no_braces", name=name)


class Words:
    """The files of a folder like `content/`; they are the truth, nothing is kept beside them."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self._state: tuple[list[tuple[str, int, int]], str] | None = None

    def path(self, topic: str) -> Path:
        """Returns the file of a topic.

        Raises:
            KeyError: if there is no such topic.
        """
        if topic not in TOPICS:
            raise KeyError(topic)
        return self.folder / f"{topic}.yml"

    def read(self, topic: str) -> str:
        """Returns a file as it is now."""
        return self.path(topic).read_bytes().decode("utf-8")

    def effective(self, topic: str) -> str:
        """Returns what is said, as a file: of what is not laid over another, the file itself."""
        return self.read(topic)

    def values(self, topic: str) -> Mapping[tuple[str | int, ...], str]:
        """Returns all that stands in a topic, by its path.

        Raises:
            yaml.YAMLError: if the file is none.
        """
        return yaml_text.values(self.effective(topic))

    def changed_at(self, topic: str) -> float:
        """Returns when a file was written, in seconds since 1970; now, if it is not there."""
        try:
            return min(self.path(topic).stat().st_mtime, time.time())
        except FileNotFoundError:
            return time.time()

    def introduction(self, topic: str) -> str:
        """Returns the comment at the head of a file: what its names mean."""
        head = []
        for line in self.read(topic).splitlines():
            if not line.startswith("#"):
                break
            head.append(line.lstrip("#").removeprefix(" "))
        return "\n".join(head)

    def fields(self, topic: str) -> list[Field]:
        """Returns the texts of a topic in the order of the file; none if it is no YAML now."""
        try:
            found = yaml_text.leaves(self.effective(topic))
        except yaml.YAMLError:
            return []
        lists = {path for path, leaf in found.items() if not isinstance(leaf.value, str)}
        meanings = self.values("buttons") if topic in _NAMED_BY_INTENT else {}
        fields = []
        for path, leaf in found.items():
            if path[:-1] in lists:
                continue
            shape = _shape_at(topic, path)
            is_list = not isinstance(leaf.value, str)
            rule = _resolved(shape.get("items", {})) if is_list else shape
            if "maxLength" in rule and leaf.value:
                title = _title(path, found) or meanings.get(("meanings", *path[-2:-1]), "")
                fields.append(_field(topic, leaf, rule, is_list, found, title))
        return fields

    def field(self, topic: str, path: str) -> Field:
        """Returns one text.

        Raises:
            KeyError: if there is none.
        """
        for field in self.fields(topic):
            if field.path == path:
                return field
        raise KeyError(path)

    def button_titles(self, names: tuple[str, ...]) -> list[str]:
        """Returns what stands on buttons."""
        found = self.values("buttons")
        menu = [name for path, name in found.items() if path[0] == MENU]
        names = tuple(chain.from_iterable(menu if name == MENU else (name,) for name in names))
        return [
            found.get(("buttons", name, "title")) or found.get(("meanings", name)) or name
            for name in names
        ]

    def with_text(self, field: Field, text: str) -> str:
        """Returns the file of a field with another text in it, once it has passed every check.

        Raises:
            Problem: if it has not.
        """
        field.check(text)
        value = tuple(text.split("\n")) if field.is_list else text
        file = self.read(field.topic)
        path = next(
            (path for path in yaml_text.leaves(file) if dotted(path) == field.path), (field.path,)
        )
        try:
            changed = yaml_text.changed(file, path, value)
        except NotChanged as error:
            raise Problem("not_written") from error
        self.check(field.topic, changed)
        return changed

    def check(self, topic: str, file: str) -> None:
        """Checks a whole file together with all others, as the assistant does before it uses it.

        Raises:
            Problem: if the assistant would go on with what was before.
        """
        with tempfile.TemporaryDirectory(prefix="operators-") as draft:
            folder = Path(draft) / self.folder.name
            folder.mkdir()
            for path in self.folder.iterdir():
                if path.name != f"{topic}.yml":
                    (folder / path.name).symlink_to(path.resolve())
            (folder / f"{topic}.yml").write_bytes(file.encode("utf-8"))
            refused_by(lambda: load(folder))

    def state(self) -> str:
        """Returns what is wrong with the files as they are; empty if they are in use."""
        present = self._signature()
        if self._state is None or self._state[0] != present:
            try:
                self._load()
                self._state = (present, "")
            except ContentError as error:
                self._state = (present, str(error))
        return self._state[1]

    def _load(self) -> None:
        load(self.folder)

    def _folders(self) -> tuple[Path, ...]:
        """Returns the folders with all that is said."""
        return (self.folder,)

    def _signature(self) -> list[tuple[str, int, int]]:
        folders = [folder for folder in self._folders() if folder.is_dir()]
        paths = [path for folder in folders for path in sorted(folder.iterdir())]
        stats = [(str(path), path.stat()) for path in paths]
        return [(name, stat.st_mtime_ns, stat.st_size) for name, stat in stats]

    def write(self, topic: str, before: str, file: str) -> None:
        """Puts a file that was checked in its place, whole or not at all.

        Raises:
            Conflict: if it is no longer as it was before.
        """
        path = self.path(topic)
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else _MODE
        # Not in the folder itself, which the assistant looks through for changes.
        draft = path.parent.parent / f".operators_{topic}.{secrets.token_hex(4)}"
        try:
            draft.write_bytes(file.encode("utf-8"))
            draft.chmod(mode)
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            if self.read(topic) != before:
                raise Conflict
            draft.replace(path)
            self._state = (self._signature(), "")
        finally:
            draft.unlink(missing_ok=True)


def refused_by(check: Callable[[], object]) -> None:
    """Loads files by a call.

    Raises:
        Problem: with the first sentence of what is wrong with them.
    """
    try:
        check()
    except ContentError as error:
        found = _PROBLEM.findall(str(error))
        said = [f"{where}: {what}" for _, _, where, what in found] or [str(error)]
        raise Problem("check", said=said[0]) from error


def _shape_at(topic: str, path: tuple[str | int, ...]) -> dict[str, Any]:
    """Returns what may stand at a path, as a JSON schema; empty if nothing may."""
    node: dict[str, Any] = _SHAPES
    for key in (topic, *path):
        if isinstance(key, int):
            node = node.get("items", {})
        else:
            # A table with names of one form has its entries under the pattern of that form.
            tables = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
            node = node.get("properties", {}).get(key) or tables[0] or {}
        node = _resolved(node)
    return node


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = _SHAPES["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def fingerprint(text: str) -> str:
    """Returns a hash of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def differences(before: str, after: str) -> list[tuple[str, str, str]]:
    """Returns what differs between two states of a file: path, text before, text after."""
    old, new = _flat(before), _flat(after)
    paths = [*new, *(path for path in old if path not in new)]
    return [
        (path, old.get(path, ""), new.get(path, ""))
        for path in paths
        if old.get(path) != new.get(path)
    ]


def text_at(file: str, path: str) -> str:
    """Returns a text in a state of a file, of a list one word a line; empty if there is none."""
    flat = _flat(file)
    below = [text for other, text in flat.items() if other.startswith(f"{path}.")]
    return flat.get(path) or "\n".join(below)


def dotted(path: tuple[str | int, ...]) -> str:
    """Returns a path as fields have it."""
    return ".".join(map(str, path))


def _flat(file: str) -> dict[str, str]:
    try:
        return {dotted(path): value for path, value in yaml_text.values(file).items()}
    except yaml.YAMLError:
        return {"": file}


def _title(path: tuple[str | int, ...], found: Mapping[tuple[str | int, ...], Leaf]) -> str:
    """Returns the titles of what a text is a part of, from the outside in."""
    titles = []
    for length in range(1, len(path)):
        leaf = found.get((*path[:length], "title"))
        if leaf and isinstance(leaf.value, str):
            titles.append(leaf.value)
    return " > ".join(titles)


def _field(
    topic: str,
    leaf: Leaf,
    rule: dict[str, Any],
    is_list: bool,
    found: Mapping[tuple[str | int, ...], Leaf],
    title: str,
) -> Field:
    beside = found.get((*leaf.path[:-1], "buttons"))
    buttons = beside.value if beside and leaf.path[-1] == "text" else ()
    return Field(
        topic=topic,
        path=dotted(leaf.path),
        text=leaf.value if isinstance(leaf.value, str) else "\n".join(leaf.value),
        is_list=is_list,
        max_length=rule["maxLength"],
        placeholders=tuple(rule.get("placeholders", ())),
        comment=leaf.comment,
        buttons=tuple(buttons) if not isinstance(buttons, str) else (),
        title=title,
    )


def search(words: Words, wanted: str) -> Iterator[Field]:
    """Yields the fields of all topics whose text or path holds what is wanted."""
    wanted = wanted.casefold()
    for topic in TOPICS:
        for field in words.fields(topic):
            if wanted in field.text.casefold() or wanted in f"{topic}.{field.path}".casefold():
                yield field
