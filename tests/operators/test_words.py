"""Texts in forms: checked, saved to the file, live, with a history, and nothing lost unseen."""

from __future__ import annotations

import json
import re
import threading
import time
from urllib.parse import quote

import pytest

from content_loader.files import Files
from content_loader.live import LiveContent
from operators.fields import Problem, fingerprint
from operators.preview import difference, preview
from operators.visit import Site
from operators.words import TOPICS, Conflict, Words, search
from operators.yaml_text import values
from tests.operators.conftest import Client, client_of

CHINESE = re.compile("[\u4e00-\u9fff]")
GREET = "chitchat.greet.text"


def edit(client: Client, topic: str, field: str) -> dict[str, str]:
    """Returns the fields of the form as the page shows them."""
    page = client.get(f"/words/{topic}/edit?field={quote(field)}").text
    base = re.search(r'name="base" value="(\w+)"', page)
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert base and token, page
    return {"field": field, "base": base[1], "form_token": token[1]}


def save(client: Client, topic: str, field: str, text: str, **more: str):
    return client.post(f"/words/{topic}/save", {**edit(client, topic, field), "text": text, **more})


def test_every_text_that_people_read_is_a_field() -> None:
    words = Words()
    for topic in TOPICS:
        paths = {field.path for field in words.fields(topic)}
        for path, text in values(words.read(topic)).items():
            dotted = ".".join(map(str, path))
            if CHINESE.search(text):
                assert {dotted, dotted.rpartition(".")[0]} & paths, dotted


def test_every_placeholder_is_explained(site: Site) -> None:
    for topic in TOPICS:
        for field in site.words.fields(topic):
            for name in field.placeholders:
                assert set(site.texts["placeholder"][name]) == {"means", "example"}
        assert topic in site.texts.topic


def test_a_text_is_saved_and_the_next_message_uses_it(site: Site) -> None:
    live = LiveContent(site.words.folder)
    client = client_of(site, "wang")
    before = site.words.read("chitchat")
    answer = save(client, "chitchat", GREET, "您好！\r\n请说说遇到了什么问题。  \r\n")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/words/chitchat?done=saved#{GREET}"
    assert live.current().chitchat["greet"].text == "您好！\n请说说遇到了什么问题。"
    after = site.words.read("chitchat")
    assert [line for line in before.splitlines() if line.startswith("#")] == [
        line for line in after.splitlines() if line.startswith("#")
    ]
    entry = site.journal.entries()[0]
    assert (entry.who, entry.deed, entry.subject) == ("wang", "text_changed", f"chitchat.{GREET}")
    assert list(site.words.folder.parent.iterdir()) == [site.words.folder]  # no draft is left


@pytest.mark.parametrize(
    ("topic", "field", "text", "sentence"),
    [
        ("chitchat", GREET, "", "不能是空的"),
        ("chitchat", GREET, " \r\n ", "不能是空的"),
        ("chitchat", GREET, "长" * 401, "有 401 个字，最多 400 个"),
        ("chitchat", GREET, "您好 {name}", "不能用花括号（name）"),
        ("navigate", "step.stuck", "卡在 {stap} 步", "没有 stap 可以换"),
        ("navigate", "step.stuck", "卡在 {step 步", "花括号不成对"),
        ("chitchat", GREET, "a\u202eb", "看不见的字符"),
        ("chitchat", GREET, "a\u0007b", "看不见的字符"),
        ("bureau", "roles.joins", "的\n\n省", "不能是空的"),
        ("bureau", "roles.joins", "的\n的", "写了两遍"),
        ("bureau", "roles.joins", "字" * 13, "有 13 个字，最多 12 个"),
    ],
)
def test_a_problem_is_said_at_the_field_and_nothing_is_saved(
    site: Site, topic: str, field: str, text: str, sentence: str
) -> None:
    client = client_of(site, "wang")
    before = site.words.read(topic)
    answer = save(client, topic, field, text)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert site.words.read(topic) == before


def test_what_only_the_whole_check_finds_is_said_as_well(site: Site) -> None:
    path = site.words.path("chitchat")
    path.write_text(path.read_text().replace("[contact_bureau, find_way, human]", "[no_such]"))
    client = client_of(site, "wang")
    answer = save(client, "chitchat", GREET, "您好！")
    assert answer.status_code == 422
    assert "there is no button named &#39;no_such&#39;" in answer.text
    assert "no_such" in client.get("/words").text


def test_lists_of_words(site: Site) -> None:
    client = client_of(site, "wang")
    assert save(client, "bureau", "roles.joins", "的\r\n省\r\n自治区").status_code == 303
    assert LiveContent(site.words.folder).current().place_roles["joins"] == ("的", "省", "自治区")
    page = client.get("/words/bureau/edit?field=roles.joins").text
    assert 'name="text" value="的\n省\n市\n区\n县"' in page
    assert save(client, "bureau", "roles.joins", "的\n省\n市\n区\n县").status_code == 303


def test_the_buttons_of_an_answer_are_chosen(site: Site) -> None:
    live = LiveContent(site.words.folder)
    client = client_of(site, "wang")
    path = "answers.password_rules.buttons"
    fields = edit(client, "answer", path)
    look = client.post("/words/answer/look", {**fields, "name_1": "menu", "name_3": "human"}).text
    assert "找人工" in look and "收不到验证码" in look
    answer = client.post("/words/answer/save", {**fields, "name_1": "human", "name_2": "human"})
    assert answer.status_code == 303
    assert live.current().answers["password_rules"].buttons == ("human",)
    fields = edit(client, "answer", path)
    assert client.post("/words/answer/save", {**fields, "name_1": ""}).status_code == 303
    assert live.current().answers["password_rules"].buttons == ()
    page = client.get("/words/answer").text
    assert site.texts.one_topic.nothing in page
    earlier = client.get(f"/words/answer/edit?field={path}").text
    assert "找回密码" in earlier
    fields = edit(client, "answer", path)
    fields["text"] = "find_way\npassword_safety"  # back to an earlier state
    assert client.post("/words/answer/save", fields).status_code == 303
    assert live.current().answers["password_rules"].buttons == ("find_way", "password_safety")


@pytest.mark.parametrize(
    ("topic", "path", "chosen", "problem"),
    [
        ("answer", "answers.password_rules.buttons", ["/restart"], "no_option"),
        ("buttons", "menu", ["menu"], "no_option"),
        ("buttons", "menu", [], "too_few"),
        ("recover", "ways.phone.steps.0.troubles", ["find_way"], "no_option"),
        ("diagnose", "troubles.face_failed.rules_out", ["bureau"], "no_option"),
    ],
)
def test_only_names_that_there_are_can_be_chosen(
    site: Site, topic: str, path: str, chosen: list[str], problem: str
) -> None:
    client = client_of(site, "wang")
    before = site.words.read(topic)
    fields = {f"name_{at}": name for at, name in enumerate(chosen, start=1)}
    answer = client.post(f"/words/{topic}/save", {**edit(client, topic, path), **fields})
    assert answer.status_code == 422
    assert site.texts.problem[problem].partition("{")[0] in answer.text
    assert site.words.read(topic) == before


def test_every_list_of_names_can_be_written(site: Site) -> None:
    lists = [one for topic in TOPICS for one in site.words.fields(topic) if one.names]
    assert len(lists) > 200
    assert all(set(one.text.split()) <= set(one.options) for one in lists)
    kinds = {(one.topic, one.key): one for one in lists if one.text and not one.min_names}
    assert len(kinds) > 8
    for one in kinds.values():
        assert site.words.with_text(one, "") != site.words.read(one.topic)


def test_two_editors_do_not_overwrite_each_other_unseen(site: Site) -> None:
    first, second = client_of(site, "wang"), client_of(site, "zhang")
    form = edit(second, "chitchat", GREET)
    assert save(first, "chitchat", GREET, "第一位改的。").status_code == 303
    answer = second.post("/words/chitchat/save", {**form, "text": "第二位改的。"})
    assert answer.status_code == 409
    assert site.texts.field.conflict in answer.text
    assert "第二位改的。" in answer.text  # nothing typed is lost
    assert site.words.field("chitchat", GREET).text == "第一位改的。"
    base = re.search(r'name="base" value="(\w+)"', answer.text)
    assert base  # having seen it, one may still want one's own
    again = second.post("/words/chitchat/save", {**form, "base": base[1], "text": "第二位改的。"})
    assert again.status_code == 303


def test_two_editors_of_different_texts_do_not_disturb_each_other(site: Site) -> None:
    first, second = client_of(site, "wang"), client_of(site, "zhang")
    form = edit(second, "chitchat", "chitchat.thank.text")
    assert save(first, "chitchat", GREET, "第一位改的。").status_code == 303
    answer = second.post("/words/chitchat/save", {**form, "text": "不客气。"})
    assert answer.status_code == 303
    assert site.words.field("chitchat", GREET).text == "第一位改的。"


def test_an_edit_by_hand_is_a_conflict_as_well_and_is_kept(site: Site) -> None:
    client = client_of(site, "wang")
    form = edit(client, "chitchat", GREET)
    path = site.words.path("chitchat")
    path.write_text(path.read_text().replace("您好！我是", "您好，我是"))
    assert client.post("/words/chitchat/save", {**form, "text": "x"}).status_code == 409
    versions = site.history.versions("chitchat")
    assert [version.who for version in versions] == ["", ""]
    assert [change[0] for change in versions[0].changes] == [GREET]
    assert site.texts.field.outside in client.get("/words/chitchat/history").text


def test_at_the_same_moment_one_of_many_wins_and_the_others_see_it(site: Site) -> None:
    field = site.words.field("chitchat", GREET)
    site.history.notice("chitchat")
    results: list[str] = []

    def change(number: int) -> None:
        try:
            site.history.save(field, f"第 {number} 个", field.fingerprint, "wang")
            results.append(f"第 {number} 个")
        except Conflict:
            results.append("")

    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, results)) == [False, False, False, True]
    assert site.words.field("chitchat", GREET).text in results
    assert len(site.history.versions("chitchat")) == 2
    assert site.journal.first_broken() is None


def test_one_click_leads_back(site: Site) -> None:
    client = client_of(site, "wang")
    original = site.words.field("chitchat", GREET).text
    file = site.words.read("chitchat")
    save(client, "chitchat", GREET, "一")
    save(client, "chitchat", "chitchat.thank.text", "二")
    page = client.get(f"/words/chitchat/edit?field={GREET}").text
    assert site.texts.field.use in page
    assert save(client, "chitchat", GREET, original).status_code == 303  # what the button sends
    first = site.history.versions("chitchat")[-1]
    page = client.get(f"/versions/{first.number}").text
    base = re.search(r'name="base" value="(\w+)"', page)
    assert base
    fields = {"base": base[1], "form_token": client.token(f"/versions/{first.number}")}
    stale = client.post(f"/versions/{first.number}", {**fields, "base": "x"})
    assert stale.status_code == 409
    assert client.post(f"/versions/{first.number}", fields).status_code == 303
    assert site.words.read("chitchat") == file
    assert site.journal.entries()[0].deed == "version_restored"
    assert site.texts.version.present in client.get(f"/versions/{first.number}").text


def test_a_version_that_no_longer_fits_is_not_restored(site: Site) -> None:
    site.history.notice("diagnose")
    path = site.words.path("diagnose")
    kept = path.read_text()
    path.write_text(kept.replace("  face_failed:", "  face_broken:"))
    site.history.notice("diagnose")
    version = site.history.versions("diagnose")[0]
    path.write_text(kept)
    site.history.notice("diagnose")
    with pytest.raises(Problem):
        site.history.restore(version, fingerprint(kept), "wang")
    assert path.read_text() == kept


def test_nothing_is_kept_of_what_could_not_be_written(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    client = client_of(site, "wang")
    form = edit(client, "chitchat", GREET)
    before = site.words.read("chitchat")
    count = len(site.history.versions("chitchat"))
    monkeypatch.setattr("os.fsync", full)
    answer = client.post("/words/chitchat/save", {**form, "text": "x"})
    assert answer.status_code == 500
    assert site.words.read("chitchat") == before
    assert len(site.history.versions("chitchat")) == count
    assert list(site.words.folder.parent.iterdir()) == [site.words.folder]


@pytest.mark.parametrize("name", ["li"])
def test_a_reader_reads(site: Site, name: str) -> None:
    client = client_of(site, name)
    assert "href" in client.get("/words").text
    page = client.get("/words/chitchat").text
    assert "我没听明白" in page and "/edit?" not in page
    fields = {"field": GREET, "text": "x", "base": "x", "form_token": client.token("/account")}
    for path in ("/words/chitchat/save", "/words/chitchat/look", "/versions/1"):
        assert client.post(path, fields).status_code == 403
    assert "我没听明白" in site.words.read("chitchat")


@pytest.mark.parametrize(
    "topic", ["..", "%2e%2e", "schema", "chitchat.yml", "../../etc/passwd", "..%2fsettings", "%00"]
)
def test_no_other_file_can_be_reached(site: Site, topic: str) -> None:
    client = client_of(site, "zhang")
    token = client.token("/account")
    for path in (f"/words/{topic}", f"/words/{topic}/history", f"/words/{topic}/edit?field=a"):
        assert client.get(path).status_code in (404, 303)
    fields = {"field": GREET, "text": "x", "base": "x", "form_token": token}
    for action in ("save", "look"):
        assert client.post(f"/words/{topic}/{action}", fields).status_code == 404


@pytest.mark.parametrize(
    "field",
    ["", "x", "chitchat", "chitchat.greet", "chitchat.greet.buttons.0", "__class__", "..",
     "buttons.next.payload"],
)  # fmt: skip
def test_nothing_but_a_text_can_be_changed(site: Site, field: str) -> None:
    client = client_of(site, "zhang")
    fields = {"field": field, "text": "x", "base": "x", "form_token": client.token("/account")}
    for topic in ("chitchat", "buttons"):
        assert client.post(f"/words/{topic}/save", fields).status_code == 404


def test_what_a_text_holds_is_never_run(site: Site) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 1234*5678 }}'
    client = client_of(site, "wang")
    path = site.words.path("chitchat")
    path.write_text(path.read_text().replace("# 打招呼", f"# {evil} 打招呼"))
    wrong = save(client, "chitchat", GREET, evil)
    assert wrong.status_code == 422  # braces
    harmless = evil.replace("{{ 1234*5678 }}", "")
    assert save(client, "chitchat", GREET, harmless).status_code == 303
    save(client, "chitchat", GREET, "x")
    pages = [wrong.text]
    for page in (
        "/words?q=script",
        f"/words?q={quote(evil)}",
        "/words/chitchat",
        "/journal",
        f"/words/chitchat/edit?field={GREET}",
        "/words/chitchat/history",
        "/versions/2",
    ):
        pages.append(client.get(page).text)
    pages.append(client.post("/words/chitchat/look", {
        "field": GREET, "text": evil, "form_token": client.token("/account"),
    }).text)  # fmt: skip
    for page in pages:
        assert "<script>alert" not in page and "<img" not in page and "7006652" not in page
    assert "&lt;script&gt;" in pages[3]


def test_search(site: Site) -> None:
    client = client_of(site, "li")
    assert "卡在第 {step} 步" in client.get(f"/words?q={quote('不要紧')}").text
    assert site.texts.words.not_found.format(wanted="恐龙") in client.get("/words?q=恐龙").text
    assert [field.path for field in search(site.words, "CHITCHAT.GREET")] == [GREET]


def test_a_file_that_is_no_yaml_is_told_and_the_pages_go_on(site: Site) -> None:
    site.words.path("safety").write_text("a: [")
    client = client_of(site, "wang")
    assert "content/safety.yml:1: not valid YAML" in client.get("/words").text
    assert "not valid YAML" in client.get("/words/safety").text
    assert client.get("/words/safety/history").status_code == 200
    assert client.get("/words/chitchat").status_code == 200


def test_the_menu_among_buttons_shows_as_its_buttons() -> None:
    titles = Words().button_titles(("menu", "human"))
    assert titles == ["找回密码", "收不到验证码", "刷脸通不过", "联系当地市监局", "找人工"]


def test_preview_cuts_and_numbers_as_wechat_does() -> None:
    examples = {"step": "6"}
    shown = preview("第 {step} 步\n" + "长" * 700, examples, ["好", "不好"])
    assert shown.website.startswith("第 6 步\n")
    assert len(shown.menu) == 2 and len(shown.numbered) == 2
    assert all(len(part.text.encode()) <= 2047 for part in (*shown.menu, *shown.numbered))
    assert [title for _, title in shown.menu[-1].items] == ["好", "不好"]
    assert "1. 好\n2. 不好\n回复 1、2 即可" in shown.numbered[-1].text
    assert preview("", {}, []).menu == []


def test_odd_numbers_of_versions_are_not_there(site: Site) -> None:
    client = client_of(site, "wang")
    for number in ("0", "99", "9" * 40, "-1", "x", "1.5"):
        assert client.get(f"/versions/{number}").status_code in (404, 303)
    assert client.get(f"/versions/{'9' * 5000}").status_code == 414  # more than Python reads


def test_a_huge_text_costs_no_time(site: Site) -> None:
    client = client_of(site, "wang")
    form = edit(client, "chitchat", GREET)
    begun = time.monotonic()
    answer = client.post("/words/chitchat/look", {**form, "text": "ab" * 60_000})
    assert answer.status_code == 200
    assert time.monotonic() - begun < 10


def test_difference() -> None:
    assert difference("第一步", "第二步。") == [
        ("kept", "第"), ("removed", "一"), ("added", "二"), ("kept", "步"), ("added", "。"),
    ]  # fmt: skip
    assert difference("", "") == []


def test_no_text_may_be_empty() -> None:
    """`Field.check` says so of each before it is saved."""
    shapes = json.dumps(Files.model_json_schema())
    assert set(re.findall(r'"minLength": (\d+)', shapes)) == {"1"}
