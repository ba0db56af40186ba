"""Files that people edit: what their texts are declared with, and how a mistake in one is said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, ErrorDetails, core_schema

PLACEHOLDER = re.compile(r"\{(\w+)\}")
# What is said in the place of pydantic's own words.
_PROBLEMS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "model_type": "is no list of `name: value`",
    "dict_type": "is no list of `name: value`",
    "tuple_type": "is no list",
    "too_long": "has {actual_length} entries; at most {max_length} are allowed",
    "too_short": "has {actual_length} entries; at least {min_length} are needed",
    "bool_type": "is neither true nor false",
    "int_type": "is no whole number",
    "greater_than_equal": "is less than {ge}",
    "string_type": "is no text",
    "string_too_long": "is longer than {max_length} characters",
    "string_too_short": "is empty",
    "string_pattern_mismatch": "does not match {pattern}",
    "literal_error": "is not one of {expected}",
}


class Shape(BaseModel):
    """What stands under one name; a field that is not declared is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Text:
    """A sentence or word: how long it may be, and which {words} may be filled in.

    `operators.fields` finds these in the JSON schema, as `maxLength`, `placeholders` and `needed`.
    """

    def __init__(self, max_length: int, *placeholders: str, needed: Sequence[str] = ()) -> None:
        """Takes what may be filled in; of these, `needed` has what must stand in the text."""
        self.max_length = max_length
        self.placeholders = placeholders
        self.needed = tuple(needed)

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(min_length=1, max_length=self.max_length, strict=True)
        return core_schema.no_info_after_validator_function(self._check, text)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "placeholders": self.placeholders, "needed": self.needed}

    def _check(self, text: str) -> str:
        found = PLACEHOLDER.findall(text)
        for name in found:
            if name not in self.placeholders:
                allowed = ", ".join(f"{{{placeholder}}}" for placeholder in self.placeholders)
                raise ValueError(
                    f"unknown placeholder {{{name}}}; allowed here: {allowed or 'none'}"
                )
        for name in self.needed:
            if name not in found:
                raise ValueError(
                    f"{{{name}}} is missing, without which nobody sees what it stands for"
                )
        return text


def problem_of(error: ErrorDetails) -> tuple[tuple[str | int, ...], str]:
    """Returns where a shape is broken and how."""
    kind, given = error["type"], error["input"]
    # What pydantic says of a key has "[key]" behind it.
    path = tuple(part for part in error["loc"] if part != "[key]")
    if kind == "value_error":
        return path, str(error["ctx"]["error"])
    if given is None:
        return path, "nothing stands here"
    if kind not in _PROBLEMS:
        return path, error["msg"]
    problem = _PROBLEMS[kind].format(**error.get("ctx", {}))
    shows = isinstance(given, str | int | float) and kind != "extra_forbidden"
    return path, f"{given!r} {problem}" if shows else problem


def location(document: Any, inside: Sequence[str | int]) -> tuple[int, int]:
    """Returns how much of a path is found in a document of ruamel.yaml's, and the line of that."""
    depth, line, node = 0, 1, document
    for key in inside:
        try:
            position: Any = node.lc  # of ruamel.yaml's containers
            location = position.key(key) if isinstance(node, Mapping) else position.item(key)
            line = location[0] + 1
            node = node[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
        depth += 1
    return depth, line


def described(inside: Sequence[str | int], problem: str) -> str:
    """Returns a problem with its place; of a long one, its beginning and end say enough."""
    dotted = ".".join(map(str, inside)) or "(whole file)"
    shortened = problem if len(problem) < 240 else f"{problem[:120]} ... {problem[-100:]}"
    return f"{dotted}: {shortened}"
