"""Finds places for a form, by what somebody types."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from content_loader.load import ContentError
from gazetteer.places import Gazetteer, Place
from operators.visit import Site

_SHOWN = 30  # of places that a name may mean


def gazetteer_of(site: Site) -> Gazetteer:
    """Returns the places as they are in use; where the texts cannot be read, those of the tables.

    Raises:
        OSError, ValueError: if they cannot be read either.
    """
    try:
        return site.content().gazetteer
    except ContentError:
        return _read(site.words.folder)


@lru_cache(maxsize=2)
def _read(folder: Path) -> Gazetteer:
    return Gazetteer.load(folder)


def find_places(gazetteer: Gazetteer, wanted: str) -> list[Place]:
    """Returns the places that a name may mean, those whose name has the words in it last."""
    found = gazetteer.resolve([wanted])
    places = [found.place] if found.place else list(found.candidates)
    places += [place for place in gazetteer.places.values() if wanted in place.full_name]
    return list(dict.fromkeys(places))[:_SHOWN]


def named_exactly(gazetteer: Gazetteer, name: str) -> list[Place]:
    """Returns the places that a whole name means: one if it is clear, none if none is called so."""
    exact = [place for place in gazetteer.places.values() if name in (place.full_name, place.code)]
    if exact:
        return exact
    found = gazetteer.resolve([name])
    return [found.place] if found.place else list(found.candidates)
