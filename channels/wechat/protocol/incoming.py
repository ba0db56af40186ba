"""What a person sent, whichever way it came: one shape for pushes and for KF's `sync_msg`. No I/O.

The fields are those of the platform's pages "receiving ordinary messages" and "receiving event
pushes" (official account), "receive.html" (mini-program), and "receiving messages and events"
(WeCom's customer service, KF).
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from channels.wechat.protocol.emoji import is_emoji
from channels.wechat.protocol.placeholders import placeholder_in
from channels.wechat.protocol.quotes import FORWARD_TYPES, QUOTE_TYPES, is_record_title, own_words

Kind = Literal[
    "text",
    "click",
    "voice",
    "image",
    "video",
    "location",
    "link",
    "card",
    "emoji",
    "file",
    "quote",
    "forwarded",
    "event",
    "unknown",
]
CUSTOMER, SYSTEM = 3, 4  # the origins that KF names; 5 is a human of the bureau
_KINDS: dict[str, Kind] = {
    "image": "image",
    "voice": "voice",
    "video": "video",
    "shortvideo": "video",
    "location": "location",
    "link": "link",
    "file": "file",
    "emoji": "emoji",
    "emotion": "emoji",
    "miniprogrampage": "card",
    "miniprogram": "card",
    "business_card": "card",
    **dict.fromkeys(FORWARD_TYPES, "forwarded"),
}
_MAX_MEDIA_ID = 512  # characters; those seen have 64 to 170
_MAX_URL = 2_048
_MAX_PERSON = 512  # characters; an openid has 28, an external_userid 32
_DIGITS = re.compile(r"[0-9]{1,12}")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LONGEST_KEY = 64  # of a part of an id; a longer one is hashed
_PUSHED = {  # what an event may bring, and what we call it
    "SessionFrom": "session_from",
    "Ticket": "ticket",
    "KfAccount": "servicer",
    "FromKfAccount": "from_servicer",
    "ToKfAccount": "to_servicer",
    "CloseType": "close_type",
    "Latitude": "latitude",
    "Longitude": "longitude",
    "Status": "status",
    "Reason": "reason",
}
_TELLING = ("fail_msgid", "recall_msgid", "welcome_code", "msg_code", "change_type")


@dataclass(frozen=True)
class Incoming:
    """One message or event.

    Attributes:
        person: the openid, for KF the external_userid; "" for what concerns nobody.
        id: what makes it unique within the account, the same in every retry: "m:" and the
            message's id, or "e:" and person, time, event and key; "x:" and a digest of all that
            came where these are missing.
        created: when it was sent, seconds since 1970 by WeChat's clock; 0 if that is not said.
        kind: what it is.
        text: what the person typed, without what they quote; what was recognized in a voice
            message, written on the button clicked, or the name of a location; "" for all else.
        click: the id of the menu item clicked.
        event: the event in lower case, such as "subscribe" or "enter_session".
        key: the EventKey, which tells menu items and codes to scan apart.
        data: what else an event brings, under KF's names: welcome_code, scene, scene_param,
            fail_msgid, fail_type, change_type, msg_code, servicer ...; latitude and longitude of
            a location; where a picture is: media_id, and url if the platform names one.
        receiver: the ToUserName, from which a passive answer comes.
        kf: the customer service account (open_kfid), for KF.
        origin: 3 the person, 4 the system, 5 a human at the bureau; 0 unknown.
    """

    person: str
    id: str
    created: float
    kind: Kind
    text: str = ""
    click: str = ""
    event: str = ""
    key: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    receiver: str = ""
    kf: str = ""
    origin: int = CUSTOMER


def from_push(fields: Mapping[str, Any]) -> Incoming:
    """Reads the fields of a push to an official account or a mini-program, XML or JSON.

    It never raises: the push is genuine, and refusing it would show the person that the service
    is out of order. What a newer platform may add is of kind "unknown"; ids are taken as they are.
    """
    person = _person(fields.get("FromUserName"))
    time = _text(fields.get("CreateTime")).strip()
    created = float(time) if _DIGITS.fullmatch(time) else 0.0
    type_ = _text(fields.get("MsgType")).strip().lower()
    receiver = _text(fields.get("ToUserName"))
    if type_ == "event" or (not type_ and "Event" in fields):
        event = _text(fields.get("Event")).strip().lower()
        key = _text(fields.get("EventKey"))
        named = f"e:{_escaped(person)}:{int(created)}:{_short(_escaped(event))}:{_short(key)}"
        return Incoming(
            person=person,
            id=named if created and event else f"x:{_digest(fields)}",
            created=created,
            kind="event",
            event=event,
            key=key,
            data={
                ours: _text(fields[theirs]) for theirs, ours in _PUSHED.items() if theirs in fields
            },
            receiver=receiver,
        )
    content = fields.get("Content")
    kind, text, click = _said(
        type_,
        fields.get("Title") if content is None else content,
        fields.get("bizmsgmenuid"),
        fields.get("Recognition"),
    )
    data = {}
    if kind == "location":
        text = _text(fields.get("Label")).strip()
        data = _coordinates(fields.get("Location_X"), fields.get("Location_Y"))
    if type_ == "image":
        data = _picture(fields.get("MediaId"), fields.get("PicUrl"))
    return Incoming(
        person=person,
        id=_message_id(fields.get("MsgId"), fields),
        created=created,
        kind=kind,
        text=text,
        click=click,
        data=data,
        receiver=receiver,
    )


def from_sync(item: object) -> Incoming:
    """Reads one item of the list that KF's `sync_msg` returns.

    It never raises: an item that cannot be made out is of kind "unknown" and has an id all the
    same, so that it does not hold up those behind it.
    """
    fields = item if isinstance(item, Mapping) else {}
    type_ = _text(fields.get("msgtype")).lower()
    part = fields.get(type_)
    content: Mapping[str, Any] = part if isinstance(part, Mapping) else {}
    happened = type_ == "event"
    # Events name their person and account inside, everything else outside.
    person = _person(fields.get("external_userid") or content.get("external_userid"))
    account = _text(fields.get("open_kfid") or content.get("open_kfid"))
    created = _number(fields.get("send_time"))
    origin = fields.get("origin", SYSTEM if happened else 0)
    known: dict[str, Any] = {
        "person": person,
        "created": created,
        "kf": account,
        "origin": origin if isinstance(origin, int) else 0,
    }
    id_ = _message_id(fields.get("msgid"), item)
    event = _text(content.get("event_type")).strip().lower()
    if happened and event:
        telling = next((key for key in _TELLING if content.get(key)), "")
        what = f"{_short(_escaped(event))}:{_short(_text(content.get(telling)))}"
        if id_.startswith("x:"):
            id_ = f"e:{_escaped(person)}:{int(created)}:{what}"
        data = {
            str(name): value
            for name, value in content.items()
            if isinstance(value, (str, int)) and name not in ("event_type", "external_userid")
        }
        return Incoming(id=id_, kind="event", event=event, data=data, **known)
    words = content.get("content", content.get("title"))
    kind, text, click = _said(type_, words, content.get("menu_id"), None)
    data = {}
    if kind == "location":
        text = _address(_text(content.get("address")), _text(content.get("name")))
        data = _coordinates(content.get("latitude"), content.get("longitude"))
    if type_ == "image":
        data = _picture(content.get("media_id"), None)
    if not person or happened:
        kind = "unknown"
    return Incoming(id=id_, kind=kind, text=text, click=click, data=data, **known)


def _said(type_: str, words: object, click: object, recognized: object) -> tuple[Kind, str, str]:
    """Returns the kind, the text and the click of a message that is no event.

    Args:
        type_: as the platform names it.
        words: the content, or else the title.
        click: the id of the menu item.
        recognized: what was understood of a voice message.
    """
    if type_ == "voice":
        return "voice", _text(recognized).strip(), ""
    text, id_ = _text(words), _text(click)
    if type_ == "link" and is_record_title(text):
        return "forwarded", "", ""
    if type_ != "text" and type_ not in QUOTE_TYPES:
        return _KINDS.get(type_, "unknown"), "", ""
    if id_:
        return "click", text, id_
    own, context = own_words(text)
    if not own and (context or type_ in QUOTE_TYPES):
        return context or "quote", "", ""
    if is_emoji(own):
        return "emoji", own, ""
    kind, own = placeholder_in(own)
    return (cast(Kind, kind), "", "") if kind else ("text", own, "")


def _text(value: object) -> str:
    """Returns a text or a number as a text; "" for all else. JSON may hold half a character."""
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**20 else ""
    return ""


def _person(value: object) -> str:
    """Returns the id of a person as it is; "" if there is none that could be answered."""
    person = _text(value).strip()
    return person if len(person) <= _MAX_PERSON and person.isprintable() else ""


def _message_id(value: object, whole: object) -> str:
    """Returns the id of a message: it only has to be unique, so any characters are right.

    Args:
        value: what the platform gives as its id.
        whole: all that came, which a retry repeats; it makes the id if there is no other.
    """
    number = _text(value).strip()
    return f"m:{_short(number)}" if number else f"x:{_digest(whole)}"


def _escaped(part: str) -> str:
    """Returns a part of an id without the colons that keep parts apart."""
    return part.replace("%", "%25").replace(":", "%3A")


def _number(value: object) -> float:
    """Returns a finite number, also one in a text; 0.0 for all else."""
    try:
        number = float(_text(value))
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _coordinates(latitude: object, longitude: object) -> dict[str, Any]:
    return {"latitude": _number(latitude), "longitude": _number(longitude)}


def _picture(media_id: object, url: object) -> dict[str, Any]:
    """Returns where a picture is, as far as that is said."""
    where = {"media_id": _text(media_id).strip(), "url": _text(url).strip()}
    max_lengths = {"media_id": _MAX_MEDIA_ID, "url": _MAX_URL}
    return {
        name: value
        for name, value in where.items()
        if value.isprintable() and 0 < len(value) <= max_lengths[name]
    }


def _address(address: str, name: str) -> str:
    """Returns an address and the name of the place there, each once."""
    address, name = address.strip(), name.strip()
    return address if name in address else f"{address} {name}".strip()


def _short(key: str) -> str:
    """Returns a key that is short enough to be part of an id; a URL may be one, and is not."""
    if len(key) <= _LONGEST_KEY:
        return key
    return hashlib.sha256(key.encode()).hexdigest()


def _digest(item: object) -> str:
    try:
        text = json.dumps(item, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        text = str(type(item))
    return hashlib.sha256(text.encode()).hexdigest()
