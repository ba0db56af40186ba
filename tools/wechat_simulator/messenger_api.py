"""The APIs of official account and mini-program.

Sending: wechat.md ("Limits", "Error codes"). Typing: the platform's page (a message of the person
in the last 30 s, else 45080; not again within 15 s, 45081; a mini-program has another path).
Paths that are not named here do not exist in the fake.
"""

from __future__ import annotations

from typing import Any

from tools.wechat_simulator import bodies
from tools.wechat_simulator.errors import Refusal, answer
from tools.wechat_simulator.follower import Follower
from tools.wechat_simulator.messenger import Messenger

SEND = "/cgi-bin/message/custom/send"
TYPING = "/cgi-bin/message/custom/typing"
BUSINESS_TYPING = "/cgi-bin/message/custom/business/typing"
TYPING_SECONDS = 15.0
RECENT_SECONDS = 30.0


def send(account: Messenger, fields: dict[str, Any]) -> dict[str, Any]:
    """`/cgi-bin/message/custom/send`."""
    person = _person(account, fields)
    sent = bodies.read(account.kind, fields)
    if sent.kind == "menu" and not account.menus_allowed:
        raise Refusal(40200)
    if not person.follows or not person.quota_windows.open:
        raise Refusal(45015)
    if not person.quota_windows.left:
        raise Refusal(45047)
    person.quota_windows.spend()
    if account.agents.serving(person):
        account.warn(person.id, "sent while an agent serves the person")
    account.typing_until.pop(person.id, None)
    person.shown("account", sent.kind, sent.text, items=sent.items, via="api")
    return answer()


def typing(account: Messenger, fields: dict[str, Any]) -> dict[str, Any]:
    """`/cgi-bin/message/custom/typing` and, for a mini-program, `.../business/typing`."""
    person = _person(account, fields)
    command = fields.get("command")
    if command not in ("Typing", "CancelTyping"):
        raise Refusal(45072)
    now = account.clock.now()
    typing_until = account.typing_until
    if command == "CancelTyping":
        typing_until.pop(person.id, None)
        return answer()
    written = [call.at for call in person.transcript.all if call.by == "person"]
    if not written or now - written[-1] > RECENT_SECONDS:
        raise Refusal(45080)
    if now < typing_until.get(person.id, 0.0):
        raise Refusal(45081)
    typing_until[person.id] = now + TYPING_SECONDS
    return answer()


def _person(account: Messenger, fields: dict[str, Any]) -> Follower:
    if not account.verified:
        raise Refusal(48001)
    person = account.people.get(str(fields.get("touser", "")))
    if person is None:
        raise Refusal(40003)
    return person
