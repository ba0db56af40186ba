"""Tells whether a value has the shape that a TypedDict declares, as mypy would for a literal."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

from typing_extensions import NotRequired, is_typeddict


def fits(value: Any, shape: Any) -> bool:
    """Tells whether a value from JSON has a shape, with no field more and none less."""
    if get_origin(shape) is NotRequired:
        return fits(value, get_args(shape)[0])
    if isinstance(shape, UnionType):
        return any(fits(value, option) for option in get_args(shape))
    if get_origin(shape) is Literal:
        return value in get_args(shape)
    if get_origin(shape) is list:
        return isinstance(value, list) and all(fits(item, get_args(shape)[0]) for item in value)
    if is_typeddict(shape):
        fields = shape.__annotations__
        return (
            isinstance(value, dict)
            and shape.__required_keys__ <= value.keys() <= fields.keys()
            and all(fits(value[name], fields[name]) for name in value)
        )
    return isinstance(value, NoneType if shape is None else shape)
