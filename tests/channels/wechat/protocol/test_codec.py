"""XML and JSON of WeChat: what is read, what is refused, and what is written."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
import xmltodict  # type: ignore[import-untyped]

from channels.wechat.protocol.codec import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_FIELDS,
    read,
    read_json,
    read_xml,
    write_json,
    write_xml,
)
from channels.wechat.protocol.crypto import Refused

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefg", "bcdefgh", strict=True))
    + "]><xml><Content>&h;</Content></xml>"
)


def nested(depth: int) -> str:
    return "<xml>" + "<a>" * (depth - 1) + "x" + "</a>" * (depth - 1) + "</xml>"


def test_texts_nested_elements_and_repeated_ones_are_read() -> None:
    body = """<?xml version="1.0" encoding="UTF-8"?>
    <xml>
      <ToUserName><![CDATA[gh_1]]></ToUserName>
      <CreateTime>1348831860</CreateTime>
      <Content><![CDATA[<b>&amp; 营业执照 😀]]></Content>
      <Empty></Empty><Bare/><Escaped>a &lt; b &#x4e2d;</Escaped>
      <List><Item>1</Item><Item>2</Item><Item><Deep>3</Deep></Item></List>
      <Mixed a="attribute">one <!-- remark -->two</Mixed>
    </xml>
    """
    assert read_xml(body.encode()) == {
        "ToUserName": "gh_1",
        "CreateTime": "1348831860",
        "Content": "<b>&amp; 营业执照 😀",
        "Empty": "",
        "Bare": "",
        "Escaped": "a < b 中",
        "List": {"Item": ["1", "2", {"Deep": "3"}]},
        "Mixed": "one two",
    }


def test_the_body_itself_decides_what_it_is() -> None:
    assert read(b"  \n<xml><a>1</a></xml>") == ({"a": "1"}, False)
    assert read('\ufeff{"a": "\u4e2d"}'.encode()) == ({"a": "中"}, True)
    assert read("\ufeff<xml><a>中</a></xml>".encode()) == ({"a": "中"}, False)
    assert read(b' {"a": 1, "b": [{"c": null}], "d": 1.5}') == (
        {"a": 1, "b": [{"c": None}], "d": 1.5},
        True,
    )


def test_ids_of_64_bits_stay_what_they_are() -> None:
    assert read_json(b'{"MsgId": 18446744073709551615}') == {"MsgId": 2**64 - 1}
    assert read_json(b'{"MsgId": -9223372036854775808}') == {"MsgId": -(2**63)}


XML: dict[str, str | bytes] = {
    "nothing": "",
    "blanks": " \n ",
    "no XML": "success",
    "truncated": "<xml><Content><![CDATA[abc",
    "truncated in a tag": "<xml><Cont",
    "not closed": "<xml><Content>x</Content>",
    "closed wrongly": "<xml><a>1</b></xml>",
    "two roots": "<xml><a>1</a></xml><xml><a>2</a></xml>",
    "more behind": "<xml><a>1</a></xml>x",
    "another root": "<html><a>1</a></html>",
    "a root in capitals": "<XML><a>1</a></XML>",
    "no fields": "<xml></xml>",
    "text only": "<xml>abc</xml>",
    "an entity bomb": BOMB,
    "a document type": "<!DOCTYPE xml><xml><a>1</a></xml>",
    "a document type elsewhere": '<!DOCTYPE xml SYSTEM "http://localhost/x"><xml><a>1</a></xml>',
    "a file as entity": '<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    "<xml><a>&f;</a></xml>",
    "a parameter entity": '<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://localhost/x">%p;]>'
    "<xml><a>1</a></xml>",
    "an unknown entity": "<xml><a>&nbsp;</a></xml>",
    "a control character": "<xml><a>\x00</a></xml>",
    "a control character in CDATA": "<xml><a><![CDATA[\x0b]]></a></xml>",
    "a number of no character": "<xml><a>&#0;</a></xml>",
    "half a character": "<xml><a>&#xd800;</a></xml>",
    "too deep": nested(MAX_DEPTH + 2),
    "much too deep": nested(8_000),
    "too many fields": "<xml>" + "<a/>" * (MAX_FIELDS + 1) + "</xml>",
    "too long": "<xml><a>" + "x" * MAX_BYTES + "</a></xml>",
    "GBK": "<xml><a>营业执照</a></xml>".encode("gbk"),
    "declared GBK": '<?xml version="1.0" encoding="GBK"?><xml><a>执照</a></xml>'.encode("gbk"),
    "UTF-16": "<xml><a>1</a></xml>".encode("utf-16"),
    "UTF-32": "<xml><a>1</a></xml>".encode("utf-32-be"),
    "a cut character": "<xml><a>执照".encode()[:-1] + b"</a></xml>",
    "an overlong slash": b"<xml><a>\xc0\xaf</a></xml>",
    "a surrogate in UTF-8": b"<xml><a>\xed\xa0\x80</a></xml>",
    "two equal attributes": '<xml><a b="1" b="2">1</a></xml>',
    "an undeclared prefix": "<xml><p:a>1</p:a></xml>",
}
JSON: dict[str, str | bytes] = {
    "nothing": "",
    "a list": '[{"a": 1}]',
    "a text": '"success"',
    "a number": "1",
    "null": "null",
    "truncated": '{"a": "b',
    "more behind": '{"a": 1} x',
    "two objects": '{"a": 1}{"b": 2}',
    "single quotes": "{'a': 1}",
    "a comma too many": '{"a": 1,}',
    "a key twice": '{"a": 1, "a": 2}',
    "a key twice inside": '{"x": [{"a": 1, "b": 2, "a": 1}]}',
    "a key twice in disguise": '{"a": 1, "\\u0061": 2}',
    "NaN": '{"a": NaN}',
    "infinity": '{"a": -Infinity}',
    "a huge exponent": '{"a": 1e999}',
    "a huge number": '{"a": ' + "9" * 5_000 + "}",
    "a huge fraction": '{"a": 0.' + "9" * 5_000 + "}",
    "a number of 22 digits": '{"a": ' + "1" * 22 + "}",
    "too deep": '{"a": ' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}",
    "much too deep": '{"a": ' + "[" * 30_000 + "]" * 30_000 + "}",
    "much too deep and open": '{"a": ' * 10_000,
    "too many fields": json.dumps({"a": [0] * (MAX_FIELDS + 1)}),
    "too long": json.dumps({"a": "x" * MAX_BYTES}),
    "a raw line end in a text": '{"a": "\n"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "GBK": '{"a": "执照"}'.encode("gbk"),
    "a cut character": '{"a": "执照'.encode()[:-1] + b'"}',
}


@pytest.mark.parametrize("name", XML)
def test_hostile_xml_is_refused(name: str) -> None:
    hostile = XML[name]
    body = hostile if isinstance(hostile, bytes) else hostile.encode()
    started = time.perf_counter()
    for reader in (read_xml, read):
        with pytest.raises(Refused) as refused:
            reader(body)
        assert refused.value.status == 400
        assert not {"passwd", "aaaa", "营业"} & set(str(refused.value).split())
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("name", JSON)
def test_hostile_json_is_refused(name: str) -> None:
    hostile = JSON[name]
    body = hostile if isinstance(hostile, bytes) else hostile.encode()
    started = time.perf_counter()
    for reader in (read_json, read):
        with pytest.raises(Refused) as refused:
            reader(body)
        assert refused.value.status == 400
    assert time.perf_counter() - started < 1


def test_just_within_the_bounds_is_read() -> None:
    read_xml(nested(MAX_DEPTH + 1).encode())
    read_xml(("<xml>" + "<a/>" * (MAX_FIELDS - 1) + "</xml>").encode())
    read_json(('{"a": ' + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}").encode())
    head, tail = b"<xml><a>", b"</a></xml>"
    body = head + b"x" * (MAX_BYTES - len(head) - len(tail)) + tail
    assert len(read_xml(body)["a"]) == MAX_BYTES - len(head) - len(tail)


def test_a_declared_encoding_does_not_count() -> None:
    body = '<?xml version="1.0" encoding="GBK"?><xml><a>执照</a></xml>'
    assert read_xml(body.encode()) == {"a": "执照"}


FIELDS: dict[str, Any] = {
    "ToUserName": "o_1",
    "CreateTime": 1348831860,
    "MsgType": "text",
    "Content": "a]]>b]]]]>> <c>&amp;\n营业执照 😀",
    "TransInfo": {"KfAccount": "servicer@gh_1"},
    "Articles": {"item": [{"Title": "1"}, {"Title": "2"}]},
}


def test_what_is_written_is_read_again_also_by_others() -> None:
    as_texts = FIELDS | {"CreateTime": "1348831860"}
    assert read_xml(write_xml(FIELDS)) == as_texts
    assert xmltodict.parse(write_xml(FIELDS))["xml"] == as_texts
    assert read_json(write_json(FIELDS)) == FIELDS == json.loads(write_json(FIELDS))


def test_numbers_are_bare_and_texts_are_cdata() -> None:
    assert write_xml({"a": 1, "b": "2", "c": ""}) == (
        b"<xml><a>1</a><b><![CDATA[2]]></b><c><![CDATA[]]></c></xml>"
    )


def test_json_shows_characters_as_they_are() -> None:
    assert write_json({"content": "营业执照 😀"}) == '{"content":"营业执照 😀"}'.encode()


def test_what_cannot_be_written_is_left_out() -> None:
    assert read_xml(write_xml({"a": "x\x00\x0b\ud800\ufffey"})) == {"a": "xy"}
    assert json.loads(write_json({"a": "x\ud800y"})) == {"a": "x?y"}


def test_random_texts_survive_both_languages() -> None:
    source = random.Random(3)
    pieces = [
        "]",
        "]]>",
        "<![CDATA[",
        "&",
        "<",
        ">",
        "中",
        "😀",
        "\n",
        '"',
        "\\",
        "'",
        "\u2028",
        "x",
    ]
    for _ in range(500):
        text = "".join(source.choices(pieces, k=source.randrange(1, 12)))
        assert read_xml(write_xml({"a": text})) == {"a": text}
        assert read_json(write_json({"a": text})) == {"a": text}
