"""Entries are added to the lists of `content/` and removed, and nothing else changes."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from playwright.sync_api import BrowserContext, expect

from content_loader.live import LiveContent
from operators import entries, yaml_text
from operators.visit import Site
from operators.words import NotChanged, Words
from tests.operators.conftest import Client, client_of
from tests.operators.test_pages import context as context
from tests.operators.test_pages import fits, log_in, violations
from tests.website.conftest import PHONE

LISTS = [
    ("answer", "terms"),
    ("answer", "systems"),
    ("picture", "errors"),
    ("picture", "frauds"),
    ("recover", "ways.phone.steps"),
    ("diagnose", "troubles.face_failed.causes"),
]
CAUSES = "troubles.face_failed.causes"
FILE = """\
# head
list:
  - a: one   # not lost
    words: [x, y]
  # above the second
  - {a: two, words: [z]}
  - a: |-
      three

      lines
    words: []

# below
other: [1]
"""


def form(client: Client, topic: str, path: str, index: int = 0) -> dict[str, str]:
    """Returns the hidden fields of the form for a new entry."""
    page = client.get(f"/words/{topic}/entry?list={path}&index={index}").text
    return dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', page))


def add(client: Client, topic: str, path: str, index: int = 0, **parts: str) -> Any:
    fields = {f"part_{name}": text for name, text in parts.items()}
    return client.post(f"/words/{topic}/entry", {**form(client, topic, path, index), **fields})


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("text", ["plain", "odd: # \"'", "two\n\nlines", "[x"])
def test_an_entry_comes_behind_another_and_goes_again(index: int, text: str) -> None:
    entry: dict[str, str | tuple[str, ...]] = {"a": text, "words": ("p", "q: r")}
    file = yaml_text.with_entry(FILE, ("list",), index, entry)
    loaded = yaml.safe_load(file)
    assert loaded["list"][index + 1] == {"a": text, "words": ["p", "q: r"]}
    assert len(loaded["list"]) == 4
    assert set(FILE.splitlines()) <= set(file.splitlines())
    assert yaml_text.without_entry(file, ("list",), index + 1) == FILE


def test_an_entry_that_is_not_there_is_refused() -> None:
    for path, index in ((("list",), 3), (("list",), -1), (("other",), 0), (("x",), 0), ((), 0)):
        with pytest.raises(NotChanged):
            yaml_text.with_entry(FILE, path, index, {"a": "b"})
    with pytest.raises(NotChanged):
        yaml_text.without_entry("list:\n  - a\n", ("list",), 0)


@pytest.mark.parametrize(("topic", "path"), LISTS)
def test_every_list_takes_an_entry(topic: str, path: str) -> None:
    words = Words()
    some = entries.find(words, topic, path)
    texts = {
        part.key: next(iter(part.options)) if part.names else "甲一二三" for part in some.parts
    }
    entry = some.entry_of(texts)
    file = entries.with_entry(words, some, 0, entry)
    assert yaml_text.without_entry(file, entries.path_of(path), 1) == words.read(topic)


def test_a_cause_is_added_and_the_next_message_uses_it(site: Site) -> None:
    live = LiveContent(site.words.folder)
    client = client_of(site, "wang")
    before = [cause.title for cause in live.current().troubles["face_failed"].causes]
    answer = add(client, "diagnose", CAUSES, 1, title="镜头脏了", remedy="把镜头擦干净再刷一次。")
    assert answer.status_code == 303, answer.text
    after = [cause.title for cause in live.current().troubles["face_failed"].causes]
    assert after == [*before[:2], "镜头脏了", *before[2:]]
    assert site.journal.entries()[0].deed == "entry_added"
    assert site.history.versions("diagnose")[0].who == "wang"
    fields = {**form(client, "diagnose", CAUSES), "index": "2"}
    answer = client.post("/words/diagnose/entry/remove", fields)
    assert answer.headers["location"] == "/words/diagnose?done=entry_removed"
    assert [cause.title for cause in live.current().troubles["face_failed"].causes] == before


def test_what_cannot_be_used_is_said_at_the_field(site: Site) -> None:
    client, before = client_of(site, "wang"), site.words.read("diagnose")
    answer = add(client, "diagnose", CAUSES, title="长" * 40, remedy="把镜头擦干净。")
    assert answer.status_code == 422
    assert 'id="part_title-problem"' in answer.text and "把镜头擦干净。" in answer.text
    answer = add(client, "picture", "errors", words="没有这个")
    assert answer.status_code == 422 and 'id="part_means-problem"' in answer.text
    assert site.words.read("diagnose") == before


def test_nobody_adds_to_what_he_has_not_seen(site: Site) -> None:
    client = client_of(site, "wang")
    old = form(client, "diagnose", CAUSES)
    parts = {"part_title": "镜头脏了", "part_remedy": "擦干净。"}
    assert client.post("/words/diagnose/entry", {**old, **parts}).status_code == 303
    again = {**old, "part_title": "别的原因", "part_remedy": "擦干净。"}
    answer = client.post("/words/diagnose/entry", again)
    assert answer.status_code == 409 and "别的原因" in answer.text
    answer = client.post("/words/diagnose/entry/remove", old)
    assert answer.headers["location"].endswith("entry_changed")


@pytest.mark.parametrize(
    ("topic", "path", "index"),
    [
        ("diagnose", "troubles", "0"),
        ("diagnose", "troubles.gone.causes", "0"),
        ("diagnose", CAUSES, "-1"),
        ("diagnose", CAUSES, "x"),
        ("buttons", "menu", "0"),
        ("nothing", "terms", "0"),
        ("answer", "__class__", "0"),
    ],
)
def test_only_lists_that_there_are_can_be_added_to(
    site: Site, topic: str, path: str, index: str
) -> None:
    client = client_of(site, "wang")
    fields = {"form_token": client.token("/account"), "list": path, "index": index}
    assert client.get(f"/words/{topic}/entry?list={path}&index={index}").status_code == 404
    for address in (f"/words/{topic}/entry", f"/words/{topic}/entry/remove"):
        assert client.post(address, fields).status_code == 404


def test_the_last_entry_stays(site: Site) -> None:
    client = client_of(site, "wang")
    path = "troubles.code_rejected.causes"
    for _ in range(20):
        fields = {**form(client, "diagnose", path), "index": "0"}
        answer = client.post("/words/diagnose/entry/remove", fields)
        if answer.headers["location"].endswith("entry_kept"):
            break
    assert len(LiveContent(site.words.folder).current().troubles["code_rejected"].causes) == 1


def test_an_editor_explains_a_word(context: BrowserContext, address: str, site: Site) -> None:
    page = context.new_page()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    log_in(page, address, "wang")
    page.goto(f"{address}/words/answer")
    assert violations(page) == [] and fits(page)
    page.get_by_role("link", name="在后面加一个词的解释 （第 1 条）").click()
    page.get_by_label("别的叫法").fill("扫描件\n扫描")
    page.get_by_label("文字").fill("扫描件就是用机器照下来的文件。")
    assert violations(page) == [] and fits(page)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("已添加")
    assert site.words.field("answer", "terms.1.names").text == "扫描件\n扫描"
