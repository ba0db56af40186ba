"""Write content/places.tsv and nlu/jieba/places.txt from two public packages.

`make places` runs this as `python -m scripts.build_places`; nothing of it runs with the
product. It fetches china-division (npm: provinces, cities, counties) and jionlp (PyPI: names
that have changed), each pinned by its hash, into a temporary folder, adds what is kept by hand
in scripts/places/, and writes the same bytes every time.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.place_sources import (
    DIVISIONS,
    DIVISIONS_VERSION,
    RENAMES,
    RENAMES_VERSION,
    fetch,
    read_characters,
    read_divisions,
    read_renames,
)
from scripts.short_names import short_names, zone_names

ROOT = Path(__file__).resolve().parent.parent
BY_HAND = ROOT / "scripts" / "places"
HEADER = f"""\
# Provinces, prefectures, counties and development zones of mainland China on 2023-06-30.
# Written by `make places`: do not edit. Names kept by hand are in scripts/places/.
# Source: npm package {DIVISIONS} {DIVISIONS_VERSION} (MIT in its metadata, WTFPL in its file).
# Former names: PyPI package {RENAMES} {RENAMES_VERSION} (Apache-2.0) and what is kept by hand.
code	level	name	short_names	area_code	former_names
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
# In that list, but the fetched places still carry the old name.
NOT_RENAMED = {"西沙群岛", "南沙群岛"}
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


def build(divisions: tuple[list[dict[str, str]], ...], renames: str) -> list[Entry]:
    """Return every place, ordered by code, with short, former names and area code."""
    provinces, cities, areas = divisions
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
        if old not in NOT_RENAMED and old != after[-1]:
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


def dictionary(
    entries: Iterable[Entry], frequency: Callable[[str, int], int], kinds: Mapping[str, str]
) -> list[str]:
    """Return the lines of the jieba dictionary, `word frequency tag`, every name once.

    The tag is `ns`, or what `TAGS` has for the kind of a name that is an ordinary word as well.
    """
    floors: dict[str, int] = {}
    for entry in entries:
        for name in (entry.name, *entry.short, *entry.former):
            floors[name] = max(floors.get(name, 0), FLOORS[entry.level])
    missing = [name for name in kinds if name not in floors]
    if missing:
        raise SystemExit(f"ordinary_words.tsv: no names of places: {missing}")
    return [
        f"{name} {frequency(name, 0 if name in kinds else floors[name])} {TAGS[kinds.get(name)]}"
        for name in sorted(floors)
    ]


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


def main() -> None:
    """Fetch, build and write both files."""
    with tempfile.TemporaryDirectory() as folder:
        divisions, renames = fetch(Path(folder))
        entries = build(read_divisions(divisions), read_renames(renames))
        characters = read_characters(renames)
    lines = "".join(entry.line() + "\n" for entry in entries)
    (ROOT / "content" / "places.tsv").write_text(HEADER + lines, encoding="utf-8")
    ordinary = read_by_hand(BY_HAND / "ordinary_words.tsv")
    kinds = {row["word"]: row["kind"] for row in ordinary}
    words = "\n".join(dictionary(entries, suggested_frequency(), kinds)) + "\n"
    (ROOT / "nlu" / "jieba" / "places.txt").write_text(words, encoding="utf-8")
    variants = HEADER_OF_VARIANTS + "".join(f"{old}{new}\n" for old, new in characters)
    (ROOT / "nlu" / "traditional.txt").write_text(variants, encoding="utf-8")
    print(f"{len(entries)} places, {words.count(chr(10))} names")


if __name__ == "__main__":
    main()
