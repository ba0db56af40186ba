"""What is wrong in settings is said by name, never by value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, Field, with_config

from serving.settings import Bounds, Flag, Says, read

SECRET = "s3cret-Value"


@dataclass(frozen=True)
class Group:
    size: Annotated[int, Bounds(1_000, 2_000)] = 1_500


def refuse(text: str) -> str:
    if text:
        raise ValueError("is of no use")
    return text


@with_config(extra="forbid")
@dataclass(frozen=True)
class Shape:
    token: Annotated[str, Field(pattern="^[a-z]+$", alias="token_variable"), Says("is no name")]
    hours: Annotated[float, Bounds(0.5, 24)] = 12
    flag: Flag = True
    mode: Literal["safe", "plain"] = "safe"
    names: tuple[Annotated[str, Says("is no text")], ...] = ()
    fields: Mapping[str, Group] = field(default_factory=dict)
    number: int = 1
    own: Annotated[str, AfterValidator(refuse)] = ""
    group: Group = field(default_factory=Group)


GOOD = {"token_variable": "abc"}


def test_settings_become_the_dataclass_and_a_group_has_its_names_beside_the_others() -> None:
    given = {**GOOD, "hours": 3, "size": 1_001, "names": ["a"]}
    assert read(Shape, given, "") == Shape("abc", 3, names=("a",), group=Group(1_001))


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "token_variable is missing"),
        ({"token_variable": SECRET}, "token_variable is no name"),
        ({"token": SECRET}, "token is no setting: correct its name, or remove it"),
        ({**GOOD, "group": {"size": 1_001}}, "group is no setting: correct its name, or remove it"),
        ({**GOOD, "hours": SECRET}, "hours is not a number from 0.5 to 24"),
        ({**GOOD, "size": 1_500.0}, "size is not a whole number from 1,000 to 2,000"),
        ({**GOOD, "flag": SECRET}, "flag is neither true nor false"),
        ({**GOOD, "mode": SECRET}, "mode is not one of 'safe' or 'plain'"),
        ({**GOOD, "names": SECRET}, "names is not a list like [one, two]"),
        ({**GOOD, "names": ["a", {SECRET: SECRET}]}, "entry 2 of names is no text"),
        ({**GOOD, "fields": SECRET}, "fields is not a list of `name: value`"),
        ({**GOOD, "number": SECRET}, "number cannot be meant"),
        ({**GOOD, "own": SECRET}, "own is of no use"),
        ({**GOOD, "own": 5}, "own is no text in quotes"),
    ],
)
def test_a_refusal_has_the_name_what_is_wrong_and_no_value(
    given: dict[str, Any], problem: str
) -> None:
    with pytest.raises(LookupError) as caught:
        read(Shape, given, "file.yml: ", LookupError)
    assert str(caught.value) == f"file.yml: {problem}."
    # A log of the whole chain shows no value either.
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
