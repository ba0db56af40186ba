"""Changes single texts in a YAML file and leaves every other character as it is.

Comments, order, quotes and line breaks belong to those who edit the file by hand. No I/O.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str | int, ...]
Entry = Mapping[str, str | tuple[str, ...]] | tuple[str, ...]
_STRING = "tag:yaml.org,2002:str"
# What a file must not hold: control characters, other line ends, signs that turn text around, and
# what is no character.
ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


class NotChanged(ValueError):
    """A text cannot be changed without changing something else."""


@dataclass(frozen=True)
class Leaf:
    """One text, or one list of texts, in a file.

    Attributes:
        path: the keys and positions that lead to it.
        value: the text; of a list, its texts.
        start: the position of its first character in the file.
        end: the position behind its last.
        column: of the key in front of it, where a block could stand; None inside brackets.
        quoted: whether it stands in quotes.
        comment: the comment lines right above it.
    """

    path: Path
    value: str | tuple[str, ...]
    start: int
    end: int
    column: int | None
    quoted: bool
    comment: str


@functools.lru_cache(maxsize=64)
def leaves(text: str) -> Mapping[Path, Leaf]:
    """Returns every text of a file, and every list in brackets that holds nothing but texts.

    Raises:
        yaml.YAMLError: if the file is none.
    """
    lines = text.splitlines()
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    return {leaf.path: leaf for leaf in _walk(root, (), None, lines)} if root else {}


@functools.lru_cache(maxsize=256)
def values(text: str) -> Mapping[Path, str]:
    """Returns every scalar of a file as it is written, with its type if it is no text."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = yaml.compose(text, Loader=loader)
    return dict(_scalars(root, ())) if root else {}


def changed(text: str, path: Path, value: str | tuple[str, ...]) -> str:
    """Returns the file with one text, or one list of texts, changed.

    Raises:
        NotChanged: if there is no such text, or nothing that could be written there means it.
    """
    leaf = leaves(text).get(path)
    if leaf is None or isinstance(leaf.value, str) != isinstance(value, str):
        raise NotChanged(f"there is no text {path}")
    if value == leaf.value:
        return text
    expected = {key: other for key, other in values(text).items() if key[: len(path)] != path}
    if isinstance(value, str):
        expected[path] = value
    else:
        expected.update({(*path, index): item for index, item in enumerate(value)})
    old = text[leaf.start : leaf.end]
    behind = old[len(old.rstrip("\n")) :]  # empty lines that a block takes in
    for written in _ways_to_write(leaf, value):
        candidate = text[: leaf.start] + written + behind + text[leaf.end :]
        try:
            if values(candidate) == expected:
                return candidate
        except yaml.YAMLError:
            continue
    raise NotChanged(f"{path} cannot be written")


def with_entry(text: str, path: Path, index: int, entry: Entry) -> str:
    """Returns the file with one more entry in a list that has an entry a line or more.

    Args:
        text: the file.
        path: of the list.
        index: of the entry behind which it comes.
        entry: texts and lists of texts by their names; or a mere list of texts.

    Raises:
        NotChanged: if there is no such list, or the entry cannot be written there.
    """
    node = _list_at(text, path, index)
    end = _end_of(node.value[index], text)
    indent = " " * _dash_of(node.value[index], text)[1]
    before = "" if text[:end].endswith("\n") else "\n"
    written = before + _written_entry(entry, indent)
    given = entry if isinstance(entry, tuple) else dict(entry)
    return _verified(
        text, text[:end] + written + text[end:], path, lambda some: some.insert(index + 1, given)
    )


def without_entry(text: str, path: Path, index: int) -> str:
    """Returns the file without an entry of such a list; a comment above it stays.

    Raises:
        NotChanged: if there is no such entry, or nothing would be left.
    """
    node = _list_at(text, path, index)
    if len(node.value) == 1:
        raise NotChanged(f"{path} would be empty")
    start, end = _dash_of(node.value[index], text)[0], _end_of(node.value[index], text)
    return _verified(text, text[:start] + text[end:], path, lambda some: some.pop(index))


def _list_at(text: str, path: Path, index: int) -> yaml.SequenceNode:
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for key in path:
        if isinstance(node, yaml.MappingNode):
            node = next((child for name, child in node.value if name.value == key), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            node = node.value[key] if 0 <= key < len(node.value) else None
        else:
            node = None
    is_fit = isinstance(node, yaml.SequenceNode) and not node.flow_style
    if not is_fit or not 0 <= index < len(node.value):
        raise NotChanged(f"{path} is no list with such an entry")
    found: yaml.SequenceNode = node
    return found


def _dash_of(node: yaml.Node, text: str) -> tuple[int, int]:
    """Returns where the line of an entry begins, and the column of its dash."""
    start = text.rfind("\n", 0, node.start_mark.index) + 1
    return start, text.rindex("-", start, node.start_mark.index) - start


def _end_of(node: yaml.Node, text: str) -> int:
    """Returns where the line behind the last of what an entry holds begins."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end: int = node.end_mark.index
    held = text[:end].rstrip("\n") if getattr(node, "style", None) in ("|", ">") else text[:end]
    line_end = text.find("\n", len(held))
    return len(text) if line_end < 0 else line_end + 1


def _written_entry(entry: Entry, indent: str) -> str:
    if isinstance(entry, tuple):
        return f"{indent}- {_written_list(entry)}\n"
    lines = []
    for name, value in entry.items():
        written = _written_list(value) if isinstance(value, tuple) else _written_text(value, indent)
        lines.append(f"{name}: {written}\n")
    return f"{indent}- " + f"{indent}  ".join(lines)


def _written_list(values: tuple[str, ...]) -> str:
    plain = f"[{', '.join(values)}]"
    return plain if _means(plain, list(values)) else f"[{', '.join(map(_quoted, values))}]"


def _written_text(value: str, indent: str) -> str:
    if "\n" in value:
        inner = f"\n{indent}    "
        return re.sub(r"(?m)^ +$", "", inner.join(["|-", *value.split("\n")]))
    return value if _means(f"a: {value}", {"a": value}) else _quoted(value)


def _means(written: str, value: object) -> bool:
    try:
        return bool(yaml.safe_load(written) == value)
    except yaml.YAMLError:
        return False


def _verified(text: str, candidate: str, path: Path, change: Callable[[list[Any]], Any]) -> str:
    """Returns a file in which nothing but one change to a list has happened."""
    expected: Any = yaml.safe_load(text)
    entries = expected
    for key in path:
        entries = entries[key]
    change(entries)
    try:
        written = yaml.safe_load(candidate)
    except yaml.YAMLError as error:
        raise NotChanged(f"{path} cannot be written") from error
    # A list that is written differs from one that was given as a tuple in nothing but that.
    if json.dumps(written, default=str) != json.dumps(expected, default=str):
        raise NotChanged(f"{path} cannot be written")
    return candidate


def _ways_to_write(leaf: Leaf, value: str | tuple[str, ...]) -> Iterator[str]:
    """Yields how a value may be written, the most readable first."""
    if not isinstance(value, str):
        yield f"[{', '.join(value)}]"
        yield f"[{', '.join(map(_quoted, value))}]"
        return
    if "\n" in value:
        if leaf.column is not None:
            indent = "\n" + " " * (leaf.column + 2)
            block = indent.join(["|-", *value.split("\n")])
            yield re.sub(r"(?m)^ +$", "", block)
    elif not leaf.quoted:
        yield value
    yield _quoted(value)


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _walk(
    node: yaml.Node, path: Path, column: int | None, lines: list[str], inside: bool = False
) -> Iterator[Leaf]:
    if isinstance(node, yaml.MappingNode):
        inside = inside or bool(node.flow_style)
        for key, child in node.value:
            deeper = None if inside else key.start_mark.column
            yield from _walk(child, (*path, key.value), deeper, lines, inside)
    elif isinstance(node, yaml.SequenceNode):
        inside = inside or bool(node.flow_style)
        texts = [child.value for child in node.value if child.tag == _STRING]
        if node.flow_style and len(texts) == len(node.value) and not _has_comment(node, lines):
            yield _leaf(node, path, tuple(texts), None, lines)
        for index, child in enumerate(node.value):
            yield from _walk(child, (*path, index), None, lines, inside)
    elif node.tag == _STRING:
        yield _leaf(node, path, node.value, column, lines)


def _leaf(
    node: yaml.Node, path: Path, value: str | tuple[str, ...], column: int | None, lines: list[str]
) -> Leaf:
    comment = []
    for line in reversed(lines[: node.start_mark.line]):
        if not line.strip().startswith("#"):
            break
        comment.append(line.strip().lstrip("#").strip())
    return Leaf(
        path=path,
        value=value,
        start=node.start_mark.index,
        end=node.end_mark.index,
        column=column,
        quoted=getattr(node, "style", None) in ("'", '"'),
        comment="\n".join(reversed(comment)),
    )


def _has_comment(node: yaml.Node, lines: list[str]) -> bool:
    """Tells whether a list over several lines has comments in it; they would be lost."""
    return any("#" in line for line in lines[node.start_mark.line : node.end_mark.line])


def _scalars(node: yaml.Node, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            yield from _scalars(child, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield from _scalars(child, (*path, index))
    else:
        yield path, node.value if node.tag == _STRING else f"{node.tag} {node.value}"
