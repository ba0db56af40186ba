"""The channels' fixed sentences in forms: checked, previewed, live, and back again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from channels.live_messages import FILES, LiveMessages, read
from operators.message_look import look_of
from operators.visit import Site
from operators.words import Words
from tests.operators.conftest import client_of
from tests.operators.test_words import edit, save

TOPICS = tuple(FILES)


def live(site: Site, topic: str) -> LiveMessages:
    """Returns what the channel says, of the file that the pages write."""
    shape = FILES[topic][1]
    return LiveMessages(site.words.path(topic), lambda text: read(text, shape, topic))


@pytest.mark.parametrize(
    ("topic", "field", "old", "new"),
    [
        ("wechat", "voice", "这条语音我没听清", "我听不清语音，请打字。"),
        ("wechat", "number_line", "{number}. {title}", "（{number}）{title}"),
        ("website", "busy", "这条还没有收下", "人多，请等 {seconds} 秒。"),
        ("messages", "unavailable.text", "暂时答不上来", "我现在答不上来，请过一会儿再来。"),
        ("messages", "unavailable.buttons.0.title", "找回密码", "找回登录密码"),
        ("rendering", "step.if_not", "没看到？", "要是没看到：{if_not}"),
    ],
)
def test_a_sentence_is_saved_and_the_next_one_uses_it(
    site: Site, topic: str, field: str, old: str, new: str
) -> None:
    client, said = client_of(site, "wang"), live(site, topic)

    def now() -> str:
        found = said
        for key in field.split("."):
            found = found[int(key) if key.isdecimal() else key]  # type: ignore[index]
        return str(found)

    assert old in now()
    before = site.words.read(topic)
    assert save(client, topic, field, new).headers["location"].startswith(f"/words/{topic}?done=")
    assert now() == new
    changed = site.words.read(topic)
    assert len(changed.splitlines()) == len(before.splitlines())
    different = [
        pair for pair in zip(before.splitlines(), changed.splitlines(), strict=True)
        if pair[0] != pair[1]
    ]  # fmt: skip
    assert len(different) == 1  # comments, order and all else stay

    page = client.get(f"/words/{topic}/edit?field={field}").text
    assert "改回这句" in page
    assert old in page
    [version] = [one for one in site.history.versions(topic) if one.who == "wang"]
    assert version.changes[0][0] == field
    first = site.history.versions(topic)[-1]
    token = edit(client, topic, field)["form_token"]
    base = re.search(r'name="base" value="(\w+)"', client.get(f"/versions/{first.number}").text)
    assert base
    client.post(f"/versions/{first.number}", {"base": base[1], "form_token": token})
    assert old in now()
    assert site.words.read(topic) == before


@pytest.mark.parametrize(
    ("topic", "field", "text", "said"),
    [
        ("wechat", "number_line", "{title}", "少了 {number}"),
        ("wechat", "voice", "听{name}", "花括号"),
        ("wechat", "voice", "听{不清", "花括号不成对"),
        ("wechat", "voice", " ", "不能是空的"),
        ("wechat", "menu_head", "请" * 41, "太长了"),
        ("wechat", "pokes", "好\n好", "写了两遍"),
        ("rendering", "warning", "注意", "少了 {text}"),
        ("website", "too_fast", "等 {minutes} 分", "没有 minutes 可以换"),
    ],
)
def test_a_problem_is_said_at_the_field_and_nothing_is_saved(
    site: Site, topic: str, field: str, text: str, said: str
) -> None:
    client, before = client_of(site, "wang"), site.words.read(topic)
    answer = save(client, topic, field, text)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'id="text-problem"' in answer.text
    assert site.words.read(topic) == before


def test_two_editors_do_not_overwrite_each_other_unseen(site: Site) -> None:
    wang, zhang = client_of(site, "wang"), client_of(site, "zhang")
    seen = edit(wang, "wechat", "voice")
    save(zhang, "wechat", "voice", "请打字。")
    answer = wang.post("/words/wechat/save", {**seen, "text": "我只看字。"})
    assert answer.status_code == 409
    assert live(site, "wechat")["voice"] == "请打字。"
    save(wang, "wechat", "image", "看不了图。")  # another text of the file
    assert live(site, "wechat")["voice"] == "请打字。"


def test_what_is_recognised_or_asked_is_no_field(site: Site) -> None:
    paths = {field.path for field in site.words.fields("wechat")}
    assert {"voice", "pokes", "leave_queue"} <= paths
    assert not [path for path in paths if path.startswith(("quotes", "placeholders", "location."))]
    assert "location" not in paths
    assert not [
        field.path for field in site.words.fields("messages") if field.path.endswith("payload")
    ]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_sentence_can_be_written_and_looked_at(topic: str) -> None:
    words = Words()
    fields = words.fields(topic)
    assert fields
    for field in fields:
        look = look_of(words, field, field.text, dict.fromkeys(field.placeholders, "X"))
        assert (look is None) == field.is_list, field.path
        assert look is None or look.website or look.menu
        if look and topic == "website":
            assert not look.menu


def test_the_preview_follows_what_is_typed(site: Site) -> None:
    client = client_of(site, "wang")
    form = edit(client, "wechat", "number_line")
    shown = client.post("/words/wechat/look", {**form, "text": "【{number}】{title}"}).text
    assert "【1】找回密码" in shown
    assert 'name="try"' not in client.get("/words/wechat/edit?field=voice").text
    tried = client.post("/words/wechat/save", {**form, "text": "{number}: {title}", "try": "1"})
    assert tried.headers["location"].startswith(
        "/words/wechat?"
    )  # saved, as nothing else is possible


def test_a_file_that_is_broken_by_hand_is_said_and_can_be_brought_back(site: Site) -> None:
    client = client_of(site, "wang")
    client.get("/words/wechat")
    path = site.words.path("wechat")
    good = path.read_text(encoding="utf-8")
    path.write_text("voice: [", encoding="utf-8")
    assert "channels/wechat/messages.yml:" in client.get("/words/wechat").text
    assert "channels/wechat/messages.yml:" in client.get("/words").text
    path.write_text(good.replace("{title}", "{titel}"), encoding="utf-8")
    assert "unknown placeholder {titel}" in client.get("/words").text
    assert client.get("/words/chitchat/edit?field=chitchat.greet.text").status_code == 200
    path.write_text(good, encoding="utf-8")
    assert "unknown placeholder" not in client.get("/words").text


def test_the_files_of_channels_are_named_as_they_are_in_the_project(site: Site) -> None:
    page = client_of(site, "li").get("/words").text
    for topic, (name, _) in FILES.items():
        assert f"<code>channels/{name}</code>" in page
        assert Path(site.words.path(topic)).is_file()
