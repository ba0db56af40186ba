"""What an editor can fill in: one text, or one list, and what may stand there.

What may stand where is declared once, in `content_loader/files.py` and, of the fixed sentences of
the channels, in `channels/message_shapes.py`; it is read from the JSON schema that pydantic makes
of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.message_shapes import MessageShapes
from content_loader.files import Files
from content_loader.shapes import MENU
from operators.yaml_text import ODD, Leaf

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Lists of names: what each may hold, by the name of the list.
BUTTONS, TROUBLES, WAYS = "buttons", "troubles", "ways"
_NAMES_IN = {
    "buttons": BUTTONS,
    MENU: BUTTONS,
    "troubles": TROUBLES,
    **dict.fromkeys(("rules_out", "excludes", "postpones", "allows", "doubts"), WAYS),
}


class _Shapes(Files, MessageShapes):
    """All files of YAML that can be changed."""


_SHAPES: dict[str, Any] = _Shapes.model_json_schema()


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
    """One text, one list of words, or one list of names to be chosen.

    Attributes:
        topic: the file, without `.yml`.
        path: where it stands, as `ways.phone.steps.0.do`.
        text: as it is now; of a list, one word a line.
        is_list: whether each line is a word or name of its own.
        max_length: of the text, or of each word.
        placeholders: which words in braces may be filled in.
        comment: what the file says of it.
        buttons: the names of the buttons under the answer, if it has any.
        title: of what it is a part of, as a person would say it; empty if the file has no words
            for that.
        names: of what its names are: `BUTTONS`, `TROUBLES` or `WAYS`; empty if it has texts.
        options: the names that may stand in it, with what they are called.
        max_names: how many; of these, `min_names` have to.
        min_names: see there.
        common: of a tenant's text, the one that all others say, if that is another; else None.
        needed: which of `placeholders` have to stand in it.
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
    names: str
    options: Mapping[str, str]
    max_names: int
    min_names: int
    common: str | None = None
    needed: tuple[str, ...] = ()

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
        if self.names:
            self._check_names(text.split("\n") if text else [])
            return
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
            for name in self.needed:
                if name not in PLACEHOLDER.findall(entry):
                    raise Problem("needed", name=f"{{{name}}}")

    def _check_names(self, names: list[str]) -> None:
        if len(set(names)) != len(names):
            raise Problem("twice")
        if len(names) > self.max_names:
            raise Problem("too_many", count=len(names), max=self.max_names)
        if len(names) < self.min_names:
            raise Problem("too_few", min=self.min_names)
        for name in names:
            if name not in self.options:
                raise Problem("no_option", name=name)


def names_in(key: str) -> str:
    """Returns of what the names in a list are, by the list's own name; empty if of nothing."""
    return _NAMES_IN.get(key, "")


def shape_at(topic: str, path: tuple[str | int, ...]) -> dict[str, Any]:
    """Returns what may stand at a path, as a JSON schema; empty if nothing may."""
    node: dict[str, Any] = _SHAPES
    for key in (topic, *path):
        if isinstance(key, int):
            node = node.get("items", {})
        else:
            # A table with names of one form has its entries under the pattern of that form.
            tables = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
            node = node.get("properties", {}).get(key) or tables[0] or {}
        node = resolved(node)
    return node


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Returns a part of the schema in the place of a reference to it."""
    while "$ref" in node:
        node = _SHAPES["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def fingerprint(text: str) -> str:
    """Returns a hash of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def dotted(path: tuple[str | int, ...]) -> str:
    """Returns a path as fields have it."""
    return ".".join(map(str, path))


def title_of(path: tuple[str | int, ...], found: Mapping[tuple[str | int, ...], Leaf]) -> str:
    """Returns the titles of what a text is a part of, from the outside in."""
    titles = []
    for length in range(1, len(path)):
        leaf = found.get((*path[:length], "title"))
        if leaf and isinstance(leaf.value, str):
            titles.append(leaf.value)
    return " > ".join(titles)


def names_field(
    topic: str, leaf: Leaf, shape: dict[str, Any], options: Mapping[str, str], title: str
) -> Field:
    """Returns the field of a list of names, with what may stand there by its shape."""
    key = str(leaf.path[-1])
    return Field(
        topic=topic,
        path=dotted(leaf.path),
        text="\n".join(leaf.value),
        is_list=True,
        max_length=0,
        placeholders=(),
        comment=leaf.comment,
        buttons=tuple(leaf.value) if _NAMES_IN[key] == BUTTONS else (),
        title=title,
        names=_NAMES_IN[key],
        options=options,
        max_names=shape.get("maxItems", len(options)),
        min_names=shape.get("minItems", 0),
    )


def text_field(
    topic: str,
    leaf: Leaf,
    rule: dict[str, Any],
    is_list: bool,
    found: Mapping[tuple[str | int, ...], Leaf],
    title: str,
) -> Field:
    """Returns the field of a text, or of a list of words, with what may stand there by its rule."""
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
        names="",
        options={},
        max_names=0,
        min_names=0,
        needed=tuple(rule.get("needed", ())),
    )
