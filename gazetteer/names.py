"""All names of places, for look-up: official, short, former, nicknames, towns, spellings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from gazetteer.tables import Alias, AliasKind, Place

_SEPARATORS = re.compile(r"[\W_]+")
_LONGEST_INPUT = 64  # no chain of names is longer; a longer text is not searched
# These mean a place itself, the others lie in one or are none.
_SELF = (AliasKind.NICKNAME, AliasKind.PLATE, AliasKind.SPELLING, AliasKind.FORMER)


class Names:
    """All names of all places; every look-up is a dictionary's."""

    def __init__(
        self,
        places: Iterable[Place],
        aliases: Sequence[Alias],
        towns: Mapping[str, Sequence[Place]],
        spellings: Mapping[str, Sequence[Place]],
    ) -> None:
        """Indexes the places by full, official, short and former names, and by the aliases.

        Args:
            places: all places.
            aliases: their other names.
            towns: the places in which the towns of a name lie.
            spellings: the places that sound so, by the letters of the sound.
        """
        self._full: dict[str, list[Place]] = defaultdict(list)
        self._official: dict[str, list[Place]] = defaultdict(list)
        self._short: dict[str, list[Place]] = defaultdict(list)
        self._former: dict[str, list[Place]] = defaultdict(list)
        self._zones = []
        for place in places:
            if place.level == "zone":
                self._zones.append(place)
            self._full[place.full_name].append(place)
            self._official[place.name].append(place)
            for name in place.short_names:
                self._short[name].append(place)
            for name in place.former_names:
                self._former[name].append(place)
        self._said: dict[str, list[Place]] = defaultdict(list)
        self._around: dict[str, list[Place]] = defaultdict(list)
        self._kinds: dict[str, set[AliasKind]] = defaultdict(set)
        for alias in aliases:
            name = key(alias.name)
            self._kinds[name].add(alias.kind)
            into = self._said if alias.kind in _SELF else self._around
            into[name] += [place for place in alias.places if place not in into[name]]
            if alias.kind is AliasKind.FORMER:
                self._former[name] += alias.places
        self._towns = towns
        self._spellings = spellings
        self.outside = tuple(alias.name for alias in aliases if alias.kind is AliasKind.OUTSIDE)
        # The words for a level (one character each) that end an official name.
        self._levels = {n[-1] for n in self._official if n[:-1] in self._short}

    def today(self, name: str) -> list[Place]:
        """Returns the places that are called so today; a full name goes before a short one."""
        for index in (self._official, self._full, self._short):
            if name in index:
                return index[name]
        return []

    def current(self, name: str) -> list[Place]:
        """Returns today's places of the name and those that it is a nickname or spelling of."""
        return list(dict.fromkeys([*self.today(name), *self._said_so(name)]))

    def former(self, name: str) -> list[Place]:
        """Returns the places that the place of this old name belongs to today."""
        return self._former.get(name, [])

    def any(self, name: str) -> list[Place]:
        """Returns today's places of the name, else an old name's, else of another level word.

        The last is for a slip such as a city called a county: only the short name counts then.
        """
        found = self.current(name) or self.former(name)
        if not found and len(name) > 2 and name[-1] in self._levels and not self.around(name):
            return self._short.get(name[:-1], [])
        return found

    def around(self, name: str) -> list[Place]:
        """Returns the places in which a town or zone of the name lies."""
        index = key(name)
        around = [*self._around.get(index, ()), *self._towns.get(index, ())]
        return list(dict.fromkeys(around))

    def is_zone(self, name: str) -> bool:
        """Tells whether it is the name of one zone."""
        return AliasKind.ZONE in self._kinds.get(key(name), ())

    def zone_in(self, city: Place, word: str) -> Place | None:
        """Returns the one zone in the city that is called by the city's name and the word."""
        begins = tuple(name + word for name in (city.name, *city.short_names))
        found = [
            zone
            for zone in self._zones
            if city.contains(zone)
            and any(name.startswith(begins) for name in (zone.name, *zone.short_names))
        ]
        return found[0] if len(found) == 1 else None

    def is_zone_word(self, name: str) -> bool:
        """Tells whether it is what the zones of many cities are called."""
        return AliasKind.ZONE_WORD in self._kinds.get(key(name), ())

    def may_be_outside(self, name: str) -> bool:
        """Tells whether a place outside the mainland is called so."""
        return AliasKind.OUTSIDE in self._kinds.get(key(name), ())

    def is_outside(self, name: str) -> bool:
        """Tells whether only a place outside the mainland is called so."""
        return self.may_be_outside(name) and not self.any(name)

    def is_nickname(self, name: str, place: Place) -> bool:
        """Tells whether it is a nickname or number plate of the place."""
        kinds = self._kinds.get(key(name), set())
        nickname = AliasKind.NICKNAME in kinds or AliasKind.PLATE in kinds
        return nickname and place in self._said.get(key(name), ())

    def is_mixed(self, name: str, found: Iterable[Place]) -> bool:
        """Tells whether some of the places found have it as a name, others as a nickname."""
        today, said = self.today(name), self._said_so(name)
        found = list(found)
        return any(other_name in today for other_name in found) and any(
            other_name in said and other_name not in today for other_name in found
        )

    def knows(self, name: str) -> bool:
        """Tells whether it is a name of anything."""
        return bool(self.any(name)) or self._is_alias(name)

    def _said_so(self, name: str) -> list[Place]:
        """Returns the places that it is a nickname or a spelling of."""
        index = key(name)
        return [*self._said.get(index, ()), *self._spellings.get(index, ())]

    def _is_alias(self, name: str) -> bool:
        index = key(name)
        return index in self._kinds or index in self._towns or index in self._spellings

    def split(self, text: str) -> list[str]:
        """Returns the names that `text` consists of; `[text]` if it is no chain of names."""
        if len(text) > _LONGEST_INPUT or self.knows(text):
            return [text]
        names: list[str] = []
        for part in filter(None, _SEPARATORS.split(text)):
            found = self._split(part, {})
            if found is None:
                return [text]
            names += found
        return names or [text]

    def _split(self, text: str, failed: dict[str, None]) -> list[str] | None:
        if self.knows(text):
            return [text]
        if text in failed:
            return None
        for end in range(len(text) - 1, 1, -1):
            begin = text[:end]
            if self.current(begin) or self.former(begin) or self._is_alias(begin):
                rest = self._split(text[end:], failed)
                if rest is not None:
                    return [text[:end], *rest]
        failed[text] = None
        return None


def key(name: str) -> str:
    """Returns the form under which aliases are found: small letters, of Latin ones nothing else."""
    lower = name.lower()
    return "".join(filter(str.isalpha, lower)) if lower.isascii() else lower
