"""Which texts are nothing but emoji. No I/O.

The list of WeChat's own faces in `emoji.yml`, beside this file, is read once, at the import.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_NAMES: dict[str, Any] = YAML(typ="safe").load(
    (Path(__file__).parent / "emoji.yml").read_text(encoding="utf-8")
)


def _any_of(names: Iterable[str]) -> str:
    """Returns a pattern for any of the names, the longer ones first."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_FACE = rf"\[(?:{_any_of(_NAMES['faces'])})\]"
_OLD_FACE = _any_of(_NAMES["old_faces"].split())
# Pictures, what joins and colours them, flags, and keycaps such as "1\ufe0f\u20e3".
_PICTURES = (
    r"[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2934-\u2935"
    r"\u2b00-\u2bff\u3030\u303d\u3297\u3299\ue001-\ue5ff\U0001f000-\U0001faff\u200d\ufe0e\ufe0f"
    r"\U000e0020-\U000e007f]"
)
_KEYCAP = r"[0-9#*]\ufe0f?\u20e3"
_EMOJI = re.compile(rf"(?:{_FACE}|{_OLD_FACE}|{_KEYCAP}|{_PICTURES}|\s)+")


def is_emoji(text: str) -> bool:
    """Tells whether a text has emoji, of WeChat or of Unicode, and nothing else."""
    return bool(text.strip()) and _EMOJI.fullmatch(text) is not None
