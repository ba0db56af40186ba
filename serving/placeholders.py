"""What stands in a person's text for something that was hidden in it: `[hidden:password]`.

The channels put it there, the actions read its kind; the widget draws it (`PLACEHOLDER` in
`widget/src/text/parts.ts`). The kinds are those of `channels/redaction/`.
"""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(r"\[hidden:(\w+)\]")


def placeholder(kind: str) -> str:
    """Returns what stands for something hidden of a kind."""
    return f"[hidden:{kind}]"
