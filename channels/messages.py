"""What more than one channel says, from `messages.yml` beside this file."""

from __future__ import annotations

from typing import Any

from channels.live_messages import COMMON


def unavailable() -> dict[str, Any]:
    """Returns the answer where there is none: its `text` and its `buttons`."""
    found: dict[str, Any] = COMMON["unavailable"]
    return found
