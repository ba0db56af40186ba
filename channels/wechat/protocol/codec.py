"""WeChat's two languages, XML and JSON: bodies to fields, and fields to bodies. No I/O.

What is read comes from anybody on the internet, so everything is bounded: the size, the depth, the
number of fields, the length of a number. A document type (and with it every entity bomb), another
encoding than UTF-8, or a key that stands twice in JSON is refused.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from channels.wechat.protocol.crypto import Refused

MAX_BYTES = 64 * 1024  # a text of 2048 characters in compatible mode has about 25 KiB
MAX_DEPTH = 16  # fields in fields, or lists
MAX_FIELDS = 2_000
MAX_DIGITS = 20  # of a whole number: ids of WeChat have 64 bits
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Fields = dict[str, Any]


def read(body: bytes) -> tuple[Fields, bool]:
    """Returns the fields of a body, and whether it is JSON; the body itself decides.

    Raises:
        Refused: with 400 if it is neither, as `read_xml` and `read_json` do.
    """
    text = _text(body)
    if text.lstrip()[:1] == "<":
        return _from_xml(text), False
    return _from_json(text), True


def read_xml(body: bytes) -> Fields:
    """Returns the fields in `<xml>...</xml>`.

    Texts are texts, elements that hold others are fields in turn, and what stands more than once
    is a list. Attributes, comments and blanks between elements do not count.

    Raises:
        Refused: with 400 if it is no such XML in UTF-8, has a document type, or is out of bounds.
    """
    return _from_xml(_text(body))


def read_json(body: bytes) -> Fields:
    """Returns the fields of a JSON object.

    Raises:
        Refused: with 400 if it is none in UTF-8, names a key twice, or is out of bounds.
    """
    return _from_json(_text(body))


def write_xml(fields: Mapping[str, Any]) -> bytes:
    """Returns `<xml>...</xml>` in UTF-8, as `read_xml` reads it.

    Texts are CDATA, also those with `]]>` inside; characters that XML cannot hold are left out.
    Numbers are bare, as in the platform's examples.
    """
    return f"<xml>{_elements(fields)}</xml>".encode()


def write_json(fields: Mapping[str, Any]) -> bytes:
    """Returns JSON in UTF-8 with its characters as they are: WeChat shows escapes to people."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")


def _text(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        raise Refused(400, f"the body is longer than {MAX_BYTES} bytes")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(400, "the body is not UTF-8") from None


def _from_xml(text: str) -> Fields:
    if text.count("<") > 2 * MAX_FIELDS:  # refused before it costs anything
        raise Refused(400, "the XML is too deep or has too many fields")
    # Given as text, a declaration of another encoding does not count.
    try:
        root = fromstring(text, forbid_dtd=True)
        value = _value(root)
    except DefusedXmlException:
        raise Refused(400, "the XML has a document type") from None
    except RecursionError:
        raise Refused(400, "the XML is too deep or has too many fields") from None
    except (ParseError, ValueError, LookupError):
        raise Refused(400, "the body is not XML") from None
    if root.tag != "xml" or isinstance(value, str):
        raise Refused(400, "the root of the body is not <xml>, or has no fields")
    _bound(value, "XML")
    return value


def _value(element: Element) -> Fields | str:
    """Returns the text of an element, or the fields in it, of which one alone is no list."""
    fields: dict[str, list[Fields | str]] = {}
    for child in element:
        fields.setdefault(child.tag, []).append(_value(child))
    if not fields:
        return element.text or ""
    return {name: values if len(values) > 1 else values[0] for name, values in fields.items()}


def _elements(fields: Mapping[str, Any]) -> str:
    parts = []
    for name, value in fields.items():
        for element in value if isinstance(value, list) else [value]:
            parts.append(f"<{name}>{_content(element)}</{name}>")
    return "".join(parts)


def _content(value: Any) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, int):
        return str(int(value))
    # A CDATA section ends at the first "]]>": there, one ends and the next begins.
    text = _UNSPEAKABLE.sub("", str(value)).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{text}]]>"


def _from_json(text: str) -> Fields:
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_broken,
            parse_constant=_constant,
        )
    except (ValueError, RecursionError):
        raise Refused(400, "the body is not JSON") from None
    if not isinstance(value, dict):
        raise Refused(400, "the body is not a JSON object")
    _bound(value, "JSON")
    return value


def _object(pairs: list[tuple[str, Any]]) -> Fields:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Refused(400, "the JSON names a key twice")
    return fields


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise Refused(400, "the JSON has a number that is too long")
    return int(digits)


def _broken(digits: str) -> float:
    value = float(digits)
    if len(digits) > 2 * MAX_DIGITS or math.isinf(value):
        raise Refused(400, "the JSON has a number that is too long")
    return value


def _constant(_name: str) -> NoReturn:
    raise Refused(400, "the JSON has a number that is none")


def _bound(value: Fields, language: str) -> None:
    level: list[Any] = [value]
    count = 0
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for node in level:
            inner += node.values() if isinstance(node, dict) else node
        count += len(inner)
        level = [node for node in inner if isinstance(node, (dict, list))]
    if level or count > MAX_FIELDS:
        raise Refused(400, f"the {language} is too deep or has too many fields")
