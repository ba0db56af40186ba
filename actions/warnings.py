"""Finds in a message what its sender must be warned of.

What looks like a secret has been replaced by a placeholder `[hidden:<kind>]` before a message comes
here; the kinds are those of `channels/redaction/` and of `content/safety.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from serving.placeholders import PLACEHOLDER

LINK = re.compile(
    r"(?:https?://|www\.)([A-Za-z0-9.-]+)|\b((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,6})(?=[/:])"
)
OFFICIAL = re.compile(r"(?:^|\.)gov\.cn$")


def find_warnings(text: str, known: Collection[str]) -> list[str]:
    """Returns the names of the warnings that `text` calls for, of those `known`, each once."""
    found = PLACEHOLDER.findall(text)
    hosts = [(a or b).rstrip(".").lower() for a, b in LINK.findall(text)]
    if any(not OFFICIAL.search(host) for host in hosts):
        found.append("link")
    return [name for name in dict.fromkeys(found) if name in known]


def without_placeholders(text: str) -> str:
    """Returns `text` without the placeholders of what was hidden."""
    return PLACEHOLDER.sub("", text)
