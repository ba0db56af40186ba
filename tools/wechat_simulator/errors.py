"""The platforms' error codes and what their messages say.

Codes from wechat.md ("Error codes"); the others stand in the platforms' public lists of return
codes (40002 grant type, 40007 media id, 40008 message type, 40013 appid or corpid, 40029 code,
40058 and 40035 parameter, 40096 external user, 40125 secret, 41001..41006 missing parameter, 43001
needs GET, 43002 needs POST, 44002 and 44004 empty, 45072, 45080 and 45081 typing, 47001 data
format, 95007 sync token, 95008 menu items, 95009 menu type, 95014 not a servicer, 95016 forbidden
change of state).
"""

from __future__ import annotations

from typing import Any

MESSAGES = {
    -1: "system error",
    0: "ok",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40029: "invalid code",
    40035: "invalid parameter, Warning: wrong json format.",
    40058: "invalid Request Parameter",
    40096: "invalid external userid",
    40125: "invalid appsecret",
    40164: "invalid ip, not in whitelist",
    40200: "invalid account type",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41006: "media_id missing",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45033: "concurrent request out of limit",
    45047: "out of response count limit",
    45072: "invalid command",
    45080: "need sending message to user",
    45081: "typing status is set, can not set it again",
    47001: "data format error",
    48001: "api unauthorized",
    60020: "not allow to access from your ip",
    95001: "send msg count limit",
    95002: "send msg time limit",
    95004: "open_kfid not exist",
    95007: "invalid msgtoken",
    95008: "menu item count over limit",
    95009: "invalid menu item type",
    95013: "session end",
    95014: "not a servicer",
    95016: "invalid session status change",
    95017: "api unavailable",
    95018: "send msg session status invalid",
}


class Refusal(Exception):
    """The platform answers with an error code instead of doing what was asked."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code} {MESSAGES.get(code, '')}")
        self.code = code


def answer(code: int = 0, **fields: Any) -> dict[str, Any]:
    """Returns the body of an answer: the code, its message, and what else there is."""
    message = MESSAGES.get(code, "error")
    if code:
        message += " rid: 66000000-00000000-00000000"
    return {"errcode": code, "errmsg": message, **fields}
