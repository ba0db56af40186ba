"""The texts of a tenant: the common ones, and in a folder of its own those that it says otherwise.

A field shows what the tenant says. What is saved goes into its own folder, and only that: the
common files are read, never written. A text that is the common one again leaves its file.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from channels.live_messages import FOLDER as CHANNELS
from channels.wechat.messages import FILE as WECHAT_FILE
from channels.wechat.messages import read_own
from content_loader.drafts import difference, write_draft
from content_loader.load import LOCAL, TOPICS, load, merged
from operators import yaml_text
from operators.fields import Field, Problem, dotted
from operators.words import Words, refused_by
from operators.yaml_text import NotChanged

_NOTHING = "{}\n"  # of a topic of which everything is said as all say it
_NO_QUESTIONS = "questions: {}\nbureaus: {}\n"
_WIDTH = 4096  # lines are not broken
_WECHAT = "wechat"
_Path = tuple[str | int, ...]


class TenantWords(Words):
    """The files of a tenant over those of a folder like `content/`.

    Of the channels' sentences it has those of WeChat; the tables of places are one for all.
    """

    topics = (*TOPICS, _WECHAT)
    tables = ()

    def __init__(self, folder: Path, over: Path, channels: Path = CHANNELS) -> None:
        """Takes both folders; that of the tenant is made when something is saved."""
        super().__init__(folder, channels)
        self._common = Words(folder, channels)
        self._over = over

    def path(self, topic: str) -> Path:
        """Returns the tenant's file of a topic, which need not be there.

        Raises:
            KeyError: if there is no such topic.
        """
        if topic == _WECHAT:
            return self._over.parent / WECHAT_FILE
        return self._over / super().path(topic).name

    def read(self, topic: str) -> str:
        """Returns the tenant's file as it is now, or what an empty one says."""
        try:
            return super().read(topic)
        except FileNotFoundError:
            if topic != LOCAL:
                return _NOTHING
            head = self._common.introduction(topic).splitlines()
            return "".join(f"# {line}\n" for line in head) + _NO_QUESTIONS

    def introduction(self, topic: str) -> str:
        """Returns the comment at the head of the common file: what its names mean."""
        return self._common.introduction(topic)

    def effective(self, topic: str) -> str:
        """Returns what is said, as one file; its comments are not there."""
        if topic not in self.topics:
            return self._common.read(topic)
        if topic == LOCAL:
            return self.read(topic)
        return _laid_over(self._common.read(topic), self.read(topic))

    def fields(self, topic: str) -> list[Field]:
        """Returns the texts of a topic, each with the common one if that is another."""
        fields = super().fields(topic)
        if topic == LOCAL:
            return fields
        common = {field.path: field for field in self._common.fields(topic)}
        shown = []
        for field in fields:
            below = common.get(field.path)
            comment = below.comment if below else ""
            is_other = below is not None and below.text != field.text
            shown.append(
                replace(field, comment=comment, common=below.text if below and is_other else None)
            )
        return shown

    def with_text(self, field: Field, text: str) -> str:
        """Returns the tenant's file with another text in it, once it has passed every check.

        Raises:
            Problem: if it has not.
        """
        if field.topic == LOCAL:
            return super().with_text(field, text)
        field.check(text)
        value: Any = (text.split("\n") if text else []) if field.is_list else text
        leaves = yaml_text.leaves(self.effective(field.topic))
        path = next((path for path in leaves if dotted(path) == field.path), None)
        if path is None:
            raise Problem("not_written")
        common = self._common.read(field.topic)
        try:
            changed = _put(self.read(field.topic), common, path, value)
        except (YAMLError, AttributeError, KeyError, IndexError, TypeError) as error:
            raise Problem("not_written") from error
        self.check(field.topic, changed)
        return changed

    def check(self, topic: str, file: str) -> None:
        """Checks a whole file over the common ones, as the assistant does before it uses it.

        Raises:
            Problem: if the assistant would go on with what was before.
        """
        if topic == _WECHAT:
            refused_by(lambda: self._read_messages(topic, file))
            return
        with tempfile.TemporaryDirectory(prefix="operators-") as draft:
            folder = Path(draft) / self._over.name
            folder.mkdir()
            for path in self._over.glob("*.yml"):
                if path.name != f"{topic}.yml":
                    (folder / path.name).symlink_to(path.resolve())
            (folder / f"{topic}.yml").write_bytes(file.encode("utf-8"))
            refused_by(lambda: load(self.folder, folder, inherits_local=False))

    def _read_messages(self, topic: str, file: str) -> None:
        path = self.path(topic)
        where = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
        read_own(file, where, _plain(self._common.read(topic)))

    def load(self, draft: str = "") -> None:
        """Reads all that is said, with a draft in it.

        Raises:
            ContentError: if it cannot be used.
        """
        load(self.folder, self._over, inherits_local=False, draft=draft)

    def draft(self, topic: str, file: str) -> str:
        """Returns what a tenant's file that was checked changes, for a private conversation."""
        before = _plain(self.effective(topic))
        after = _plain(file if topic == LOCAL else _laid_over(self._common.read(topic), file))
        return write_draft({topic: difference(before, after)})

    def edited(self, topic: str, path: _Path, change: Callable[[str], str]) -> str:
        """Returns the tenant's file with a list in it that was changed, not checked yet.

        Raises:
            NotChanged: if it cannot be written.
        """
        if topic == LOCAL:
            return super().edited(topic, path, change)
        value: Any = _plain(change(self.effective(topic)))
        for key in path:
            value = value[key]
        try:
            return _put(self.read(topic), self._common.read(topic), path, value)
        except (YAMLError, AttributeError, KeyError, IndexError, TypeError) as error:
            raise NotChanged(str(path)) from error

    def _folders(self) -> tuple[Path, ...]:
        return (self.folder, self._over)


@lru_cache(maxsize=128)
def _laid_over(below: str, above: str) -> str:
    """Returns a file with another laid over it."""
    document = merged(_plain(below), _plain(above))
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    # Lists of words stand in brackets, as in the files: there each is one text.
    return str(
        yaml.dump(
            document,
            Dumper=dumper,
            allow_unicode=True,
            sort_keys=False,
            default_flow_style=None,
            width=_WIDTH,
        )
    )


def _plain(file: str) -> Any:
    """Returns what stands in a file.

    Raises:
        yaml.YAMLError: if it is none.
    """
    try:
        return YAML(typ="safe").load(file)
    except YAMLError as error:
        raise yaml.YAMLError(str(error)) from error


def _put(file: str, common: str, path: _Path, value: Any) -> str:
    """Returns a file with a text in it, or without it where it is the common one.

    Of a list with texts in it, all is taken over: a list is laid over another as a whole.
    """
    round_trip: Any = YAML()
    round_trip.preserve_quotes = True
    round_trip.width = _WIDTH
    round_trip.allow_unicode = True
    round_trip.indent(mapping=2, sequence=4, offset=2)
    root = round_trip.load(file)
    if not isinstance(root, CommentedMap):
        root = CommentedMap()
    below = _plain(common)
    count = next((at for at, key in enumerate(path) if isinstance(key, int)), len(path))
    names, inside = path[:count], path[count:]
    there = _at(root, names)
    whole: Any = _written(value)
    if inside:
        whole = copy.deepcopy(_at(below, names)) if there is None else there
        node = whole
        for key in inside[:-1]:
            node = node[key]
        node[inside[-1]] = _written(value)
    if whole == _at(below, names):
        _remove(root, names)
    else:
        _set(root, names, whole)
    written = StringIO()
    round_trip.dump(root, written)
    return written.getvalue()


def _at(node: Any, names: _Path) -> Any:
    for name in names:
        if not isinstance(node, Mapping) or name not in node:
            return None
        node = node[name]
    return node


def _set(root: CommentedMap, names: _Path, value: Any) -> None:
    node = root
    for name in names[:-1]:
        if not node and isinstance(node, CommentedMap):
            node.fa.set_block_style()
        if not isinstance(node.get(name), CommentedMap):
            node[name] = CommentedMap()
        node = node[name]
    if not node:
        node.fa.set_block_style()
    node[names[-1]] = value


def _remove(root: CommentedMap, names: _Path) -> None:
    """Takes a text out, and with it what would be empty without it."""
    nodes = [root]
    for name in names[:-1]:
        child = nodes[-1].get(name)
        if not isinstance(child, CommentedMap):
            return
        nodes.append(child)
    nodes[-1].pop(names[-1], None)
    for parent, name in reversed(list(zip(nodes, names[:-1], strict=False))):
        if not parent[name]:
            del parent[name]
    if not root:
        root.fa.set_flow_style()  # an empty block could not be written


def _written(value: Any) -> Any:
    if isinstance(value, str) and "\n" in value:
        return LiteralScalarString(value)
    return value
