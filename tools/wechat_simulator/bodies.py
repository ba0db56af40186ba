"""Whether the message in an API's body is one that the platform would send.

- Text: KF 2048 bytes of UTF-8 (documented); the other two about as much (reported), 45002 above.
- KF menu: 10 lines at most, head and tail 1024 bytes, id 64 and content 128 bytes of a click
  (wechat.md, "Limits"; ids of 128 bytes are only reported, so 64 it is here).
- Official account menu: head, lines of id and content, tail; no limits are published, so the
  whole counts as a text of 2048 bytes.
- A mini-program has no menus: its page on sending names text, image, link and card only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.wechat_simulator.errors import Refusal
from tools.wechat_simulator.transcript import Item

TEXT_BYTES = 2048
HEAD_BYTES = 1024
ITEMS = 10
ID_BYTES = 64
CONTENT_BYTES = 128
OTHERS = {
    "official_account": {
        *("image", "voice", "video", "music", "news", "mpnews", "mpnewsarticle"),
        *("wxcard", "miniprogrampage"),
    },
    "mini_program": {"image", "link", "miniprogrampage"},
    "kf": {"image", "voice", "video", "file", "link", "miniprogram", "location", "ca_link"},
}


@dataclass(frozen=True)
class Sent:
    """A message that may be shown: its kind, words and lines."""

    kind: str
    text: str
    items: tuple[Item, ...] = ()


def read(platform: str, fields: dict[str, Any]) -> Sent:
    """Returns the message in the body.

    Raises:
        Refusal: It is none that this platform sends.
    """
    kind = fields.get("msgtype")
    if kind == "text":
        return Sent("text", _text(_part(fields, "text").get("content")))
    if kind == "msgmenu" and platform == "kf":
        return _kf_menu(_part(fields, "msgmenu"))
    if kind == "msgmenu" and platform == "official_account":
        return _menu(_part(fields, "msgmenu"))
    if not isinstance(kind, str) or kind not in OTHERS[platform]:
        raise Refusal(40008)
    return Sent(kind, str(_part(fields, kind).get("title", "")))


def _part(fields: dict[str, Any], name: str) -> dict[str, Any]:
    part = fields.get(name)
    if not isinstance(part, dict):
        raise Refusal(44004)
    return part


def _text(value: Any, max_bytes: int = TEXT_BYTES) -> str:
    if not isinstance(value, str):
        raise Refusal(44004 if value is None else 40035)
    if not value:
        raise Refusal(44004)
    if len(value.encode("utf-8", "surrogatepass")) > max_bytes:
        raise Refusal(45002)
    return value


def _between(value: Any, max_bytes: int) -> str:
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= max_bytes:
        raise Refusal(40058)
    return value


def _lines(menu: dict[str, Any]) -> list[dict[str, Any]]:
    lines = menu.get("list")
    if (
        not isinstance(lines, list)
        or not all(isinstance(line, dict) for line in lines)
        or not lines
    ):
        raise Refusal(40035)
    return lines


def _ends(menu: dict[str, Any], max_bytes: int) -> list[str]:
    """Returns head and tail, as far as they are there."""
    ends = [menu.get(name, "") for name in ("head_content", "tail_content")]
    for end in ends:
        if not isinstance(end, str):
            raise Refusal(40035)
        if len(end.encode()) > max_bytes:
            raise Refusal(45002)
    return [end for end in ends if end]


def _menu(menu: dict[str, Any]) -> Sent:
    ends = _ends(menu, TEXT_BYTES)
    items = tuple(
        Item(_between(line.get("id"), TEXT_BYTES), _between(line.get("content"), TEXT_BYTES))
        for line in _lines(menu)
    )
    if len("\n".join([*ends, *(item.title for item in items)]).encode()) > TEXT_BYTES:
        raise Refusal(45002)
    return Sent("menu", "\n".join(ends), items)


def _kf_menu(menu: dict[str, Any]) -> Sent:
    ends = _ends(menu, HEAD_BYTES)
    lines = _lines(menu)
    if len(lines) > ITEMS:
        raise Refusal(95008)
    items = []
    for line in lines:
        kind = line.get("type")
        if kind not in ("click", "view", "miniprogram", "text"):
            raise Refusal(95009)
        inside = _part(line, str(kind))
        if kind == "click":
            title = _between(inside.get("content"), CONTENT_BYTES)
            items.append(Item(_between(inside.get("id"), ID_BYTES), title))
        else:
            ends.append(_between(inside.get("content"), HEAD_BYTES))
    return Sent("menu", "\n".join(ends), tuple(items))
