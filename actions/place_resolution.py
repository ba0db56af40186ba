"""Decides which place is meant by the names in one message.

Three rules, in this order; where they leave more than one place, the person is asked.

1. Names found together narrow each other: every name must be a name of the place or of one it
   lies in. Names that cannot go together: if the later ones begin at the same level as the one
   before them or above it, another place is named and counts; otherwise all readings of the
   last are candidates, even a single one.
2. A place that is remembered settles a name that occurs in it, else in the places around it.
3. A short name goes to the wider of two places of which one lies in the other, and
   - a province's short name never means a county-level place;
   - a city's short name means a county-level place elsewhere only if that is a district of a
     municipality or of a province's capital, and the city is none itself.
   The readings 'province' and 'prefecture' are never chosen between.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from actions.place_tables import LEVELS, Place

_SEPARATORS = re.compile(r"[\W_]+")
_LONGEST_INPUT = 64  # no chain of names is longer; a longer text is not searched


@dataclass(frozen=True)
class Resolution:
    """What the names in a message mean.

    At most one of `place` and `candidates` is set. Neither: no name is known.

    Attributes:
        place: the one place that is meant.
        candidates: the places that may be meant, by code.
        unknown: the first name that is no place.
        renamed_from: the old name that led to `place` or to all `candidates`.
    """

    place: Place | None = None
    candidates: tuple[Place, ...] = ()
    unknown: str | None = None
    renamed_from: str | None = None


class Names:
    """All names of all places; every look-up is a dictionary's."""

    def __init__(self, places: Iterable[Place]) -> None:
        """Indexes the places by full, official, short and former names."""
        self._full: dict[str, list[Place]] = defaultdict(list)
        self._official: dict[str, list[Place]] = defaultdict(list)
        self._short: dict[str, list[Place]] = defaultdict(list)
        self._former: dict[str, list[Place]] = defaultdict(list)
        for place in places:
            self._full[place.full_name].append(place)
            self._official[place.name].append(place)
            for name in place.short_names:
                self._short[name].append(place)
            for name in place.former_names:
                self._former[name].append(place)
        # The words for a level (one character each) that end an official name.
        self._levels = {n[-1] for n in self._official if n[:-1] in self._short}

    def current(self, name: str) -> list[Place]:
        """Returns the places that are called so today; a full name goes before a short one."""
        for index in (self._official, self._full, self._short):
            if name in index:
                return index[name]
        return []

    def former(self, name: str) -> list[Place]:
        """Returns the places that the place of this old name belongs to today."""
        return self._former.get(name, [])

    def any(self, name: str) -> list[Place]:
        """Returns today's places of the name, else an old name's, else of another level word.

        The last is for a slip such as a city called a county: only the short name counts then.
        """
        found = self.current(name) or self.former(name)
        if not found and len(name) > 2 and name[-1] in self._levels:
            return self._short.get(name[:-1], [])
        return found

    def split(self, text: str) -> list[str]:
        """Returns the names that `text` consists of; `[text]` if it is no chain of names."""
        if len(text) > _LONGEST_INPUT:
            return [text]
        names: list[str] = []
        for part in filter(None, _SEPARATORS.split(text)):
            found = self._split(part, {})
            if found is None:
                return [text]
            names += found
        return names or [text]

    def _split(self, text: str, failed: dict[str, None]) -> list[str] | None:
        if self.any(text):
            return [text]
        if text in failed:
            return None
        for end in range(len(text) - 1, 1, -1):
            if self.current(text[:end]) or self.former(text[:end]):
                rest = self._split(text[end:], failed)
                if rest is not None:
                    return [text[:end], *rest]
        failed[text] = None
        return None


def resolve(names: Names, mentions: Sequence[str], within: Place | None = None) -> Resolution:
    """Returns what `mentions`, the names in one message in their order, mean.

    A mention may be a chain without blanks. `within` is the place remembered from before; it
    settles what is ambiguous and never rules out a place that lies elsewhere.
    """
    parts = [part for mention in mentions for part in names.split(mention)]
    parts = list(dict.fromkeys(parts))
    unknown = next((part for part in parts if not names.any(part)), None)
    known = [part for part in parts if names.any(part)]
    if not known:
        return Resolution(unknown=unknown)
    start, found = 0, _together(names, known)
    while not found:
        start += 1
        found = _together(names, known[start:])
    found = _settle(found, within)
    old = next((p for p in known[start:] if _is_former(names, p, found)), None)
    if len(found) == 1 and (start == 0 or _begins_anew(names, known, start)):
        return Resolution(found[0], (), unknown, old)
    return Resolution(None, tuple(found), unknown, old)


def _together(names: Names, parts: Sequence[str]) -> list[Place]:
    """Returns the places that all the names fit; an old name counts where today's do not fit."""
    today = [names.any(part) for part in parts]
    ever = [[*names.any(part), *names.former(part)] for part in parts]
    for readings in (today, ever):
        found = {
            place.code: place
            for reading in readings
            for place in reading
            if all(any(wider.contains(place) for wider in other) for other in readings)
        }
        if found:
            return [found[code] for code in sorted(found)]
    return []


def _begins_anew(names: Names, parts: Sequence[str], start: int) -> bool:
    """Tells whether the names from `start` on name another place, not one within the former."""
    before, after = (
        min(LEVELS.index(place.level) for place in names.any(part))
        for part in (parts[start - 1], parts[start])
    )
    return after <= before


def _is_former(names: Names, part: str, found: Sequence[Place]) -> bool:
    """Tells whether all the places found are meant by an old name."""
    former = names.former(part)
    current = names.current(part)
    return all(place in former and place not in current for place in found)


def _settle(found: list[Place], within: Place | None) -> list[Place]:
    """Applies the second and third rule; returns at least one of the places."""
    if any(place.level == "province" for place in found):
        found = [place for place in found if place.level in ("province", "prefecture")]
    for around in within.line() if within else ():
        inside = [place for place in found if around.contains(place)]
        if inside:
            found = inside
            break
    found = [p for p in found if not any(_covers(wider, p) for wider in found)]
    cities = [p for p in found if p.level == "prefecture"]
    if len(cities) == 1 and _is_city(cities[0]):
        capital = _is_capital(cities[0])
        found = [
            p
            for p in found
            if p.level == "province" or p in cities or (_in_capital(p) and not capital)
        ]
    return found


def _covers(wider: Place, place: Place) -> bool:
    return wider.level != "province" and wider is not place and wider.contains(place)


def _is_city(prefecture: Place) -> bool:
    """GB/T 2260: third and fourth digit 21 to 50 are prefectures and leagues, others cities."""
    return not 21 <= int(prefecture.code[2:4]) <= 50


def _is_capital(prefecture: Place) -> bool:
    """GB/T 2260: the capital of a province has the number 01."""
    return prefecture.code[2:4] == "01"


def _in_capital(place: Place) -> bool:
    """Tells whether it is a district (fifth and sixth digit 01 to 20) of such a city."""
    return len(place.code) == 6 and place.code[2:4] == "01" and int(place.code[4:]) <= 20
