"""What the files of `content/` are declared with: texts, names, lists, and tables of names."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StrictStr,
)
from pydantic_core import CoreSchema, core_schema

PLACEHOLDER = re.compile(r"\{(\w+)\}")
_Table = TypeVar("_Table", bound=dict[str, Any])
_List = TypeVar("_List", bound=tuple[Any, ...])


class Shape(BaseModel):
    """What stands under one name; a field that is not declared is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Text:
    """A sentence or word: how long it may be, and which {words} may be filled in.

    `operators.fields` finds both in the JSON schema, as `maxLength` and `placeholders`.
    """

    def __init__(self, max_length: int, *placeholders: str) -> None:
        self.max_length = max_length
        self.placeholders = placeholders

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(min_length=1, max_length=self.max_length, strict=True)
        return core_schema.no_info_after_validator_function(self._check, text)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "placeholders": self.placeholders}

    def _check(self, text: str) -> str:
        for name in PLACEHOLDER.findall(text):
            if name not in self.placeholders:
                allowed = ", ".join(f"{{{placeholder}}}" for placeholder in self.placeholders)
                raise ValueError(
                    f"unknown placeholder {{{name}}}; allowed here: {allowed or 'none'}"
                )
        return text


class OneOf:
    """One of some names, which stand in a line with blanks between them."""

    def __init__(self, names: str) -> None:
        self.names = names.split()

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(self.names)


def includes(names: str, others: bool = True) -> AfterValidator:
    """Says which names a table has to have, and whether it may have others."""

    def check(table: _Table) -> _Table:
        known = names.split()
        problems = [f"'{name}' is missing" for name in known if name not in table]
        if not others:
            problems += [f"'{name}' is not known here" for name in table if name not in known]
        if problems:
            raise ValueError("; ".join(problems))
        return table

    return AfterValidator(check)


def exactly(names: str) -> AfterValidator:
    """Says which names a table has to have, and that it has no other."""
    return includes(names, others=False)


def _each_once(entries: _List) -> _List:
    for index, entry in enumerate(entries):
        if entry in entries[:index]:
            raise ValueError(f"{entry!r} stands here twice")
    return entries


def _not_nothing(given: object) -> object:
    if given is None:
        raise ValueError("nothing stands here")
    return given


Name = Annotated[StrictStr, Field(pattern="^[a-z][a-z_]*$")]
Once = AfterValidator(_each_once)
# For a field that may be left out, but not be empty.
NotNothing = BeforeValidator(_not_nothing)
