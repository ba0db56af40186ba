r"""XML and JSON as WeChat writes them, and as it reads what bots send.

WeChat puts texts into CDATA and numbers bare, with lower-case `xml` as the root (all published
examples). `displayed` shows what a person sees of an API body in which a program has escaped
every Chinese character as \\uXXXX: the official account and the mini-program show the escapes
themselves (wechat.md, "What people complain about").
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\(u[0-9a-fA-F]{4})")


class Malformed(Exception):
    """The body is not what its kind should be."""


def write_xml(fields: Mapping[str, Any]) -> bytes:
    """Returns the fields as WeChat's XML."""
    return f"<xml>{_elements(fields)}</xml>".encode()


def _elements(fields: Mapping[str, Any]) -> str:
    return "".join(f"<{name}>{_content(value)}</{name}>" for name, value in fields.items())


def _content(value: Any) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, (int, float)):
        return str(value)
    inside = str(value).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{inside}]]>"


def read_xml(body: bytes) -> dict[str, Any]:
    """Returns the elements under `<xml>`; nested ones as dictionaries.

    Raises:
        Malformed: Not XML, or with a root of another name.
    """
    try:
        root = ElementTree.fromstring(body)  # noqa: S314, of the connector alone
    except (ElementTree.ParseError, ValueError) as error:
        raise Malformed(str(error)) from None
    if root.tag != "xml":
        raise Malformed("the root is not <xml>")
    return {child.tag: _value(child) for child in root}


def _value(element: ElementTree.Element) -> Any:
    if len(element):
        return {child.tag: _value(child) for child in element}
    return element.text or ""


def write_json(fields: Mapping[str, Any]) -> bytes:
    """Returns the fields as JSON in UTF-8."""
    return json.dumps(fields, ensure_ascii=False).encode()


def read_json(body: bytes) -> dict[str, Any]:
    """Returns the object in the body.

    Raises:
        Malformed: Not UTF-8, not JSON, or not an object.
    """
    try:
        fields = json.loads(body.decode("utf-8"))
    except ValueError as error:
        raise Malformed(str(error)) from None
    if not isinstance(fields, dict):
        raise Malformed("not an object")
    return fields


def escaped(body: bytes) -> bool:
    r"""Tells whether the body holds \\uXXXX escapes."""
    return ESCAPE.search(body) is not None


def displayed(body: bytes) -> bytes:
    r"""Returns the body with each \\uXXXX turned into the six characters that people then see."""
    return ESCAPE.sub(rb"\1\\\\\2", body)
