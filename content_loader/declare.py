"""What the files of `content/` are declared with: texts, names, lists, and tables of names."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, StrictStr
from pydantic_core import CoreSchema, core_schema

from serving.shaped import PLACEHOLDER, Shape, Text

__all__ = [
    "PLACEHOLDER",
    "Name",
    "NotNothing",
    "Once",
    "OneOf",
    "Shape",
    "Text",
    "exactly",
    "includes",
]

_Table = TypeVar("_Table", bound=dict[str, Any])
_List = TypeVar("_List", bound=tuple[Any, ...])


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
