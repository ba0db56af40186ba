"""The APIs that give access tokens: `stable_token`, `token` and WeCom's `gettoken`.

Rules of the tokens themselves: see `tokens`. Wrong appid 40013, wrong secret 40125 (WeCom 40001),
wrong grant type 40002, missing ones 41002 and 41004, `stable_token` only by POST of JSON 43002
(the platforms' pages).
"""

from __future__ import annotations

from typing import Any

from tools.wechat_simulator.account import Account
from tools.wechat_simulator.errors import Refusal, answer

STABLE = "/cgi-bin/stable_token"
PLAIN = "/cgi-bin/token"
CORP = "/cgi-bin/gettoken"
PATHS = (STABLE, PLAIN, CORP)


def asked_for(path: str, query: dict[str, str], fields: dict[str, Any]) -> str:
    """Returns the appid or corpid that a fetch names, or ""."""
    return str((fields if path == STABLE else query).get("corpid" if path == CORP else "appid", ""))


def fetch(
    account: Account | None, method: str, path: str, query: dict[str, str], fields: dict[str, Any]
) -> dict[str, Any]:
    """Gives a token.

    Raises:
        Refusal: For one of the reasons above.
    """
    if path == STABLE and method != "POST":
        raise Refusal(43002)
    asked: dict[str, Any] = fields if path == STABLE else dict(query)
    if path != CORP and asked.get("grant_type") != "client_credential":
        raise Refusal(40002)
    if not asked_for(path, query, fields):
        raise Refusal(41002)
    if account is None:
        raise Refusal(40013)
    secret = asked.get("corpsecret" if path == CORP else "secret")
    if not secret:
        raise Refusal(41004)
    if secret != account.secret:
        raise Refusal(40001 if path == CORP else 40125)
    account.admit(path)
    if path == CORP:
        value, seconds = account.tokens.corp()
        return answer(0, access_token=value, expires_in=seconds)
    if path == STABLE:
        force = fields.get("force_refresh", False)
        if not isinstance(force, bool):
            raise Refusal(47001)
        value, seconds = account.tokens.stable(force)
    else:
        value, seconds = account.tokens.plain()
    return {"access_token": value, "expires_in": seconds}
