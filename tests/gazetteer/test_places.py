"""Every place, every ambiguous name, every bureau's name: the tables of `content/` as shipped."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from gazetteer.places import Gazetteer, Place
from scripts.console import ROOT

GAZETTEER = Gazetteer.load(ROOT / "content")
PLACES = list(GAZETTEER.places.values())


def resolve(*mentions: str, within: str = "") -> str:
    """Returns what mentions lead to: one full name, several with a stroke between, or nothing."""
    around = GAZETTEER.by_code(within) if within else None
    found = GAZETTEER.resolve(mentions, around)
    assert not (found.place and found.candidates)
    if found.place:
        return found.place.full_name
    return "|".join(candidate.full_name for candidate in found.candidates)


def test_counts() -> None:
    assert Counter(place.level for place in PLACES) == {
        "province": 31,
        "prefecture": 333,
        "county": 2852,  # with the few that only statistics count, such as 大柴旦行政委员会
        "zone": 126,
    }
    assert not {place.name for place in PLACES} & {"市辖区", "县", "省直辖县级行政区划"}


def test_the_full_chain_leads_to_the_place() -> None:
    for place in PLACES:
        names = [other_place.name for other_place in reversed(list(place.line()))]
        for mentions in (names, ["".join(names)], [place.full_name]):
            found = GAZETTEER.resolve(mentions)
            assert found.place == place, mentions
            assert found.renamed_from is None


def test_the_short_chain_leads_to_the_place_or_to_the_city_it_is_named_after() -> None:
    for place in PLACES:
        if place.level == "zone" or not place.short_names:
            continue
        chain = [other_place.short_names[0] for other_place in reversed(list(place.line()))]
        found = GAZETTEER.resolve(chain)
        # 河北省承德市承德县 and 河北省承德市 are both 河北 承德: the city is meant.
        answers = [found.place] if found.place else list(found.candidates)
        assert any(answer and answer.contains(place) for answer in answers), chain


def test_every_official_name_that_occurs_twice_asks() -> None:
    by_name = defaultdict(list)
    for place in PLACES:
        by_name[place.name].append(place)
    twice = {name: places for name, places in by_name.items() if len(places) > 1}
    assert len(twice) >= 28
    for name, places in twice.items():
        found = GAZETTEER.resolve([name])
        assert found.place is None
        assert list(found.candidates) == sorted(places, key=lambda place: place.code)
        for place in places:
            above = place.parent
            assert above
            assert GAZETTEER.resolve([above.name, name]).place == place
            assert GAZETTEER.resolve([name], within=above).place == place


def test_every_short_name_of_several_counties_asks() -> None:
    by_name: dict[str, list[Place]] = defaultdict(list)
    for place in PLACES:
        for name in place.short_names:
            by_name[name].append(place)
    asked = 0
    for name, places in by_name.items():
        alike = {place.level for place in places} == {"county"} and len(places) > 1
        if alike and name not in {place.name for place in PLACES}:
            found = GAZETTEER.resolve([name])
            # A city's nickname may be meant as well (江城).
            assert {candidate.code for candidate in found.candidates} >= {
                place.code for place in places
            }, name
            asked += 1
    assert asked > 60


@pytest.mark.parametrize(
    ("mentions", "expected"),
    [
        (["浙江", "杭州", "余杭"], "浙江省杭州市余杭区"),
        (["余杭", "杭州"], "浙江省杭州市余杭区"),
        (["浙江杭州余杭"], "浙江省杭州市余杭区"),
        (["北京市朝阳区"], "北京市朝阳区"),
        (["北京市 朝阳区"], "北京市朝阳区"),
        (["内蒙"], "内蒙古自治区"),
        (["滑县"], "河南省安阳市滑县"),
        (["恩施州"], "湖北省恩施土家族苗族自治州"),
        (["济源"], "河南省济源市"),
        (["石河子"], "新疆维吾尔自治区石河子市"),
        (["三沙"], "海南省三沙市"),
        (["雄安"], "河北省雄安新区"),
        (["石家庄高新区"], "河北省石家庄高新技术产业开发区"),
        # Short names: the wider of two in one line, the city before a county far away.
        (["西安"], "陕西省西安市"),
        (["河南"], "河南省"),
        (["河南县"], "青海省黄南藏族自治州河南蒙古族自治县"),
        (["河北"], "河北省"),
        (["辽宁", "朝阳"], "辽宁省朝阳市"),
        (["长春", "朝阳"], "吉林省长春市朝阳区"),
        (["天津", "河北区"], "天津市河北区"),
        (["海南", "三亚"], "海南省三亚市"),
        (["吉林", "吉林市"], "吉林省吉林市"),
        # Really different readings: ask.
        (["朝阳区"], "北京市朝阳区|吉林省长春市朝阳区"),
        (["朝阳"], "北京市朝阳区|辽宁省朝阳市|吉林省长春市朝阳区"),
        (["通州"], "北京市通州区|江苏省南通市通州区"),
        (["吉林"], "吉林省|吉林省吉林市"),
        (["海南"], "海南省|青海省海南藏族自治州"),
        (["大理"], "云南省大理白族自治州|云南省大理白族自治州大理市"),
        (["恩施"], "湖北省恩施土家族苗族自治州|湖北省恩施土家族苗族自治州恩施市"),
        (
            ["鼓楼区"],
            "江苏省南京市鼓楼区|江苏省徐州市鼓楼区|福建省福州市鼓楼区|河南省开封市鼓楼区",
        ),
        # What cannot go together is asked back, another place of the same level replaces.
        (["浙江", "朝阳区"], "北京市朝阳区|吉林省长春市朝阳区"),
        (["浙江", "海淀区"], "北京市海淀区"),
        (["杭州", "宁波"], "浙江省宁波市"),
        (["浙江", "杭州", "北京", "朝阳区"], "北京市朝阳区"),
        # The word for the level is wrong.
        (["余杭市"], "浙江省杭州市余杭区"),
    ],
)
def test_names(mentions: list[str], expected: str) -> None:
    assert resolve(*mentions) == expected


@pytest.mark.parametrize(
    ("mention", "within", "expected"),
    [
        ("朝阳区", "11", "北京市朝阳区"),
        ("宁波", "11", "浙江省宁波市"),
        ("西湖区", "330110", "浙江省杭州市西湖区"),
        ("新华", "1301", "河北省石家庄市新华区"),
        ("河北", "12", "河北省"),
        ("朝阳区", "33", "北京市朝阳区|吉林省长春市朝阳区"),
    ],
)
def test_a_remembered_place_settles_what_is_ambiguous(
    mention: str, within: str, expected: str
) -> None:
    assert resolve(mention, within=within) == expected


@pytest.mark.parametrize(
    ("mentions", "old", "expected"),
    [
        (["莱芜市"], "莱芜市", "山东省济南市莱芜区"),
        (["山东", "莱芜市"], "莱芜市", "山东省济南市莱芜区"),
        (["下城区"], "下城区", "浙江省杭州市拱墅区"),
        (["襄樊"], "襄樊", "湖北省襄阳市"),
        (["襄樊市", "樊城区"], None, "湖北省襄阳市樊城区"),
        (["崇文区"], "崇文区", "北京市东城区"),
        (["闸北"], "闸北", "上海市静安区"),
        (["大同", "城区"], "城区", "山西省大同市平城区"),
        (["桥东区"], None, "河北省张家口市桥东区"),
        (["邢台", "桥东区"], "桥东区", "河北省邢台市襄都区"),
    ],
)
def test_old_names(mentions: list[str], old: str | None, expected: str) -> None:
    assert resolve(*mentions) == expected
    assert GAZETTEER.resolve(mentions).renamed_from == old


def test_every_old_name_leads_to_today() -> None:
    old = [(name, place) for place in PLACES for name in place.former_names]
    assert len(old) > 150
    for name, place in old:
        found = GAZETTEER.resolve([place.full_name, name])
        assert found.place == place, name
        alone = GAZETTEER.resolve([name])
        assert alone.place or alone.candidates


@pytest.mark.parametrize("mention", ["火星", "", " ", "不知道", "x" * 1000, "杭州火星", "\x00"])
def test_unknown_names(mention: str) -> None:
    found = GAZETTEER.resolve([mention])
    assert (found.place, found.candidates, found.unknown) == (None, (), mention)


def test_an_unknown_name_beside_a_known_one() -> None:
    found = GAZETTEER.resolve(["火星", "杭州"])
    assert (found.place and found.place.name, found.unknown) == ("杭州市", "火星")
    assert GAZETTEER.resolve([]).place is None


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("330110", "杭州市余杭区市场监督管理局"),
        ("110105", "北京市朝阳区市场监督管理局"),
        ("3301", "杭州市市场监督管理局"),
        ("12", "天津市市场监督管理委员会"),
        ("120101", "天津市和平区市场监督管理局"),
        ("22", "吉林省市场监督管理厅"),
        ("64", "宁夏回族自治区市场监督管理厅"),
        ("130171", "石家庄市市场监督管理局高新技术产业开发区分局"),
        ("620171", "兰州市市场监督管理局兰州新区分局"),
        ("320576", "苏州工业园区行政审批局或行政审批服务局"),
        ("370116", "济南市莱芜区行政审批局或行政审批服务局"),
        ("133100", None),
        ("4603", None),
        ("659001", None),
        ("659900", None),
    ],
)
def test_bureau_names(code: str, name: str | None) -> None:
    assert GAZETTEER.bureau_name(GAZETTEER.places[code]) == name


def test_every_place_has_a_bureau_or_is_known_to_have_none() -> None:
    without = {place.code for place in PLACES if not GAZETTEER.bureau_name(place)}
    corps = {f"6590{number:02}" for number in range(1, 14)}
    xiongan = {"133100", "130629", "130632", "130638"}
    sansha = {"4603", "460302", "460303"}
    assert without == xiongan | sansha | {"659900"} | corps


def test_area_codes_and_websites_come_from_the_nearest_place_that_has_one() -> None:
    def contact_of(code: str) -> tuple[str | None, str | None]:
        place = GAZETTEER.places[code]
        site = GAZETTEER.website(place)
        return GAZETTEER.area_code(place), site.website if site else None

    assert contact_of("110105") == ("010", "scjgj.beijing.gov.cn")
    assert contact_of("330110") == ("0571", "zjamr.zj.gov.cn")
    assert contact_of("440305") == ("0755", "amr.sz.gov.cn")
    assert contact_of("5118") == ("0835", "scjgj.yaan.gov.cn")
    assert contact_of("659001") == ("0993", "scjgj.xinjiang.gov.cn")
    assert contact_of("419001") == (None, "scjg.henan.gov.cn")
    assert contact_of("33") == (None, "zjamr.zj.gov.cn")
    assert contact_of("5401") == ("0891", None)
    assert (
        sum(
            1
            for other_place in PLACES
            if other_place.level == "prefecture" and other_place.own_area_code
        )
        >= 285
    )


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        ("places.tsv", "11\tprovince\t北京市\t北京\t010\t", "not unique"),
        ("places.tsv", "99\tprovince\t某省", "6 fields expected, 3 found"),
        ("places.tsv", "99\tregion\t某省\t\t\t", "level 'region'"),
        ("places.tsv", "9x\tprovince\t某省\t\t\t", "code '9x'"),
        ("places.tsv", "9901\tprovince\t某省\t\t\t", "does not fit"),
        ("places.tsv", "99\tprovince\t\t\t\t", "name is missing"),
        ("places.tsv", "99\tprovince\t某省\t\t0571,1\t", "area code"),
        ("places.tsv", "9901\tprefecture\t某市\t\t\t", "no line above"),
        ("bureau_names.tsv", "99\t某局\t", "neither a place nor a level"),
        ("bureau_names.tsv", "1101\t某局\t", "neither a place nor a level"),
        ("bureau_names.tsv", "33\t{city}局\t", "only {name} and {parent}"),
        ("place_aliases.tsv", "某城\t\tnickname", "do not fit"),
        ("place_aliases.tsv", "某城\t11\toutside", "do not fit"),
        ("place_aliases.tsv", "某城\t99\tnickname", "no place has the code '99'"),
        ("place_aliases.tsv", "某城\t11\tcity", "kind 'city'"),
        ("townships.tsv", "99\t某镇", "no place has the code '99'"),
        ("pinyin.tsv", "mou\t99", "no place has the code '99'"),
        ("websites.tsv", "99\t某局\tx.gov.cn", "a known code"),
        ("websites.tsv", "54\t某局\t", "a known code"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, file: str, line: str, message: str) -> None:
    for table in (ROOT / "content").glob("*.tsv"):
        shutil.copy(table, tmp_path)
    lines = (tmp_path / file).read_text(encoding="utf-8").splitlines()
    (tmp_path / file).write_text("\n".join([*lines, line]) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=rf"{file}:{len(lines) + 1}: ") as error:
        Gazetteer.load(tmp_path)
    assert message in str(error.value)
