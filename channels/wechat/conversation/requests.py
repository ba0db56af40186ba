"""From what a person sent to what the assistant is asked, or to a fixed answer. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.payloads import GREETING
from channels.wechat.conversation.offers import Offers
from channels.wechat.messages import say
from channels.wechat.protocol.incoming import Incoming

# Answered by a fixed sentence of the same name: they hold no text.
WORDLESS = (
    "voice",
    "image",
    "video",
    "file",
    "link",
    "card",
    "emoji",
    "quote",
    "forwarded",
    "unknown",
)
# A person comes in; who is in the middle of a conversation is not greeted again on entering.
ARRIVALS = ("subscribe", "scan", "user_enter_tempsession", "enter_session")
ENTERINGS = ("scan", "user_enter_tempsession")


@dataclass(frozen=True)
class Request:
    """What is asked of the assistant, or said without it; not both.

    Attributes:
        ask: a text, or a payload that was offered.
        say: the name of a sentence in `messages.yml`.
        is_picture: whether a picture is to be looked at; `say` is for when that is not done.
    """

    ask: str = ""
    say: str = ""
    is_picture: bool = False


def request_of(incoming: Incoming, offers: Offers) -> Request:
    """Returns what a message asks; a click or a typed number means only what was offered."""
    if incoming.data.get("too_long"):
        return Request(say="too_long")
    if incoming.click:
        # Of a menu that is forgotten, the words on it are left.
        return Request(ask=offers.clicked(incoming.click) or incoming.text)
    if incoming.kind in ("text", "emoji"):  # a number may be a keycap
        payload = offers.typed(incoming.text)
        if payload:
            return Request(ask=payload)
    if incoming.kind == "text":
        return Request(ask=incoming.text) if incoming.text.strip() else Request(say="empty")
    if incoming.kind == "voice" and incoming.text:
        return Request(ask=incoming.text)
    if incoming.kind == "location":
        if incoming.text:
            return Request(ask=say("location", place=incoming.text))
        return Request(say="location_unnamed")
    if incoming.kind == "image":
        return Request(say="image", is_picture=bool(incoming.data))
    return Request(say=incoming.kind if incoming.kind in WORDLESS else "unknown")


def rasa_input_of_event(
    incoming: Incoming, menu_keys: Mapping[str, str], in_conversation: bool
) -> str:
    """Returns what an event asks of the assistant; nothing for most.

    Args:
        incoming: the event.
        menu_keys: what the account's own menu says, by its keys.
        in_conversation: whether the person has talked to us a short while ago.
    """
    if incoming.event == "click":
        return menu_keys.get(incoming.key, GREETING)
    if incoming.event == "enter_session" and not incoming.data.get("welcome_code"):
        return ""
    if incoming.event in ENTERINGS and in_conversation:
        return ""
    return GREETING if incoming.event in ARRIVALS else ""
