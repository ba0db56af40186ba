"""Changes single texts in a YAML file and leaves every other character as it is.

Comments, order, quotes and line breaks belong to those who edit the file by hand. No I/O.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

Path = tuple[str | int, ...]
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
