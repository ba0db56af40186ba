"""Everything a person can send to WeCom's customer service, as `sync_msg` reports it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from channels.wechat.protocol.incoming import Incoming, from_sync


def item(type_: str, content: object, **more: Any) -> dict[str, Any]:
    return {
        "msgid": "from_msgid_4622416642169452483",
        "open_kfid": "wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q",
        "external_userid": "wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw",
        "send_time": 1_615_478_585,
        "origin": 3,
        "servicer_userid": "",
        "msgtype": type_,
        type_: content,
    } | more


def test_a_text_to_kf() -> None:
    assert from_sync(item("text", {"content": "你好", "menu_id": ""})) == Incoming(
        person="wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw",
        id="m:from_msgid_4622416642169452483",
        created=1_615_478_585.0,
        kind="text",
        text="你好",
        kf="wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q",
        origin=3,
    )


@pytest.mark.parametrize(
    ("type_", "content", "kind", "text", "click"),
    [
        ("text", {"content": "找回密码", "menu_id": "3-1"}, "click", "找回密码", "3-1"),
        ("image", {"media_id": "m"}, "image", "", ""),
        ("voice", {"media_id": "m"}, "voice", "", ""),
        ("video", {"media_id": "m"}, "video", "", ""),
        ("file", {"media_id": "m"}, "file", "", ""),
        ("link", {"title": "t", "url": "u"}, "link", "", ""),
        ("business_card", {"userid": "u"}, "card", "", ""),
        ("miniprogram", {"title": "t"}, "card", "", ""),
        ("msgmenu", {"head_content": "h", "list": []}, "unknown", "", ""),
        ("channels_shop_product", {}, "unknown", "", ""),
        ("merged_msg", {"title": "t", "item": []}, "forwarded", "", ""),
        ("link", {"title": "甲和乙的聊天记录"}, "forwarded", "", ""),
        ("note", None, "unknown", "", ""),
    ],
)
def test_each_kind_of_message_to_kf(
    type_: str, content: object, kind: str, text: str, click: str
) -> None:
    incoming = from_sync(item(type_, content))
    assert (incoming.kind, incoming.text, incoming.click, incoming.origin) == (kind, text, click, 3)


@pytest.mark.parametrize(
    ("name", "address", "text"),
    [
        ("天河体育中心", "广东省广州市天河区", "广东省广州市天河区 天河体育中心"),
        ("天河区", "广东省广州市天河区", "广东省广州市天河区"),
        ("", "广东省广州市天河区", "广东省广州市天河区"),
        ("天河体育中心", "", "天河体育中心"),
        ("", "", ""),
    ],
)
def test_a_location_to_kf(name: str, address: str, text: str) -> None:
    place = {"latitude": 23.1, "longitude": 113.3, "name": name, "address": address}
    incoming = from_sync(item("location", place))
    assert (incoming.kind, incoming.text) == ("location", text)
    assert incoming.data == {"latitude": 23.1, "longitude": 113.3}


def test_a_picture_to_kf_says_where_it_is() -> None:
    assert from_sync(item("image", {"media_id": "m"})).data == {"media_id": "m"}
    assert from_sync(item("image", {"media_id": " m\n"})).data == {"media_id": "m"}
    odd: tuple[object, ...] = (
        {},
        {"media_id": True},
        {"media_id": "a\nb"},
        {"media_id": ["m"]},
        "m",
    )
    for text in odd:
        found = from_sync(item("image", text))
        assert (found.kind, found.data) == ("image", {})


def event(type_: str, **more: Any) -> dict[str, Any]:
    who = {"open_kfid": "wk1", "external_userid": "wm1"}
    return {
        "msgid": f"event_{type_}",
        "send_time": 1_615_478_585,
        "origin": 4,
        "msgtype": "event",
        "event": {"event_type": type_} | who | more,
    }


def test_events_of_kf() -> None:
    entered = from_sync(event("enter_session", welcome_code="c", scene="s", scene_param="p"))
    assert (entered.kind, entered.event, entered.person) == ("event", "enter_session", "wm1")
    assert (entered.kf, entered.origin, entered.id) == ("wk1", 4, "m:event_enter_session")
    assert entered.data == {
        "welcome_code": "c",
        "scene": "s",
        "scene_param": "p",
        "open_kfid": "wk1",
    }
    failed = from_sync(event("msg_send_fail", fail_msgid="f", fail_type=4))
    assert (failed.data["fail_msgid"], failed.data["fail_type"]) == ("f", 4)
    changed = from_sync(event("session_status_change", change_type=3, msg_code="m"))
    assert (changed.data["change_type"], changed.data["msg_code"]) == (3, "m")
    nobody = event("servicer_status_change", servicer_userid="u", status=1)
    del nobody["event"]["external_userid"]
    assert (from_sync(nobody).person, from_sync(nobody).kind) == ("", "event")


def test_an_event_of_kf_without_a_msgid_has_an_id_of_its_own() -> None:
    def id_of(type_: str, **more: Any) -> str:
        incoming = event(type_, **more)
        del incoming["msgid"]
        return from_sync(incoming).id

    ids = [
        id_of("enter_session", welcome_code="a"),
        id_of("enter_session", welcome_code="b"),
        id_of("msg_send_fail", fail_msgid="a", fail_type=4),
        id_of("session_status_change", change_type=3),
        id_of("session_status_change", change_type=1),
    ]
    assert len(set(ids)) == len(ids)
    assert ids[0] == id_of("enter_session", welcome_code="a")
    assert ids[0] == "e:wm1:1615478585:enter_session:a"


def test_origins_of_kf_are_told_and_not_believed_to_be_the_person() -> None:
    assert from_sync(item("text", {"content": "x"}, origin=5)).origin == 5
    odds: list[Any] = [None, "3", [], 3.0]
    for odd in odds:
        assert from_sync(item("text", {"content": "x"}, origin=odd)).origin == 0
    without = item("text", {"content": "x"})
    del without["origin"]
    assert from_sync(without).origin == 0


def test_ids_of_kf_are_taken_as_they_are() -> None:
    ids: list[Any] = ["a/b+c==", "a/b+c=", "編號", "x" * 65, "x" * 999, None, "", [], {}]
    read = [from_sync(item("text", {"content": "刷脸"}, msgid=id_)) for id_ in ids]
    assert {(line.kind, line.text) for line in read} == {("text", "刷脸")}
    assert len({line.id for line in read}) == len(ids)
    assert read[0].id == "m:a/b+c=="
    odd = from_sync(item("text", {"content": "刷脸"}, external_userid="wm:1/+="))
    assert (odd.kind, odd.person) == ("text", "wm:1/+=")


@pytest.mark.parametrize("odd", [None, 1, "x", [], {}, [{}], {"msgtype": []}, {1: 2, "a": 3}])
def test_an_item_that_is_none_is_unknown(odd: object) -> None:
    incoming = from_sync(odd)
    assert (incoming.kind, incoming.person, incoming.text, incoming.origin) == (
        "unknown",
        "",
        "",
        0,
    )
    assert incoming.id.startswith("x:")
    assert incoming.id == from_sync(odd).id


def test_from_sync_never_raises() -> None:
    source = random.Random(4)
    leaves: list[Any] = [None, True, 0, -1, 2**80, 1.5, float("nan"), "", "x", "\ud800", [], {}]
    names = ["msgid", "open_kfid", "external_userid", "send_time", "origin", "msgtype"]
    for _ in range(3_000):
        other_incoming = source.choice(
            [item("text", {"content": "x"}), item("location", {}), event("a")]
        )
        for name in source.sample([*names, "text", "event", "location"], 3):
            other_incoming[name] = source.choice(
                [*leaves, {"event_type": source.choice(leaves)}, other_incoming]
            )
        incoming = from_sync(other_incoming)
        assert incoming.id
        assert isinstance(incoming.created, float)
        assert (incoming.text + incoming.person + incoming.id).encode()
