"""Which state may follow which; each enumeration of states has one table and asks here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from typing import TypeVar

State = TypeVar("State", bound=Enum)


class ImpossibleTransition(Exception):
    """A state was to follow one that it cannot follow: an error of ours."""


def follow(now: State, then: State, allowed: Mapping[State, Collection[State]]) -> State:
    """Returns the next state.

    Raises:
        ImpossibleTransition: if it is not among those that may follow the present one.
    """
    if then not in allowed[now]:
        raise ImpossibleTransition(f"{type(now).__name__}: {then.name} cannot follow {now.name}")
    return then
