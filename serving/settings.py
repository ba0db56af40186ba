"""Settings: a dataclass declares them once, with their defaults and what each may be.

pydantic checks what a file holds against it. What is wrong is said in one line, with the name of
the setting and never with its value: that may be a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from typing import Annotated, Any, TypeVar, get_type_hints

from pydantic import GetCoreSchemaHandler, Strict, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, ErrorDetails, core_schema

Flag = Annotated[bool, Strict()]
_Shape = TypeVar("_Shape")

_UNKNOWN = "unexpected_keyword_argument"
# pydantic's own messages are not passed on: some of them quote the value.
_PROBLEMS = {
    "missing": "is missing",
    _UNKNOWN: "is no setting: correct its name, or remove it",
    "bool_type": "is neither true nor false",
    "string_type": "is no text in quotes",
    "tuple_type": "is not a list like [one, two]",
    "dict_type": "is not a list of `name: value`",
    "dataclass_type": "is not a list of `name: value`",
}


@dataclass(frozen=True)
class Bounds:
    """What a number may be, both ends included; whole if it is an `int`."""

    minimum: float
    maximum: float

    def __get_pydantic_core_schema__(self, source: Any, _: GetCoreSchemaHandler) -> CoreSchema:
        number: CoreSchema
        low, high = self.minimum, self.maximum
        if source is int:
            kind, number = "whole number", core_schema.int_schema(ge=low, le=high, strict=True)  # type: ignore[arg-type]
        else:
            kind = "number"
            number = core_schema.float_schema(ge=low, le=high, strict=True, allow_inf_nan=False)
        return _said(number, f"is not a {kind} from {low:,} to {high:,}")


@dataclass(frozen=True)
class Says:
    """What is said of a value that is not what stands before this in its `Annotated`."""

    problem: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return _said(handler(source), self.problem)


def read(
    shape: type[_Shape],
    given: Mapping[str, Any] | None,
    location: str,
    refusal: type[Exception] = ValueError,
) -> _Shape:
    """Returns settings as the dataclass that declares them.

    Args:
        shape: the dataclass. A field that is one itself has its settings beside the others.
        given: what stands in the file.
        location: what the names in a refusal follow: the file and the part of it.
        refusal: what is raised.

    Raises:
        refusal: if one is missing, unknown or cannot be meant.
    """
    settings = {str(name): value for name, value in (given or {}).items()}
    for group, hint in get_type_hints(shape).items():
        if is_dataclass(hint):
            if group in settings:  # a name of ours, not of the file
                raise refusal(f"{location}{group} {_PROBLEMS[_UNKNOWN]}.")
            names = settings.keys() & get_type_hints(hint)
            settings[group] = {name: settings.pop(name) for name in names}
    try:
        return TypeAdapter(shape).validate_python(settings)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
    unknown = [problem for problem in problems if problem["type"] == _UNKNOWN]
    # Outside of `except`: the error of pydantic, which knows the values, goes no further.
    raise refusal(f"{location}{_sentence((unknown or problems)[0])}.")


def _said(schema: CoreSchema, problem: str) -> CoreSchema:
    return core_schema.custom_error_schema(schema, "setting", custom_error_message=problem)


def _sentence(error: ErrorDetails) -> str:
    *_, name = (part for part in error["loc"] if isinstance(part, str))
    if isinstance(error["loc"][-1], int):
        name = f"entry {error['loc'][-1] + 1} of {name}"
    if error["type"] == "literal_error":
        return f"{name} is not one of {error['ctx']['expected']}"
    problem = error["msg"] if error["type"] == "setting" else _PROBLEMS.get(error["type"])
    if error["type"] == "value_error":
        problem = str(error["ctx"]["error"])  # of a check of ours
    return f"{name} {problem or 'cannot be meant'}"
