"""The files of what the assistant says for those who change them, checked as it checks them.

That is the texts of `content/`, and the fixed sentences of the channels.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import yaml

from channels.live_messages import FILES as MESSAGE_FILES
from channels.live_messages import FOLDER as CHANNELS
from channels.live_messages import BadMessages
from channels.live_messages import read as read_messages
from content_loader.drafts import difference, write_draft
from content_loader.load import FOLDER, TOPICS, ContentError, load
from content_loader.shapes import MENU
from operators import tables, yaml_text
from operators.fields import (
    BUTTONS,
    TROUBLES,
    WAYS,
    Field,
    Problem,
    dotted,
    names_field,
    names_in,
    resolved,
    shape_at,
    text_field,
    title_of,
)
from operators.tables import TABLES
from operators.yaml_text import NotChanged

__all__ = ["FOLDER", "TOPICS", "Conflict", "NotChanged", "Words"]

_PROBLEM = re.compile(r"[^:\n]+/(\w+)\.(?:yml|tsv):(\d+): ([^:]*): (.*)")
_NAMED_BY_INTENT = ("answer", "chitchat", "safety")  # their entries have the names of intents
_MODE = 0o644  # of a file that is new: the assistant may run as another user


class Conflict(Exception):
    """Somebody has changed the same text meanwhile."""


class Words:
    """The files of a folder like `content/`; they are the truth, nothing is kept beside them.

    Attributes:
        topics: the names of the files whose texts are fields.
        tables: those of the tables of places.
    """

    topics: tuple[str, ...] = (*TOPICS, *MESSAGE_FILES)
    tables: tuple[str, ...] = tuple(TABLES)

    def __init__(self, folder: Path = FOLDER, channels: Path = CHANNELS) -> None:
        """Takes the folder, and the one below which the channels' sentences stand."""
        self.folder = folder
        self._channels = channels
        self._state: tuple[list[tuple[str, int, int]], str] | None = None

    def path(self, topic: str) -> Path:
        """Returns the file of a topic.

        Raises:
            KeyError: if there is no such topic.
        """
        if topic in self.tables:
            return self.folder / f"{topic}.tsv"
        if topic not in self.topics:
            raise KeyError(topic)
        if topic in MESSAGE_FILES:
            return self._channels / MESSAGE_FILES[topic][0]
        return self.folder / f"{topic}.yml"

    def file_name(self, topic: str) -> str:
        """Returns how the file of a topic is called."""
        path = self.path(topic)
        inside = path.is_relative_to(self._channels)
        return str(path.relative_to(self._channels.parent)) if inside else path.name

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
        options: dict[str, Mapping[str, str]] = {}
        fields = []
        for path, leaf in found.items():
            if path[:-1] in lists:
                continue
            shape = shape_at(topic, path)
            is_list = not isinstance(leaf.value, str)
            rule = resolved(shape.get("items", {})) if is_list else shape
            title = title_of(path, found) or meanings.get(("meanings", *path[-2:-1]), "")
            if "maxLength" in rule and leaf.value:
                fields.append(text_field(topic, leaf, rule, is_list, found, title))
            elif is_list and names_in(str(path[-1])):
                key = str(path[-1])
                options.setdefault(key, self._options_of(key))
                fields.append(names_field(topic, leaf, shape, options[key], title))
        return fields

    def options(self, names: str) -> Mapping[str, str]:
        """Returns the buttons, troubles or ways that there are, with what they are called."""
        if names == BUTTONS:
            found = self.values("buttons")
            titled = {
                str(path[1]): title
                for path, title in found.items()
                if (path[0] == "buttons" and path[-1] == "title") or path[0] == "meanings"
            }
            return {name: title for name, title in titled.items() if "{" not in title}
        topic = "diagnose" if names == TROUBLES else "recover"
        titles = {}
        for path, title in self.values(topic).items():
            if path[0] == names and path[2:] == ("title",):
                titles[str(path[1])] = title
        if names == WAYS:
            titles.pop("bureau", None)  # it is what remains, and is never left out
        return titles

    def _options_of(self, key: str) -> Mapping[str, str]:
        """Returns the names that a list may hold; the menu, with no title, stands for its own."""
        options = self.options(names_in(key))
        return {MENU: "", **options} if key == BUTTONS else options

    def field(self, topic: str, path: str) -> Field:
        """Returns one text.

        Raises:
            KeyError: if there is none.
        """
        for field in self.fields(topic):
            if field.path == path:
                return field
        raise KeyError(path)

    def title_at(self, topic: str, path: tuple[str | int, ...]) -> str:
        """Returns of what a path is a part of, as a person would say it."""
        return title_of(path, yaml_text.leaves(self.effective(topic)))

    def text_above(self, field: Field) -> str:
        """Returns the answer under which a list of buttons stands; empty if there is none."""
        path = f"{field.group}.text"
        found = (one.text for one in self.fields(field.topic) if one.path == path)
        return next(found, "") if field.names == BUTTONS else ""

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
        value = tuple(text.split("\n") if text else ()) if field.is_list else text
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

    def edited(self, topic: str, path: tuple[str | int, ...], change: Callable[[str], str]) -> str:
        """Returns a file in which a list was changed, not checked yet.

        Args:
            topic: of the file.
            path: of the list.
            change: returns what is said with the list changed, of what is said.

        Raises:
            NotChanged: if it cannot be written.
        """
        return change(self.read(topic))

    def load(self, draft: str = "") -> None:
        """Reads all that is said, with a draft in it.

        Raises:
            ContentError: if it cannot be used.
        """
        load(self.folder, draft=draft)

    def may_try(self, topic: str) -> bool:
        """Tells whether a change of a topic can be tried in a private conversation."""
        return topic in TOPICS

    def draft(self, topic: str, file: str) -> str:
        """Returns what a file that was checked changes, for a private conversation."""
        before, after = (yaml.safe_load(text) for text in (self.read(topic), file))
        return write_draft({topic: difference(before, after)})

    def check(self, topic: str, file: str) -> None:
        """Checks a whole file together with all others, as the assistant does before it uses it.

        Raises:
            Problem: if the assistant would go on with what was before.
        """
        if topic in MESSAGE_FILES:
            refused_by(lambda: self._read_messages(topic, file))
            return
        name = self.path(topic).name
        with tempfile.TemporaryDirectory(prefix="operators-") as draft:
            folder = Path(draft) / self.folder.name
            folder.mkdir()
            for path in self.folder.iterdir():
                if path.name != name:
                    (folder / path.name).symlink_to(path.resolve())
            (folder / name).write_bytes(file.encode("utf-8"))
            refused_by(lambda: load(folder))

    def state(self) -> str:
        """Returns what is wrong with the files as they are; empty if they are in use."""
        present = self._signature()
        if self._state is None or self._state[0] != present:
            problems = []
            try:
                self.load()
            except ContentError as error:
                problems.append(str(error))
            for topic in self.topics:
                try:
                    if topic in MESSAGE_FILES:
                        self._read_messages(topic, self.read(topic))
                except (BadMessages, OSError, UnicodeDecodeError) as error:
                    problems.append(str(error))
            self._state = (present, "\n".join(problems))
        return self._state[1]

    def _read_messages(self, topic: str, file: str) -> None:
        """Reads a file of a channel.

        Raises:
            BadMessages: if the channel would go on with what was before.
        """
        name, shape = MESSAGE_FILES[topic]
        read_messages(file, shape, f"{self._channels.name}/{name}")

    def _folders(self) -> tuple[Path, ...]:
        """Returns the folders with all that is said."""
        return (self.folder,)

    def _signature(self) -> list[tuple[str, int, int]]:
        folders = [folder for folder in self._folders() if folder.is_dir()]
        paths = [path for folder in folders for path in sorted(folder.iterdir())]
        paths += [self.path(topic) for topic in self.topics if topic in MESSAGE_FILES]
        paths = [path for path in paths if path.is_file()]
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
            self._state = None
        finally:
            draft.unlink(missing_ok=True)


def refused_by(check: Callable[[], object]) -> None:
    """Loads files by a call.

    Raises:
        Problem: with the first sentence of what is wrong with them.
    """
    try:
        check()
    except (ContentError, BadMessages) as error:
        found = _PROBLEM.findall(str(error))
        said = [f"{where}: {what}" for _, _, where, what in found] or [str(error)]
        raise Problem("check", said=said[0]) from error


def differences(topic: str, before: str, after: str) -> list[tuple[str, str, str]]:
    """Returns what differs between two states of a file: path, text before, text after."""
    old, new = _flat(topic, before), _flat(topic, after)
    paths = [*new, *(path for path in old if path not in new)]
    return [
        (path, old.get(path, ""), new.get(path, ""))
        for path in paths
        if old.get(path) != new.get(path)
    ]


def text_at(topic: str, file: str, path: str) -> str:
    """Returns a text in a state of a file, empty if there is none.

    Of a list one word a line; of a row of a table, what stands in it behind the first.
    """
    flat = _flat(topic, file)
    below = [text for other, text in flat.items() if other.startswith(f"{path}.")]
    return flat.get(path) or "\n".join(below)


def _flat(topic: str, file: str) -> dict[str, str]:
    if topic in TABLES:
        return tables.flat(topic, file)
    try:
        return {dotted(path): value for path, value in yaml_text.values(file).items()}
    except yaml.YAMLError:
        return {"": file}


def search(words: Words, wanted: str) -> Iterator[Field]:
    """Yields the texts of all topics that hold what is wanted, or whose path does."""
    wanted = wanted.casefold()
    for topic in words.topics:
        for field in words.fields(topic):
            if field.names:
                continue  # they stand beside the text that is found
            if wanted in field.text.casefold() or wanted in f"{topic}.{field.path}".casefold():
                yield field
