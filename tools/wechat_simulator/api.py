"""From an HTTP request to the platform's answer, without the faults.

An official account's or mini-program's `access_token` decides whose call it is. A token that the
platform never gave is 40001 there and 40014 at WeCom. Bodies that are no JSON are 47001, at WeCom
40035 with its "wrong json format" (both pages of return codes).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tools.wechat_simulator import kf_api, media, messenger_api, token_api
from tools.wechat_simulator.account import Account, Call
from tools.wechat_simulator.codec import Malformed, displayed, escaped, read_json
from tools.wechat_simulator.errors import Refusal, answer
from tools.wechat_simulator.kf import Kf
from tools.wechat_simulator.media import File
from tools.wechat_simulator.messenger import Messenger

MESSENGER: dict[str, Callable[[Messenger, dict[str, Any]], dict[str, Any]]] = {
    messenger_api.SEND: messenger_api.send,
    messenger_api.TYPING: messenger_api.typing,
    messenger_api.BUSINESS_TYPING: messenger_api.typing,
}
KF: dict[str, Callable[[Kf, dict[str, Any]], dict[str, Any]]] = {
    kf_api.SYNC: kf_api.sync_msg,
    kf_api.SEND: kf_api.send_msg,
    kf_api.SEND_ON_EVENT: kf_api.send_msg_on_event,
    kf_api.STATE: kf_api.get_state,
    kf_api.TRANS: kf_api.trans,
}
PATHS = [*token_api.PATHS, *MESSENGER, *KF, media.GET]
ONLY = {messenger_api.TYPING: "official_account", messenger_api.BUSINESS_TYPING: "mini_program"}


@dataclass
class Request:
    """One call while it is under way."""

    method: str
    path: str
    query: dict[str, str]
    call: Call
    account: Account | None = None
    malformed: bool = False
    answer: dict[str, Any] | None = field(default=None)
    file: File | None = None


def opened(
    accounts: list[Account], method: str, path: str, query: dict[str, str], body: bytes, now: float
) -> Request:
    """Returns the request with its account found and its call put on record."""
    call = Call(path, now, body, escaped=escaped(body))
    request = Request(method, path, query, call)
    try:
        call.fields = read_json(body if path in KF else displayed(body)) if body else {}
    except Malformed:
        request.malformed = True
    if path in token_api.PATHS:
        wanted = token_api.asked_for(path, query, call.fields)
        corp = path == token_api.CORP
        found = [
            account
            for account in accounts
            if account.id == wanted and (account.kind == "kf") == corp
        ]
    else:
        token = query.get("access_token", "")
        # Both hosts have files under the same path.
        kinds = {True, False} if path == media.GET else {path in KF}
        found = [
            account
            for account in accounts
            if account.tokens.owns(token) and (account.kind == "kf") in kinds
        ]
    if found:
        request.account = found[0]
        found[0].calls.append(call)
    return request


def carry_out(request: Request) -> dict[str, Any]:
    """Does what the request asks for; returns the platform's answer."""
    try:
        done = _carried_out(request)
    except Refusal as refusal:
        done = answer(refusal.code)
    request.call.answer = done
    return done


def _carried_out(request: Request) -> dict[str, Any]:
    path, account, fields = request.path, request.account, request.call.fields
    if path in token_api.PATHS:
        if request.malformed:
            raise Refusal(47001)
        return token_api.fetch(account, request.method, path, request.query, fields)
    if account is None:
        if not request.query.get("access_token"):
            raise Refusal(41001)
        raise Refusal(40014 if path in KF else 40001)
    account.admit(path)
    account.tokens.check(request.query["access_token"])
    if path == media.GET:
        verified = not isinstance(account, Messenger) or account.verified
        request.file = media.get(account.media, request.method, request.query, verified)
        return {"bytes": len(request.file.content)}
    if request.method != "POST":
        raise Refusal(43002)
    if not request.call.body:
        raise Refusal(44002)
    if request.malformed:
        raise Refusal(40035 if path in KF else 47001)
    if isinstance(account, Kf):
        return KF[path](account, fields)
    assert isinstance(account, Messenger)
    if account.kind != ONLY.get(path, account.kind):
        raise Refusal(40200)
    return MESSENGER[path](account, fields)
