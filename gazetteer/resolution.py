"""Decides which place is meant by the names in one message.

How names are looked up is in `gazetteer.names`. Four rules, in this order; where they leave
more than one place, the person is asked.

1. Names found together narrow each other: every name must be a name of the place or of one it
   lies in. Names that cannot go together: if the later ones begin at the same level as the one
   before them or above it, another place is named and counts; otherwise all readings of the
   last are candidates, even a single one.
2. A place that is remembered settles a name that occurs in it, else in the places around it.
3. A short name goes to the wider of two places of which one lies in the other, and
   - a province's short name never means a county-level place;
   - a city's short name means a county-level place elsewhere only if that is a district of a
     municipality or of a province's capital, and the city is none itself.
   The readings 'province' and 'prefecture' are never chosen between, nor are a prefecture that
   is no city (GB/T 2260) and the county of its name, nor a nickname and a name.
4. A zone or a town stands for the nearest place that is known and holds it; beside names that it
   does not fit, it does not count. What many cities call a zone is the city's own zone, if that
   is known. Names of places outside the mainland count only alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gazetteer.names import Names
from gazetteer.tables import LEVELS, Place


@dataclass(frozen=True)
class Resolution:
    """What the names in a message mean.

    At most one of `place` and `candidates` is set. Neither: no name is known, or `outside` or
    `zone` say why there is no place.

    Attributes:
        place: the one place that is meant.
        candidates: the places that may be meant, by code.
        unknown: the first name that is no place.
        renamed_from: the old name that led to `place` or to all `candidates`.
        nickname: the nickname or number plate that led to `place`.
        town: the town by which `place` was found.
        zone: the zone that lies in `place`, or that many cities have.
        outside: the name of a place that is not in the mainland.
        moved: `candidates` are the seats that a business has had one after the other.
    """

    place: Place | None = None
    candidates: tuple[Place, ...] = ()
    unknown: str | None = None
    renamed_from: str | None = None
    nickname: str | None = None
    town: str | None = None
    zone: str | None = None
    outside: str | None = None
    moved: bool = False


def resolve(names: Names, mentions: Sequence[str], within: Place | None = None) -> Resolution:
    """Returns what `mentions`, the names in one message in their order, mean.

    A mention may be a chain without blanks. `within` is the place remembered from before; it
    settles what is ambiguous and never rules out a place that lies elsewhere.
    """
    parts = [part for mention in mentions for part in names.split(mention)]
    parts = list(dict.fromkeys(parts))
    outside = next((part for part in parts if names.is_outside(part)), None)
    if outside:
        # 九龙 is also a county; behind 香港 it is not.
        parts = [part for part in parts if not names.may_be_outside(part)]
    word = next((part for part in parts if names.is_zone_word(part)), None)
    unknown = next((part for part in parts if not names.knows(part)), None)
    known = [part for part in parts if names.any(part) or names.around(part)]
    if not known:
        city = _city(within) if within and word else None
        return Resolution(place=city, zone=word, unknown=unknown, outside=outside)
    sure = [part for part in known if names.any(part)]
    if len(known) > len(sure) > 0 and not _together(names, known):
        known = sure
    start, found = 0, _together(names, known)
    while not found:
        start += 1
        found = _together(names, known[start:])
    used = known[start:]
    found = _settle(found, within, any(names.is_mixed(part, found) for part in used))
    old = next((p for p in used if _is_former(names, p, found)), None)
    if len(found) > 1 or not (start == 0 or _begins_anew(names, known, start)):
        return Resolution(None, tuple(found), unknown, old)
    (place,) = found
    own = names.zone_in(place, word) if word else None
    if own:
        return Resolution(own, unknown=unknown)
    named = any(place in names.any(part) for part in used)
    inside = [part for part in used if place in names.around(part)]
    zone = next((part for part in inside if names.is_zone(part)), word)
    return Resolution(
        place=place,
        unknown=unknown,
        renamed_from=old,
        nickname=next((p for p in used if names.is_nickname(p, place)), None),
        town=None if named or zone else next(iter(inside), None),
        zone=zone,
    )


def _city(place: Place) -> Place:
    """Returns the city that a place lies in, or is; a municipality counts as one."""
    line = list(place.line())
    return next(
        (other_place for other_place in line if other_place.level == "prefecture"), line[-1]
    )


def _together(names: Names, parts: Sequence[str]) -> list[Place]:
    """Returns the places that all the names fit.

    An old name counts where today's do not fit, and that of a town where neither does.
    """
    today = [names.any(part) or names.around(part) for part in parts]
    ever = [[*places, *names.former(part)] for part, places in zip(parts, today, strict=True)]
    also = [[*places, *names.around(part)] for part, places in zip(parts, ever, strict=True)]
    for readings in (today, ever, also):
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
        min(LEVELS.index(place.level) for place in names.any(part) or names.around(part))
        for part in (parts[start - 1], parts[start])
    )
    return after <= before


def _is_former(names: Names, part: str, found: Sequence[Place]) -> bool:
    """Tells whether all the places found are meant by an old name."""
    former = names.former(part)
    current = names.today(part)
    return bool(found) and all(place in former and place not in current for place in found)


def _settle(found: list[Place], within: Place | None, mixed: bool) -> list[Place]:
    """Applies the second and third rule; returns at least one of the places.

    With `mixed`, one of them is meant by a nickname and one by a name: neither goes before.
    """
    if any(place.level == "province" for place in found) and not mixed:
        found = [place for place in found if place.level in ("province", "prefecture")]
    for around in within.line() if within else ():
        inside = [place for place in found if around.contains(place)]
        if inside:
            found = inside
            break
    found = [p for p in found if not any(_covers(wider, p) for wider in found)]
    cities = [p for p in found if p.level == "prefecture"]
    if len(cities) == 1 and _is_city(cities[0]) and not mixed:
        capital = _is_capital(cities[0])
        found = [
            p
            for p in found
            if p.level == "province" or p in cities or (_in_capital(p) and not capital)
        ]
    return found


def _covers(wider: Place, place: Place) -> bool:
    if wider.level == "province" or wider is place or not wider.contains(place):
        return False
    # 恩施 is the prefecture 恩施州 or its capital, the city 恩施市: neither is more likely.
    return not (place.level == "county" and wider.level == "prefecture" and not _is_city(wider))


def _is_city(prefecture: Place) -> bool:
    """GB/T 2260: third and fourth digit 21 to 50 are prefectures and leagues, others cities."""
    return not 21 <= int(prefecture.code[2:4]) <= 50


def _is_capital(prefecture: Place) -> bool:
    """GB/T 2260: the capital of a province has the number 01."""
    return prefecture.code[2:4] == "01"


def _in_capital(place: Place) -> bool:
    """Tells whether it is a district (fifth and sixth digit 01 to 20) of such a city."""
    return len(place.code) == 6 and place.code[2:4] == "01" and int(place.code[4:]) <= 20
