"""Who may begin a private conversation: the operator's pages, which have the key for it.

They make the file of the key, and sign the id of a conversation with the time until which it may be
used. The channel for tryouts reads the file, and believes nobody else. No Rasa here.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path

KEY_FILE = ".operators_tryout_key"
MAX_SECONDS = 3600  # for which a conversation may be used
_KEY = re.compile(rb"[0-9a-f]{64}")


def read_key(path: Path) -> bytes | None:
    """Returns the key in a file; None if there is none, or what stands there is none."""
    try:
        text = path.read_bytes().strip()
    except OSError:
        return None
    return text if _KEY.fullmatch(text) else None


def sign(key: bytes, conversation_id: str, expires: int) -> str:
    """Returns the token of a conversation.

    Args:
        key: of this installation.
        conversation_id: of the one conversation it is for.
        expires: the time until which it may be used, in seconds since 1970.
    """
    return hmac.digest(key, f"{conversation_id} {expires}".encode(), hashlib.sha256).hex()


def is_valid(key: bytes, conversation_id: str, expires: int, token: str, now: float) -> bool:
    """Tells whether a token is for a conversation, and may still be used."""
    expected = sign(key, conversation_id, expires).encode()
    is_signed = hmac.compare_digest(expected, token.encode("utf-8", "surrogatepass"))
    return is_signed and now < expires <= now + MAX_SECONDS
