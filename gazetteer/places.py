"""The places of mainland China and the bureaus that answer for them; pure Python, no Rasa.

    gazetteer = Gazetteer.load(Path("content"))
    gazetteer.resolve(["浙江", "杭州", "余杭"]).place.full_name     # 浙江省杭州市余杭区
    gazetteer.resolve(["朝阳区"]).candidates                        # two places: ask
    gazetteer.resolve(["朝阳区"], within=beijing).place
    gazetteer.bureau_name(place), .website(place), .area_code(place), .by_code("330110")

How names are read is in `gazetteer.resolution`, the shape of the tables in
`gazetteer.tables`. Nothing is stated here that is not in the tables of `content/`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gazetteer.names import Names
from gazetteer.resolution import Resolution, resolve
from gazetteer.tables import (
    LEVELS,
    Place,
    read_aliases,
    read_places,
    read_spellings,
    read_townships,
    rows,
)

__all__ = ["HOST", "Gazetteer", "Place", "Resolution", "Website"]


#: The name of a host alone: nobody is led into a page, and no name can look like another.
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}")


@dataclass(frozen=True)
class Website:
    """A bureau's website.

    Attributes:
        bureau: the name of the bureau whose site it is, often a wider place's.
        website: the host's name.
    """

    bureau: str
    website: str


class Gazetteer:
    """Finds places by name and tells what is known of their bureaus."""

    def __init__(
        self,
        places: Mapping[str, Place],
        bureau_names: Mapping[str, str],
        websites: Mapping[str, Website],
        names: Names,
        notes: Mapping[str, str],
    ) -> None:
        """Takes the tables; see `load` for what they hold."""
        self.places = places
        self._bureau_names = bureau_names
        self._websites = websites
        self._names = names
        self._notes = notes
        zones = (place for place in places.values() if place.level == "zone")
        self._kinds = Counter(_without_parents(zone) for zone in zones)

    @classmethod
    def load(cls, folder: Path) -> Gazetteer:
        """Reads the tables in `folder`: `places.tsv` and what belongs to its codes.

        Raises:
            OSError: if a file cannot be read.
            ValueError: naming file and line, if a line is wrong.
        """
        places = read_places(folder / "places.tsv")
        bureau_names, notes = {}, {}
        columns = ("code", "name", "note")
        for where, (code, name, note) in rows(folder / "bureau_names.tsv", *columns):
            if code not in places and code not in (*LEVELS, "district"):
                raise ValueError(f"{where}: {code!r} is neither a place nor a level")
            try:
                name.format(name="", parent="")
            except (KeyError, IndexError, ValueError) as error:
                raise ValueError(f"{where}: only {{name}} and {{parent}} are filled in") from error
            bureau_names[code] = name
            if note:
                notes[code] = note
        for level in (*LEVELS, "district"):
            if not bureau_names.get(level):
                raise ValueError(f"{folder.name}/bureau_names.tsv:1: no line for {level}")
        websites = {}
        for where, (code, bureau, site) in rows(
            folder / "websites.tsv", "code", "bureau", "website"
        ):
            if code not in places or not bureau or not site:
                raise ValueError(f"{where}: a known code, a bureau and a website are needed")
            if not HOST.fullmatch(site):
                raise ValueError(f"{where}: {site!r} is no name of a host, as amr.ah.gov.cn")
            websites[code] = Website(bureau, site)
        names = Names(
            places.values(),
            read_aliases(folder / "place_aliases.tsv", places),
            read_townships(folder / "townships.tsv", places),
            read_spellings(folder / "pinyin.tsv", places),
        )
        return cls(places, bureau_names, websites, names, notes)

    def by_code(self, code: str) -> Place | None:
        """Returns the place of this code, or None."""
        return self.places.get(code)

    def resolve(self, mentions: Sequence[str], within: Place | None = None) -> Resolution:
        """Returns what the names in one message mean; see `gazetteer.resolution`."""
        return resolve(self._names, mentions, within)

    def names_outside(self, text: str) -> bool:
        """Tells whether a text names a place outside the mainland."""
        return any(name in text for name in self._names.outside if not name.isascii())

    @property
    def notes(self) -> Mapping[str, str]:
        """The name of the note, of those in `bureau.yml`, that a place's card has, by code."""
        return self._notes

    def bureau_name(self, place: Place) -> str | None:
        """Returns the probable name of the place's registration authority.

        None where none was found. The licence itself names the authority: who shows the
        name says so.
        """
        level = "district" if _is_district(place) else place.level
        template = self._bureau_names.get(place.code, self._bureau_names[level])
        parent = place.parent.name if place.parent else ""
        name = _without_parents(place) if self._is_kind_of_zone(place) else place.name
        return template.format(name=name, parent=parent) or None

    def website(self, place: Place) -> Website | None:
        """Returns the website of the place, else of the nearest place around it, else None."""
        found = (self._websites.get(other_place.code) for other_place in place.line())
        return next(filter(None, found), None)

    def area_code(self, place: Place) -> str | None:
        """Returns the telephone area code of the place, else of its city, else None."""
        return next(
            (
                other_place.own_area_code
                for other_place in place.line()
                if other_place.own_area_code
            ),
            None,
        )

    def _is_kind_of_zone(self, place: Place) -> bool:
        """Tells whether the zone's name without the city's is what many zones are called.

        What remains must still be a name: of a "new area" only two characters would be left.
        """
        rest = _without_parents(place)
        return place.level == "zone" and len(rest) > 4 and self._kinds[rest] > 1


def _is_district(place: Place) -> bool:
    """Tells a city's district from a county and a county-level city, by its number (GB/T 2260)."""
    code = place.code
    return place.level == "county" and code[2:4] != "90" and int(code[4:]) <= 20


def _without_parents(place: Place) -> str:
    """Takes the names of the places around it off the front of a name."""
    name = place.name
    for above in reversed(list(place.line())[1:]):
        for prefix in (above.name, above.short_names[0]):
            name = name.removeprefix(prefix)
    return name
