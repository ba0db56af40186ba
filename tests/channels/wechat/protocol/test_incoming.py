"""Everything a person can send, as each of the three platforms reports it."""

from __future__ import annotations

from typing import Any

import pytest

from channels.wechat.protocol.codec import read_json, read_xml
from channels.wechat.protocol.incoming import Incoming, from_push, from_sync
from tests.channels.wechat.protocol.envelopes import dumped, xml

HEAD = {"ToUserName": "gh_1", "FromUserName": "o_Person-1", "CreateTime": 1_482_048_670}


def pushed(as_json: bool = False, **fields: Any) -> Incoming:
    whole = HEAD | fields
    if "Event" not in fields:
        whole = {"MsgId": 1234567890123456} | whole
    whole = {name: value for name, value in whole.items() if value is not None}
    return from_push(read_json(dumped(whole)) if as_json else read_xml(xml(whole)))


@pytest.mark.parametrize("as_json", [False, True])
def test_a_typed_text(as_json: bool) -> None:
    incoming = pushed(as_json, MsgType="text", Content=" 密码忘了[微笑]\n/restart ")
    assert incoming == Incoming(
        person="o_Person-1",
        id="m:1234567890123456",
        created=1_482_048_670.0,
        kind="text",
        text=" 密码忘了[微笑]\n/restart ",
        receiver="gh_1",
    )
    assert incoming.origin == 3


@pytest.mark.parametrize("as_json", [False, True])
def test_a_click_in_a_menu(as_json: bool) -> None:
    incoming = pushed(as_json, MsgType="text", Content="找回密码", bizmsgmenuid="3-1")
    assert (incoming.kind, incoming.text, incoming.click) == ("click", "找回密码", "3-1")
    number: Any = 101
    assert pushed(as_json, MsgType="text", Content="满意", bizmsgmenuid=number).click == "101"
    assert pushed(as_json, MsgType="text", Content="满意", bizmsgmenuid="").kind == "text"


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"MsgType": "voice", "MediaId": "m", "Recognition": "密码忘了。"}, "voice", "密码忘了。"),
        ({"MsgType": "voice", "MediaId": "m", "Recognition": ""}, "voice", ""),
        ({"MsgType": "voice", "MediaId": "m"}, "voice", ""),
        ({"MsgType": "image", "PicUrl": "http://localhost/1", "MediaId": "m"}, "image", ""),
        ({"MsgType": "video", "MediaId": "m", "ThumbMediaId": "t"}, "video", ""),
        ({"MsgType": "shortvideo", "MediaId": "m"}, "video", ""),
        ({"MsgType": "link", "Title": "t", "Url": "http://localhost"}, "link", ""),
        ({"MsgType": "miniprogrampage", "Title": "t", "PagePath": "p"}, "card", ""),
        ({"MsgType": "file", "Title": "a.pdf"}, "file", ""),
        ({"MsgType": "music"}, "unknown", ""),
        ({"MsgType": "link", "Title": "群聊的聊天记录", "Url": "u"}, "forwarded", ""),
        ({"MsgType": "refermsg", "Content": "刷脸刷不过", "Quoted": "y"}, "text", "刷脸刷不过"),
        ({"MsgType": "quote", "Title": "刷脸刷不过", "Quoted": "y"}, "text", "刷脸刷不过"),
        ({"MsgType": "quote"}, "quote", ""),
        ({"MsgType": "TEXT", "Content": "x"}, "text", "x"),
        ({"MsgType": "text", "Content": ""}, "text", ""),
        ({"MsgType": "text"}, "text", ""),
    ],
)
def test_each_kind_of_message(fields: dict[str, Any], kind: str, text: str) -> None:
    for as_json in (False, True):
        incoming = pushed(as_json, **fields)
        assert (incoming.kind, incoming.text, incoming.id) == (kind, text, "m:1234567890123456")


@pytest.mark.parametrize("as_json", [False, True])
def test_a_location_has_its_place(as_json: bool) -> None:
    where = {"Location_X": "23.134521", "Location_Y": "113.358803", "Scale": 20}
    incoming = pushed(as_json, MsgType="location", Label="广东省广州市天河区", **where)
    assert (incoming.kind, incoming.text) == ("location", "广东省广州市天河区")
    assert incoming.data == {"latitude": 23.134521, "longitude": 113.358803}
    odd = pushed(as_json, MsgType="location", Location_X="north", Location_Y="1e999")
    assert (odd.kind, odd.text, odd.data) == ("location", "", {"latitude": 0.0, "longitude": 0.0})


@pytest.mark.parametrize("as_json", [False, True])
def test_a_picture_says_where_it_is(as_json: bool) -> None:
    url = "http://mmbiz.qpic.cn/mmbiz_jpg/a/0"
    incoming = pushed(as_json, MsgType="image", PicUrl=url, MediaId="M-1_a")
    assert (incoming.kind, incoming.text, incoming.data) == (
        "image",
        "",
        {"media_id": "M-1_a", "url": url},
    )
    assert pushed(as_json, MsgType="image", MediaId="").data == {}
    long = pushed(as_json, MsgType="image", PicUrl="http://" + "x" * 3_000, MediaId="m" * 600)
    assert (long.kind, long.data) == ("image", {})
    assert pushed(as_json, MsgType="text", Content="[图片]", MediaId="m").data == {}
    assert pushed(as_json, MsgType="video", MediaId="m").data == {}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[微笑]", "emoji"),
        ("[微笑][Smile] [捂脸]\n", "emoji"),
        ("😀", "emoji"),
        ("👨‍👩‍👧👍🏽🇨🇳❤️1️⃣", "emoji"),
        ("/::)/:rose", "emoji"),
        ("\ue415", "emoji"),
        ("[找回密码]", "text"),
        ("[微笑]密码忘了", "text"),
        ("😀好", "text"),
        ("1", "text"),
        ("?", "text"),
        ("/:x/:y", "text"),
        ("/restart", "text"),
        ("   ", "text"),
        ("【收到不支持的消息类型，暂无法显示】", "unknown"),
    ],
)
def test_emoji_alone_are_no_words(text: str, kind: str) -> None:
    incoming = pushed(MsgType="text", Content=text)
    assert (incoming.kind, incoming.text) == (kind, "" if kind == "unknown" else text)
    item = {"msgid": "m", "external_userid": "wm1", "msgtype": "text", "text": {"content": text}}
    assert from_sync(item).kind == kind


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    ("fields", "event", "key"),
    [
        ({"Event": "subscribe"}, "subscribe", ""),
        ({"Event": "subscribe", "EventKey": "qrscene_123"}, "subscribe", "qrscene_123"),
        ({"Event": "unsubscribe", "EventKey": ""}, "unsubscribe", ""),
        ({"Event": "CLICK", "EventKey": "recover"}, "click", "recover"),
        ({"Event": "VIEW", "EventKey": "http://localhost/a"}, "view", "http://localhost/a"),
        ({"Event": "SCAN", "EventKey": "1", "Ticket": "t"}, "scan", "1"),
        ({"Event": "LOCATION", "Latitude": "23.1", "Longitude": "113.3"}, "location", ""),
        ({"Event": "user_enter_tempsession"}, "user_enter_tempsession", ""),
        ({"Event": "kf_create_session", "KfAccount": "a@gh_1"}, "kf_create_session", ""),
        ({"Event": "kf_close_session", "KfAccount": "a@gh_1"}, "kf_close_session", ""),
        ({"Event": "of_tomorrow"}, "of_tomorrow", ""),
    ],
)
def test_each_kind_of_event(fields: dict[str, Any], event: str, key: str, as_json: bool) -> None:
    incoming = pushed(as_json, MsgType="event", **fields)
    assert (incoming.kind, incoming.event, incoming.key, incoming.text) == ("event", event, key, "")
    assert incoming.id == f"e:o_Person-1:1482048670:{event}:{key}"


def test_what_an_event_brings() -> None:
    entered = pushed(True, MsgType="event", Event="user_enter_tempsession", SessionFrom="home")
    assert entered.data == {"session_from": "home"}
    closed = pushed(MsgType="event", Event="kf_close_session", KfAccount="a@gh_1", CloseType="KF")
    assert closed.data == {"servicer": "a@gh_1", "close_type": "KF"}


def test_events_are_told_apart_and_their_retries_are_not() -> None:
    def id_of(**fields: Any) -> str:
        return pushed(**({"MsgType": "event", "Event": "CLICK", "EventKey": "a"} | fields)).id

    assert id_of() == id_of(Event="click") == id_of(CreateTime="1482048670")
    other = [
        id_of(),
        id_of(EventKey="b"),
        id_of(EventKey="a:"),
        id_of(Event="VIEW"),
        id_of(FromUserName="o_2"),
        id_of(CreateTime=1),
    ]
    other += [id_of(EventKey="x" * 64 + end) for end in "yz"]
    assert len(set(other)) == len(other)
    assert max(len(value) for value in other) < 256
    odd = [id_of(FromUserName="o:1"), id_of(FromUserName="o%3A1"), id_of(FromUserName="o")]
    odd += [id_of(Event="a:b"), id_of(Event="a", EventKey="b:a"), id_of(Event="a" * 99)]
    assert len(set(odd)) == len(odd)


@pytest.mark.parametrize("as_json", [False, True])
def test_an_id_is_taken_as_it_is(as_json: bool) -> None:
    ids = ["a/b+c==", "a/b+c=", "1 2", "編號", "<&>", "a:b", "x" * 64, "x" * 65, "x" * 999, "0"]
    read = [pushed(as_json, MsgType="text", Content="x", MsgId=id_) for id_ in ids]
    assert all(line.kind == "text" for line in read)
    assert len({line.id for line in read}) == len(ids)
    assert read[0].id == "m:a/b+c=="
    assert max(len(line.id) for line in read) < 80


@pytest.mark.parametrize("odd", [None, "", " ", [], {}, ["a", "b"], True, 2**70])
def test_what_has_no_id_is_known_by_all_that_it_says(odd: object) -> None:
    def read(**fields: Any) -> Incoming:
        whole = HEAD | {"MsgType": "hologram", "MsgId": odd} | fields
        return from_push({name: value for name, value in whole.items() if value is not None})

    incoming = read()
    assert (incoming.kind, incoming.person) == ("unknown", "o_Person-1")
    assert incoming.id.startswith("x:")
    assert incoming.id == read().id
    assert incoming.id != read(CreateTime=1_482_048_671).id
    assert read(MsgType="text", Content="好").text == "好"


@pytest.mark.parametrize("name", ["FromUserName", "CreateTime", "MsgType", "MsgId", "Event"])
@pytest.mark.parametrize("value", [None, "", " ", [], {}, ["a", "b"], True, 1.5, 2**70, "x" * 999])
@pytest.mark.parametrize("type_", ["text", "event", None])
def test_a_genuine_push_is_never_refused(name: str, value: object, type_: str | None) -> None:
    fields: dict[str, Any] = HEAD | {"MsgType": type_, "Content": "x", "MsgId": 1, name: value}
    incoming = from_push({name: value for name, value in fields.items() if value is not None})
    assert incoming.id
    if name == "FromUserName" and value != 1.5:
        assert incoming.person == ""
    elif name == "CreateTime":
        assert incoming.created == 0
