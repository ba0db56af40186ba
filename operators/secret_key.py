"""The key of this installation, in a file of its own: a copy of the database does not have it."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

_BYTES = 32


class SecretKey:
    """Signs; each purpose has a key derived from the one in the file."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def load(cls, path: Path) -> SecretKey:
        """Reads the key, or makes one when there is none.

        Raises:
            OSError: if the file cannot be read or made.
            ValueError: if what stands in it is no key.
        """
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        if not path.exists():
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(_BYTES))
            with contextlib.suppress(FileExistsError):  # the other process was faster: use its
                path.hardlink_to(draft)
            draft.unlink()
        path.chmod(0o600)
        text = path.read_bytes().strip()
        if not re.fullmatch(rb"[0-9a-f]{64}", text):
            raise ValueError(f"{path.name} holds no key: put back the one of the last backup")
        return cls(bytes.fromhex(text.decode("ascii")))

    def sign(self, purpose: str, text: str) -> str:
        """Returns the signature of a text for a purpose, in hex."""
        key = hmac.digest(self._key, purpose.encode(), hashlib.sha256)
        return hmac.digest(key, text.encode(), hashlib.sha256).hex()

    def is_signed(self, purpose: str, text: str, signature: str) -> bool:
        """Tells whether a signature is right, in a time that does not depend on it."""
        return same(self.sign(purpose, text), signature)


def same(secret: str, given: str) -> bool:
    """Compares in a time that does not depend on what is given."""
    return hmac.compare_digest(secret.encode(), given.encode("utf-8", "surrogatepass"))
