"""Reads the tab-separated tables about places in `content/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

LEVELS = ("province", "prefecture", "county", "zone")


@dataclass(frozen=True, slots=True)
class Place:
    """A province, prefecture, county or development zone.

    Attributes:
        code: 2, 4 or 6 digits; a place lies in the place whose code begins its own.
        level: one of `LEVELS`.
        name: the official name alone.
        full_name: with the names of the places it lies in, widest first.
        parent: the place it lies in directly; None for a province.
        short_names: how else people call it, the shortest first.
        own_area_code: telephone area code; empty where it has none of its own.
        former_names: names of places that belong to it today.
    """

    code: str
    level: str
    name: str
    full_name: str
    parent: Place | None = field(default=None, repr=False)
    short_names: tuple[str, ...] = field(default=(), repr=False)
    own_area_code: str = field(default="", repr=False)
    former_names: tuple[str, ...] = field(default=(), repr=False)

    def line(self) -> Iterator[Place]:
        """Yields the place itself, then the places it lies in, widest last."""
        place: Place | None = self
        while place:
            yield place
            place = place.parent

    def contains(self, other: Place) -> bool:
        """Tells whether `other` is this place or lies in it."""
        return any(place.code == self.code for place in other.line())


class AliasKind(Enum):
    """What another name of places is; the head of `place_aliases.tsv` says it in full."""

    NICKNAME = "nickname"
    PLATE = "plate"
    SPELLING = "spelling"
    FORMER = "former"
    ZONE = "zone"
    TOWN = "town"
    OUTSIDE = "outside"
    ZONE_WORD = "zone_word"


@dataclass(frozen=True)
class Alias:
    """Another name; `places` are those it may mean, or that it may lie in."""

    name: str
    kind: AliasKind
    places: tuple[Place, ...] = ()


def rows(path: Path, *columns: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yields `(file:line, fields)` for each line below the header; `#` lines are skipped.

    Raises:
        ValueError: naming file and line, if the header is not `columns`, a line has another
            number of fields, or the first field is empty or came before.
    """
    seen: set[str] = set()
    header = False
    file = f"{path.parent.name}/{path.name}"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        where = f"{file}:{number}"
        if line.startswith("#"):
            continue
        fields = tuple(line.split("\t"))
        if not header:
            if fields != columns:
                raise ValueError(f"{where}: the header must be {', '.join(columns)}")
            header = True
            continue
        if len(fields) != len(columns):
            raise ValueError(f"{where}: {len(columns)} fields expected, {len(fields)} found")
        if not fields[0] or fields[0] in seen:
            raise ValueError(f"{where}: the {columns[0]} {fields[0]!r} is empty or not unique")
        seen.add(fields[0])
        yield where, fields
    if not header:
        raise ValueError(f"{file}:1: the file is empty")


def read_places(path: Path) -> dict[str, Place]:
    """Returns the places of `places.tsv` by code, in the order of the file.

    Raises:
        ValueError: naming file and line, as `rows` does, and for an unknown level, a code of a
            wrong form, a missing name, or a place above whose line comes later or never.
    """
    places: dict[str, Place] = {}
    columns = ("code", "level", "name", "short_names", "area_code", "former_names")
    for where, (code, level, name, short, area_code, former) in rows(path, *columns):
        if level not in LEVELS:
            raise ValueError(f"{where}: level {level!r} is none of {', '.join(LEVELS)}")
        if not (code.isascii() and code.isdigit() and len(code) in (2, 4, 6)):
            raise ValueError(f"{where}: code {code!r} is not of 2, 4 or 6 digits")
        if (level == "province") != (len(code) == 2):
            raise ValueError(f"{where}: code {code!r} does not fit the level {level}")
        if not name:
            raise ValueError(f"{where}: the name is missing")
        if area_code and not (area_code.isascii() and area_code.isdigit()):
            raise ValueError(f"{where}: area code {area_code!r} is not a number")
        above = [places[code[:n]] for n in (4, 2) if n < len(code) and code[:n] in places]
        if not above and level != "province":
            raise ValueError(f"{where}: the province of {code} has no line above this one")
        parent = above[0] if above else None
        places[code] = Place(
            code=code,
            level=level,
            name=name,
            full_name=_full_name(name, level, parent),
            parent=parent,
            short_names=tuple(filter(None, short.split(";"))),
            own_area_code=area_code,
            former_names=tuple(filter(None, former.split(";"))),
        )
    return places


def read_aliases(path: Path, places: Mapping[str, Place]) -> list[Alias]:
    """Returns the lines of `place_aliases.tsv`.

    Raises:
        ValueError: naming file and line, as `rows` does, and for an unknown kind or code, or a
            code where the kind has none.
    """
    aliases = []
    for where, (name, codes, kind) in rows(path, "name", "codes", "kind"):
        try:
            known = AliasKind(kind)
        except ValueError as error:
            raise ValueError(f"{where}: kind {kind!r} is none of those in the head") from error
        if bool(codes) == (known in (AliasKind.OUTSIDE, AliasKind.ZONE_WORD)):
            raise ValueError(f"{where}: codes {codes!r} do not fit the kind {kind}")
        aliases.append(Alias(name, known, _places(where, codes, places)))
    return aliases


def read_townships(path: Path, places: Mapping[str, Place]) -> dict[str, tuple[Place, ...]]:
    """Returns the places in which the towns of `townships.tsv` lie, by the name of a town.

    Raises:
        ValueError: naming file and line, as `rows` does, and for an unknown code.
    """
    towns: dict[str, tuple[Place, ...]] = {}
    for where, (code, names) in rows(path, "code", "names"):
        here = _places(where, code, places)  # one tuple for all towns: a list each takes 4 MB
        for name in names.split(";"):
            towns[name] = towns[name] + here if name in towns else here
    return towns


def read_spellings(path: Path, places: Mapping[str, Place]) -> dict[str, tuple[Place, ...]]:
    """Returns the places that sound so, by the spelling in `pinyin.tsv`.

    Raises:
        ValueError: naming file and line, as `rows` does, and for an unknown code.
    """
    return {
        spelling: _places(where, codes, places)
        for where, (spelling, codes) in rows(path, "spelling", "codes")
    }


def _places(where: str, codes: str, places: Mapping[str, Place]) -> tuple[Place, ...]:
    try:
        return tuple(places[code] for code in filter(None, codes.split(";")))
    except KeyError as error:
        raise ValueError(f"{where}: no place has the code {error}") from error


def _full_name(name: str, level: str, parent: Place | None) -> str:
    """Puts the names above before the name; a zone's own name often begins with one of them."""
    full_name = name
    for above in parent.line() if parent else ():
        repeats = level == "zone" and name.startswith((above.name, above.short_names[0]))
        if not repeats:
            full_name = above.name + full_name
    return full_name
