"""Sessions: a signed token is the only key to a conversation, whose id nobody can guess."""

from __future__ import annotations

import secrets
import time
from typing import Any

import jwt

from channels.senders import WEBSITE_PREFIX
from serving.tenants import DEFAULT, prefix_of

ALGORITHM = "HS256"
AUDIENCE = "zhaohui-website"
YOUNG = 0.9  # of its time left


class NoSession(ValueError):
    """The token is missing, forged, expired, or its conversation was deleted."""


def new_conversation_id(tenant: str = DEFAULT) -> str:
    """Returns the id of a new conversation with a tenant; for Rasa, it is the sender."""
    return prefix_of(WEBSITE_PREFIX, tenant) + secrets.token_hex(16)


class Sessions:
    """Issues and reads tokens."""

    def __init__(self, secret: str, hours: float) -> None:
        self._secret = secret
        self._seconds = int(hours * 3600)

    def issue(self, conversation_id: str) -> tuple[str, int]:
        """Returns a token for a conversation, and when it expires in seconds of the Unix clock."""
        now = int(time.time())
        expires = now + self._seconds
        claims = {"sub": conversation_id, "aud": AUDIENCE, "iat": now, "exp": expires}
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM), expires

    def renew(self, token: str) -> tuple[str, int]:
        """Returns the token for the same conversation, a new one only when it is no longer young.

        Each tab asks when it opens; a new token each time would have the other tabs begin anew.

        Raises:
            NoSession: if it is not a valid token of ours.
        """
        claims = self._claims(token)
        left = int(claims["exp"]) - int(time.time())
        if left > YOUNG * self._seconds:
            return token, int(claims["exp"])
        return self.issue(claims["sub"])

    def read(self, token: str) -> str:
        """Returns the conversation of a token.

        Raises:
            NoSession: if it is not a valid token of ours.
        """
        return str(self._claims(token)["sub"])

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                # When it was issued is not looked at: the clock may have been set back since.
                options={"require": ["sub", "exp", "aud"], "verify_iat": False},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise NoSession(type(error).__name__) from error
        conversation_id = claims["sub"]
        if not isinstance(conversation_id, str) or not conversation_id.startswith(WEBSITE_PREFIX):
            raise NoSession("not a conversation of the website")
        return claims
