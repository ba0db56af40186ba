"""The tables of places in forms: a row changed, added, taken out, and back again."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from content_loader.live import LiveContent
from content_loader.load import load
from operators import tables
from operators.tables import TABLES
from operators.visit import Site
from operators.words import FOLDER
from tests.operators.conftest import Client, client_of

YUHANG, ZHEJIANG = "330110", "33"


def form(client: Client, table: str, key: str) -> dict[str, str]:
    """Returns the hidden fields of the form of a row."""
    page = client.get(f"/tables/{table}/row?key={quote(key)}").text
    base = re.search(r'name="base" value="(\w*)"', page)
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert base and token, page
    return {"key": key, "base": base[1], "form_token": token[1]}


def save(client: Client, table: str, key: str, **fields: str):
    return client.post(f"/tables/{table}/row", {**form(client, table, key), **fields})


def test_the_rows_of_a_table_are_those_that_the_gazetteer_reads() -> None:
    gazetteer = load(FOLDER).gazetteer
    names, sites, aliases = (
        tables.rows(table, (FOLDER / f"{table}.tsv").read_text(encoding="utf-8"))
        for table in TABLES
    )
    assert len(names) > 30 and len(sites) > 30 and len(aliases) > 900
    for code, _, website in sites.values():
        place = gazetteer.by_code(code)
        found = gazetteer.website(place) if place else None
        assert found and found.website == website


def test_a_websites_row_is_changed_and_the_next_card_has_it(site: Site) -> None:
    client, live = client_of(site, "wang"), LiveContent(site.words.folder)
    before = site.words.read("websites")
    answer = save(
        client, "websites", ZHEJIANG, bureau="浙江省局", website="https://zjamr.zj.gov.cn/"
    )
    assert answer.status_code == 303
    assert "/tables/websites?done=saved&q=" in answer.headers["location"]
    gazetteer = live.current().gazetteer
    place = gazetteer.by_code(YUHANG)
    assert place
    found = gazetteer.website(place)
    assert found and (found.bureau, found.website) == ("浙江省局", "zjamr.zj.gov.cn")
    after = site.words.read("websites")
    assert len(set(before.splitlines()) ^ set(after.splitlines())) == 2  # one line, was and is

    page = client.get(f"/tables/websites/row?key={ZHEJIANG}").text
    assert "改回这句" in page
    hidden = dict(
        re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.split("以前的说法")[1])
    )
    assert client.post("/tables/websites/row", hidden).status_code == 303
    assert site.words.read("websites") == before


def test_a_row_is_added_and_taken_out(site: Site) -> None:
    client, live = client_of(site, "wang"), LiveContent(site.words.folder)
    before = site.words.read("bureau_names")
    found = client.get(f"/tables/bureau_names?q={quote('余杭')}").text
    assert "还没有单独一行的地方" in found
    assert f"/tables/bureau_names/row?key={YUHANG}" in found
    page = client.get(f"/tables/bureau_names/row?key={YUHANG}").text
    assert "现在说的是：杭州市余杭区市场监督管理局" in page
    assert save(client, "bureau_names", YUHANG, name="余杭区行政审批局", note="").status_code == 303
    place = live.current().gazetteer.by_code(YUHANG)
    assert place and live.current().gazetteer.bureau_name(place) == "余杭区行政审批局"
    history = client.get("/words/bureau_names/history").text
    assert "余杭区行政审批局" in history

    removal = form(client, "bureau_names", YUHANG)
    assert (
        "entry_removed" in client.post("/tables/bureau_names/remove", removal).headers["location"]
    )
    assert site.words.read("bureau_names") == before
    assert live.current().gazetteer.bureau_name(place) == "杭州市余杭区市场监督管理局"


def test_another_name_of_a_place(site: Site) -> None:
    client, live = client_of(site, "wang"), LiveContent(site.words.folder)
    fields = {"name": "五常湿地", "kind": "zone", "codes": "浙江省杭州市余杭区\r\n"}
    answer = save(client, "place_aliases", "", **fields)
    assert "done=name_saved" in answer.headers["location"]  # that it takes a training is said there
    shown = client.get(answer.headers["location"]).text
    assert "make places" in shown.split("</p>")[0] or "make train" in shown
    place = live.current().gazetteer.resolve(["五常湿地"]).place
    assert place and place.code == YUHANG
    answer = save(client, "place_aliases", "", **fields)
    assert answer.status_code == 422
    assert "已经有“五常湿地”这一行了" in answer.text
    several = save(client, "place_aliases", "", **{**fields, "name": "某湿地", "codes": "朝阳区"})
    assert several.status_code == 422
    assert "可能是几个地方" in several.text


@pytest.mark.parametrize(
    ("table", "key", "fields", "said"),
    [
        ("websites", ZHEJIANG, {"bureau": "", "website": "a.gov.cn"}, "不能是空的"),
        ("websites", ZHEJIANG, {"bureau": "局", "website": "a.gov.cn/login"}, "只写网站的主机名"),
        ("websites", ZHEJIANG, {"bureau": "局", "website": "аmr.gov.cn"}, "只写网站的主机名"),
        ("websites", ZHEJIANG, {"bureau": "局\t局", "website": "a.gov.cn"}, "看不见的字符"),
        ("websites", ZHEJIANG, {"bureau": "局" * 61, "website": "a.gov.cn"}, "太长了"),
        ("bureau_names", "county", {"name": ""}, "不能是空的"),
        ("bureau_names", "county", {"name": "{city}局"}, "没有 city 可以换"),
        ("bureau_names", "county", {"name": "{name局"}, "花括号不成对"),
        ("bureau_names", YUHANG, {"name": "局", "note": "x"}, "可以选"),
        ("place_aliases", "", {"name": "", "kind": "zone"}, "不能是空的"),
        ("place_aliases", "", {"name": "甲", "kind": "zone"}, "指哪些地方"),
        ("place_aliases", "", {"name": "甲", "kind": "zone", "codes": "没有这里"}, "没有找到"),
        ("place_aliases", "", {"name": "甲", "kind": "outside", "codes": "33"}, "不写地方"),
        ("place_aliases", "", {"name": "甲", "kind": "x", "codes": "33"}, "可以选"),
        ("place_aliases", "", {"name": "#甲", "kind": "zone", "codes": "33"}, "写不进文件"),
    ],
)
def test_a_problem_is_said_at_the_field_and_nothing_is_saved(
    site: Site, table: str, key: str, fields: dict[str, str], said: str
) -> None:
    client, before = client_of(site, "wang"), site.words.read(table)
    answer = save(client, table, key, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert site.words.read(table) == before


def test_two_editors_and_an_edit_by_hand_do_not_overwrite_each_other(site: Site) -> None:
    wang, zhang = client_of(site, "wang"), client_of(site, "zhang")
    seen = form(wang, "websites", ZHEJIANG)
    save(zhang, "websites", ZHEJIANG, bureau="甲局", website="a.gov.cn")
    answer = wang.post("/tables/websites/row", {**seen, "bureau": "乙局", "website": "b.gov.cn"})
    assert answer.status_code == 409
    assert "别人改过这一行" in answer.text
    answer = wang.post("/tables/websites/remove", seen)
    assert "entry_changed" in answer.headers["location"]
    assert tables.rows("websites", site.words.read("websites"))[ZHEJIANG][1] == "甲局"

    path = site.words.path("websites")
    seen = form(wang, "websites", "34")
    text = path.read_text(encoding="utf-8").replace("安徽省市场监督管理局", "安徽局")
    path.write_text(text, encoding="utf-8")
    answer = wang.post("/tables/websites/row", {**seen, "bureau": "丙局", "website": "c.gov.cn"})
    assert answer.status_code == 409
    assert "网页以外的人" in wang.get("/words/websites/history").text


def test_levels_stay_and_no_other_table_can_be_reached(site: Site) -> None:
    client = client_of(site, "wang")
    removal = form(client, "bureau_names", "county")
    assert "entry_kept" in client.post("/tables/bureau_names/remove", removal).headers["location"]
    for path in ("/tables/places", "/tables/pinyin/row?key=a", "/tables/../content",
                 "/tables/websites/row?key=999999", "/tables/websites/row?key=county",
                 "/tables/bureau_names/row", "/words/places/history"):  # fmt: skip
        assert client.get(path).status_code == 404
    hidden = {**removal, "key": "nothing"}
    assert client.post("/tables/websites/row", hidden).status_code == 404


def test_a_look_says_what_the_card_would_say(site: Site) -> None:
    client = client_of(site, "wang")
    hidden = form(client, "bureau_names", "320576")
    shown = client.post(
        "/tables/bureau_names/look", {**hidden, "name": "苏州某局", "note": ""}
    ).text
    assert "登记机关多半是：苏州某局" in shown
    assert "<ins>" in shown
    shown = client.post("/tables/bureau_names/look", {**hidden, "name": "", "note": ""}).text
    assert "登记机关名称我没有查到" in shown


def test_a_reader_reads(site: Site) -> None:
    client = client_of(site, "li")
    page = client.get("/tables/websites").text
    assert "zjamr.zj.gov.cn" in page
    assert "删掉" not in page
    assert client.get(f"/tables/websites/row?key={ZHEJIANG}").status_code == 403
